#include "sync-server/app/json_log.hpp"

#include "core/base/system_clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace samsyn {

namespace {

struct EventLevel {
    std::string_view event;
    LogLevel level;
};

/// What is not here is `info`.
constexpr std::array event_levels{
    EventLevel{"accept_failed", LogLevel::warning},
    EventLevel{"backup_failed", LogLevel::error},
    EventLevel{"backup_warning", LogLevel::warning},
    EventLevel{"certificate_expires", LogLevel::warning},
    EventLevel{"certificate_expired", LogLevel::error},
    EventLevel{"group_failed", LogLevel::error},
    EventLevel{"link_refused", LogLevel::warning},
    EventLevel{"mass_closing", LogLevel::warning},
    EventLevel{"pin_destroyed", LogLevel::warning},
    EventLevel{"read_chain_broken", LogLevel::error},
    EventLevel{"tls_refused", LogLevel::error},
};

}  // namespace

LogLevel level_of(std::string_view event) {
    const auto found = std::ranges::find(event_levels, event, &EventLevel::event);
    return found == event_levels.end() ? LogLevel::info : found->level;
}

std::string to_json_line(const LogEvent& event, Instant now) {
    nlohmann::ordered_json line{{"time", to_iso(now)}, {"event", event.event}};
    if (event.link != 0) line["link"] = event.link;
    if (!event.why.empty()) line["why"] = event.why;
    if (event.count != 0) line["count"] = event.count;
    return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

Log stderr_log(LogLevel least) {
    return [least](const LogEvent& event) {
        if (level_of(event.event) < least) return;
        const std::string line = to_json_line(event, SystemClock{}.now()) + "\n";
        std::fwrite(line.data(), 1, line.size(), stderr);  // stdio locks the stream for the call
    };
}

}  // namespace samsyn
