// What is written at a visit, and what is left to whoever stands in.

#include "client-sdk/agent/operations.hpp"
#include "core/model/local_date.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <samsyn/visits.hpp>

#include <nlohmann/json.hpp>

using namespace samsyn;
using nlohmann::json;

namespace {

struct WritingScene : DeviceScene {
    json run(Person& person, std::string_view operation, const json& args) {
        clock.advance(1s);
        const json answer = Operations{*person.device, clock}.run(operation, args);
        INFO(operation << ": " << answer.dump());
        REQUIRE(answer["ok"] == true);
        return answer["result"];
    }

    std::string refusal(Person& person, std::string_view operation, const json& args) {
        clock.advance(1s);
        const json answer = Operations{*person.device, clock}.run(operation, args);
        INFO(operation << ": " << answer.dump());
        REQUIRE(answer["ok"] == false);
        return answer["error"]["code"];
    }

    json a_visit() const {
        return {{"case", to_hex(family.case_id)},
                {"about", {to_hex(family.child)}},
                {"date", "2026-05-03"},
                {"present", {"mamma", "Ylva"}},
                {"text", "Vi satt i köket."},
                {"observe", {{"social", "Fritids varje dag"}, {"health", "Sover bättre"}}},
                {"next_step", "Ringa skolan"}};
    }

    std::size_t items(Person& person) { return must(person.device->items(family.case_id)).size(); }
};

}  // namespace

TEST_CASE("Visit: each observation is read by those whom it is for", "[operations][visit]") {
    WritingScene scene;
    scene.consent(scene.world.school);  // social and plan
    scene.sync_everybody();
    const json written = scene.run(*scene.psychologist, "visit.write", scene.a_visit());
    REQUIRE(written["observations"].size() == 2);
    for (int round = 0; round < 2; ++round) scene.sync_everybody();

    std::vector<std::string> seen;
    for (const ItemView& item : must(scene.counsellor->device->items(scene.family.case_id)))
        if (item.type == ItemType::observation || item.type == ItemType::visit_note)
            seen.push_back(item.text("text"));
    CHECK(seen == std::vector<std::string>{"Fritids varje dag"});
    CHECK(scene.refusal(*scene.counsellor, "visit.show", {{"item", written["item"]["id"]}}) ==
          "not_found");

    const json visit = scene.run(*scene.worker, "visit.show", {{"item", written["item"]["id"]}});
    REQUIRE(visit["observations"].size() == 2);
    CHECK(visit["observations"][0]["item"]["category"] == "social");
    CHECK(visit["observations"][0]["readers"].size() == 3);
    CHECK(visit["observations"][1]["item"]["category"] == "health");
    CHECK(visit["observations"][1]["readers"].size() == 2);
    CHECK(visit["consents"].empty());
}

TEST_CASE("Visit: all of it is written, or nothing", "[operations][visit][attack]") {
    WritingScene scene;
    Person& ylva = *scene.psychologist;
    const std::size_t before = scene.items(ylva);
    for (const json& observe : {json{{"social", "Ja"}, {"directory", "x"}},
                                json{{"social", "Ja"}, {"väder", "x"}},
                                json{{"social", "Ja"}, {"health", ""}},
                                json{{"social", "Ja"}, {"health", 7}},
                                json::array({"social"})}) {
        json visit = scene.a_visit();
        visit["observe"] = observe;
        CHECK(scene.refusal(ylva, "visit.write", visit) == "invalid_argument");
    }
    // Refused by the engine when the note is written already.
    NewItem note;
    note.case_id = scene.family.case_id;
    note.type = ItemType::visit_note;
    note.about = {scene.family.child};
    note.fields = {{"text", Value{std::string{"Vi satt i köket."}}}};
    NewItem wordless;
    wordless.category = Category::health;
    CHECK(Visits{*ylva.device}.write(note, {wordless}).error().code == Errc::invalid_argument);
    CHECK(scene.items(ylva) == before);
    note.type = ItemType::observation;
    CHECK(Visits{*ylva.device}.write(note, {}).error().code == Errc::invalid_argument);
}

TEST_CASE("Visit: one more thing belongs to the note, its day and whom it is about",
          "[operations][visit]") {
    WritingScene scene;
    Person& ylva = *scene.psychologist;
    json visit = scene.a_visit();
    visit.erase("observe");
    visit.erase("text");  // written afterwards, in an editor
    const json note = scene.run(ylva, "visit.write", visit)["item"]["id"];
    CHECK(scene.run(ylva, "text.read", {{"item", note}})["text"] == "");
    const json one = scene.run(
        ylva,
        "visit.observe",
        {{"item", note}, {"category", "attendance"}, {"text", "Tre dagar i skolan"}})["item"];
    CHECK(one["about"].size() == 1);
    const json shown = scene.run(ylva, "visit.show", {{"item", note}});
    REQUIRE(shown["observations"].size() == 1);
    CHECK(shown["observations"][0]["item"]["id"] == one["id"]);
    CHECK(shown["observations"][0]["item"]["title"] == "Tre dagar i skolan");
    CHECK(scene.refusal(ylva,
                        "visit.observe",
                        {{"item", one["id"]}, {"category", "health"}, {"text", "x"}}) ==
          "invalid_argument");

    // Taken back, the note leaves what was observed, and says so.
    const json gone = scene.run(ylva, "item.recall", {{"item", note}, {"reason", "wrong_family"}});
    REQUIRE(gone["staying"].size() == 1);
    CHECK(gone["staying"][0]["item"] == one["id"]);
}

TEST_CASE("Visit: what is observed is no more open than the note, and no less sensitive",
          "[operations][visit][attack]") {
    WritingScene scene;
    Person& ylva = *scene.psychologist;
    const json circle = scene.run(ylva,
                                  "audience.close",
                                  {{"case", to_hex(scene.family.case_id)},
                                   {"about", {to_hex(scene.family.child)}},
                                   {"users", {to_hex(ylva.user)}},
                                   {"text", "Kollegas släkting"}});
    json visit = scene.a_visit();
    visit["closed"] = circle["closed"];
    visit["category"] = "diagnosis";  // far-reaching by itself
    const json written = scene.run(ylva, "visit.write", visit);
    std::vector<json> items;
    for (const json& one : written["observations"]) items.push_back(one);
    items.push_back(scene.run(
        ylva,
        "visit.observe",
        {{"item", written["item"]["id"]}, {"category", "health"}, {"text", "Åt ingen frukost"}}));
    REQUIRE(items.size() == 3);
    for (const json& one : items) {
        CHECK(one["readers"].size() == 1);
        CHECK(one["item"]["sensitivity"] == "far_reaching");
    }
}

TEST_CASE("Visit: the day is that on which it was written, whenever it is edited",
          "[operations][visit]") {
    WritingScene scene;
    Person& ylva = *scene.psychologist;
    json visit = scene.a_visit();
    visit.erase("date");
    const std::string day = to_text(local_date(scene.clock.now()));
    const json note = scene.run(ylva, "visit.write", visit)["item"]["id"];
    (void)scene.consent_of(scene.family.guardians.front(), scene.world.school);
    scene.clock.advance(24h * 3);
    scene.run(ylva, "text.write", {{"item", note}, {"text", "Vi satt i köket. Länge."}});
    scene.run(ylva, "visit.observe", {{"item", note}, {"category", "plan"}, {"text", "Sova"}});
    const json shown = scene.run(ylva, "visit.show", {{"item", note}});
    CHECK(shown["consents"].size() == 1);
    REQUIRE(shown["observations"].size() == 3);
    for (const json& one : shown["observations"])
        for (const json& field : one["item"]["fields"])
            if (field["key"] == "date") CHECK(field["values"][0]["shown"] == day);
}

TEST_CASE("Visit: another unit writes nothing on its page", "[operations][visit][attack]") {
    WritingScene scene;
    Person& ylva = *scene.psychologist;
    const json note = scene.run(ylva, "visit.write", scene.a_visit())["item"]["id"];
    consent_by_both(*scene.counsellor->device,
                    scene.family,
                    scene.world.school,
                    scene.world.team,
                    scene.clock.now());
    scene.sync_everybody();
    const json planted = scene.run(*scene.counsellor,
                                   "item.add",
                                   {{"case", to_hex(scene.family.case_id)},
                                    {"about", {to_hex(scene.family.child)}},
                                    {"type", "observation"},
                                    {"category", "attendance"},
                                    {"fields", {{"text", "Ditskrivet"}, {"visit", note}}}});
    const json handover = scene.run(
        *scene.counsellor,
        "item.add",
        {{"case", to_hex(scene.family.case_id)},
         {"about", {to_hex(scene.family.child)}},
         {"type", "handover"},
         {"category", "attendance"},
         {"fields",
          {{"text", "Ditskrivet"}, {"stands_in", to_hex(ylva.user)}, {"until", "2030-01-01"}}}});
    for (int round = 0; round < 2; ++round) scene.sync_everybody();
    for (const json& item : {planted, handover})  // it is read, where it is listed as what it is
        scene.run(ylva, "item.show", {{"item", item["item"]["id"]}});
    CHECK(scene.run(ylva, "visit.show", {{"item", note}})["observations"].size() == 2);
    CHECK(scene.run(ylva, "today", json::object())["handovers"].empty());
}

TEST_CASE("Visit: consent that was collected on that day stands beside it", "[operations][visit]") {
    WritingScene scene;
    Person& ylva = *scene.psychologist;
    json visit = scene.a_visit();
    visit["date"] = to_text(local_date(scene.clock.now()));
    const json note = scene.run(ylva, "visit.write", visit)["item"]["id"];
    (void)scene.consent_of(scene.family.guardians.front(), scene.world.school);
    const json today = scene.run(ylva, "visit.show", {{"item", note}});
    REQUIRE(today["consents"].size() == 1);
    visit["date"] = to_text(local_date(scene.clock.now() - 48h));
    const json earlier = scene.run(ylva, "visit.write", visit)["item"]["id"];
    CHECK(scene.run(ylva, "visit.show", {{"item", earlier}})["consents"].empty());
}

TEST_CASE("Stand-in: a note on each family is on the day's page, until the last day",
          "[operations][visit]") {
    WritingScene scene;
    const auto per = scene.world.enrol("Per Ås", scene.world.team, Role::nurse);
    scene.sync(scene.world.administrator());
    scene.sync(*scene.psychologist);
    scene.sync(*per);
    const std::string last = to_text(local_date(scene.clock.now() + 24h * 10));
    const json answer = scene.run(*scene.psychologist,
                                  "participant.stand_in",
                                  {{"user", to_hex(per->user)},
                                   {"for", to_hex(scene.worker->user)},
                                   {"until", last},
                                   {"case", to_hex(scene.family.case_id)},
                                   {"note", "Ring mamman på fredagar."}});
    CHECK(scene.refusal(*scene.psychologist,
                        "participant.stand_in",
                        {{"user", to_hex(per->user)},
                         {"for", to_hex(scene.worker->user)},
                         {"until", last},
                         {"note", "Av en familj, i alla?"}}) == "invalid_argument");
    REQUIRE(answer["cases"].size() == 1);
    REQUIRE(answer["cases"][0].contains("note"));
    for (int round = 0; round < 3; ++round) {
        scene.sync_everybody();
        scene.sync(*per);
    }
    const json day = scene.run(*per, "today", json::object());
    REQUIRE(day["handovers"].size() == 1);
    CHECK(day["handovers"][0]["text"] == "Ring mamman på fredagar.");
    CHECK(day["handovers"][0]["away"]["id"] == to_hex(scene.worker->user));
    CHECK(day["handovers"][0]["until"] == last);
    CHECK(scene.run(*scene.psychologist, "today", json::object())["handovers"].empty());

    scene.clock.advance(24h * 11);
    scene.sync(*scene.psychologist);
    scene.sync(*per);
    CHECK(scene.run(*per, "today", json::object())["handovers"].empty());
}

TEST_CASE("Stand-in: what was handed over is shown to its last day", "[operations][visit]") {
    WritingScene scene;
    Person& ylva = *scene.psychologist;
    for (const auto until : {-24h, 0h, 48h}) {
        const json fields = {{"text", "Överlämnat"},
                             {"stands_in", to_hex(ylva.user)},
                             {"away", to_hex(scene.worker->user)},
                             {"until", to_text(local_date(scene.clock.now() + until))}};
        scene.run(ylva,
                  "item.add",
                  {{"case", to_hex(scene.family.case_id)},
                   {"about", {to_hex(scene.family.child)}},
                   {"type", "handover"},
                   {"fields", fields}});
    }
    const json day = scene.run(ylva, "today", json::object());
    REQUIRE(day["handovers"].size() == 2);  // the last to end first
    CHECK(day["handovers"][0]["until"] == to_text(local_date(scene.clock.now() + 48h)));
}
