#pragma once

#include "core/base/bytes.hpp"

#include <cstdint>

namespace samsyn {

/// How a picture is to be turned, as Exif counts it; 1 is not at all.
using Orientation = std::uint8_t;
inline constexpr Orientation upright = 1;

/// The orientation that an Exif block (from its byte order on) names, 1 to 8; `upright` where it
/// names none or is broken.
Orientation orientation_of(ByteView exif);

/// An Exif block that has the orientation and nothing else.
Bytes orientation_exif(Orientation orientation);

}  // namespace samsyn
