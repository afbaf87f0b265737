#pragma once

#include "core/base/result.hpp"
#include "sync-server/net/limits.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace samsyn {

/// Where a monitoring system asks, in plain HTTP: GET /metrics, /health, /ready, one request a
/// connection. On loopback as a rule, since whoever reaches it may read it; it takes nothing from
/// anybody, and has no way to the sessions.
class MetricsListener {
public:
    struct Ports {
        const NetLimits& limits;

        /// Calls back with the page, from any thread, once or never.
        std::function<void(std::function<void(std::string)>)> page;

        /// None where the server is ready.
        std::function<std::optional<std::string_view>()> why_not_ready;
    };

    virtual ~MetricsListener() = default;
    virtual std::uint16_t port() const = 0;

    /// Accepts nothing more. Any thread.
    virtual void close() = 0;

    /// Serves on `executor`, which must be a strand, until it is closed or the executor's context
    /// ends; the ports must outlive that. Errors: those of `bind_acceptor`.
    static Result<std::shared_ptr<MetricsListener>> start(boost::asio::any_io_executor executor,
                                                          const std::string& host,
                                                          std::uint16_t port,
                                                          Ports ports);
};

/// Errors: `conflict` where the port is taken; `invalid_argument` for a host that does not resolve
/// or is not ours; `not_permitted` for a privileged port; `system_failed`.
Result<void> bind_acceptor(
    boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::any_io_executor>&
        acceptor,
    const std::string& host,
    std::uint16_t port);

}  // namespace samsyn
