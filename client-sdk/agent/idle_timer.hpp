#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace samsyn {

/// Time since the machine started, sleep included: a tablet that slept for an hour was idle for an
/// hour.
std::chrono::milliseconds time_since_boot();

/// Calls `on_idle` once nobody has touched it for the limit. Single-threaded, on the thread of
/// `io`.
class IdleTimer {
public:
    struct Parts {
        boost::asio::io_context& io;
        std::function<void()> on_idle;
        std::function<std::chrono::milliseconds()> now = &time_since_boot;
    };

    explicit IdleTimer(Parts parts);

    /// None: never. Counts as a touch.
    void limit(std::optional<std::chrono::milliseconds> idle_max);

    /// A person did something.
    void touch();

private:
    void wait();
    void on_timer();

    Parts parts_;
    boost::asio::steady_timer timer_;
    std::optional<std::chrono::milliseconds> idle_max_;
    std::chrono::milliseconds touched_{};
};

}  // namespace samsyn
