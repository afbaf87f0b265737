#include "client-sdk/agent/unix_socket.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace samsyn {

namespace fs = std::filesystem;

namespace {

/// A socket's path is limited to 107 bytes and a folder's is not: name the folder by descriptor.
struct FolderAddress {
    UniqueFd folder;
    sockaddr_un address{};

    static Result<FolderAddress> of(const fs::path& path) {
        FolderAddress named;
        named.folder.reset(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!named.folder) return system_failure("open data folder");
        const std::string name = "/proc/self/fd/" + std::to_string(named.folder.value()) + "/" +
                                 std::string{agent_socket_name};
        named.address.sun_family = AF_UNIX;
        SAMSYN_ASSERT(name.size() < sizeof named.address.sun_path);
        std::memcpy(named.address.sun_path, name.data(), name.size());
        return named;
    }

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

Result<UniqueFd> stream_socket() {
    UniqueFd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket) return system_failure("socket");
    return socket;
}

}  // namespace

void UniqueFd::reset(int fd) {
    if (fd_ >= 0) (void)::close(fd_);  // nothing was written that could be lost
    fd_ = fd;
}

std::unexpected<Error> system_failure(std::string_view call) {
    const int code = errno;
    return fail(Errc::system_failed,
                std::string{call} + ": " + std::system_category().message(code));
}

void harden_process() {
    const rlimit none{};
    (void)::setrlimit(RLIMIT_CORE, &none);  // lowering a limit is always allowed
#ifndef __SANITIZE_ADDRESS__                // its leak check traces the process itself
    (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

Result<UniqueFd> lock_folder(const fs::path& folder) {
    UniqueFd lock{::open(
        (folder / agent_lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!lock) return system_failure("open agent.lock");
    if (::flock(lock.value(), LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno == EWOULDBLOCK) return fail(Errc::conflict, "another agent owns this data folder");
    return system_failure("flock agent.lock");
}

Result<UniqueFd> listen_in(const fs::path& folder) {
    const FolderAddress address = SAMSYN_TRY(FolderAddress::of(folder));
    UniqueFd socket = SAMSYN_TRY(stream_socket());
    if (::unlink(address.address.sun_path) != 0 && errno != ENOENT)
        return system_failure("unlink agent.sock");
    const mode_t before = ::umask(0177);  // 0600 from its first moment
    const int bound = ::bind(socket.value(), address.get(), sizeof address.address);
    ::umask(before);
    if (bound != 0) return system_failure("bind agent.sock");
    if (::listen(socket.value(), SOMAXCONN) != 0) return system_failure("listen agent.sock");
    return socket;
}

Result<UniqueFd> connect_in(const fs::path& folder) {
    const FolderAddress address = SAMSYN_TRY(FolderAddress::of(folder));
    UniqueFd socket = SAMSYN_TRY(stream_socket());
    if (::connect(socket.value(), address.get(), sizeof address.address) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED)
            return fail(Errc::not_found, "no agent runs for this data folder");
        if (errno == EACCES || errno == EPERM) return fail(Errc::not_permitted, "agent.sock");
        return system_failure("connect agent.sock");
    }
    if (!peer_is_same_user(socket.value()))
        return fail(Errc::not_permitted, "agent.sock belongs to another user");
    return socket;
}

bool peer_is_same_user(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           size == sizeof peer && peer.uid == ::geteuid();
}

bool send_with_fd(int channel, std::string_view bytes, int fd) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};  // sendmsg does not write to it
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (fd >= 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    return ::sendmsg(channel, &message, MSG_DONTWAIT | MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
}

Result<std::optional<ChannelMessage>> receive_with_fd(int channel) {
    std::string bytes(first_bytes_max, '\0');
    iovec part{bytes.data(), bytes.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t size = ::recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0) {
        if (errno == EAGAIN || errno == EINTR) return std::optional<ChannelMessage>{};
        if (errno == ECONNRESET) return ChannelMessage{{}, {}, true};
        return system_failure("recvmsg");
    }
    ChannelMessage received;
    received.closed = size == 0;  // nobody sends an empty message
    bytes.resize(static_cast<std::size_t>(size));
    received.bytes = std::move(bytes);
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
        received.fd.reset(fd);
    }
    return received;
}

}  // namespace samsyn
