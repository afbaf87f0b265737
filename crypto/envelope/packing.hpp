#pragma once

#include "core/base/bytes.hpp"

namespace samsyn {

/// The size to which a body of `size` bytes is padded: PADMÉ (Nikitin et al., "Reducing Metadata
/// Leakage from Encrypted Files and Communication with PURBs", PoPETs 2019, section 4.5), at least
/// 32. Leaks O(log log size) bits and adds at most 12 %.
std::size_t padded_size(std::size_t size);

/// A body made ready to be sealed: how 1 (0 as it is, 1 zstd) · size of what follows 4 · that,
/// compressed where it helps · zeros up to the padded size. Other values of "how" are for trained
/// dictionaries.
Bytes pack(ByteView body);

/// Undoes `pack`. Errors: `not_authentic` where the format is broken (only a holder of the key
/// could have sealed that); `update_needed` for a "how" of later versions; `limit_exceeded` where
/// the body is longer than `body_size_max`, found out before it is unpacked.
Result<Bytes> unpack(ByteView packed, std::size_t body_size_max);

}  // namespace samsyn
