#include "core/store/late_words.hpp"

#include "tests/core/store/store_builders.hpp"

using namespace samsyn;

TEST_CASE("LateRows: one device's words are kept up to a bound, and go with their compartment",
          "[store][recall][attack]") {
    DeviceStore store = memory_store();
    LateRows rows{store.database()};
    const auto place = id_of<CompartmentId>(1);
    const auto author = id_of<DeviceId>(1);
    const auto item = id_of<ItemId>(1);
    commit(store, [&] {
        for (std::int64_t i = 0; i < late_words_of_device_max; ++i)
            CHECK(must(rows.put(place, author, change_of(1, 5, "sent"))));
        CHECK_FALSE(must(rows.put(place, author, change_of(1, 5, "sent"))));
        CHECK_FALSE(must(rows.put(id_of<CompartmentId>(2), author, change_of(2, 5, "sent"))));
        CHECK(must(rows.put(place, id_of<DeviceId>(2), change_of(1, 6, "en annans"))));
    });
    const auto all = must(rows.of(place, item));
    REQUIRE(all.size() == static_cast<std::size_t>(late_words_of_device_max) + 1);
    CHECK(all.back().author == id_of<DeviceId>(2));
    CHECK(all.back().change == change_of(1, 6, "en annans"));
    CHECK(must(rows.of(place, id_of<ItemId>(2))).empty());
    CHECK(must(rows.place_of(all.back().number)) == place);
    commit(store, [&] {
        must(rows.erase(all.front().number));
        CHECK(must(rows.put(place, author, change_of(1, 7, "igen"))));  // there is room again
        must(store.purge(place));
    });
    CHECK(must(rows.of(place, item)).empty());
    CHECK_FALSE(must(rows.place_of(all.back().number)));
}
