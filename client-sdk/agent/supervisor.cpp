#include "client-sdk/agent/supervisor.hpp"

#include "client-sdk/agent/agent.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace samsyn {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::size_t waiting_max = 64;     // further connections stay in the accept queue
constexpr auto first_line_patience = 5s;    // from accept to the first line
constexpr auto next_line_patience = 10min;  // for a caller that talks to the supervisor itself
constexpr short readable = POLLIN | POLLHUP | POLLERR;

json locked_answer() {
    json answer = error_answer({Errc::locked, "the agent is locked"});
    answer["error"]["hint"] = "run: samsyn unlock";
    return answer;
}

}  // namespace

Result<Supervisor> Supervisor::open(const std::filesystem::path& folder,
                                    const SupervisorOptions& options) {
    UniqueFd lock = SAMSYN_TRY(lock_folder(folder));
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&signals, signal);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the supervisor has one thread
    if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return system_failure("sigprocmask");
    UniqueFd signal_source{::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!signal_source) return system_failure("signalfd");
    UniqueFd listener = SAMSYN_TRY(listen_in(folder));
    return Supervisor{
        folder, options, std::move(lock), std::move(signal_source), std::move(listener)};
}

int Supervisor::run() {
    (void)start_child();  // logged; whoever asks first is told
    for (;;) {
        for (Waiting& each : waiting_) take_lines(each);
        if (stopping_) return 0;
        hand_over();
        const auto now = std::chrono::steady_clock::now();
        std::erase_if(waiting_, [&](const Waiting& each) {
            return !each.socket || (!each.ready && each.deadline <= now);
        });
        if (!wait()) return 1;
    }
}

/// Sleeps until something happens, and looks at everything that did.
bool Supervisor::wait() {
    std::vector<pollfd> polled{{signals_.value(), POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLIN, 0}};
    if (waiting_.size() < waiting_max) polled[1].fd = listener_.value();
    polled[2].fd = child_->channel();
    auto wake = std::chrono::steady_clock::now() + 1h;
    for (const Waiting& each : waiting_) {
        polled.push_back({each.ready ? -1 : each.socket.value(), POLLIN, 0});
        if (!each.ready) wake = std::min(wake, each.deadline);
        if (each.ready && child_->state() == ChildProcess::State::serving)
            polled[2].events = POLLIN | POLLOUT;  // it was full: go on when it is not
    }
    const auto rest =
        std::chrono::ceil<std::chrono::milliseconds>(wake - std::chrono::steady_clock::now());
    const int timeout = static_cast<int>(std::max<std::int64_t>(rest.count(), 0));
    if (::poll(polled.data(), polled.size(), timeout) < 0 && errno != EINTR) {
        log_line("supervisor", system_failure("poll").error().context);
        return false;
    }
    for (std::size_t i = 0; i < waiting_.size(); ++i)
        if ((polled[3 + i].revents & readable) != 0) on_readable(waiting_[i]);
    if ((polled[2].revents & readable) != 0) on_child();
    if ((polled[1].revents & readable) != 0) accept_one();
    if ((polled[0].revents & readable) != 0) on_signal();
    return true;
}

void Supervisor::on_signal() {
    signalfd_siginfo signal{};
    while (::read(signals_.value(), &signal, sizeof signal) == sizeof signal)
        if (signal.ssi_signo != SIGCHLD) stop();  // a child that ends also closes its channel
}

void Supervisor::on_child() {
    const auto alive = child_->on_channel_readable();
    if (alive) return;
    log_line("supervisor", to_string(alive.error()));
    answer_ready(error_answer(alive.error()));
}

void Supervisor::accept_one() {
    UniqueFd socket{::accept4(listener_.value(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!socket || !peer_is_same_user(socket.value())) return;
    Waiting& waiting = waiting_.emplace_back();
    waiting.socket = std::move(socket);
    waiting.deadline = std::chrono::steady_clock::now() + first_line_patience;
}

void Supervisor::on_readable(Waiting& waiting) {
    char bytes[16 * 1024];
    const std::size_t room = std::min(sizeof bytes, first_bytes_max - waiting.input.size());
    const ssize_t size = ::recv(waiting.socket.value(), bytes, room, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
        waiting.socket.reset();  // gone before it had said a whole line
        return;
    }
    waiting.input.append(bytes, static_cast<std::size_t>(size));
}

/// Serves the supervisor's own operations; the first other line makes the connection the child's,
/// with everything that came so far. So does a line that is too long to be one of ours.
void Supervisor::take_lines(Waiting& waiting) {
    while (waiting.socket && !waiting.ready && !stopping_) {
        const std::size_t end = waiting.input.find('\n');
        if (end == std::string::npos && waiting.input.size() < first_bytes_max) return;
        const AgentRequest request = parse_request(std::string_view{waiting.input}.substr(0, end));
        if (!request.fault && serve(waiting, request)) {
            waiting.input.erase(0, end + 1);
            waiting.deadline = std::chrono::steady_clock::now() + next_line_patience;
            continue;
        }
        waiting.ready = true;
        waiting.first_id = request.id;
        if (locked_)
            refuse(waiting, locked_answer());
        else if (const auto started = start_child(); !started)
            refuse(waiting, error_answer(started.error()));
    }
}

Result<void> Supervisor::start_child() {
    if (child_->state() != ChildProcess::State::stopped) return {};
    auto started = child_->start();
    if (!started) log_line("supervisor", to_string(started.error()));
    return started;
}

/// A refused caller may go on: it may unlock now. One whose line has not ended cannot.
void Supervisor::refuse(Waiting& waiting, const json& answer) {
    send_line(waiting, waiting.first_id, answer);
    const std::size_t end = waiting.input.find('\n');
    if (end == std::string::npos) waiting.socket.reset();
    if (!waiting.socket) return;
    waiting.input.erase(0, end + 1);
    waiting.ready = false;
    waiting.deadline = std::chrono::steady_clock::now() + next_line_patience;
}

bool Supervisor::serve(Waiting& waiting, const AgentRequest& request) {
    if (request.operation == "agent.status") {
        json result;
        result["state"] = locked_ ? "locked" : "unlocked";
        result["pid"] = ::getpid();
        result["child"] = child_->state() == ChildProcess::State::serving    ? "serving"
                          : child_->state() == ChildProcess::State::starting ? "starting"
                                                                             : "stopped";
        if (child_->pid() > 0) result["child_pid"] = child_->pid();
        send_line(waiting, request.id, ok_answer(std::move(result)));
    } else if (request.operation == "lock") {
        locked_ = true;
        child_->stop();
        answer_ready(locked_answer());
        send_line(waiting, request.id, ok_answer({{"locked", true}}));
    } else if (request.operation == "unlock") {
        unlock(waiting, request);
    } else if (request.operation == "agent.stop") {
        stop();
        send_line(waiting, request.id, ok_answer({{"stopped", true}}));
    } else {
        return false;
    }
    return true;
}

void Supervisor::unlock(Waiting& waiting, const AgentRequest& request) {
    if (const auto started = start_child(); !started) {
        send_line(waiting, request.id, error_answer(started.error()));
        return;
    }
    locked_ = false;
    json result;
    result["locked"] = false;
    result["note"] = "this version has no vault yet: no PIN and no phrase is needed";
    send_line(waiting, request.id, ok_answer(std::move(result)));
}

/// First the child, then the socket and the lock, so that whoever is told "stopped" may start anew.
void Supervisor::stop() {
    stopping_ = true;
    child_->stop();
    std::error_code ignored;  // a socket that stays is replaced by the next agent
    std::filesystem::remove(folder_ / agent_socket_name, ignored);
    listener_.reset();
    lock_.reset();
}

void Supervisor::hand_over() {
    if (child_->state() != ChildProcess::State::serving) return;
    for (Waiting& each : waiting_) {
        if (!each.ready || !each.socket) continue;
        if (send_with_fd(child_->channel(), each.input, each.socket.value()))
            each.socket.reset();
        else
            return;  // full: `wait` says when it is not; gone: its channel says so
    }
}

void Supervisor::answer_ready(const json& answer) {
    for (Waiting& each : waiting_)
        if (each.ready && each.socket) refuse(each, answer);
}

void Supervisor::send_line(Waiting& waiting, const json& id, const json& answer) {
    const std::string line = to_answer_line(id, answer);
    const ssize_t sent =
        ::send(waiting.socket.value(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(line.size())) waiting.socket.reset();  // reads nothing: gone
}

int run_supervisor(const std::filesystem::path& folder, const SupervisorOptions& options) {
    harden_process();
    (void)::signal(SIGPIPE, SIG_IGN);  // a caller or a log that went away ends nothing
    if (::close_range(3, ~0U, 0) != 0) log_line("supervisor", "inherited descriptors stay open");
    std::error_code error;
    const auto absolute = std::filesystem::canonical(folder, error);
    if (error) {
        log_line("supervisor", "data folder: " + error.message());
        return 1;
    }
    auto supervisor = Supervisor::open(absolute, options);
    if (!supervisor) {
        log_line("supervisor", to_string(supervisor.error()));
        return supervisor.error().code == Errc::conflict ? exit_conflict : 1;
    }
    log_line("supervisor", "started");
    const int status = supervisor->run();
    log_line("supervisor", "stopped");
    return status;
}

}  // namespace samsyn
