#pragma once

#include "sync-server/net/as_result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <cstddef>
#include <limits>

namespace samsyn {

/// Who wants to know of each byte that comes, below TLS and WebSocket.
class ByteListener {
public:
    virtual ~ByteListener() = default;
    virtual void on_bytes(std::size_t size) noexcept = 0;
};

/// A "rate policy" of Beast that limits nothing: it sees each byte that comes, and so tells a slow
/// peer from a silent one, and one that speaks from one that only makes noise.
class ByteWatch {
public:
    ByteListener* listener = nullptr;  ///< outlives the stream's operations

private:
    friend class boost::beast::rate_policy_access;
    static constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

    std::size_t available_read_bytes() const noexcept { return all; }

    std::size_t available_write_bytes() const noexcept { return all; }

    void transfer_read_bytes(std::size_t size) const noexcept {
        if (size > 0 && listener != nullptr) listener->on_bytes(size);
    }

    void transfer_write_bytes(std::size_t) const noexcept {}

    void on_timer() const noexcept {}
};

using TcpStream =
    boost::beast::basic_stream<boost::asio::ip::tcp, boost::asio::any_io_executor, ByteWatch>;
using TlsStream = boost::beast::ssl_stream<TcpStream>;

/// `false`: no deflate, so no bombs.
using WebSocket = boost::beast::websocket::stream<TlsStream, false>;

}  // namespace samsyn
