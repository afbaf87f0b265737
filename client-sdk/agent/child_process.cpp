#include "client-sdk/agent/child_process.hpp"

#include "client-sdk/agent/json_lines.hpp"
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

constexpr auto end_patience = 2'000ms;  // for a child to close its database in good form

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

Error error_from(const nlohmann::json& answer) {
    Error error{Errc::system_failed, "the agent's child did not start; see agent.log"};
    if (!answer.is_object() || !answer.contains("error") || !answer["error"].is_object())
        return error;
    const auto& told = answer["error"];
    if (const auto number = told.find("number");
        number != told.end() && number->is_number_unsigned())
        error.code = errc_from_wire(number->get<std::uint16_t>());
    if (const auto context = told.find("context"); context != told.end() && context->is_string())
        error.context = context->get<std::string>();
    return error;
}

}  // namespace

Result<void> ChildProcess::start() {
    const auto now = std::chrono::steady_clock::now();
    while (!starts_.empty() && now - starts_.front() > starts_window) starts_.pop_front();
    if (starts_.size() >= starts_max)
        return fail(Errc::system_failed, "the agent's child ended again and again; see agent.log");
    starts_.push_back(now);

    int pair[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return system_failure("socketpair");
    UniqueFd ours{pair[0]};
    const UniqueFd theirs{pair[1]};

    std::string executable = options_.executable.string();
    std::string name = "samsyn";
    std::string subcommand{options_.child_subcommand};
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
    state_ = State::starting;
    return {};
}

void ChildProcess::stop() {
    if (state_ == State::stopped) return;
    (void)::kill(pid_, SIGTERM);
    channel_.reset();  // says the same to a child that lost the signal
    reap(end_patience);
}

void ChildProcess::reap(std::chrono::milliseconds patience) {
    int status = 0;
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() >= give_up) (void)::kill(pid_, SIGKILL);
        std::this_thread::sleep_for(5ms);
    }
    if (WIFSIGNALED(status))
        log_line("supervisor", "child ended by signal " + std::to_string(WTERMSIG(status)));
    else
        log_line("supervisor", "child ended with status " + std::to_string(WEXITSTATUS(status)));
    channel_.reset();
    pid_ = -1;
    state_ = State::stopped;
}

Result<void> ChildProcess::on_channel_readable() {
    auto message = receive_with_fd(channel_.value());
    if (message && !*message) return {};
    const bool was_starting = state_ == State::starting;
    if (message && !(**message).closed && was_starting) {
        const auto told = parse_json((**message).bytes);
        if (told && told->is_object() && told->contains("serving")) {
            state_ = State::serving;
            return {};
        }
        reap(end_patience);
        starts_.clear();  // it told why, in order: no crash, so a repaired folder may start at once
        return std::unexpected{error_from(told ? *told : nlohmann::json{})};
    }
    reap(end_patience);
    if (was_starting) return std::unexpected{error_from({})};
    return {};
}

void log_line(std::string_view who, std::string_view what) {
    const std::string line = to_iso(SystemClock{}.now()) + " " + std::string{who} + "[" +
                             std::to_string(::getpid()) + "]: " + std::string{what} + "\n";
    (void)std::fwrite(line.data(), 1, line.size(), stderr);  // a full disk must not stop the agent
}

}  // namespace samsyn
