#pragma once

#include "sync-server/hub/hub.hpp"
#include "sync-server/net/limits.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace samsyn {

/// How much the server logs; each holds what comes after it.
enum class LogLevel : std::uint8_t { info, warning, error };

/// Bounds of `ServerConfig::Backup::period`.
inline constexpr std::chrono::milliseconds backup_period_least = std::chrono::hours{24 * 31};
inline constexpr std::chrono::milliseconds backup_period_most = std::chrono::hours{24 * 3660};

/// Everything that a server is told, with its defaults. `config_table` names each member for the
/// configuration file; relative paths are those of the process.
struct ServerConfig {
    std::filesystem::path data{"/var/lib/samsyn/server"};
    std::vector<std::string> listen{"0.0.0.0:443"};  ///< HOST:PORT or [V6]:PORT
    std::size_t threads = 2;                         ///< for sockets and TLS
    std::filesystem::path port_file;                 ///< empty: none
    std::chrono::milliseconds drain{0};              ///< from SIGTERM to the goodbye
    std::filesystem::path record_frames;             ///< empty: none

    struct Tls {
        std::filesystem::path certificate;  ///< empty: tls-certificate.pem in `data`
        std::filesystem::path key;          ///< empty: tls-key.pem in `data`
        std::chrono::milliseconds look_every{30'000};
    } tls;

    std::filesystem::path database_key;  ///< empty: database.key in `data`
    LogLevel log_level = LogLevel::info;
    std::string metrics_listen;  ///< empty: none

    struct Backup {
        std::filesystem::path folder;  ///< empty: no backups by itself
        std::filesystem::path keys;    ///< empty: see `backup_keys`
        std::chrono::milliseconds every = std::chrono::hours{24};
        std::chrono::milliseconds period = std::chrono::hours{24 * 180};
    } backup;

    NetLimits net;
    HubLimits hub;
};

/// The folder of the months' keys: what is configured, or backup-keys in `data`.
std::filesystem::path backup_keys(const ServerConfig& config);

/// Host and port of an address to listen on.
struct ListenAddress {
    std::string host;
    std::uint16_t port = 0;
};

/// Reads "0.0.0.0:443", "[::]:443" or "name:443"; none where it is something else.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

/// What `parse_listen_address` takes, with this port.
std::string shown(const ListenAddress& address);

}  // namespace samsyn
