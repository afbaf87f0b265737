#pragma once

#include "client-sdk/agent/json_lines.hpp"
#include "client-sdk/agent/unix_socket.hpp"

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace samsyn {

struct AgentClientOptions {
    bool start_if_needed = true;
    std::filesystem::path executable = "/proc/self/exe";  ///< which program has `agent`
    std::chrono::seconds start_max{10};                   ///< for an agent to come up
};

/// A thin client of the agent of one data folder: asks, waits, reads events. Blocking; not
/// thread-safe; one process may have many.
///
///     auto agent = AgentClient::connect(folder);
///     auto answer = (*agent).call("case.list", {});
///     if (answer && (*answer)["ok"]) show((*answer)["result"]);
class AgentClient {
public:
    /// Connects to the agent, starting one in the background where none runs and options allow.
    ///
    /// Errors: `not_found` where the folder holds no device, or no agent runs and none may be
    /// started; `not_permitted` where the socket belongs to somebody else; `timed_out` where an
    /// agent does not come up or does not answer; `system_failed`.
    static Result<AgentClient> connect(const std::filesystem::path& folder,
                                       const AgentClientOptions& options = {});

    /// Asks for one operation and waits for its answer, however long that takes: the answer object
    /// as the agent sent it, `{"ok": true, "result": …}` or `{"ok": false, "error": {"code", …}}`.
    /// Events that arrive meanwhile are kept for `next_event`.
    ///
    /// Errors: `link_lost` where the agent (or its child) ended before it answered: whether a
    /// writing operation was done is then unknown; `limit_exceeded` for a request over 1 MiB.
    Result<nlohmann::json> call(std::string_view operation,
                                const nlohmann::json& args = nlohmann::json::object());

    /// Gets the events that come while `call` waits, instead of their being kept.
    void hear_while_waiting(std::function<void(const nlohmann::json& event)> on_event) {
        on_event_ = std::move(on_event);
    }

    /// Waits for the next event of a connection that has called `watch`. Errors: `timed_out`;
    /// `link_lost`.
    Result<nlohmann::json> next_event(
        std::optional<std::chrono::milliseconds> time_max = std::nullopt);

private:
    AgentClient(std::filesystem::path folder, UniqueFd socket)
        : folder_(std::move(folder)),
          socket_(std::move(socket)),
          lines_(answer_bytes_max) {}

    using Deadline = std::optional<std::chrono::steady_clock::time_point>;

    static Result<AgentClient> start_and_connect(const std::filesystem::path& folder,
                                                 const AgentClientOptions& options);
    Result<nlohmann::json> ask(std::string_view operation,
                               const nlohmann::json& args,
                               Deadline deadline);
    Result<void> send_all(std::string_view line);
    Result<nlohmann::json> next_line(Deadline deadline);

    std::filesystem::path folder_;
    UniqueFd socket_;
    LineBuffer lines_;
    std::deque<nlohmann::json> events_;
    std::function<void(const nlohmann::json& event)> on_event_;
    std::uint64_t next_id_ = 1;
    bool handed_over_ = false;  // to the child: the supervisor's own operations need another socket
};

}  // namespace samsyn
