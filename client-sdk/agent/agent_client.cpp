#include "client-sdk/agent/agent_client.hpp"

#include "client-sdk/agent/secret_text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace samsyn {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

constexpr off_t log_bytes_max = 1 << 20;  // then the next agent begins a new one

/// An agent of its own session, so that neither a closed terminal nor Ctrl-C ends it, and without
/// our descriptors: a script that waits for the end of our output must not wait for the agent.
class DetachedAgent {
public:
    static Result<pid_t> spawn(const std::filesystem::path& folder,
                               const std::filesystem::path& executable) {
        const std::string log = (folder / agent_log_name).string();
        struct stat info{};
        const bool is_long = ::stat(log.c_str(), &info) == 0 && info.st_size > log_bytes_max;
        const int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | (is_long ? O_TRUNC : 0);

        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), flags, 0600);
        posix_spawn_file_actions_addchdir_np(&actions, "/");  // so that no disk stays busy

        std::string name = "samsyn";
        std::string subcommand = "agent";
        std::string option = "--data";
        std::string path = folder.string();
        char* const arguments[] = {
            name.data(), subcommand.data(), option.data(), path.data(), nullptr};
        pid_t pid = -1;
        const int failed =
            ::posix_spawn(&pid, executable.c_str(), &actions, &attributes, arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        errno = failed;
        if (failed != 0) return system_failure("start the agent");
        return pid;
    }
};

}  // namespace

Result<AgentClient> AgentClient::connect(const std::filesystem::path& folder,
                                         const AgentClientOptions& options) {
    std::error_code error;
    const auto absolute = std::filesystem::canonical(folder, error);
    if (error) return fail(Errc::not_found, "no data folder there");

    auto socket = connect_in(absolute);
    if (!socket) {
        if (socket.error().code != Errc::not_found || !options.start_if_needed)
            return std::unexpected{socket.error()};
        if (!std::filesystem::exists(absolute / "config.json", error))
            return fail(Errc::not_found, "no device in this data folder");
        return start_and_connect(absolute, options);
    }
    AgentClient client{absolute, std::move(*socket)};
    const auto answer =
        client.ask("agent.status", json::object(), SteadyClock::now() + options.start_max);
    if (!answer && answer.error().code == Errc::link_lost && options.start_if_needed)
        return start_and_connect(absolute, options);  // it was just ending
    if (!answer) return std::unexpected{answer.error()};
    return client;
}

/// Two clients may start two agents: one of them gets the lock, both clients get that one.
Result<AgentClient> AgentClient::start_and_connect(const std::filesystem::path& folder,
                                                   const AgentClientOptions& options) {
    const auto give_up = SteadyClock::now() + options.start_max;
    pid_t started = -1;
    while (SteadyClock::now() < give_up) {
        if (started < 0) started = SAMSYN_TRY(DetachedAgent::spawn(folder, options.executable));
        if (auto socket = connect_in(folder); socket) {
            AgentClient client{folder, std::move(*socket)};
            if (client.ask("agent.status", json::object(), give_up)) return client;
        }
        std::this_thread::sleep_for(10ms);
        int status = 0;
        if (::waitpid(started, &status, WNOHANG) != started) continue;
        started = -1;  // it found another one that starts, or ends: look again, or try again
        std::this_thread::sleep_for(50ms);
    }
    return fail(Errc::timed_out, "the agent does not come up; see agent.log in the data folder");
}

Result<json> AgentClient::call(std::string_view operation, const json& args) {
    if (handed_over_ && is_supervisors(operation)) {
        auto connected = SAMSYN_TRY(connect_in(folder_));
        AgentClient other{folder_, std::move(connected)};
        return other.ask(operation, args, std::nullopt);
    }
    return ask(operation, args, std::nullopt);
}

Result<void> AgentClient::send_all(std::string_view line) {
    if (line.size() > request_bytes_max) return fail(Errc::limit_exceeded, "request");
    while (!line.empty()) {
        const ssize_t sent = ::send(socket_.value(), line.data(), line.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return fail(Errc::link_lost, "the agent ended");
        line.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<json> AgentClient::ask(std::string_view operation, const json& args, Deadline deadline) {
    const std::uint64_t id = next_id_++;
    json request;
    request["id"] = id;
    request["op"] = operation;
    request["args"] = args;
    std::string line = to_line(request);
    wipe_strings(request["args"]);  // it may have been a PIN or a note
    const Result<void> sent = send_all(line);
    wipe_text(line);
    if (!sent) return std::unexpected{sent.error()};
    for (;;) {
        json object = SAMSYN_TRY(next_line(deadline));
        if (object.contains("event")) {
            if (on_event_)
                on_event_(object);
            else
                events_.push_back(std::move(object));
            continue;
        }
        const auto answered = object.find("id");
        if (answered != object.end() && *answered != json(id)) continue;  // given up on before
        const bool locked =
            object.contains("error") && object["error"].value("code", "") == "locked";
        if (!is_supervisors(operation) && !locked) handed_over_ = true;
        if (answered != object.end()) object.erase(answered);
        return object;
    }
}

Result<json> AgentClient::next_event(std::optional<std::chrono::milliseconds> time_max) {
    Deadline deadline;
    if (time_max) deadline = SteadyClock::now() + *time_max;
    while (events_.empty()) {
        json object = SAMSYN_TRY(next_line(deadline));
        if (object.contains("event")) events_.push_back(std::move(object));
    }
    json event = std::move(events_.front());
    events_.pop_front();
    return event;
}

Result<json> AgentClient::next_line(Deadline deadline) {
    for (;;) {
        if (auto line = SAMSYN_TRY(lines_.next()); line) {
            json object = SAMSYN_TRY(parse_json(*line));
            if (!object.is_object()) return fail(Errc::malformed, "answer of the agent");
            return object;
        }
        if (deadline) {
            const auto rest =
                std::chrono::ceil<std::chrono::milliseconds>(*deadline - SteadyClock::now());
            pollfd polled{socket_.value(), POLLIN, 0};
            const int ready =
                rest.count() <= 0 ? 0 : ::poll(&polled, 1, static_cast<int>(rest.count()));
            if (ready < 0 && errno == EINTR) continue;
            if (ready == 0) return fail(Errc::timed_out, "agent");
        }
        char bytes[64 * 1024];
        const ssize_t size = ::recv(socket_.value(), bytes, sizeof bytes, 0);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return fail(Errc::link_lost, "the agent ended before it answered");
        lines_.append({bytes, static_cast<std::size_t>(size)});
    }
}

}  // namespace samsyn
