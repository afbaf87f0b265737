#pragma once

#include "core/base/bytes.hpp"

#include <optional>

namespace samsyn {

/// The largest profile that `plain_profile` makes, in bytes: less than a JPEG segment holds.
inline constexpr std::size_t plain_profile_bytes_max = 32U * 1024;

/// An ICC profile made anew of the numbers alone that say what a picture's colours are: primaries,
/// curves, white. A phone's photo in Display P3 would be dull without them.
///
/// None of what names somebody or something: description, maker, model, serial number (a
/// screen's profile has that of the screen), copyright, time, identity, private tags. None at all
/// for a profile that is broken or works by large tables (scanners, printers), which can hide
/// anything; such a picture is shown as sRGB, close to what it was. Of what it made it makes the
/// same.
std::optional<Bytes> plain_profile(ByteView profile);

}  // namespace samsyn
