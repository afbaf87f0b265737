#pragma once

#include "core/base/result.hpp"

#include <optional>
#include <string_view>

namespace samsyn {

/// What a person can do about something that stands between the device and its server.
struct NetworkHint {
    std::string_view en;
    std::string_view sv;
};

/// None where the error is not of that kind.
std::optional<NetworkHint> network_hint(const Error& error);

}  // namespace samsyn
