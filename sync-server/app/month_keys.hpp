#pragma once

#include "core/base/time.hpp"
#include "crypto/keys/secret.hpp"
#include "sync-server/app/failure.hpp"

#include <filesystem>
#include <vector>

namespace samsyn {

// Keys of backups: one secret a month, in a file YYYY-MM.key (0600) of a folder of their own. What
// was backed up in a month can be read as long as the month's secret is there, and never after it
// (security.md, "Erasure").

/// "2026-11", of the time in UTC.
std::string month_of(Instant now);

/// True for what `month_of` writes.
bool is_month(std::string_view text);

/// The month's secret; made, with its folder, where it is not there yet: whole or not at all.
Fallible<Secret<32>> ensure_month_key(const std::filesystem::path& folder,
                                      const std::string& month);

/// Exit `no_backup_key` where it is missing, `loose_permissions`, `damaged`.
Fallible<Secret<32>> read_month_key(const std::filesystem::path& folder, const std::string& month);

/// What became of the secrets of months that ended longer ago than they are kept.
struct DestroyedKeys {
    std::vector<std::string> destroyed;  ///< months, in their order
    std::vector<std::string> kept;       ///< the same, of those that are still there
    std::string why_kept;                ///< a sentence; empty where all went well
};

/// Overwrites and removes the secrets of months that ended `period` or longer ago. Only where there
/// is a key of the month before `now`: a clock that jumped ahead would else destroy what is not
/// over, and nobody could bring it back. A copy of the folder elsewhere is the administrator's to
/// destroy. What storage keeps of an overwritten file is not in our power.
DestroyedKeys destroy_month_keys(const std::filesystem::path& folder,
                                 Instant now,
                                 std::chrono::milliseconds period);

}  // namespace samsyn
