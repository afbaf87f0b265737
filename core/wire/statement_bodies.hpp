#pragma once

#include "core/base/codec.hpp"
#include "core/policy/statement.hpp"

namespace samsyn {

// The bodies of statements, kind by kind. Private to core/wire.

inline constexpr std::size_t pin_gaps_max = 256;
inline constexpr std::size_t custody_guardians_max = 8;

Bytes encode_body(const StatementBody& body);

/// A kind that is not in the table becomes `Unknown` with the bytes as they are.
/// Errors: `truncated`, `malformed`, `limit_exceeded`, `trailing_bytes`.
Result<StatementBody> decode_body(std::uint16_t kind, ByteView bytes);

/// Sorts the lists that a decoder wants sorted.
void normalise(StatementBody& body);

}  // namespace samsyn
