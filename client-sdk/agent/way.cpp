#include "client-sdk/agent/way.hpp"

namespace samsyn {

nlohmann::json way_to_json(const Route& route) {
    nlohmann::json way;
    way["by"] = route.proxy ? "proxy" : "direct";
    if (route.proxy) {
        way["proxy"] = to_string(route.proxy->address);
        if (!route.proxy->user.empty()) way["user"] = route.proxy->user;
    }
    way["from"] = route.from == Route::From::folder        ? "folder"
                  : route.from == Route::From::environment ? "environment"
                                                           : "default";
    return way;
}

}  // namespace samsyn
