#pragma once

#include "core/wire/messages.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

namespace samsyn {

/// A peer that can be as rude as it likes: TLS and WebSocket frames by hand, over loopback.
/// Blocking; whatever takes longer than ten seconds counts as not having happened.
class RawClient {
public:
    /// `from`: the last two bytes of its own address in 127.0.0.0/8, so that it can come from
    /// another block. `receive_buffer`: SO_RCVBUF, 0 as it is.
    explicit RawClient(std::uint16_t port, std::uint16_t from = 1, int receive_buffer = 0);
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient();

    /// Bytes below TLS.
    bool send_plain(std::string_view bytes);

    bool start_tls(int version_max = TLS1_3_VERSION);

    /// Bytes inside TLS.
    bool send(std::string_view bytes);

    /// True once the server has closed, whatever it says before.
    bool is_closed_by_server();

    /// As `is_closed_by_server`, while sending `bytes` one at a time every few milliseconds.
    bool is_closed_while_dripping(std::string_view bytes);

    /// Sends the request of an upgrade with further header lines; the status of the answer, 0 for
    /// none.
    int upgrade(std::string_view more_headers = {}, std::string_view target = "/samsyn/1");

    /// A request without TLS; the whole answer.
    std::string ask_plain(std::string_view request);

    /// Any request as it stands; the whole answer.
    std::string ask(std::string_view request);

    struct Frame {
        int opcode = 0;
        Bytes payload;
    };

    static constexpr int text = 1, binary = 2, close = 8, ping = 9, pong = 10;

    bool send_frame(int opcode, ByteView payload);

    /// Any first byte (final, reserved bits, opcode), masked or not.
    bool send_odd_frame(std::uint8_t first, bool masked, ByteView payload);

    /// Only the head of a frame that claims `size` bytes.
    bool send_frame_head(int opcode, std::uint64_t size);
    std::optional<Frame> receive_frame();

    bool send(const Message& message) { return send_frame(binary, encode_message(message)); }

    /// The next message; pings are answered, none once the connection is closing.
    std::optional<Message> receive();

    Hash exporter() const;

    /// The certificate that the server showed, as it was sent; empty before TLS.
    Bytes certificate() const;

private:
    struct FreeSsl {
        void operator()(SSL* ssl) const { SSL_free(ssl); }

        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };

    bool receive_exactly(std::span<std::byte> target);
    std::string receive_head();

    int socket_ = -1;
    std::unique_ptr<SSL_CTX, FreeSsl> context_;
    std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace samsyn
