#pragma once

#include "sync-server/app/backup_job.hpp"
#include "sync-server/app/control.hpp"
#include "sync-server/net/server.hpp"

namespace samsyn {

/// What the answers are made of: the storage, and how to reach it.
struct AdminPorts {
    Storage& storage;
    AtRest at_rest;
    std::filesystem::path data;
    FederationId federation;
    bool running = false;
};

// What each command answers, running or not, as JSON.

Fallible<nlohmann::ordered_json> status_answer(const AdminPorts& ports);

/// `count` last rows, at most 200, the newest first; of all, or of what administrators did.
Fallible<nlohmann::ordered_json> log_answer(const AdminPorts& ports,
                                            unsigned count,
                                            bool everything);

struct BackupRequest {
    std::filesystem::path to;
    std::filesystem::path keys;
    unsigned months;
    Instant now;
};

Fallible<nlohmann::ordered_json> backup_answer(const AdminPorts& ports,
                                               const BackupRequest& request,
                                               const JobProgress& progress);

/// Of a server that runs, a copy is looked at, so that it goes on meanwhile.
Fallible<nlohmann::ordered_json> verify_answer(const AdminPorts& ports,
                                               const JobProgress& progress);

nlohmann::ordered_json facts_to_json(const StorageFacts& facts);

/// The handler of a running server's control socket. `stopping`: gives up what takes long.
ControlHandler control_handler(AdminPorts ports, std::function<bool()> stopping);

/// The control socket of a running server, which must outlive it, as the storage must.
Fallible<std::unique_ptr<ControlSocket>> open_control(Storage& storage,
                                                      Server& server,
                                                      const FederationId& federation,
                                                      const std::filesystem::path& data);

}  // namespace samsyn
