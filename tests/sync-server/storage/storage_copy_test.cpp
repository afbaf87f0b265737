#include "core/store/database.hpp"
#include "core/wire/log_rows.hpp"
#include "sync-server/storage/storage.hpp"
#include "tests/core/store/statement_hook.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sealed_pages.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sqlite3.h>

namespace samsyn {
namespace {

template <class IdType>
IdType copied_id(std::uint64_t seed) {
    SeededRandom random{seed};
    return random_id<IdType>(random);
}

LogEntry copied_entry(std::uint64_t seed, std::size_t size = 3000) {
    LogEntry entry;
    entry.channel = {copied_id<CompartmentId>(seed % 3)};
    entry.kind = EntryKind::batch;
    entry.hash = copied_id<Hash>(seed);
    entry.author = copied_id<DeviceId>(7);
    entry.counter = seed;
    entry.bytes = Bytes(size, static_cast<std::byte>(seed));
    return entry;
}

void put(Storage& storage, std::uint64_t seed) {
    REQUIRE(storage.begin());
    REQUIRE(storage.append(copied_entry(seed)));
    REQUIRE(storage.commit());
}

std::vector<std::uint64_t> counters_in(Storage& storage) {
    std::vector<std::uint64_t> found;
    REQUIRE(storage.for_each(EntryKind::batch, [&](const LogEntry& entry) -> Result<void> {
        CHECK(entry.bytes == copied_entry(entry.counter).bytes);
        found.push_back(entry.counter);
        return {};
    }));
    return found;
}

std::vector<std::uint64_t> up_to(std::uint64_t last) {
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 1; i <= last; ++i) all.push_back(i);
    return all;
}

constexpr std::uint64_t old_entries = 5;

/// A database of version 4, as it was before entries knew their rows: one of today with what came
/// since taken out, and data aboard.
void lay_version_4(const TemporaryFolder& folder, PageCipher& pages) {
    {
        const auto storage = *open_sqlite_storage(folder.path(), pages, DatabaseMode::create);
        for (std::uint64_t i = 1; i <= old_entries; ++i) {
            put(*storage, i);
            LogRow row;
            row.act =
                RowAccepted{copied_entry(i).channel, EntryKind::batch, i, copied_entry(i).hash, 0};
            REQUIRE(storage->begin());
            REQUIRE(storage->log().append({i - 1, Instant{}, {}, {}, encode_log_row(row)}));
            REQUIRE(storage->commit());
        }
    }
    auto db = *Database::open(folder / "samsyn-server.db", pages);
    REQUIRE(db.exec("DROP TABLE attachments"));
    REQUIRE(db.exec("DROP TABLE sealed_chunks"));
    REQUIRE(db.exec("ALTER TABLE entries DROP COLUMN log_row"));
    REQUIRE(db.exec("DROP TABLE IF EXISTS fleet"));
    REQUIRE(db.set_version(4));
}

void check_rows(Storage& storage) {
    CHECK(counters_in(storage) == up_to(old_entries));
    for (std::uint64_t i = 1; i <= old_entries; ++i)
        CHECK(*storage.log_row(copied_entry(i).hash) == i - 1);
    CHECK_FALSE(*storage.log_row(copied_entry(99).hash));
}

}  // namespace

TEST_CASE("StorageCopy: is of the moment of its last step, whatever is written meanwhile",
          "[storage][backup]") {
    const TemporaryFolder folder;
    const TemporaryFolder target;
    SodiumPageCipher pages = test_pages(1);
    SodiumPageCipher other = test_pages(2, 9);
    const bool in_file = GENERATE(true, false);
    CAPTURE(in_file);
    const auto storage = in_file ? *open_sqlite_storage(folder.path(), pages, DatabaseMode::create)
                                 : *open_memory_storage();
    std::uint64_t written = 0;
    while (written < 60) put(*storage, ++written);
    {
        const auto copy = *storage->copy_to(target.path(), other);
        // In memory SQLite begins a copy anew with every commit: that one is made at once.
        for (bool done = false; !done;) {
            const auto stepped = copy->step(in_file ? 7 : 10'000);
            REQUIRE(written < 500);  // it comes to an end
            REQUIRE(stepped);
            done = *stepped;
            if (!done) put(*storage, ++written);  // new pages, and some that were copied already
        }
        REQUIRE(copy->finish());
    }
    if (in_file) REQUIRE(written > 65);
    const auto copied = *open_sqlite_storage(target.path(), other, DatabaseMode::existing);
    CHECK(counters_in(*copied) == up_to(written));
    put(*storage, written + 1);
    CHECK(counters_in(*copied) == up_to(written));
    CHECK(counters_in(*storage) == up_to(written + 1));
}

TEST_CASE("StorageCopy: one of more pages than SQLite lets a log have is whole",
          "[storage][backup]") {
    const TemporaryFolder folder;
    const TemporaryFolder target;
    SodiumPageCipher pages = test_pages(1);
    SodiumPageCipher other = test_pages(2, 9);
    const auto storage = *open_sqlite_storage(folder.path(), pages, DatabaseMode::create);
    const Bytes megabyte(1'000'000, std::byte{7});
    for (int i = 0; i < 9; ++i) {
        REQUIRE(storage->begin());
        REQUIRE(storage->put_value("large/" + std::to_string(i), megabyte));
        REQUIRE(storage->commit());
    }
    {
        const auto copy = *storage->copy_to(target.path(), other);
        while (!*copy->step(500)) {
        }
        REQUIRE(copy->finish());
    }
    const auto copied = open_sqlite_storage(target.path(), other, DatabaseMode::existing);
    REQUIRE(copied);
    CHECK((*copied)->value("large/8") == megabyte);
}

TEST_CASE("StorageCopy: is sealed under its own key", "[storage][backup][attack]") {
    const TemporaryFolder target;
    SodiumPageCipher other = test_pages(2, 9);
    const auto storage = *open_memory_storage();
    put(*storage, 1);
    {
        const auto copy = *storage->copy_to(target.path(), other);
        while (!*copy->step(100)) {
        }
        REQUIRE(copy->finish());
    }
    SodiumPageCipher wrong = test_pages(1);
    const auto opened = open_sqlite_storage(target.path(), wrong, DatabaseMode::existing);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Errc::not_authentic);
}

TEST_CASE("StorageCopy: inside a transaction it waits for another step", "[storage][backup]") {
    const TemporaryFolder target;
    SodiumPageCipher other = test_pages(2, 9);
    const auto storage = *open_memory_storage();
    put(*storage, 1);
    const auto copy = *storage->copy_to(target.path(), other);
    REQUIRE(storage->begin());
    REQUIRE(storage->append(copied_entry(2)));
    const auto stepped = copy->step(1);
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().code == Errc::conflict);
    REQUIRE(storage->commit());
    while (!*copy->step(100)) {
    }
}

// --- Migration -----------------------------------------------------------------------------------

TEST_CASE("Storage: an older database comes through with all it held, and knows the rows",
          "[storage][migrate]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    lay_version_4(folder, pages);
    check_rows(**open_sqlite_storage(folder.path(), pages, DatabaseMode::existing));
    check_rows(**open_sqlite_storage(folder.path(), pages, DatabaseMode::existing));
}

TEST_CASE("Storage: a migration that is interrupted at any statement loses nothing",
          "[storage][migrate][crash]") {
    SodiumPageCipher pages = test_pages();
    int failures = 0;
    for (int nth = 1;; ++nth) {
        CAPTURE(nth);
        const TemporaryFolder folder;
        lay_version_4(folder, pages);
        bool reached = false;
        {
            const StatementHook hook{[&](int number) {
                reached = reached || number == nth;
                return number == nth;
            }};
            if (!open_sqlite_storage(folder.path(), pages, DatabaseMode::existing)) ++failures;
        }
        if (!reached) break;
        check_rows(**open_sqlite_storage(folder.path(), pages, DatabaseMode::existing));
    }
    CHECK(failures > 8);  // the faults were seen
}

TEST_CASE("Storage: a database from the future is refused", "[storage][migrate]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    (void)*open_sqlite_storage(folder.path(), pages, DatabaseMode::create);
    {
        auto db = *Database::open(folder / "samsyn-server.db", pages);
        REQUIRE(db.set_version(99));
    }
    const auto opened = open_sqlite_storage(folder.path(), pages, DatabaseMode::existing);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Errc::newer_format);
}

}  // namespace samsyn
