#include "core/room/presenter.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t rooms_max = 8;

}  // namespace

Result<void> Presenter::add_room(const RoomScreen& screen, Instant now) {
    if (rooms_.size() >= rooms_max) return fail(Errc::limit_exceeded, "rooms");
    const auto [added, is_new] = rooms_.try_emplace(screen.device);
    if (!is_new) return fail(Errc::already_exists, "room");
    added->second.screen = screen;
    call(added->second, now);
    return {};
}

Presenter::Room* Presenter::find(const DeviceId& room) {
    const auto found = rooms_.find(room);
    return found == rooms_.end() ? nullptr : &found->second;
}

std::optional<Presenter::RoomState> Presenter::state_of(const DeviceId& room) const {
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return std::nullopt;
    return found->second.key ? RoomState::keyed : RoomState::calling;
}

// --- What happens --------------------------------------------------------------------------------

Result<void> Presenter::change(const std::function<Result<void>(Gathering&)>& happening,
                               Instant now) {
    const std::uint64_t before = gathering_.round();
    Gathering changed = gathering_;
    SAMSYN_TRY(happening(changed));
    gathering_ = std::move(changed);
    if (gathering_.round() == before) return {};
    page_ = {};
    send_frames(now);
    if (gathering_.pending()) {
        // The frame just sent shows nothing: a screen that has taken it has dropped everything.
        for (auto& [id, room] : rooms_) {
            room.awaited = room.sequence;
            room.awaited_since = now;
        }
    }
    settle(now);
    return {};
}

Result<void> Presenter::show(const Page& page, std::uint64_t round, Instant now) {
    if (round != gathering_.round()) return fail(Errc::conflict, "the gathering has changed");
    const Page allowed = gathering_.neutral(now) ? Page{} : page;
    SAMSYN_TRY(encode_page(allowed));
    shown_round_ = round;
    if (allowed == page_) return {};
    page_ = allowed;
    send_frames(now);
    return {};
}

Result<void> Presenter::on_message(const Message& message, Instant now) {
    if (const auto* const hello = std::get_if<RoomHello>(&message)) return on_hello(*hello, now);
    if (const auto* const tick = std::get_if<RoomTick>(&message)) return on_tick(*tick, now);
    if (const auto* const no = std::get_if<RoomRefused>(&message)) return on_refused(*no, now);
    return fail(Errc::unexpected_message, "to a presenter");
}

Result<void> Presenter::on_hello(const RoomHello& hello, Instant now) {
    Room* const room = find(hello.room);
    if (!room || hello.session != room->screen.session || hello.presenter != self_)
        return fail(Errc::unexpected_message, "hello of a room");
    if (room->used_nonce == hello.nonce) return fail(Errc::unexpected_message, "not a fresh hello");
    room->hello = hello.nonce;
    // In the middle of a change it waits for the key of those who are present after it. It does not
    // stand for a confirmation: it may be an old one that somebody kept.
    if (!gathering_.pending()) give_key(*room, now);
    return {};
}

Result<void> Presenter::on_tick(const RoomTick& tick, Instant now) {
    Room* const room = find(tick.room);
    if (!room || !room->key || tick.session != room->screen.session ||
        tick.number != room->number || tick.tick <= room->tick || tick.confirmed > room->sequence)
        return fail(Errc::unexpected_message, "tick of a room");
    SAMSYN_TRY(ports_.views.open_view(*room->key, header_of(tick), tick.proof));
    room->tick = tick.tick;
    room->confirmed = std::max(room->confirmed, tick.confirmed);
    room->heard = now;
    settle(now);
    return {};
}

Result<void> Presenter::on_refused(const RoomRefused& refused, Instant now) {
    const Room* const room = find(refused.room);
    if (!room || refused.session != room->screen.session)
        return fail(Errc::unexpected_message, "refusal");
    if (page_.neutral()) return {};
    page_ = {};
    shown_round_ = 0;  // the host computes it again, from what it knows by then
    send_frames(now);
    return {};
}

void Presenter::on_time(Instant now) {
    if (over(now)) {
        if (farewell_) return;
        farewell_ = true;
        page_ = {};
        send_frames(now);
        for (auto& [id, room] : rooms_) room.key.reset();
        return;
    }
    lose_silent_rooms(now);
    settle(now);
    for (auto& [id, room] : rooms_) {
        if (!room.key && now >= room.called + call_every) call(room, now);
        if (room.key && now >= room.sent + beat_every) send_frame(room, now);
    }
}

void Presenter::lose_silent_rooms(Instant now) {
    for (auto& [id, room] : rooms_) {
        if (!room.key) continue;
        const bool owes = gathering_.pending() && room.confirmed < room.awaited;
        const bool silent = now >= room.heard + confirmation_wait;
        const bool late = owes && now >= room.awaited_since + confirmation_wait;
        if (!silent && !late) continue;
        room.key.reset();
        room.hello.reset();
    }
}

/// The pending change takes effect once no screen can show what it forbids.
void Presenter::settle(Instant now) {
    if (!gathering_.pending()) return;
    const auto waits = [&](const auto& each) {
        const Room& room = each.second;
        return room.key && room.confirmed < room.awaited;
    };
    if (std::ranges::any_of(rooms_, waits)) return;
    gathering_.take_effect();
    page_ = {};
    for (auto& [id, room] : rooms_)
        if (room.key || room.hello) give_key(room, now);
}

// --- What is sent --------------------------------------------------------------------------------

void Presenter::call(Room& room, Instant now) {
    room.called = now;
    outgoing_.emplace_back(RoomCall{.session = room.screen.session,
                                    .room = room.screen.device,
                                    .presenter = self_,
                                    .case_id = case_id_});
}

void Presenter::give_key(Room& room, Instant now) {
    if (room.hello) {
        room.used_nonce = room.hello;
        room.hello.reset();
        room.tick = 0;
    }
    RoomKey message;
    message.session = room.screen.session;
    message.room = room.screen.device;
    message.presenter = self_;
    message.number = ++room.number;
    message.nonce = *room.used_nonce;
    message.until = gathering_.until();
    const Hash context = ports_.hasher.hash(Domain::room_context, {key_context_part(message)});
    ContentKey key = ports_.sealer.random_key();
    auto box = ports_.sealer.seal_key(room.screen.sealing_key, context, key);
    if (!box) return room.key.reset();  // a weak sealing key: it is called again, and never lit
    message.box = *std::move(box);
    message.signature = ports_.signer.sign(Domain::room_key, key_signed_part(message));
    room.key = std::move(key);
    room.sequence = 0;
    room.confirmed = 0;
    room.awaited = 0;
    room.heard = now;
    outgoing_.emplace_back(std::move(message));
    send_frame(room, now);
}

void Presenter::send_frame(Room& room, Instant now) {
    auto body = encode_page(page_);
    if (!body) body = encode_page({});
    SAMSYN_ASSERT(body.has_value());
    RoomFrame frame;
    frame.session = room.screen.session;
    frame.room = room.screen.device;
    frame.number = room.number;
    frame.sequence = ++room.sequence;
    frame.echo = room.tick;
    frame.compartments = compartments_of(page_);
    frame.sealed = ports_.views.seal_view(*room.key, header_of(frame), *body);
    room.sent = now;
    outgoing_.emplace_back(std::move(frame));
}

void Presenter::send_frames(Instant now) {
    for (auto& [id, room] : rooms_)
        if (room.key) send_frame(room, now);
}

Instant Presenter::next_wake(Instant now) const {
    if (over(now)) return farewell_ ? instant_max : now;
    Instant wake = gathering_.until();
    for (const auto& [id, room] : rooms_) {
        wake = std::min(wake, room.key ? room.sent + beat_every : room.called + call_every);
        if (room.key) wake = std::min(wake, room.heard + confirmation_wait);
        if (room.key && gathering_.pending())
            wake = std::min(wake, room.awaited_since + confirmation_wait);
    }
    return std::max(wake, now);
}

}  // namespace samsyn
