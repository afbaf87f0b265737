// The life of users and devices as the agent's operations.

#include "client-sdk/agent/operations.hpp"
#include "tests/client-sdk/device/second_administrator.hpp"

#include <nlohmann/json.hpp>

namespace samsyn {

namespace {

using nlohmann::json;

struct ProvisionStory : DeviceScene {
    json run(Person& person, std::string_view operation, const json& args = json::object()) {
        return Operations{*person.device, clock}.run(operation, args);
    }

    json done(Person& person, std::string_view operation, const json& args = json::object()) {
        const json answer = run(person, operation, args);
        INFO(operation);
        INFO(answer.dump(-1, ' ', false, json::error_handler_t::replace));
        REQUIRE(answer.value("ok", false));
        return answer["result"];
    }

    std::string refused(Person& person,
                        std::string_view operation,
                        const json& args = json::object()) {
        const json answer = run(person, operation, args);
        INFO(operation);
        INFO(answer.dump(-1, ' ', false, json::error_handler_t::replace));
        REQUIRE_FALSE(answer.value("ok", true));
        CHECK_FALSE(answer["error"]["hint"].get<std::string>().empty());
        return answer["error"]["code"];
    }

    Person& admin() { return world.administrator(); }
};

const json* find_row(const json& list, const std::string& id) {
    for (const json& row : list)
        if (row["id"] == id) return &row;
    return nullptr;
}

}  // namespace

TEST_CASE("Operations: names, moves and roles by name", "[operations][provisioning]") {
    ProvisionStory story;
    const std::string tablet = to_hex(story.worker->device->device());
    story.done(story.admin(), "admin.device.rename", {{"device", tablet}, {"name", "Platta 7"}});
    story.done(story.admin(), "admin.user.rename", {{"user", "Åke Ström"}, {"name", "Åke Å"}});
    story.done(story.admin(),
               "admin.unit.rename",
               {{"unit", "Socialtjänsten"}, {"name", "Socialkontoret"}});
    story.sync(story.admin());
    story.sync(*story.psychologist);
    const json devices = story.done(*story.psychologist, "devices")["devices"];
    REQUIRE(find_row(devices, tablet) != nullptr);
    CHECK((*find_row(devices, tablet))["name"] == "Platta 7");
    CHECK((*find_row(devices, tablet))["user"]["name"] == "Åke Å");

    // A device answers to its name.
    const json lost = story.done(story.admin(), "admin.device.lost", {{"device", "platta 7"}});
    CHECK(lost["device"] == tablet);
    CHECK(story.refused(story.admin(), "admin.device.lost", {{"device", "platta 7"}}) ==
          "already_exists");
    story.done(story.admin(), "admin.device.found", {{"device", "platta 7"}});

    const json moved =
        story.done(story.admin(),
                   "admin.user.move",
                   {{"user", "Mårten Öst"}, {"unit", "Socialkontoret"}, {"from", "2099-01-01"}});
    CHECK(moved["from"] == "2098-12-31T23:00:00Z");
    CHECK(moved["from_unit"]["name"] == "Elevhälsan");
    CHECK(story.refused(story.admin(),
                        "admin.user.move",
                        {{"user", "Mårten Öst"}, {"unit", "Familjesamverkan"}}) ==
          "invalid_argument");
    CHECK(story.refused(story.admin(), "admin.user.role", {{"user", "Åke Å"}, {"role", "king"}}) ==
          "invalid_argument");
    const json left = story.done(
        story.admin(), "admin.user.leave", {{"user", "Siv Ljung"}, {"from", "2099-06-01"}});
    CHECK(left["from"] == "2099-05-31T22:00:00Z");
    CHECK(left["organisation"]["name"] == "Region Örebro län");
}

TEST_CASE("Operations: terminal codes are no name", "[operations][provisioning][attack]") {
    ProvisionStory story;
    for (const char* const name : {"\x1b[2J",
                                   "a\nb",
                                   "\xc2\x9b"
                                   "2J",
                                   "\xe2\x80\xae"
                                   "abc"}) {
        CHECK(story.refused(story.admin(),
                            "admin.user.rename",
                            {{"user", "Åke Ström"}, {"name", name}}) == "invalid_argument");
        CHECK(story.refused(story.admin(),
                            "admin.device.rename",
                            {{"device", to_hex(story.worker->device->device())}, {"name", name}}) ==
              "invalid_argument");
    }
}

TEST_CASE("Operations: the fleet, with warnings and what was never asked", "[operations][fleet]") {
    ProvisionStory story;
    const json unasked = story.done(story.admin(), "fleet.list");
    REQUIRE(unasked["fleets"].size() == 3);  // the administrator of three organisations
    for (const json& fleet : unasked["fleets"]) CHECK(fleet["asked_at"].is_null());

    story.done(
        story.admin(), "admin.device.lost", {{"device", to_hex(story.worker->device->device())}});
    CHECK(story.done(story.admin(), "fleet.ask")["asked"].size() == 3);
    story.sync(story.admin());
    const json team =
        story.done(story.admin(), "fleet.list", {{"organisation", "Nora"}})["fleets"][0];
    CHECK(team["organisation"]["name"] == "Nora");
    CHECK(team["asked_at"].is_string());
    const json& first = team["devices"][0];
    CHECK(first["id"] == to_hex(story.worker->device->device()));
    CHECK(first["warnings"][0] == "lost");
    CHECK(first["report"]["unsent"] == 0);
    CHECK(first["last_contact"].is_string());
    bool counted = false;
    for (const json& row : team["warnings"])
        counted = counted || (row["warning"] == "lost" && row["devices"] == 1);
    CHECK(counted);

    CHECK(story.refused(*story.worker, "fleet.list") == "not_permitted");
    // It may ask, and is told nothing.
    story.done(*story.worker, "fleet.ask", {{"organisation", "Nora"}});
    story.sync(*story.psychologist);
    CHECK(story.refused(*story.worker, "fleet.list", {{"organisation", "Nora"}}) ==
          "not_permitted");
}

TEST_CASE("Operations: adding and moving somebody says what waits for a second person",
          "[operations][two_persons]") {
    ProvisionStory story;
    const auto other = admit_administrator(story, "Bo Lind");
    const auto add = [&](const char* name, const char* role) {
        return story.done(story.admin(),
                          "admin.user.add",
                          {{"unit", "Elevhälsan"}, {"role", role}, {"name", name}});
    };
    CHECK(add("Ulla Norr", "school_counsellor")["waits_for_second"] == false);
    const json head = add("Kaj Chef", "head_of_unit");
    CHECK(head["waits_for_second"] == true);
    REQUIRE(head["statements"].size() == 1);
    CHECK(story.refused(story.admin(), "admin.invite", {{"user", "Kaj Chef"}}) == "not_found");
    story.sync(story.admin());
    story.sync(*other);
    story.done(*other, "admin.confirm", {{"statement", head["statements"][0]}});
    story.sync(*other);
    story.sync(story.admin());
    story.done(story.admin(), "admin.invite", {{"user", "Kaj Chef"}});

    const auto move = [](const char* name) {
        return json{{"user", name}, {"unit", "Socialtjänsten"}, {"from_unit", "Elevhälsan"}};
    };
    CHECK(story.done(story.admin(), "admin.user.move", move("Ulla Norr"))["waits_for_second"] ==
          false);
    // A head is placed first, or would work nowhere until somebody confirms.
    const json refused = story.run(story.admin(), "admin.user.move", move("Kaj Chef"))["error"];
    CHECK(refused["code"] == "conflict");
    CHECK(refused["reason"]["key"] == move_wants_place);
    CHECK(refused["hint"].get<std::string>().find("admin user place") != std::string::npos);
    const json placed =
        story.done(story.admin(),
                   "admin.user.place",
                   {{"user", "Kaj Chef"}, {"unit", "Socialtjänsten"}, {"role", "head_of_unit"}});
    CHECK(placed["waits_for_second"] == true);
    story.sync(story.admin());
    story.sync(*other);
    story.done(*other, "admin.confirm", {{"statement", placed["statement"]}});
    story.sync(*other);
    story.sync(story.admin());
    const json moved = story.done(story.admin(), "admin.user.move", move("Kaj Chef"));
    CHECK(moved["waits_for_second"] == true);
    CHECK(moved["statements"].size() == 1);  // the end of the old place
}

TEST_CASE("Operations: a second person confirms by number, and by text without a network",
          "[operations][two_persons]") {
    ProvisionStory story;
    const auto other = admit_administrator(story, "Bo Lind");
    const json role = story.done(
        story.admin(), "admin.user.role", {{"user", "Åke Ström"}, {"role", "log_reviewer"}});
    CHECK(role["waits_for_second"] == true);
    const json own = story.done(story.admin(), "admin.waiting")["waiting"];
    REQUIRE(own.size() == 1);
    CHECK(own[0]["confirmable"] == false);
    CHECK(own[0]["refusal"].is_object());

    const std::string text =
        story.done(story.admin(), "admin.export", {{"statement", "1"}})["text"];
    const json taken = story.done(*other, "admin.import", {{"statement", text}});
    CHECK(taken["waiting"]["role"] == "log_reviewer");
    CHECK(taken["waiting"]["confirmable"] == true);
    CHECK(story.refused(*other, "admin.confirm", {{"statement", "2"}}) == "not_found");
    const json confirmed = story.done(*other, "admin.confirm", {{"statement", "1"}});
    CHECK(confirmed["confirmed"]["user"]["name"] == "Åke Ström");
    CHECK(story.done(*other, "admin.waiting")["waiting"].empty());
    const std::string back =
        story.done(*other, "admin.export", {{"statement", confirmed["statement"]}})["text"];
    story.done(story.admin(), "admin.import", {{"statement", back}});
    CHECK(story.done(story.admin(), "admin.waiting")["waiting"].empty());

    CHECK(story.refused(*other, "admin.import", {{"statement", "samsyn1-statement-aaaa"}}) ==
          "truncated");
    std::string mistyped = text;
    mistyped[40] = mistyped[40] == 'a' ? 'b' : 'a';
    CHECK(story.refused(*other, "admin.import", {{"statement", mistyped}}) == "malformed");
    CHECK(story.refused(*other, "admin.export", {{"statement", "7"}}) == "not_found");
}

}  // namespace samsyn
