#pragma once

// What an administrator writes into the sealed directory.

#include "core/base/codec.hpp"
#include "core/model/label.hpp"
#include "core/model/schema.hpp"

#include <string_view>

namespace samsyn {

inline constexpr std::size_t directory_name_bytes_max = 400;

/// True for what could move a cursor, hide a line or turn the direction of writing: C0, DEL, C1,
/// and the marks of Unicode's bidirectional algorithm (UAX #9). `text` is UTF-8.
inline bool has_control_characters(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = [&](std::size_t at) {
            return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
        };
        const unsigned first = byte(i);
        const unsigned second = byte(i + 1);
        const unsigned third = byte(i + 2);
        if (first < 0x20 || first == 0x7f || (first == 0xc2 && second < 0xa0)) return true;
        const bool marks = first == 0xe2 && second == 0x80 &&
                           ((third >= 0x8e && third <= 0x8f) || (third >= 0xa8 && third <= 0xae));
        const bool isolates = first == 0xe2 && second == 0x81 && third >= 0xa6 && third <= 0xa9;
        const bool arabic_mark = first == 0xd8 && second == 0x9c;
        if (marks || isolates || arabic_mark) return true;
    }
    return false;
}

/// Names are shown on terminals and screens of the whole federation. Errors: `invalid_argument`
/// with "name" for what is empty, too long, not UTF-8, or has control characters.
inline Result<void> check_directory_name(std::string_view name) {
    const bool good = !name.empty() && name.size() <= directory_name_bytes_max &&
                      is_utf8(as_bytes(name)) && !has_control_characters(name);
    if (!good) return fail(Errc::invalid_argument, "name");
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
