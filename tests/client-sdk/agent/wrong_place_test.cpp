// What a person does when something stands in the wrong place: as the operations say it.

#include "client-sdk/agent/operations.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <samsyn/opened_twice.hpp>

#include <nlohmann/json.hpp>

using namespace samsyn;
using nlohmann::json;

namespace {

struct TwiceScene : DeviceScene {
    TwiceScene() {
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

TEST_CASE("Opened twice: a family is shown to both, until one of its cases is closed",
          "[operations][twice]") {
    TwiceScene scene;
    Person& worker = *scene.worker;
    CHECK(must(opened_twice(*worker.device)).empty());  // not known here yet
    scene.sync_everybody();

    for (Person* person : {scene.psychologist.get(), scene.worker.get()}) {
        const auto twice = must(opened_twice(*person->device));
        REQUIRE(twice.size() == 1);
        CHECK(twice.front().first == scene.family.case_id);  // opened first
        CHECK(twice.front().other == scene.again.case_id);
        CHECK(twice.front().names.size() == 1);
        const json today = scene.run(*person, "today", json::object());
        REQUIRE(today["opened_twice"].size() == 1);
        CHECK(today["opened_twice"][0]["case"]["id"] == to_hex(scene.family.case_id));
    }

    scene.run(worker, "case.close", {{"case", to_hex(scene.again.case_id)}, {"reason", "joined"}});
    CHECK(must(opened_twice(*worker.device)).empty());
}

TEST_CASE("Opened twice: a case in which somebody is protected is not told of",
          "[operations][twice][attack]") {
    TwiceScene scene;
    scene.sync_everybody();
    REQUIRE(must(opened_twice(*scene.worker->device)).size() == 1);
    scene.run(*scene.worker,
              "protection.mark",
              {{"case", to_hex(scene.again.case_id)},
               {"person", to_hex(scene.again.child)},
               {"kind", "secrecy_marking"},
               {"users", {to_hex(scene.worker->user)}}});
    CHECK(must(opened_twice(*scene.worker->device)).empty());
    scene.sync_everybody();
    CHECK(must(opened_twice(*scene.psychologist->device)).empty());
}

TEST_CASE("Operations: recall and split say who may read, and want a reason and what was shown",
          "[operations][recall]") {
    TwiceScene scene;
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
    const json& content = paragraphs["content"];
    for (const json& take : {json{"0"}, json{"4"}, json{"x"}, json{"1 "}, json{"1", "2", "3"}})
        CHECK(operations.run("note.split",
                             {{"item", note}, {"take", take}, {"content", content}})["ok"] ==
              false);
    const json split =
        scene.run(worker,
                  "note.split",
                  {{"item", note}, {"take", {"2"}}, {"content", content}, {"category", "health"}});
    CHECK(split["part"]["item"]["category"] == "health");
    CHECK(split["rest"]["item"]["category"] == "social");

    const json list = scene.run(worker, "item.recalled", {{"case", to_hex(scene.family.case_id)}});
    CHECK(list["recalled"].size() == 2);
    CHECK(list["log_asked"] == false);
}
