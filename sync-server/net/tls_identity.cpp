#include "sync-server/net/tls_identity.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <ctime>
#include <memory>

namespace samsyn {

namespace {

template <auto free_it>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_it(object);
    }
};

using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_vfree>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

constexpr long lifetime_seconds = 20L * 365 * 24 * 3600;
constexpr long backdated_seconds = 24L * 3600;  // a peer's clock may be behind

bool add_extension(X509* certificate, int kind, const char* value) {
    const Extension extension{X509V3_EXT_conf_nid(nullptr, nullptr, kind, value)};
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool fill(X509* certificate, EVP_PKEY* key) {
    std::uint64_t serial = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return false;
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* common_name = reinterpret_cast<const unsigned char*>("samsyn-server");
    return X509_set_version(certificate, 2) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -backdated_seconds) != nullptr &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), lifetime_seconds) != nullptr &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
           add_extension(certificate, NID_subject_alt_name, "DNS:samsyn-server") &&
           X509_sign(certificate, key, EVP_sha256()) != 0;
}

/// OpenSSL would ask at the terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*writes*/, void* /*user*/) {
    return -1;
}

Result<Instant> instant_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return fail(Errc::invalid_argument, "the certificate's dates cannot be read");
    return Instant{std::chrono::seconds{::timegm(&parts)}};
}

std::string contents(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Result<TlsIdentity> make_self_signed_tls() {
    const Key key{EVP_EC_gen("P-256")};
    const Certificate certificate{X509_new()};
    const Memory key_pem{BIO_new(BIO_s_mem())};
    const Memory certificate_pem{BIO_new(BIO_s_mem())};
    if (!key || !certificate || !key_pem || !certificate_pem ||
        !fill(certificate.get(), key.get()) ||
        PEM_write_bio_X509(certificate_pem.get(), certificate.get()) != 1 ||
        PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
            1)
        return fail(Errc::system_failed, "cannot make a TLS certificate");
    return TlsIdentity{contents(certificate_pem.get()), contents(key_pem.get())};
}

Result<TlsDates> inspect_tls(const TlsIdentity& identity) {
    const auto memory_of = [](const std::string& text) {
        return Memory{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    };
    const Memory certificate_pem = memory_of(identity.certificate);
    const Memory key_pem = memory_of(identity.key);
    if (!certificate_pem || !key_pem) return fail(Errc::out_of_memory, "TLS pair");
    const Certificate certificate{
        PEM_read_bio_X509(certificate_pem.get(), nullptr, no_password, nullptr)};
    const Key key{PEM_read_bio_PrivateKey(key_pem.get(), nullptr, no_password, nullptr)};
    ERR_clear_error();
    if (!certificate) return fail(Errc::invalid_argument, "the certificate cannot be read");
    if (!key) return fail(Errc::invalid_argument, "the key cannot be read, or has a password");
    const bool fits = X509_check_private_key(certificate.get(), key.get()) == 1;
    const Context context{SSL_CTX_new(TLS_server_method())};
    const bool usable = context && SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
                        SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1;
    ERR_clear_error();
    if (!fits) return fail(Errc::invalid_argument, "certificate and key do not belong together");
    if (!usable) return fail(Errc::invalid_argument, "the key is too short, or of an old kind");
    const Instant from = SAMSYN_TRY(instant_of(X509_get0_notBefore(certificate.get())));
    const Instant until = SAMSYN_TRY(instant_of(X509_get0_notAfter(certificate.get())));
    return TlsDates{from, until};
}

}  // namespace samsyn
