// Hub: attached files (docs/PROTOCOL.md, "Attachments").

#include "core/attachment/attached_file.hpp"
#include "core/wire/log_rows.hpp"
#include "sync-server/hub/hub_impl.hpp"

#include <algorithm>
#include <utility>

namespace samsyn {

namespace {

constexpr std::uint64_t rated_bytes = 1024 * 1024;  // one of `attachment_rate`
constexpr std::chrono::days unfinished_for{30};     // then it is begun anew
constexpr std::size_t attachment_requests_max = 4;  // that wait on one link
constexpr std::size_t attachments_awaited_max = 256;
constexpr std::size_t attachment_states_max = attachments_awaited_max + 64;

AttachmentState refused_state(const AttachmentPlace& place, Errc why) {
    AttachmentState state;
    state.place = place;
    state.refused = why;
    return state;
}

AttachmentState state_of(const AttachmentPlace& place, const AttachmentRecord& record) {
    AttachmentState state;
    state.place = place;
    state.have = record.have;
    state.whole = record.whole;
    return state;
}

}  // namespace

/// Who may write in a compartment may put files there.
bool Hub::Impl::may_attach(const AttachmentPlace& place,
                           const DeviceId& device,
                           Instant now) const {
    Request request;
    request.action = Action::contribute;
    return registry.compartment(place.compartment) != nullptr &&
           registry.may(place.compartment, request, device, now).permitted;
}

/// The newest state of one file says what the earlier ones did.
void Hub::Impl::tell_attachment(LinkId id, HubLink& link, const AttachmentState& state) {
    auto& states = link.attachment_states;
    const auto same = std::ranges::find(states, state.place, &AttachmentState::place);
    if (same != states.end())
        *same = state;
    else if (states.size() < attachment_states_max)
        states.push_back(state);
    else
        return close(id, link, {Errc::rate_limited, "answers about attachments are not taken"});
    awake.insert(id);
}

void Hub::Impl::answer_attachment(LinkId id, HubLink& link, const Result<AttachmentState>& state) {
    if (state)
        tell_attachment(id, link, *state);
    else
        group_failed = state.error();
}

Result<AttachmentState> Hub::Impl::take_offer(const DeviceId& device,
                                              const AttachmentOffer& offer,
                                              Instant now) {
    const AttachmentPlace& place = offer.place;
    AttachmentRecords& files = ports.storage.attachments();
    if (!may_attach(place, device, now)) return refused_state(place, Errc::not_permitted);
    SAMSYN_TRY(files.reap());
    if (const auto whole = SAMSYN_TRY(files.find_whole(place)))
        // Its id says its size too: another is a lie.
        return whole->size == offer.size ? state_of(place, *whole)
                                         : refused_state(place, Errc::not_authentic);
    if (const auto begun = SAMSYN_TRY(files.find_begun(place, device))) {
        if (begun->size == offer.size) return state_of(place, *begun);
        SAMSYN_TRY(files.erase(*begun));
    }
    if (offer.size > limits.attachment_bytes_max) return refused_state(place, Errc::limit_exceeded);
    SAMSYN_TRY(files.erase_unfinished(now - unfinished_for));
    if (SAMSYN_TRY(files.unfinished_of(device)) >= limits.attachments_unfinished_max)
        return refused_state(place, Errc::rate_limited);
    return state_of(place, SAMSYN_TRY(files.begin(place, offer.size, device, now)));
}

/// What does not come next changes nothing: the answer says what would. Asked again for each piece,
/// so that a withdrawal ends an upload.
Result<AttachmentState> Hub::Impl::take_piece(const DeviceId& device,
                                              const AttachmentPiece& piece,
                                              Instant now) {
    const AttachmentPlace& place = piece.place;
    AttachmentRecords& files = ports.storage.attachments();
    if (!may_attach(place, device, now)) return refused_state(place, Errc::not_permitted);
    SAMSYN_TRY(files.reap());
    auto record = SAMSYN_TRY(files.find_begun(place, device));
    if (const auto whole = SAMSYN_TRY(files.find_whole(place))) {  // another device was faster
        if (record) SAMSYN_TRY(files.erase(*record));
        return state_of(place, *whole);
    }
    if (!record) return refused_state(place, Errc::not_found);
    const std::uint64_t end = piece.offset + piece.bytes.size();
    if (piece.offset != record->have || end > record->size) return state_of(place, *record);
    if (is_crumb(piece.bytes.size(), end, record->size))
        return refused_state(place, Errc::malformed);
    const bool begins_another = piece.offset / rated_bytes != end / rated_bytes;
    if ((piece.offset == 0 || begins_another) &&
        !allowances[device].attachments.take(limits.attachment_rate, now))
        return refused_state(place, Errc::rate_limited);
    SAMSYN_TRY(files.append(*record, piece.bytes, now, ports.hasher));
    if (record->have < record->size) return state_of(place, *record);
    if (SAMSYN_TRY(files.id_of(*record, ports.hasher)) != place.attachment) {
        SAMSYN_TRY(files.erase(*record));
        SAMSYN_TRY(access_log.append(
            row_by(device,
                   Channel{place.compartment},
                   now,
                   RowRefused{RefusedWhat::attachment, {}, Errc::not_authentic})));
        return refused_state(place, Errc::not_authentic);
    }
    SAMSYN_TRY(files.set_whole(*record));
    arrived_attachments.push_back(state_of(place, *record));
    SAMSYN_TRY(access_log.append(
        row_by(device, Channel{place.compartment}, now, RowAttachment{place, false, {}})));
    return state_of(place, *record);
}

void Hub::Impl::on_attachment_request(LinkId id, HubLink& link, const AttachmentRequest& request) {
    if (link.attachment_requests.size() >= attachment_requests_max)
        return close(id, link, {Errc::rate_limited, "requests of attachments"});
    link.attachment_requests.push_back(request);
    awake.insert(id);
}

/// Those who asked for a file before it was here hear that it is.
void Hub::Impl::announce_attachments(Instant now) {
    for (const AttachmentState& state : std::exchange(arrived_attachments, {}))
        for (auto& [id, link] : links) {
            if (link.closing || link.attachments_awaited.erase(state.place) == 0) continue;
            const DeviceId& device = link.delivery->device();
            if (registry.decide_read(state.place.compartment, device, now).permitted())
                tell_attachment(id, link, state);
        }
}

/// Behind everything else, and one piece at a time, so that a large file holds nothing up.
Result<std::optional<Message>> Hub::Impl::next_of_attachments(HubLink& link,
                                                              Round& round,
                                                              Instant now) {
    if (!link.attachment_states.empty()) {
        const AttachmentState state = link.attachment_states.front();
        link.attachment_states.erase(link.attachment_states.begin());
        return state;
    }
    if (link.attachment_requests.empty()) return std::nullopt;
    return SAMSYN_TRY(next_piece(link, round, now));
}

/// The fence: who may not read the compartment at this moment gets no more of its files.
Result<Message> Hub::Impl::next_piece(HubLink& link, Round& round, Instant now) {
    AttachmentRequest& request = link.attachment_requests.front();
    const AttachmentPlace place = request.place;
    const DeviceId& device = link.delivery->device();
    const auto ends_with = [&](const AttachmentState& state) -> Message {
        link.attachment_requests.pop_front();
        return state;
    };
    const Decision decision = registry.decide_read(place.compartment, device, now);
    if (!decision.permitted()) {
        link.attachments_logged.erase(place);
        return ends_with(refused_state(place, Errc::not_permitted));
    }
    AttachmentRecords& files = ports.storage.attachments();
    const auto record = SAMSYN_TRY(files.find_whole(place));
    if (!record) {
        if (link.attachments_awaited.size() < attachments_awaited_max)
            link.attachments_awaited.insert(place);
        return ends_with(refused_state(place, Errc::not_found));
    }
    // It ends before what was asked for: the item says too much.
    if (request.offset >= record->size) return ends_with(state_of(place, *record));
    AttachmentPiece piece;
    piece.place = place;
    piece.offset = request.offset;
    piece.bytes = SAMSYN_TRY(files.read(
        *record, request.offset, std::min<std::size_t>(request.bytes, attachment_piece_bytes_max)));
    if (piece.bytes.empty()) return fail(Errc::malformed, "chunk of an attachment");
    if (link.attachments_logged.insert(place).second) {
        round.logged = true;
        SAMSYN_TRY(log_in_round(round,
                                row_by(device,
                                       Channel{place.compartment},
                                       now,
                                       RowAttachment{place, true, ground_of(decision)})));
    }
    request.offset += piece.bytes.size();
    request.bytes -= static_cast<std::uint32_t>(piece.bytes.size());
    if (request.bytes == 0) link.attachment_requests.pop_front();
    return piece;
}

}  // namespace samsyn
