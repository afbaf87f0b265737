#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace samsyn {

// How the configuration file writes times and sizes: a whole number and its unit, nothing between.

/// "500ms", "20s", "5min", "12h", "180d". None where it is something else or does not fit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// In the greatest unit that holds it without a rest.
std::string shown_duration(std::chrono::milliseconds duration);

/// "1024", "64KiB", "32MiB", "1GiB". None where it is something else or does not fit.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// In the greatest unit that holds it without a rest.
std::string shown_size(std::uint64_t bytes);

/// A whole number, digits alone.
std::optional<std::int64_t> parse_count(std::string_view text);

/// How many letters differ: inserted, left out, replaced or two beside each other swapped.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace samsyn
