#include "tests/core/vfs/crash_sweep.hpp"
#include "tests/core/vfs/sealed_engine.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/quick_page_cipher.hpp"

#include <sqlite3.h>

#include <iostream>

using namespace samsyn;

namespace {

constexpr std::uint64_t cuts_each = 12;

/// A creation whose power goes at its n-th change, or, where it was through before that, after some
/// use. False where it never went.
bool create_until(
    Engine& engine, CrashDisk& disk, std::uint64_t n, bool& was_ready, unsigned uses = 0) {
    disk.cut_at_change(n);
    auto opened = engine.open(disk, {}, Engine::Mode::create);
    was_ready = opened.connection && History::found(*opened.connection) == SQLITE_OK;
    for (History history{n}; was_ready && uses > 0; --uses)
        if (history.run_next(*opened.connection) != SQLITE_OK ||
            opened.connection->run("PRAGMA wal_checkpoint(TRUNCATE)") != SQLITE_OK)
            break;
    const bool struck = disk.struck();
    disk.stop();
    return struck;
}

/// Whatever is left: an error that says why, or a database that holds what was acknowledged.
void expect_clear_answer(Engine& engine, const DiskImage& left, bool was_ready) {
    CrashDisk disk{{.sector_size = left.sector_size()}};
    disk.mount(left);
    auto opened = engine.open(disk, {}, Engine::Mode::existing);
    if (!opened.connection) {
        CHECK_FALSE(was_ready);
        CHECK_FALSE(opened.why.empty());
        return;
    }
    // Creation was far enough: an empty database, or the tables in it.
    CHECK(opened.connection->run("PRAGMA integrity_check") == SQLITE_OK);
    if (was_ready) CHECK(History{1}.read(*opened.connection).fault == "");
}

/// Creating starts again, cleanly, and what it makes can be used and opened.
void expect_created_again(Engine& engine, const DiskImage& left) {
    CrashDisk disk{{.sector_size = left.sector_size()}};
    disk.mount(left);
    History history{3};
    {
        auto opened = engine.open(disk, {}, Engine::Mode::create);
        INFO(opened.why);
        REQUIRE(opened.connection);
        REQUIRE(History::found(*opened.connection) == SQLITE_OK);
        for (int n = 0; n < 3; ++n) REQUIRE(history.run_next(*opened.connection) == SQLITE_OK);
        disk.stop();
    }
    disk.reboot(1);
    auto opened = engine.open(disk, {}, Engine::Mode::existing);
    INFO(opened.why);
    REQUIRE(opened.connection);
    const auto reading = history.read(*opened.connection);
    CHECK(reading.fault == "");
    CHECK(reading.number == history.acknowledged());
}

}  // namespace

TEST_CASE("Creation: cut at any change, it is a clear error or all there, and starts again",
          "[crash][creation]") {
    QuickPageCipher cipher{9};
    SealedEngine engine{cipher};
    const std::uint32_t sector = GENERATE(512U, 4096U);
    bool struck = true;
    std::uint64_t cuts = 0;
    for (std::uint64_t n = 0; struck; ++n) {
        REQUIRE(n < 1000);
        CrashDisk disk{{.sector_size = sector}};
        bool was_ready = false;
        struck = create_until(engine, disk, n, was_ready);
        CHECK(was_ready == !struck);
        for (std::uint64_t seed = 0; seed < cuts_each; ++seed) {
            CAPTURE(n, seed, sector);
            const DiskImage left = disk.image().after_power_cut(seed);
            expect_clear_answer(engine, left, was_ready);
            expect_created_again(engine, left);
            ++cuts;
        }
    }
    std::cout << "creation: " << cuts << " power cuts, sectors of " << sector << '\n';
}

TEST_CASE("Creation: cut again while it starts again, up to three times, it leaves nothing behind",
          "[crash][creation]") {
    // The caller knows that creation never ended, whatever came of the database meanwhile: older
    // logs and page tables with greater sequence numbers must not outlive it.
    QuickPageCipher cipher{10};
    SealedEngine engine{cipher};
    for (std::uint64_t seed = 0; seed < scaled(1500); ++seed) {
        Dice dice{seed};
        CrashDisk disk{{}};
        for (int round = 0; round < 3; ++round) {
            bool was_ready = false;
            const auto uses = static_cast<unsigned>(dice.below(6));
            create_until(engine, disk, dice.below(uses == 0 ? 25 : 90), was_ready, uses);
            disk.reboot(dice.roll());
        }
        CAPTURE(seed);
        expect_created_again(engine, disk.image());
    }
}

TEST_CASE(
    "Creation: a full disk, an I/O error or a failed sync at any call is an error, and it "
    "starts again",
    "[crash][creation]") {
    QuickPageCipher cipher{11};
    SealedEngine engine{cipher};
    const int kind = GENERATE(0, 1, 2);
    bool struck = true;
    for (std::uint64_t n = 0; struck; ++n) {
        REQUIRE(n < 2000);
        CAPTURE(kind, n);
        CrashDisk disk{{}};
        if (kind == 0) disk.fill_at_write(n);
        if (kind == 1) disk.fail_call(n);
        if (kind == 2) disk.fail_sync(n, CrashDisk::SyncLoss::unsynced_writes);
        {
            auto opened = engine.open(disk, {}, Engine::Mode::create);
            if (opened.connection) (void)History::found(*opened.connection);
            struck = disk.struck();
            disk.stop();
        }
        disk.kill();
        disk.evict_lost();
        expect_created_again(engine, disk.image());
    }
}
