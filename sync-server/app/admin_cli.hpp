#pragma once

#include "sync-server/app/admin_commands.hpp"
#include "sync-server/app/configured_command.hpp"

#include <deque>
#include <functional>

namespace samsyn {

/// `backup`, `restore`, `restore-confirm`, `verify`, `log` and `status` with their options. For
/// `main` alone. Stays where it is: CLI11 writes into it.
class AdminCommandLine {
public:
    explicit AdminCommandLine(CLI::App& app) {
        add_backup(app);
        add_restore(app);
        add_confirm(app);
        add_verify(app);
        add_log(app);
        add_status(app);
    }

    /// Runs the one that was given; none where it was none of these.
    std::optional<Fallible<void>> run() const {
        for (const Command& command : commands_)
            if (command.line.command().parsed()) return run(command);
        return std::nullopt;
    }

private:
    using Run = std::function<Fallible<void>(const ServerConfig&, const std::string& where)>;

    struct Command {
        Command(
            CLI::App& app, const char* name, const char* sentence, const char* data_help, Run what)
            : line(app, name, sentence, data_help),
              run(std::move(what)) {}

        ConfiguredCommand line;
        Run run;
    };

    static Fallible<void> run(const Command& command) {
        const ServerConfig config = SAMSYN_TRY(command.line.config());
        return command.run(config, command.line.where());
    }

    ConfiguredCommand& add(CLI::App& app,
                           const char* name,
                           const char* sentence,
                           Run run,
                           const char* data_help = "The folder that init has made.") {
        Command& command = commands_.emplace_back(app, name, sentence, data_help, std::move(run));
        command.line.command().add_flag("--json", json_, "Answers in JSON, for scripts.");
        return command.line;
    }

    AdminOptions admin(const ServerConfig& config, const std::string& where) const {
        return {config.data, config.database_key, where, json_};
    }

    void add_backup(CLI::App& app) {
        auto& line = add(app,
                         "backup",
                         "Makes a verified backup, while the server serves or not, in one file.",
                         [this](const ServerConfig& config, const std::string& where) {
                             return run_backup({.admin = admin(config, where),
                                                .to = to_,
                                                .folder = config.backup.folder,
                                                .keys = backup_keys(config),
                                                .period = config.backup.period});
                         });
        line.command().add_option("--to",
                                  to_,
                                  "The file to make, which must not exist (default: named by its "
                                  "time, in backup.folder of the configuration).");
        add_keys(line);
        line.key("--period",
                 "period",
                 "backup",
                 "Keys of months that ended longer ago are destroyed, as 180d.");
    }

    void add_restore(CLI::App& app) {
        auto& line = add(
            app,
            "restore",
            "Makes a folder from a backup, after looking at all that it holds.",
            [this](const ServerConfig& config, const std::string& where) -> Fallible<void> {
                if (config.backup.keys.empty())
                    return give_up(ServerExit::usage,
                                   "give the folder of the months' keys: --keys FOLDER.");
                return run_restore({.backup = backup_,
                                    .data = config.data,
                                    .database_key = config.database_key,
                                    .keys = config.backup.keys,
                                    .where = where,
                                    .json = json_});
            },
            "The folder to make. It must not exist.");
        line.command()
            .add_option("--backup", backup_, "The file that backup has made.")
            ->required();
        add_keys(line);
    }

    void add_confirm(CLI::App& app) {
        auto& line = add(app,
                         "restore-confirm",
                         "Brings what two people have signed, so that a restored server serves.",
                         [this](const ServerConfig& config, const std::string& where) {
                             return run_confirm_restore(
                                 {.admin = admin(config, where), .statements = statements_});
                         });
        line.command()
            .add_option(
                "--statement", statements_, "Files of what samsyn admin export wrote, one a line.")
            ->required();
    }

    void add_verify(CLI::App& app) {
        auto& line = add(app,
                         "verify",
                         "Looks at everything that the database, or a backup, holds.",
                         [this](const ServerConfig& config, const std::string& where) {
                             return run_verify({.admin = admin(config, where),
                                                .backup = backup_,
                                                .keys = backup_keys(config)});
                         });
        line.command().add_option("--backup", backup_, "A file that backup has made.");
        add_keys(line);
    }

    void add_log(CLI::App& app) {
        auto& line =
            add(app,
                "log",
                "Prints what administrators did, the newest first. Names no case and no device.",
                [this](const ServerConfig& config, const std::string& where) {
                    return run_log(
                        {.admin = admin(config, where), .count = count_, .everything = all_rows_});
                });
        line.command()
            .add_option("--count", count_, "How many rows.")
            ->check(CLI::Range(1, 200))
            ->capture_default_str();
        line.command().add_flag("--all", all_rows_, "All rows of the access log.");
    }

    void add_status(CLI::App& app) {
        add(app,
            "status",
            "Says what the database holds, and whether a server runs.",
            [this](const ServerConfig& config, const std::string& where) {
                return run_status(admin(config, where));
            });
    }

    static void add_keys(ConfiguredCommand& line) {
        line.key("--keys",
                 "keys",
                 "backup",
                 "The folder of the months' keys (default: backup-keys in the server's folder).");
    }

    std::deque<Command> commands_;  ///< they stay where they are
    bool json_ = false;
    std::filesystem::path to_;
    std::filesystem::path backup_;
    std::vector<std::string> statements_;
    unsigned count_ = 20;
    bool all_rows_ = false;
};

}  // namespace samsyn
