#pragma once

#include "core/base/time.hpp"
#include "sync-server/app/failure.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace samsyn {

// `samsyn-server backup | restore | verify | log | status`. Each talks to the running server where
// there is one (sync-server/app/control.hpp), and opens the file itself only where none runs.

struct AdminOptions {
    std::filesystem::path data;
    std::filesystem::path database_key;  ///< empty: database.key in the folder
    std::string where{};                 ///< how this folder was named: "--config FILE"
    bool json = false;
};

struct BackupOptions {
    AdminOptions admin;
    std::filesystem::path to;      ///< empty: named by its time in `folder`
    std::filesystem::path folder;  ///< empty: none; then `to` is a must
    std::filesystem::path keys;
    std::chrono::milliseconds period{};  ///< a month's key is kept so long after the month
};

/// Makes a verified backup; destroys the keys of months that are over.
Fallible<void> run_backup(const BackupOptions& options);

struct RestoreOptions {
    std::filesystem::path backup;
    std::filesystem::path data;          ///< must not exist, or be empty
    std::filesystem::path database_key;  ///< must not exist; empty: database.key in the folder
    std::filesystem::path keys;
    std::string where{};  ///< how the folder was named
    bool json = false;
};

/// Makes a folder from a backup, after looking at all of it, in state "restored, not confirmed",
/// and prints what two people have to sign.
Fallible<void> run_restore(const RestoreOptions& options);

struct ConfirmOptions {
    AdminOptions admin;
    std::vector<std::string> statements;  ///< files of "samsyn1-statement-…" lines
};

/// Brings what they signed: then the folder may be served.
Fallible<void> run_confirm_restore(const ConfirmOptions& options);

struct VerifyOptions {
    AdminOptions admin;
    std::filesystem::path backup;  ///< empty: the server's own database
    std::filesystem::path keys;    ///< of a backup
};

/// Looks at everything that a database, or a backup file, holds.
Fallible<void> run_verify(const VerifyOptions& options);

struct LogOptions {
    AdminOptions admin;
    unsigned count = 20;
    bool everything = false;  ///< all rows, not only what administrators did
};

/// Prints the last rows of the access log. No row names a case, a label or a device.
Fallible<void> run_log(const LogOptions& options);

/// Prints what the database holds, running or not.
Fallible<void> run_status(const AdminOptions& options);

}  // namespace samsyn
