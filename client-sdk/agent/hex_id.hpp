#pragma once

#include "core/base/ids.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string_view>

namespace samsyn {

/// The id or key of which these are all the hex digits; none where they are anything else.
template <class IdType>
std::optional<IdType> id_from_hex(std::string_view hex) {
    const auto bytes = from_hex(hex);
    if (!bytes || bytes->size() != IdType::size) return std::nullopt;
    return IdType::from(*bytes);
}

}  // namespace samsyn
