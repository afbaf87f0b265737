#pragma once

#include "sync-server/metrics/metrics.hpp"
#include "sync-server/net/limits.hpp"

#include <chrono>
#include <optional>

namespace samsyn {

/// By when a connection must do what. Pure: time comes in; of one strand.
struct Deadlines {
    using Time = std::chrono::steady_clock::time_point;

    Time accepted_at;
    Time turn_began;  ///< of the peer: when we had said all that we had to say
    Time pinged_at;
    std::optional<Time> writing_since;
    std::optional<Time> closing_since;
    bool waits_for_us = false;  ///< the hub has a message of the peer and has not handled it
    bool not_read = false;      ///< too many of them: we do not even look
    bool authenticated = false;

    explicit Deadlines(Time accepted)
        : accepted_at(accepted),
          turn_began(accepted),
          pinged_at(accepted) {}

    /// Which promise the peer has broken, if any. A peer is silent only while it is its turn:
    /// nobody is closed for waiting for us. `last_heard`: when its last byte came.
    std::optional<EndReason> overdue(const NetLimits& limits, Time now, Time last_heard) const;

    /// True while it is for the peer to say something.
    bool is_peers_turn() const { return !waits_for_us && !writing_since; }

    bool is_ping_due(const NetLimits& limits, Time now) const;

    /// When to ask the two questions above again, if nothing happens before.
    Time next_check(const NetLimits& limits, Time now, Time last_heard) const;
};

}  // namespace samsyn
