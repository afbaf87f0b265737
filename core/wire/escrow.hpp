#pragma once

#include "core/wire/messages.hpp"

namespace samsyn {

inline constexpr std::size_t escrow_bytes_max = 66 * 1024;  ///< an entry of either form
inline constexpr std::size_t escrow_recipients_max = 32;
inline constexpr std::size_t escrow_reason_bytes_max = 64;
inline constexpr std::size_t escrow_replaces_max = 8;  ///< versions that one write names here

/// One unsent change of a compartment that its author may no longer read, sealed afresh for the
/// case leads of the disclosing unit (DESIGN.md, "Escrow"). The clear part says what a batch says
/// in the clear, so that the server can tell what a release restates; values are in `body`.
struct EscrowBlob {
    FederationId federation;
    CaseId case_id;
    Label label;
    CompartmentId compartment;
    DeviceId author;
    std::uint64_t counter = 0;  ///< the author's device-wide counter
    Instant written;            ///< when the person wrote it
    Instant made;               ///< when it was put in escrow
    Errc why{};                 ///< of the denial, with the reason's key
    std::string reason;
    ChangeHeader change;  ///< at most `escrow_replaces_max` replaced versions a write
    std::vector<SealedKey> keys;
    std::optional<Bytes> recovery_box;  ///< for the recovery key that its author knew
    Bytes body;                         ///< the values, sealed under the key in the boxes

    Hash id;  ///< computed
    Signature signature;
};

/// What a revoked device pushed after its pin, as it came: the server's own entry, without
/// signature of its own. What is inside verifies by itself or is worth nothing.
struct HeldEntry {
    EntryKind kind{};  ///< batch or statement
    Bytes bytes;

    Hash id;  ///< computed
};

/// What an entry of kind `escrow` holds. Layout: form 1 · (1: signed part 4+n, signature 64; 2:
/// kind 1, bytes 4+n).
using EscrowEntry = std::variant<EscrowBlob, HeldEntry>;

Bytes encode_escrow(const EscrowBlob& blob);
Bytes encode_escrow(const HeldEntry& held);

/// Parses and computes the id; signatures are *not* checked. Errors: as `decode_packet`;
/// `malformed` too where the change names somebody else as author.
Result<EscrowEntry> decode_escrow(ByteView bytes, const Hasher& hasher);

/// What each box is bound to.
Hash escrow_context(const EscrowBlob& blob,
                    const DeviceId& recipient,
                    std::uint32_t sealing_epoch,
                    const Hasher& hasher);

/// What the body is bound to, and its key derived from: all of the clear part but the boxes.
Bytes escrow_aad(const EscrowBlob& blob);

/// Sorts the lists that the encoding wants sorted, cuts replaced versions to the newest, and signs;
/// fills `signature` and `id`. Boxes and body are made after `prepare_escrow`.
void prepare_escrow(EscrowBlob& blob);
void sign_escrow(EscrowBlob& blob, Signer& signer, const Hasher& hasher);
bool verify_escrow(const EscrowBlob& blob,
                   const SigningPublicKey& author_key,
                   const Verifier& verifier);

/// The stream in whose channel an entry about this label travels.
Stream escrow_stream(const CaseId& case_id, const Label& label);

}  // namespace samsyn
