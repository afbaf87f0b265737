#include "sync-server/app/restoring.hpp"

#include "core/base/codec.hpp"
#include "crypto/keys/sodium.hpp"
#include "sync-server/hub/restored.hpp"

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view backup_time_key = "server/restored-backup-time";

Failure to_life_failure(const Error& error) {
    return {ServerExit::disk, "The restored database cannot be written: " + to_string(error) + "."};
}

Result<void> put_backup_time(Storage& storage, Instant time) {
    Writer out;
    out.instant(time);
    SAMSYN_TRY(storage.begin());
    if (auto put = storage.put_value(backup_time_key, out.view()); !put) {
        storage.rollback();
        return put;
    }
    return storage.commit();
}

Result<Instant> backup_time(Storage& storage) {
    const auto bytes = SAMSYN_TRY(storage.value(backup_time_key));
    if (!bytes) return fail(Errc::malformed, "time of the backup");
    Reader in{*bytes};
    return in.instant("time of the backup");
}

Fallible<void> copy_backup(const BackupHead& head,
                           const fs::path& extracted,
                           const fs::path& folder,
                           SodiumPageCipher& pages,
                           const JobProgress& progress) {
    SodiumPageCipher old_pages = page_cipher_from(head.secrets.database_key.expose());
    const auto old = SAMSYN_TRY(open_database(extracted, old_pages, DatabaseMode::existing));
    auto copied = copy_storage(*old, run_here, folder, pages, progress);
    if (!copied && copied.error().exit == ServerExit::damaged)
        copied.error().exit = ServerExit::bad_backup;  // what was read is the backup
    return copied;
}

}  // namespace

Fallible<StorageFacts> look_at_backup(const fs::path& backup,
                                      const BackupHead& head,
                                      const fs::path& folder,
                                      const JobProgress& progress) {
    SAMSYN_TRY(extract_backup(backup, head.manifest, folder, progress));
    SodiumPageCipher pages = page_cipher_from(head.secrets.database_key.expose());
    const auto unsound = [&](const Failure& failure) {
        return give_up(ServerExit::bad_backup,
                       backup.string() + " is not sound. " + failure.sentence);
    };
    const auto storage = open_database(folder, pages, DatabaseMode::existing);
    if (!storage) return unsound(storage.error());
    auto facts = look_at_storage(**storage, head.manifest.federation, progress);
    if (!facts && facts.error().exit != ServerExit::damaged) return facts;
    if (!facts) return unsound(facts.error());
    if (*facts != head.manifest.facts)
        return give_up(ServerExit::bad_backup,
                       backup.string() + " does not hold what its manifest says.");
    return facts;
}

Fallible<RestoreRequest> begin_anew(const BackupHead& head,
                                    const fs::path& extracted,
                                    const fs::path& folder,
                                    SodiumPageCipher& pages,
                                    const JobProgress& progress) {
    SAMSYN_TRY(copy_backup(head, extracted, folder, pages, progress));
    const auto storage = SAMSYN_TRY(open_database(folder, pages, DatabaseMode::existing));
    SodiumRandom random;
    const StorageFacts& facts = head.manifest.facts;
    const LogRestored restored{
        facts.incarnation, facts.tree.size, facts.tree.root, random_id<Incarnation>(random)};
    if (const auto put = put_backup_time(*storage, head.manifest.time); !put)
        return std::unexpected{to_life_failure(put.error())};
    if (const auto begun = begin_new_life(*storage, restored); !begun)
        return std::unexpected{to_life_failure(begun.error())};
    return RestoreRequest{head.manifest.federation, restored, head.manifest.time};
}

Result<std::optional<RestoreRequest>> waiting_request(Storage& storage,
                                                      const FederationId& federation) {
    const auto restored = SAMSYN_TRY(unconfirmed_restore(storage));
    if (!restored) return std::nullopt;
    const Instant time = SAMSYN_TRY(backup_time(storage));
    return RestoreRequest{federation, *restored, time};
}

std::string how_to_confirm(const RestoreRequest& request, const std::string& where) {
    return "It serves nobody yet: two people have to sign that the log was cut back.\n"
           "1. An administrator:               samsyn admin restored " +
           to_text(request) +
           "\n2. One of another organisation:    samsyn admin import TEXT, then samsyn admin "
           "confirm\n"
           "3. Here, with what both exported:  samsyn-server restore-confirm " +
           where + " --statement FILE...";
}

Fallible<void> check_confirmed(Storage& storage,
                               const FederationId& federation,
                               const std::string& where) {
    const auto waiting = waiting_request(storage, federation);
    if (!waiting) return give_up(ServerExit::damaged, to_string(waiting.error()) + ".");
    if (!*waiting) return {};
    return give_up(ServerExit::not_confirmed,
                   "This server was restored from the backup of " + to_iso((**waiting).backed_up) +
                       ". " + how_to_confirm(**waiting, where));
}

}  // namespace samsyn
