#pragma once

#include "client-sdk/net/proxy.hpp"

#include <nlohmann/json.hpp>

namespace samsyn {

/// `{"by": "direct"|"proxy", "proxy"?, "user"?, "from": "folder"|"environment"|"default"}`; never a
/// password.
nlohmann::json way_to_json(const Route& route);

}  // namespace samsyn
