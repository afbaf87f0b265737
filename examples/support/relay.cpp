#include "examples/support/relay.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace story {

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// Moves what is there from one socket to the other. False once either end is gone.
bool forward(int from, int to) {
    std::array<char, 16 * 1024> buffer{};
    const ssize_t count = recv(from, buffer.data(), buffer.size(), 0);
    if (count <= 0) return false;
    for (ssize_t sent = 0; sent < count;) {
        const ssize_t step =
            send(to, buffer.data() + sent, static_cast<std::size_t>(count - sent), MSG_NOSIGNAL);
        if (step <= 0) return false;
        sent += step;
    }
    return true;
}

}  // namespace

Relay::Relay(std::uint16_t target_port) : target_port_(target_port) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener_, 8) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        pipe(wake_) != 0)
        throw std::runtime_error("no relay");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
}

Relay::~Relay() {
    stop_ = true;
    (void)!write(wake_[1], "x", 1);
    thread_.join();
    for (const int fd : {listener_, wake_[0], wake_[1]}) close(fd);
}

void Relay::cut() {
    cut_ = true;
    (void)!write(wake_[1], "x", 1);
}

void Relay::mend() {
    cut_ = false;
}

void Relay::serve() {
    std::vector<std::pair<int, int>> pairs;
    const auto close_pair = [&](std::size_t index) {
        close(pairs[index].first);
        close(pairs[index].second);
        pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(index));
    };
    while (!stop_) {
        std::vector<pollfd> wanted{{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
        for (const auto& [client, server] : pairs) {
            wanted.push_back({client, POLLIN, 0});
            wanted.push_back({server, POLLIN, 0});
        }
        if (poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return;

        if (wanted[0].revents != 0) {
            char byte = 0;
            (void)!read(wake_[0], &byte, 1);
        }
        for (std::size_t i = pairs.size(); i-- > 0;) {
            const auto [client, server] = pairs[i];
            const bool client_ok = wanted[2 + 2 * i].revents == 0 || forward(client, server);
            const bool server_ok = wanted[3 + 2 * i].revents == 0 || forward(server, client);
            if (cut_ || !client_ok || !server_ok) close_pair(i);
        }
        if (wanted[1].revents == 0) continue;
        const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in target = loopback(target_port_);
        if (!cut_ &&
            connect(server, reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0) {
            pairs.emplace_back(client, server);
        } else {
            close(client);
            close(server);
        }
    }
    while (!pairs.empty()) close_pair(0);
}

}  // namespace story
