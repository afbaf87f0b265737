// Every call of the VFS below fails once, in every way that a call can fail, and for good.

#include "tests/core/vfs/committed.hpp"
#include "tests/core/vfs/fault_vfs.hpp"

#include <set>

using namespace samsyn;

namespace {

constexpr std::int64_t transaction_count = 9;

/// How far a script came: what was acknowledged, and the errors on the way.
struct ScriptOutcome {
    std::int64_t acknowledged = 0;
    bool failed = false;
};

void note(ScriptOutcome& outcome, const Result<void>& result) {
    if (result) return;
    outcome.failed = true;
    // A disk that fails is not a damaged file, and never a wrong key.
    if (result.error().context == "integrity check") return;  // which says it in its own words
    CAPTURE(to_string(result.error()));
    CHECK((result.error().code == Errc::storage_failed || result.error().code == Errc::disk_full));
}

/// Opens, writes with checkpoints in between, reads; tries again what failed, twice.
ScriptOutcome run_script(const std::filesystem::path& file, PageCipher& pages, const char* lower) {
    ScriptOutcome outcome;
    auto opened = Database::open(file, pages, lower);
    if (!opened) {
        note(outcome, std::unexpected{opened.error()});
        return outcome;
    }
    Database& db = *opened;
    note(outcome, db.exec("PRAGMA wal_autocheckpoint = 12"));
    int tries_left = 3;
    while (outcome.acknowledged < transaction_count && tries_left > 0) {
        const auto applied = history::apply(db, outcome.acknowledged + 1);
        note(outcome, applied);
        if (applied) ++outcome.acknowledged;
        if (!applied) --tries_left;
    }
    const auto seen = history::observe(db);
    if (seen) CHECK(*seen == outcome.acknowledged);
    if (!seen) note(outcome, std::unexpected{seen.error()});
    return outcome;
}

const char* name_of(Operation operation) {
    constexpr std::array names{
        "open", "remove", "access", "read", "write", "truncate", "sync", "size", "lock"};
    return names.at(static_cast<std::size_t>(operation));
}

class World {
public:
    World() {
        Database db = must(Database::create(file, pages, disk.name()));
        must(history::begin(db));
        fresh_log = image_of(file);
    }

    /// After the fault the disk is whole again: nothing acknowledged may be missing.
    void check_after(const ScriptOutcome& outcome) {
        Database db = must(Database::open(file, pages, disk.name()));
        const std::int64_t seen = must(history::observe(db));
        CHECK(seen >= outcome.acknowledged);
        CHECK(seen <= outcome.acknowledged + 1);
        must(history::apply(db, seen + 1));
        CHECK(must(history::observe(db)) == seen + 1);
    }

    FaultVfs disk;
    TemporaryFolder folder;
    std::filesystem::path file = folder / "a.db";
    SodiumPageCipher pages = test_pages();
    Image fresh_log;  ///< an empty table that is in the log only
};

}  // namespace

TEST_CASE("Faults: any call that fails costs nothing that was acknowledged", "[vfs][fault]") {
    World world;
    FaultVfs& disk = world.disk;
    const auto style =
        GENERATE(FaultStyle::error, FaultStyle::half_done, FaultStyle::done, FaultStyle::disk_full);
    const bool forever = GENERATE(false, true);
    if (forever && style != FaultStyle::error && style != FaultStyle::disk_full) return;
    std::set<std::string> met;
    int unseen = 0;
    for (std::int64_t call = 0;; ++call) {
        put_image(world.file, world.fresh_log);
        disk.fail_after(call, style, forever);
        const ScriptOutcome outcome = run_script(world.file, world.pages, disk.name());
        disk.heal();
        if (!disk.fired()) {
            CHECK(outcome.acknowledged == transaction_count);
            CHECK(call > 100);
            break;
        }
        CAPTURE(call, static_cast<int>(style), forever, name_of(disk.fired_on()));
        met.insert(name_of(disk.fired_on()));
        if (!outcome.failed) ++unseen;
        world.check_after(outcome);
    }
    // Faults that only cost a checkpoint or the closing are made good by the next one.
    CAPTURE(unseen);
    for (const char* operation :
         {"open", "access", "read", "write", "truncate", "sync", "size", "lock", "remove"})
        CHECK(met.contains(operation));
}

TEST_CASE("Faults: killed after any call that failed, nothing acknowledged is missing",
          "[vfs][fault]") {
    World world;
    FaultVfs& disk = world.disk;
    const auto style = GENERATE(FaultStyle::error, FaultStyle::half_done, FaultStyle::done);
    for (std::int64_t call = 20;; call += 2) {
        put_image(world.file, world.fresh_log);
        ScriptOutcome outcome;
        Image killed;
        {
            Database db = must(Database::open(world.file, world.pages, disk.name()));
            must(db.exec("PRAGMA wal_autocheckpoint = 12"));
            disk.fail_after(call, style);
            for (int tries = 3; outcome.acknowledged < transaction_count && tries > 0;) {
                const auto applied = history::apply(db, outcome.acknowledged + 1);
                if (applied) ++outcome.acknowledged;
                if (!applied) --tries;
            }
            killed = image_of(world.file);
            disk.heal();
        }
        if (!disk.fired()) break;
        CAPTURE(call, static_cast<int>(style), name_of(disk.fired_on()));
        put_image(world.file, killed);
        world.check_after(outcome);
    }
}

TEST_CASE("Faults: a creation that fails anywhere can be done again", "[vfs][fault]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    FaultVfs disk;
    const auto style = GENERATE(FaultStyle::error, FaultStyle::half_done, FaultStyle::disk_full);
    for (std::int64_t call = 0;; ++call) {
        CAPTURE(call);
        const auto file = folder / "a.db";
        disk.fail_after(call, style);
        const bool made = Database::create(file, pages, disk.name()).has_value();
        disk.heal();
        if (!disk.fired()) {
            CHECK(made);
            break;
        }
        // What was called made must open; what was not is made again.
        Database db = made ? must(Database::open(file, pages, disk.name()))
                           : must(Database::create(file, pages, disk.name()));
        must(history::begin(db));
        must(history::apply(db, 1));
        CHECK(must(history::observe(db)) == 1);
    }
}

TEST_CASE("Faults: after a failed sync nothing is written until the file is opened again",
          "[vfs][fault]") {
    World world;
    FaultVfs& disk = world.disk;
    for (int nth = 0; nth < 12; ++nth) {
        CAPTURE(nth);
        put_image(world.file, world.fresh_log);
        std::int64_t acknowledged = 0;
        {
            Database db = must(Database::open(world.file, world.pages, disk.name()));
            must(db.exec("PRAGMA wal_autocheckpoint = 6"));
            disk.fail_after(Operation::sync, nth, FaultStyle::error);
            while (!disk.fired() && acknowledged < 20)
                if (history::apply(db, acknowledged + 1)) ++acknowledged;
            REQUIRE(disk.fired());
            // Also where the sync was a checkpoint's, which SQLite itself forgives.
            for (int tries = 0; tries < 3; ++tries) {
                const auto refused = history::apply(db, acknowledged + 1);
                REQUIRE_FALSE(refused.has_value());
                CHECK(refused.error() ==
                      Error{Errc::storage_failed, "database: reopen after a failed sync"});
            }
        }
        world.check_after({acknowledged, true});
    }
}

TEST_CASE("Faults: a full disk is disk_full, and with room again work goes on", "[vfs][fault]") {
    World world;
    FaultVfs& disk = world.disk;
    Database db = must(Database::open(world.file, world.pages, disk.name()));
    must(db.exec("PRAGMA wal_autocheckpoint = 6"));
    std::int64_t acknowledged = 0;
    for (int nth = 0; nth < 60; ++nth) {
        disk.fail_after(Operation::write, nth, FaultStyle::disk_full);
        for (int tries = 0; tries < 2; ++tries) {
            const auto applied = history::apply(db, acknowledged + 1);
            if (applied) ++acknowledged;
            if (!applied) CHECK(applied.error().code == Errc::disk_full);
        }
        disk.heal();
    }
    CHECK(acknowledged > 60);
    CHECK(must(history::observe(db)) == acknowledged);
}

// A page table that was written whole and yet reported as failed would say that the log is done
// with, while SQLite goes on writing to it.
TEST_CASE("Faults: a checkpoint that failed anywhere leaves a log that counts", "[vfs][fault]") {
    World world;
    const auto style = GENERATE(FaultStyle::error, FaultStyle::half_done, FaultStyle::done);
    for (std::int64_t nth = 0;; ++nth) {
        put_image(world.file, world.fresh_log);
        bool checkpointed = false;
        Image killed;
        {
            Database db = must(Database::open(world.file, world.pages, world.disk.name()));
            must(db.exec("PRAGMA wal_autocheckpoint = 0"));
            for (std::int64_t n = 1; n <= 4; ++n) must(history::apply(db, n));
            world.disk.fail_after(Operation::write, nth, style);
            checkpointed = db.exec("PRAGMA wal_checkpoint").has_value();
            world.disk.heal();
            must(history::apply(db, 5));
            killed = image_of(world.file);
        }
        CAPTURE(nth, static_cast<int>(style));
        put_image(world.file, killed);
        world.check_after({5, !checkpointed});
        if (checkpointed) break;
    }
}
