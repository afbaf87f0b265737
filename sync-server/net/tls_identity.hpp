#pragma once

#include "core/base/result.hpp"

#include <string>

namespace samsyn {

/// A TLS certificate and its key, both PEM. Any certificate will do and may change at will: who the
/// server is, it proves by its certified identity inside the connection (DESIGN.md, "Trust").
struct TlsIdentity {
    std::string certificate;
    std::string key;
};

/// A fresh P-256 key with a certificate signed by itself, for 20 years. Errors: `system_failed`.
Result<TlsIdentity> make_self_signed_tls();

}  // namespace samsyn
