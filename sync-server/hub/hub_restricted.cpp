// Hub: unlocking and orders (docs/PROTOCOL.md, "Restricted session").

#include "core/sync/order.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/hub_impl.hpp"
#include "sync-server/hub/unlocking.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// Nothing more can come of it, so the order is not sent again.
bool is_settled(OrderOutcome outcome) {
    return outcome == OrderOutcome::done || outcome == OrderOutcome::keys_erased;
}

std::string_view word_for(OrderOutcome outcome) {
    switch (outcome) {
        case OrderOutcome::done:
            return " done";
        case OrderOutcome::keys_erased:
            return " keys erased";
        case OrderOutcome::ignored:
            return " ignored";
        case OrderOutcome::failed:
            return " failed";
    }
    return " unknown";
}

Unlocking unlocking_of(const Hub::Ports& ports) {
    return Unlocking{{ports.storage.unlocks(), ports.hasher, ports.random}};
}

}  // namespace

// --- In a session: PINs --------------------------------------------------------------------------

void Hub::Impl::on_unlock_register(LinkId id,
                                   HubLink& link,
                                   const UnlockRegister& request,
                                   Instant now) {
    const DeviceId& device = link.delivery->device();
    const Federation& log = registry.federation();
    if (!log.in_good_standing(device, now))
        return close(id, link, {Errc::revoked_device, "device"});
    if (!within_rate(device, EntryKind::statement, now))
        return close(id, link, {Errc::rate_limited, "registrations of one device"});
    const bool wiped =
        std::ranges::count(log.orders_for(device), OrderKind::wipe, &DeviceOrder::kind) > 0;
    const auto answer = unlocking_of(ports).enrol(device, request, wiped);
    if (answer)
        reply(id, link, *answer);
    else
        group_failed = answer.error();
}

void Hub::Impl::on_unlock_confirm(LinkId id,
                                  HubLink& link,
                                  const UnlockConfirm& request,
                                  Instant now) {
    const DeviceId& device = link.delivery->device();
    if (!registry.federation().in_good_standing(device, now))
        return close(id, link, {Errc::revoked_device, "device"});
    if (!within_rate(device, EntryKind::statement, now))
        return close(id, link, {Errc::rate_limited, "registrations of one device"});
    const auto answer = unlocking_of(ports).confirm(device, request);
    if (answer)
        reply(id, link, *answer);
    else
        group_failed = answer.error();
}

// --- A locked device -----------------------------------------------------------------------------

void Hub::Impl::on_restricted(LinkId id,
                              HubLink& link,
                              const ServerHandshake::Restricted& offered,
                              Instant now) {
    awake.insert(id);
    if (const auto done = enter_restricted(id, link, offered, now); !done)
        group_failed = done.error();
}

Result<void> Hub::Impl::enter_restricted(LinkId id,
                                         HubLink& link,
                                         const ServerHandshake::Restricted& offered,
                                         Instant now) {
    Unlocking unlocking = unlocking_of(ports);
    const auto device = SAMSYN_TRY(unlocking.device_of(offered.proof.token));
    if (!device) {
        link.replies.push_back(*ServerHandshake::refuse({Errc::unknown_device, "token"}).reply);
        link.closing = true;
        return {};
    }
    if (!allowances[*device].restricted.take(limits.restricted_rate, now)) {
        close(id, link, {Errc::rate_limited, "restricted sessions of one device"});
        return {};
    }
    OrderTaker taker{*device};
    taker.answer = SAMSYN_TRY(unlocking.prove(*device, offered, link.exporter));
    for (const OrderAnswer& earlier : SAMSYN_TRY(ports.storage.unlocks().order_answers(*device)))
        if (is_settled(earlier.outcome)) taker.settled.insert(earlier.order);
    const RestrictedOutcome outcome = taker.answer->outcome;
    if (outcome == RestrictedOutcome::wrong) notes.push_back({"pin_wrong", id, {}});
    if (outcome == RestrictedOutcome::destroyed) notes.push_back({"pin_destroyed", id, {}});
    make_room(*device, SessionPurpose::restricted);
    link.restricted = std::move(taker);
    return {};
}

/// Answers to the orders of this session, one each, and nothing else.
void Hub::Impl::on_restricted_message(LinkId id, HubLink& link, ByteView bytes, Instant now) {
    const auto message = decode_message(bytes, message_bytes_before_proof_max);
    if (!message) return close(id, link, message.error());
    if (const auto* const answer = std::get_if<OrderAnswer>(&*message)) {
        on_order_answer(id, link, *answer, now);
    } else if (std::holds_alternative<Goodbye>(*message)) {
        end(id, link);
    } else {
        close(id, link, {Errc::unexpected_message, "in a restricted session"});
    }
}

void Hub::Impl::on_order_answer(LinkId id, HubLink& link, const OrderAnswer& answer, Instant now) {
    OrderTaker& taker = link.restricted ? *link.restricted : *link.hand_in;
    if (!taker.sent.contains(answer.order) || taker.settled.contains(answer.order))
        return close(id, link, {Errc::unexpected_message, "answer to an order"});
    const auto kept = ports.storage.unlocks().put_order_answer(taker.device, answer, now);
    if (!kept) {
        group_failed = kept.error();
        return;
    }
    note_contact(taker.device, now);
    taker.settled.insert(answer.order);  // whatever it said: not again in this session
    notes.push_back({"order_answered", id, to_hex(answer.order).append(word_for(answer.outcome))});
}

// --- What leaves ---------------------------------------------------------------------------------

std::optional<Message> Hub::Impl::next_order(OrderTaker& taker) {
    for (const DeviceOrder& order : registry.federation().orders_for(taker.device)) {
        if (taker.settled.contains(order.id) || taker.sent.contains(order.id)) continue;
        taker.sent.insert(order.id);
        const StatementPtr said = registry.federation_log().find(order.id);
        SAMSYN_ASSERT(said != nullptr);  // the federation was built of this log
        Order message;
        message.statement = encode_statement(*said);
        for (const StatementPtr& statement : chain_of_order(*said, registry.federation_log()))
            message.chain.push_back(encode_statement(*statement));
        return message;
    }
    return std::nullopt;
}

/// Orders first: a tablet that is to be locked hears it before its person gets in.
std::optional<Message> Hub::Impl::next_of_restricted(HubLink& link) {
    OrderTaker& taker = *link.restricted;
    if (auto order = next_order(taker)) return order;
    if (!taker.answer) return std::nullopt;
    Message answer = *taker.answer;
    taker.answer.reset();
    return answer;
}

}  // namespace samsyn
