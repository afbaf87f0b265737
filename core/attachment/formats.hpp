#pragma once

#include "core/base/bytes.hpp"

#include <cstddef>
#include <cstdint>

namespace samsyn {

// One cleaner a format: what `clean_image` says of it, for at most `image_bytes_max` bytes.

Result<Bytes> clean_jpeg(ByteView file);
Result<Bytes> clean_png(ByteView file);
Result<Bytes> clean_webp(ByteView file);
Result<Bytes> clean_gif(ByteView file);

/// At most four bytes as a number, least byte first.
inline std::uint32_t little_endian(ByteView bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i)
        value = value << 8 | std::to_integer<std::uint32_t>(bytes[i - 1]);
    return value;
}

inline void append(Bytes& target, ByteView source) {
    target.insert(target.end(), source.begin(), source.end());
}

}  // namespace samsyn
