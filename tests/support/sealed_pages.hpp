#pragma once

#include "crypto/at_rest/page_cipher.hpp"
#include "crypto/keys/sodium.hpp"

namespace samsyn {

/// The production cipher under a fixed key, for databases of tests. `number` makes it another key,
/// `file` another file under it.
inline SodiumPageCipher test_pages(unsigned char number = 1, unsigned char file = 1) {
    SAMSYN_ASSERT(start_sodium().has_value());
    std::array<std::byte, 32> key{};
    key.fill(std::byte{number});
    DatabaseFileId id;
    id.bytes.fill(std::byte{file});
    return {Secret<32>::from(key), id};
}

}  // namespace samsyn
