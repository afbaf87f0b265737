#include "client-sdk/agent/idle_timer.hpp"

#include <algorithm>
#include <ctime>

namespace samsyn {

namespace {

/// The timer stands still while the machine sleeps, `now` does not: look at least this often.
constexpr std::chrono::milliseconds look_again{5'000};

}  // namespace

std::chrono::milliseconds time_since_boot() {
    timespec now{};
    (void)::clock_gettime(CLOCK_BOOTTIME, &now);  // fails for an unknown clock only
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec});
}

IdleTimer::IdleTimer(Parts parts) : parts_(std::move(parts)), timer_(parts_.io) {}

void IdleTimer::limit(std::optional<std::chrono::milliseconds> idle_max) {
    idle_max_ = idle_max;
    touched_ = parts_.now();
    timer_.cancel();
    if (idle_max_) wait();
}

void IdleTimer::touch() {
    touched_ = parts_.now();
}

void IdleTimer::wait() {
    const auto rest = touched_ + *idle_max_ - parts_.now();
    timer_.expires_after(std::clamp(rest, std::chrono::milliseconds{0}, look_again));
    timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled) on_timer();
    });
}

void IdleTimer::on_timer() {
    if (!idle_max_) return;
    if (parts_.now() - touched_ >= *idle_max_)
        parts_.on_idle();
    else
        wait();
}

}  // namespace samsyn
