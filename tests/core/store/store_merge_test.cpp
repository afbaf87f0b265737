#include "core/text/text_document.hpp"
#include "tests/core/store/store_builders.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <random>

using namespace samsyn;

namespace {

struct Written {
    CompartmentId compartment;
    Change change;
    DeviceId author;
};

Value random_value(std::mt19937_64& random) {
    switch (random() % 4) {
        case 0:
            return std::string(random() % 3, static_cast<char>('a' + random() % 3));
        case 1:
            return static_cast<std::int64_t>(random() % 5) - 2;
        case 2:
            return random() % 2 == 0;
        default:
            return Value{};
    }
}

/// Changes by few devices at few times, so that versions collide, replace each other before they
/// arrive, and lie: the same version with another value, or an item in two compartments.
std::vector<Written> make_history(std::mt19937_64& random) {
    std::vector<Written> history(1 + random() % 25);
    for (Written& written : history) {
        written.compartment = id_of<CompartmentId>(static_cast<unsigned char>(1 + random() % 2));
        written.author = id_of<DeviceId>(static_cast<unsigned char>(1 + random() % 3));
        Change& change = written.change;
        change.header.item = id_of<ItemId>(static_cast<unsigned char>(1 + random() % 3));
        change.header.type = random() % 8 == 0 ? ItemType::person : ItemType::visit_note;
        change.header.time = HybridTime{random() % 6};
        if (random() % 5 == 0) change.header.restated_author = id_of<DeviceId>(2);
        for (std::uint16_t field = 0; field < 3; ++field) {
            if (random() % 2 == 0) continue;
            FieldWrite write{make_field(field, MergeKind::single), {}};
            for (std::size_t n = random() % 3; n > 0; --n)
                write.replaces.push_back(
                    version_of(random() % 6, static_cast<unsigned char>(1 + random() % 3)));
            change.header.writes.push_back(write);
            change.values.push_back(random_value(random));
        }
        if (random() % 24 == 0) {
            change.header.writes.push_back({recalled_field, {}});
            change.values.push_back(random_value(random));
        }
    }
    return history;
}

using Key = std::pair<CompartmentId, ItemId>;

std::map<Key, ItemState> states_of(DeviceStore& store) {
    std::map<Key, ItemState> states;
    for (const unsigned char n : Numbers{1, 2})
        for (StoredItem& item : must(store.items(id_of<CompartmentId>(n))))
            states.emplace(Key{item.compartment, item.id}, std::move(item.state));
    return states;
}

}  // namespace

TEST_CASE("DeviceStore: merges as core/merge does, in any order, doubled, and says what changed",
          "[store][merge]") {
    CHECK(rc::check([](std::uint64_t seed) {
        std::mt19937_64 random{seed};
        std::vector<Written> history = make_history(random);
        std::map<Key, ItemState> expected;
        for (const Written& written : history)
            expected[{written.compartment, written.change.header.item}].apply(
                written.change, written.change.header.restated_author.value_or(written.author));

        for (int order = 0; order < 3; ++order) {
            std::ranges::shuffle(history, random);
            DeviceStore store = memory_store();
            std::map<Key, ItemState> beside;
            for (std::size_t i = 0; i < history.size() * 2; ++i) {
                const Written& written =
                    i % 2 == 0 ? history[i / 2] : history[random() % (i / 2 + 1)];
                const Key key{written.compartment, written.change.header.item};
                const bool created = !beside.contains(key);
                const auto author = written.change.header.restated_author.value_or(written.author);
                const bool changed = beside[key].apply(written.change, author);
                const bool stored =
                    must(store.merge(written.compartment, written.change, written.author));
                RC_ASSERT(stored || !changed);
                if (!created && !stored) RC_ASSERT(!changed);
            }
            RC_ASSERT(states_of(store) == expected);
        }
    }));
}

TEST_CASE("DeviceStore: a replaced version that arrives late stays replaced", "[store][merge]") {
    DeviceStore store = memory_store();
    const auto compartment = id_of<CompartmentId>(1);
    const auto author = id_of<DeviceId>(1);
    CHECK(must(store.merge(compartment, change_of(1, 9, "ny", {version_of(5, 1)}), author)));
    CHECK_FALSE(must(store.merge(compartment, change_of(1, 5, "gammal"), author)));
    const auto item = must(store.item(id_of<ItemId>(1)));
    CHECK(item->state.field(title_field)->standing().size() == 1);
    CHECK(item->state.field(title_field)->shown() == Value{"ny"});
}

TEST_CASE("DeviceStore: a forgotten version never was, and its item goes with the last one",
          "[store][merge]") {
    DeviceStore store = memory_store();
    const auto compartment = id_of<CompartmentId>(1);
    const auto author = id_of<DeviceId>(1);
    (void)must(store.merge(compartment, change_of(1, 5, "a"), author));
    (void)must(store.merge(compartment, change_of(1, 6, "b", {version_of(5, 1)}), author));
    must(store.forget_version(id_of<ItemId>(1), version_of(5, 1)));
    const auto item = must(store.item(id_of<ItemId>(1)));
    CHECK(item->state.field(title_field)->replaced().empty());
    CHECK(item->state.field(title_field)->shown() == Value{"b"});
    must(store.forget_version(id_of<ItemId>(1), version_of(6, 1)));
    CHECK_FALSE(must(store.item(id_of<ItemId>(1))).has_value());
}

TEST_CASE("DeviceStore: an item claimed by a second compartment does not touch the first",
          "[store][merge]") {
    DeviceStore store = memory_store();
    const auto author = id_of<DeviceId>(1);
    (void)must(store.merge(id_of<CompartmentId>(1), change_of(1, 5, "riktig"), author));
    (void)must(
        store.merge(id_of<CompartmentId>(2), change_of(1, 9, "falsk", {version_of(5, 1)}), author));
    const auto item = must(store.item(id_of<ItemId>(1)));
    CHECK(item->compartment == id_of<CompartmentId>(1));
    CHECK(item->state.field(title_field)->shown() == Value{"riktig"});
}

TEST_CASE("DeviceStore: one change reads and writes by key, whatever the size of the database",
          "[store][merge]") {
    DeviceStore store = memory_store();
    static constexpr const char* lookups[] = {
        "EXPLAIN QUERY PLAN SELECT row FROM items WHERE id = ? AND compartment = ?",
        "EXPLAIN QUERY PLAN SELECT value FROM writes WHERE item = ? AND field = ? AND time = ? "
        "AND device = ?",
        "EXPLAIN QUERY PLAN SELECT 1 FROM pending WHERE item = ? AND sealed_in = 0 "
        "AND parked_code IS NULL ORDER BY id DESC LIMIT 1",
        "EXPLAIN QUERY PLAN SELECT 1 FROM pending WHERE compartment = ? AND sealed_in = 0 "
        "AND parked_code IS NULL ORDER BY id LIMIT 9",
        "EXPLAIN QUERY PLAN SELECT 1 FROM outgoing WHERE counter > ? AND outcome IS NULL "
        "ORDER BY counter",
        "EXPLAIN QUERY PLAN DELETE FROM pending WHERE sealed_in = ?",
        "EXPLAIN QUERY PLAN DELETE FROM held WHERE epoch = ?",
    };
    for (const char* sql : lookups) {
        Query query = must(store.database().query(sql));
        while (must(query.step())) {
            const std::string step{query.text(3)};
            CAPTURE(sql, step);
            CHECK(step.find("SCAN") == std::string::npos);
            CHECK(step.find("TEMP B-TREE") == std::string::npos);
        }
    }
}

TEST_CASE("DeviceStore: nothing of a recalled item stays in any table, whatever comes late",
          "[store][merge][recall]") {
    DeviceStore store = memory_store();
    const auto compartment = id_of<CompartmentId>(1);
    const auto author = id_of<DeviceId>(1);
    const auto run = [](std::uint64_t time, std::string_view text) {
        TextDocument document{id_of<DeviceId>(1)};
        must(document.insert(0, text));
        Change change = change_of(1, time, "");
        change.header.writes = {{make_field(3, MergeKind::text), {}}};
        change.values = {Value{encode(must(document.take_runs()).front())}};
        return change;
    };
    const auto merge = [&](const Change& change) {
        Transaction transaction = must(Transaction::begin(store.database()));
        const bool changed = must(store.merge(compartment, change, author));
        CHECK(must(store.fold_texts(author)).empty());
        must(std::move(transaction).commit());
        store.note_folded();
        return changed;
    };
    const auto count = [&](const std::string& what) {
        Query query = must(store.database().query_made("SELECT count(*) FROM " + what));
        REQUIRE(must(query.step()));
        return query.number(0);
    };
    CHECK(merge(change_of(1, 5, "hemlig rubrik")));
    CHECK(merge(run(6, "hemlig text")));
    CHECK(count("texts") == 1);
    CHECK(count("search WHERE search MATCH 'hemlig'") == 1);
    Change recall = change_of(1, 7, "");
    recall.header.writes = {{recalled_field, {}}};
    recall.values = {Value{std::int64_t{1}}};
    CHECK(merge(recall));
    CHECK(merge(change_of(1, 8, "hemlig rubrik igen")));  // somebody did not know
    CHECK(merge(run(9, "hemlig text igen")));
    for (const Change& again : {change_of(1, 5, "hemlig rubrik"), run(6, "hemlig text"), recall})
        CHECK_FALSE(merge(again));
    CHECK(count("texts") == 0);
    CHECK(count("search") == 0);
    CHECK(count("writes WHERE value IS NOT NULL") == 1);
    const auto item = must(store.item(id_of<ItemId>(1)));
    REQUIRE(item);
    CHECK(item->state.is_recalled());
    CHECK(item->state.presence() == ItemState::Presence::deleted);
    CHECK(item->texts.empty());
}
