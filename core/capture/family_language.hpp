#pragma once

#include "core/model/schema.hpp"

#include <cstdint>

namespace samsyn {

/// In which language a page is written for a family.
enum class FamilyLanguage : std::uint8_t { swedish, english };

constexpr std::string_view in(FamilyLanguage language, const Words& words) {
    return language == FamilyLanguage::swedish ? words.sv : words.en;
}

}  // namespace samsyn
