#pragma once

#include "core/wire/messages.hpp"
#include "sync-server/hub/registry.hpp"

#include <map>
#include <optional>
#include <utility>

namespace samsyn {

/// Which room of which session a message is about.
struct RoomPlace {
    StatementId session;
    DeviceId room;
    friend auto operator<=>(const RoomPlace&, const RoomPlace&) = default;
};

/// None for a message that is not of a room session.
std::optional<RoomPlace> place_of(const Message& message);

/// True for the messages of room sessions that a device may send.
bool is_of_room(const Message& message);

/// What waits for one link of room sessions: the newest message of each kind, since each frame is
/// whole and each tick newer than the last. A reader that is slow or gone costs no more than that.
class RoomMailbox {
public:
    /// False where the box is full of other sessions' mail; then nothing has changed.
    bool put(Message message);

    /// The next one, keys before frames.
    std::optional<Message> take();

    bool empty() const { return waiting_.empty(); }

private:
    static constexpr std::size_t size_max = 48;

    std::map<std::pair<RoomPlace, std::size_t>, Message> waiting_;  ///< by place and kind
};

/// Which room sessions there are, and what may pass in them (docs/PROTOCOL.md, "Rooms"). Keeps no
/// frame and stores nothing: after a restart the presenter calls again. Not thread-safe.
class RoomRelay {
public:
    struct Limits {
        std::size_t sessions_max = 0;         ///< at once
        std::size_t sessions_of_one_max = 0;  ///< of one presenter's device
    };

    explicit RoomRelay(const Limits& limits) : limits_(limits) {}

    /// To whom a message of `from` goes, and the message as it may be told there. Errors, all
    /// `not_permitted`: the session was not announced by this device, is over, or is none of a room
    /// screen in good standing; the sender has no part in it. `limit_exceeded` for too many.
    struct Forward {
        DeviceId to;
        Message message;
    };

    Result<Forward> forward(const DeviceId& from,
                            const Message& message,
                            const Registry& registry,
                            Instant now);

    /// The fence, when a frame is about to leave: `decide` must permit the presenter to show each
    /// compartment that it names in a meeting, at this moment, and each must be of the session's
    /// case. Other messages pass while the session lasts.
    bool may_leave(const Message& message, const Registry& registry, Instant now) const;

    /// Who presents in a session; none where it is not known.
    DeviceId presenter_of(const StatementId& session) const;

private:
    struct Session {
        CaseId case_id;
        DeviceId room;
        DeviceId presenter;
        Instant until;
    };

    Result<void> announce(const DeviceId& from,
                          const RoomCall& call,
                          const Registry& registry,
                          Instant now);
    static bool lasts(const Session& session, const Registry& registry, Instant now);

    Limits limits_;
    std::map<StatementId, Session> sessions_;
};

}  // namespace samsyn
