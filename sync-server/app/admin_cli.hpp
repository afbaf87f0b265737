#pragma once

#include "sync-server/app/admin_commands.hpp"

#include <CLI/CLI.hpp>

namespace samsyn {

/// The options of `backup`, `restore`, `restore-confirm`, `verify`, `log` and `status`, and which
/// of them was given. For `main` alone: the one place that knows the command line.
struct AdminCommands {
    BackupOptions backup;
    RestoreOptions restore;
    ConfirmOptions confirm;
    VerifyOptions verify;
    LogOptions log;
    AdminOptions status;
    std::function<Fallible<void>()> chosen;
};

namespace admin_cli {

inline void add_common(CLI::App& command, AdminOptions& options, const char* key_help) {
    command.add_option("--data", options.data, "The folder that init has made.")->required();
    command.add_option("--database-key", options.database_key, key_help);
    command.add_flag("--json", options.json, "Answers in JSON, for scripts.");
}

inline void add_backup(CLI::App& app, AdminCommands& all, const char* key_help) {
    auto* command = app.add_subcommand(
        "backup", "Makes a verified backup, while the server serves or not, in one file.");
    add_common(*command, all.backup.admin, key_help);
    command->add_option("--to", all.backup.to, "The file to make. It must not exist.")->required();
    command->add_option("--keys",
                        all.backup.keys,
                        "The folder of the months' keys (default: backup-keys in the folder).");
    command
        ->add_option("--months",
                     all.backup.months,
                     "Keys of months that ended longer ago than this are destroyed.")
        ->check(CLI::Range(1, 120))
        ->capture_default_str();
    command->callback([&all] { all.chosen = [&all] { return run_backup(all.backup); }; });
}

inline void add_restore(CLI::App& app, AdminCommands& all, const char* key_help) {
    auto* command = app.add_subcommand(
        "restore", "Makes a folder from a backup, after looking at all that it holds.");
    command->add_option("--backup", all.restore.backup, "The file that backup has made.")
        ->required();
    command->add_option("--data", all.restore.data, "The folder to make. It must not exist.")
        ->required();
    command->add_option("--keys", all.restore.keys, "The folder of the months' keys.")->required();
    command->add_flag("--json", all.restore.json, "Answers in JSON, for scripts.");
    command->callback([&all] { all.chosen = [&all] { return run_restore(all.restore); }; });
    auto* confirm = app.add_subcommand(
        "restore-confirm", "Brings what two people have signed, so that a restored server serves.");
    add_common(*confirm, all.confirm.admin, key_help);
    confirm
        ->add_option("--statement",
                     all.confirm.statements,
                     "Files of what samsyn admin export wrote, one a line.")
        ->required();
    confirm->callback([&all] { all.chosen = [&all] { return run_confirm_restore(all.confirm); }; });
}

inline void add_looking(CLI::App& app, AdminCommands& all, const char* key_help) {
    auto* verify =
        app.add_subcommand("verify", "Looks at everything that the database, or a backup, holds.");
    add_common(*verify, all.verify.admin, key_help);
    verify->add_option("--backup", all.verify.backup, "A file that backup has made.");
    verify->add_option("--keys", all.verify.keys, "The folder of the months' keys.");
    verify->callback([&all] { all.chosen = [&all] { return run_verify(all.verify); }; });
    auto* log = app.add_subcommand(
        "log", "Prints what administrators did, the newest first. Names no case and no device.");
    add_common(*log, all.log.admin, key_help);
    log->add_option("--count", all.log.count, "How many rows.")
        ->check(CLI::Range(1, 200))
        ->capture_default_str();
    log->add_flag("--all", all.log.everything, "All rows of the access log.");
    log->callback([&all] { all.chosen = [&all] { return run_log(all.log); }; });
    auto* status =
        app.add_subcommand("status", "Says what the database holds, and whether a server runs.");
    add_common(*status, all.status, key_help);
    status->callback([&all] { all.chosen = [&all] { return run_status(all.status); }; });
}

}  // namespace admin_cli

inline void add_admin_commands(CLI::App& app, AdminCommands& all, const char* key_help) {
    admin_cli::add_backup(app, all, key_help);
    admin_cli::add_restore(app, all, key_help);
    admin_cli::add_looking(app, all, key_help);
}

inline Fallible<void> run_admin_command(const AdminCommands& all) {
    return all.chosen();
}

}  // namespace samsyn
