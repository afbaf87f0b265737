#pragma once

#include "sync-server/app/backup_file.hpp"
#include "sync-server/storage/storage.hpp"

#include <functional>

namespace samsyn {

/// Runs a task on the storage's thread while no transaction is open, and returns when it has. False
/// where the server is stopping: then the task was not run.
using AtRest = std::function<bool(const std::function<void()>& task)>;

/// How far a piece of work is. False stops it.
using JobProgress =
    std::function<bool(std::string_view what, std::uint64_t done, std::uint64_t total)>;

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
    std::vector<std::string> destroyed;  ///< months
};

/// A consistent copy while the server serves, looked at whole, sealed under a key of its own and
/// put into one file; then the storage is told what is backed up, and the keys of months that are
/// over are destroyed. Exit `folder_exists` where the file is there; `disk`, `damaged`.
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

/// Extracts a backup into the empty `folder` and looks at all of it: what it holds is what its
/// manifest says. Exit `bad_backup`, `disk`.
Fallible<StorageFacts> look_at_backup(const std::filesystem::path& backup,
                                      const BackupHead& head,
                                      const std::filesystem::path& folder,
                                      const JobProgress& progress);

/// Exit `not_confirmed` where the storage was restored and nobody has signed that yet.
Fallible<void> check_confirmed(Storage& storage, const std::filesystem::path& data);

/// A folder of our own beside `path` (0700), gone with this object.
class FolderBeside {
public:
    static Fallible<FolderBeside> make(const std::filesystem::path& path);
    FolderBeside(FolderBeside&& other) noexcept;
    FolderBeside& operator=(FolderBeside&&) = delete;
    ~FolderBeside();

    const std::filesystem::path& path() const { return path_; }

    /// It has been renamed.
    void keep() { path_.clear(); }

private:
    explicit FolderBeside(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;
};

}  // namespace samsyn
