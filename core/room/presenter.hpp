#pragma once

#include "core/room/gathering.hpp"
#include "core/room/page.hpp"
#include "core/room/ports.hpp"
#include "core/wire/messages.hpp"

#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace samsyn {

/// A room's screen as the federation certifies it, and the presenter's `RoomSession` statement that
/// announces it.
struct RoomScreen {
    StatementId session;
    DeviceId device;
    SealingPublicKey sealing_key;
};

/// The presenter's side of a room session: who is present, and what each screen has, under which
/// key. A change of those present first takes what is no longer permitted off the screens; only
/// when each has confirmed, or has been silent for 40 s and so is dark, does the change take effect
/// and a new random key follow. A screen that was silent gets it after a fresh handshake.
///
/// Sans-I/O and not thread-safe. The host passes in what happens and when, computes pages for
/// `gathering().eyes()`, and sends what `take_outgoing` gives it. `now` is a clock that is not set:
/// a steady one that started at the machine's time.
class Presenter {
public:
    Presenter(const CaseId& case_id, const DeviceId& self, Gathering gathering, RoomPorts ports)
        : case_id_(case_id),
          self_(self),
          gathering_(std::move(gathering)),
          ports_(ports) {}

    /// Errors: `limit_exceeded` for more than 8; `already_exists`.
    Result<void> add_room(const RoomScreen& screen, Instant now);

    // --- What happens ---------------------------------------------------------------------------
    /// Does something to the gathering. Whatever may change what is shown puts the neutral page on
    /// every screen at once, until `show` gives the page for the new round. Errors: those of
    /// `happening`; then nothing has changed.
    Result<void> change(const std::function<Result<void>(Gathering&)>& happening, Instant now);

    /// The page that `gathering().eyes()` may see, computed in `round`. Errors: `conflict` where
    /// the round is another by now: compute it again; those of `encode_page`.
    Result<void> show(const Page& page, std::uint64_t round, Instant now);

    /// What a screen or the server says; other messages are ignored. Errors: why it was ignored.
    Result<void> on_message(const Message& message, Instant now);

    /// Call it at `next_wake`.
    void on_time(Instant now);

    // --- What follows ---------------------------------------------------------------------------
    const Gathering& gathering() const { return gathering_; }

    /// True where the host is to compute the page for `gathering().round()` and `show` it.
    bool wants_page(Instant now) const { return shown_round_ != gathering_.round() && !over(now); }

    bool over(Instant now) const { return gathering_.ended(now); }

    /// What is to be sent, in order; empties the list.
    std::vector<Message> take_outgoing() { return std::exchange(outgoing_, {}); }

    Instant next_wake(Instant now) const;

    enum class RoomState : std::uint8_t {
        calling,  ///< no key: it has not answered, or was silent and counts as dark
        keyed
    };

    std::optional<RoomState> state_of(const DeviceId& room) const;

private:
    struct Room {
        RoomScreen screen;
        std::optional<Nonce> hello;       ///< answered our call, and waits for a key
        std::optional<Nonce> used_nonce;  ///< of the newest handshake that a key was sent for
        std::optional<ContentKey> key;
        std::uint32_t number = 0;
        std::uint64_t sequence = 0;
        std::uint64_t tick = 0;
        std::uint64_t confirmed = 0;
        Instant heard{};
        Instant sent{};
        Instant called{};
        /// What it must confirm before the pending change takes effect, and since when we wait.
        std::uint64_t awaited = 0;
        Instant awaited_since{};
    };

    Result<void> on_hello(const RoomHello& hello, Instant now);
    Result<void> on_tick(const RoomTick& tick, Instant now);
    Result<void> on_refused(const RoomRefused& refused, Instant now);
    Room* find(const DeviceId& room);
    void call(Room& room, Instant now);
    void give_key(Room& room, Instant now);
    void send_frame(Room& room, Instant now);
    void send_frames(Instant now);
    void lose_silent_rooms(Instant now);
    void settle(Instant now);

    CaseId case_id_;
    DeviceId self_;
    Gathering gathering_;
    RoomPorts ports_;
    std::map<DeviceId, Room> rooms_;
    Page page_;
    std::uint64_t shown_round_ = 0;
    bool farewell_ = false;  ///< the last, neutral frames have been sent
    std::vector<Message> outgoing_;
};

}  // namespace samsyn
