#include "client-sdk/agent/unlock_message.hpp"

#include "core/base/bytes.hpp"
#include "core/base/secret.hpp"

#include <algorithm>
#include <array>
#include <poll.h>
#include <sys/socket.h>

namespace samsyn {

namespace {

constexpr char unlock_mark = 'U';  // neither begins a JSON text
constexpr char share_mark = 'S';
constexpr std::size_t share_size = 32;

/// A message on its way: mark, kind, whether a share follows, share, text.
class MessageBuffer {
public:
    static constexpr std::size_t size_max = 3 + share_size + SecretText::size_max;

    MessageBuffer() = default;
    MessageBuffer(const MessageBuffer&) = delete;
    MessageBuffer& operator=(const MessageBuffer&) = delete;

    ~MessageBuffer() { wipe(std::as_writable_bytes(std::span{bytes_})); }

    void append(std::string_view text) {
        std::ranges::copy(text, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += text.size();
    }

    bool send(int channel) const {
        return ::send(channel, bytes_.data(), size_, MSG_DONTWAIT | MSG_NOSIGNAL) ==
               static_cast<ssize_t>(size_);
    }

    ssize_t receive(int channel) {
        const ssize_t size = ::recv(channel, bytes_.data(), bytes_.size(), MSG_TRUNC);
        size_ = size < 0 ? 0 : std::min(static_cast<std::size_t>(size), bytes_.size());
        return size;
    }

    std::string_view view() const { return {bytes_.data(), size_}; }

private:
    std::array<char, size_max> bytes_{};
    std::size_t size_ = 0;
};

std::optional<ServerShare> share_in(std::string_view bytes) {
    return ServerShare::from(std::span<const std::byte, share_size>{as_bytes(bytes)});
}

}  // namespace

bool send_unlock(int channel, const UnlockMessage& message) {
    MessageBuffer buffer;
    const char head[] = {unlock_mark, static_cast<char>(message.with), message.share ? '\1' : '\0'};
    buffer.append({head, sizeof head});
    if (message.share) buffer.append(as_text(message.share->expose()));
    buffer.append(message.text.view());
    return buffer.send(channel);
}

Result<UnlockMessage> receive_unlock(int channel, std::chrono::milliseconds time_max) {
    pollfd polled{channel, POLLIN, 0};
    if (::poll(&polled, 1, static_cast<int>(time_max.count())) == 0)
        return fail(Errc::timed_out, "the supervisor said nothing");
    MessageBuffer buffer;
    const ssize_t size = buffer.receive(channel);
    if (size <= 0) return fail(Errc::link_lost, "the supervisor ended");
    const std::string_view bytes = buffer.view();
    const bool fits = static_cast<std::size_t>(size) == bytes.size() && bytes.size() >= 3 &&
                      bytes[0] == unlock_mark && bytes[1] >= 1 &&
                      bytes[1] <= static_cast<char>(UnlockWith::last);
    const std::size_t share_end = fits && bytes[2] != 0 ? 3 + share_size : 3;
    if (!fits || bytes.size() < share_end || bytes.size() - share_end > SecretText::size_max)
        return fail(Errc::malformed, "first message of the supervisor");
    UnlockMessage message;
    message.with = static_cast<UnlockWith>(bytes[1]);
    if (share_end > 3) message.share = share_in(bytes.substr(3, share_size));
    message.text = SecretText{bytes.substr(share_end)};
    return message;
}

bool send_share(int channel, const ServerShare& share) {
    MessageBuffer buffer;
    buffer.append({&share_mark, 1});
    buffer.append(as_text(share.expose()));
    return buffer.send(channel);
}

std::optional<ServerShare> take_share(std::string& bytes) {
    if (bytes.size() != 1 + share_size || bytes.front() != share_mark) return std::nullopt;
    auto share = share_in(std::string_view{bytes}.substr(1));
    wipe_text(bytes);
    return share;
}

}  // namespace samsyn
