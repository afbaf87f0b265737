#pragma once

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <pthread.h>

namespace samsyn {

/// SIGTERM, SIGINT and SIGHUP, blocked in every thread and taken by the one that waits for them.
/// Must be made before any thread is.
class StopSignals {
public:
    enum class What { stop, reload, nothing };

    StopSignals() {
        std::signal(SIGPIPE, SIG_IGN);  // a peer that goes is an error code, not a death
        sigemptyset(&set_);
        for (const int which : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, which);
        ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }

    /// Waits for one of them, at most so long.
    What wait(std::chrono::milliseconds at_most) const {
        const auto whole = std::chrono::duration_cast<std::chrono::seconds>(at_most);
        timespec time{};
        time.tv_sec = whole.count();
        time.tv_nsec = std::chrono::nanoseconds{at_most - whole}.count();
        const int which = ::sigtimedwait(&set_, nullptr, &time);
        if (which == SIGHUP) return What::reload;
        return which > 0 ? What::stop : What::nothing;
    }

private:
    sigset_t set_{};
};

}  // namespace samsyn
