#include "sync-server/net/deadlines.hpp"

#include <algorithm>

namespace samsyn {

std::optional<EndReason> Deadlines::overdue(const NetLimits& limits,
                                            Time now,
                                            Time last_heard) const {
    if (closing_since) {
        if (now >= *closing_since + limits.closing_max) return EndReason::close_unanswered;
        return std::nullopt;
    }
    if (writing_since && now >= *writing_since + limits.write_max) return EndReason::slow_reader;
    const Time silent_since = std::max(last_heard, turn_began);
    if (authenticated) {
        if (!not_read && now >= silent_since + limits.silence_max) return EndReason::silent;
        return std::nullopt;
    }
    if (now >= accepted_at + limits.to_authenticated) return EndReason::late;
    if (is_peers_turn() && now >= silent_since + limits.silence_before) return EndReason::silent;
    return std::nullopt;
}

bool Deadlines::is_ping_due(const NetLimits& limits, Time now) const {
    return authenticated && !closing_since && now >= pinged_at + limits.ping_every;
}

Deadlines::Time Deadlines::next_check(const NetLimits& limits, Time now, Time last_heard) const {
    if (closing_since) return *closing_since + limits.closing_max;
    const Time silent_since = std::max(last_heard, turn_began);
    // Where silence does not count, look again after as long.
    const auto from = [&](bool counts) { return counts ? silent_since : now; };
    Time next = authenticated
                    ? std::min(from(!not_read) + limits.silence_max, pinged_at + limits.ping_every)
                    : std::min(accepted_at + limits.to_authenticated,
                               from(is_peers_turn()) + limits.silence_before);
    if (writing_since) next = std::min(next, *writing_since + limits.write_max);
    return next;
}

}  // namespace samsyn
