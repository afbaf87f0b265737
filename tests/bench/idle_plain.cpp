#include "core/base/result.hpp"
#include "sync-server/net/tls_identity.hpp"
#include "tests/bench/idle_bench.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <deque>

namespace samsyn::bench {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using net::ip::tcp;
using IdleStream = beast::websocket::stream<beast::ssl_stream<beast::tcp_stream>>;

void expect(const error_code& ec) {
    if (ec) assertion_failed(ec.message().c_str(), "plain Beast", 0);
}

/// One connection of the server: handshake, upgrade, one echo, and then a read that never ends.
class IdleSession : public std::enable_shared_from_this<IdleSession> {
public:
    IdleSession(tcp::socket socket, net::ssl::context& tls) : stream_(std::move(socket), tls) {}

    void start() {
        stream_.next_layer().async_handshake(
            net::ssl::stream_base::server, [self = shared_from_this()](error_code ec) {
                if (ec) return;
                self->stream_.set_option(
                    beast::websocket::stream_base::timeout::suggested(beast::role_type::server));
                self->stream_.async_accept([self](error_code accepted) {
                    if (!accepted) self->read();
                });
            });
    }

private:
    void read() {
        stream_.async_read(buffer_, [self = shared_from_this()](error_code ec, std::size_t) {
            if (ec) return;
            self->stream_.async_write(self->buffer_.data(),
                                      [self](error_code written, std::size_t) {
                                          self->buffer_.consume(self->buffer_.size());
                                          if (!written) self->read();
                                      });
        });
    }

    IdleStream stream_;
    beast::flat_buffer buffer_;
};

}  // namespace

void serve_plain_idle(const std::function<void(std::uint16_t)>& on_port) {
    net::io_context io{1};
    net::ssl::context tls{net::ssl::context::tlsv13_server};
    const auto identity = make_self_signed_tls();
    SAMSYN_ASSERT(identity.has_value());
    tls.use_certificate_chain(net::buffer(identity->certificate));
    tls.use_private_key(net::buffer(identity->key), net::ssl::context::pem);
    tcp::acceptor acceptor{io, {net::ip::address_v4::loopback(), 0}};
    on_port(acceptor.local_endpoint().port());
    std::function<void()> accept = [&] {
        acceptor.async_accept([&](error_code ec, tcp::socket socket) {
            expect(ec);
            std::make_shared<IdleSession>(std::move(socket), tls)->start();
            accept();
        });
    };
    accept();
    for (;;) io.run();
}

struct PlainIdleClients::Impl {
    net::io_context io;
    net::ssl::context tls{net::ssl::context::tlsv13_client};
    std::deque<IdleStream> streams;
};

PlainIdleClients::PlainIdleClients(std::uint16_t port, std::size_t count)
    : impl_(std::make_unique<Impl>()) {
    SSL_CTX_set_mode(impl_->tls.native_handle(), SSL_MODE_RELEASE_BUFFERS);
    const std::string message(200, 'x');
    for (std::size_t i = 0; i < count; ++i) {
        IdleStream& stream = impl_->streams.emplace_back(impl_->io, impl_->tls);
        beast::get_lowest_layer(stream).connect(
            tcp::endpoint{net::ip::address_v4::loopback(), port});
        stream.next_layer().handshake(net::ssl::stream_base::client);
        stream.handshake("localhost", "/");
        stream.write(net::buffer(message));
        beast::flat_buffer buffer;
        stream.read(buffer);
    }
}

PlainIdleClients::~PlainIdleClients() = default;

}  // namespace samsyn::bench
