#pragma once

#include "core/room/page.hpp"
#include "core/room/ports.hpp"

#include <deque>
#include <optional>

namespace samsyn {

/// A room's screen, which holds no content but what it shows. It shows a page only while it can
/// tell that the presenter is there: each frame echoes the newest *tick* of the screen that the
/// presenter has heard, and the page stays for 30 s after that tick was made. Frames that somebody
/// holds back and lets through later echo old ticks and light nothing.
///
/// Sans-I/O and not thread-safe. `now` is a clock that never goes back, but for `until`, which is
/// compared to it too: the host gives a steady clock that started at the machine's time.
class Screen {
public:
    Screen(const DeviceId& self, RoomPorts ports) : self_(self), ports_(ports) {}

    /// A presenter calls. A screen that is dark forgets what it had and answers with a fresh nonce;
    /// one that is lit stays with its session. Errors: `conflict` while lit; `invalid_argument` for
    /// a call to another room.
    Result<RoomHello> on_call(const RoomCall& call, Instant now);

    /// A key for the session that was answered last; what was shown is dropped. `presenter`: the
    /// signing key that the federation certifies for the device that called. Errors:
    /// `unexpected_message` for another session, nonce or presenter, or a number that is not newer;
    /// `bad_signature`; `not_authentic`.
    Result<void> on_key(const RoomKey& key, const SigningPublicKey& presenter, Instant now);

    /// Shows the frame, or goes on showing what it did. Errors: `unexpected_message` for another
    /// key or an old sequence; `not_authentic`; those of `decode_page`.
    Result<void> on_frame(const RoomFrame& frame, Instant now);

    /// What is on the screen; none: it is dark.
    std::optional<Page> shown(Instant now) const;

    /// A tick that is due: after each frame, and every 5 s.
    std::optional<RoomTick> next_tick(Instant now);

    /// When `shown` or `next_tick` may change by themselves.
    Instant next_wake(Instant now) const;

private:
    struct Tick {
        std::uint64_t number = 0;
        Instant made;
    };

    struct Session {
        StatementId id;
        DeviceId presenter;
        Nonce nonce;
        std::uint32_t number = 0;
        std::optional<ContentKey> key;
        std::uint64_t sequence = 0;
        Page page;
        Instant until = instant_max;
        Instant lit_until{};
        std::deque<Tick> ticks;  ///< the newest ones; the hello is tick 0
        std::uint64_t last_tick = 0;
        bool owes_tick = false;
    };

    bool lit(Instant now) const;
    void light(std::uint64_t echo);

    DeviceId self_;
    RoomPorts ports_;
    std::optional<Session> session_;
};

}  // namespace samsyn
