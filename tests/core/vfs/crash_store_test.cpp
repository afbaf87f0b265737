#include "core/vfs/sqlite_memory.hpp"
#include "tests/core/store/store_builders.hpp"
#include "tests/core/vfs/crash_sweep.hpp"
#include "tests/support/quick_page_cipher.hpp"

#include <iostream>

using namespace samsyn;

namespace {

constexpr unsigned char transactions = 24;

Result<DeviceStore> open_on(const CrashDisk& disk, PageCipher& pages, DatabaseMode mode) {
    const std::filesystem::path file{Engine::name};
    Database db = mode == DatabaseMode::create
                      ? SAMSYN_TRY(Database::create(file, pages, disk.vfs_name()))
                      : SAMSYN_TRY(Database::open(file, pages, disk.vfs_name()));
    SAMSYN_TRY(db.exec("PRAGMA wal_autocheckpoint = 30"));
    return DeviceStore::open(std::move(db));
}

/// The n-th transaction of a device: a statement, a compartment with an item, work to send; every
/// fourth purges an older compartment.
Result<void> transact(DeviceStore& store, unsigned char n) {
    Transaction transaction = SAMSYN_TRY(Transaction::begin(store.database()));
    const std::uint64_t counter = SAMSYN_TRY(store.take_counter());
    SAMSYN_ASSERT(counter == n);
    const auto compartment = id_of<CompartmentId>(n);
    SAMSYN_TRY(store.put_value("last", some_bytes(n, n)));
    (void)SAMSYN_TRY(store.put_statement(id_of<StatementId>(n), some_bytes(300, n)));
    SAMSYN_TRY(store.put_compartment(compartment_of(n)));
    (void)SAMSYN_TRY(store.merge(compartment, change_of(n, n, "Anteckning"), id_of<DeviceId>(1)));
    (void)SAMSYN_TRY(store.put_pending(compartment, change_of(n, n, "Anteckning"), Instant{}));
    SAMSYN_TRY(
        store.put_outgoing({counter, EntryKind::batch, some_bytes(900, n), compartment, {}}));
    SAMSYN_TRY(store.hold_batch(compartment, id_of<EpochId>(n), n, some_bytes(2500, n)));
    if (n % 4 == 0) SAMSYN_TRY(store.purge(id_of<CompartmentId>(n - 2)));
    return std::move(transaction).commit();
}

/// How many transactions the store holds; an error where it holds a part of one.
Result<std::uint64_t> whole_transactions(DeviceStore& store) {
    const std::uint64_t counter = SAMSYN_TRY(store.last_counter());
    std::uint64_t statements = 0;
    SAMSYN_TRY(store.for_each_statement([&](ByteView) -> Result<void> {
        ++statements;
        return {};
    }));
    const auto last = SAMSYN_TRY(store.value("last"));
    const std::uint64_t pending = SAMSYN_TRY(store.pending()).size();
    const std::uint64_t outgoing = SAMSYN_TRY(store.outgoing_after(0, 1 << 20)).size();
    std::uint64_t items = 0;
    for (std::uint64_t n = 1; n <= transactions; ++n) {
        const auto item = SAMSYN_TRY(store.item(id_of<ItemId>(static_cast<unsigned char>(n))));
        if (item) ++items;
    }
    const bool whole = statements == counter && (last ? last->size() : 0) == counter &&
                       pending == counter && outgoing == counter && items == counter - counter / 4;
    if (!whole) return fail(Errc::malformed, "a part of a transaction");
    return counter;
}

struct Moment {
    DiskImage image;
    unsigned char acknowledged;
    unsigned char begun;
    bool made;  ///< the database was created, with its schema
};

}  // namespace

TEST_CASE("DeviceStore: a power cut at any change leaves whole transactions, creation included",
          "[crash][store]") {
    REQUIRE(make_sqlite_wipe_memory());
    QuickPageCipher pages{5};
    CrashDisk disk{{}};
    std::vector<Moment> moments;
    unsigned char acknowledged = 0;
    unsigned char begun = 0;
    bool made = false;
    disk.on_change([&] { moments.push_back({disk.image(), acknowledged, begun, made}); });
    {
        auto store = must(open_on(disk, pages, DatabaseMode::create));
        made = true;
        for (begun = 1; begun <= transactions; ++begun) {
            must(transact(store, begun));
            acknowledged = begun;
        }
        --begun;
    }
    disk.on_change({});

    CrashDisk left{{}};
    std::uint64_t cuts = 0;
    for (std::size_t n = 0; n < moments.size(); ++n) {
        const Moment& moment = moments[n];
        for (std::uint64_t seed = 0; seed < scaled(2); ++seed) {
            CAPTURE(n, seed);
            left.mount(moment.image.after_power_cut(seed));
            auto store = open_on(left, pages, DatabaseMode::existing);
            ++cuts;
            if (!store && !moment.made) continue;  // creation starts again
            INFO((store ? std::string{} : to_string(store.error())));
            REQUIRE(store);
            const auto held = whole_transactions(*store);
            INFO((held ? std::string{} : to_string(held.error())));
            REQUIRE(held);
            REQUIRE(*held >= moment.acknowledged);
            REQUIRE(*held <= moment.begun);
            if (*held < transactions)
                REQUIRE(transact(*store, static_cast<unsigned char>(*held + 1)));
        }
    }
    std::cout << "device store: " << cuts << " power cuts\n";
    CHECK(moments.size() > 100);
}
