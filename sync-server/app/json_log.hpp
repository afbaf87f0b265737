#pragma once

#include "core/base/time.hpp"
#include "sync-server/app/config.hpp"
#include "sync-server/net/log.hpp"

namespace samsyn {

/// One line of JSON, without its newline. Whatever `why` holds, the line stays one line of ASCII.
std::string to_json_line(const LogEvent& event, Instant now);

/// How much an event matters: by its word, so that whoever logs need not know.
LogLevel level_of(std::string_view event);

/// Writes each event that is of `least` or above to standard error, a line at once. Thread-safe.
Log stderr_log(LogLevel least = LogLevel::info);

}  // namespace samsyn
