// Many invitations at once, and the words of refusals, as the agent's operations.

#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_enrol.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/founded.hpp"
#include "tests/support/manual_clock.hpp"

#include <samsyn/provisioning.hpp>
#include <samsyn/recovery.hpp>

#include <nlohmann/json.hpp>

#include <set>

namespace samsyn {

namespace {

using nlohmann::json;

struct BulkScene {
    BulkScene()
        : storage((static_cast<void>(must(start_sodium())), must(open_memory_storage()))),
          world(clock, *storage, "localhost:4430") {}

    json run(std::string_view operation, const json& args) {
        return Operations{*world.administrator().device, clock}.run(operation, args);
    }

    json result(std::string_view operation, const json& args) {
        const json answer = run(operation, args);
        INFO(answer.dump());
        REQUIRE(answer.value("ok", false));
        return answer["result"];
    }

    std::size_t people() { return result("users", json::object())["users"].size(); }

    ManualClock clock;
    std::unique_ptr<Storage> storage;
    Founded4 world;
};

json row(int line, const char* name, const char* unit, const char* role) {
    return {{"line", line}, {"name", name}, {"unit", unit}, {"role", role}};
}

std::vector<std::pair<int, std::string>> places(const json& checked) {
    std::vector<std::pair<int, std::string>> all;
    for (const json& fault : checked["faults"]) {
        all.emplace_back(fault["line"], fault["field"]);
        CHECK_FALSE(fault["en"].get<std::string>().empty());
        CHECK_FALSE(fault["sv"].get<std::string>().empty());
    }
    return all;
}

}  // namespace

TEST_CASE("Bulk: all faults of all rows come at once, and nothing is made", "[operations][bulk]") {
    BulkScene scene;
    const std::size_t before = scene.people();
    json loaner = row(6, "Lo Ek", "Elevhälsan", "school_counsellor");
    loaner["kind"] = "loaner";
    json past = row(7, "Pär Ek", "Elevhälsan", "school_counsellor");
    past["until"] = "2020-01-01";
    json no_date = row(8, "Do Ek", "Elevhälsan", "school_counsellor");
    no_date["until"] = "30/6";
    json machine = row(9, "Ma Ek", "Elevhälsan", "school_counsellor");
    machine["kind"] = "administrator_machine";
    json room = row(10, "Rum Ek", "Elevhälsan", "school_counsellor");
    room["kind"] = "room_screen";
    const json rows = {row(2, "Anna Ek", "BUP", "child_psychiatrist"),
                       row(3, "", "BUP", "child_psychiatrist"),
                       row(4, "Bo Ek", "Ingenstans", "child_psychiatrist"),
                       row(5, "Cia Ek", "BUP", "kung"),
                       loaner,
                       past,
                       no_date,
                       machine,
                       room,
                       row(11, "anna ek", "bup", "child_psychiatrist"),
                       row(12, "Chef Ek", "BUP", "head_of_unit")};
    const json checked = scene.result("admin.bulk.check", {{"rows", rows}});
    CHECK(places(checked) == std::vector<std::pair<int, std::string>>{{3, "name"},
                                                                      {4, "unit"},
                                                                      {5, "role"},
                                                                      {6, "until"},
                                                                      {7, "until"},
                                                                      {8, "until"},
                                                                      {9, "kind"},
                                                                      {10, "role"},
                                                                      {11, "name"},
                                                                      {12, "role"}});
    CHECK(scene.people() == before);
}

TEST_CASE("Bulk: a row becomes a person and her invitation; again invites who has no device",
          "[operations][bulk]") {
    BulkScene scene;
    const std::size_t before = scene.people();
    const json anna = row(2, "Anna Ek", "BUP", "child_psychiatrist");
    const json made = scene.result("admin.bulk.make", {{"row", anna}});
    const auto invitation = invitation_from_text(made["invitation"].get<std::string>());
    REQUIRE(invitation.has_value());
    CHECK(invitation->name == "Anna Ek");
    CHECK(scene.people() == before + 1);

    // There already: without being asked for, nothing is made twice.
    CHECK(places(scene.result("admin.bulk.check", {{"rows", json::array({anna})}})).size() == 1);
    CHECK(scene.run("admin.bulk.make", {{"row", anna}})["error"]["code"] == "invalid_argument");
    CHECK(
        scene.result("admin.bulk.check", {{"rows", json::array({anna})}, {"again", true}})["faults"]
            .empty());
    const json second = scene.result("admin.bulk.make", {{"row", anna}, {"again", true}});
    CHECK(invitation_from_text(second["invitation"].get<std::string>()).value().user ==
          invitation->user);
    CHECK(scene.people() == before + 1);

    NewInvitation wish;
    wish.user = invitation->user;
    must(scene.world.let_in(Person{"Anna"}, wish));
    CHECK(scene.result("admin.bulk.make", {{"row", anna}, {"again", true}})["skipped"] == true);
}

TEST_CASE("Bulk: loaners and room screens come from the file too", "[operations][bulk]") {
    BulkScene scene;
    json loaner = row(2, "Lo Ek", "Elevhälsan", "school_counsellor");
    loaner["kind"] = "loaner";
    loaner["until"] = "2026-12-18";
    const json lent = scene.result("admin.bulk.make", {{"row", loaner}});
    CHECK(lent["until"] == "2026-12-18T23:00:00Z");  // the end of that day in Sweden
    const std::size_t before = scene.people();
    const json room = {
        {"line", 3}, {"name", "Rum Alen"}, {"unit", "Elevhälsan"}, {"kind", "room_screen"}};
    const json screen = scene.result("admin.bulk.make", {{"row", room}});
    const auto invitation = invitation_from_text(screen["invitation"].get<std::string>()).value();
    CHECK(invitation.user.is_none());
    CHECK(invitation.name == "Rum Alen");
    CHECK(scene.people() == before);
}

TEST_CASE("Bulk: hostile rows are refused or harmless", "[operations][bulk]") {
    BulkScene scene;
    const json hostile[] = {json{},
                            json(5),
                            json("x"),
                            json::array({1, 2}),
                            json::array({json::object()}),
                            json::array({json::object({{"line", "x"}, {"name", json::array()}})}),
                            json::array({row(-5, "\xff", "\x1b[2J", "x")}),
                            json(std::vector<json>(bulk_rows_max + 1, json::object()))};
    const std::size_t before = scene.people();
    for (const json& value : hostile) {
        const json checked = scene.run("admin.bulk.check", {{"rows", value}});
        if (checked.value("ok", false)) CHECK_FALSE(checked["result"]["faults"].empty());
        const json made = scene.run("admin.bulk.make", {{"row", value}});
        CHECK_FALSE(made.value("ok", true));
        const json first = value.is_array() && !value.empty() ? value[0] : value;
        CHECK_FALSE(scene.run("admin.bulk.make", {{"row", first}}).value("ok", true));
    }
    CHECK(scene.people() == before);
}

TEST_CASE("Operations: each refusal that no decision made has words and a hint in both languages",
          "[operations][enrolment]") {
    std::set<std::string> words;
    for (const std::string_view key : {enrolment_mistyped,
                                       enrolment_other_text,
                                       enrolment_older_text,
                                       enrolment_expired,
                                       enrolment_used,
                                       enrolment_dead,
                                       enrolment_foreign,
                                       enrolment_unknown,
                                       enrolment_wrong_secret,
                                       enrolment_second_answer,
                                       enrolment_not_revealed,
                                       enrolment_wrong_reveal,
                                       enrolment_nothing_open,
                                       enrolment_no_code,
                                       enrolment_wrong_code_2_left,
                                       enrolment_wrong_code_1_left,
                                       move_wants_place,
                                       recovery_not_permitted,
                                       recovery_waits,
                                       recovery_ended,
                                       across_cases_refused,
                                       protected_registration_refused}) {
        CAPTURE(key);
        const json error = error_to_json({Errc::malformed, std::string{key}});
        REQUIRE(error.contains("reason"));
        for (const json& text :
             {error["reason"]["en"], error["reason"]["sv"], error["hint"], error["hint_sv"]})
            CHECK_FALSE(text.get<std::string>().empty());
        // Nobody is told the same for two things.
        CHECK(words.insert(error["reason"]["en"]).second);
        CHECK(words.insert(error["reason"]["sv"]).second);
    }
}

TEST_CASE("Operations: invitations by name, for a room and for a loaner; faults name the argument",
          "[operations][enrolment]") {
    BulkScene scene;
    must(scene.world.administrator().device->add_user(
        scene.world.team, Role::psychologist, "Anna Ek"));
    const json usual = scene.result("admin.invite", {{"user", "anna ek"}});
    CHECK(usual["kind"] == "staff_tablet");
    CHECK(usual["fingerprint"].get<std::string>().size() == 19);
    CHECK(usual["until"] == "2028-05-03T00:00:00Z");  // two years, to be renewed before
    const json room =
        scene.result("admin.invite", {{"room", "Rum Björken"}, {"unit", "Familjesamverkan"}});
    CHECK(room["kind"] == "room_screen");
    CHECK(room["room"] == "Rum Björken");
    CHECK(room["fingerprint"] == usual["fingerprint"]);

    const auto context = [&](const json& args) {
        return scene.run("admin.invite", args)["error"].value("context", "");
    };
    CHECK(context(json::object()) == "user or room");
    CHECK(context({{"user", "Anna Ek"}, {"room", "Rum"}}) == "user or room");
    CHECK(context({{"user", "Anna Ek"}, {"kind", "loaner"}}) == "until");
    CHECK(context({{"user", "Anna Ek"}, {"kind", "room_screen"}}) == "kind");
    CHECK(context({{"user", "Anna Ek"}, {"kind", "administrator_machine"}}) == "kind");
    CHECK(context({{"user", "Anna Ek"}, {"until", "2020-01-01"}}) == "until");
    CHECK(context({{"room", "Rum"}}) == "unit");
    CHECK(scene.run("enrol.compare", {{"reveal", "x"}})["error"]["context"] ==
          std::string{enrolment_nothing_open});
}

}  // namespace samsyn
