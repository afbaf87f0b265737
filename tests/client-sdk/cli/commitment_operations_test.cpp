#include "client-sdk/agent/hex_id.hpp"
#include "tests/client-sdk/cli/operations_scene.hpp"

using namespace samsyn;
using nlohmann::json;

namespace {

struct PromiseStory : Story {
    std::string promise(const std::string& what, const json& more = json::object()) {
        clock.advance(std::chrono::seconds{1});
        json args = {{"case", case_id}, {"about", "Elin Alm"}, {"what", what}, {"owner", user}};
        args.update(more);
        return result(run("commitment.add", args))["item"]["id"];
    }

    json step(const std::string& item, const char* step, const json& more = json::object()) {
        clock.advance(std::chrono::seconds{1});
        json args = {{"item", item}, {"step", step}};
        args.update(more);
        return run("commitment.step", args);
    }

    json list(const json& args = json::object()) {
        return result(run("commitment.list", args))["commitments"];
    }

    /// How many reads of the case the device has logged.
    std::size_t reads() {
        const auto id = id_from_hex<CaseId>(case_id);
        REQUIRE(id.has_value());
        const auto reads = staff().own_reads(*id, 1000);
        REQUIRE(reads.has_value());
        return reads->size();
    }
};

std::string what_of(const json& rows) {
    std::string all;
    for (const json& row : rows) all += (all.empty() ? "" : ", ") + row["what"].get<std::string>();
    return all;
}

}  // namespace

TEST_CASE("Operations: a commitment is promised for the owner's unit, from a meeting of the case",
          "[operations][commitments]") {
    PromiseStory story;
    const json called = Story::result(story.run(
        "meeting.add", {{"case", story.case_id}, {"about", "Elin Alm"}, {"title", "Möte"}}));
    const std::string meeting = called["item"]["id"];
    const std::string id = story.promise("Ringa skolan",
                                         {{"due", "2026-05-10"},
                                          {"promised_to", "Eva"},
                                          {"meeting", meeting},
                                          {"remind_on", "2026-05-08"}});
    const json shown = Story::result(story.run("commitment.show", {{"item", id}}))["commitment"];
    CHECK(shown["what"] == "Ringa skolan");
    CHECK(shown["owner"]["id"] == story.user);
    CHECK(shown["owner_unit"]["id"] == story.unit);
    CHECK(shown["meeting"] == meeting);
    CHECK(shown["state"] == "promised");
    CHECK(shown["state_title_sv"] == "utlovat");
    CHECK(shown["due_soon"] == true);
    CHECK(shown["remind_on"] == "2026-05-08");
    REQUIRE(shown["history"].size() == 1);
    CHECK(shown["history"][0]["by"]["id"] == story.user);
    CHECK(shown["family"].size() == 3);

    const std::string note = story.note()["id"];
    for (const json& more : {json{{"meeting", note}}, json{{"fields", {{"history", "done"}}}}}) {
        json args = {
            {"case", story.case_id}, {"about", "Elin Alm"}, {"what", "x"}, {"owner", story.user}};
        args.update(more);
        CHECK(Story::error(story.run("commitment.add", args))["code"] == "invalid_argument");
    }
}

TEST_CASE(
    "Operations: a step answers with the state and history; one without sense says what to do",
    "[operations][commitments]") {
    PromiseStory story;
    const std::string id = story.promise("Ringa skolan");
    CHECK(Story::error(story.step(id, "take_home"))["hint_sv"].get<std::string>().find(
              "--answer-by") != std::string::npos);
    const json home = Story::result(
        story.step(id, "take_home", {{"day", "2026-05-06"}, {"note", "rektor frågar"}}));
    CHECK(home["commitment"]["state"] == "taken_home");
    CHECK(home["commitment"]["answer_by"] == "2026-05-06");
    CHECK(home["commitment"]["history"][1]["note"] == "2026-05-06 rektor frågar");
    Story::result(story.step(id, "done"));
    const json over = Story::error(story.step(id, "answer"));
    CHECK(over["code"] == "conflict");
    CHECK(over["reason"]["key"] == "commitment_not_taken_home");
    for (const char* step : {"take_home", "done", "break", "withdraw"}) {
        const json error = Story::error(story.step(id, step, {{"day", "2026-05-06"}}));
        CHECK(error["reason"]["key"] == "commitment_over");
        CHECK(error["hint"].get<std::string>().find("promise") != std::string::npos);
    }
    const json again = Story::result(story.step(id, "promise", {{"day", "2026-06-01"}}));
    CHECK(again["commitment"]["due"] == "2026-06-01");
    CHECK(Story::error(story.step(id, "finish"))["context"].get<std::string>().starts_with("step"));
    CHECK(Story::error(story.step(story.note()["id"], "done"))["code"] == "invalid_argument");
}

TEST_CASE("Operations: the list goes over all cases, what is late first, and counts the days",
          "[operations][commitments]") {
    PromiseStory story;
    story.promise("sedan", {{"due", "2026-05-01"}});
    story.promise("snart", {{"due", "2026-05-06"}});
    const std::string over = story.promise("klart");
    Story::result(story.step(over, "done"));
    const std::string first = story.case_id;
    story.case_id =
        Story::result(story.run("case.open", {{"title", "Familjen Berg"}}))["case"]["id"];
    Story::result(story.run("person.add", {{"case", story.case_id}, {"name", "Elin Alm"}}));
    story.promise("annat", {{"due", "2026-04-01"}});

    CHECK(what_of(story.list()) == "annat, sedan, snart");
    CHECK(story.list()[0]["days_late"] == 33);
    CHECK(story.list()[1]["overdue"] == true);
    CHECK(story.list()[2]["overdue"] == false);
    CHECK(what_of(story.list({{"case", first}, {"open", false}})) == "sedan, snart, klart");
    CHECK(what_of(story.list({{"case", first}, {"mine", true}})) == "sedan, snart");
    CHECK(what_of(story.list({{"person", story.user}, {"case", story.case_id}})) == "annat");
    CHECK(Story::error(
              story.run("commitment.list", {{"person", story.user}, {"mine", true}}))["code"] ==
          "invalid_argument");
}

TEST_CASE("Operations: what the family may see of the commitments is asked person by person",
          "[operations][commitments]") {
    PromiseStory story;
    story.promise("Ringa skolan");
    story.promise("Boka samtal", {{"about", "Eva Alm"}});
    const auto family = [&](const char* person) {
        return what_of(story.list({{"case", story.case_id}, {"family", person}}));
    };
    CHECK(family("Per Ålund") == "Ringa skolan");
    CHECK(family("Eva Alm").find("Boka samtal") != std::string::npos);
    for (const json& row : story.list({{"case", story.case_id}, {"family", "Per Ålund"}}))
        CHECK_FALSE(row.contains("last"));
    CHECK(Story::error(story.run("commitment.list", {{"family", "Eva Alm"}}))["code"] ==
          "invalid_argument");
    Story::result(story.run("person.add", {{"case", story.case_id}, {"name", "Bo Alm"}}));
    CHECK(Story::error(story.run("commitment.list",
                                 {{"case", story.case_id}, {"family", "Bo Alm"}}))["code"] ==
          "not_found");
}

TEST_CASE("Operations: lists, one commitment and the day are logged as reads",
          "[operations][commitments][log]") {
    PromiseStory story;
    const std::string id = story.promise("Ringa skolan", {{"due", "2026-05-04"}});
    const std::pair<const char*, json> shows[] = {{"commitment.list", json::object()},
                                                  {"commitment.show", {{"item", id}}},
                                                  {"today", json::object()}};
    for (const auto& [operation, args] : shows) {
        CAPTURE(operation);
        const std::size_t before = story.reads();
        Story::result(story.run(operation, args));
        CHECK(story.reads() == before + 1);
        CHECK_FALSE(Operations::writes(operation));
    }
    CHECK(Operations::writes("commitment.add"));
    CHECK(Operations::writes("commitment.step"));
}

TEST_CASE("Operations: the day on one page", "[operations][commitments]") {
    PromiseStory story;
    Story::result(story.run("meeting.add",
                            {{"case", story.case_id},
                             {"about", "Elin Alm"},
                             {"title", "Nätverksmöte"},
                             {"starts_at", "2026-05-04 13:00"}}));
    story.promise("sen", {{"due", "2026-05-01"}});
    story.promise("minns", {{"remind_on", "2026-05-01"}});
    const json opened = Story::result(
        story.run("case.open", {{"title", "Familjen Berg"}, {"model", "familjesupporten"}}));
    story.clock.advance(std::chrono::hours{10});
    const json day = Story::result(story.run("today", json::object()));
    CHECK(day["today"] == "2026-05-04");
    CHECK(day["meetings"][0]["title"] == "Nätverksmöte");
    CHECK(day["meetings"][0]["starts_at"] == "2026-05-04T11:00:00Z");
    CHECK(what_of(day["late"]) == "sen");
    CHECK(day["this_week"].empty());
    CHECK(what_of(day["reminders"]) == "minns");
    REQUIRE(day["clocks"].size() == 1);
    CHECK(day["clocks"][0]["kind"] == "first_contact");
    CHECK(day["clocks"][0]["alarm"] == "soon");
    CHECK(day["clocks"][0]["minutes_left"] == 120);
    CHECK(day["clocks"][0]["case"]["id"] == opened["case"]["id"]);
    CHECK(day["clocks"][0]["title_sv"] == "Första kontakt");
    // Eight weeks are far away: not for today, and in the list of the case.
    const json all =
        Story::result(story.run("case.clocks", {{"case", opened["case"]["id"]}}))["clocks"];
    REQUIRE(all.size() == 2);
    CHECK(all[0]["kind"] == "first_contact");
    CHECK(all[1]["kind"] == "crisis_weeks");
    CHECK(all[1]["alarm"] == "running");
    CHECK(day["unsent_changes"].get<int>() > 0);
    CHECK(day["days_since_sync"].is_null());
    CHECK(day["waiting_for_key"].empty());
}

TEST_CASE("Operations: hostile arguments of commitments are refused by name and change nothing",
          "[operations][commitments][attack]") {
    PromiseStory story;
    const std::string id = story.promise("Ringa skolan");
    const json hostile[] = {json(5),
                            json("\xff\xfe"),
                            json("\x1b[2J"),
                            json(std::string(100'000, 'x')),
                            json::array({json::object()}),
                            json::object({{"a", 1}})};
    for (const json& value : hostile) {
        CAPTURE(value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 40));
        for (const char* argument : {"step", "day", "item"}) {
            json args = {{"item", id}, {"step", "take_home"}, {"day", "2026-05-06"}};
            args[argument] = value;
            Story::error(story.run("commitment.step", args));
        }
        for (const char* argument : {"case", "person", "mine", "open"}) {
            const json answer = story.run("commitment.list", {{argument, value}});
            CHECK(answer["ok"] == false);
        }
    }
    CHECK(Story::error(story.step(id, "done", {{"note", std::string(2000, 'x')}}))["code"] ==
          "limit_exceeded");
    const json shown = Story::result(story.run("commitment.show", {{"item", id}}))["commitment"];
    CHECK(shown["history"].size() == 1);
    CHECK(shown["state"] == "promised");
}
