#pragma once

#include "client-sdk/agent/json_lines.hpp"
#include "client-sdk/agent/live_queries.hpp"
#include "client-sdk/agent/unix_socket.hpp"
#include "client-sdk/net/link.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace samsyn {

/// What a child serves. Production: a `Device` and its `Operations`; tests bring small ones.
struct ChildServices {
    /// Runs one operation; answers `{"ok": …}`. Called on the child's one thread.
    std::function<nlohmann::json(std::string_view operation, const nlohmann::json& args)> run;
    std::function<bool(std::string_view operation)> writes;

    /// Tells the caller of an operation that takes long how far it is; false where it is gone.
    using Tell = std::function<bool(const nlohmann::json& event)>;

    /// Runs an operation during which everybody else waits; none where the operation is not one of
    /// these.
    std::function<std::optional<nlohmann::json>(
        std::string_view operation, const nlohmann::json& args, const Tell& tell)>
        run_long{};
    /// Opens a reading operation to be run again and again; empty where there are none.
    std::function<Result<LiveSource>(const std::string& operation, const nlohmann::json& args)>
        open_live{};
    std::function<nlohmann::json(const Error&)> describe;  ///< an `error` object, with its hint
    std::function<std::string()> server;                   ///< host:port, as it is now
    Link::Ports link;
    std::function<Result<Route>(const std::string& server)> route{};  ///< empty: directly
    nlohmann::json opened = nlohmann::json::object();                 ///< told to whoever unlocked

    /// How long nobody may have asked for anything before it locks; none: for ever. Read again
    /// after each operation that writes.
    std::function<std::optional<std::chrono::milliseconds>()> idle_max{};

    /// Hears what the connection to the server tells, before the callers that watch, and
    /// `{"event":"tick"}` every few seconds. False ends this process.
    std::function<bool(const nlohmann::json& event)> on_event{};
};

struct ChildLimits {
    std::size_t connections_max = 64;        ///< one more is told so and closed
    std::size_t queued_bytes_max = 4 << 20;  ///< unread answers pause a caller's requests;
                                             ///< unread events close its connection
    std::size_t waiting_syncs_max = 256;     ///< over all connections
};

/// Serves JSON lines on the connections that arrive on `channel`, until SIGTERM, SIGINT or the end
/// of the channel. One thread; the exit status of the process.
int serve_child(UniqueFd channel, ChildServices services, ChildLimits limits = {});

/// Tells the supervisor why this child will not serve: an `error` object. `told` may have more for
/// the supervisor, as `drop_share`.
void report_failed_start(int channel, const nlohmann::json& error, nlohmann::json told = {});

/// Asks the supervisor to end this process, which is to lock. `why` is a word for `agent.status`.
void ask_to_lock(int channel, std::string_view why);

}  // namespace samsyn
