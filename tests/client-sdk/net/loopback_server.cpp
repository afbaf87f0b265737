#include "tests/client-sdk/net/loopback_server.hpp"

#include "core/wire/messages.hpp"
#include "tests/client-sdk/net/own_certificate.hpp"
#include "tests/support/fake_signer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <sys/socket.h>

namespace samsyn::test {

namespace net = boost::asio;
namespace ssl = boost::asio::ssl;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using net::ip::tcp;
using Ignored = boost::system::error_code;

namespace {

const tcp::endpoint loopback{net::ip::address_v4::loopback(), 0};

/// What is said where TLS is expected; empty where there is TLS.
std::string_view plain_answer(Behaviour behaviour) {
    switch (behaviour) {
        case Behaviour::plain_text:
            return "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        case Behaviour::plain_redirect:
            return "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n";
        case Behaviour::plain_page:
            return "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Logga in</html>";
        case Behaviour::plain_banner:
            return "SSH-2.0-Example\r\n";
        default:
            return "";
    }
}

std::string text_of(const tcp::endpoint& endpoint) {
    return "127.0.0.1:" + std::to_string(endpoint.port());
}

}  // namespace

std::string unused_address() {
    net::io_context io;
    const tcp::acceptor acceptor{io, loopback};
    return text_of(acceptor.local_endpoint());
}

class LoopbackServer::Impl {
public:
    explicit Impl(Behaviour behaviour)
        : behaviour_(behaviour),
          acceptor_(io_, loopback),
          socket_(io_) {
        certify(tls_);
        if (behaviour == Behaviour::old_tls)
            SSL_CTX_set_max_proto_version(tls_.native_handle(), TLS1_2_VERSION);
        address_ = text_of(acceptor_.local_endpoint());
        thread_ = std::thread{[this] { serve(); }};
    }

    ~Impl() { end(); }

    /// The caller has gone or will get nothing more: shutting down wakes a blocked read.
    void end() {
        if (!thread_.joinable()) return;
        (void)::shutdown(acceptor_.native_handle(), SHUT_RDWR);
        if (const int fd = connection_; fd >= 0) (void)::shutdown(fd, SHUT_RDWR);
        thread_.join();
    }

    std::string address_;
    std::atomic<bool> got_proof_ = false;

private:
    void serve() {
        Ignored error;
        acceptor_.accept(socket_, error);
        if (error) return;
        connection_ = socket_.native_handle();
        std::array<char, 256> bytes{};
        if (behaviour_ == Behaviour::silent) {
            while (socket_.read_some(net::buffer(bytes), error) > 0) continue;
        } else if (!plain_answer(behaviour_).empty()) {
            (void)socket_.read_some(net::buffer(bytes), error);
            net::write(socket_, net::buffer(plain_answer(behaviour_)), error);
            while (socket_.read_some(net::buffer(bytes), error) > 0) continue;
        } else {
            ssl::stream<tcp::socket&> tls{socket_, tls_};
            tls.handshake(ssl::stream_base::server, error);
            if (!error) serve_tls(tls);
        }
        connection_ = -1;
        socket_.close(error);
    }

    void serve_tls(ssl::stream<tcp::socket&>& tls) {
        Ignored error;
        beast::flat_buffer buffer;
        beast::http::request<beast::http::string_body> request;
        beast::http::read(tls, buffer, request, error);
        if (error) return;
        if (behaviour_ == Behaviour::upgrade_stripped || behaviour_ == Behaviour::upgrade_ignored) {
            const bool ignored = behaviour_ == Behaviour::upgrade_ignored;
            beast::http::response<beast::http::string_body> refusal{
                ignored ? beast::http::status::ok : beast::http::status::bad_request, 11};
            refusal.prepare_payload();
            beast::http::write(tls, refusal, error);
            return;
        }
        if (behaviour_ == Behaviour::web_page) {
            beast::http::response<beast::http::string_body> page{beast::http::status::ok, 11};
            page.set(beast::http::field::content_type, "text/html; charset=utf-8");
            page.body() = "<html>Logga in på gästnätet</html>";
            page.prepare_payload();
            beast::http::write(tls, page, error);
            return;
        }
        websocket::stream<ssl::stream<tcp::socket&>&> stream{tls};
        stream.accept(request, error);
        stream.binary(true);
        beast::flat_buffer hello;
        stream.read(hello, error);
        if (error) return;
        answer(stream, hello);
    }

    template <class Stream>
    void answer(Stream& stream, const beast::flat_buffer& hello) {
        Ignored error;
        beast::flat_buffer next;
        const auto send = [&](const Bytes& bytes) { stream.write(net::buffer(bytes), error); };
        if (behaviour_ == Behaviour::drop_after_hello) return;
        if (behaviour_ == Behaviour::garbage) {
            Bytes garbage(100, std::byte{0xff});
            garbage.front() = std::byte{wire_version};  // another one asks for a newer program
            send(garbage);
        }
        if (behaviour_ == Behaviour::oversized) send(Bytes(message_bytes_max + 1));
        if (behaviour_ == Behaviour::goodbye) {
            send(encode_message(Goodbye{Errc::wrong_federation, ""}));
            return;
        }
        if (behaviour_ == Behaviour::challenge) send(challenge_for(stream, hello));
        while (stream.read(next, error) > 0 && !error) {
            const auto* first = static_cast<const std::byte*>(next.cdata().data());
            const auto message = decode_message({first, next.size()}, message_bytes_max);
            if (!message || !std::holds_alternative<Proof>(*message)) return;
            got_proof_ = true;
            send(encode_message(Goodbye{Errc::unknown_device, ""}));
            return;
        }
    }

    template <class Stream>
    static Bytes challenge_for(Stream& stream, const beast::flat_buffer& bytes) {
        const auto* first = static_cast<const std::byte*>(bytes.cdata().data());
        const auto hello = decode_message({first, bytes.size()}, message_bytes_max);
        if (!hello) return {};
        Hash exporter;
        constexpr std::string_view label = "EXPORTER-samsyn-1";
        SSL_export_keying_material(stream.next_layer().native_handle(),
                                   reinterpret_cast<unsigned char*>(exporter.bytes.data()),
                                   exporter.bytes.size(),
                                   label.data(),
                                   label.size(),
                                   nullptr,
                                   0,
                                   0);
        FakeSigner signer{1};
        Challenge challenge;
        challenge.time = std::chrono::time_point_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now());
        challenge.server_key = signer.public_key();
        challenge.signature =
            signer.sign(Domain::session_server,
                        challenge_signed_part(std::get<Hello>(*hello).nonce, challenge, exporter));
        return encode_message(challenge);
    }

    Behaviour behaviour_;
    net::io_context io_;
    ssl::context tls_{ssl::context::tls_server};
    tcp::acceptor acceptor_;
    tcp::socket socket_;
    std::atomic<int> connection_ = -1;
    std::thread thread_;
};

LoopbackServer::LoopbackServer(Behaviour behaviour) : impl_(std::make_unique<Impl>(behaviour)) {}

LoopbackServer::~LoopbackServer() = default;

std::string LoopbackServer::address() const {
    return impl_->address_;
}

bool LoopbackServer::got_proof() {
    impl_->end();
    return impl_->got_proof_;
}

}  // namespace samsyn::test
