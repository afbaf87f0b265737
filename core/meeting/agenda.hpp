#pragma once

#include "core/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace samsyn {

// The numbers of these are those of the schema's choices, for ever.

/// What kind of meeting it is: field `kind` of a meeting.
enum class MeetingKind : std::uint8_t {
    family_only,
    agencies_only,
    joint,
    sip,  ///< about a coordinated individual plan
    network,
    consultation,  ///< between agencies (samråd)
    last = consultation
};

/// Field `state` of an agenda point.
enum class PointState : std::uint8_t { open, treated, parked, last = parked };

/// As much as one point may take, and as many as one agenda is reckoned with.
inline constexpr std::chrono::minutes point_minutes_max{24 * 60};
inline constexpr std::size_t agenda_points_max = 1000;

/// The instant, brought between the years 1900 and 9998: one from another device may be any number,
/// and what is reckoned from it must not overflow.
Instant in_calendar(Instant instant);

/// A point as the clock of a meeting sees it. Numbers may come from another device: whatever they
/// are, nothing overflows.
struct TimedPoint {
    std::chrono::minutes minutes{};  ///< counted as 0 to `point_minutes_max`
    PointState state = PointState::open;
    std::optional<Instant> treated_at{};
};

/// How a meeting stands to its agenda at one moment.
struct AgendaTimes {
    /// When each point begins by the plan, in the order given; none for a parked one, and for all
    /// where the meeting has no start.
    std::vector<std::optional<Instant>> starts;
    std::chrono::minutes planned{};   ///< of all points but the parked ones
    std::optional<Instant> ends;      ///< as agreed, else when the plan is through
    std::optional<std::size_t> on;    ///< the point under way: the first open one, once begun
    std::optional<Instant> on_since;  ///< when it began: the last treated one ended then
    std::chrono::minutes over{};      ///< how long that point has gone on beyond its minutes
    std::chrono::minutes late{};      ///< how far it began behind the plan; negative: ahead
    std::optional<Instant> expected;  ///< the end, if what is left takes its minutes
    std::chrono::minutes past_end{};  ///< how long ago the meeting should have ended; 0: not yet,
                                      ///< or every point of the agenda is settled
};

/// The times of an agenda. `points` are in their order; those beyond `agenda_points_max` get no
/// times. Pure; thread-safe.
AgendaTimes times_of(std::optional<Instant> starts_at,
                     std::optional<Instant> ends_at,
                     std::span<const TimedPoint> points,
                     Instant now);

/// The positions after a move, in the new order: of `positions`, in their order, the one at `from`
/// comes to stand at `to` (both less than the size). Changes only the moved one's where there is
/// room between its new neighbours, else numbers all anew. Strictly ascending.
std::vector<std::int64_t> moved(std::span<const std::int64_t> positions,
                                std::size_t from,
                                std::size_t to);

/// The position of a point that comes last.
std::int64_t position_after(std::span<const std::int64_t> positions);

}  // namespace samsyn
