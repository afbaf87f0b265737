#include "core/base/result.hpp"
#include "sync-server/net/tls_identity.hpp"
#include "tests/bench/raw_limits.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <string>
#include <thread>

namespace samsyn::bench {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using Stream = beast::websocket::stream<net::ssl::stream<net::ip::tcp::socket>>;
using Clock = std::chrono::steady_clock;

/// A blocking server on one connection, in a thread: `serve` runs on the accepted stream.
class PlainServer {
public:
    template <class Serve>
    explicit PlainServer(Serve serve)
        : acceptor_(io_, {net::ip::address_v4::loopback(), 0}),
          tls_(net::ssl::context::tlsv13_server) {
        const auto identity = make_self_signed_tls();
        SAMSYN_ASSERT(identity.has_value());
        tls_.use_certificate_chain(net::buffer(identity->certificate));
        tls_.use_private_key(net::buffer(identity->key), net::ssl::context::pem);
        thread_ = std::jthread{[this, serve] {
            Stream stream{acceptor_.accept(), tls_};
            beast::get_lowest_layer(stream).set_option(net::ip::tcp::no_delay{true});
            stream.next_layer().handshake(net::ssl::stream_base::server);
            stream.accept();
            stream.binary(true);
            stream.read_message_max(std::size_t{1} << 20);
            serve(stream);
        }};
    }

    unsigned short port() const { return acceptor_.local_endpoint().port(); }

private:
    net::io_context io_;
    net::ip::tcp::acceptor acceptor_;
    net::ssl::context tls_;
    std::jthread thread_;
};

class PlainClient {
public:
    explicit PlainClient(unsigned short port) : stream_(io_, tls_) {
        beast::get_lowest_layer(stream_).connect({net::ip::address_v4::loopback(), port});
        beast::get_lowest_layer(stream_).set_option(net::ip::tcp::no_delay{true});
        stream_.next_layer().handshake(net::ssl::stream_base::client);
        stream_.handshake("localhost", "/");
        stream_.binary(true);
    }

    Stream& stream() { return stream_; }

private:
    net::io_context io_;
    net::ssl::context tls_{net::ssl::context::tlsv13_client};
    Stream stream_;
};

void read_one(Stream& stream) {
    beast::flat_buffer buffer;
    stream.read(buffer);
}

}  // namespace

Seconds plain_beast_transfer(std::size_t bytes, std::size_t message_bytes) {
    const std::size_t count = bytes / message_bytes + 1;
    PlainServer server{[count](Stream& stream) {
        for (std::size_t i = 0; i < count; ++i) read_one(stream);
        stream.write(net::buffer("done", 4));
    }};
    PlainClient client{server.port()};
    const std::string message(message_bytes, 'x');
    const auto start = Clock::now();
    for (std::size_t i = 0; i < count; ++i) client.stream().write(net::buffer(message));
    read_one(client.stream());
    return Clock::now() - start;
}

std::vector<Seconds> plain_beast_round_trips(std::size_t count, std::size_t message_bytes) {
    PlainServer server{[count](Stream& stream) {
        for (std::size_t i = 0; i < count; ++i) {
            beast::flat_buffer buffer;
            stream.read(buffer);
            stream.write(buffer.data());
        }
    }};
    PlainClient client{server.port()};
    const std::string message(message_bytes, 'x');
    std::vector<Seconds> durations;
    for (std::size_t i = 0; i < count; ++i) {
        const auto start = Clock::now();
        client.stream().write(net::buffer(message));
        read_one(client.stream());
        durations.emplace_back(Clock::now() - start);
    }
    return durations;
}

}  // namespace samsyn::bench
