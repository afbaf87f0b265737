#include "sync-server/app/backup_job.hpp"

#include "crypto/keys/sodium.hpp"
#include "sync-server/app/unfinished.hpp"
#include "sync-server/hub/restored.hpp"

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr int pages_in_step = 256;  // 1 MiB: some milliseconds of the hub's time

std::unexpected<Failure> server_is_stopping() {
    return give_up(ServerExit::failed, "The server is stopping: nothing was backed up.");
}

std::unexpected<Failure> copy_failed(const Error& error) {
    return give_up(error.code == Errc::disk_full ? ServerExit::disk : ServerExit::damaged,
                   "The database cannot be copied: " + to_string(error) + ".");
}

}  // namespace

bool run_here(const std::function<void()>& task) {
    task();
    return true;
}

Fallible<void> copy_storage(Storage& storage,
                            const AtRest& at_rest,
                            const fs::path& folder,
                            PageCipher& pages,
                            const JobProgress& progress) {
    std::unique_ptr<StorageCopy> copy;
    Result<bool> done = false;
    const auto begin = [&] {
        auto begun = storage.copy_to(folder, pages);
        if (begun)
            copy = *std::move(begun);
        else
            done = std::unexpected{begun.error()};
    };
    // The copy is the storage's: it is let go on its thread, unless that is gone.
    const auto let_go = [&] {
        if (!at_rest([&] { copy.reset(); })) copy.reset();
    };
    if (!at_rest(begin)) return server_is_stopping();
    while (copy && done && !*done) {
        if (!at_rest([&] { done = copy->step(pages_in_step); })) {
            let_go();
            return server_is_stopping();
        }
        const auto [copied, all] = copy->progress();
        if (!done) break;
        if (progress && !progress("copy",
                                  static_cast<std::uint64_t>(*done ? all : copied),
                                  static_cast<std::uint64_t>(all))) {
            let_go();
            return stopped_halfway();
        }
    }
    if (!done) {
        let_go();
        return copy_failed(done.error());
    }
    const auto finished = copy->finish();
    copy.reset();
    if (!finished) return copy_failed(finished.error());
    return {};
}

Fallible<StorageFacts> look_at_storage(Storage& storage,
                                       const FederationId& federation,
                                       const JobProgress& progress) {
    const auto tell = [&](std::uint64_t done, std::uint64_t total) -> Result<void> {
        if (progress && !progress("verify", done, total)) return fail(Errc::locked, "stopped");
        return {};
    };
    auto facts = verify_storage(storage, federation, SodiumHasher{}, SodiumVerifier{}, tell);
    if (facts) return *std::move(facts);
    if (facts.error().code == Errc::locked) return stopped_halfway();
    return give_up(
        ServerExit::damaged,
        "The database is not sound: " + to_string(facts.error()) + ". Restore it from a backup.");
}

Fallible<BackupMade> make_backup(const BackupJob& job) {
    std::error_code ec;
    if (fs::exists(job.to, ec))
        return give_up(ServerExit::folder_exists,
                       job.to.string() + " exists. Nothing was changed.");
    DataFolder folder = SAMSYN_TRY(open_data_folder(job.data));
    const std::string month = month_of(job.now);
    const Secret<32> month_key = SAMSYN_TRY(ensure_month_key(job.keys, month));
    const UnfinishedFolder beside = SAMSYN_TRY(UnfinishedFolder::make(job.to));

    auto database_key = Secret<database_key_size>::random();
    SodiumPageCipher pages = page_cipher_from(database_key.expose());
    SAMSYN_TRY(copy_storage(job.storage, job.at_rest, beside.path(), pages, job.progress));
    BackupMade made;
    {
        const auto copy = SAMSYN_TRY(open_database(beside.path(), pages, DatabaseMode::existing));
        made.manifest.facts = SAMSYN_TRY(look_at_storage(*copy, folder.federation, job.progress));
    }
    made.manifest.federation = folder.federation;
    made.manifest.time = job.now;
    made.manifest.month = month;
    made.manifest.key_check = key_check_of(database_key);
    const BackupSecrets secrets{std::move(database_key), std::move(folder)};
    SAMSYN_TRY(
        write_backup(job.to, beside.path(), made.manifest, secrets, month_key, job.progress));

    // A server that stops, or a full disk: devices keep their bytes a little longer.
    Result<void> noted;
    const auto note = [&] { noted = note_backed_up(job.storage, made.manifest.facts.tree.size); };
    made.noted = job.at_rest(note) && noted;
    made.keys = destroy_month_keys(job.keys, job.now, job.period);
    return made;
}

}  // namespace samsyn
