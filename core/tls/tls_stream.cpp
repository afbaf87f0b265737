#include "core/tls/tls_stream.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <limits>
#include <vector>

namespace samsyn {

namespace net = boost::asio;
namespace beast = boost::beast;

/// A "rate policy" of Beast that limits nothing: it sees each byte that comes, and so tells a slow
/// peer from a silent one, and one that speaks from one that only makes noise.
class ByteWatch {
public:
    ByteListener* listener = nullptr;

private:
    friend class beast::rate_policy_access;
    static constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

    std::size_t available_read_bytes() const noexcept { return all; }

    std::size_t available_write_bytes() const noexcept { return all; }

    void transfer_read_bytes(std::size_t size) const noexcept {
        if (size > 0 && listener != nullptr) listener->on_bytes(size);
    }

    void transfer_write_bytes(std::size_t) const noexcept {}

    void on_timer() const noexcept {}
};

using TcpStream = beast::basic_stream<net::ip::tcp, TlsStream::executor_type, ByteWatch>;

struct TlsStream::Layers {
    Layers(Socket socket, net::ssl::context& context) : tls(std::move(socket), context) {}

    TcpStream& tcp() { return tls.next_layer(); }

    net::ssl::stream<TcpStream> tls;
    std::vector<std::byte> written;  ///< several buffers on their way as one
};

TlsStream::TlsStream(Socket socket, net::ssl::context& tls)
    : layers_(std::make_shared<Layers>(std::move(socket), tls)) {}

TlsStream::~TlsStream() = default;
TlsStream::TlsStream(TlsStream&&) noexcept = default;

TlsStream::executor_type TlsStream::get_executor() noexcept {
    return layers_->tls.get_executor();
}

SSL* TlsStream::native_handle() noexcept {
    return layers_->tls.native_handle();
}

void TlsStream::listen(ByteListener& listener) noexcept {
    layers_->tcp().rate_policy().listener = &listener;
}

void TlsStream::expires_after(std::chrono::steady_clock::duration within) {
    layers_->tcp().expires_after(within);
}

void TlsStream::expires_never() {
    layers_->tcp().expires_never();
}

void TlsStream::close() noexcept {
    layers_->tcp().close();
}

net::mutable_buffer TlsStream::room_for(std::size_t size) {
    layers_->written.resize(size);
    return net::buffer(layers_->written);
}

void TlsStream::read_some(net::mutable_buffer into, Moved done) {
    layers_->tls.async_read_some(
        into,
        [layers = layers_, done = std::move(done)](ErrorCode error, std::size_t size) mutable {
            done(error, size);
        });
}

void TlsStream::write_some(net::const_buffer from, Moved done) {
    layers_->tls.async_write_some(
        from,
        [layers = layers_, done = std::move(done)](ErrorCode error, std::size_t size) mutable {
            layers->written = {};  // an idle connection holds no memory for what it once said
            done(error, size);
        });
}

void TlsStream::handshake(net::ssl::stream_base::handshake_type role, Done done) {
    layers_->tls.async_handshake(
        role, [layers = layers_, done = std::move(done)](ErrorCode error) mutable { done(error); });
}

void TlsStream::shutdown(Done done) {
    layers_->tls.async_shutdown(
        [layers = layers_, done = std::move(done)](ErrorCode error) mutable { done(error); });
}

void TlsStream::tear_down(beast::role_type role, Done done) {
    shutdown([layers = layers_, role, done = std::move(done)](ErrorCode of_tls) mutable {
        beast::websocket::async_teardown(
            role,
            layers->tcp().socket(),
            [of_tls, done = std::move(done)](ErrorCode of_tcp) mutable {
                done(of_tls ? of_tls : of_tcp);
            });
    });
}

}  // namespace samsyn
