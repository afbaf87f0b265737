#pragma once

#include "client-sdk/net/proxy.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace samsyn {

// The way to the server as one data folder has it: `proxy.json`, 0600. It lies beside the vault and
// not in it, because a locked device must find its server too: the password of a proxy is the
// network's, opens nothing of Samsyn, and is as safe as the user's account is.

/// `automatic` where there is no file. Errors: `malformed`, `newer_format`, `limit_exceeded`,
/// `not_permitted` where somebody else can read it.
Result<ProxySettings> read_proxy_settings(const std::filesystem::path& folder);

/// Durable when it returns. Errors: `disk_full`, `system_failed`.
Result<void> save_proxy_settings(const std::filesystem::path& folder,
                                 const ProxySettings& settings);

/// The way to `server` ("host:port") now: by the folder, else by this process's environment.
/// Errors: `proxy_failed` where either cannot be used.
Result<Route> route_of(const std::filesystem::path& folder, const std::string& server);

/// Serves `proxy.show`, `proxy.set`, `proxy.off` and `proxy.auto` (docs/AGENT.md, section 5): the
/// whole answer. Works while the device is locked.
nlohmann::json serve_proxy_operation(const std::filesystem::path& folder,
                                     std::string_view operation,
                                     const nlohmann::json& args);

}  // namespace samsyn
