#include "client-sdk/net/tls_watch.hpp"

#include <boost/asio/ssl/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t issuer_part_bytes_max = 80;

/// A letter of Latin script beyond ASCII, as two bytes of UTF-8: U+00C0 to U+017F.
bool is_latin_pair(unsigned char first, unsigned char second) {
    return first >= 0xc3 && first <= 0xc5 && (second & 0xc0U) == 0x80U;
}

/// What a line of a log or a terminal can show without being moved by it.
std::string plain_text(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size() && plain.size() < issuer_part_bytes_max; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
        if (byte >= 0x20 && byte < 0x7f) {
            plain.push_back(text[i]);
        } else if (is_latin_pair(byte, next)) {
            plain.append(text.substr(i, 2));
            ++i;
        } else {
            plain.push_back('?');
        }
    }
    return plain;
}

std::string entry_of(const X509_NAME* name, int kind) {
    const int at = X509_NAME_get_index_by_NID(name, kind, -1);
    if (at < 0) return {};
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    unsigned char* bytes = nullptr;
    const int size = ASN1_STRING_to_UTF8(&bytes, value);
    if (size < 0) return {};
    const std::string text =
        plain_text({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
    OPENSSL_free(bytes);
    return text;
}

}  // namespace

FirstBytes::FirstBytes(SSL* tls) : bio_(SSL_get_rbio(tls)) {
    BIO_set_callback_arg(bio_, reinterpret_cast<char*>(this));
    BIO_set_callback_ex(bio_, &on_bio);
}

FirstBytes::~FirstBytes() {
    BIO_set_callback_ex(bio_, nullptr);
    BIO_set_callback_arg(bio_, nullptr);
}

long FirstBytes::on_bio(BIO* bio,
                        int operation,
                        const char* bytes,
                        std::size_t,
                        int,
                        long,
                        int result,
                        std::size_t* got) {
    if (operation != (BIO_CB_READ | BIO_CB_RETURN) || result <= 0 || got == nullptr) return result;
    auto* self = reinterpret_cast<FirstBytes*>(BIO_get_callback_arg(bio));
    const std::size_t taken = std::min(*got, self->bytes_.size() - self->size_);
    std::copy_n(bytes, taken, self->bytes_.begin() + static_cast<std::ptrdiff_t>(self->size_));
    self->size_ += taken;
    return result;
}

/// TLS reads a record's header first and fails on it; the rest still lies where it was put.
std::string FirstBytes::take() {
    std::array<char, 1024> rest{};
    while (size_ < bytes_.size() && BIO_read(bio_, rest.data(), rest.size()) > 0) continue;
    return {bytes_.data(), size_};
}

/// A server without TLS 1.3 finds no cipher of ours that it knows, or takes an older version.
bool is_too_old_tls(const boost::system::error_code& error) {
    if (error.category() != boost::asio::error::get_ssl_category()) return false;
    const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
    return reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION || reason == SSL_R_UNSUPPORTED_PROTOCOL ||
           reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE ||
           reason == SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY || reason == SSL_R_VERSION_TOO_LOW;
}

std::string issuer_of(const SSL* tls) {
    const X509* certificate = SSL_get0_peer_certificate(tls);
    if (certificate == nullptr) return {};
    const X509_NAME* issuer = X509_get_issuer_name(certificate);
    const std::string name = entry_of(issuer, NID_commonName);
    const std::string organisation = entry_of(issuer, NID_organizationName);
    if (name.empty() || organisation.empty() || name == organisation)
        return name.empty() ? organisation : name;
    return name + " (" + organisation + ")";
}

}  // namespace samsyn
