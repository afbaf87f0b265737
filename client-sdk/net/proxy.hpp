#pragma once

#include "client-sdk/net/address.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace samsyn {

/// An HTTP proxy that opens tunnels (RFC 9110, section 9.3.6), and what to show it.
///
/// It is part of the network, not of Samsyn: it is trusted with nothing but the server's address
/// and its own user's name and password, which it gets in clear text (RFC 7617).
struct Proxy {
    ServerAddress address;
    std::string user{};      ///< empty: nothing is shown; no colon (RFC 7617)
    std::string password{};  ///< never in a log, an answer or a command line

    friend bool operator==(const Proxy&, const Proxy&) = default;
};

inline constexpr std::size_t proxy_url_bytes_max = 1024;
inline constexpr std::size_t proxy_credential_bytes_max = 256;  ///< user and password, each
inline constexpr std::size_t no_proxy_bytes_max = 8 * 1024;

/// Reads `[http://][user[:password]@]host:port[/]`, percent-encoding in user and password undone.
///
/// Errors: `invalid_argument` saying what is wrong and never quoting the text, which may hold a
/// password: another scheme, no port, a path, a control character, too long.
Result<Proxy> parse_proxy(std::string_view url);

/// May these be shown to a proxy? Errors: `invalid_argument` where one is too long, has a control
/// character, or the user a colon.
Result<void> check_proxy_credentials(std::string_view user, std::string_view password);

/// Is the server one of those that NO_PROXY names? Entries are divided by commas or spaces: `*` is
/// everybody; a name is that host and all below it, with or without a dot in front; an address is
/// itself, and `10.0.0.0/8` a block of them; each may name one port. What does not parse matches
/// nobody. Pure.
bool is_reached_directly(const ServerAddress& server, std::string_view no_proxy);

/// What the process's environment says of proxies.
struct ProxyEnvironment {
    std::string https_proxy;
    std::string no_proxy;

    /// `https_proxy` and `no_proxy`, else the same in capitals. Not thread-safe against setenv.
    static ProxyEnvironment of_process();
};

/// What the person or the administrator has said for one data folder.
struct ProxySettings {
    enum class Mode : std::uint8_t {
        automatic,  ///< as the environment says
        off,        ///< directly, whatever the environment says
        fixed       ///< through `proxy`, whatever the environment says
    };

    Mode mode = Mode::automatic;
    std::optional<Proxy> proxy{};  ///< exactly where it is `fixed`

    friend bool operator==(const ProxySettings&, const ProxySettings&) = default;
};

/// The way to the server, and who chose it.
struct Route {
    enum class From : std::uint8_t { nobody, folder, environment };

    std::optional<Proxy> proxy{};  ///< none: directly
    From from = From::nobody;

    friend bool operator==(const Route&, const Route&) = default;
};

/// The way to `server`. Pure. Errors: `proxy_failed` where the environment's proxy is not one that
/// we can use: going directly instead would not be what was asked for.
Result<Route> choose_route(const ProxySettings& settings,
                           const ProxyEnvironment& environment,
                           const ServerAddress& server);

}  // namespace samsyn
