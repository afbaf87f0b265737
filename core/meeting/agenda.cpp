#include "core/meeting/agenda.hpp"

#include <algorithm>
#include <functional>

namespace samsyn {

namespace {

using std::chrono::minutes;

constexpr std::int64_t position_step = 10;
// Nobody numbers points beyond this by hand; what does is numbered anew.
constexpr std::int64_t position_most = 1'000'000'000;

std::optional<Instant> bounded(std::optional<Instant> instant) {
    return instant ? std::optional{in_calendar(*instant)} : instant;
}

minutes length_of(const TimedPoint& point) {
    return std::clamp(point.minutes, minutes{0}, point_minutes_max);
}

minutes whole_minutes(Instant from, Instant to) {
    return std::chrono::floor<minutes>(to - from);
}

/// When the point under way began: with the meeting, or when the last one was treated.
Instant began(Instant starts_at, std::span<const TimedPoint> points, Instant now) {
    Instant since = starts_at;
    for (const TimedPoint& point : points) {
        if (point.state != PointState::treated || !point.treated_at) continue;
        since = std::max(since, std::min(in_calendar(*point.treated_at), now));
    }
    return since;
}

}  // namespace

Instant in_calendar(Instant instant) {
    using namespace std::chrono;
    return std::clamp(
        instant, Instant{sys_days{year{1900} / 1 / 1}}, Instant{sys_days{year{9998} / 1 / 1}});
}

AgendaTimes times_of(std::optional<Instant> starts_at,
                     std::optional<Instant> ends_at,
                     std::span<const TimedPoint> points,
                     Instant now) {
    AgendaTimes times;
    times.starts.resize(points.size());
    points = points.first(std::min(points.size(), agenda_points_max));
    starts_at = bounded(starts_at);
    now = in_calendar(now);

    minutes left{};
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i].state == PointState::parked) continue;
        if (starts_at) times.starts[i] = *starts_at + times.planned;
        times.planned += length_of(points[i]);
        if (points[i].state == PointState::open) left += length_of(points[i]);
    }
    times.ends = bounded(ends_at);
    if (!times.ends && starts_at && times.planned > minutes{0})
        times.ends = *starts_at + times.planned;
    if (!starts_at || now < *starts_at) return times;

    const auto open = std::ranges::find(points, PointState::open, &TimedPoint::state);
    if (open == points.end() && !points.empty()) return times;  // all is said
    if (times.ends) times.past_end = std::max(minutes{0}, whole_minutes(*times.ends, now));
    if (open == points.end()) return times;

    const Instant since = began(*starts_at, points, now);
    const auto on = static_cast<std::size_t>(open - points.begin());
    times.on = on;
    times.on_since = since;
    times.over = std::max(minutes{0}, whole_minutes(since + length_of(*open), now));
    times.late = whole_minutes(*times.starts[on], since);
    times.expected = std::max(now, since + length_of(*open)) + (left - length_of(*open));
    return times;
}

std::int64_t position_after(std::span<const std::int64_t> positions) {
    std::int64_t last = 0;
    for (const std::int64_t position : positions) last = std::max(last, position);
    return std::min(last, INT64_MAX - position_step) + position_step;
}

std::vector<std::int64_t> moved(std::span<const std::int64_t> positions,
                                std::size_t from,
                                std::size_t to) {
    std::vector<std::int64_t> others{positions.begin(), positions.end()};
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(from));
    const bool orderly =
        std::ranges::adjacent_find(others, std::greater_equal{}) == others.end() &&
        (others.empty() || (others.front() >= 0 && others.back() <= position_most));
    if (orderly) {
        const std::int64_t before = to == 0 ? -position_step : others[to - 1];
        const std::int64_t after = to == others.size() ? before + 2 * position_step : others[to];
        const std::int64_t between = before + (after - before) / 2;
        if (between > before && between < after && between >= 0) {
            others.insert(others.begin() + static_cast<std::ptrdiff_t>(to), between);
            return others;
        }
    }
    std::vector<std::int64_t> anew;
    anew.reserve(positions.size());
    for (std::size_t i = 0; i < positions.size(); ++i)
        anew.push_back(position_step * static_cast<std::int64_t>(i + 1));
    return anew;
}

}  // namespace samsyn
