#include "client-sdk/agent/operations.hpp"
#include "core/model/local_date.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <nlohmann/json.hpp>

using namespace samsyn;
using nlohmann::json;

namespace {

struct PlanScene : DeviceScene {
    void add_goal(std::string_view text, std::vector<PersonId> about, std::optional<Date> date) {
        clock.advance(1s);
        NewItem item;
        item.case_id = family.case_id;
        item.type = ItemType::plan_goal;
        item.about = std::move(about);
        item.fields = {{"goal", Value{std::string{text}}}};
        if (date) item.fields.push_back({"follow_up", Value{*date}});
        (void)must(psychologist->device->add_item(item));
    }

    Date in(std::chrono::hours time) const { return local_date(clock.now() + time); }

    /// The goals of the member with this id, by their texts.
    std::vector<std::string> goals_of(const PersonId& person) {
        const json answer = Operations{*psychologist->device, clock}.run(
            "plan.show", {{"case", to_hex(family.case_id)}});
        INFO(answer.dump());
        REQUIRE(answer["ok"] == true);
        std::vector<std::string> texts;
        for (const json& member : answer["result"]["members"])
            if (member["id"] == to_hex(person))
                for (const json& goal : member["goals"]) {
                    texts.push_back(goal["goal"]);
                    if (goal["overdue"] == true) texts.back() += " !";
                    if (!goal["also_about"].empty()) texts.back() += " +";
                }
        return texts;
    }
};

}  // namespace

TEST_CASE("Plan: each member's goals by themselves, what is followed up first on top",
          "[operations][plan]") {
    PlanScene scene;
    const PersonId child = scene.family.child;
    const PersonId mother = scene.family.guardians.front();
    scene.add_goal("skolan", {child}, scene.in(24h * 30));
    scene.add_goal("sömn", {child}, scene.in(-24h * 3));
    scene.add_goal("utan dag", {child}, std::nullopt);
    scene.add_goal("arbete", {mother}, scene.in(24h));
    scene.add_goal("måltider", {child, mother}, scene.in(24h * 5));
    using Texts = std::vector<std::string>;
    CHECK(scene.goals_of(child) == Texts{"sömn !", "måltider +", "skolan", "utan dag"});
    CHECK(scene.goals_of(mother) == Texts{"arbete", "måltider +"});
    const auto reads = must(scene.psychologist->device->own_reads(scene.family.case_id, 10));
    REQUIRE_FALSE(reads.empty());
    CHECK(reads.front().entry.action == ReadAction::list_shown);
}
