#pragma once

#include "core/base/ports.hpp"
#include "crypto/keys/secret.hpp"

namespace samsyn {

/// An X25519 key pair to which keys are sealed. Move-only.
class SealingKey {
public:
    static constexpr std::size_t secret_size = 32;

    static SealingKey generate();
    static SealingKey from_secret(std::span<const std::byte, secret_size> secret);

    const SealingPublicKey& public_key() const { return public_key_; }

    std::span<const std::byte, secret_size> secret() const { return secret_.expose(); }

private:
    SealingKey(SealingPublicKey public_key, Secret<secret_size> secret);

    SealingPublicKey public_key_;
    Secret<secret_size> secret_;
};

/// Seals and opens content with libsodium (security.md, section 2): `crypto_box_seal` for keys;
/// keyed BLAKE2b, zstd, PADMÉ and XChaCha20-Poly1305 for items. Devices only. Not thread-safe.
class SodiumSealer final : public Sealer {
public:
    /// `key`: this device's; older ones to open what was sealed before a rotation come later.
    explicit SodiumSealer(SealingKey key);
    ~SodiumSealer() override;

    ContentKey random_key() override;
    Hash check_value(const ContentKey& key,
                     const CompartmentId& compartment,
                     const Nonce& nonce) override;
    Result<Bytes> seal_key(const SealingPublicKey& recipient,
                           const Hash& context,
                           const ContentKey& key) override;
    Result<ContentKey> open_key(ByteView box, const Hash& context) override;
    Bytes seal_item(const ContentKey& key, ByteView header, ByteView body) override;
    Result<Bytes> open_item(const ContentKey& key,
                            ByteView header,
                            ByteView sealed,
                            std::size_t body_size_max) override;
    Bytes seal_chunk(const ContentKey& key,
                     std::uint64_t number,
                     bool last,
                     ByteView plain) override;
    Result<Bytes> open_chunk(const ContentKey& key,
                             std::uint64_t number,
                             bool last,
                             ByteView sealed) override;

    const SealingPublicKey& public_key() const { return key_.public_key(); }

private:
    SealingKey key_;
};

}  // namespace samsyn
