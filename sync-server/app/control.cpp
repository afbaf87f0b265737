#include "sync-server/app/control.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace samsyn {

namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

constexpr int request_wait_ms = 5'000;
constexpr int accept_pause_ms = 100;  // after an accept that failed for lack of descriptors
constexpr std::size_t answer_bytes_max = 1U << 20U;  // of the last line: a list of rows

std::optional<sockaddr_un> address_of(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string text = path.string();
    if (text.size() >= sizeof(address.sun_path)) return std::nullopt;
    std::memcpy(address.sun_path, text.data(), text.size());
    return address;
}

const sockaddr* as_sockaddr(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

/// The kernel says who is at the other end; nobody can claim it.
bool is_our_user(int client) {
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    return peer.uid == ::geteuid() || peer.uid == 0;
}

bool send_line(int client, const json& line) {
    const std::string text = line.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
    std::string_view rest = text;
    while (!rest.empty()) {
        pollfd ready{client, POLLOUT, 0};
        if (::poll(&ready, 1, request_wait_ms) <= 0) return false;  // nobody reads
        const ssize_t sent = ::send(client, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (sent <= 0) return false;
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// Lines from a descriptor, none longer than a bound.
class LineReader {
public:
    LineReader(int descriptor, std::size_t line_max, int wait_ms)
        : descriptor_(descriptor),
          line_max_(line_max),
          wait_ms_(wait_ms) {}

    std::optional<std::string> line() {
        for (;;) {
            if (const auto end = buffer_.find('\n'); end != std::string::npos) {
                std::string line = buffer_.substr(0, end);
                buffer_.erase(0, end + 1);
                return line;
            }
            if (buffer_.size() > line_max_) return std::nullopt;
            pollfd ready{descriptor_, POLLIN, 0};
            if (::poll(&ready, 1, wait_ms_) <= 0) return std::nullopt;
            char piece[4096];
            const ssize_t got = ::recv(descriptor_, piece, sizeof(piece), 0);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return std::nullopt;
            buffer_.append(piece, static_cast<std::size_t>(got));
        }
    }

private:
    int descriptor_;
    std::size_t line_max_;
    int wait_ms_;
    std::string buffer_;
};

/// One flat object; nothing that nests needs to be walked.
std::optional<json> parse_request(const std::string& line) {
    json request = json::parse(line, nullptr, false);
    if (!request.is_object()) return std::nullopt;
    for (const auto& value : request)
        if (value.is_structured()) return std::nullopt;
    return request;
}

json failure_line(const Failure& failure) {
    return json{
        {"ok", false}, {"exit", static_cast<int>(failure.exit)}, {"sentence", failure.sentence}};
}

}  // namespace

Fallible<std::unique_ptr<ControlSocket>> ControlSocket::open(const fs::path& folder,
                                                             ControlHandler handler) {
    const fs::path path = folder / "control.sock";
    const auto address = address_of(path);
    if (!address)
        return give_up(ServerExit::failed,
                       path.string() + " is too long a path for a socket. Move the folder.");
    ::unlink(path.c_str());  // of a process that was killed: the database says that we are alone
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const mode_t before = ::umask(0177);
    const bool bound =
        listener >= 0 && ::bind(listener, as_sockaddr(*address), sizeof(*address)) == 0;
    ::umask(before);
    const int wake = bound ? ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
    if (!bound || ::listen(listener, 4) != 0 || wake < 0) {
        if (listener >= 0) ::close(listener);
        if (wake >= 0) ::close(wake);
        return give_up(ServerExit::failed, path.string() + " cannot be made.");
    }
    return std::unique_ptr<ControlSocket>{
        new ControlSocket{path, listener, wake, std::move(handler)}};
}

ControlSocket::ControlSocket(fs::path path, int listener, int wake, ControlHandler handler)
    : path_(std::move(path)),
      listener_(listener),
      wake_(wake),
      handler_(std::move(handler)),
      thread_([this] { run(); }) {}

ControlSocket::~ControlSocket() {
    stop();
    ::close(listener_);
    ::close(wake_);
}

void ControlSocket::stop() {
    if (stopping_.exchange(true)) return;
    if (on_stop_) on_stop_();
    const std::uint64_t one = 1;
    (void)!::write(wake_, &one, sizeof(one));  // an eventfd takes it
    thread_.join();
    ::unlink(path_.c_str());
}

void ControlSocket::run() {
    while (!stopping_) {
        pollfd waits[2] = {{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
        if (::poll(waits, 2, -1) < 0 && errno != EINTR) return;
        if (stopping_ || (waits[0].revents & POLLIN) == 0) continue;
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) {
            ::poll(&waits[1], 1, accept_pause_ms);  // whoever asks stays in the queue meanwhile
            continue;
        }
        if (is_our_user(client)) serve(client);
        ::close(client);
    }
}

void ControlSocket::serve(int client) {
    const auto line = LineReader{client, control_line_max, request_wait_ms}.line();
    const auto request = line ? parse_request(*line) : std::nullopt;
    if (!request) {
        (void)send_line(client, failure_line({ServerExit::usage, "Not a request of ours."}));
        return;
    }
    const auto answered =
        handler_(*request, [&](const json& progress) { (void)send_line(client, progress); });
    // Whoever asked may be gone; what was done is done.
    if (!answered) {
        (void)send_line(client, failure_line(answered.error()));
        return;
    }
    (void)send_line(client, json{{"ok", true}, {"result", *answered}});
}

std::optional<Fallible<json>> ask_running_server(const fs::path& folder,
                                                 const json& request,
                                                 const ControlProgress& progress) {
    const auto address = address_of(folder / "control.sock");
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!address || server < 0 || ::connect(server, as_sockaddr(*address), sizeof(*address)) != 0) {
        if (server >= 0) ::close(server);
        return std::nullopt;
    }
    std::optional<json> last;
    if (send_line(server, request)) {
        LineReader reader{server, answer_bytes_max, -1};
        while (const auto line = reader.line()) {
            json answer = json::parse(*line, nullptr, false);
            if (!answer.is_object()) break;
            if (answer.contains("ok")) {
                last = std::move(answer);
                break;
            }
            if (progress) progress(answer);
        }
    }
    ::close(server);
    if (!last) return give_up(ServerExit::failed, "The server ended before it answered.");
    if (last->value("ok", false))
        return Fallible<json>{std::in_place, last->value("result", json::object())};
    return give_up(static_cast<ServerExit>(last->value("exit", 1)), last->value("sentence", ""));
}

}  // namespace samsyn
