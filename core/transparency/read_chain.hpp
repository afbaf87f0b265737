#pragma once

#include "core/base/codec.hpp"
#include "core/base/ports.hpp"

#include <vector>

namespace samsyn {

/// What a person did with content, as the device logs it before it shows anything.
enum class ReadAction : std::uint8_t {
    item_opened,
    list_shown,  ///< items of a case, the hits of a search: one entry names all of them
    emergency_opened,
    printed,
    copied,
    removed,  ///< no read: a recalled item has left this device
    last = removed
};

inline constexpr std::size_t read_parts_max = 64;
inline constexpr std::size_t read_items_max = 256;    ///< in one entry; a longer list takes several
inline constexpr std::size_t read_segment_max = 256;  ///< entries that travel together
inline constexpr std::size_t read_segment_bytes_max = 64 * 1024;

/// One read. Every entry names the one before it by its hash, so that none can be left out, changed
/// or put elsewhere without its showing (security.md, "Access log"). Holds ids and instants only.
struct ReadEntry {
    /// What was shown of one compartment.
    struct Part {
        CompartmentId compartment;
        std::vector<ItemId> items;  ///< sorted, at least one
        friend bool operator==(const Part&, const Part&) = default;
    };

    std::uint64_t sequence = 0;  ///< within the device, from 1
    Hash previous;               ///< of the entry before it; none at 1
    Instant device_time;         ///< as the device's clock said
    Instant signed_time;         ///< the newest signed server time that it held; 1970 for none
    ReadAction action{};
    CaseId case_id;
    std::vector<Part> parts;  ///< sorted by compartment, at least one
    friend bool operator==(const ReadEntry&, const ReadEntry&) = default;
};

/// Layout: sequence 8 · previous 32 · device time 8 · signed time 8 · action 1 · case 16 · parts
/// (count 2 · for each: compartment 32 · items (count 2 · ids 16)).
Bytes encode_read_entry(const ReadEntry& entry);

/// Errors: `truncated`, `malformed` (an order that is not the one above too), `limit_exceeded`,
/// `trailing_bytes`.
Result<ReadEntry> decode_read_entry(ByteView bytes);

/// What the next entry calls `previous`: under `read_chain`, as the signature below, which is no
/// hash.
Hash read_entry_hash(ByteView encoded_entry, const Hasher& hasher);

/// Consecutive entries of one device's chain, signed over the hash of the last, which stands for
/// all before it: nobody can add to another device's chain, the server neither.
struct ReadSegment {
    FederationId federation;
    DeviceId device;
    std::vector<Bytes> entries;  ///< encoded; at least one
    Signature signature;
};

/// Signs under `read_chain`: federation 32 · device 16 · sequence of the last 8 · its hash 32.
void sign_read_segment(ReadSegment& segment, Signer& signer, const Hasher& hasher);

/// Layout: federation 32 · device 16 · entries (count 2 · blobs) · signature 64.
Bytes encode_read_segment(const ReadSegment& segment);

/// A segment whose entries are one chain.
struct CheckedReads {
    ReadSegment segment;
    std::vector<ReadEntry> entries;
    std::vector<Hash> hashes;  ///< of the entries
};

/// Parses, and checks that each entry follows the one before it. Errors: those of
/// `decode_read_entry`; `missing_parent` where an entry does not follow. The signature is not
/// checked.
Result<CheckedReads> decode_read_segment(ByteView bytes, const Hasher& hasher);
bool verify_read_segment(const CheckedReads& reads,
                         const SigningPublicKey& device_key,
                         const Verifier& verifier);

}  // namespace samsyn
