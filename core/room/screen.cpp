#include "core/room/screen.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t ticks_max = 64;

}  // namespace

bool Screen::lit(Instant now) const {
    return session_ && session_->key && now < session_->lit_until && now < session_->until;
}

Result<RoomHello> Screen::on_call(const RoomCall& call, Instant now) {
    if (call.room != self_) return fail(Errc::invalid_argument, "a call to another room");
    if (lit(now)) return fail(Errc::conflict, "a session is running");
    RoomHello hello;
    hello.session = call.session;
    hello.room = self_;
    hello.presenter = call.presenter;
    hello.nonce = random_id<Nonce>(ports_.random);

    Session& fresh = session_.emplace(Session{});
    fresh.id = call.session;
    fresh.presenter = call.presenter;
    fresh.nonce = hello.nonce;
    fresh.ticks.push_back({.number = 0, .made = now});
    return hello;
}

Result<void> Screen::on_key(const RoomKey& key, const SigningPublicKey& presenter, Instant now) {
    if (!session_ || key.session != session_->id || key.presenter != session_->presenter ||
        key.room != self_ || key.nonce != session_->nonce || key.number <= session_->number)
        return fail(Errc::unexpected_message, "room key");
    if (key.until <= now) return fail(Errc::timed_out, "room session");
    if (!ports_.verifier.verify(presenter, Domain::room_key, key_signed_part(key), key.signature))
        return fail(Errc::bad_signature, "room key");
    const Hash context = ports_.hasher.hash(Domain::room_context, {key_context_part(key)});
    ContentKey opened = SAMSYN_TRY(ports_.sealer.open_key(key.box, context));
    session_->key = std::move(opened);
    session_->number = key.number;
    session_->sequence = 0;
    session_->until = key.until;
    session_->page = {};
    session_->owes_tick = true;
    return {};
}

void Screen::light(std::uint64_t echo) {
    const auto tick = std::ranges::find(session_->ticks, echo, &Tick::number);
    if (tick == session_->ticks.end()) return;
    session_->lit_until = std::max(session_->lit_until, tick->made + screen_lit_for);
}

Result<void> Screen::on_frame(const RoomFrame& frame, Instant now) {
    if (!session_ || !session_->key || frame.session != session_->id || frame.room != self_ ||
        frame.number != session_->number || frame.sequence <= session_->sequence)
        return fail(Errc::unexpected_message, "room frame");
    if (now >= session_->until) return fail(Errc::timed_out, "room session");
    const Bytes body =
        SAMSYN_TRY(ports_.views.open_view(*session_->key, header_of(frame), frame.sealed));
    Page page = SAMSYN_TRY(decode_page(body));
    session_->page = only_named(std::move(page), frame.compartments);
    session_->sequence = frame.sequence;
    session_->owes_tick = true;
    light(frame.echo);
    return {};
}

std::optional<Page> Screen::shown(Instant now) const {
    if (!lit(now)) return std::nullopt;
    return session_->page;
}

std::optional<RoomTick> Screen::next_tick(Instant now) {
    if (!session_ || !session_->key || now >= session_->until) return std::nullopt;
    if (!session_->owes_tick && now < session_->ticks.back().made + tick_every) return std::nullopt;
    Session& mine = *session_;
    mine.owes_tick = false;
    mine.ticks.push_back({.number = ++mine.last_tick, .made = now});
    if (mine.ticks.size() > ticks_max) mine.ticks.pop_front();
    RoomTick tick;
    tick.session = mine.id;
    tick.room = self_;
    tick.number = mine.number;
    tick.tick = mine.last_tick;
    tick.confirmed = mine.sequence;
    tick.proof = ports_.views.seal_view(*mine.key, header_of(tick), {});
    return tick;
}

Instant Screen::next_wake(Instant now) const {
    if (!session_ || !session_->key) return instant_max;
    Instant wake = session_->ticks.back().made + tick_every;
    if (lit(now)) wake = std::min({wake, session_->lit_until, session_->until});
    return wake;
}

}  // namespace samsyn
