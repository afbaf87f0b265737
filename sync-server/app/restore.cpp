#include "core/base/system_clock.hpp"
#include "core/wire/restore_request.hpp"
#include "crypto/keys/sodium.hpp"
#include "sync-server/app/admin_shell.hpp"
#include "sync-server/hub/restored.hpp"

#include <cstdio>
#include <fstream>
#include <unistd.h>

namespace samsyn {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t statement_file_max = 1U << 20U;
constexpr std::size_t statements_brought_max = 1'000;

/// The server's own files in the new folder.
Fallible<void> fill_folder(const fs::path& folder, const DataFolder& files) {
    std::string seed = to_hex(files.identity.seed()) + "\n";
    const auto written = write_new_file(folder / "identity.key", seed, 0600);
    wipe(std::as_writable_bytes(std::span{seed}));
    if (!written) return written;
    SAMSYN_TRY(write_new_file(folder / "tls-key.pem", files.tls.key, 0600));
    SAMSYN_TRY(write_new_file(folder / "tls-certificate.pem", files.tls.certificate, 0644));
    return write_new_file(folder / "federation", to_hex(files.federation) + "\n", 0644);
}

/// A fresh key for the database: the old one opens the backup, which must be unreadable once its
/// month's key is destroyed. A key elsewhere is gone with this object unless it is kept.
class FreshDatabaseKey {
public:
    explicit FreshDatabaseKey(fs::path file) : file_(std::move(file)) {}

    FreshDatabaseKey(const FreshDatabaseKey&) = delete;
    FreshDatabaseKey& operator=(const FreshDatabaseKey&) = delete;

    ~FreshDatabaseKey() {
        std::error_code ignored;
        if (made_) fs::remove(file_, ignored);
    }

    Fallible<SodiumPageCipher> make(const fs::path& folder) {
        SAMSYN_TRY(make_database_key(folder, file_));
        made_ = !file_.empty();
        return read_database_key(folder, file_);
    }

    void keep() { made_ = false; }

private:
    fs::path file_;
    bool made_ = false;
};

Failure to_life_failure(const Error& error) {
    return {ServerExit::disk, "The restored database cannot be written: " + to_string(error) + "."};
}

/// Copies what was looked at under the new key, and begins a new life with it.
Fallible<LogRestored> begin_anew(const BackupHead& head,
                                 const fs::path& extracted,
                                 const fs::path& folder,
                                 SodiumPageCipher& pages) {
    SodiumPageCipher old_pages = page_cipher_from(head.secrets.database_key.expose());
    {
        const auto old = SAMSYN_TRY(open_database(extracted, old_pages, DatabaseMode::existing));
        const auto run_here = [](const std::function<void()>& task) {
            task();
            return true;
        };
        auto copied = copy_storage(*old, run_here, folder, pages, &tell_progress);
        if (!copied && copied.error().exit == ServerExit::damaged)
            copied.error().exit = ServerExit::bad_backup;  // what was read is the backup
        SAMSYN_TRY(std::move(copied));
    }
    const auto storage = SAMSYN_TRY(open_database(folder, pages, DatabaseMode::existing));
    SodiumRandom random;
    const StorageFacts& facts = head.manifest.facts;
    const LogRestored restored{
        facts.incarnation, facts.tree.size, facts.tree.root, random_id<Incarnation>(random)};
    if (const auto begun = begin_new_life(*storage, restored); !begun)
        return std::unexpected{to_life_failure(begun.error())};
    return restored;
}

void show_restored(const RestoreOptions& options,
                   const BackupHead& head,
                   const RestoreRequest& request) {
    const std::string text = to_text(request);
    nlohmann::ordered_json answer{{"data", options.data.string()},
                                  {"backed_up", to_iso(request.backed_up)},
                                  {"request", text}};
    answer.update(facts_to_json(head.manifest.facts));
    if (options.json) return show_answer(answer, true);
    std::printf(
        "Restored, and every entry looked at: %s\n"
        "The backup is of %s; its access log has %llu rows.\n"
        "\n"
        "It serves nobody yet: two people have to sign that the log was cut back.\n"
        "1. An administrator:               samsyn admin restored %s\n"
        "2. One of another organisation:    samsyn admin import TEXT, then samsyn admin confirm\n"
        "3. Here, with what both exported:  samsyn-server restore-confirm --data %s --statement "
        "FILE...\n",
        options.data.c_str(),
        to_iso(request.backed_up).c_str(),
        static_cast<unsigned long long>(head.manifest.facts.tree.size),
        text.c_str(),
        options.data.c_str());
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

Fallible<StorageFacts> look_at_backup(const fs::path& backup,
                                      const BackupHead& head,
                                      const fs::path& folder,
                                      const JobProgress& progress) {
    SAMSYN_TRY(extract_backup(backup, folder));
    SodiumPageCipher pages = page_cipher_from(head.secrets.database_key.expose());
    const auto unsound = [&](const Failure& failure) {
        return give_up(ServerExit::bad_backup,
                       backup.string() + " is not sound. " + failure.sentence);
    };
    const auto storage = open_database(folder, pages, DatabaseMode::existing);
    if (!storage) return unsound(storage.error());
    auto facts = look_at_storage(**storage, head.manifest.federation, progress);
    if (!facts) return unsound(facts.error());
    if (*facts != head.manifest.facts)
        return give_up(ServerExit::bad_backup,
                       backup.string() + " does not hold what its manifest says.");
    return facts;
}

Fallible<void> run_restore(const RestoreOptions& options) {
    std::error_code ec;
    const bool taken = fs::exists(options.data, ec) &&
                       !(fs::is_directory(options.data, ec) && fs::is_empty(options.data, ec));
    if (taken || ec)
        return give_up(ServerExit::folder_exists,
                       options.data.string() + " exists and is not empty. Nothing was changed.");
    if (!options.database_key.empty() && fs::exists(options.database_key, ec))
        return give_up(ServerExit::folder_exists,
                       options.database_key.string() +
                           " exists, and a restored database gets a key of its own. Move the old "
                           "one away first. Nothing was changed.");
    const BackupHead head = SAMSYN_TRY(read_backup_head(options.backup, options.keys));
    if (head.manifest.facts.incarnation.is_none())
        return give_up(ServerExit::bad_backup,
                       options.backup.string() +
                           " is of a server that never served. Make a new one with: "
                           "samsyn-server init");
    FolderBeside fresh = SAMSYN_TRY(FolderBeside::make(options.data));
    FreshDatabaseKey key{options.database_key};
    LogRestored restored;
    {
        const FolderBeside extracted = SAMSYN_TRY(FolderBeside::make(options.data));
        (void)SAMSYN_TRY(look_at_backup(options.backup, head, extracted.path(), &tell_progress));
        SAMSYN_TRY(fill_folder(fresh.path(), head.secrets.folder));
        SodiumPageCipher pages = SAMSYN_TRY(key.make(fresh.path()));
        restored = SAMSYN_TRY(begin_anew(head, extracted.path(), fresh.path(), pages));
    }
    end_progress();
    fs::rename(fresh.path(), options.data, ec);
    if (ec) return give_up(ServerExit::disk, options.data.string() + " cannot be made.");
    fresh.keep();
    key.keep();
    show_restored(options, head, {head.manifest.federation, restored, head.manifest.time});
    return {};
}

Fallible<void> run_confirm_restore(const ConfirmOptions& options) {
    const auto statements = SAMSYN_TRY(read_statements(options.statements));
    DataFolder folder = SAMSYN_TRY(open_data_folder(options.admin.data));
    SodiumPageCipher pages =
        SAMSYN_TRY(read_database_key(options.admin.data, options.admin.database_key));
    const auto storage =
        SAMSYN_TRY(open_database(options.admin.data, pages, DatabaseMode::existing));
    SodiumRandom random;
    const SodiumVerifier verifier;
    const SodiumHasher hasher;
    const auto confirmed = confirm_restore(*storage,
                                           folder.federation,
                                           {folder.identity, verifier, hasher, random},
                                           statements,
                                           SystemClock{}.now());
    if (!confirmed && confirmed.error().code == Errc::not_found)
        return give_up(ServerExit::usage,
                       "Nothing is to be confirmed: the folder was not restored from a backup, or "
                       "is confirmed already.");
    if (!confirmed) return give_up(ServerExit::damaged, to_string(confirmed.error()) + ".");
    if (!*confirmed)
        return give_up(ServerExit::not_confirmed,
                       "These statements do not confirm this restore: it takes one by an "
                       "administrator, made from the text that restore printed, and the "
                       "confirmation by one of another organisation.");
    if (options.admin.json)
        show_answer({{"confirmed", true}}, true);
    else
        std::printf("Confirmed. Start the server: samsyn-server serve --data %s ...\n",
                    options.admin.data.c_str());
    return {};
}

Fallible<void> check_confirmed(Storage& storage, const fs::path& data) {
    const auto waiting = unconfirmed_restore(storage);
    if (!waiting) return give_up(ServerExit::damaged, to_string(waiting.error()) + ".");
    if (!*waiting) return {};
    return give_up(ServerExit::not_confirmed,
                   data.string() +
                       " was restored from a backup, and two people have yet to sign that: "
                       "samsyn admin restored with the text that restore printed, then "
                       "samsyn-server restore-confirm --data " +
                       data.string() + " --statement FILE...");
}

}  // namespace samsyn
