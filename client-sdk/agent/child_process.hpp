#pragma once

#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/unix_socket.hpp"

#include <chrono>
#include <deque>
#include <sys/types.h>

namespace samsyn {

/// The supervisor's child: started, stopped, and never started in a loop.
class ChildProcess {
public:
    enum class State { stopped, starting, serving };

    ChildProcess(std::filesystem::path folder, SupervisorOptions options)
        : folder_(std::move(folder)),
          options_(std::move(options)) {}

    ~ChildProcess() { stop(); }

    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// Errors: `system_failed`; also where it ended `starts_max` times within `starts_window`.
    Result<void> start();

    /// Asks it to end, waits a little, then kills it. Afterwards nothing of it is in memory.
    void stop();

    /// Takes what the child says on its channel: that it serves, or why it cannot. Returns the
    /// latter; then, and when its end of the channel is closed, it is stopped.
    Result<void> on_channel_readable();

    State state() const { return state_; }

    pid_t pid() const { return pid_; }

    int channel() const { return channel_.value(); }

    static constexpr std::size_t starts_max = 5;
    static constexpr std::chrono::seconds starts_window{60};

private:
    void reap(std::chrono::milliseconds patience);

    std::filesystem::path folder_;
    SupervisorOptions options_;
    State state_ = State::stopped;
    pid_t pid_ = -1;
    UniqueFd channel_;
    std::deque<std::chrono::steady_clock::time_point> starts_;
};

/// One line in the agent's log: what happened to processes and connections, never content.
void log_line(std::string_view who, std::string_view what);

}  // namespace samsyn
