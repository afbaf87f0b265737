#pragma once

#include "core/base/domain.hpp"
#include "core/base/ids.hpp"
#include "core/base/secret.hpp"
#include "core/base/time.hpp"

#include <initializer_list>
#include <span>

namespace samsyn {

// The core's doors to the world. `crypto` and the shells implement them; tests bring their own.

/// Where the core gets time. One per process; tests pass a clock they move by hand.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
};

/// Where the core gets bytes that no peer can guess. Production passes libsodium's.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> target) = 0;
};

/// A fresh random id.
template <class IdType>
IdType random_id(Random& random) {
    IdType id;
    random.fill(id.bytes);
    return id;
}

/// A collision-resistant hash (BLAKE2b-256). Thread-safe.
class Hasher {
public:
    virtual ~Hasher() = default;

    /// The hash of the domain's label and the parts, one after the other. Parts are *not*
    /// delimited: the caller passes an encoding in which they are.
    virtual Hash hash(Domain domain, std::initializer_list<ByteView> parts) const = 0;
};

template <class IdType>
IdType hash_to(const Hasher& hasher, Domain domain, std::initializer_list<ByteView> parts) {
    const Hash hash = hasher.hash(domain, parts);
    return IdType::from(hash.view().first(IdType::size));
}

/// Checks Ed25519 signatures (RFC 8032), refusing small-order keys and non-canonical forms.
/// Thread-safe.
class Verifier {
public:
    virtual ~Verifier() = default;
    virtual bool verify(const SigningPublicKey& key,
                        Domain domain,
                        ByteView message,
                        const Signature& signature) const = 0;

    /// False for a sealing key of small order: nothing could be sealed to it safely.
    virtual bool can_seal_to(const SealingPublicKey& key) const = 0;
};

/// Signs as one device or server. Not thread-safe.
class Signer {
public:
    virtual ~Signer() = default;
    virtual const SigningPublicKey& public_key() const = 0;
    virtual Signature sign(Domain domain, ByteView message) = 0;
};

/// Seals and opens content (security.md, section 2, "Key packet" and "Item key"). Lives on devices
/// only: the server links no implementation. Not thread-safe.
class Sealer {
public:
    virtual ~Sealer() = default;

    virtual ContentKey random_key() = 0;

    /// `BLAKE2b(key = EK, packet_check ‖ compartment ‖ nonce)`: XChaCha20-Poly1305 does not commit
    /// to its key, so the signed packet does.
    virtual Hash check_value(const ContentKey& key,
                             const CompartmentId& compartment,
                             const Nonce& nonce) = 0;

    /// A sealed box that only the holder of `recipient`'s private key opens; `context` is inside.
    /// Errors: `weak_key`.
    virtual Result<Bytes> seal_key(const SealingPublicKey& recipient,
                                   const Hash& context,
                                   const ContentKey& key) = 0;

    /// Opens a box sealed for this device. Errors: `not_authentic` where it was sealed for another,
    /// was changed, or holds another context.
    virtual Result<ContentKey> open_key(ByteView box, const Hash& context) = 0;

    /// Compresses, pads (PADMÉ, floor 32 bytes) and seals `body` under a key derived from `key` and
    /// `header`, which is authenticated and not contained. Adds a random nonce.
    virtual Bytes seal_item(const ContentKey& key, ByteView header, ByteView body) = 0;

    /// Errors: `not_authentic`; `limit_exceeded` where the body would unpack to more than
    /// `body_size_max` bytes.
    virtual Result<Bytes> open_item(const ContentKey& key,
                                    ByteView header,
                                    ByteView sealed,
                                    std::size_t body_size_max) = 0;

    /// Seals chunk `number` of an attached file under the file's own key, which seals one file,
    /// once (STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015: the nonce is number and
    /// `last`). The result is `chunk_tag_size` bytes longer.
    virtual Bytes seal_chunk(const ContentKey& key,
                             std::uint64_t number,
                             bool last,
                             ByteView plain) = 0;

    /// Errors: `not_authentic` where it is not what was sealed at this place.
    virtual Result<Bytes> open_chunk(const ContentKey& key,
                                     std::uint64_t number,
                                     bool last,
                                     ByteView sealed) = 0;

    static constexpr std::size_t chunk_tag_size = 16;
};

/// What a sealed piece of a database file is, so that one never opens as another.
enum class PageClass : std::uint8_t { page = 1, wal_header, wal_frame, wal_page, page_table };

/// Where a sealed piece belongs: authenticated with it, not stored in it.
struct PagePlace {
    PageClass page_class{};
    std::uint64_t generation = 0;  ///< of the write-ahead log; 0 in the database itself
    std::uint64_t number = 0;      ///< page number, from 1; for the log the number of its frame
};

/// Seals and opens the pieces of one database and its write-ahead log (security.md, section 3). One
/// object belongs to one database: key and file id are inside. Not thread-safe.
class PageCipher {
public:
    static constexpr std::size_t nonce_size = 24;
    static constexpr std::size_t tag_size = 16;
    static constexpr std::size_t overhead = nonce_size + tag_size;

    virtual ~PageCipher() = default;

    /// Under a fresh random nonce. `sealed` has `overhead` bytes more than `plain`: ciphertext,
    /// nonce, tag. They must not overlap.
    virtual void seal(const PagePlace& place, ByteView plain, std::span<std::byte> sealed) = 0;

    /// False where it is not what was sealed for this place; `plain` then holds zeroes.
    [[nodiscard]] virtual bool open(const PagePlace& place,
                                    ByteView sealed,
                                    std::span<std::byte> plain) = 0;
};

}  // namespace samsyn
