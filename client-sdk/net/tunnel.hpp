#pragma once

#include "client-sdk/net/proxy.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>

namespace samsyn {

struct TunnelLimits {
    std::chrono::seconds connect_max{10};  ///< for name and TCP together, of proxy or server
    std::chrono::seconds answer_max{15};   ///< for the proxy's whole answer: it connects meanwhile
    std::size_t header_bytes_max = 8 * 1024;
};

/// A socket that reaches `server`: directly, or through the proxy's tunnel (RFC 9110, section
/// 9.3.6). What is above takes the socket and does not ask how.
///
/// The proxy's answer is foreign: its header is bounded, its body is not read, and nothing of it is
/// quoted but the status and the names of the schemes of authentication.
///
/// Errors: `unreachable` with address and cause; `proxy_failed` for a proxy that is not reached, is
/// slow, breaks off or does not speak HTTP; `proxy_login` (407); `proxy_refused` with the status;
/// `login_page` for a page instead of an answer. All name the proxy's address.
boost::asio::awaitable<Result<boost::asio::ip::tcp::socket>> reach(ServerAddress server,
                                                                   std::optional<Proxy> proxy,
                                                                   TunnelLimits limits);

}  // namespace samsyn
