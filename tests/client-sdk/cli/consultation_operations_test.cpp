#include "tests/client-sdk/cli/operations_scene.hpp"

using namespace samsyn;
using nlohmann::json;

namespace {

const json school_question = {{"text", "En elev har stor frånvaro. Hur kallar man till möte?"},
                              {"initiator", "school"},
                              {"difficulty", "school_absence"}};

json with(json args, const json& more) {
    args.update(more);
    return args;
}

/// What the device is going to send, in hexadecimal figures.
std::vector<std::string> to_send(Story& story) {
    std::vector<std::string> entries;
    const auto outgoing = story.staff().outgoing_after(0, 1U << 20U, story.clock.now());
    REQUIRE(outgoing.has_value());
    for (const Outgoing& each : *outgoing) entries.push_back(to_hex(each.bytes));
    return entries;
}

json consultations(Story& story) {
    return Story::result(story.run("consult.list", json::object()))["consultations"];
}

}  // namespace

TEST_CASE("C-27: a consultation that says who it is about is stopped, and what was found is said",
          "[operations][consultation]") {
    Story story;
    const auto before = to_send(story).size();
    const json error = Story::error(story.run(
        "consult.add", with(school_question, {{"text", "Det gäller Zaynab, 640823-3234."}})));
    CHECK(error["code"] == "not_permitted");
    REQUIRE(error["findings"].size() == 2);
    CHECK(error["findings"][0]["text"] == "Zaynab");
    CHECK(error["findings"][0]["kind"] == "name");
    CHECK(error["findings"][1]["kind"] == "personal_number");
    CHECK(error["hint"].get<std::string>().find("Zaynab") != std::string::npos);
    CHECK(consultations(story).empty());
    CHECK(to_send(story).size() == before);  // nothing was signed either
}

TEST_CASE("C-27: a false hit that is marked is saved, another text is not",
          "[operations][consultation]") {
    Story story;
    const json args = with(school_question, {{"text", "Vi har provat Lotus och lekterapi."}});
    CHECK(Story::error(story.run("consult.add", args))["findings"][0]["text"] == "Lotus");
    CHECK(Story::error(story.run("consult.add", with(args, {{"not_a_name", "Komet"}})))["code"] ==
          "not_permitted");
    Story::result(story.run("consult.add", with(args, {{"not_a_name", "Lotus"}})));
    CHECK(consultations(story).size() == 1);
}

TEST_CASE("C-27: no other operation writes into a consultation", "[operations][consultation]") {
    Story story;
    const std::string id = Story::result(story.run("consult.add", school_question))["case"];
    const json item = Story::result(story.run("item.list", {{"case", id}}))["items"][0];
    const json fields = {{"text", "Det gäller Elin Alm."}};
    for (const json& answer :
         {story.run("item.edit", {{"item", item["id"]}, {"fields", fields}}),
          story.run("person.add", {{"case", id}, {"name", "Elin Alm"}}),
          story.run("note.add", {{"case", id}, {"about", id}, {"text", "Elin Alm"}}),
          story.run("item.add",
                    {{"case", story.case_id},
                     {"about", "Elin Alm"},
                     {"type", "consultation"},
                     {"fields", fields}})})
        CHECK(Story::error(answer)["code"] == "invalid_argument");
}

TEST_CASE("C-28: small municipality and rare condition: a warning, and only the group is stored",
          "[operations][consultation]") {
    Story story;
    const json result = Story::result(
        story.run("consult.add",
                  with(school_question,
                       {{"text", "Ett barn i Kopparberg har Prader-Willi. Vem kan stötta?"},
                        {"municipality", "Ljusnarsberg"}})));
    CHECK(result["warning"]["municipality"] == "Ljusnarsberg");
    const json stored = consultations(story)[0];
    CHECK(stored["area"] == "norra Örebro län");
    CHECK(stored["text"] == "Ett barn i norra Örebro län har Prader-Willi. Vem kan stötta?");
    CHECK(Story::error(story.run(
              "consult.add", with(school_question, {{"municipality", "Storgatan 1"}})))["code"] ==
          "invalid_argument");
}

TEST_CASE("C-27: a case that a consultation becomes shares nothing with it",
          "[operations][consultation]") {
    Story story;
    const std::string before = Story::result(story.run("consult.add", school_question))["case"];
    const std::string after = Story::result(
        story.run("consult.convert", {{"case", before}, {"title", "Familjen Berg"}}))["case"]["id"];
    CHECK(before != after);
    Story::result(story.run("person.add", {{"case", after}, {"name", "Elin Berg"}}));

    std::size_t with_before = 0;
    std::size_t with_after = 0;
    for (const std::string& entry : to_send(story)) {
        const bool has_before = entry.find(before) != std::string::npos;
        const bool has_after = entry.find(after) != std::string::npos;
        CHECK_FALSE((has_before && has_after));
        with_before += has_before ? 1 : 0;
        with_after += has_after ? 1 : 0;
    }
    CHECK(with_before > 0);
    CHECK(with_after > 0);
    const json old_items = Story::result(story.run("item.list", {{"case", before}}));
    const json new_items = Story::result(story.run("item.list", {{"case", after}}));
    CHECK(old_items.dump().find(after) == std::string::npos);
    CHECK(old_items.dump().find("Berg") == std::string::npos);
    CHECK(new_items.dump().find(before) == std::string::npos);
    CHECK(new_items.dump().find("frånvaro") == std::string::npos);
}

TEST_CASE("C-30: after twelve months a consultation is counted once, and its text is gone",
          "[operations][consultation]") {
    Story story;
    const std::string id = Story::result(story.run("consult.add", school_question))["case"];
    const auto expire = [&] {
        return Story::result(story.run("consult.expire", json::object()))["destroyed"];
    };
    const auto counted = [&] { return Story::result(story.run("consult.count", json::object())); };
    CHECK(counted()["total"] == 1);
    story.clock.advance(std::chrono::hours{24 * 360});
    CHECK(expire() == 0);
    CHECK(consultations(story).size() == 1);
    story.clock.advance(std::chrono::hours{24 * 7});
    CHECK(expire() == 1);
    CHECK(expire() == 0);
    CHECK(consultations(story).empty());
    CHECK(Story::result(story.run("item.list", {{"case", id}}))["items"].empty());
    const json counts = counted();
    CHECK(counts["total"] == 1);
    CHECK(counts["counts"][0]["initiator"] == "school");
    CHECK(counts["counts"][0]["difficulty"] == "school_absence");
}

TEST_CASE("C-52: counts for readers outside the team hide small numbers and keep the sum",
          "[operations][consultation]") {
    Story story;
    for (int i = 0; i < 6; ++i) Story::result(story.run("consult.add", school_question));
    Story::result(story.run("consult.add", with(school_question, {{"initiator", "guardian"}})));
    const json shown = Story::result(story.run("consult.count", {{"outside", true}}));
    CHECK(shown["total"] == 7);
    CHECK(shown["months"][0]["cells"]["guardian"].is_null());
    CHECK(shown["months"][0]["cells"]["school"] == 6);
}
