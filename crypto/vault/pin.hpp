#pragma once

#include "core/base/result.hpp"

#include <string_view>

namespace samsyn {

inline constexpr std::size_t pin_digits_min = 6;
inline constexpr std::size_t pin_digits_max = 12;

/// Whether this can be a PIN at all: 6 to 12 digits. Errors: `invalid_argument`, which says what a
/// PIN is and not what was typed.
Result<void> check_pin_form(std::string_view pin);

/// Whether this may become a PIN: also not one of those that everybody tries first (one digit
/// repeated, 123456 and 654321 from any digit on, a short group repeated as in 121212, 112233,
/// 123321 and the like). Errors: `invalid_argument`.
Result<void> check_new_pin(std::string_view pin);

}  // namespace samsyn
