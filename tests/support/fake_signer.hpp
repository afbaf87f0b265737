#pragma once

#include "tests/support/fake_hasher.hpp"

namespace samsyn {

/// What a fake signature is: the hash of key, domain and message, twice.
inline Signature fake_signature(const SigningPublicKey& key, Domain domain, ByteView message) {
    const Hash hash = FakeHasher{}.hash(domain, {key.view(), message});
    Signature signature;
    for (std::size_t i = 0; i < Signature::size; ++i)
        signature.bytes[i] = hash.bytes[i % Hash::size];
    return signature;
}

/// Signs as anybody; anybody could forge it. One key for each seed.
class FakeSigner final : public Signer {
public:
    explicit FakeSigner(std::uint64_t seed) {
        std::array<std::byte, 8> bytes{};
        std::memcpy(bytes.data(), &seed, bytes.size());
        key_ = hash_to<SigningPublicKey>(FakeHasher{}, Domain::device_id, {bytes});
    }

    const SigningPublicKey& public_key() const override { return key_; }

    Signature sign(Domain domain, ByteView message) override {
        return fake_signature(key_, domain, message);
    }

private:
    SigningPublicKey key_;
};

class FakeVerifier final : public Verifier {
public:
    bool verify(const SigningPublicKey& key,
                Domain domain,
                ByteView message,
                const Signature& signature) const override {
        return signature == fake_signature(key, domain, message);
    }

    /// All zero stands for a key of small order.
    bool can_seal_to(const SealingPublicKey& key) const override { return !key.is_none(); }
};

}  // namespace samsyn
