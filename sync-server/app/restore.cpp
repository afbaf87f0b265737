#include "core/base/system_clock.hpp"
#include "crypto/keys/sodium.hpp"
#include "sync-server/app/admin_shell.hpp"
#include "sync-server/app/restoring.hpp"
#include "sync-server/app/unfinished.hpp"
#include "sync-server/hub/restored.hpp"

#include <cstdio>
#include <fstream>

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t statement_file_max = 1U << 20U;
constexpr std::size_t statements_brought_max = 1'000;

void show_restored(const RestoreOptions& options,
                   const BackupHead& head,
                   const RestoreRequest& request) {
    if (options.json) {
        nlohmann::ordered_json answer{{"data", options.data.string()},
                                      {"backup", options.backup.string()},
                                      {"backed_up", to_iso(request.backed_up)},
                                      {"request", to_text(request)}};
        answer.update(facts_to_json(head.manifest.facts));
        return show_answer(answer, true);
    }
    std::printf(
        "Restored, and every entry looked at: %s\n"
        "The backup %s is of %s; its access log has %llu rows.\n\n%s\n",
        options.data.c_str(),
        options.backup.c_str(),
        to_iso(request.backed_up).c_str(),
        static_cast<unsigned long long>(head.manifest.facts.tree.size),
        how_to_confirm(request, options.where).c_str());
}

Fallible<void> restore(const RestoreOptions& options) {
    const BackupHead head = SAMSYN_TRY(read_backup_head(options.backup, options.keys));
    if (head.manifest.facts.incarnation.is_none())
        return give_up(ServerExit::bad_backup,
                       options.backup.string() +
                           " is of a server that never served. Make a new one with: "
                           "samsyn-server init");
    UnfinishedFolder fresh = SAMSYN_TRY(UnfinishedFolder::make(options.data));
    FreshDatabaseKey key{options.database_key};
    RestoreRequest request;
    {
        const UnfinishedFolder extracted = SAMSYN_TRY(UnfinishedFolder::make(options.data));
        (void)SAMSYN_TRY(look_at_backup(options.backup, head, extracted.path(), &tell_progress));
        SAMSYN_TRY(write_data_folder(fresh.path(), head.secrets.folder));
        // The old key opens the backup, which must be noise once its month's key is destroyed.
        SodiumPageCipher pages = SAMSYN_TRY(key.make(fresh.path()));
        request =
            SAMSYN_TRY(begin_anew(head, extracted.path(), fresh.path(), pages, &tell_progress));
    }
    end_progress();
    if (is_told_to_stop()) return stopped_halfway();
    SAMSYN_TRY(fresh.keep());
    key.keep();
    show_restored(options, head, request);
    return {};
}

Fallible<std::vector<Bytes>> read_statements(const std::vector<std::string>& files) {
    std::vector<Bytes> statements;
    for (const std::string& file : files) {
        std::error_code ec;
        const auto size = fs::file_size(file, ec);
        std::ifstream in{file};
        if (ec || !in || size > statement_file_max)
            return give_up(ServerExit::usage, file + " cannot be read.");
        for (std::string line; std::getline(in, line);) {
            if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
            auto statement = statement_from_text(line);
            if (!statement || statements.size() == statements_brought_max)
                return give_up(ServerExit::usage,
                               file + " does not hold what samsyn admin export wrote, one a line.");
            statements.push_back(*std::move(statement));
        }
    }
    return statements;
}

}  // namespace

Fallible<void> run_restore(const RestoreOptions& options) {
    SAMSYN_TRY(check_vacant(options.data));
    SAMSYN_TRY(FreshDatabaseKey::check_vacant(options.database_key));
    stop_when_told();
    auto restored = restore(options);
    if (!restored && !restored.error().sentence.contains(options.backup.string()))
        restored.error().sentence =
            options.backup.string() + " was not restored. " + restored.error().sentence;
    return restored;
}

Fallible<void> run_confirm_restore(const ConfirmOptions& options) {
    const auto statements = SAMSYN_TRY(read_statements(options.statements));
    DataFolder folder = SAMSYN_TRY(open_data_folder(options.admin.data));
    SodiumPageCipher pages =
        SAMSYN_TRY(read_database_key(options.admin.data, options.admin.database_key));
    const auto storage =
        SAMSYN_TRY(open_database(options.admin.data, pages, DatabaseMode::existing));
    const auto waiting = waiting_request(*storage, folder.federation);
    if (!waiting) return give_up(ServerExit::damaged, to_string(waiting.error()) + ".");
    if (!*waiting)
        return give_up(ServerExit::usage,
                       "Nothing is to be confirmed: the folder was not restored from a backup, or "
                       "is confirmed already.");
    SodiumRandom random;
    const SodiumVerifier verifier;
    const SodiumHasher hasher;
    const auto confirmed = confirm_restore(*storage,
                                           folder.federation,
                                           {folder.identity, verifier, hasher, random},
                                           statements,
                                           SystemClock{}.now());
    if (!confirmed) return give_up(ServerExit::damaged, to_string(confirmed.error()) + ".");
    if (!*confirmed)
        return give_up(ServerExit::not_confirmed,
                       "These statements do not confirm this restore: it takes one by an "
                       "administrator, made from the text below, and the confirmation by one of "
                       "another organisation. " +
                           how_to_confirm(**waiting, options.admin.where));
    if (options.admin.json)
        show_answer({{"confirmed", true}}, true);
    else
        std::printf("Confirmed. Start the server: samsyn-server serve %s\n",
                    options.admin.where.c_str());
    return {};
}

}  // namespace samsyn
