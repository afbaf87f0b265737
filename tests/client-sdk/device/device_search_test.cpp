#include "core/store/database.hpp"
#include "tests/client-sdk/device/device_scene.hpp"
#include "tests/support/plain_pages.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace samsyn;

namespace {

std::vector<ItemId> found(Person& reader, const CaseId& case_id, std::string_view words) {
    std::vector<ItemId> items;
    for (const SearchHit& hit : must(reader.device->search(case_id, words, 50)).hits)
        items.push_back(hit.item.id);
    return items;
}

/// Does somebody with the key find the word in the pages of the device's database?
bool is_in_pages(const std::filesystem::path& folder, Person& person, std::string_view word) {
    const PlainPages plain = plain_pages(folder / person.name / "samsyn.db", person.pages);
    CHECK(plain.pages + plain.frames > 10);
    CHECK(plain.unopened == 0);
    return plain.bytes.find(word) != std::string::npos;
}

using Items = std::vector<ItemId>;

}  // namespace

TEST_CASE("Device: search finds what came from others, newest first, with a marked snippet",
          "[device][search]") {
    DeviceScene scene;
    const ItemId first = scene.note(*scene.psychologist, "Elin sover dåligt");
    const ItemId second = scene.note(*scene.worker, "Elin sover bättre");
    scene.sync_everybody();
    for (Person* reader : {scene.psychologist.get(), scene.worker.get()}) {
        CHECK(found(*reader, scene.family.case_id, "sov elin") == Items{second, first});
        const auto one = must(reader->device->search(scene.family.case_id, "sover", 1));
        CHECK(one.more);
        REQUIRE(one.hits.size() == 1);
        REQUIRE(one.hits.front().snippet.size() == 3);
        CHECK(one.hits.front().snippet[1].text == "sover");
        CHECK(one.hits.front().snippet[1].hit);
        CHECK_FALSE(one.hits.front().snippet[2].hit);
    }
    scene.edit(*scene.worker, second, "text", "Elin vaknar tidigt");
    must(scene.psychologist->device->delete_item(first));
    scene.sync_everybody();
    CHECK(found(*scene.psychologist, scene.family.case_id, "sover").empty());
    CHECK(found(*scene.worker, scene.family.case_id, "vaknar") == Items{second});
    CHECK(scene.worker->device->search(CaseId{}, "sover", 50).error().code == Errc::not_found);
}

TEST_CASE("Device: search shows nothing that the user may not read at that moment",
          "[device][search][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Hemligheten");
    scene.consent(scene.world.school);
    scene.sync_everybody();
    CHECK(found(*scene.counsellor, scene.family.case_id, "hemlig") == Items{note});
    CHECK(found(*scene.psychiatrist, scene.family.case_id, "hemlig").empty());

    // The consent has run out and nobody has told this device: its rows are still there.
    scene.clock.advance(24h * 199);
    scene.sync(*scene.counsellor);
    CHECK(found(*scene.counsellor, scene.family.case_id, "hemlig") == Items{note});
    scene.clock.advance(24h * 2);
    CHECK(must(scene.counsellor->device->items(scene.family.case_id)).empty());
    CHECK(found(*scene.counsellor, scene.family.case_id, "hemlig").empty());
}

TEST_CASE("Device: when a consent is withdrawn, the words leave the pages of the device",
          "[device][search][attack]") {
    const TemporaryFolder folder;
    DeviceScene scene{folder.path()};
    scene.note(*scene.psychologist, "qvkxzjwhemligheten");
    scene.consent(scene.world.school);
    scene.sync_everybody();
    CHECK(is_in_pages(folder.path(), *scene.counsellor, "qvkxzjwhemligheten"));

    scene.withdraw(scene.world.school);
    scene.sync_everybody();
    CHECK(found(*scene.counsellor, scene.family.case_id, "qvkxzjwhemligheten").empty());
    CHECK_FALSE(is_in_pages(folder.path(), *scene.counsellor, "vkxzjwhemlig"));
    CHECK(is_in_pages(folder.path(), *scene.psychologist, "vkxzjwhemlig"));
}

TEST_CASE("Device: find goes by name, personal number and case number, and refuses the rest",
          "[device][search]") {
    DeviceScene scene;
    Device& device = *scene.psychologist->device;
    const std::vector<FieldInput> fields{{"personal_number", Value{std::string{"20170305-2389"}}}};
    const PersonId nora = must(device.add_person(scene.family.case_id, "Nora Älvsjö", fields));
    scene.note(*scene.psychologist, "Nora missbruk");

    for (const std::string_view text :
         {"nora", "älv NO", "Nora Älvsjö", "20170305-2389", "201703052389"}) {
        CAPTURE(text);
        const auto hits = must(device.find(text));
        REQUIRE(hits.size() == 1);
        CHECK(hits.front().person == nora);
        CHECK(hits.front().case_id == scene.family.case_id);
        CHECK(hits.front().name == "Nora Älvsjö");
    }
    const std::string number = to_hex(scene.family.case_id);
    CHECK(must(device.find(number.substr(0, 8))).front().by == FoundBy::case_number);
    CHECK(must(device.find(number)).front().case_id == scene.family.case_id);

    for (const std::string_view text : {"missbruk Nora",
                                        "missbruk",
                                        "alv",
                                        "20170305",
                                        "2389",
                                        "201703052388",
                                        "0305-2389",
                                        "",
                                        "\"",
                                        "names:nora"}) {
        CAPTURE(text);
        const auto refused = device.find(text);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error() == Error{Errc::not_permitted, std::string{across_cases_refused}});
    }
    CHECK_FALSE(device.find(number.substr(0, 7)).has_value());
    CHECK_FALSE(device.find(std::string(1024 * 1024, 'a')).has_value());
}

TEST_CASE("Device: find shows no person whom the user may not read", "[device][search][attack]") {
    DeviceScene scene;
    const auto hidden = must(scene.psychologist->device->persons(scene.family.case_id));
    scene.sync_everybody();
    for (const PersonView& person : hidden) {
        if (person.name.empty()) continue;
        CAPTURE(person.name);
        CHECK(scene.psychologist->device->find(person.name).has_value());
        CHECK_FALSE(scene.psychiatrist->device->find(person.name).has_value());
    }
}

TEST_CASE("Device: moved into another database it goes on, with its unsent work",
          "[device][rekey]") {
    DeviceScene scene;
    scene.note(*scene.psychologist, "Skickat");
    scene.sync_everybody();
    const ItemId unsent = scene.note(*scene.psychologist, "Osänt");
    Device& device = *scene.psychologist->device;
    const auto before = must(device.status());

    SECTION("when the commit succeeds") {
        std::uint64_t rows = 0;
        must(device.move_into(
            must(Database::open_in_memory()),
            [&](std::uint64_t, std::uint64_t total) -> Result<void> {
                rows = total;
                return {};
            },
            []() -> Result<void> { return {}; }));
        CHECK(rows > 50);
    }
    SECTION("and as before when it is stopped or the commit fails") {
        const auto stopped = device.move_into(
            must(Database::open_in_memory()),
            [](std::uint64_t, std::uint64_t) -> Result<void> {
                return fail(Errc::locked, "stopped");
            },
            []() -> Result<void> { return {}; });
        CHECK(stopped.error().context == "stopped");
        const auto refused =
            device.move_into(must(Database::open_in_memory()), {}, []() -> Result<void> {
                return fail(Errc::disk_full, "vault");
            });
        CHECK(refused.error().context == "vault");
    }
    CHECK(must(device.status()).unsent_changes == before.unsent_changes);
    CHECK(found(*scene.psychologist, scene.family.case_id, "osänt") == Items{unsent});
    scene.sync_everybody();
    CHECK(must(device.status()).unsent_changes == 0);
    CHECK(found(*scene.worker, scene.family.case_id, "osänt") == Items{unsent});
    CHECK(found(*scene.worker, scene.family.case_id, "skickat").size() == 1);
}
