#pragma once

#include "core/model/schema.hpp"

#include <cstdint>

namespace samsyn {

/// In which language a page is written for a family.
enum class PageLanguage : std::uint8_t { swedish, english };

constexpr std::string_view in(PageLanguage language, const Words& words) {
    return language == PageLanguage::swedish ? words.sv : words.en;
}

}  // namespace samsyn
