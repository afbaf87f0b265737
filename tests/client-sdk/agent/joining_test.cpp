// What a person does when something stands in the wrong place: as the operations say it.

#include "client-sdk/agent/operations.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <samsyn/joining.hpp>

#include <nlohmann/json.hpp>

using namespace samsyn;
using nlohmann::json;

namespace {

struct JoiningScene : DeviceScene {
    JoiningScene() {
        number(*psychologist, family.child, "20170305-2389");
        const std::vector<Participant> people{{psychologist->user, world.team}};
        clock.advance(1h);
        again = open_family(*worker->device, world.team, people, clock.now());
        number(*worker, again.child, "20170305-2389");
    }

    void number(Person& person, const PersonId& who, const char* text) {
        clock.advance(1s);
        const std::vector<FieldInput> fields{{"personal_number", Value{std::string{text}}}};
        must(person.device->edit_item(ItemId::from(who.view()), fields));
    }

    json run(Person& person, std::string_view operation, const json& args) {
        clock.advance(1s);
        const json answer = Operations{*person.device, clock}.run(operation, args);
        INFO(operation << ": " << answer.dump());
        REQUIRE(answer["ok"] == true);
        return answer["result"];
    }

    Family again;  ///< by the social worker, without a network
};

}  // namespace

TEST_CASE("Joining: a family opened twice is shown, and joined by a person",
          "[operations][joining]") {
    JoiningScene scene;
    Person& worker = *scene.worker;
    NewItem note;
    note.case_id = scene.again.case_id;
    note.type = ItemType::visit_note;
    note.about = {scene.again.child};
    note.category = Category::social;
    note.fields = {{"text", Value{std::string{"Första besöket, i det andra ärendet"}}}};
    const ItemId visit = must(worker.device->add_item(note));
    CHECK(must(opened_twice(*worker.device)).empty());  // not known here yet
    scene.sync_everybody();

    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        const auto twice = must(opened_twice(*person->device));
        REQUIRE(twice.size() == 1);
        CHECK(twice.front().kept == scene.family.case_id);  // opened first
        CHECK(twice.front().other == scene.again.case_id);
        CHECK(twice.front().names.size() == 1);
        const json today = scene.run(*person, "today", json::object());
        REQUIRE(today["opened_twice"].size() == 1);
        CHECK(today["opened_twice"][0]["case"]["id"] == to_hex(scene.family.case_id));
    }

    const json args = {{"case", to_hex(scene.family.case_id)},
                       {"other", to_hex(scene.again.case_id)}};
    const json joined = scene.run(worker, "case.join", args);
    REQUIRE(joined["moved"].size() == 1);
    CHECK(joined["left"] == 0);
    scene.sync_everybody();
    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        std::size_t visits = 0;
        for (const ItemView& item : must(person->device->items(scene.family.case_id))) {
            if (item.type != ItemType::visit_note) continue;
            ++visits;
            CHECK(item.text("text") == "Första besöket, i det andra ärendet");
            CHECK(item.label.subjects == std::vector{scene.family.child});
        }
        CHECK(visits == 1);
        CHECK(must(person->device->item(visit)).presence == ItemState::Presence::deleted);
    }
    // Again: nothing is left to move, and nothing is there twice.
    CHECK(scene.run(worker, "case.join", args)["moved"].empty());
    scene.run(worker, "case.close", {{"case", to_hex(scene.again.case_id)}, {"reason", "joined"}});
    CHECK(must(opened_twice(*worker.device)).empty());
}

TEST_CASE("Joining: a person whom only the other case has is added, and one case is not two",
          "[operations][joining]") {
    JoiningScene scene;
    Person& worker = *scene.worker;
    const PersonId aunt = must(worker.device->add_person(scene.again.case_id, "Moster Asta", {}));
    NewItem note;
    note.case_id = scene.again.case_id;
    note.type = ItemType::observation;
    note.about = {aunt};
    note.category = Category::social;
    note.fields = {{"text", Value{std::string{"Moster hjälper till"}}}};
    (void)must(worker.device->add_item(note));
    scene.sync_everybody();
    const auto units = std::vector{scene.world.team};
    const JoinedCases joined =
        must(join_cases(*worker.device, scene.family.case_id, scene.again.case_id, units));
    REQUIRE(joined.added.size() == 1);
    REQUIRE(joined.moved.size() == 1);
    CHECK(must(worker.device->item(joined.moved.front())).label.subjects == joined.added);
    const auto refused =
        join_cases(*worker.device, scene.family.case_id, scene.family.case_id, units);
    CHECK(refused.error().code == Errc::invalid_argument);
}

TEST_CASE("Joining: what is closed to a circle is not opened by it",
          "[operations][joining][attack]") {
    JoiningScene scene;
    Person& worker = *scene.worker;
    const json circle =
        scene.run(worker,
                  "audience.close",
                  {{"case", to_hex(scene.again.case_id)}, {"users", {to_hex(worker.user)}}});
    const json added = scene.run(worker,
                                 "observation.add",
                                 {{"case", to_hex(scene.again.case_id)},
                                  {"about", {to_hex(scene.again.child)}},
                                  {"text", "bara för en"},
                                  {"category", "social"},
                                  {"closed", circle["closed"]}});
    scene.sync_everybody();
    const json joined =
        scene.run(worker,
                  "case.join",
                  {{"case", to_hex(scene.family.case_id)}, {"other", to_hex(scene.again.case_id)}});
    CHECK(joined["moved"].empty());
    REQUIRE(joined["unmoved"].size() == 1);
    CHECK(joined["unmoved"][0]["id"] == added["item"]["id"]);
}

TEST_CASE("Operations: recall, move and split say who could read, and want a reason",
          "[operations][recall]") {
    JoiningScene scene;
    Person& worker = *scene.worker;
    const auto add = [&](const char* text) {
        return scene.run(worker,
                         "note.add",
                         {{"case", to_hex(scene.family.case_id)},
                          {"about", {to_hex(scene.family.child)}},
                          {"category", "social"},
                          {"text", text}})["item"]["id"];
    };
    scene.sync_everybody();
    const json first = add("fel familj");
    Operations operations{*worker.device, scene.clock};
    for (const char* const reason : {"", "moved", "nonsens"})
        CHECK(operations.run("item.recall", {{"item", first}, {"reason", reason}})["ok"] == false);
    const json recalled = scene.run(
        worker, "item.recall", {{"item", first}, {"reason", "read_too_widely"}})["recalled"];
    CHECK(recalled["readers"].size() == 2);
    CHECK(recalled["unsent"] == true);
    CHECK(operations.run("item.edit", {{"item", first}, {"fields", {{"place", "x"}}}})["ok"] ==
          false);

    const json note = add("ett\ntvå\ntre");
    const json paragraphs = scene.run(worker, "note.split", {{"item", note}});
    CHECK(paragraphs["paragraphs"] == json::array({"ett", "två", "tre"}));
    for (const json& take : {json{"0"}, json{"4"}, json{"x"}, json{"1 "}, json{"1", "2", "3"}})
        CHECK(operations.run("note.split", {{"item", note}, {"take", take}})["ok"] == false);
    const json split =
        scene.run(worker, "note.split", {{"item", note}, {"take", {"2"}}, {"category", "health"}});
    CHECK(split["part"]["item"]["category"] == "health");
    CHECK(split["rest"]["item"]["category"] == "social");

    const json list = scene.run(worker, "item.recalled", {{"case", to_hex(scene.family.case_id)}});
    CHECK(list["recalled"].size() == 2);
    CHECK(list["log_asked"] == false);
}
