#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace samsyn::text {

/// The bytes of the first grapheme cluster (extended, as in Unicode's UAX 29) of well-formed UTF-8
/// that is not empty and begins at the beginning of one.
std::size_t first_grapheme(std::string_view utf8);

/// The greatest place at most `position`, and the least at least `position`, that is inside no
/// grapheme cluster. Positions in code points, at most those of the text.
std::uint32_t grapheme_floor(std::string_view utf8, std::uint32_t position);
std::uint32_t grapheme_ceiling(std::string_view utf8, std::uint32_t position);

}  // namespace samsyn::text
