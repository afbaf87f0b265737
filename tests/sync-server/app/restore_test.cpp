// A restore: what it refuses, what a kill leaves, and what it says.

#include "core/base/codec.hpp"
#include "sync-server/app/backup_file.hpp"
#include "sync-server/app/month_keys.hpp"
#include "tests/sync-server/app/backed_up.hpp"

#include <csignal>

using namespace samsyn;
using namespace samsyn::test;

namespace {

constexpr std::size_t head_at = 20;  // behind the magic and the head's length

bool is_unfinished(const fs::path& path) {
    return path.filename().string().contains(".samsyn-unfinished");
}

/// A backup of a server that has served, and a place to restore it to.
struct Restoring : BackedUp {
    Restoring() {
        Program server{{"serve", "--config", config}};
        REQUIRE(server.line_with("\"backed_up\"").contains("backed_up"));
        server.signal(SIGTERM);
        REQUIRE(server.finish().exit == 0);
        backup = files(backups).front();
        configure(again_config, again, {});
    }

    std::vector<std::string> restore(const std::string& of) const {
        return {"restore", "--config", again_config, "--backup", of};
    }

    BackupHead head() const {
        auto read = read_backup_head(backup, keys);
        REQUIRE(read);
        return *std::move(read);
    }

    /// The same database under another manifest, which the server has signed, too.
    std::string with_manifest(const BackupManifest& manifest) const {
        const BackupHead was = head();
        const TemporaryFolder extracted;
        REQUIRE(extract_backup(backup, was.manifest, extracted.path(), {}));
        const auto month_key = read_month_key(keys, manifest.month);
        REQUIRE(month_key);
        const std::string file = (folder / "other.backup").string();
        REQUIRE(write_backup(file, extracted.path(), manifest, was.secrets, *month_key, {}));
        return file;
    }

    /// As it was before a manifest had a hash of the contents.
    std::string of_before() const {
        const std::string whole = read(backup);
        Reader file{as_bytes(whole).subspan(head_at - 4)};
        Reader in{*file.blob(whole.size(), "head")};
        Writer out;
        out.id(*in.id<DatabaseFileId>("nonce"));
        ByteView manifest = *in.blob(whole.size(), "manifest");
        manifest = manifest.first(manifest.size() - Hash::size);
        out.blob(manifest);
        const BackupHead was = head();
        auto identity = SigningKey::from_seed(was.secrets.folder.identity.seed());
        out.id(identity.public_key());
        out.id(identity.sign(Domain::backup_manifest, manifest));
        out.blob(*Reader{in.rest().subspan(SigningPublicKey::size + Signature::size)}.blob(
            whole.size(), "secrets"));
        Writer all;
        all.raw(as_bytes(std::string_view{whole}.substr(0, head_at - 4)));
        all.blob(out.view());
        all.raw(file.rest());
        const std::string before = (folder / "before.backup").string();
        std::ofstream{before, std::ios::binary} << as_text(all.view());
        return before;
    }

    /// Sends the signal once something unfinished is there; false where the restore was faster.
    bool restore_interrupted(int which, Finished& finished) const {
        Program program{restore(backup)};
        bool begun = false;
        while (!begun && !fs::exists(again))
            for (const auto& each : fs::directory_iterator{folder.path()})
                begun = begun || is_unfinished(each.path());
        program.signal(which);
        finished = program.finish();
        if (!fs::exists(again)) return true;
        fs::remove_all(again);
        return false;
    }

    std::vector<std::string> unfinished() const {
        auto found = files(folder.path());
        std::erase_if(found, [](const std::string& file) { return !is_unfinished(file); });
        return found;
    }

    std::string backup;
    std::string again = (folder / "again").string();
    std::string again_config = (folder / "again of it.toml").string();
};

}  // namespace

// Attack: or a fault of ours, which signed what it had not counted.
TEST_CASE("restore: a manifest that says something else than the database is refused",
          "[app][backup][attack]") {
    const Restoring world;
    BackupManifest manifest = world.head().manifest;
    SECTION("an entry more") {
        ++manifest.facts.entries[0];
    }
    SECTION("a row less") {
        --manifest.facts.tree.size;
    }
    SECTION("another root") {
        manifest.facts.tree.root.bytes[0] ^= std::byte{1};
    }
    const Finished finished = run(world.restore(world.with_manifest(manifest)));
    CAPTURE(finished.output);
    CHECK(finished.exit == 31);
    CHECK(finished.output.contains("other.backup does not hold what its manifest says"));
    CHECK_FALSE(fs::exists(world.again));
    CHECK(world.unfinished().empty());
}

TEST_CASE("restore: a backup of before contents were hashed is restored still", "[app][backup]") {
    const Restoring world;
    REQUIRE(world.head().manifest.contents);
    const std::string before = world.of_before();
    const auto head = read_backup_head(before, world.keys);
    REQUIRE(head);
    CHECK_FALSE(head->manifest.contents);
    CHECK(run(world.restore(before)).exit == 0);
}

TEST_CASE("restore: what a kill leaves is private, told by check, and gone with the next one",
          "[app][backup]") {
    const Restoring world;
    Finished killed;
    int attempts = 0;
    while (!world.restore_interrupted(SIGKILL, killed)) REQUIRE(++attempts < 50);
    CHECK(killed.exit == -1);
    const auto left = world.unfinished();
    REQUIRE_FALSE(left.empty());
    for (const std::string& each : left) CHECK(mode(each) == 0700);

    const Finished checked = run({"check", "--config", world.again_config});
    CAPTURE(checked.output);
    CHECK(checked.output.contains("warning  " + left.front() + " is left of"));
    CHECK(checked.output.contains("rm -r " + left.front()));
    CHECK(world.unfinished() == left);

    const Finished restored = run(world.restore(world.backup));
    CAPTURE(restored.output);
    CHECK(restored.exit == 0);
    CHECK(world.unfinished().empty());
}

TEST_CASE("restore: told to stop it removes what it began, and says so", "[app][backup]") {
    const Restoring world;
    for (const int which : {SIGTERM, SIGINT, SIGHUP}) {
        CAPTURE(which);
        Finished stopped;
        int attempts = 0;
        while (!world.restore_interrupted(which, stopped)) REQUIRE(++attempts < 50);
        CAPTURE(stopped.output);
        CHECK(stopped.exit == 1);
        CHECK(stopped.output.contains(world.backup + " was not restored. Stopped halfway"));
        CHECK(world.unfinished().empty());
    }
}

TEST_CASE("restore: what two people sign is printed again, with the options that name the folder",
          "[app][backup]") {
    const Restoring world;
    const Finished restored = run(world.restore(world.backup));
    CAPTURE(restored.output);
    REQUIRE(restored.exit == 0);
    CHECK(restored.output.contains("The backup " + world.backup + " is of 20"));
    const std::size_t begin = restored.output.find("samsyn1-restore-");
    REQUIRE(begin != std::string::npos);
    const std::string request =
        restored.output.substr(begin, restored.output.find('\n', begin) - begin);
    const std::string command = "restore-confirm --config '" + world.again_config + "' --statement";
    CHECK(restored.output.contains(command));

    const std::string statements = (world.folder / "none.txt").string();
    std::ofstream{statements} << "\n";
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"serve", "--config", world.again_config},
             {"restore-confirm", "--config", world.again_config, "--statement", statements}}) {
        const Finished refused = run(arguments);
        CAPTURE(refused.output);
        CHECK(refused.exit == 30);
        CHECK(refused.output.contains(request));
        CHECK(refused.output.contains(command));
    }
    const Finished status = run({"status", "--config", world.again_config});
    CHECK(status.exit == 0);
    CHECK(status.output.contains(request));
}

TEST_CASE("restore: whatever fails, the backup is named", "[app][backup]") {
    const Restoring world;
    const Finished failed = run({"restore",
                                 "--data",
                                 (world.folder / "no/such/data").string(),
                                 "--keys",
                                 world.keys,
                                 "--backup",
                                 world.backup});
    CAPTURE(failed.output);
    CHECK(failed.exit == 12);
    CHECK(failed.output.contains(world.backup + " was not restored. No folder can be made"));
}

TEST_CASE("backup: what a killed one left beside the others is gone with the next",
          "[app][backup]") {
    const BackedUp world;
    std::ofstream{world.backups + "/samsyn-2020-01-01T000000Z.backup.samsyn-unfinished"} << "x";
    fs::create_directory(world.backups +
                         "/samsyn-2020-01-01T000000Z.backup.samsyn-unfinished-aaaaaa");
    std::ofstream{world.backups + "/samsyn-2020-01-01T000000Z.backup"} << "an old one";
    CHECK(world.with_config("check").output.contains("is left of"));
    REQUIRE(world.with_config("backup").exit == 0);
    CHECK(world.files(world.backups).size() == 2);
    CHECK(fs::exists(world.backups + "/samsyn-2020-01-01T000000Z.backup"));
    CHECK_FALSE(world.with_config("check").output.contains("is left of"));
}

TEST_CASE("backup: keys that are overdue and stay are told", "[app][backup]") {
    const BackedUp world;
    fs::create_directory(world.keys);
    write_key(world.keys, "2020-01");
    const Finished made = world.with_config("backup");
    CAPTURE(made.output);
    CHECK(made.exit == 0);
    CHECK(made.output.contains("Warning: Keys that are overdue were not destroyed: 2020-01."));
    CHECK(made.output.contains("There is no key of " + last_month()));
}
