#pragma once

#include "core/base/bytes.hpp"

#include <optional>

namespace samsyn {

// The primitives without labels: what `SodiumSealer` stands on, and what foreign test vectors
// check.

inline constexpr std::size_t aead_key_size = 32;
inline constexpr std::size_t aead_nonce_size = 24;
inline constexpr std::size_t aead_tag_size = 16;

/// XChaCha20-Poly1305-IETF (draft-irtf-cfrg-xchacha-03): ciphertext, then the tag. A nonce must
/// never be used twice with one key; 24 random bytes do that.
Bytes aead_seal(std::span<const std::byte, aead_key_size> key,
                std::span<const std::byte, aead_nonce_size> nonce,
                ByteView data,
                ByteView plaintext);

/// None where anything was changed.
std::optional<Bytes> aead_open(std::span<const std::byte, aead_key_size> key,
                               std::span<const std::byte, aead_nonce_size> nonce,
                               ByteView data,
                               ByteView sealed);

/// X25519 (RFC 7748, section 5). None where the result is zero: the point is of small order.
std::optional<std::array<std::byte, 32>> x25519(std::span<const std::byte, 32> scalar,
                                                std::span<const std::byte, 32> point);

}  // namespace samsyn
