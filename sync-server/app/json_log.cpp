#include "sync-server/app/json_log.hpp"

#include "core/base/system_clock.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace samsyn {

std::string to_json_line(const LogEvent& event, Instant now) {
    nlohmann::ordered_json line{{"time", to_iso(now)}, {"event", event.event}};
    if (event.link != 0) line["link"] = event.link;
    if (!event.why.empty()) line["why"] = event.why;
    if (event.count != 0) line["count"] = event.count;
    return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

Log stderr_log() {
    return [](const LogEvent& event) {
        const std::string line = to_json_line(event, SystemClock{}.now()) + "\n";
        std::fwrite(line.data(), 1, line.size(), stderr);  // stdio locks the stream for the call
    };
}

}  // namespace samsyn
