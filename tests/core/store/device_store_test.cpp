#include "core/store/device_store.hpp"

#include "tests/core/store/store_builders.hpp"

using namespace samsyn;

namespace {

/// Writes one of everything.
void fill(DeviceStore& store) {
    must(store.put_value("namn", as_bytes("Örebro")));
    CHECK(must(store.take_counter()) == 1);
    CHECK(must(store.put_statement(id_of<StatementId>(1), some_bytes(30))));
    must(store.put_cursor(id_of<Incarnation>(1), Channel{id_of<CompartmentId>(1)}, 17));
    must(store.put_compartment(compartment_of(1)));
    CHECK(must(store.put_epoch(id_of<EpochId>(1), id_of<CompartmentId>(1), some_bytes(200))));
    must(store.put_key(id_of<EpochId>(1), a_key()));
    CHECK(must(store.merge(id_of<CompartmentId>(1), change_of(1, 5, "Besök"), id_of<DeviceId>(1))));
    must(store.put_pending(id_of<CompartmentId>(1), change_of(1, 5, "Besök"), Instant{}));
    must(store.put_outgoing({1, EntryKind::batch, some_bytes(64), id_of<CompartmentId>(1), {}}));
    must(store.put_position(id_of<CompartmentId>(1), {3, id_of<BatchId>(2)}));
    must(store.hold_batch(id_of<CompartmentId>(1), id_of<EpochId>(2), 9, some_bytes(50)));
}

std::vector<Bytes> statements_of(DeviceStore& store) {
    std::vector<Bytes> all;
    must(store.for_each_statement([&](ByteView bytes) -> Result<void> {
        all.push_back(to_bytes(bytes));
        return {};
    }));
    return all;
}

}  // namespace

TEST_CASE("DeviceStore: what was committed is there after the file is opened again", "[store]") {
    const TemporaryFolder folder;
    {
        DeviceStore store = open_store(folder / "device.db");
        commit(store, [&] { fill(store); });
    }
    DeviceStore store = open_store(folder / "device.db");
    const auto compartment = id_of<CompartmentId>(1);
    CHECK(must(store.value("namn")) == to_bytes(as_bytes("Örebro")));
    CHECK(must(store.last_counter()) == 1);
    CHECK(statements_of(store) == std::vector<Bytes>{some_bytes(30)});
    const auto cursors = must(store.cursors(id_of<Incarnation>(1)));
    REQUIRE(cursors.size() == 1);
    CHECK(cursors[0] == Resume::Cursor{Channel{compartment}, 17});
    const auto compartments = must(store.compartments());
    REQUIRE(compartments.size() == 1);
    CHECK(compartments[0].label == label_of(1));
    CHECK(compartments[0].case_id == id_of<CaseId>(1));
    const auto epochs = must(store.epochs(compartment));
    REQUIRE(epochs.size() == 1);
    CHECK(epochs[0].has_key);
    CHECK(epochs[0].packet == some_bytes(200));
    const auto key = must(store.key(id_of<EpochId>(1)));
    REQUIRE(key.has_value());
    CHECK(equal(key->expose(), a_key().expose()));
    CHECK(must(store.items(compartment)).size() == 1);
    CHECK(must(store.items_of_case(id_of<CaseId>(1))).size() == 1);
    const auto item = must(store.item(id_of<ItemId>(1)));
    REQUIRE(item.has_value());
    CHECK(item->type == ItemType::visit_note);
    CHECK(item->state.field(title_field)->shown() == Value{"Besök"});
    const auto pending = must(store.pending());
    REQUIRE(pending.size() == 1);
    CHECK(pending[0].change == change_of(1, 5, "Besök"));
    CHECK(must(store.outgoing_count()) == 1);
    CHECK(must(store.position(compartment)).sequence == 3);
    CHECK(must(store.position(compartment)).previous == id_of<BatchId>(2));
    CHECK(must(store.held_count(compartment)) == 1);
}

TEST_CASE("DeviceStore: a rollback keeps nothing, the counter included", "[store]") {
    DeviceStore store = memory_store();
    {
        Transaction transaction = must(Transaction::begin(store.database()));
        fill(store);
    }
    CHECK_FALSE(must(store.value("namn")).has_value());
    CHECK(must(store.last_counter()) == 0);
    CHECK(statements_of(store).empty());
    CHECK(must(store.cursors(id_of<Incarnation>(1))).empty());
    CHECK(must(store.compartments()).empty());
    CHECK(must(store.epochs(id_of<CompartmentId>(1))).empty());
    CHECK_FALSE(must(store.item(id_of<ItemId>(1))).has_value());
    CHECK(must(store.pending()).empty());
    CHECK(must(store.outgoing_count()) == 0);
    CHECK(must(store.held_count(id_of<CompartmentId>(1))) == 0);
}

TEST_CASE("DeviceStore: statements and packets come once, in order of arrival", "[store]") {
    DeviceStore store = memory_store();
    for (const unsigned char n : Numbers{9, 3, 7, 3, 9})
        (void)must(store.put_statement(id_of<StatementId>(n), some_bytes(2, n)));
    CHECK(statements_of(store) ==
          std::vector<Bytes>{some_bytes(2, 9), some_bytes(2, 3), some_bytes(2, 7)});

    const auto compartment = id_of<CompartmentId>(1);
    CHECK(must(store.put_epoch(id_of<EpochId>(8), compartment, some_bytes(1))));
    CHECK(must(store.put_epoch(id_of<EpochId>(2), compartment, some_bytes(1))));
    CHECK_FALSE(must(store.put_epoch(id_of<EpochId>(8), compartment, some_bytes(1))));
    const auto epochs = must(store.epochs(compartment));
    REQUIRE(epochs.size() == 2);
    CHECK(epochs[0].id == id_of<EpochId>(8));
    CHECK_FALSE(epochs[0].has_key);
    CHECK_FALSE(must(store.key(id_of<EpochId>(8))).has_value());
}

TEST_CASE("DeviceStore: a visitor's error ends the walk, and a visitor may write", "[store]") {
    DeviceStore store = memory_store();
    for (const unsigned char n : Numbers{1, 2, 3})
        (void)must(store.put_statement(id_of<StatementId>(n), some_bytes(1, n)));
    int seen = 0;
    const auto walked = store.for_each_statement([&](ByteView) -> Result<void> {
        SAMSYN_TRY(store.put_value("seen", some_bytes(1)));
        if (++seen == 2) return fail(Errc::bad_signature);
        return {};
    });
    CHECK(walked.error().code == Errc::bad_signature);
    CHECK(seen == 2);
}

TEST_CASE("DeviceStore: a key without its packet is refused, so that a purge finds every key",
          "[store]") {
    DeviceStore store = memory_store();
    CHECK(store.put_key(id_of<EpochId>(1), a_key()).error().code == Errc::missing_parent);
}

TEST_CASE("DeviceStore: cursors belong to one incarnation of the server", "[store]") {
    DeviceStore store = memory_store();
    const Channel channel{id_of<CompartmentId>(1)};
    must(store.put_cursor(id_of<Incarnation>(1), channel, 5));
    must(store.put_cursor(id_of<Incarnation>(1), channel, 6));
    must(store.put_cursor(id_of<Incarnation>(2), channel, 1));
    CHECK(must(store.cursors(id_of<Incarnation>(1))).at(0).number == 6);
    CHECK(must(store.cursors(id_of<Incarnation>(2))).at(0).number == 1);
}

TEST_CASE("DeviceStore: pending changes are sealed, unsealed, parked and dropped by batch",
          "[store]") {
    DeviceStore store = memory_store();
    const auto compartment = id_of<CompartmentId>(1);
    const auto first = must(store.put_pending(compartment, change_of(1, 5, "ett"), Instant{}));
    const auto second = must(store.put_pending(compartment, change_of(2, 6, "två"), Instant{}));
    CHECK(must(store.pending_unsealed(compartment, 1)).size() == 1);
    CHECK(must(store.compartments_with_unsealed()) == std::vector{compartment});

    must(store.mark_sealed(first, 4));
    must(store.mark_sealed(second, 4));
    CHECK(must(store.compartments_with_unsealed()).empty());
    CHECK(store.replace_pending(first, change_of(1, 7, "x")).error().code == Errc::conflict);

    must(store.park(first, Error{Errc::not_permitted, "skolans fält"}));
    must(store.unseal(4));
    CHECK(must(store.pending_unsealed(compartment, 10)).size() == 1);
    const auto all = must(store.pending());
    REQUIRE(all.size() == 2);
    CHECK(all[0].id == second);
    REQUIRE(all[1].parked.has_value());
    CHECK(*all[1].parked == Error{Errc::not_permitted, "skolans fält"});

    must(store.replace_pending(first, change_of(1, 8, "ett igen")));
    CHECK(must(store.pending_unsealed(compartment, 10)).at(0).change ==
          change_of(1, 8, "ett igen"));
    must(store.mark_sealed(first, 5));
    must(store.drop_sealed(5));
    CHECK(must(store.pending()).size() == 1);
    CHECK(store.replace_pending(first, change_of(1, 9, "y")).error().code == Errc::not_found);
}

TEST_CASE("DeviceStore: outgoing things are sent in order until answered, and stay after it",
          "[store]") {
    DeviceStore store = memory_store();
    const auto none = CompartmentId{};
    for (const std::uint64_t counter : Numbers{3, 1, 2})
        must(store.put_outgoing({counter, EntryKind::statement, some_bytes(100), none, {}}));
    CHECK(store.put_outgoing({2, EntryKind::statement, {}, none, {}}).error().code ==
          Errc::conflict);
    CHECK(must(store.outgoing_after(0, 250)).size() == 2);
    CHECK(must(store.outgoing_after(0, 1)).size() == 1);
    CHECK(must(store.outgoing_after(1, 1000)).at(0).counter == 2);

    must(store.mark_answered(1, AnswerOutcome::stored));
    CHECK(must(store.outgoing_after(0, 1000)).at(0).counter == 2);
    CHECK(must(store.outgoing_count()) == 2);
    CHECK(must(store.outgoing(1))->bytes == some_bytes(100));
    CHECK(must(store.outgoing(1))->compartment.is_none());
    CHECK_FALSE(must(store.outgoing(9)).has_value());
}

TEST_CASE("DeviceStore: held batches come out once, by number, and none is taken for another",
          "[store]") {
    DeviceStore store = memory_store();
    const auto compartment = id_of<CompartmentId>(1);
    const auto epoch = id_of<EpochId>(1);
    must(store.hold_batch(compartment, epoch, 2, some_bytes(1, 2)));
    must(store.hold_batch(compartment, epoch, 1, some_bytes(1, 1)));
    must(store.hold_batch(compartment, epoch, 1, some_bytes(1, 1)));
    must(store.hold_batch(compartment, epoch, 1, some_bytes(1, 8)));  // another incarnation
    must(store.hold_batch(compartment, id_of<EpochId>(2), 1, some_bytes(1, 5)));
    CHECK(must(store.take_held(epoch)) ==
          std::vector<Bytes>{some_bytes(1, 1), some_bytes(1, 8), some_bytes(1, 2)});
    CHECK(must(store.take_held(epoch)).empty());
    CHECK(must(store.held_count(compartment)) == 1);
}

TEST_CASE("DeviceStore: a purge takes one compartment, its keys too, and leaves unsent work",
          "[store]") {
    DeviceStore store = memory_store();
    commit(store, [&] { fill(store); });
    const auto other = id_of<CompartmentId>(2);
    must(store.put_compartment(compartment_of(2)));
    (void)must(store.merge(other, change_of(2, 5, "kvar"), id_of<DeviceId>(1)));
    (void)must(store.put_epoch(id_of<EpochId>(5), other, some_bytes(1)));
    must(store.put_cursor(id_of<Incarnation>(1), Channel{other}, 3));

    const auto purged = id_of<CompartmentId>(1);
    commit(store, [&] { must(store.purge(purged)); });
    CHECK(must(store.items(purged)).empty());
    CHECK(must(store.epochs(purged)).empty());
    CHECK_FALSE(must(store.key(id_of<EpochId>(1))).has_value());
    CHECK(must(store.held_count(purged)) == 0);
    CHECK(must(store.cursors(id_of<Incarnation>(1))).size() == 1);
    CHECK(must(store.pending()).size() == 1);
    CHECK(must(store.outgoing_count()) == 1);
    CHECK(must(store.position(purged)).sequence == 3);
    CHECK(must(store.compartments()).size() == 2);  // its label is needed to escrow the pending
    CHECK(must(store.items(other)).size() == 1);
    CHECK(must(store.epochs(other)).size() == 1);

    must(store.mark_sealed(must(store.pending())[0].id, 2));
    must(store.drop_sealed(2));
    must(store.purge(purged));
    CHECK(must(store.compartments()).size() == 1);

    Query rows = must(store.database().query("SELECT count(*) FROM writes"));
    REQUIRE(must(rows.step()));
    CHECK(rows.number(0) == 1);
}

TEST_CASE("DeviceStore: a purge leaves no answered packet or supplement with a box for a key",
          "[store]") {
    DeviceStore store = memory_store();
    const auto purged = id_of<CompartmentId>(1);
    const auto put = [&](std::uint64_t counter, EntryKind kind, unsigned char compartment) {
        StoredOutgoing row;
        row.counter = counter;
        row.kind = kind;
        row.bytes = some_bytes(3);
        row.compartment = id_of<CompartmentId>(compartment);
        must(store.put_outgoing(row));
    };
    put(1, EntryKind::packet, 1);
    put(2, EntryKind::supplement, 1);
    put(3, EntryKind::batch, 1);
    put(4, EntryKind::packet, 2);
    put(5, EntryKind::packet, 1);
    for (const std::uint64_t answered : {1U, 2U, 3U, 4U})
        must(store.mark_answered(answered, AnswerOutcome::stored));
    must(store.purge(purged));
    CHECK_FALSE(must(store.outgoing(1)).has_value());
    CHECK_FALSE(must(store.outgoing(2)).has_value());
    CHECK(must(store.outgoing(3)).has_value());
    CHECK(must(store.outgoing(4)).has_value());

    must(store.erase_outgoing(5));  // waits for its answer
    CHECK(must(store.outgoing(5)).has_value());
    must(store.mark_answered(5, AnswerOutcome::stored));
    must(store.erase_outgoing(5));
    CHECK_FALSE(must(store.outgoing(5)).has_value());
}

TEST_CASE("DeviceStore: a schema from the future is newer_format, a foreign one malformed",
          "[store]") {
    const TemporaryFolder folder;
    must(open_store(folder / "a.db").database().set_version(99));
    const auto newer = DeviceStore::open(must(open_database(folder / "a.db")));
    CHECK(newer.error().code == Errc::newer_format);

    must(must(open_database(folder / "b.db")).exec("CREATE TABLE recept(x)"));
    const auto foreign = DeviceStore::open(must(open_database(folder / "b.db")));
    CHECK(foreign.error().code == Errc::malformed);
}
