#pragma once

#include "sync-server/net/tls_identity.hpp"
#include "tests/support/catch.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <chrono>
#include <ctime>

namespace samsyn::test {

/// A pair signed by itself that is valid between two instants, from now.
inline TlsIdentity tls_pair(std::chrono::seconds from, std::chrono::seconds until) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    REQUIRE((key != nullptr && certificate != nullptr));
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
    X509_time_adj_ex(X509_getm_notBefore(certificate), 0, static_cast<long>(from.count()), nullptr);
    X509_time_adj_ex(X509_getm_notAfter(certificate), 0, static_cast<long>(until.count()), nullptr);
    X509_set_pubkey(certificate, key);
    REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);

    const auto text_of = [](auto write) {
        BIO* memory = BIO_new(BIO_s_mem());
        REQUIRE(write(memory) == 1);
        char* data = nullptr;
        const long size = BIO_get_mem_data(memory, &data);
        std::string text{data, static_cast<std::size_t>(size)};
        BIO_free(memory);
        return text;
    };
    TlsIdentity pair;
    pair.certificate = text_of([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
    pair.key = text_of([&](BIO* out) {
        return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    X509_free(certificate);
    EVP_PKEY_free(key);
    return pair;
}

}  // namespace samsyn::test
