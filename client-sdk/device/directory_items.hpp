#pragma once

// What an administrator writes into the sealed directory.

#include "core/base/codec.hpp"
#include "core/model/label.hpp"
#include "core/model/schema.hpp"

#include <string_view>

namespace samsyn {

inline constexpr std::size_t directory_name_bytes_max = 400;

/// Errors: `invalid_argument` with "name" for what is empty, too long or not UTF-8.
inline Result<void> check_directory_name(std::string_view name) {
    if (name.empty() || name.size() > directory_name_bytes_max || !is_utf8(as_bytes(name)))
        return fail(Errc::invalid_argument, "name");
    return {};
}

/// Of the names that belong to a unit.
inline Label directory_label(const UnitRef& unit) {
    return {.subjects = {},
            .disclosing = unit,
            .category = Category::directory,
            .sensitivity = usual_sensitivity(Category::directory),
            .closed = {}};
}

}  // namespace samsyn
