#pragma once

#include "core/base/ports.hpp"
#include "sync-server/app/config.hpp"
#include "sync-server/app/failure.hpp"
#include "sync-server/net/log.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace samsyn {

/// "samsyn-2026-11-26T203415Z.backup", of the time in UTC.
std::string backup_name(Instant now);

/// When the newest file of such a name in `folder` was written; none where there is none.
std::optional<Instant> newest_backup(const std::filesystem::path& folder);

/// What the log should say of a backup that was made.
struct BackupSaid {
    std::string made;
    std::string warning{};  ///< what did not go as it should; empty: nothing
};

/// Makes a backup of a running server each so often, on a thread of its own: the first where the
/// folder has none that is young enough. One that fails is logged (`backup_failed`, with what to
/// do) and tried again within the hour; the server goes on serving.
class BackupSchedule {
public:
    /// Makes the file, which is not there yet.
    using Make = std::function<Fallible<BackupSaid>(const std::filesystem::path& file)>;

    struct When {
        std::filesystem::path folder;
        std::chrono::milliseconds every;
    };

    /// `clock` must outlive it.
    BackupSchedule(When when, Make make, const Clock& clock, Log log);
    BackupSchedule(const BackupSchedule&) = delete;
    BackupSchedule& operator=(const BackupSchedule&) = delete;
    ~BackupSchedule();  ///< stops

    /// Begins no more and joins. What is under way must have been told to give up.
    void stop();

private:
    void run();
    void make();

    When when_;
    Make make_;
    const Clock& clock_;
    Log log_;
    Instant due_{};
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace samsyn
