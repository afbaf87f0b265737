#include "tests/client-sdk/device/device_scene.hpp"

namespace samsyn {

TEST_CASE("Device: names of people and units reach every device through the sealed directory",
          "[device]") {
    DeviceScene scene;
    const auto users = scene.counsellor->device->users();
    const auto found = std::ranges::find(users, scene.psychologist->user, &UserView::id);
    REQUIRE(found != users.end());
    CHECK(found->name == "Ylva Ek");
    const auto units = scene.counsellor->device->units();
    CHECK(std::ranges::count(units, std::string{"Familjesamverkan"}, &UnitView::name) == 1);
    CHECK(std::ranges::count(units, std::string{"Nora"}, &UnitView::organisation) == 1);
}

TEST_CASE("Device: edits made offline on two devices of a unit converge", "[device]") {
    DeviceScene scene;
    const ItemId goal = scene.goal(*scene.psychologist, "Tuva går till skolan varje dag");
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.worker, goal, "goal") == "Tuva går till skolan varje dag");

    scene.edit(*scene.psychologist, goal, "need", "Lugn på morgonen");
    scene.edit(*scene.worker, goal, "action", "Hembesök varannan vecka");
    const ItemId note = scene.note(*scene.psychologist, "Köket var fullt av äppelkartonger.");
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        CHECK(scene.text(*person, goal, "need") == "Lugn på morgonen");
        CHECK(scene.text(*person, goal, "action") == "Hembesök varannan vecka");
        CHECK(scene.text(*person, note, "text") == "Köket var fullt av äppelkartonger.");
        CHECK(must(person->device->conflicts()).empty());
        CHECK(must(person->device->status()).unsent_changes == 0);
        CHECK(must(person->device->status()).parked.empty());
    }
    CHECK(must(scene.psychologist->device->items(scene.family.case_id)).size() ==
          must(scene.worker->device->items(scene.family.case_id)).size());
}

TEST_CASE("Device: a conflict keeps both values, and one settlement ends it everywhere",
          "[device][conflict]") {
    DeviceScene scene;
    const ItemId goal = scene.goal(*scene.psychologist, "Skolan");
    scene.sync_everybody();
    scene.edit(*scene.psychologist, goal, "goal", "Skolan på förmiddagar");
    scene.edit(*scene.worker, goal, "goal", "Skolan tre dagar");
    scene.sync_everybody();

    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        const auto conflicts = must(person->device->conflicts());
        REQUIRE(conflicts.size() == 1);
        CHECK(conflicts.front().text("goal") == "Skolan tre dagar");
    }
    // Typing over the shown value is not settling.
    scene.edit(*scene.worker, goal, "goal", "Skolan fyra dagar");
    scene.sync_everybody();
    const auto conflicts = must(scene.psychologist->device->conflicts());
    REQUIRE(conflicts.size() == 1);

    Settlement settlement;
    settlement.item = goal;
    settlement.field = "goal";
    settlement.value = Value{std::string{"Skolan fyra förmiddagar"}};
    for (const FieldView& field : conflicts.front().fields)
        if (field.conflict)
            for (const ValueView& value : field.values) settlement.seen.push_back(value.version);
    CHECK(settlement.seen.size() == 2);
    scene.clock.advance(1s);
    must(scene.psychologist->device->settle(settlement));
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        CHECK(must(person->device->conflicts()).empty());
        CHECK(scene.text(*person, goal, "goal") == "Skolan fyra förmiddagar");
    }
}

TEST_CASE("Device: several edits of an item before a sync leave as one change", "[device]") {
    DeviceScene scene;
    const ItemId goal = scene.goal(*scene.psychologist, "Skolan");
    scene.edit(*scene.psychologist, goal, "goal", "Skolan igen");
    scene.edit(*scene.psychologist, goal, "need", "Sömn");
    CHECK(must(scene.psychologist->device->status()).unsent_changes == 1);
    scene.sync_everybody();
    CHECK(scene.text(*scene.worker, goal, "goal") == "Skolan igen");
    CHECK(scene.text(*scene.worker, goal, "need") == "Sömn");
    CHECK(must(scene.worker->device->conflicts()).empty());
}

TEST_CASE("Device: a deletion hides an item, a concurrent edit keeps it visible and marked",
          "[device]") {
    DeviceScene scene;
    const ItemId gone = scene.note(*scene.psychologist, "Fel familj");
    const ItemId kept = scene.note(*scene.psychologist, "Rätt familj");
    scene.sync_everybody();
    scene.clock.advance(1s);
    must(scene.psychologist->device->delete_item(gone));
    must(scene.psychologist->device->delete_item(kept));
    scene.edit(*scene.worker, kept, "text", "Rätt familj, rättad");
    scene.sync_everybody();
    const auto items = must(scene.worker->device->items(scene.family.case_id));
    CHECK(std::ranges::count(items, gone, &ItemView::id) == 0);
    const auto marked = std::ranges::find(items, kept, &ItemView::id);
    REQUIRE(marked != items.end());
    CHECK(marked->presence == ItemState::Presence::deleted_but_edited);
    CHECK(marked->conflict);
}

}  // namespace samsyn
