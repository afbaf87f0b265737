#pragma once

#include <boost/asio/ssl/context.hpp>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>

namespace samsyn::test {

/// A certificate that signs itself, made now; `issuer` is what it calls itself, where it is not
/// empty.
inline void certify(boost::asio::ssl::context& tls, const std::string& issuer = {}) {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    X509* certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    if (!issuer.empty()) {
        const auto* name = reinterpret_cast<const unsigned char*>(issuer.c_str());
        X509_NAME_add_entry_by_txt(
            X509_get_issuer_name(certificate), "CN", MBSTRING_UTF8, name, -1, -1, 0);
    }
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(tls.native_handle(), certificate);
    SSL_CTX_use_PrivateKey(tls.native_handle(), key);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

}  // namespace samsyn::test
