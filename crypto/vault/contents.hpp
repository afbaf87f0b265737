#pragma once

#include "core/base/ids.hpp"
#include "crypto/keys/secret.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace samsyn {

/// Random, authenticated with every page of one database file.
using DatabaseFileId = Id<struct DatabaseFileTag, 16>;

/// What opens one database file.
struct VaultDatabase {
    Secret<32> key;
    DatabaseFileId file_id;
    std::uint64_t number = 1;  ///< of the file: `samsyn.<number>.db`

    /// A fresh key and file id.
    static VaultDatabase make(std::uint64_t number);

    VaultDatabase duplicate() const;
};

/// The device's sealing secrets at most; above it the oldest must go first.
inline constexpr std::size_t vault_sealing_secrets_max = 64;

/// What a vault keeps for its device. Move-only, all secrets in the arena.
struct VaultContents {
    VaultDatabase database;

    /// The file that a rekey is copying into, so that it can be resumed or undone.
    std::optional<VaultDatabase> next_database;

    Secret<32> signing_seed;
    std::vector<Secret<32>> sealing_secrets;  ///< newest first; 1 to `vault_sealing_secrets_max`

    VaultContents duplicate() const;
};

}  // namespace samsyn
