#pragma once

#include "sync-server/hub/hub.hpp"
#include "sync-server/metrics/metrics.hpp"
#include "sync-server/net/limits.hpp"
#include "sync-server/net/log.hpp"
#include "sync-server/net/tls_identity.hpp"

#include <filesystem>
#include <functional>

namespace samsyn {

struct ServerOptions {
    std::string host = "127.0.0.1";                           ///< a numeric address or a name
    std::uint16_t port = 0;                                   ///< 0: any free one
    std::vector<std::pair<std::string, std::uint16_t>> more;  ///< hosts and ports beside that one
    unsigned threads = 2;  ///< for sockets and TLS; the hub has one of its own
    TlsIdentity tls;
    NetLimits limits;
    std::string metrics_host;             ///< empty: no listener for metrics; else as `host`
    std::uint16_t metrics_port = 0;       ///< 0: any free one
    std::filesystem::path data;           ///< whose database files are measured; empty: none
    std::filesystem::path record_frames;  ///< empty: none (see `FrameRecorder`)
    Log log;                              ///< empty: none
};

/// Serves a hub on one TLS port: WebSocket at "/samsyn/1", "/health" (the process lives), "/ready"
/// (it may be sent devices), nothing else; and, where it is asked for, metrics on a port of their
/// own (`MetricsListener`).
///
/// Serves from `start` until `stop`. All members may be called from any thread.
class Server {
public:
    /// `hub` and `clock` must outlive the server; nobody else may touch the hub meanwhile.
    /// Errors: `conflict` where the port is taken; `invalid_argument` for a host that does not
    /// resolve or is not ours, a proxy that is no address, or a TLS identity that OpenSSL refuses;
    /// `not_permitted` for a privileged port; `storage_failed` for the file of frames;
    /// `system_failed`.
    static Result<std::unique_ptr<Server>> start(Hub& hub,
                                                 const Clock& clock,
                                                 ServerOptions options);

    ~Server();  ///< stops

    std::uint16_t port() const;                ///< the first
    std::vector<std::uint16_t> ports() const;  ///< in the order of the addresses
    std::uint16_t metrics_port() const;        ///< 0: none

    /// From the next connection on. Errors: `invalid_argument` where OpenSSL refuses the pair; then
    /// nothing has changed.
    Result<void> use_tls(const TlsIdentity& tls);

    /// From now on the server says that it is not ready, and goes on serving until `stop`.
    void begin_drain();

    Metrics& metrics();

    /// Runs `task` on the hub's thread between two groups and returns when it has: the only way to
    /// the hub and its storage while the server runs. False once the server has stopped.
    [[nodiscard]] bool between_groups(std::function<void()> task);

    /// Accepts nothing more, finishes the group at hand, says goodbye to every link, closes those
    /// that do not go within `NetLimits::stop_max`, and joins all threads.
    void stop();

private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace samsyn
