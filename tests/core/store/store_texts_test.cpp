#include "core/text/text_document.hpp"
#include "tests/core/store/store_builders.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <random>

using namespace samsyn;

namespace {

constexpr FieldNumber minutes = make_field(6, MergeKind::text);
const ItemId meeting = id_of<ItemId>(1);
const CompartmentId place = id_of<CompartmentId>(1);
const DeviceId self = id_of<DeviceId>(9);
const TextPlace text{place, meeting, minutes};

Change change_with(Value value, std::uint64_t time) {
    Change change;
    change.header.item = meeting;
    change.header.type = ItemType::meeting;
    change.header.time = HybridTime{time};
    change.header.writes = {{minutes, {}}};
    change.values = {std::move(value)};
    return change;
}

struct SentRun {
    DeviceId writer;
    Change change;
};

SentRun sent(const TextRun& run, std::uint64_t time) {
    return {run.writer, change_with(encode(run), time)};
}

/// What some writers sent, who often heard each other: in an order in which a server may have it.
std::vector<SentRun> conversation(std::mt19937_64& random, std::string& ended) {
    std::vector<TextDocument> writers;
    for (unsigned char n = 1; n <= 3; ++n) writers.emplace_back(id_of<DeviceId>(n));
    std::vector<SentRun> all;
    for (std::uint64_t time = 1; time < 12; ++time) {
        TextDocument& one = writers[random() % writers.size()];
        const auto at = static_cast<std::uint32_t>(random() % (one.size() + 1));
        must(one.insert(at, "ord" + std::to_string(time) + " "));
        if (one.size() > 8 && random() % 3 == 0) must(one.erase(at / 2, 2));
        for (const TextRun& run : must(one.take_runs())) {
            all.push_back(sent(run, time));
            for (TextDocument& other : writers)
                if (random() % 2 == 0) (void)other.apply(run);
        }
    }
    TextDocument whole{self};
    for (const SentRun& run : all)
        (void)whole.apply(must(decode_text_run(std::get<Bytes>(run.change.values[0]))));
    ended = whole.text();
    return all;
}

void take(DeviceStore& store, const SentRun& run) {
    (void)must(store.merge(place, run.change, run.writer));
}

std::string text_of(DeviceStore& store) {
    const auto item = must(store.item(meeting));
    REQUIRE(item);
    return item->texts.at(minutes);
}

std::vector<Error> fold(DeviceStore& store) {
    return must(store.fold_texts(self));
}

}  // namespace

TEST_CASE("DeviceStore: runs make one text, in whatever order and however many at once they come",
          "[store][text]") {
    CHECK(rc::check([](std::uint64_t seed) {
        std::mt19937_64 random{seed};
        std::string ended;
        std::vector<SentRun> all = conversation(random, ended);
        std::ranges::shuffle(all, random);
        DeviceStore store = memory_store();
        commit(store, [&] {
            for (const SentRun& run : all) {
                take(store, run);
                if (random() % 3 == 0) RC_ASSERT(fold(store).empty());
            }
            RC_ASSERT(fold(store).empty());
        });
        RC_ASSERT(text_of(store) == ended);

        // Restated they are what they were, byte for byte.
        auto runs = must(store.text_runs(text, self));
        RC_ASSERT(runs.size() == all.size());
        for (const auto& run : runs) {
            const auto same = std::ranges::find(all, run.version, [](const SentRun& one) {
                return Version{one.change.header.time, one.writer};
            });
            RC_ASSERT(same != all.end());
            RC_ASSERT(Value{run.bytes} == same->change.values[0]);
        }
    }));
}

TEST_CASE("DeviceStore: whoever signs two runs under one number, devices that hear it alike agree",
          "[store][text][attack]") {
    const DeviceId liar = id_of<DeviceId>(1);
    TextDocument one{liar};
    TextDocument other{liar};
    must(one.insert(0, "sant"));
    must(other.insert(0, "falskt"));
    const SentRun first = sent(must(one.take_runs()).at(0), 5);
    const SentRun second = sent(must(other.take_runs()).at(0), 4);  // claims to be earlier
    TextDocument friendly{id_of<DeviceId>(2)};
    (void)must(friendly.apply(must(decode_text_run(std::get<Bytes>(first.change.values[0])))));
    must(friendly.insert(4, ", sa Per"));
    const SentRun third = sent(must(friendly.take_runs()).at(0), 6);

    for (const bool at_once : {false, true}) {
        CAPTURE(at_once);
        DeviceStore store = memory_store();
        std::vector<Error> faults;
        commit(store, [&] {
            for (const SentRun& run : {first, second, third}) {
                take(store, run);
                if (at_once) continue;
                for (Error& fault : fold(store)) faults.push_back(std::move(fault));
            }
            for (Error& fault : fold(store)) faults.push_back(std::move(fault));
        });
        CHECK(text_of(store) == "sant, sa Per");
        REQUIRE(faults.size() == 1);
        CHECK(faults[0].code == Errc::counter_reused);
        // The lie stays, as what nobody takes.
        const auto item = must(store.item(meeting));
        CHECK(item->state.field(minutes)->standing().at({HybridTime{4}, liar}) ==
              second.change.values[0]);
    }
}

TEST_CASE(
    "DeviceStore: the author's own run takes the place of what another said it was, and waits",
    "[store][text][attack]") {
    const DeviceId author = id_of<DeviceId>(1);
    TextDocument honest{author};
    must(honest.insert(0, "ett"));
    const SentRun first = sent(must(honest.take_runs()).at(0), 1);
    TextDocument lying = must(TextDocument::load(must(honest.save()), author));
    must(honest.insert(3, " två"));
    must(lying.insert(3, " fyra"));
    const SentRun second = sent(must(honest.take_runs()).at(0), 2);
    SentRun lie = sent(must(lying.take_runs()).at(0), 2);
    lie.change.header.restated_author = author;

    DeviceStore store = memory_store();
    commit(store, [&] {
        (void)must(store.merge_restated(place, lie.change, id_of<DeviceId>(5)));
        CHECK(fold(store).empty());
        take(store, second);
        take(store, first);
        CHECK(fold(store).empty());
    });
    CHECK(text_of(store) == "ett två");
}

TEST_CASE("DeviceStore: a run in another's name, or that is none, is in no text",
          "[store][text][attack]") {
    TextDocument one{id_of<DeviceId>(1)};
    must(one.insert(0, "Skrivet av en annan"));
    SentRun stolen = sent(must(one.take_runs()).at(0), 1);
    stolen.writer = id_of<DeviceId>(2);
    DeviceStore store = memory_store();
    commit(store, [&] {
        take(store, stolen);
        take(store, {id_of<DeviceId>(3), change_with(Value{some_bytes(40, 1)}, 2)});
        take(store, {id_of<DeviceId>(3), change_with(Value{std::string{"text"}}, 3)});
        CHECK(fold(store).size() == 3);
        CHECK(fold(store).empty());
    });
    CHECK(text_of(store).empty());
}

TEST_CASE("DeviceStore: what is edited waits in the text, over a crash too, until it is taken",
          "[store][text]") {
    const TemporaryFolder folder;
    {
        DeviceStore store = open_store(folder / "device.db");
        commit(store, [&] {
            must(store.put_compartment(compartment_of(1)));
            take(store, {self, change_with(Value{Bytes{}}, 1)});
            CHECK(must(store.edit_text(text, std::nullopt, "Närvarande: Anna", self)));
        });
        commit(store, [&] {
            CHECK(must(store.edit_text(text, std::nullopt, "Närvarande: Anna, Per", self)));
        });
    }
    DeviceStore store = open_store(folder / "device.db");
    CHECK(text_of(store) == "Närvarande: Anna, Per");
    CHECK(must(store.search(id_of<CaseId>(1), "närvarande per")).size() == 1);
    CHECK(must(store.text_runs(text, self)).empty());
    commit(store, [&] {
        const auto runs = must(store.take_text(text, self));
        REQUIRE(runs.size() == 1);
        take(store, {self, change_with(Value{runs[0]}, 1)});
        CHECK(fold(store).empty());
        CHECK(must(store.take_text(text, self)).empty());
    });
    const auto runs = must(store.text_runs(text, self));
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].version == Version{HybridTime{1}, self});
    commit(store, [&] { must(store.purge(place)); });
    CHECK_FALSE(must(store.item(meeting)));
    commit(store, [&] {
        CHECK(store.edit_text(text, std::nullopt, "borta", self).error().code == Errc::not_found);
    });
}

TEST_CASE("ItemState: a text that somebody went on writing is not deleted", "[merge][text]") {
    ItemState item;
    item.apply(change_with(Value{some_bytes(3)}, 1), id_of<DeviceId>(1));
    item.apply(change_with(Value{some_bytes(3)}, 4), id_of<DeviceId>(1));
    item.apply(change_with(Value{some_bytes(3)}, 2), id_of<DeviceId>(2));
    CHECK(item.versions_to_delete() == std::vector{version_of(2, 2), version_of(4, 1)});
    Change deletion = change_with(Value{true}, 9);
    deletion.header.writes = {{deleted_field, item.versions_to_delete()}};
    item.apply(deletion, id_of<DeviceId>(2));
    CHECK(item.presence() == ItemState::Presence::deleted);
    item.apply(change_with(Value{some_bytes(3)}, 5), id_of<DeviceId>(1));
    CHECK(item.presence() == ItemState::Presence::deleted_but_edited);
}
