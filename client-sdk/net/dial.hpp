#pragma once

#include "client-sdk/net/address.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>

namespace samsyn {

/// A connected TCP socket to `address`, within `time_max` for name and connection together.
///
/// Errors: `unreachable` with address and cause.
boost::asio::awaitable<Result<boost::asio::ip::tcp::socket>> dial(ServerAddress address,
                                                                  std::chrono::seconds time_max);

}  // namespace samsyn
