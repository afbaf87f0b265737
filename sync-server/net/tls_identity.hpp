#pragma once

#include "core/base/result.hpp"
#include "core/base/time.hpp"

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

/// From when until when the first certificate of a chain is valid.
struct TlsDates {
    Instant not_before;
    Instant not_after;
};

/// Reads both, asks for no password, and checks that they belong together. Errors:
/// `invalid_argument` with what is wrong.
Result<TlsDates> inspect_tls(const TlsIdentity& identity);

}  // namespace samsyn
