#pragma once

#include "core/model/change.hpp"
#include "core/wire/packet.hpp"

namespace samsyn {

inline constexpr std::size_t batch_items_max = 1024;
inline constexpr std::size_t batch_bytes_max = 64 * 1024;  ///< a whole batch on the wire
inline constexpr std::size_t sealed_body_bytes_max = 40 * 1024;
inline constexpr std::size_t unpacked_body_bytes_max = 4 * sealed_body_bytes_max;

/// One change in a batch: clear header, sealed body. A pruned one is only its digest.
struct BatchItem {
    struct Full {
        ChangeHeader header;
        Bytes sealed;  ///< nonce and ciphertext of the values
        friend bool operator==(const Full&, const Full&) = default;
    };

    std::variant<Full, Hash> content;  ///< `Hash`: the leaf's digest, where the server pruned it
    friend bool operator==(const BatchItem&, const BatchItem&) = default;
};

/// What a device says about one compartment (security.md, section 2, "Batch"): one signature over
/// the root of a hash tree of its items, so that single items can be pruned later.
struct BatchHeader {
    FederationId federation;
    CompartmentId compartment;
    EpochId epoch;
    DeviceId author;
    std::uint64_t counter = 0;   ///< device-wide, shared with statements and packets; never reused
    std::uint64_t sequence = 0;  ///< within device and compartment, from 1
    BatchId previous;            ///< the batch before it in that sequence, none at 1
    std::optional<BatchId> replaces;  ///< a refused batch that this one re-seals
    std::vector<StreamHeads> heads;   ///< sorted by stream, each once
    std::uint64_t log_size = 0;       ///< the newest log checkpoint seen
    Hash log_root;
    HybridTime time;  ///< when it was sealed
    bool restatement = false;
    friend bool operator==(const BatchHeader&, const BatchHeader&) = default;
};

struct Batch {
    BatchHeader header;
    Hash items_root;
    std::uint16_t item_count = 0;
    std::vector<BatchItem> items;
    Signature signature;

    BatchId id;  ///< computed: hash of the signed part
};

/// Header, items' root and count: what is signed.
Bytes encode_signed_part(const Batch& batch);

/// What an item's sealed body is bound to, and its key derived from: label, federation,
/// compartment, epoch, author, counter, whether it is a restatement, and the item's clear header.
Bytes item_aad(const BatchHeader& batch, const ChangeHeader& change);

/// The digest of one item: leaf of the tree (RFC 9162, section 2.1, with our labels).
Hash item_digest(const BatchItem& item, const Hasher& hasher);

/// Root over leaf digests, as in RFC 9162 section 2.1.1. Of none: the leaf hash of nothing.
Hash tree_root(std::span<const Hash> leaves, const Hasher& hasher);

/// Sorts the heads, computes root and count from the items, signs, fills `id`. At most
/// `batch_items_max` items.
void sign_batch(Batch& batch, Signer& signer, const Hasher& hasher);
bool verify_batch(const Batch& batch, const SigningPublicKey& author_key, const Verifier& verifier);

Bytes encode_batch(const Batch& batch);

/// Parses, and checks that the items hash to `items_root`. Errors: `truncated`, `malformed`,
/// `limit_exceeded`, `trailing_bytes`, `not_authentic` for a wrong root. The signature is *not*
/// checked.
Result<Batch> decode_batch(ByteView bytes, const Hasher& hasher);

}  // namespace samsyn
