#include "tests/core/vfs/crash_connection.hpp"
#include "tests/support/catch.hpp"

#include <sqlite3.h>

#include <set>

using namespace samsyn;

namespace {

Bytes filled(std::size_t size, unsigned char value) {
    return Bytes(size, std::byte{value});
}

Bytes read_all(const DiskImage& image, const std::string& name) {
    const auto file = image.find(name);
    if (!file) return {};
    Bytes bytes(image.content(*file).size());
    image.content(*file).read(0, bytes);
    return bytes;
}

/// A durable file of `size` bytes of value 1.
DiskImage with_file(std::uint32_t sector_size, std::size_t size) {
    DiskImage image{sector_size};
    const auto file = image.create("a");
    image.write(file, 0, filled(size, 1));
    image.sync(file);
    image.sync_folder();
    return image;
}

constexpr std::uint64_t seeds = 400;

}  // namespace

TEST_CASE("DiskImage: a power cut leaves what was synced and nothing is asked of it again",
          "[crash][disk]") {
    const DiskImage image = with_file(512, 5000);
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        CHECK(read_all(image.after_power_cut(seed), "a") == filled(5000, 1));
}

TEST_CASE("DiskImage: unsynced sectors survive, vanish and tear independently of their order",
          "[crash][disk]") {
    const std::uint32_t sector = GENERATE(512U, 4096U);
    DiskImage image = with_file(sector, std::size_t{8} * sector);
    const auto file = *image.find("a");
    image.write(file, 0, filled(sector, 2));
    image.write(file, std::uint64_t{4} * sector, filled(sector, 3));
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const Bytes left = read_all(image.after_power_cut(seed), "a");
        REQUIRE(left.size() == std::size_t{8} * sector);
        const auto state_of = [&](std::size_t at, unsigned char value) {
            const ByteView sector_left = ByteView{left}.subspan(at, sector);
            if (equal(sector_left, filled(sector, value))) return 'n';
            return equal(sector_left, filled(sector, 1)) ? 'o' : 't';
        };
        outcomes.insert({state_of(0, 2), state_of(std::size_t{4} * sector, 3)});
    }
    for (const char* outcome : {"nn", "oo", "no", "on", "to", "ot", "tn", "nt"})
        CHECK(outcomes.contains(outcome));
}

TEST_CASE("DiskImage: bytes outside a write are never damaged", "[crash][disk]") {
    DiskImage image = with_file(4096, 12288);
    image.write(*image.find("a"), 5000, filled(100, 2));
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const Bytes left = read_all(image.after_power_cut(seed), "a");
        CHECK(equal(ByteView{left}.first(5000), filled(5000, 1)));
        CHECK(equal(ByteView{left}.subspan(5100), filled(12288 - 5100, 1)));
    }
}

TEST_CASE("DiskImage: a file grows over holes that read as zero", "[crash][disk]") {
    DiskImage image = with_file(512, 512);
    const auto file = *image.find("a");
    image.write(file, 512, filled(512, 2));
    image.write(file, 1024, filled(512, 3));
    std::set<std::size_t> sizes;
    bool hole = false;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const Bytes left = read_all(image.after_power_cut(seed), "a");
        sizes.insert(left.size());
        hole = hole || (left.size() == 1536 && equal(ByteView{left}.subspan(512, 512), Bytes(512)));
    }
    CHECK(sizes.contains(512));
    CHECK(sizes.contains(1024));
    CHECK(sizes.contains(1536));
    CHECK(hole);
}

TEST_CASE("DiskImage: a truncation and the write after it survive each without the other",
          "[crash][disk]") {
    DiskImage image = with_file(512, 2048);
    const auto file = *image.find("a");
    image.truncate(file, 0);
    image.write(file, 0, filled(512, 2));
    std::set<std::pair<std::size_t, bool>> outcomes;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const Bytes left = read_all(image.after_power_cut(seed), "a");
        const bool written = left.size() >= 512 && equal(ByteView{left}.first(512), filled(512, 2));
        outcomes.insert({left.size(), written});
    }
    CHECK(outcomes.contains({0, false}));
    CHECK(outcomes.contains({512, true}));
    CHECK(outcomes.contains({2048, false}));
    CHECK(outcomes.contains({2048, true}));
}

TEST_CASE("DiskImage: names come and go with the folder's sync, not with the file's",
          "[crash][disk]") {
    DiskImage image = with_file(512, 512);
    const auto made = image.create("b");
    image.write(made, 0, filled(10, 7));
    image.sync(made);
    image.remove("a");
    std::set<std::vector<std::string>> outcomes;
    for (std::uint64_t seed = 0; seed < seeds; ++seed)
        outcomes.insert(image.after_power_cut(seed).names());
    CHECK(outcomes.size() == 4);
    image.sync_folder();
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        CHECK(image.after_power_cut(seed).names() == std::vector<std::string>{"b"});
}

TEST_CASE("DiskImage: after a failed sync no later one writes what was lost", "[crash][disk]") {
    DiskImage image = with_file(512, 512);
    const auto file = *image.find("a");
    bool lost = false;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        DiskImage copy = image;
        copy.write(file, 0, filled(512, 2));
        copy.lose_unsynced(file, seed);
        CHECK(read_all(copy, "a") == filled(512, 2));
        copy.sync(file);
        const Bytes left = read_all(copy.after_power_cut(0), "a");
        lost = lost || left == filled(512, 1);
        copy.evict_lost();
        CHECK(read_all(copy, "a") == left);
    }
    CHECK(lost);
}

TEST_CASE("DiskImage: a copy is not changed by writing to the other", "[crash][disk]") {
    DiskImage image = with_file(512, 9000);
    const DiskImage copy = image;
    image.write(*image.find("a"), 4000, filled(4000, 9));
    image.truncate(*image.find("a"), 4100);
    CHECK(read_all(copy, "a") == filled(9000, 1));
    CHECK(read_all(image, "a").size() == 4100);
    image.truncate(*image.find("a"), 5000);
    CHECK(equal(ByteView{read_all(image, "a")}.subspan(4100), Bytes(900)));
}

TEST_CASE("CrashDisk: after the cut every call fails until the disk is started again",
          "[crash][disk]") {
    CrashDisk disk{{}};
    PlainEngine engine;
    auto opened = engine.open(disk, {}, Engine::Mode::create);
    REQUIRE(opened.connection);
    REQUIRE(opened.connection->run("CREATE TABLE t(a)") == SQLITE_OK);
    disk.cut_at_change(0);
    CHECK(opened.connection->run("INSERT INTO t VALUES(1)") != SQLITE_OK);
    CHECK(disk.is_off());
    CHECK(opened.connection->run("SELECT * FROM t; INSERT INTO t VALUES(1)") != SQLITE_OK);
    opened.connection.reset();
    CHECK_FALSE(engine.open(disk, {}, Engine::Mode::existing).connection);
    disk.reboot(1);
    auto again = engine.open(disk, {}, Engine::Mode::existing);
    REQUIRE(again.connection);
    CHECK(again.connection->run("INSERT INTO t VALUES(1)") == SQLITE_OK);
}

TEST_CASE("CrashDisk: faults strike where they were asked for and pass", "[crash][disk]") {
    CrashDisk disk{{}};
    PlainEngine engine;
    auto opened = engine.open(disk, {}, Engine::Mode::create);
    REQUIRE(opened.connection);
    REQUIRE(opened.connection->run("CREATE TABLE t(a)") == SQLITE_OK);
    const auto insert = [&] { return opened.connection->run("INSERT INTO t VALUES(1)"); };
    disk.fill_at_write(1);
    CHECK(insert() == SQLITE_FULL);
    CHECK(insert() == SQLITE_FULL);
    disk.fill_at_write(CrashDisk::never);
    CHECK(insert() == SQLITE_OK);
    disk.fail_call(0);
    CHECK(insert() == SQLITE_IOERR_WRITE);
    CHECK(insert() == SQLITE_OK);
    disk.fail_call(0, CrashDisk::Failure::done);
    CHECK(insert() == SQLITE_IOERR_WRITE);
    CHECK(insert() == SQLITE_OK);
    disk.fail_sync(0, CrashDisk::SyncLoss::nothing);
    CHECK(insert() == SQLITE_IOERR_FSYNC);
    CHECK(insert() == SQLITE_OK);
}
