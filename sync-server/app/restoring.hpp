#pragma once

#include "core/wire/restore_request.hpp"
#include "sync-server/app/backup_job.hpp"

namespace samsyn {

// How a backup becomes a server's folder that waits for two people.

/// Extracts a backup into the empty `folder` and looks at all of it: what it holds is what its
/// manifest says. Exit `bad_backup`, `disk`.
Fallible<StorageFacts> look_at_backup(const std::filesystem::path& backup,
                                      const BackupHead& head,
                                      const std::filesystem::path& folder,
                                      const JobProgress& progress);

/// Copies what was looked at in `extracted` into `folder` under its own key, and begins a new life
/// with it. Returns what two people have to sign. Exit `bad_backup`, `disk`.
Fallible<RestoreRequest> begin_anew(const BackupHead& head,
                                    const std::filesystem::path& extracted,
                                    const std::filesystem::path& folder,
                                    SodiumPageCipher& pages,
                                    const JobProgress& progress);

/// What two people have yet to sign; none as a rule. Errors: those of the storage, `malformed`.
Result<std::optional<RestoreRequest>> waiting_request(Storage& storage,
                                                      const FederationId& federation);

/// What to do with a request, as sentences. `where`: the options that name the folder.
std::string how_to_confirm(const RestoreRequest& request, const std::string& where);

/// Exit `not_confirmed` where the storage was restored and nobody has signed that yet.
Fallible<void> check_confirmed(Storage& storage,
                               const FederationId& federation,
                               const std::string& where);

}  // namespace samsyn
