#pragma once

#include "sync-server/hub/token_bucket.hpp"
#include "sync-server/net/limits.hpp"
#include "sync-server/net/log.hpp"

#include <chrono>
#include <mutex>
#include <utility>

namespace samsyn {

/// The log, for what strangers make happen: how many lines that is must not be theirs to say.
/// What is left out is counted, and said with the next line that has its place. Thread-safe.
class StrangerLog {
public:
    StrangerLog(const NetLimits& limits, const Log& log)
        : rate_(limits.stranger_lines),
          log_(log) {}

    void write(const LogEvent& event, std::chrono::steady_clock::time_point now) {
        const Instant at{std::chrono::duration_cast<Instant::duration>(now.time_since_epoch())};
        std::uint64_t left_out = 0;
        {
            const std::lock_guard lock{mutex_};
            if (!lines_.take(rate_, at)) {
                ++left_out_;
                return;
            }
            left_out = std::exchange(left_out_, 0);
        }
        if (left_out > 0) log_({"strangers_not_logged", 0, {}, left_out});
        log_(event);
    }

private:
    Rate rate_;
    const Log& log_;
    std::mutex mutex_;
    TokenBucket lines_;
    std::uint64_t left_out_ = 0;
};

}  // namespace samsyn
