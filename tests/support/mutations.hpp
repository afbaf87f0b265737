#pragma once

#include "core/base/bytes.hpp"

namespace samsyn {

// What a hostile or broken link does to bytes.

/// Calls `check(prefix)` for each proper prefix.
template <class Check>
void for_each_prefix(ByteView whole, Check check) {
    for (std::size_t size = 0; size < whole.size(); ++size) check(whole.first(size));
}

/// Calls `check(changed)` with each byte changed in turn, in its lowest and its highest bit.
template <class Check>
void for_each_flip(ByteView whole, Check check) {
    Bytes changed = to_bytes(whole);
    for (std::byte& b : changed) {
        for (const std::byte bit : {std::byte{0x01}, std::byte{0x80}}) {
            b ^= bit;
            check(ByteView{changed});
            b ^= bit;
        }
    }
}

}  // namespace samsyn
