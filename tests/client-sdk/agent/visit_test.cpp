#include "client-sdk/agent/operations.hpp"
#include "core/model/local_date.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <nlohmann/json.hpp>

using namespace samsyn;
using nlohmann::json;

namespace {

struct VisitScene : DeviceScene {
    json run(Person& person, std::string_view operation, const json& args) {
        return Operations{*person.device, clock}.run(operation, args);
    }

    /// Whether each thing is in order, by its key.
    std::map<std::string, bool> checks(Person& person) {
        const json answer = run(person, "visit.prepare", {{"case", to_hex(family.case_id)}});
        INFO(answer.dump());
        REQUIRE(answer["ok"] == true);
        std::map<std::string, bool> checks;
        for (const json& check : answer["result"]["checks"])
            checks[check["key"]] = check["in_order"];
        return checks;
    }

    std::string day_after(std::chrono::hours time) const {
        return to_text(local_date(clock.now() + time));
    }
};

}  // namespace

TEST_CASE("Visit: a tablet that has just synced is ready", "[operations][visit]") {
    VisitScene scene;
    (void)scene.visit_note(*scene.psychologist, "Sover bättre.");
    scene.sync(*scene.psychologist);
    const std::map<std::string, bool> all_in_order{{"clock", true},
                                                   {"content", true},
                                                   {"files", true},
                                                   {"keys", true},
                                                   {"reading", true},
                                                   {"synced", true},
                                                   {"unsent", true}};
    CHECK(scene.checks(*scene.psychologist) == all_in_order);
}

TEST_CASE("Visit: what would fail at the kitchen table is said before", "[operations][visit]") {
    VisitScene scene;
    Person& ylva = *scene.psychologist;
    (void)scene.visit_note(ylva, "Sover bättre.");
    CHECK_FALSE(scene.checks(ylva)["unsent"]);
    scene.sync(ylva);

    scene.clock.advance(24h * 2);
    CHECK_FALSE(scene.checks(ylva)["synced"]);
    CHECK(scene.checks(ylva)["reading"]);
    scene.clock.advance(24h * 4 + 1h);  // less than a day of seven is left
    CHECK_FALSE(scene.checks(ylva)["reading"]);
    scene.clock.advance(24h * 2);
    const auto locked = scene.checks(ylva);
    CHECK_FALSE(locked.at("reading"));
    CHECK_FALSE(locked.contains("content"));
}

TEST_CASE("Visit: a conflict, and a part that waits for a key, are said", "[operations][visit]") {
    VisitScene scene;
    const ItemId goal = scene.goal(*scene.psychologist, "Sova");
    scene.sync_everybody();
    scene.edit(*scene.psychologist, goal, "goal", "Sova hemma");
    scene.edit(*scene.worker, goal, "goal", "Sova borta");
    scene.sync_everybody();
    CHECK_FALSE(scene.checks(*scene.psychologist)["conflicts"]);

    scene.consent(scene.world.school);
    scene.sync(*scene.counsellor);
    const auto status = must(scene.counsellor->device->status());
    CHECK(scene.checks(*scene.counsellor)["keys"] == status.waiting_for_key.empty());
}

TEST_CASE("Stand-in: a colleague reads all families of who is away, until the day",
          "[operations][visit]") {
    VisitScene scene;
    const ItemId note = scene.visit_note(*scene.worker, "Elin sover bättre.");
    scene.sync_everybody();
    const auto per = scene.world.enrol("Per Ås", scene.world.team, Role::nurse);
    scene.sync(scene.world.administrator());
    scene.sync(*scene.psychologist);
    scene.sync(*per);
    CHECK(scene.text(*per, note, "text") == "-");

    const json args = {{"user", to_hex(per->user)},
                       {"for", to_hex(scene.worker->user)},
                       {"until", scene.day_after(24h * 10)}};
    const json answer = scene.run(*scene.psychologist, "participant.stand_in", args);
    INFO(answer.dump());
    REQUIRE(answer["ok"] == true);
    REQUIRE(answer["result"]["cases"].size() == 1);
    CHECK(answer["result"]["cases"][0]["added"] == true);
    for (int round = 0; round < 3; ++round) {
        scene.sync_everybody();
        scene.sync(*per);
    }
    CHECK(scene.text(*per, note, "text") == "Elin sover bättre.");

    scene.clock.advance(24h * 11);
    scene.sync(*scene.psychologist);
    scene.sync(*per);
    CHECK(scene.text(*per, note, "text") == "-");
}

TEST_CASE("Stand-in: what makes no sense is refused, and nobody is let in",
          "[operations][visit][attack]") {
    VisitScene scene;
    const auto before = must(scene.psychologist->device->participants(scene.family.case_id)).size();
    const std::string ake = to_hex(scene.worker->user);
    const std::string later = scene.day_after(24h * 10);
    const auto code = [&](Person& by, const json& args) {
        const json answer = scene.run(by, "participant.stand_in", args);
        return answer["ok"] == true ? "ok" : answer["error"]["code"].get<std::string>();
    };
    Person& ylva = *scene.psychologist;
    CHECK(code(ylva, {{"user", ake}, {"for", ake}, {"until", later}}) == "invalid_argument");
    CHECK(
        code(ylva, {{"user", to_hex(ylva.user)}, {"for", ake}, {"until", scene.day_after(-48h)}}) ==
        "invalid_argument");
    CHECK(code(ylva,
               {{"user", ake},
                {"for", to_hex(scene.world.administrator().user)},
                {"until", later}}) == "not_found");
    // Somebody of another unit cannot read for this one: said beside the case, and not done.
    const json other =
        scene.run(ylva,
                  "participant.stand_in",
                  {{"user", to_hex(scene.counsellor->user)}, {"for", ake}, {"until", later}});
    REQUIRE(other["ok"] == true);
    CHECK(other["result"]["cases"][0]["added"] == false);
    CHECK(must(ylva.device->participants(scene.family.case_id)).size() == before);
}
