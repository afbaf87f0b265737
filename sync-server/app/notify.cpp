#include "sync-server/app/notify.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace samsyn {

void notify_manager(std::string_view state) {
    const char* named = std::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): nobody sets
    const std::string_view name = named == nullptr ? "" : named;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.empty() || name.size() >= sizeof address.sun_path) return;
    std::ranges::copy(name, address.sun_path);
    if (name.front() == '@') address.sun_path[0] = '\0';  // a name that is no file
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the type that the call has
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    (void)::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, generic, size);
    ::close(socket);
}

}  // namespace samsyn
