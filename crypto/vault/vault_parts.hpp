#pragma once

#include "crypto/vault/image.hpp"

#include <functional>

namespace samsyn {

// What a vault is made of and how it changes; for this room only.

struct VaultParts {
    Vault::Ports ports;
    VaultImage image;
    std::optional<Secret<32>> vault_key;
    std::optional<Opened> opened;
    bool healed = false;

    /// Of an open vault only.
    const Opened& inside() const;
    const Secret<32>& key() const;

    /// Starts from what is on the disk now, applies `edit` and makes the result durable in both
    /// copies, the worse one first. Where `edit` fails nothing is written. Errors: `edit`'s, and
    /// those of reading and writing.
    Result<void> change(const std::function<Result<void>(VaultImage&)>& edit);

    /// As `change`, for what lies inside: `edit` may change both. Errors: also `locked`.
    Result<void> change_opened(const std::function<Result<void>(VaultImage&, Opened&)>& edit);

    /// Reads the newest state; heals a worse copy.
    Result<void> reload();

    /// Takes the vault key that a slot has yielded, opens the contents and sets all counts to zero.
    /// Errors: `malformed` where the contents do not open with it: two vaults were mixed.
    Result<void> adopt(Secret<32> key);

    /// Takes the keystore slot away; its entry is erased by `sweep_keystore`.
    static void retire_keystore_slot(VaultImage& image);

    /// Erases the keystore's entries of slots that are gone. What fails is tried again at the next
    /// occasion.
    void sweep_keystore();

    Result<void> erase_pin_slots();

    /// Takes what was read into this object.
    Result<void> take(VaultImage image);
};

}  // namespace samsyn
