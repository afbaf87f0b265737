#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/beast/core/buffer_traits.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace samsyn {

/// Who wants to know of each byte that comes, below TLS.
class ByteListener {
public:
    virtual ~ByteListener() = default;
    virtual void on_bytes(std::size_t size) noexcept = 0;
};

/// TLS over TCP as one type, upon which Beast stacks HTTP and WebSocket.
///
/// Asio compiles an operation anew for each thing that may wait for it, and Beast has dozens, in
/// three layers. Here what waits is a function, so each operation below WebSocket is compiled once
/// (tls_stream.cpp). It costs one allocation an operation.
///
/// A stream as Asio's documents define AsyncReadStream and AsyncWriteStream, with an executor of
/// its own on which everything completes. One read and one write at a time. Not thread-safe: all
/// calls on the executor, which is a strand or has one thread.
class TlsStream {
public:
    using executor_type = boost::asio::any_io_executor;
    using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, executor_type>;
    using ErrorCode = boost::system::error_code;
    using Moved = std::move_only_function<void(ErrorCode, std::size_t)>;
    using Done = std::move_only_function<void(ErrorCode)>;

    /// `tls` need not live longer than this call.
    TlsStream(Socket socket, boost::asio::ssl::context& tls);
    ~TlsStream();
    TlsStream(TlsStream&&) noexcept;
    TlsStream& operator=(TlsStream&&) = delete;

    executor_type get_executor() noexcept;
    SSL* native_handle() noexcept;

    /// Told of each byte that comes; outlives the stream's operations. None at first.
    void listen(ByteListener& listener) noexcept;

    /// Operations that have not ended `within` from now end with `beast::error::timeout`.
    void expires_after(std::chrono::steady_clock::duration within);
    void expires_never();

    /// Closes the socket: what is under way ends with an error.
    void close() noexcept;

    /// Up to as many bytes as the first of `buffers` that is not empty has room for.
    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
            [this](auto waiting, boost::asio::mutable_buffer into) {
                read_some(into, Moved{std::move(waiting)});
            },
            token,
            first_of<boost::asio::mutable_buffer>(buffers));
    }

    /// Several buffers go as one, up to 64 KiB: one TLS record, not one for each.
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
            [this](auto waiting, boost::asio::const_buffer from) {
                write_some(from, Moved{std::move(waiting)});
            },
            token,
            flat(buffers));
    }

    template <class Token>
    auto async_handshake(boost::asio::ssl::stream_base::handshake_type role, Token&& token) {
        return boost::asio::async_initiate<Token, void(ErrorCode)>(
            [this, role](auto waiting) { handshake(role, Done{std::move(waiting)}); }, token);
    }

    template <class Token>
    auto async_shutdown(Token&& token) {
        return boost::asio::async_initiate<Token, void(ErrorCode)>(
            [this](auto waiting) { shutdown(Done{std::move(waiting)}); }, token);
    }

    /// How Beast ends a WebSocket: TLS says goodbye, then TCP does.
    template <class Waiting>
    friend void async_teardown(boost::beast::role_type role, TlsStream& stream, Waiting&& waiting) {
        stream.tear_down(role, Done{std::forward<Waiting>(waiting)});
    }

    /// How Beast ends one whose time is up.
    friend void beast_close_socket(TlsStream& stream) { stream.close(); }

private:
    template <class Buffer, class Buffers>
    static Buffer first_of(const Buffers& buffers) {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at)
            if (const Buffer buffer{*at}; buffer.size() > 0) return buffer;
        return {};
    }

    template <class Buffers>
    boost::asio::const_buffer flat(const Buffers& buffers) {
        const auto first = first_of<boost::asio::const_buffer>(buffers);
        const std::size_t size = boost::beast::buffer_bytes(buffers);
        if (first.size() == size || first.size() >= flat_max) return first;
        const auto room = room_for(std::min(size, flat_max));
        return {room.data(), boost::asio::buffer_copy(room, buffers)};
    }

    static constexpr std::size_t flat_max = std::size_t{64} * 1024;

    boost::asio::mutable_buffer room_for(std::size_t size);
    void read_some(boost::asio::mutable_buffer into, Moved done);
    void write_some(boost::asio::const_buffer from, Moved done);
    void handshake(boost::asio::ssl::stream_base::handshake_type role, Done done);
    void shutdown(Done done);
    void tear_down(boost::beast::role_type role, Done done);

    struct Layers;
    std::shared_ptr<Layers> layers_;  ///< each operation holds them too
};

}  // namespace samsyn
