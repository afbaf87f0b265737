#include "tests/sync-server/net/raw_client.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace samsyn {

namespace {

constexpr auto give_up_after_seconds = 10;
constexpr std::string_view exporter_label = "EXPORTER-samsyn-1";

void set_timeout(int socket, int option, timeval after) {
    ::setsockopt(socket, SOL_SOCKET, option, &after, sizeof after);
}

}  // namespace

RawClient::RawClient(std::uint16_t port, std::uint16_t from, int receive_buffer)
    : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    ::signal(SIGPIPE, SIG_IGN);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl((INADDR_LOOPBACK & 0xffff0000U) | from);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        std::abort();
    if (receive_buffer > 0)
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    set_timeout(socket_, SO_RCVTIMEO, {give_up_after_seconds, 0});
    set_timeout(socket_, SO_SNDTIMEO, {give_up_after_seconds, 0});
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        std::abort();
}

RawClient::~RawClient() {
    ssl_.reset();
    ::close(socket_);
}

bool RawClient::send_plain(std::string_view bytes) {
    return ::send(socket_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
}

bool RawClient::start_tls(int version_max) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_max_proto_version(context_.get(), version_max);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    return SSL_connect(ssl_.get()) == 1;
}

bool RawClient::send(std::string_view bytes) {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
}

bool RawClient::is_closed_by_server() {
    std::array<char, 4096> ignored{};
    for (;;) {
        errno = 0;
        const auto size = ssl_ && SSL_is_init_finished(ssl_.get())
                              ? SSL_read(ssl_.get(), ignored.data(), ignored.size())
                              : static_cast<int>(::recv(socket_, ignored.data(), 4096, 0));
        if (size <= 0) return errno != EAGAIN && errno != EWOULDBLOCK;
    }
}

bool RawClient::is_closed_while_dripping(std::string_view bytes) {
    set_timeout(socket_, SO_RCVTIMEO, {0, 5'000});
    for (const char& byte : bytes) {
        if (!send(std::string_view{&byte, 1})) return true;
        if (is_closed_by_server()) return true;
    }
    return false;
}

std::string RawClient::receive_head() {
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n") && SSL_read(ssl_.get(), &byte, 1) == 1) head += byte;
    return head;
}

int RawClient::upgrade(std::string_view more_headers, std::string_view target) {
    send("GET " + std::string{target} +
         " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string{more_headers} + "\r\n");
    const std::string head = receive_head();
    return head.size() > 12 ? std::atoi(head.c_str() + 9) : 0;
}

std::string RawClient::ask(std::string_view request) {
    send(request);
    std::string answer;
    char byte = 0;
    while (SSL_read(ssl_.get(), &byte, 1) == 1) answer += byte;
    return answer;
}

std::string RawClient::ask_plain(std::string_view request) {
    send_plain(request);
    std::string answer;
    std::array<char, 4096> part{};
    for (;;) {
        const auto size = ::recv(socket_, part.data(), part.size(), 0);
        if (size <= 0) return answer;
        answer.append(part.data(), static_cast<std::size_t>(size));
    }
}

bool RawClient::send_odd_frame(std::uint8_t first, bool masked, ByteView payload) {
    std::string frame;
    frame += static_cast<char>(first);
    frame += static_cast<char>((masked ? 0x80U : 0U) | (payload.size() & 0x7fU));
    if (masked) frame += std::string(4, '\0');
    frame += as_text(payload);
    return send(frame);
}

bool RawClient::send_frame_head(int opcode, std::uint64_t size) {
    std::string head;
    head += static_cast<char>(0x80 | opcode);
    if (size < 126) {
        head += static_cast<char>(0x80 | size);
    } else if (size < 65536) {
        head += static_cast<char>(0x80 | 126);
        for (int shift = 8; shift >= 0; shift -= 8) head += static_cast<char>(size >> shift);
    } else {
        head += static_cast<char>(0x80 | 127);
        for (int shift = 56; shift >= 0; shift -= 8) head += static_cast<char>(size >> shift);
    }
    head += std::string(4, '\0');  // a mask of zeros leaves the payload as it is
    return send(head);
}

bool RawClient::send_frame(int opcode, ByteView payload) {
    return send_frame_head(opcode, payload.size()) && (payload.empty() || send(as_text(payload)));
}

bool RawClient::receive_exactly(std::span<std::byte> target) {
    while (!target.empty()) {
        const int size = SSL_read(ssl_.get(), target.data(), static_cast<int>(target.size()));
        if (size <= 0) return false;
        target = target.subspan(static_cast<std::size_t>(size));
    }
    return true;
}

std::optional<RawClient::Frame> RawClient::receive_frame() {
    std::array<std::byte, 2> head{};
    if (!receive_exactly(head)) return std::nullopt;
    auto size = std::to_integer<std::uint64_t>(head[1]);
    if (size >= 126) {
        std::array<std::byte, 8> wide{};
        const std::span extended = std::span{wide}.first(size == 126 ? 2 : 8);
        if (!receive_exactly(extended)) return std::nullopt;
        size = 0;
        for (const std::byte byte : extended) size = size << 8 | std::to_integer<unsigned>(byte);
    }
    if (size > 1 << 20) return std::nullopt;
    Frame frame{std::to_integer<int>(head[0] & std::byte{0x0f}), Bytes(size)};
    if (!receive_exactly(frame.payload)) return std::nullopt;
    return frame;
}

std::optional<Message> RawClient::receive() {
    while (auto frame = receive_frame()) {
        if (frame->opcode == close) return std::nullopt;
        if (frame->opcode == ping) send_frame(pong, frame->payload);
        if (frame->opcode != binary) continue;
        auto message = decode_message(frame->payload, message_bytes_max);
        if (!message) return std::nullopt;
        return *std::move(message);
    }
    return std::nullopt;
}

Hash RawClient::exporter() const {
    Hash exporter;
    SSL_export_keying_material(ssl_.get(),
                               reinterpret_cast<unsigned char*>(exporter.bytes.data()),
                               exporter.bytes.size(),
                               exporter_label.data(),
                               exporter_label.size(),
                               nullptr,
                               0,
                               0);
    return exporter;
}

Bytes RawClient::certificate() const {
    const X509* shown = ssl_ ? SSL_get0_peer_certificate(ssl_.get()) : nullptr;
    unsigned char* der = nullptr;
    const int size = shown == nullptr ? 0 : i2d_X509(shown, &der);
    if (size <= 0) return {};
    Bytes bytes = to_bytes(std::as_bytes(std::span{der, static_cast<std::size_t>(size)}));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace samsyn
