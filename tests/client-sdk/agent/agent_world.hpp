#pragma once

#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/unix_socket.hpp"
#include "tests/client-sdk/agent/fake_secrets.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace samsyn::test {

/// Looks again and again until it is so, for at most 10 s: processes end when they end.
template <class Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 2'000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return false;
}

/// Gone, or a zombie that waits for its parent.
inline bool is_gone(pid_t pid) {
    (void)::waitpid(pid, nullptr, WNOHANG);  // where it is our own
    if (::kill(pid, 0) != 0) return true;
    std::string word;
    std::ifstream stat{"/proc/" + std::to_string(pid) + "/stat"};
    for (int i = 0; i < 3; ++i) stat >> word;
    return word == "Z";
}

/// A data folder whose agent serves the fake device of agent_host.cpp; stopped at the end.
class AgentWorld {
public:
    explicit AgentWorld(const std::string& server = "127.0.0.1:1") {
        std::ofstream{folder_ / "config.json"} << server;
    }

    ~AgentWorld() {
        const auto pid = pid_;
        (void)eventually([&] {  // asked until nobody answers: one call may meet a restart
            auto client = AgentClient::connect(folder(), {.start_if_needed = false});
            if (client) (void)client->call("agent.stop");
            return !client;
        });
        if (pid > 0 && !eventually([&] { return is_gone(pid); })) (void)::kill(pid, SIGKILL);
    }

    std::filesystem::path folder() const { return folder_.path(); }

    /// Connected to an agent that is unlocked by now.
    AgentClient client() {
        AgentClient connected = locked_client();
        const auto unlocked = connected.call("unlock", {{"phrase", fake_phrase}});
        if (!unlocked || (*unlocked)["ok"] != true) FAIL("the fake device does not unlock");
        if (!(*unlocked)["result"].contains("already"))
            (void)connected.next_event(std::chrono::seconds{10});  // that it is being unlocked
        return connected;
    }

    /// Connected to an agent that is as it is: locked, where it has just started.
    AgentClient locked_client() {
        auto connected = AgentClient::connect(folder(), {.executable = SAMSYN_AGENT_HOST});
        if (!connected) FAIL(to_string(connected.error()));
        const auto status = connected->call("agent.status");
        if (status) pid_ = (*status)["result"]["pid"].get<pid_t>();
        return std::move(*connected);
    }

    pid_t supervisor() const { return pid_; }

    pid_t child() {
        const auto status = locked_client().call("agent.status");
        return (*status)["result"].value("child_pid", -1);
    }

private:
    TemporaryFolder folder_;
    pid_t pid_ = -1;
};

/// A caller that says what it likes.
class RawCaller {
public:
    explicit RawCaller(const std::filesystem::path& folder) {
        auto socket = connect_in(folder);
        if (!socket) FAIL(to_string(socket.error()));
        socket_ = std::move(*socket);
    }

    /// False where the agent has closed.
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_.value(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    void end_writing() const { (void)::shutdown(socket_.value(), SHUT_WR); }

    /// The next line as JSON; null once the agent has closed, or said nothing for 10 s.
    nlohmann::json next() {
        for (;;) {
            auto line = lines_.next();
            if (!line) return {};
            if (*line) return *parse_json(**line);
            pollfd polled{socket_.value(), POLLIN, 0};
            if (::poll(&polled, 1, 10'000) <= 0) return {};
            char bytes[16 * 1024];
            const ssize_t size = ::recv(socket_.value(), bytes, sizeof bytes, 0);
            if (size <= 0) return {};
            lines_.append({bytes, static_cast<std::size_t>(size)});
        }
    }

private:
    UniqueFd socket_;
    LineBuffer lines_{answer_bytes_max};
};

/// The code of what was refused; empty for an answer that was none.
inline std::string code_of(const nlohmann::json& answer) {
    return answer.is_object() && answer.contains("error") ? answer["error"].value("code", "") : "";
}

}  // namespace samsyn::test
