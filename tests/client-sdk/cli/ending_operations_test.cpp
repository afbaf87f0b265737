#include "tests/client-sdk/cli/operations_scene.hpp"

using namespace samsyn;
using nlohmann::json;

namespace {

json ending(Story& story) {
    return Story::result(story.run("case.ending", {{"case", story.case_id}}));
}

json close(Story& story, std::string_view reason) {
    return story.run("case.close", {{"case", story.case_id}, {"reason", reason}});
}

std::string promise(Story& story) {
    return Story::result(
        story.run("item.add",
                  {{"case", story.case_id},
                   {"about", "Elin Alm"},
                   {"type", "commitment"},
                   {"fields", {{"what", "Ringa skolan"}, {"owner", story.user}}}}))["item"]["id"];
}

}  // namespace

TEST_CASE("Operations: a case with nothing open is closed by a reason in words",
          "[operations][ending]") {
    Story story;
    const json shown = ending(story);
    CHECK(shown["ready"] == true);
    CHECK(shown["open"].empty());
    CHECK(Story::error(close(story, "improved"))["code"] == "invalid_argument");
    CHECK(Story::error(close(story, "0"))["code"] == "invalid_argument");
    CHECK(Story::result(close(story, "solved_itself"))["reason_title_sv"] == "det löste sig");
}

TEST_CASE("Operations: after a meeting a case ends for other reasons than before",
          "[operations][ending]") {
    Story story;
    Story::result(
        story.run("item.add",
                  {{"case", story.case_id},
                   {"about", "Elin Alm"},
                   {"type", "meeting"},
                   {"fields", {{"title", "Möte"}, {"starts_at", "2020-01-02T10:00:00Z"}}}}));
    CHECK(Story::error(close(story, "solved_itself"))["code"] == "invalid_argument");
    CHECK(Story::result(close(story, "improved"))["reason"] == "improved");
}

TEST_CASE("Operations: no case is closed while nobody has accepted what is open",
          "[operations][ending]") {
    Story story;
    const std::string item = promise(story);
    CHECK(Story::error(close(story, "no_need"))["context"] == "follow_ups_without_holder");
    CHECK(Story::error(story.run("handover.accept", {{"item", item}}))["code"] ==
          "invalid_argument");
    Story::result(story.run("handover.ask", {{"item", item}, {"user", story.user}}));
    const json asked = ending(story);
    CHECK(asked["ready"] == false);
    REQUIRE(asked["open"].size() == 1);
    CHECK(asked["open"][0]["holder"]["id"] == story.user);
    CHECK(asked["open"][0]["accepted"] == false);
    CHECK(Story::error(close(story, "no_need"))["context"] == "follow_ups_without_holder");

    Story::result(story.run("handover.accept", {{"item", item}}));
    CHECK(ending(story)["ready"] == true);
    Story::result(close(story, "no_need"));
}

TEST_CASE("Operations: what is done holds nobody up", "[operations][ending]") {
    Story story;
    const std::string item = promise(story);
    Story::result(story.run("item.edit", {{"item", item}, {"fields", {{"state", "done"}}}}));
    CHECK(ending(story)["open"].empty());
    const json goal = Story::result(story.run("plan.add",
                                              {{"case", story.case_id},
                                               {"about", "Elin Alm"},
                                               {"goal", "I skolan"},
                                               {"follow_up", "2026-09-01"}}));
    CHECK(ending(story)["open"].size() == 1);
    Story::result(
        story.run("item.edit", {{"item", goal["item"]["id"]}, {"fields", {{"state", "reached"}}}}));
    CHECK(ending(story)["open"].empty());
}
