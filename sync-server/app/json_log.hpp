#pragma once

#include "core/base/time.hpp"
#include "sync-server/net/log.hpp"

namespace samsyn {

/// One line of JSON, without its newline. Whatever `why` holds, the line stays one line of ASCII.
std::string to_json_line(const LogEvent& event, Instant now);

/// Writes each event to standard error, a line at once. Thread-safe.
Log stderr_log();

}  // namespace samsyn
