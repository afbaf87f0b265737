#pragma once

#include "sync-server/app/backup_job.hpp"
#include "sync-server/app/backup_schedule.hpp"
#include "sync-server/app/control.hpp"
#include "sync-server/net/server.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace samsyn {

/// What those share who do something for an administrator on a running server.
struct RunningServer {
    std::mutex one_backup;                   ///< at a time, whoever wants it
    std::atomic<bool> stopping{false};       ///< what takes long gives up
    std::function<void(Instant)> on_backup;  ///< one was made, of that time; any thread
};

/// What the answers are made of: the storage, and how to reach it.
struct AdminPorts {
    Storage& storage;
    AtRest at_rest;
    std::filesystem::path data;
    FederationId federation;
    std::shared_ptr<RunningServer> running;  ///< none: the file itself was opened
};

/// Those of a running server, which must outlive them, as the storage must.
AdminPorts running_ports(Storage& storage,
                         Server& server,
                         const FederationId& federation,
                         const std::filesystem::path& data);

// What each command answers, running or not, as JSON.

Fallible<nlohmann::ordered_json> status_answer(const AdminPorts& ports);

/// `count` last rows, at most 200, the newest first; of all, or of what administrators did.
Fallible<nlohmann::ordered_json> log_answer(const AdminPorts& ports,
                                            unsigned count,
                                            bool everything);

struct BackupRequest {
    std::filesystem::path to;
    std::filesystem::path keys;
    std::chrono::milliseconds period;  ///< a month's key is kept so long after the month
    Instant now;
};

/// Where all went well, "warning" is empty.
Fallible<nlohmann::ordered_json> backup_answer(const AdminPorts& ports,
                                               const BackupRequest& request,
                                               const JobProgress& progress);

/// Of a server that runs, a copy is looked at, so that it goes on meanwhile.
Fallible<nlohmann::ordered_json> verify_answer(const AdminPorts& ports,
                                               const JobProgress& progress);

nlohmann::ordered_json facts_to_json(const StorageFacts& facts);

/// The control socket of a running server. When it stops, what takes long gives up.
Fallible<std::unique_ptr<ControlSocket>> open_control(const AdminPorts& running);

/// `backup_answer` of a running server without anybody who waits for it; gives up when it stops.
Fallible<BackupSaid> scheduled_backup(const AdminPorts& running, const BackupRequest& request);

}  // namespace samsyn
