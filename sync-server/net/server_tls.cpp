#include "sync-server/net/server_tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>

namespace samsyn {

namespace {

namespace net = boost::asio;
using boost::system::error_code;

std::optional<std::int64_t> end_of(SSL_CTX* context) {
    const X509* const certificate = SSL_CTX_get0_certificate(context);
    if (certificate == nullptr) return std::nullopt;
    std::tm parts{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return std::nullopt;
    return ::timegm(&parts);
}

}  // namespace

/// No tickets: a session is proved anew each time, and there is nothing to steal.
Result<std::shared_ptr<ServerTls>> ServerTls::make(const TlsIdentity& identity) {
    auto made = std::make_shared<ServerTls>();
    SSL_CTX* native = made->context.native_handle();
    error_code ec;
    SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
    SSL_CTX_set_num_tickets(native, 0);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    made->context.use_certificate_chain(net::buffer(identity.certificate), ec);
    if (!ec) made->context.use_private_key(net::buffer(identity.key), net::ssl::context::pem, ec);
    if (ec || SSL_CTX_check_private_key(native) != 1)
        return fail(Errc::invalid_argument, "TLS certificate or key");
    made->certificate_ends = end_of(native);
    return made;
}

}  // namespace samsyn
