#include "client-sdk/agent/child_process.hpp"

#include "core/base/system_clock.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace samsyn {

namespace {

using namespace std::chrono_literals;

/// In the child, between fork and exec: only calls that are safe there. Does not return.
[[noreturn]] void become_child(int channel, pid_t supervisor, char* const* arguments) {
    sigset_t none;
    sigemptyset(&none);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a forked child has one thread
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != supervisor) ::_exit(1);  // it died before the line above
    if (channel == child_channel_fd)
        (void)::fcntl(channel, F_SETFD, 0);
    else if (::dup2(channel, child_channel_fd) < 0)
        ::_exit(1);
    ::execv(arguments[0], arguments + 1);
    ::_exit(127);
}

}  // namespace

Result<void> ChildProcess::start() {
    int pair[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return system_failure("socketpair");
    UniqueFd ours{pair[0]};
    const UniqueFd theirs{pair[1]};

    std::string executable = executable_.string();
    std::string name = "samsyn";
    std::string subcommand = subcommand_;
    std::string option = "--data";
    std::string folder = folder_.string();
    char* const arguments[] = {
        executable.data(), name.data(), subcommand.data(), option.data(), folder.data(), nullptr};

    const pid_t supervisor = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return system_failure("fork");
    if (pid == 0) become_child(theirs.value(), supervisor, arguments);
    pid_ = pid;
    channel_ = std::move(ours);
    return {};
}

void ChildProcess::stop() {
    if (!is_running()) return;
    (void)::kill(pid_, SIGTERM);
    channel_.reset();  // says the same to a child that lost the signal
    reap();
}

void ChildProcess::reap() {
    int status = 0;
    const auto give_up = std::chrono::steady_clock::now() + end_patience;
    bool killed = false;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
        if (!killed && std::chrono::steady_clock::now() >= give_up)
            killed = ::kill(pid_, SIGKILL) == 0;
        std::this_thread::sleep_for(2ms);
    }
    if (WIFSIGNALED(status))
        log_line("supervisor",
                 subcommand_ + " ended by signal " + std::to_string(WTERMSIG(status)));
    else
        log_line("supervisor",
                 subcommand_ + " ended with status " + std::to_string(WEXITSTATUS(status)));
    channel_.reset();
    pid_ = -1;
}

std::optional<ChannelMessage> ChildProcess::receive() {
    auto message = receive_with_fd(channel_.value());
    if (message && !*message) return std::nullopt;
    if (message && !(*message)->closed) return *std::move(message);
    reap();
    ChannelMessage closed;
    closed.closed = true;
    return closed;
}

void log_line(std::string_view who, std::string_view what) {
    const std::string line = to_iso(SystemClock{}.now()) + " " + std::string{who} + "[" +
                             std::to_string(::getpid()) + "]: " + std::string{what} + "\n";
    (void)std::fwrite(line.data(), 1, line.size(), stderr);  // a full disk must not stop the agent
}

}  // namespace samsyn
