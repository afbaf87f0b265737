#include "client-sdk/net/address.hpp"

#include <charconv>

namespace samsyn {

namespace {

constexpr std::size_t host_bytes_max = 253;  // of a DNS name (RFC 1035, section 2.3.4)

bool is_host(std::string_view host) {
    if (host.empty() || host.size() > host_bytes_max) return false;
    for (const char c : host) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == ':' ||
                           c == '%';
        if (!plain) return false;
    }
    return true;
}

}  // namespace

Result<ServerAddress> parse_address(std::string_view text) {
    const auto wrong = fail(Errc::invalid_argument, "server address is not host:port");
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return wrong;
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return wrong;  // an IPv6 address without brackets: which colon is the port's?

    std::uint16_t port = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (ec != std::errc{} || end != digits.data() + digits.size() || port == 0) return wrong;
    if (!is_host(host)) return wrong;
    return ServerAddress{std::string{host}, port};
}

std::string to_string(const ServerAddress& address) {
    const bool is_v6 = address.host.find(':') != std::string::npos;
    return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace samsyn
