#pragma once

#include "core/base/result.hpp"

#include <boost/system/error_code.hpp>
#include <openssl/types.h>

#include <array>
#include <string>

namespace samsyn {

/// Remembers the first bytes that a peer sends, while a TLS handshake reads them: where it fails
/// they say whether there was TLS at all. Private to this room.
///
/// Not thread-safe. Goes before the `SSL` does.
class FirstBytes {
public:
    explicit FirstBytes(SSL* tls);
    ~FirstBytes();
    FirstBytes(const FirstBytes&) = delete;
    FirstBytes& operator=(const FirstBytes&) = delete;

    /// What came so far, also what TLS has not taken; reads it away, so call it after a failure.
    std::string take();

private:
    static long on_bio(BIO* bio,
                       int operation,
                       const char* bytes,
                       std::size_t asked,
                       int,
                       long,
                       int result,
                       std::size_t* got);

    BIO* bio_;
    std::array<char, 1024> bytes_{};
    std::size_t size_ = 0;
};

/// Did the handshake fail because the other side knows no TLS 1.3?
bool is_too_old_tls(const boost::system::error_code& error);

/// Who issued the certificate that the peer has shown, by what it calls itself: a claim of the
/// peer's, to be read by a person. Empty where it says nothing. Letters, digits and simple marks
/// only; bounded.
std::string issuer_of(const SSL* tls);

}  // namespace samsyn
