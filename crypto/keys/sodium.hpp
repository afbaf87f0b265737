#pragma once

#include "core/base/ports.hpp"

namespace samsyn {

/// Starts libsodium; call once in `main` before anything else of this part. Errors:
/// `system_failed`.
Result<void> start_sodium();

/// libsodium's random bytes. Thread-safe.
class SodiumRandom final : public Random {
public:
    void fill(std::span<std::byte> target) override;
};

/// BLAKE2b-256 (RFC 7693) over the domain's label and the parts. Thread-safe.
class SodiumHasher final : public Hasher {
public:
    Hash hash(Domain domain, std::initializer_list<ByteView> parts) const override;
};

}  // namespace samsyn
