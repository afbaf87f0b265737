#pragma once

#include "core/base/codec.hpp"
#include "crypto/vault/vault.hpp"

#include <optional>

namespace samsyn {

// The bytes of a vault file (STORAGE.md, "The vault"); for this room only.

enum class SlotKind : std::uint8_t { phrase = 1, pin, keystore, assisted, last = assisted };

inline constexpr std::size_t slot_key_size = 32 + 40;

/// The vault key under a key that only something outside the file yields.
struct Slot {
    SlotId id;
    PasswordSalt salt{};  // zero in an assisted slot, as is the cost
    PasswordCost cost{};
    KeystoreId keystore;  // none but in a keystore slot
    std::array<std::byte, slot_key_size> sealed{};

    friend bool operator==(const Slot&, const Slot&) = default;
};

struct AssistedSlot {
    AssistedSlotId id;
    DeviceId device;
    std::array<std::byte, slot_key_size> sealed{};
    std::vector<AssistedBox> case_leads;
    std::vector<AssistedBox> administrators;

    friend bool operator==(const AssistedSlot&, const AssistedSlot&) = default;

    const std::vector<AssistedBox>& boxes(HelperKind kind) const {
        return kind == HelperKind::case_lead ? case_leads : administrators;
    }
};

/// One state of a vault: what a file holds. Secrets only sealed.
struct VaultImage {
    VaultFileId file_id;
    std::uint64_t sequence = 0;
    VaultState state{};
    UnlockToken token;
    std::uint32_t pin_tries = 0;
    std::uint32_t phrase_tries = 0;
    std::uint64_t acknowledged_counter = 0;
    bool pin_pending = false;
    std::vector<StatementId> done_orders;      // oldest first
    std::vector<KeystoreId> retired_keystore;  // entries of slots that are gone, not yet erased
    std::optional<Slot> phrase;
    std::optional<Slot> pin;
    std::optional<Slot> keystore;
    std::optional<AssistedSlot> assisted;
    Bytes contents;  // sealed under the vault key

    friend bool operator==(const VaultImage&, const VaultImage&) = default;
};

inline constexpr std::size_t retired_keystore_max = 16;

Bytes encode_image(const VaultImage& image);

/// Errors: `malformed` for anything but what `encode_image` wrote, a changed byte, or a cost that
/// `hash` does not accept; `newer_format`, checked by the checksum too: every format to come ends
/// with the same one.
Result<VaultImage> decode_image(ByteView bytes, const PasswordHash& hash);

/// What is authenticated with a slot: file id, kind, slot id, salt, cost, keystore entry.
Bytes slot_data(const VaultFileId& file_id, SlotKind kind, const Slot& slot);

/// Seals the vault key into the slot.
void seal_slot(Slot& slot,
               const VaultFileId& file_id,
               SlotKind kind,
               const Secret<32>& slot_key,
               const Secret<32>& vault_key);

/// Errors: `not_authentic`.
Result<Secret<32>> open_slot(const Slot& slot,
                             const VaultFileId& file_id,
                             SlotKind kind,
                             const Secret<32>& slot_key);

// Contents.

/// A new PIN that waits for the server's secret, or whose slot the server is yet to be told of.
struct PinChange {
    SlotId slot;
    PasswordSalt salt{};
    PasswordCost cost{};
    Secret<32> stretched;

    PinChange duplicate() const { return {slot, salt, cost, stretched.duplicate()}; }
};

/// What is sealed under the vault key.
struct Opened {
    VaultContents contents;
    std::optional<PinChange> pending_pin;
    std::optional<Secret<32>> unconfirmed_pin;  // V

    Opened duplicate() const;
};

Bytes seal_contents(const Opened& opened, const VaultFileId& file_id, const Secret<32>& vault_key);

/// Errors: `not_authentic`; `malformed` where what authenticates is not what `seal_contents` wrote.
Result<Opened> open_contents(ByteView sealed,
                             const VaultFileId& file_id,
                             const Secret<32>& vault_key);

}  // namespace samsyn
