#pragma once

#include <cstddef>

namespace samsyn {

// libsodium speaks `unsigned char`, we speak `std::byte`. For crypto's own files.

inline unsigned char* raw(std::byte* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}

inline const unsigned char* raw(const std::byte* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}

}  // namespace samsyn
