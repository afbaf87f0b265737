#include "client-sdk/agent/supervisor.hpp"

#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/secret_text.hpp"
#include "core/base/secret.hpp"
#include "crypto/keys/sodium.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
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

// Places in the list that is polled; the waiting connections follow.
constexpr std::size_t signals_at = 0;
constexpr std::size_t listener_at = 1;
constexpr std::size_t child_at = 2;
constexpr std::size_t courier_at = 3;
constexpr std::size_t waiting_at = 4;

/// What to unlock with, from the arguments, which are wiped. Errors: `invalid_argument`.
Result<UnlockMessage> unlock_message(json& args) {
    constexpr std::pair<const char*, UnlockWith> ways[] = {{"pin", UnlockWith::pin},
                                                           {"phrase", UnlockWith::phrase}};
    Result<UnlockMessage> message = fail(Errc::invalid_argument, "pin or phrase");
    for (const auto& [key, with] : ways) {
        const auto found = args.find(key);
        if (found == args.end()) continue;
        if (args.size() != 1 || !found->is_string()) break;
        const auto& text = found->get_ref<const std::string&>();
        if (text.empty() || text.size() > SecretText::size_max)
            message = fail(Errc::invalid_argument, key);
        else
            message = UnlockMessage{with, SecretText{text}, std::nullopt};
    }
    wipe_strings(args);
    return message;
}

/// Why an unlocking did not begin.
json refusal(const Error& error) {
    json answer = error_answer(error);
    const bool busy = error.code == Errc::conflict;
    answer["error"]["hint"] = busy ? "It is being unlocked already. Wait a moment."
                                   : "Give a PIN or a phrase: `samsyn unlock`.";
    answer["error"]["hint_sv"] = busy ? "Den låses redan upp. Vänta ett ögonblick."
                                      : "Ange en PIN eller en fras: `samsyn unlock`.";
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
    for (;;) {
        for (Waiting& each : waiting_) take_lines(each);
        if (stopping_) return 0;
        hand_over();
        keeper_->on_time();
        const auto now = std::chrono::steady_clock::now();
        std::erase_if(waiting_, [&](const Waiting& each) {
            return !each.socket || (!each.ready && !each.asked && each.deadline <= now);
        });
        if (!wait()) return 1;
    }
}

/// Sleeps until something happens, and looks at everything that did.
bool Supervisor::wait() {
    std::vector<pollfd> polled(waiting_at, pollfd{-1, POLLIN, 0});
    polled[signals_at].fd = signals_.value();
    if (waiting_.size() < waiting_max) polled[listener_at].fd = listener_.value();
    polled[child_at].fd = keeper_->child().channel();
    polled[courier_at].fd = keeper_->courier_channel();
    auto wake = std::chrono::steady_clock::now() + keeper_->next_time();
    for (const Waiting& each : waiting_) {
        polled.push_back({each.ready || each.asked ? -1 : each.socket.value(), POLLIN, 0});
        if (!each.ready && !each.asked) wake = std::min(wake, each.deadline);
        if (each.ready) polled[child_at].events = POLLIN | POLLOUT;  // it was full: until it is not
    }
    const auto rest =
        std::chrono::ceil<std::chrono::milliseconds>(wake - std::chrono::steady_clock::now());
    const int timeout = static_cast<int>(std::max<std::int64_t>(rest.count(), 0));
    if (::poll(polled.data(), polled.size(), timeout) < 0 && errno != EINTR) {
        log_line("supervisor", system_failure("poll").error().context);
        return false;
    }
    look_at(polled);
    return true;
}

void Supervisor::look_at(const std::vector<pollfd>& polled) {
    for (std::size_t i = 0; i < waiting_.size(); ++i)
        if ((polled[waiting_at + i].revents & readable) != 0) on_readable(waiting_[i]);
    if ((polled[child_at].revents & readable) != 0) {
        if (const auto answer = keeper_->on_child_readable()) answer_asked(*answer);
        if (keeper_->state() != LockKeeper::State::unlocked) refuse_ready();
    }
    if ((polled[courier_at].revents & readable) != 0 && keeper_->on_courier_readable()) {
        answer_asked(locked_answer());  // an unlocking that was under way
        refuse_ready();
    }
    if ((polled[listener_at].revents & readable) != 0) accept_one();
    if ((polled[signals_at].revents & readable) != 0) on_signal();
}

void Supervisor::on_signal() {
    signalfd_siginfo signal{};
    while (::read(signals_.value(), &signal, sizeof signal) == sizeof signal)
        if (signal.ssi_signo != SIGCHLD) stop();  // a child that ends also closes its channel
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
        wipe_text(waiting.input);
        return;
    }
    const auto got = static_cast<std::size_t>(size);
    waiting.input.reserve(first_bytes_max);  // it never moves, so it leaves no copy behind
    waiting.input.append(bytes, got);
    wipe(std::as_writable_bytes(std::span{bytes, got}));
}

/// Serves the supervisor's own operations; the first other line makes the connection the child's,
/// with everything that came so far. So does a line that is too long to be one of ours.
void Supervisor::take_lines(Waiting& waiting) {
    while (waiting.socket && !waiting.ready && !waiting.asked && !stopping_) {
        const std::size_t end = waiting.input.find('\n');
        if (end == std::string::npos && waiting.input.size() < first_bytes_max) return;
        AgentRequest request = parse_request(std::string_view{waiting.input}.substr(0, end));
        const bool unlocked = keeper_->state() == LockKeeper::State::unlocked;
        if (unlocked && (request.fault || !is_supervisors(request.operation))) {
            waiting.ready = true;
            return;
        }
        wipe_front(waiting.input, end == std::string::npos ? end : end + 1);
        waiting.deadline = std::chrono::steady_clock::now() + next_line_patience;
        if (request.fault || !serve(waiting, request))
            send_line(waiting, request.id, locked_answer());
        if (request.operation == "unlock" || request.operation == "proxy.set")
            wipe_stack();                                      // the parser's short strings
        if (end == std::string::npos) waiting.socket.reset();  // its line never ended
    }
}

bool Supervisor::serve(Waiting& waiting, AgentRequest& request) {
    if (request.operation == "agent.status") {
        json result = keeper_->status();
        result["pid"] = ::getpid();
        send_line(waiting, request.id, ok_answer(std::move(result)));
    } else if (request.operation == "lock") {
        keeper_->lock("asked");
        answer_asked(locked_answer());
        refuse_ready();
        send_line(waiting, request.id, ok_answer({{"locked", true}}));
    } else if (request.operation == "unlock" || request.operation == "assist.request" ||
               request.operation == "assist.finish") {
        unlock(waiting, request);
    } else if (request.operation == "agent.stop") {
        stop();
        send_line(waiting, request.id, ok_answer({{"stopped", true}}));
    } else if (request.operation.starts_with("proxy.") && is_supervisors(request.operation)) {
        const json answer = keeper_->serve_proxy(request.operation, request.args);
        wipe_strings(request.args);  // perhaps a password
        send_line(waiting, request.id, answer);
    } else {
        return false;
    }
    return true;
}

void Supervisor::unlock(Waiting& waiting, AgentRequest& request) {
    Result<void> begun;
    if (keeper_->state() == LockKeeper::State::unlocked) {
        wipe_strings(request.args);
        send_line(waiting, request.id, ok_answer({{"locked", false}, {"already", true}}));
        return;
    }
    if (request.operation == "assist.finish") {
        begun = keeper_->answer_assisted(request.args);
    } else if (request.operation == "assist.request") {
        begun = keeper_->unlock({UnlockWith::assisted, {}, std::nullopt});
    } else {
        auto message = unlock_message(request.args);
        begun = message ? keeper_->unlock(std::move(*message))
                        : Result<void>{std::unexpected{message.error()}};
    }
    if (begun)
        await_unlock(waiting, request);
    else
        send_line(waiting, request.id, refusal(begun.error()));
}

/// The answer comes when the child has it: the stretching alone takes more than half a second, and
/// others are served meanwhile.
void Supervisor::await_unlock(Waiting& waiting, const AgentRequest& request) {
    const std::string line = to_line({{"event", "unlocking"}});
    (void)::send(waiting.socket.value(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    waiting.asked = true;
    waiting.id = request.id;
}

void Supervisor::answer_asked(const json& answer) {
    for (Waiting& each : waiting_) {
        if (!std::exchange(each.asked, false) || !each.socket) continue;
        each.deadline = std::chrono::steady_clock::now() + next_line_patience;
        send_line(each, each.id, answer);
    }
}

/// Whoever waited for a child that is gone is told by `take_lines`, as it is locked now.
void Supervisor::refuse_ready() {
    for (Waiting& each : waiting_) each.ready = false;
}

/// First the child, then the socket and the lock, so that whoever is told "stopped" may start anew.
void Supervisor::stop() {
    stopping_ = true;
    keeper_->stop();
    std::error_code ignored;  // a socket that stays is replaced by the next agent
    std::filesystem::remove(folder_ / agent_socket_name, ignored);
    listener_.reset();
    lock_.reset();
}

void Supervisor::hand_over() {
    if (keeper_->state() != LockKeeper::State::unlocked) return;
    for (Waiting& each : waiting_) {
        if (!each.ready || !each.socket) continue;
        if (!send_with_fd(keeper_->child().channel(), each.input, each.socket.value()))
            return;  // full: `wait` says when it is not; gone: its channel says so
        each.socket.reset();
        wipe_text(each.input);
    }
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
    if (const auto started = start_sodium(); !started) {
        log_line("supervisor", to_string(started.error()));
        return 1;
    }
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
