#include "core/store/database.hpp"
#include "sync-server/storage/storage.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sealed_pages.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temporary_folder.hpp"

#include <rapidcheck.h>

#include <set>

namespace samsyn {
namespace {

template <class IdType>
IdType id_of(std::uint64_t seed) {
    SeededRandom random{seed};
    return random_id<IdType>(random);
}

Channel compartment(std::uint64_t seed) {
    return {id_of<CompartmentId>(seed)};
}

LogEntry entry_in(const Channel& channel, std::uint64_t seed, std::size_t size = 100) {
    LogEntry entry;
    entry.channel = channel;
    entry.kind = EntryKind::batch;
    entry.hash = id_of<Hash>(seed);
    entry.author = id_of<DeviceId>(7);
    entry.counter = seed;
    entry.epoch = id_of<EpochId>(8);
    entry.bytes = Bytes(size, std::byte{0xe5});
    return entry;
}

std::unique_ptr<Storage> memory() {
    return *open_memory_storage();
}

void append(Storage& storage, const LogEntry& entry) {
    REQUIRE(storage.begin());
    REQUIRE(storage.append(entry));
    REQUIRE(storage.commit());
}

void offer(Storage& storage, std::uint64_t counter) {
    REQUIRE(storage.begin());
    REQUIRE(storage.record_offer(id_of<DeviceId>(7), counter, id_of<Hash>(counter)));
    REQUIRE(storage.commit());
}

UnlockRecord record_of(std::uint64_t seed) {
    UnlockRecord record;
    record.device = id_of<DeviceId>(seed);
    record.token_hash = id_of<Hash>(seed + 1);
    record.current.emplace();
    record.current->verifier.bytes.fill(std::byte{0x1a});
    record.current->secret.bytes.fill(std::byte{0x5e});
    record.wrong_tries = 3;
    return record;
}

void put(Storage& storage, const UnlockRecord& record) {
    REQUIRE(storage.begin());
    REQUIRE(storage.unlocks().put(record));
    REQUIRE(storage.commit());
}

}  // namespace

TEST_CASE("Storage: numbers each channel by itself, from 1 and without gaps", "[storage]") {
    const auto storage = memory();
    REQUIRE(storage->begin());
    CHECK(*storage->append(entry_in(compartment(1), 1)) == 1);
    CHECK(*storage->append(entry_in(compartment(2), 2)) == 1);
    CHECK(*storage->append(entry_in(compartment(1), 3)) == 2);
    CHECK(*storage->append(entry_in({Stream{}}, 4)) == 1);
    REQUIRE(storage->commit());
    CHECK(*storage->last_number(compartment(1)) == 2);
    CHECK(*storage->last_number(compartment(9)) == 0);
}

TEST_CASE("Storage: a number that was rolled back is given again", "[storage]") {
    const auto storage = memory();
    REQUIRE(storage->begin());
    REQUIRE(storage->append(entry_in(compartment(1), 1)));
    storage->rollback();
    append(*storage, entry_in(compartment(1), 2));
    CHECK(*storage->last_number(compartment(1)) == 1);
    CHECK_FALSE(*storage->find(id_of<Hash>(1)));
}

TEST_CASE("Storage: gives back every part of an entry", "[storage]") {
    const auto storage = memory();
    const LogEntry entry = entry_in(compartment(1), 5);
    append(*storage, entry);

    const auto found = *storage->find(entry.hash);
    REQUIRE(found);
    CHECK(found->channel == entry.channel);
    CHECK(found->number == 1);

    const auto read = *storage->read(compartment(1), 0, 1000);
    REQUIRE(read.size() == 1);
    CHECK(read[0].kind == EntryKind::batch);
    CHECK(read[0].author == entry.author);
    CHECK(read[0].counter == entry.counter);
    CHECK(read[0].epoch == entry.epoch);
    CHECK(read[0].bytes == entry.bytes);
}

TEST_CASE("Storage: a write is known by exactly its item, field, version and kind", "[storage]") {
    const auto storage = memory();
    // The latest time that there is: above what a signed column can order.
    const Version version{HybridTime{~std::uint64_t{0}}, id_of<DeviceId>(7)};
    const WriteRecord write{
        id_of<ItemId>(1), make_field(1, MergeKind::single), WriteRecord::Kind::written, version};
    REQUIRE(storage->begin());
    REQUIRE(storage->put_write(write));
    REQUIRE(storage->put_write(write));
    REQUIRE(storage->commit());
    CHECK(*storage->has_write(write));

    std::vector<WriteRecord> others(5, write);
    others[0].item = id_of<ItemId>(2);
    others[1].field = make_field(2, MergeKind::single);
    others[2].kind = WriteRecord::Kind::replaced;
    others[3].version.time = HybridTime{1};
    others[4].version.device = id_of<DeviceId>(8);
    for (const WriteRecord& other : others) CHECK_FALSE(*storage->has_write(other));
}

TEST_CASE("Storage: a write that was rolled back is not known", "[storage]") {
    const auto storage = memory();
    const WriteRecord write{id_of<ItemId>(1), deleted_field, WriteRecord::Kind::written, {}};
    REQUIRE(storage->begin());
    REQUIRE(storage->put_write(write));
    storage->rollback();
    CHECK_FALSE(*storage->has_write(write));
}

TEST_CASE("Storage: the same hash is stored once", "[storage]") {
    const auto storage = memory();
    append(*storage, entry_in(compartment(1), 5));
    REQUIRE(storage->begin());
    CHECK(storage->append(entry_in(compartment(2), 5)).error().code == Errc::conflict);
    storage->rollback();
}

TEST_CASE("Storage: a read stops at its size, but never before the first entry", "[storage]") {
    const auto storage = memory();
    for (std::uint64_t i = 1; i <= 5; ++i) append(*storage, entry_in(compartment(1), i, 1000));

    CHECK(storage->read(compartment(1), 0, 10)->size() == 1);
    CHECK(storage->read(compartment(1), 0, 2100)->size() == 2);
    const auto rest = *storage->read(compartment(1), 3, 1'000'000);
    REQUIRE(rest.size() == 2);
    CHECK(rest[0].number == 4);
    CHECK(storage->read(compartment(1), 5, 1000)->empty());
    CHECK(storage->read(compartment(2), 0, 1000)->empty());
}

TEST_CASE("Storage: knows greatest counter and gaps of a device", "[storage]") {
    const auto storage = memory();
    const auto device = id_of<DeviceId>(7);
    CHECK(storage->counters(device)->greatest == 0);

    offer(*storage, 1);
    offer(*storage, 5);
    CHECK(storage->counters(device)->greatest == 5);
    CHECK(storage->counters(device)->gaps == std::vector<std::uint64_t>{2, 3, 4});

    offer(*storage, 3);
    CHECK(storage->counters(device)->gaps == std::vector<std::uint64_t>{2, 4});
    CHECK(*storage->hash_at(device, 3) == id_of<Hash>(3));
    CHECK_FALSE(*storage->hash_at(device, 2));
}

TEST_CASE("Storage: a leap of any size costs at most 256 gaps", "[storage]") {
    const auto storage = memory();
    offer(*storage, std::uint64_t{1} << 61U);
    const auto state = *storage->counters(id_of<DeviceId>(7));
    CHECK(state.gaps.size() == 256);
    CHECK(state.gaps.back() == (std::uint64_t{1} << 61U) - 1);
}

TEST_CASE("Storage: gaps are what has not come, whatever the order", "[storage]") {
    CHECK(rc::check("greatest and gaps", [] {
        const auto counters =
            *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(1, 60));
        const auto storage = memory();
        for (const auto counter : counters) offer(*storage, counter);

        const std::set<std::uint64_t> came{counters.begin(), counters.end()};
        const auto state = *storage->counters(id_of<DeviceId>(7));
        const std::uint64_t greatest = came.empty() ? 0 : *came.rbegin();
        RC_ASSERT(state.greatest == greatest);
        std::vector<std::uint64_t> gaps;
        for (std::uint64_t i = 1; i < greatest; ++i)
            if (!came.contains(i)) gaps.push_back(i);
        RC_ASSERT(state.gaps == gaps);
    }));
}

TEST_CASE("Storage: keeps in escrow what is offered twice once", "[storage]") {
    const auto storage = memory();
    REQUIRE(storage->begin());
    const Error why{Errc::revoked_device, "after the revocation"};
    CHECK(storage->put_escrow(entry_in(compartment(1), 5), why));
    CHECK(storage->put_escrow(entry_in(compartment(1), 5), why));
    REQUIRE(storage->commit());
    CHECK_FALSE(*storage->find(id_of<Hash>(5)));
}

TEST_CASE("Storage: visits entries of one kind in the order of acceptance", "[storage]") {
    const auto storage = memory();
    for (std::uint64_t i = 1; i <= 6; ++i) {
        LogEntry entry = entry_in(compartment(i % 2), i);
        entry.kind = i == 4 ? EntryKind::packet : EntryKind::batch;
        append(*storage, entry);
    }
    std::vector<std::uint64_t> seen;
    REQUIRE(storage->for_each(EntryKind::batch, [&](const LogEntry& entry) -> Result<void> {
        seen.push_back(entry.counter);
        return {};
    }));
    CHECK(seen == std::vector<std::uint64_t>{1, 2, 3, 5, 6});
}

TEST_CASE("Storage: values take any bytes as their key", "[storage]") {
    const auto storage = memory();
    const std::string key{"item/\0\xff\xe5", 8};
    REQUIRE(storage->begin());
    REQUIRE(storage->put_value(key, as_bytes("Hällefors")));
    REQUIRE(storage->put_value(key, as_bytes("Ljusnarsberg")));
    REQUIRE(storage->commit());
    CHECK(as_text(**storage->value(key)) == "Ljusnarsberg");
    CHECK_FALSE(*storage->value("item/"));
}

TEST_CASE("Storage: keeps unlock records by device and by token, each as it was put",
          "[storage][unlock]") {
    const auto storage = memory();
    UnlockRecord record = record_of(1);
    put(*storage, record);
    put(*storage, record_of(10));
    CHECK(*storage->unlocks().find(record.device) == record);
    CHECK(*storage->unlocks().find_by_token(record.token_hash) == record);
    CHECK_FALSE(*storage->unlocks().find(id_of<DeviceId>(99)));
    CHECK_FALSE(*storage->unlocks().find_by_token(id_of<Hash>(99)));

    record.pending = record.current;
    record.current.reset();
    record.token_hash = id_of<Hash>(77);
    record.wrong_tries = 0;
    put(*storage, record);
    CHECK(*storage->unlocks().find(record.device) == record);
    CHECK_FALSE(*storage->unlocks().find_by_token(id_of<Hash>(2)));
}

TEST_CASE("Storage: one token belongs to one device", "[storage][unlock]") {
    const auto storage = memory();
    put(*storage, record_of(1));
    UnlockRecord thief = record_of(10);
    thief.token_hash = record_of(1).token_hash;
    REQUIRE(storage->begin());
    const auto refused = storage->unlocks().put(thief);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::conflict);
    storage->rollback();
    CHECK_FALSE(*storage->unlocks().find(thief.device));
}

TEST_CASE("Storage: keeps the last answer to each order", "[storage][unlock]") {
    const auto storage = memory();
    const auto device = id_of<DeviceId>(1);
    const OrderAnswer failed{id_of<StatementId>(2), OrderOutcome::failed};
    const OrderAnswer done{id_of<StatementId>(2), OrderOutcome::done};
    REQUIRE(storage->begin());
    REQUIRE(storage->unlocks().put_order_answer(device, failed, Instant{}));
    REQUIRE(storage->unlocks().put_order_answer(device, done, Instant{}));
    REQUIRE(storage->commit());
    CHECK(*storage->unlocks().order_answers(device) == std::vector{done});
    CHECK(storage->unlocks().order_answers(id_of<DeviceId>(3))->empty());
}

TEST_CASE("Storage: keeps of each device the newest contact and the newest report",
          "[storage][fleet]") {
    const auto storage = memory();
    const auto device = id_of<DeviceId>(1);
    CHECK(*storage->fleet().find(device) == FleetRecord{});
    const Instant first{std::chrono::hours{1000}};
    DeviceReport report;
    report.version = "0.3.0";
    report.unsent = 0xffff'ffff;
    report.oldest_unsent = first;
    report.waiting_keys = 2;
    report.owed_receipts = 3;
    report.reading_ends = instant_max;
    REQUIRE(storage->begin());
    REQUIRE(storage->fleet().put_report(device, report));
    REQUIRE(storage->fleet().put_contact(device, first));
    REQUIRE(storage->fleet().put_contact(device, first - std::chrono::hours{1}));
    REQUIRE(storage->commit());
    CHECK(*storage->fleet().find(device) == FleetRecord{first, report});
    report.version = "";
    report.unsent = 0;
    REQUIRE(storage->begin());
    REQUIRE(storage->fleet().put_report(device, report));
    REQUIRE(storage->fleet().put_contact(id_of<DeviceId>(2), first));
    REQUIRE(storage->commit());
    CHECK(*storage->fleet().find(device) == FleetRecord{first, report});
    CHECK(*storage->fleet().find(id_of<DeviceId>(2)) == FleetRecord{first, std::nullopt});
}

TEST_CASE("Storage: a database of version 4 keeps what it holds and learns of the fleet",
          "[storage][fleet]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    {
        const auto storage = *open_sqlite_storage(folder.path(), pages, DatabaseMode::create);
        append(*storage, entry_in(compartment(1), 1));
        put(*storage, record_of(1));
    }
    {  // as version 4 left it
        auto old = *Database::open(folder.path() / "samsyn-server.db", pages);
        REQUIRE(old.exec("DROP TABLE attachments"));
        REQUIRE(old.exec("DROP TABLE sealed_chunks"));
        REQUIRE(old.exec("ALTER TABLE entries DROP COLUMN log_row"));
        REQUIRE(old.exec("DROP TABLE fleet"));
        REQUIRE(old.set_version(4));
    }
    for (int opened = 0; opened < 2; ++opened) {
        const auto storage = *open_sqlite_storage(folder.path(), pages, DatabaseMode::existing);
        CHECK(*storage->last_number(compartment(1)) == 1);
        CHECK(*storage->unlocks().find(record_of(1).device) == record_of(1));
        REQUIRE(storage->begin());
        REQUIRE(storage->fleet().put_contact(id_of<DeviceId>(1), Instant{}));
        REQUIRE(storage->commit());
    }
}

TEST_CASE("Storage: what was committed is there after opening the file again", "[storage]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    {
        const auto storage = *open_sqlite_storage(folder.path(), pages, DatabaseMode::create);
        append(*storage, entry_in(compartment(1), 1));
        REQUIRE(storage->begin());
        REQUIRE(storage->append(entry_in(compartment(1), 2)));
    }
    const auto storage = *open_sqlite_storage(folder.path(), pages, DatabaseMode::existing);
    CHECK(*storage->last_number(compartment(1)) == 1);
}

TEST_CASE("Storage: a second process is told that the file is taken", "[storage]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    const auto first = *open_sqlite_storage(folder.path(), pages, DatabaseMode::create);
    append(*first, entry_in(compartment(1), 1));
    const auto second = open_sqlite_storage(folder.path(), pages, DatabaseMode::existing);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Errc::conflict);
}

}  // namespace samsyn
