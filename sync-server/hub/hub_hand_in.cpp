// Hub: a revoked device hands in what it has (docs/PROTOCOL.md, "Hand-in session").

#include "core/sync/order.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/hub_impl.hpp"

namespace samsyn {

namespace {

/// Escrow, reads and receipts, and nothing that could change what others see.
bool may_be_handed_in(const Push& push, const Hasher& hasher) {
    if (push.kind == EntryKind::escrow || push.kind == EntryKind::reads) return true;
    if (push.kind != EntryKind::statement) return false;
    const auto statement = decode_statement(push.bytes, hasher);
    return statement && std::holds_alternative<PurgeReceipt>(statement->body);
}

}  // namespace

Result<void> Hub::Impl::enter_hand_in(LinkId id,
                                      HubLink& link,
                                      const DeviceId& device,
                                      Instant now) {
    if (!allowances[device].restricted.take(limits.restricted_rate, now)) {
        close(id, link, {Errc::rate_limited, "hand-in sessions of one device"});
        return {};
    }
    note_contact(device, now);
    CounterState counters = SAMSYN_TRY(ports.storage.counters(device));
    make_room(device, SessionPurpose::hand_in);
    link.hand_in.emplace(device);
    Welcome welcome;
    welcome.greatest_counter = counters.greatest;
    welcome.gaps = std::move(counters.gaps);
    reply(id, link, welcome);
    return {};
}

void Hub::Impl::on_hand_in_message(LinkId id, HubLink& link, ByteView bytes, Instant now) {
    const auto message = decode_message(bytes, message_bytes_max);
    if (!message) return close(id, link, message.error());
    if (const auto* const push = std::get_if<Push>(&*message)) {
        if (link.answers.size() + link.uncommitted.size() >= limits.answers_waiting_max)
            return close(id, link, {Errc::rate_limited, "answers are not taken"});
        if (!may_be_handed_in(*push, ports.hasher))
            return close(id, link, {Errc::unexpected_message, "in a hand-in session"});
        take_push(id, link, link.hand_in->device, *push, now);
    } else if (const auto* const answer = std::get_if<OrderAnswer>(&*message)) {
        on_order_answer(id, link, *answer, now);
    } else if (std::holds_alternative<Goodbye>(*message)) {
        end(id, link);
    } else {
        close(id, link, {Errc::unexpected_message, "in a hand-in session"});
    }
}

/// That the device's user has left, for a tablet that did not hear of it in time: else it could not
/// know what it is turned away for, and would hold on to drafts that belong in escrow.
std::optional<Message> Hub::Impl::next_removal(OrderTaker& hand_in, Instant now) const {
    const Federation& members = registry.federation();
    const Federation::Device* const device = members.device(hand_in.device);
    if (device == nullptr || members.in_good_standing(hand_in.device, now)) return std::nullopt;
    for (const StatementPtr& said : registry.federation_log().in(Stream{})) {
        const auto* const removed = std::get_if<UserRemoved>(&said->body);
        if (removed == nullptr || removed->user != device->certificate.user ||
            removed->organisation != device->certificate.organisation || removed->from > now ||
            hand_in.sent.contains(said->id))
            continue;
        hand_in.sent.insert(said->id);
        Order message;
        message.statement = encode_statement(*said);
        for (const StatementPtr& statement :
             chain_for(hand_in.device, said->header.author, registry.federation_log()))
            message.chain.push_back(encode_statement(*statement));
        return message;
    }
    return std::nullopt;
}

/// Orders first, then answers: no entry, no cursor, no signed time.
std::optional<Message> Hub::Impl::next_of_hand_in(HubLink& link, Instant now) {
    if (auto order = next_order(*link.hand_in)) return order;
    if (auto removal = next_removal(*link.hand_in, now)) return removal;
    if (link.answers.empty()) return std::nullopt;
    Message answer = std::move(link.answers.front());
    link.answers.pop_front();
    return answer;
}

}  // namespace samsyn
