#pragma once

#include "core/base/ids.hpp"

namespace samsyn {

/// Ed25519 (RFC 8032, section 5.1) without labels: what `SigningKey` and `SodiumVerifier` stand on,
/// and what foreign test vectors check. Nobody else signs bytes without a domain.

/// `secret_key` is seed and public key, as libsodium keeps it.
Signature ed25519_sign(std::span<const std::byte, 64> secret_key, ByteView message);

/// False also for a key or a point of small order and for forms that are not canonical.
bool ed25519_verify(const SigningPublicKey& key, ByteView message, const Signature& signature);

/// False for a point of small order, in any of its encodings, or one not in canonical form.
bool x25519_is_sound(const SealingPublicKey& key);

}  // namespace samsyn
