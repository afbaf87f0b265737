#include "client-sdk/net/proxy.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace samsyn {

namespace {

using IpAddress = boost::asio::ip::address;

constexpr std::string_view scheme_end = "://";

std::unexpected<Error> bad_proxy(std::string_view why) {
    return fail(Errc::invalid_argument, "proxy: " + std::string{why});
}

char lowered(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string all{text};
    std::ranges::transform(all, all.begin(), [](char c) { return lowered(c); });
    return all;
}

int hex_digit(char c) {
    const char digit = lowered(c);
    if (digit >= '0' && digit <= '9') return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

Result<std::string> percent_decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain.push_back(text[i]);
            continue;
        }
        if (i + 2 >= text.size()) return bad_proxy("broken percent-encoding");
        const int high = hex_digit(text[i + 1]);
        const int low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return bad_proxy("broken percent-encoding");
        plain.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return plain;
}

bool is_printable(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

std::optional<IpAddress> numeric_address(std::string_view text) {
    boost::system::error_code error;
    auto parsed = boost::asio::ip::make_address(text, error);
    if (error) return std::nullopt;
    if (parsed.is_v6() && parsed.to_v6().is_v4_mapped())
        parsed = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, parsed.to_v6());
    return parsed;
}

/// Is `host` in the block "address/length"?
bool is_in_block(const IpAddress& host, std::string_view block) {
    boost::system::error_code error;
    if (host.is_v4()) {
        const auto network = boost::asio::ip::make_network_v4(block, error);
        return !error &&
               network.canonical() ==
                   boost::asio::ip::network_v4{host.to_v4(), network.prefix_length()}.canonical();
    }
    const auto network = boost::asio::ip::make_network_v6(block, error);
    return !error &&
           network.canonical() ==
               boost::asio::ip::network_v6{host.to_v6(), network.prefix_length()}.canonical();
}

/// Takes ":port" off the end of an entry; false where it names another port than the server's.
bool take_port(std::string_view& entry, std::uint16_t port) {
    const std::size_t colon = entry.rfind(':');
    const bool bracketed = entry.starts_with('[');
    if (colon == std::string_view::npos) return true;
    if (!bracketed && entry.find(':') != colon) return true;  // IPv6 without brackets: no port
    if (bracketed && entry.find(']') + 1 != colon) return true;
    const std::string_view digits = entry.substr(colon + 1);
    std::uint16_t named = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), named);
    if (ec != std::errc{} || end != digits.data() + digits.size()) return false;
    entry = entry.substr(0, colon);
    return named == port;
}

bool is_named_by(std::string_view entry, const ServerAddress& server) {
    if (entry == "*") return true;
    if (!take_port(entry, server.port)) return false;
    if (entry.size() > 2 && entry.front() == '[' && entry.back() == ']')
        entry = entry.substr(1, entry.size() - 2);
    if (const auto numeric = numeric_address(server.host)) {
        if (entry.find('/') != std::string_view::npos) return is_in_block(*numeric, entry);
        return numeric_address(entry) == numeric;
    }
    std::string name = lowered(entry);
    std::string host = lowered(server.host);
    if (host.ends_with('.')) host.pop_back();
    if (name.ends_with('.')) name.pop_back();
    if (name.starts_with('.')) name.erase(0, 1);
    if (name.empty() || !host.ends_with(name)) return false;
    return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

std::string variable(const char* name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

}  // namespace

Result<void> check_proxy_credentials(std::string_view user, std::string_view password) {
    if (user.size() > proxy_credential_bytes_max || password.size() > proxy_credential_bytes_max)
        return bad_proxy("user or password is too long");
    if (!is_printable(user) || !is_printable(password))
        return bad_proxy("a control character in user or password");
    if (user.find(':') != std::string_view::npos) return bad_proxy("a colon in the user");
    if (user.empty() && !password.empty()) return bad_proxy("a password without a user");
    return {};
}

Result<Proxy> parse_proxy(std::string_view url) {
    if (url.size() > proxy_url_bytes_max) return bad_proxy("address is too long");
    if (const std::size_t end = url.find(scheme_end); end != std::string_view::npos) {
        if (lowered(url.substr(0, end)) != "http") return bad_proxy("only http:// is supported");
        url.remove_prefix(end + scheme_end.size());
    }
    if (url.ends_with('/')) url.remove_suffix(1);
    Proxy proxy;
    if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
        const std::string_view shown = url.substr(0, at);
        const std::size_t colon = std::min(shown.find(':'), shown.size());
        const std::string_view secret = shown.substr(std::min(colon + 1, shown.size()));
        proxy.user = SAMSYN_TRY(percent_decoded(shown.substr(0, colon)));
        proxy.password = SAMSYN_TRY(percent_decoded(secret));
        SAMSYN_TRY(check_proxy_credentials(proxy.user, proxy.password));
        url.remove_prefix(at + 1);
    }
    auto address = parse_address(url);
    if (!address) return bad_proxy("not http://host:port");
    proxy.address = *std::move(address);
    return proxy;
}

bool is_reached_directly(const ServerAddress& server, std::string_view no_proxy) {
    constexpr std::string_view separators = ", \t";
    while (!no_proxy.empty()) {
        const std::size_t end = std::min(no_proxy.find_first_of(separators), no_proxy.size());
        if (end > 0 && is_named_by(no_proxy.substr(0, end), server)) return true;
        no_proxy.remove_prefix(std::min(end + 1, no_proxy.size()));
    }
    return false;
}

ProxyEnvironment ProxyEnvironment::of_process() {
    ProxyEnvironment found{variable("https_proxy"), variable("no_proxy")};
    if (found.https_proxy.empty()) found.https_proxy = variable("HTTPS_PROXY");
    if (found.no_proxy.empty()) found.no_proxy = variable("NO_PROXY");
    return found;
}

Result<Route> choose_route(const ProxySettings& settings,
                           const ProxyEnvironment& environment,
                           const ServerAddress& server) {
    if (settings.mode == ProxySettings::Mode::off) return Route{{}, Route::From::folder};
    if (settings.mode == ProxySettings::Mode::fixed)
        return Route{settings.proxy, Route::From::folder};
    if (environment.https_proxy.empty()) return Route{};
    if (environment.no_proxy.size() > no_proxy_bytes_max)
        return fail(Errc::proxy_failed, "NO_PROXY is too long");
    if (is_reached_directly(server, environment.no_proxy))
        return Route{{}, Route::From::environment};
    auto proxy = parse_proxy(environment.https_proxy);
    if (!proxy) return fail(Errc::proxy_failed, "HTTPS_PROXY: " + proxy.error().context);
    return Route{*std::move(proxy), Route::From::environment};
}

}  // namespace samsyn
