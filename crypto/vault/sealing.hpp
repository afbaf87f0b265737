#pragma once

#include "core/base/codec.hpp"
#include "core/base/domain.hpp"
#include "core/base/secret.hpp"
#include "crypto/keys/secret.hpp"

#include <initializer_list>

namespace samsyn {

// The primitives of this room under their labels; for its own files only.

/// `BLAKE2b-256(label ‖ parts)`, of secrets of fixed sizes, into locked memory.
Secret<32> derive(Domain domain, std::initializer_list<ByteView> parts);

inline constexpr std::size_t sealed_overhead = 24 + 16;

/// XChaCha20-Poly1305 under a fresh random nonce: nonce, ciphertext, tag. `data` is authenticated
/// and not contained; it begins with `domain`'s label.
Bytes seal(const Secret<32>& key, Domain domain, ByteView data, ByteView plain);

/// False where it does not authenticate; `plain` then holds zeroes. `plain` has exactly
/// `sealed_overhead` bytes less than `sealed`.
[[nodiscard]] bool unseal(const Secret<32>& key,
                          Domain domain,
                          ByteView data,
                          ByteView sealed,
                          std::span<std::byte> plain);

inline constexpr std::size_t share_box_size = 112;

/// `crypto_box_seal` of a context hash and 32 bytes: a sealed box has neither associated data nor a
/// sender, so the context is inside. Errors: `weak_key`.
Result<std::array<std::byte, share_box_size>> seal_box(const SealingPublicKey& recipient,
                                                       const Hash& context,
                                                       const Secret<32>& share);

/// Errors: `not_authentic` where it was sealed for another key or context, or changed.
Result<Secret<32>> open_box(const Secret<32>& secret, ByteView box, const Hash& context);

/// The public key that belongs to a sealing secret.
SealingPublicKey sealing_public_key(const Secret<32>& secret);

/// Random bytes that are no secret.
template <class IdType>
IdType fresh_id() {
    return IdType::from(Secret<32>::random().expose().template first<IdType::size>());
}

/// Bytes that are wiped before they are freed. Never grows.
class WipedBytes {
public:
    explicit WipedBytes(std::size_t size) : bytes_(size) {}

    /// Takes what a writer that had reserved its room has written.
    explicit WipedBytes(Writer&& writer) : bytes_(std::move(writer).take()) {}

    ~WipedBytes() { wipe(bytes_); }

    WipedBytes(const WipedBytes&) = delete;
    WipedBytes& operator=(const WipedBytes&) = delete;

    ByteView view() const { return bytes_; }

    std::span<std::byte> fill() { return bytes_; }

private:
    Bytes bytes_;
};

}  // namespace samsyn
