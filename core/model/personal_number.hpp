#pragma once

#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace samsyn {

/// A Swedish personal number or coordination number in its one stored form, "20170305-1234".
///
/// Takes "YYYYMMDD-NNNN" and "YYYYMMDDNNNN". The last digit is checked (Luhn over the ten digits
/// from the year of the decade on). A coordination number has 60 added to its day, and may have
/// month 00 or day 60 where the birth date is not known in full. Years 1800 to 2199.
/// See: folkbokföringslag (1991:481), section 18; lag (2022:1697) om samordningsnummer.
///
/// Errors: `invalid_argument`; the context never quotes the number.
Result<std::string> personal_number_from_text(std::string_view text);

/// True for the stored form of a valid number, and for nothing else.
bool is_personal_number(std::string_view text);

}  // namespace samsyn
