#pragma once

#include "core/base/result.hpp"
#include "sync-server/net/tls_identity.hpp"

#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace samsyn {

/// TLS as the server speaks it: 1.3 alone, no tickets.
struct ServerTls {
    boost::asio::ssl::context context{boost::asio::ssl::context::tls_server};
    std::optional<std::int64_t> certificate_ends;  ///< seconds since 1970

    /// Errors: `invalid_argument` where OpenSSL refuses the pair.
    static Result<std::shared_ptr<ServerTls>> make(const TlsIdentity& identity);
};

}  // namespace samsyn
