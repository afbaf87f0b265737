#include "crypto/keys/sodium.hpp"
#include "sync-server/app/admin_shell.hpp"
#include "sync-server/app/restoring.hpp"
#include "sync-server/app/unfinished.hpp"

#include <cstdio>

namespace samsyn {

namespace {

/// Everything of a backup file that a restore would look at.
Fallible<nlohmann::ordered_json> verify_backup(const VerifyOptions& options) {
    BackupHead head = SAMSYN_TRY(read_backup_head(options.backup, options.keys));
    stop_when_told();
    const UnfinishedFolder beside = SAMSYN_TRY(UnfinishedFolder::make(options.backup));
    const StorageFacts facts =
        SAMSYN_TRY(look_at_backup(options.backup, head, beside.path(), &tell_progress));
    auto answer = facts_to_json(facts);
    answer["time"] = to_iso(head.manifest.time);
    answer["key"] = head.manifest.month;
    return answer;
}

}  // namespace

Fallible<void> run_verify(const VerifyOptions& options) {
    nlohmann::ordered_json answer;
    if (options.backup.empty())
        answer = SAMSYN_TRY(ask_or_open(
            options.admin,
            nlohmann::ordered_json{{"command", "verify"}},
            [](const AdminPorts& ports) { return verify_answer(ports, &tell_progress); }));
    else
        answer = SAMSYN_TRY(verify_backup(options));
    end_progress();
    show_answer(answer, options.admin.json);
    if (!options.admin.json) std::puts("Everything was looked at, and is sound.");
    return {};
}

}  // namespace samsyn
