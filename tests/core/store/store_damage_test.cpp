#include "tests/core/store/store_builders.hpp"

#include <fstream>
#include <random>

using namespace samsyn;

namespace {

void fill_file(const std::filesystem::path& file) {
    DeviceStore store = open_store(file);
    commit(store, [&] {
        for (unsigned char n = 1; n < 60; ++n) {
            const auto compartment = id_of<CompartmentId>(n);
            must(store.put_compartment(compartment_of(n)));
            (void)must(store.put_statement(id_of<StatementId>(n), some_bytes(300, n)));
            (void)must(store.put_epoch(id_of<EpochId>(n), compartment, some_bytes(400, n)));
            must(store.put_key(id_of<EpochId>(n), a_key(n)));
            (void)must(store.merge(compartment, change_of(n, n, "Åtgärd"), id_of<DeviceId>(1)));
            (void)must(store.put_pending(compartment, change_of(n, n, "Åtgärd"), Instant{}));
            must(store.put_outgoing({n, EntryKind::batch, some_bytes(900, n), compartment, {}}));
            must(store.put_cursor(id_of<Incarnation>(1), Channel{compartment}, n));
            must(store.hold_batch(compartment, id_of<EpochId>(n), n, some_bytes(500, n)));
        }
    });
}

/// Calls everything; the first error, or none. What counts is that it comes back.
Result<void> use_everything(const std::filesystem::path& file) {
    Database db = SAMSYN_TRY(open_database(file));
    DeviceStore store = SAMSYN_TRY(DeviceStore::open(std::move(db)));
    const auto ignore = [](ByteView) -> Result<void> { return {}; };
    SAMSYN_TRY(store.for_each_statement(ignore));
    (void)SAMSYN_TRY(store.compartments());
    (void)SAMSYN_TRY(store.cursors(id_of<Incarnation>(1)));
    (void)SAMSYN_TRY(store.items_of_case(id_of<CaseId>(1)));
    (void)SAMSYN_TRY(store.pending());
    (void)SAMSYN_TRY(store.outgoing_after(0, 1 << 20));
    Transaction transaction = SAMSYN_TRY(Transaction::begin(store.database()));
    for (unsigned char n = 1; n < 60; ++n) {
        const auto compartment = id_of<CompartmentId>(n);
        (void)SAMSYN_TRY(store.epochs(compartment));
        (void)SAMSYN_TRY(store.key(id_of<EpochId>(n)));
        (void)SAMSYN_TRY(store.take_held(id_of<EpochId>(n)));
        (void)SAMSYN_TRY(store.merge(compartment, change_of(n, 99, "Ny"), id_of<DeviceId>(2)));
        (void)SAMSYN_TRY(store.item(id_of<ItemId>(n)));
        SAMSYN_TRY(store.purge(compartment));
    }
    (void)SAMSYN_TRY(store.take_counter());
    return std::move(transaction).commit();
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream{file, std::ios::binary | std::ios::trunc} << bytes;
}

}  // namespace

TEST_CASE("DeviceStore: a file cut short is malformed, never a crash", "[store][damage]") {
    const TemporaryFolder folder;
    const auto file = folder / "device.db";
    fill_file(file);
    const std::string whole = read_file(file);
    REQUIRE(use_everything(file).has_value());
    for (std::size_t size = 50; size < whole.size(); size += whole.size() / 23) {
        write_file(file, whole.substr(0, size));
        const auto used = use_everything(file);
        CAPTURE(size);
        REQUIRE_FALSE(used.has_value());
        CHECK(used.error().code == Errc::malformed);
    }
}

TEST_CASE("DeviceStore: flipped bytes give an error or an answer, never a crash",
          "[store][damage]") {
    const TemporaryFolder folder;
    const auto file = folder / "device.db";
    fill_file(file);
    const std::string whole = read_file(file);
    int refused = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        std::mt19937_64 random{seed};
        std::string damaged = whole;
        for (std::size_t n = 1 + random() % 64; n > 0; --n)
            damaged[random() % damaged.size()] = static_cast<char>(random());
        write_file(file, damaged);
        std::filesystem::remove(folder / "device.db-wal");
        const auto used = use_everything(file);
        CAPTURE(seed);
        if (used) continue;
        ++refused;
        CAPTURE(to_string(used.error()));
        CHECK((used.error().code == Errc::malformed || used.error().code == Errc::conflict ||
               used.error().code == Errc::newer_format ||
               used.error().code == Errc::storage_failed));
    }
    CHECK(refused > 20);
}

TEST_CASE("DeviceStore: a full disk refuses the change and keeps what was there",
          "[store][damage]") {
    const TemporaryFolder folder;
    const auto file = folder / "device.db";
    fill_file(file);
    DeviceStore store = open_store(file);
    const auto compartment = id_of<CompartmentId>(1);
    must(store.database().exec("PRAGMA max_page_count = 1"));  // at once full, whatever its size
    Result<void> written;
    {
        Transaction transaction = must(Transaction::begin(store.database()));
        for (unsigned char n = 60; n < 250 && written; ++n)
            written = store.hold_batch(compartment, id_of<EpochId>(n), n, some_bytes(4000));
    }
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().code == Errc::disk_full);
    CHECK(must(store.held_count(compartment)) == 1);
    CHECK(must(store.pending()).size() == 59);
}
