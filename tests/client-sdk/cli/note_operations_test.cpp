#include "tests/client-sdk/cli/operations_scene.hpp"

using namespace samsyn;
using nlohmann::json;

TEST_CASE("Operations: a note is signed as it was shown, and takes addenda from then on",
          "[operations][signed]") {
    Story story;
    const std::string id = story.note({{"next_step", "Ringa skolan"}})["id"];
    const json shown = Story::result(story.run("item.show", {{"item", id}}));
    const std::string content = shown["content"];
    CHECK(shown["item"]["locked"] == false);

    Story::result(story.run("text.write", {{"item", id}, {"text", "Sover sämre."}}));
    CHECK(Story::error(story.run("note.sign", {{"item", id}, {"content", content}}))["code"] ==
          "conflict");
    CHECK(Story::error(story.run("note.addendum", {{"item", id}, {"text", "x"}}))["context"] ==
          "note_not_signed");
    const std::string now = Story::result(story.run("item.show", {{"item", id}}))["content"];
    const json item =
        Story::result(story.run("note.sign", {{"item", id}, {"content", now}}))["item"];
    CHECK(item["locked"] == true);
    REQUIRE(item["signatures"].size() == 1);
    CHECK(item["signatures"][0]["standing"] == "stands");
    CHECK(item["signatures"][0]["standing_title_sv"] == "som signerat");
    CHECK(item["signatures"][0]["user"]["id"] == story.user);
    for (const json& field : item["fields"]) CHECK(field["key"] != "signatures");

    const json refused =
        Story::error(story.run("text.write", {{"item", id}, {"text", "Något annat."}}));
    CHECK(refused["context"] == "note_is_signed");
    CHECK(Story::error(story.run("item.delete", {{"item", id}}))["context"] == "note_is_signed");
    Story::result(story.run("note.addendum", {{"item", id}, {"text", "Den 4 maj."}}));
    const json as_signed = Story::result(story.run("note.signed", {{"item", id}}));
    std::map<std::string, std::string> values;
    for (const json& field : as_signed["fields"])
        values[field["key"]] = field["values"][0]["shown"];
    CHECK(values["text"] == "Sover sämre.");
    CHECK(values["next_step"] == "Ringa skolan");
    CHECK(values.size() == 2);
}

TEST_CASE("Operations: signatures are given by signing only", "[operations][signed]") {
    Story story;
    const std::string id = story.note()["id"];
    for (const char* const key : {"signatures", "addenda"})
        CHECK(Story::error(
                  story.run("item.edit", {{"item", id}, {"fields", {{key, "x"}}}}))["code"] ==
              "invalid_argument");
    CHECK(Story::error(story.run("note.sign", {{"item", id}, {"content", "ab"}}))["code"] ==
          "invalid_argument");
    CHECK(Story::error(story.run("note.signed", {{"item", id}}))["code"] == "not_found");
    CHECK(Story::error(story.run("note.signed", {{"item", id}, {"number", 0}}))["code"] ==
          "invalid_argument");
}

TEST_CASE("Operations: nobody is noted as attending but by letting them in",
          "[operations][attack]") {
    Story story;
    const json wish = {{"case", story.case_id}, {"about", "Elin Alm"}, {"title", "Möte"}};
    const std::string id = Story::result(story.run("meeting.add", wish))["item"]["id"];
    const std::pair<const char*, std::string> attend[] = {
        {"attended", story.user}, {"family_attended", "Elin Alm"}, {"guests", "Tolken Amir"}};
    for (const auto& [key, who] : attend) {
        const json fields = {{key, json::array({who})}};
        CHECK(Story::error(story.run("item.edit", {{"item", id}, {"fields", fields}}))["code"] ==
              "invalid_argument");
        json with = wish;
        with["fields"] = fields;
        CHECK(Story::error(story.run("meeting.add", with))["code"] == "invalid_argument");
    }
}

TEST_CASE("Operations: what is no note is not signed", "[operations][signed]") {
    Story story;
    const json goal = Story::result(story.run(
        "plan.add", {{"case", story.case_id}, {"about", "Elin Alm"}, {"goal", "I skolan"}}));
    const std::string id = goal["item"]["id"];
    const json shown = Story::result(story.run("item.show", {{"item", id}}));
    CHECK_FALSE(shown.contains("content"));
    CHECK(Story::error(
              story.run("note.sign", {{"item", id}, {"content", std::string(64, 'a')}}))["code"] ==
          "invalid_argument");
}
