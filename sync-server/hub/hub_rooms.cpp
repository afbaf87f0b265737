// The hub's part in room sessions: passes on, after asking, and keeps nothing.

#include "sync-server/hub/hub_impl.hpp"

namespace samsyn {

void Hub::Impl::on_room(LinkId id, HubLink& link, const Message& message, Instant now) {
    const DeviceId from = link.delivery->device();
    if (!registry.federation().in_good_standing(from, now))
        return close(id, link, {Errc::revoked_device, "device"});
    if (!allowances[from].rooms.take(limits.room_rate, now))
        return close(id, link, {Errc::rate_limited, "messages about rooms"});
    const auto forward = room_relay.forward(from, message, registry, now);
    if (!forward) return refuse_room(link, id, message, forward.error().code);
    post_to(forward->to, forward->message);
}

void Hub::Impl::refuse_room(HubLink& link, LinkId id, const Message& message, Errc why) {
    const RoomPlace place = place_of(message).value_or(RoomPlace{});
    const RoomRefused refused{.session = place.session, .room = place.room, .why = why};
    if (link.rooms.put(refused)) awake.insert(id);
}

void Hub::Impl::post_to(const DeviceId& device, const Message& message) {
    for (auto& [id, link] : links) {
        if (!link.delivery || link.delivery->device() != device || link.closing) continue;
        if (link.rooms.put(message)) awake.insert(id);
    }
}

std::optional<Message> Hub::Impl::next_of_rooms(HubLink& link, Instant now) {
    while (auto message = link.rooms.take()) {
        if (room_relay.may_leave(*message, registry, now)) return message;
        // The presenter learns that the page did not arrive, and decides anew.
        const auto* const frame = std::get_if<RoomFrame>(&*message);
        if (frame == nullptr) continue;
        const RoomRefused refused{
            .session = frame->session, .room = frame->room, .why = Errc::not_permitted};
        post_to(room_relay.presenter_of(frame->session), refused);
    }
    return std::nullopt;
}

}  // namespace samsyn
