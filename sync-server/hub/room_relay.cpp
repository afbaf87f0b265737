#include "sync-server/hub/room_relay.hpp"

#include <algorithm>

namespace samsyn {
namespace {

bool is_from_presenter(const Message& message) {
    return std::holds_alternative<RoomCall>(message) || std::holds_alternative<RoomKey>(message) ||
           std::holds_alternative<RoomFrame>(message);
}

bool is_from_room(const Message& message) {
    return std::holds_alternative<RoomHello>(message) || std::holds_alternative<RoomTick>(message);
}

Error not_yours() {
    return {Errc::not_permitted, "room session"};
}

}  // namespace

std::optional<RoomPlace> place_of(const Message& message) {
    return std::visit(
        [](const auto& body) -> std::optional<RoomPlace> {
            if constexpr (requires {
                              body.session;
                              body.room;
                          })
                return RoomPlace{body.session, body.room};
            else
                return std::nullopt;
        },
        message);
}

bool is_of_room(const Message& message) {
    return is_from_presenter(message) || is_from_room(message);
}

bool RoomMailbox::put(Message message) {
    const auto place = place_of(message);
    if (!place) return false;
    const std::pair key{*place, message.index()};
    if (!waiting_.contains(key) && waiting_.size() >= size_max) return false;
    waiting_.insert_or_assign(key, std::move(message));
    return true;
}

std::optional<Message> RoomMailbox::take() {
    if (waiting_.empty()) return std::nullopt;
    Message message = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    return message;
}

bool RoomRelay::lasts(const Session& session, const Registry& registry, Instant now) {
    const Federation& federation = registry.federation();
    return now < session.until && federation.in_good_standing(session.presenter, now) &&
           federation.in_good_standing(session.room, now);
}

Result<void> RoomRelay::announce(const DeviceId& from,
                                 const RoomCall& call,
                                 const Registry& registry,
                                 Instant now) {
    const StatementPtr statement = registry.find_statement(call.case_id, call.session);
    const auto* const said = statement ? std::get_if<RoomSession>(&statement->body) : nullptr;
    const Federation::Device* const presenter = registry.federation().device(from);
    const Federation::Device* const room = registry.federation().device(call.room);
    if (said == nullptr || presenter == nullptr || room == nullptr ||
        statement->header.author != from || said->room != call.room || call.presenter != from ||
        said->presenter != presenter->certificate.user || now < said->from ||
        room->certificate.kind != DeviceKind::room_screen)
        return std::unexpected{not_yours()};
    const Session session{call.case_id, call.room, from, said->until};
    if (!lasts(session, registry, now)) return std::unexpected{not_yours()};
    if (sessions_.contains(call.session)) return {};
    std::erase_if(sessions_, [&](const auto& each) { return !lasts(each.second, registry, now); });
    const auto of_this = std::ranges::count_if(
        sessions_, [&](const auto& each) { return each.second.presenter == from; });
    if (sessions_.size() >= limits_.sessions_max ||
        static_cast<std::size_t>(of_this) >= limits_.sessions_of_one_max)
        return fail(Errc::limit_exceeded, "room sessions");
    sessions_.emplace(call.session, session);
    return {};
}

Result<RoomRelay::Forward> RoomRelay::forward(const DeviceId& from,
                                              const Message& message,
                                              const Registry& registry,
                                              Instant now) {
    Forward forward{.to = {}, .message = message};
    if (auto* const call = std::get_if<RoomCall>(&forward.message)) {
        SAMSYN_TRY(announce(from, *call, registry, now));
        call->case_id = {};  // a screen is not told which case it shows
    }
    const auto place = place_of(message);
    const auto found = place ? sessions_.find(place->session) : sessions_.end();
    if (found == sessions_.end() || found->second.room != place->room ||
        !lasts(found->second, registry, now))
        return std::unexpected{not_yours()};
    const Session& session = found->second;
    if (is_from_presenter(message) && from == session.presenter)
        forward.to = session.room;
    else if (is_from_room(message) && from == session.room)
        forward.to = session.presenter;
    else
        return std::unexpected{not_yours()};
    return forward;
}

bool RoomRelay::may_leave(const Message& message, const Registry& registry, Instant now) const {
    if (std::holds_alternative<RoomRefused>(message)) return true;
    const auto place = place_of(message);
    const auto found = place ? sessions_.find(place->session) : sessions_.end();
    if (found == sessions_.end() || !lasts(found->second, registry, now)) return false;
    const auto* const frame = std::get_if<RoomFrame>(&message);
    if (frame == nullptr) return true;
    Request request;
    request.action = Action::show_in_meeting;
    return std::ranges::all_of(frame->compartments, [&](const CompartmentId& id) {
        const auto* const compartment = registry.compartment(id);
        return compartment != nullptr && compartment->case_id == found->second.case_id &&
               registry.may(id, request, found->second.presenter, now).permitted;
    });
}

DeviceId RoomRelay::presenter_of(const StatementId& session) const {
    const auto found = sessions_.find(session);
    return found == sessions_.end() ? DeviceId{} : found->second.presenter;
}

}  // namespace samsyn
