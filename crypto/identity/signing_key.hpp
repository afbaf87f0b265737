#pragma once

#include "core/base/ports.hpp"
#include "crypto/keys/secret.hpp"

namespace samsyn {

/// An Ed25519 key pair (RFC 8032) that signs under a domain's label. Move-only. Not thread-safe.
class SigningKey final : public Signer {
public:
    static constexpr std::size_t seed_size = 32;

    static SigningKey generate();
    static SigningKey from_seed(std::span<const std::byte, seed_size> seed);

    const SigningPublicKey& public_key() const override { return public_key_; }

    Signature sign(Domain domain, ByteView message) override;

    /// The seed, to be stored where keys are stored and nowhere else.
    std::span<const std::byte, seed_size> seed() const { return seed_.expose(); }

private:
    SigningKey(SigningPublicKey public_key, Secret<seed_size> seed, Secret<64> secret_key);

    SigningPublicKey public_key_;
    Secret<seed_size> seed_;
    Secret<64> secret_key_;
};

/// Ed25519 verification as libsodium does it: canonical encodings only, no small-order keys.
/// Thread-safe.
class SodiumVerifier final : public Verifier {
public:
    bool verify(const SigningPublicKey& key,
                Domain domain,
                ByteView message,
                const Signature& signature) const override;
    bool can_seal_to(const SealingPublicKey& key) const override;
};

/// The id that belongs to a signing key, and to no other.
DeviceId device_id_of(const SigningPublicKey& key, const Hasher& hasher);

}  // namespace samsyn
