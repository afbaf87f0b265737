#pragma once

#include "core/attachment/image_cleaning.hpp"
#include "tests/support/catch.hpp"

#include <string>

namespace samsyn {

/// The error of a file that is to be refused, as its log line.
inline std::string refusal(ByteView file) {
    const auto cleaned = clean_image(file);
    return cleaned ? "none"
                   : std::string{name_of(cleaned.error().code)} + ": " + cleaned.error().context;
}

/// The bytes of a file that is to be cleaned.
inline Bytes cleaned_bytes(ByteView file) {
    const auto cleaned = clean_image(file);
    REQUIRE(cleaned);
    REQUIRE(*cleaned);
    return (*cleaned)->bytes;
}

}  // namespace samsyn
