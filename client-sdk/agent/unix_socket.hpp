#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace samsyn {

/// A file descriptor with one owner.
class UniqueFd {
public:
    UniqueFd() = default;

    explicit UniqueFd(int fd) : fd_(fd) {}

    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) reset(std::exchange(other.fd_, -1));
        return *this;
    }

    ~UniqueFd() { reset(); }

    int value() const { return fd_; }

    explicit operator bool() const { return fd_ >= 0; }

    int release() { return std::exchange(fd_, -1); }

    void reset(int fd = -1);

private:
    int fd_ = -1;
};

/// `system_failed` with the call's name and errno's text.
std::unexpected<Error> system_failure(std::string_view call);

/// Files of an agent in its data folder.
inline constexpr std::string_view agent_socket_name = "agent.sock";
inline constexpr std::string_view agent_lock_name = "agent.lock";
inline constexpr std::string_view agent_log_name = "agent.log";

/// No core dump, and no other process of this user may read this one's memory: for processes that
/// hold, or start what holds, keys.
void harden_process();

/// Takes the folder's lock, which lives as long as the descriptor. Errors: `conflict` where another
/// process has it.
Result<UniqueFd> lock_folder(const std::filesystem::path& folder);

/// Binds and listens on the folder's socket, 0600, replacing one that a dead agent left: only for
/// the owner of the lock. The path may be longer than a socket address.
Result<UniqueFd> listen_in(const std::filesystem::path& folder);

/// Errors: `not_found` where nobody listens; `not_permitted` where another user does.
Result<UniqueFd> connect_in(const std::filesystem::path& folder);

/// Is the process on the other end run by this user? The file's mode says so too; this holds where
/// somebody changed it.
bool peer_is_same_user(int socket);

/// One message with one descriptor on a SOCK_SEQPACKET pair, never blocking. False: the other end
/// is full (`errno` EAGAIN) or gone.
bool send_with_fd(int channel, std::string_view bytes, int fd);

/// What arrived on such a pair. `closed`: the other end is gone.
struct ChannelMessage {
    std::string bytes;
    UniqueFd fd;
    bool closed = false;
};

/// Takes one message, never blocking; nothing where none is there.
Result<std::optional<ChannelMessage>> receive_with_fd(int channel);

/// A message on the channel, or the start of a connection that is handed over.
inline constexpr std::size_t first_bytes_max = 64 * 1024;

}  // namespace samsyn
