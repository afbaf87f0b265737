#pragma once

#include <chrono>
#include <string>

namespace samsyn {

/// A point of UTC in whole milliseconds since 1970. Local dates become instants at capture.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// Later than every real instant: "never ends".
inline constexpr Instant instant_max = Instant::max();

/// "2026-05-04T09:30:00Z".
std::string to_iso(Instant instant);

}  // namespace samsyn
