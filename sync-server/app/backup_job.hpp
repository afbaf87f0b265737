#pragma once

#include "sync-server/app/backup_file.hpp"
#include "sync-server/app/month_keys.hpp"
#include "sync-server/storage/storage.hpp"

#include <functional>

namespace samsyn {

/// Runs a task on the storage's thread while no transaction is open, and returns when it has. False
/// where the server is stopping: then the task was not run.
using AtRest = std::function<bool(const std::function<void()>& task)>;

/// An `AtRest` where no server runs.
bool run_here(const std::function<void()>& task);

struct BackupJob {
    Storage& storage;
    AtRest at_rest;
    std::filesystem::path data;
    std::filesystem::path to;
    std::filesystem::path keys;
    std::chrono::milliseconds period;  ///< a month's key is kept so long after the month
    Instant now;
    JobProgress progress;
};

struct BackupMade {
    BackupManifest manifest;

    /// False where the storage could not be told that it is backed up: devices keep their bytes
    /// until the next backup.
    bool noted = false;
    DestroyedKeys keys;
};

/// A consistent copy while the server serves, looked at whole, sealed under a key of its own and
/// put into one file; then the storage is told what is backed up, and the keys of months that are
/// over are destroyed: where one of these two fails the backup is made all the same. What killed
/// backups have left beside it is removed first. Exit `folder_exists` where the file is there;
/// `disk`, `damaged`.
Fallible<BackupMade> make_backup(const BackupJob& job);

/// A consistent copy of the storage in the empty `folder`, under `database_key`. Exit as above.
Fallible<void> copy_storage(Storage& storage,
                            const AtRest& at_rest,
                            const std::filesystem::path& folder,
                            PageCipher& pages,
                            const JobProgress& progress);

/// `verify_storage` with a sentence for the person.
Fallible<StorageFacts> look_at_storage(Storage& storage,
                                       const FederationId& federation,
                                       const JobProgress& progress);

}  // namespace samsyn
