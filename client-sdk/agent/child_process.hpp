#pragma once

#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/unix_socket.hpp"

#include <chrono>
#include <sys/types.h>

namespace samsyn {

/// A process that the supervisor starts from its own program, with one channel to it. It dies with
/// the supervisor.
class ChildProcess {
public:
    ChildProcess(std::filesystem::path folder,
                 std::filesystem::path executable,
                 std::string subcommand)
        : folder_(std::move(folder)),
          executable_(std::move(executable)),
          subcommand_(std::move(subcommand)) {}

    ~ChildProcess() { stop(); }

    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// Errors: `system_failed`.
    Result<void> start();

    /// Asks it to end, waits a little, then kills it. When this returns it is gone from memory.
    void stop();

    /// What it says on its channel; nothing where there is nothing. Where it has closed the channel
    /// it is waited for, as by `stop`, and `closed` is set.
    std::optional<ChannelMessage> receive();

    bool is_running() const { return pid_ > 0; }

    pid_t pid() const { return pid_; }

    int channel() const { return channel_.value(); }

    /// For a child to close its database in good form. Locking takes no longer than this and what
    /// the kernel needs to end a process: together well within a second.
    static constexpr std::chrono::milliseconds end_patience{400};

private:
    void reap();

    std::filesystem::path folder_;
    std::filesystem::path executable_;
    std::string subcommand_;
    pid_t pid_ = -1;
    UniqueFd channel_;
};

/// One line in the agent's log: what happened to processes and connections, never content.
void log_line(std::string_view who, std::string_view what);

}  // namespace samsyn
