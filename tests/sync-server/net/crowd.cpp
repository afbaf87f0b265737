#include "tests/sync-server/net/crowd.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <string_view>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace samsyn {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t members_of_block = 18;
constexpr std::size_t descriptors_for_others = 400;
constexpr int look_every_ms = 20;
constexpr std::size_t back_at_once = 50;  // 2 500 a second come again

/// What each kind of intruder says, a byte at a look; then it falls silent.
constexpr std::array says{
    ""sv,                                                      // nothing
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"sv,          // half a ClientHello
    "GET /samsyn/1 HTTP/1.1\r\nHost: samsyn\r\n\r\n"sv,        // no TLS
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv,  // nonsense
    "\x16\x03\x03\x40\x00\x01\x00\x3f\xfc"sv};                 // a long hello that never comes

}  // namespace

std::size_t Crowd::affordable(std::size_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur <= descriptors_for_others) return 0;
    return std::min(wanted, (limit.rlim_cur - descriptors_for_others) / 2);
}

Crowd::Crowd(std::uint16_t port, std::size_t size) : port_(port), intruders_(size) {
    for (std::size_t i = 0; i < size; ++i) intruders_[i].number = i;
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

Crowd::~Crowd() {
    thread_.request_stop();
    thread_.join();
    for (const Intruder& intruder : intruders_)
        if (intruder.socket >= 0) ::close(intruder.socket);
}

void Crowd::come(Intruder& intruder) const {
    if (intruder.socket >= 0) ::close(intruder.socket);
    intruder.said = 0;
    intruder.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (intruder.socket < 0) return;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    const auto block = static_cast<std::uint32_t>(intruder.number / members_of_block);
    const auto member = static_cast<std::uint32_t>(intruder.number % members_of_block);
    address.sin_addr.s_addr = htonl(0x7f010000U + (block << 8U) + member + 1);
    (void)::bind(intruder.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    (void)::connect(intruder.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

void Crowd::speak(Intruder& intruder) {
    const std::string_view text = says[intruder.number % says.size()];
    if (intruder.said >= text.size()) return;
    if (::send(intruder.socket, text.data() + intruder.said, 1, MSG_NOSIGNAL) == 1) ++intruder.said;
}

void Crowd::run(const std::stop_token& stop) {
    for (Intruder& intruder : intruders_) come(intruder);
    std::vector<pollfd> watched(intruders_.size());
    while (!stop.stop_requested()) {
        for (std::size_t i = 0; i < intruders_.size(); ++i)
            watched[i] = {intruders_[i].socket, POLLIN | POLLRDHUP, 0};
        (void)::poll(watched.data(), watched.size(), 0);
        std::size_t comes = 0;
        for (std::size_t i = 0; i < intruders_.size(); ++i) {
            if (intruders_[i].socket >= 0 && watched[i].revents == 0)
                speak(intruders_[i]);
            else if (++comes <= back_at_once)
                come(intruders_[i]);
        }
        (void)::poll(nullptr, 0, look_every_ms);
    }
}

}  // namespace samsyn
