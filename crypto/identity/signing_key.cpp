#include "crypto/identity/signing_key.hpp"

#include "crypto/identity/ed25519.hpp"
#include "crypto/keys/raw.hpp"

#include <sodium.h>

#include <algorithm>

namespace samsyn {

namespace {

/// Label and message in one piece. Plain Ed25519, not its prehashed form, so that any
/// implementation of RFC 8032 can check ours.
Bytes labelled(Domain domain, ByteView message) {
    const ByteView label = as_bytes(label_of(domain));
    Bytes bytes(label.size() + message.size());
    std::ranges::copy(label, bytes.begin());
    std::ranges::copy(message, bytes.begin() + domain_label_size);
    return bytes;
}

}  // namespace

Signature ed25519_sign(std::span<const std::byte, 64> secret_key, ByteView message) {
    static_assert(crypto_sign_SECRETKEYBYTES == 64 && crypto_sign_BYTES == Signature::size);
    Signature signature;
    const int failed = crypto_sign_detached(raw(signature.bytes.data()),
                                            nullptr,
                                            raw(message.data()),
                                            message.size(),
                                            raw(secret_key.data()));
    SAMSYN_ASSERT(failed == 0);
    return signature;
}

bool ed25519_verify(const SigningPublicKey& key, ByteView message, const Signature& signature) {
    // libsodium refuses S not below the group order, R and key of small order, and a key that is
    // not canonical.
    return crypto_sign_verify_detached(raw(signature.bytes.data()),
                                       raw(message.data()),
                                       message.size(),
                                       raw(key.bytes.data())) == 0;
}

bool x25519_is_sound(const SealingPublicKey& key) {
    // Multiplying by any clamped scalar gives zero exactly for the points of small order, which
    // libsodium reports.
    static constexpr std::array<unsigned char, crypto_scalarmult_SCALARBYTES> any_scalar{1};
    std::array<unsigned char, crypto_scalarmult_BYTES> shared{};
    if (crypto_scalarmult(shared.data(), any_scalar.data(), raw(key.bytes.data())) != 0)
        return false;

    // Canonical: little-endian, below 2^255 - 19.
    const auto byte_at = [&](std::size_t i) { return std::to_integer<unsigned>(key.bytes[i]); };
    if (byte_at(31) > 0x7f) return false;
    if (byte_at(31) < 0x7f) return true;
    for (std::size_t i = 30; i > 0; --i)
        if (byte_at(i) < 0xff) return true;
    return byte_at(0) < 0xed;
}

SigningKey::SigningKey(SigningPublicKey public_key, Secret<seed_size> seed, Secret<64> secret_key)
    : public_key_(public_key),
      seed_(std::move(seed)),
      secret_key_(std::move(secret_key)) {}

SigningKey SigningKey::generate() {
    const auto seed = Secret<seed_size>::random();
    return from_seed(seed.expose());
}

SigningKey SigningKey::from_seed(std::span<const std::byte, seed_size> seed) {
    static_assert(crypto_sign_SEEDBYTES == seed_size);
    SigningPublicKey public_key;
    auto secret_key = Secret<64>::random();
    const int failed = crypto_sign_seed_keypair(
        raw(public_key.bytes.data()), raw(secret_key.fill().data()), raw(seed.data()));
    SAMSYN_ASSERT(failed == 0);
    return {public_key, Secret<seed_size>::from(seed), std::move(secret_key)};
}

Signature SigningKey::sign(Domain domain, ByteView message) {
    return ed25519_sign(secret_key_.expose(), labelled(domain, message));
}

bool SodiumVerifier::verify(const SigningPublicKey& key,
                            Domain domain,
                            ByteView message,
                            const Signature& signature) const {
    return ed25519_verify(key, labelled(domain, message), signature);
}

bool SodiumVerifier::can_seal_to(const SealingPublicKey& key) const {
    return x25519_is_sound(key);
}

DeviceId device_id_of(const SigningPublicKey& key, const Hasher& hasher) {
    return hash_to<DeviceId>(hasher, Domain::device_id, {key.view()});
}

}  // namespace samsyn
