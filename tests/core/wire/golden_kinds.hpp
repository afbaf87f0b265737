#pragma once

#include "core/wire/statement_bodies.hpp"

#include <string>
#include <vector>

namespace samsyn::test {

/// One body of each kind with its bytes, written by hand from docs/PROTOCOL.md: "11*16" is sixteen
/// bytes 0x11. They never change: somewhere such a statement is signed.
struct GoldenKind {
    std::uint16_t kind = 0;
    std::string_view name;
    StatementBody body;
    std::string_view bytes;
};

template <class IdType>
IdType filled(int byte) {
    IdType id;
    id.bytes.fill(static_cast<std::byte>(byte));
    return id;
}

/// Every kind, in the order of their numbers.
std::vector<GoldenKind> golden_kinds();

/// The bytes of a notation as above. Aborts the test where it is none.
Bytes bytes_of(std::string_view notation);

}  // namespace samsyn::test
