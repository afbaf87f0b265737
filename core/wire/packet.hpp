#pragma once

#include "core/base/ports.hpp"
#include "core/model/label.hpp"
#include "core/policy/statement.hpp"

namespace samsyn {

/// The newest statements of one stream that the author of a packet or batch knew.
struct StreamHeads {
    Stream stream;
    std::vector<StatementId> heads;  ///< sorted, at most 16
    friend bool operator==(const StreamHeads&, const StreamHeads&) = default;
};

inline constexpr std::size_t packet_recipients_max = 300;
inline constexpr std::size_t packet_streams_max = 64;
inline constexpr std::size_t packet_bytes_max = 64 * 1024;  ///< packet or supplement on the wire
inline constexpr std::size_t sealed_key_size =
    112;  ///< sealed box (48) of context (32) and key (32)

/// The epoch key, sealed for one device. `sealing_epoch` says which of its sealing keys.
struct SealedKey {
    DeviceId device;
    std::uint32_t sealing_epoch = 0;
    Bytes box;
    friend bool operator==(const SealedKey&, const SealedKey&) = default;
};

enum class PacketReason : std::uint8_t { first, newcomer, denial, age, full, last = full };

/// Starts an epoch of a compartment (DESIGN.md, "Keys"). Valid for ever if its recipients equal
/// `permitted_devices` at exactly the named heads, statute table and instant.
struct KeyPacket {
    FederationId federation;
    CaseId case_id;
    Label label;
    CompartmentId compartment;
    Nonce nonce;
    Hash check;                      ///< of the key: which key it is, without saying it
    std::vector<StreamHeads> heads;  ///< sorted by stream, each once
    std::uint32_t statute_version = 0;
    Instant instant;
    PacketReason reason{};
    DeviceId author;
    std::uint64_t counter = 0;  ///< the author's device-wide counter
    std::uint16_t part = 0;     ///< directory packets are cut into parts of at most 300 recipients
    std::uint16_t part_count = 1;
    std::vector<SealedKey> keys;  ///< sorted by device
    std::optional<Bytes> recovery_box;

    EpochId id;  ///< computed
    Signature signature;
};

/// What is signed, in the order of the members, up to and including `recovery_box`.
Bytes encode_signed_part(const KeyPacket& packet);
Bytes encode_packet(const KeyPacket& packet);

/// Parses and computes `id`; the signature is *not* checked. Errors: as `decode_statement`;
/// `malformed` too where `compartment` is not the hash of case and label, recipients are not sorted
/// and distinct, or a box has the wrong size.
Result<KeyPacket> decode_packet(ByteView bytes, const Hasher& hasher);

/// What each sealed box is bound to.
Hash packet_context(const KeyPacket& packet,
                    const DeviceId& recipient,
                    std::uint32_t sealing_epoch,
                    const Hasher& hasher);

/// Sorts the lists that the encoding wants sorted, and signs; fills `signature` and `id`.
void sign_packet(KeyPacket& packet, Signer& signer, const Hasher& hasher);
bool verify_packet(const KeyPacket& packet,
                   const SigningPublicKey& author_key,
                   const Verifier& verifier);

/// Seals keys of *earlier* epochs for somebody who may read history, or for the own unit's new
/// devices.
struct Supplement {
    FederationId federation;
    CompartmentId compartment;
    DeviceId author;
    std::uint64_t counter = 0;
    DeviceId recipient;
    std::uint32_t sealing_epoch = 0;

    struct OldKey {
        EpochId epoch;
        Bytes box;
        friend bool operator==(const OldKey&, const OldKey&) = default;
    };

    std::vector<OldKey> keys;           ///< sorted by epoch, at most 300
    std::optional<StatementId> ground;  ///< the consent with reach *history*; none for the own unit

    Hash id;  ///< computed
    Signature signature;
};

Bytes encode_signed_part(const Supplement& supplement);
Bytes encode_supplement(const Supplement& supplement);
Result<Supplement> decode_supplement(ByteView bytes, const Hasher& hasher);
Hash supplement_context(const Supplement& supplement, const EpochId& epoch, const Hasher& hasher);
void sign_supplement(Supplement& supplement, Signer& signer, const Hasher& hasher);
bool verify_supplement(const Supplement& supplement,
                       const SigningPublicKey& author_key,
                       const Verifier& verifier);

}  // namespace samsyn
