#pragma once

#include "sync-server/net/limits.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <string_view>

namespace samsyn {

/// May devices be sent to this server now? Thread-safe.
class Readiness {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Readiness(const NetLimits& limits) : answers_in_(limits.hub_answers_in) {}

    /// The hub's thread has been through its loop.
    void on_beat(Time now) { beat_ = now.time_since_epoch().count(); }

    void set_writable(bool writable) { writable_ = writable; }

    void begin_drain() { draining_ = true; }

    /// One of "draining", "storage", "hub"; none where all is well.
    std::optional<std::string_view> why_not(Time now) const {
        if (draining_) return "draining";
        if (!writable_) return "storage";
        if (now - Time{Time::duration{beat_}} > answers_in_) return "hub";
        return std::nullopt;
    }

private:
    std::chrono::milliseconds answers_in_;
    std::atomic<Time::rep> beat_{};
    std::atomic<bool> writable_{false};
    std::atomic<bool> draining_{false};
};

}  // namespace samsyn
