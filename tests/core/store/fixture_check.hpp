#pragma once

#include "tests/core/store/fixture_rows.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

namespace samsyn::fixture {

inline std::size_t found(DeviceStore& store, std::string_view words) {
    const auto hits = store.search(id_of<CaseId>(1), words);
    REQUIRE(hits.has_value());
    return hits->size();
}

/// Everything that `write` wrote is there, the unsent work first of all.
inline void check(DeviceStore& store) {
    const auto place = id_of<CompartmentId>(1);
    const auto pending = store.pending();
    REQUIRE(pending.has_value());
    REQUIRE(pending->size() == 3);
    CHECK((*pending)[0].change == unsent_change());
    CHECK((*pending)[0].sealed_in == 0);
    CHECK((*pending)[1].change == sealed_change());
    CHECK((*pending)[1].sealed_in == 6);
    CHECK((*pending)[2].change == parked_change());
    CHECK((*pending)[2].parked == Error{Errc::not_permitted, "no_ground"});

    CHECK(store.value("title/fixture") == to_bytes(as_bytes(std::string_view{"Familjen Alm"})));
    CHECK(store.last_counter() == 7U);
    int statements = 0;
    CHECK(store
              .for_each_statement([&](ByteView bytes) -> Result<void> {
                  CHECK(to_bytes(bytes) == bytes_of(90, static_cast<unsigned char>(++statements)));
                  return {};
              })
              .has_value());
    CHECK(statements == 3);
    CHECK(store.cursors(id_of<Incarnation>(1)) ==
          std::vector<Resume::Cursor>{{Channel{place}, 17}});
    CHECK(store.compartments()->at(0).label == a_label());
    const auto key = store.key(id_of<EpochId>(1));
    REQUIRE((key && *key));
    CHECK(equal((*key)->expose(), a_key().expose()));
    CHECK(store.epochs(place)->size() == 2);
    CHECK(store.held_count(place) == 1U);
    CHECK(store.outgoing_count() == 1U);
    CHECK(store.outgoing(5)->has_value());
    CHECK(store.outgoing(6)->value().bytes == bytes_of(64, 6));
    CHECK(store.position(place)->sequence == 2);
    // Nothing before version 4; then one read that waits behind one that the server has.
    ReadLog reads{store.database()};
    const auto waiting = reads.waiting_count();
    REQUIRE(waiting.has_value());
    if (*waiting > 0) {
        CHECK(*waiting == 1);
        CHECK(reads.of_case(id_of<CaseId>(1), 10)->size() == 2);
        CHECK(reads.checkpoint()->value() == a_checkpoint(7));
        CHECK(reads.evidence()->size() == 1);
    }

    // From version 5 on: what a restored server is to get again, with its receipt.
    ResendLog resends{store.database()};
    CHECK(resends.kept_count() == 1U);
    if (resends.queued_count() != 0U) {
        const auto queued = resends.queued_after(0, 1 << 20);
        REQUIRE((queued && queued->size() == 4));
        CHECK(queued->at(2).bytes == bytes_of(90, 3));
        CHECK(queued->at(3).counter == 5);
        CHECK(queued->at(3).receipt == bytes_of(48, 5));
    }

    // From version 6 on: minutes with an edit that no run has taken.
    if (const auto meeting = store.item(id_of<ItemId>(105)); meeting && *meeting) {
        CHECK((*meeting)->texts.at(minutes) == "Protokoll: farmor kom");
        CHECK(store.text_runs({place, id_of<ItemId>(105), minutes}, id_of<DeviceId>(1))->size() ==
              1);
        CHECK(found(store, "protokoll farmor") == 1);
    }

    // From version 7 on: words that came too late for what was taken back.
    const auto late = LateRows{store.database()}.of(place, id_of<ItemId>(103));
    REQUIRE(late.has_value());
    for (const LateWords& words : *late) {
        CHECK(words.author == id_of<DeviceId>(2));
        CHECK(words.change == sealed_change());
    }

    for (int i = 3; i < notes; ++i) {
        const auto item = store.item(id_of<ItemId>(static_cast<unsigned char>(i + 1)));
        REQUIRE((item && *item));
        CHECK((*item)->state.field(make_field(1, MergeKind::single))->shown() ==
              Value{text_of_note(i)});
    }
    CHECK(store.item(id_of<ItemId>(3))->value().state.presence() == ItemState::Presence::deleted);
    CHECK(found(store, "björkskolan") == static_cast<std::size_t>(notes) - 2);
    CHECK(found(store, "ersatt") == 1);
    CHECK(found(store, "samtidig") == 1);
    CHECK(found(store, "nummer1 sömn") == 11);  // 1 and 10 to 19, one word each
    CHECK(found(store, "nummer2") == 10);       // 20 to 29: number 2 is deleted
    CHECK(found(store, "osänt farmor") == 1);
    CHECK(store.find_names("elin")->size() == 1);
}

/// The next local number of a pending change has never been given before.
inline void check_numbers(DeviceStore& store) {
    const auto next = store.put_pending(id_of<CompartmentId>(1), unsent_change(), Instant{});
    CHECK(next == 5U);
}

}  // namespace samsyn::fixture
