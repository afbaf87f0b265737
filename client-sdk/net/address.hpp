#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace samsyn {

/// Where a server listens: `host:port`, an IPv6 address in brackets.
struct ServerAddress {
    std::string host;  ///< a name or a numeric address, without brackets
    std::uint16_t port = 0;

    friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

/// Errors: `invalid_argument` where it is not `host:port` with a port from 1 to 65535.
Result<ServerAddress> parse_address(std::string_view text);

/// "sync.example:443", "[::1]:443".
std::string to_string(const ServerAddress& address);

}  // namespace samsyn
