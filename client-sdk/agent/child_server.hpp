#pragma once

#include "client-sdk/agent/json_lines.hpp"
#include "client-sdk/agent/unix_socket.hpp"
#include "client-sdk/net/link.hpp"

#include <functional>
#include <string>

namespace samsyn {

/// What a child serves. Production: a `Device` and its `Operations`; tests bring small ones.
struct ChildServices {
    /// Runs one operation; answers `{"ok": …}`. Called on the child's one thread.
    std::function<nlohmann::json(std::string_view operation, const nlohmann::json& args)> run;
    std::function<bool(std::string_view operation)> writes;
    std::function<nlohmann::json(const Error&)> describe;  ///< an `error` object, with its hint
    std::string server;                                    ///< host:port
    Link::Ports link;
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

/// Tells the supervisor why this child will not serve.
void report_failed_start(int channel, const Error& error);

}  // namespace samsyn
