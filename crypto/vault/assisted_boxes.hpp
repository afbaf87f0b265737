#pragma once

#include "crypto/vault/image.hpp"

namespace samsyn {

// How the assisted slot is made; for this room only.

/// What is inside each box beside the share, so that it opens for one place only.
Hash share_context(const VaultFileId& file_id,
                   const DeviceId& device,
                   const AssistedSlotId& slot,
                   HelperKind kind,
                   const SealingPublicKey& recipient);

/// XOR: of a key and one random share the other share, and of both shares the key.
Secret<32> join_shares(const Secret<32>& a, const Secret<32>& b);

/// Errors: `weak_key`.
Result<AssistedSlot> make_assisted_slot(const VaultFileId& file_id,
                                        const DeviceId& device,
                                        const Secret<32>& vault_key,
                                        std::span<const SealingPublicKey> case_leads,
                                        std::span<const SealingPublicKey> administrators);

/// `joined`: the two shares together. Errors: `not_authentic`.
Result<Secret<32>> open_assisted_slot(const AssistedSlot& slot,
                                      const VaultFileId& file_id,
                                      const Secret<32>& joined);

}  // namespace samsyn
