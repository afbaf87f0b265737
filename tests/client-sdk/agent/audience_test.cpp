#include "client-sdk/agent/operations.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <nlohmann/json.hpp>

using namespace samsyn;
using nlohmann::json;

namespace {

struct AudienceScene : DeviceScene {
    json run(Person& person, std::string_view operation, const json& args) {
        clock.advance(1s);
        const json answer = Operations{*person.device, clock}.run(operation, args);
        INFO(operation << ": " << answer.dump());
        REQUIRE(answer["ok"] == true);
        return answer["result"];
    }

    json choices(const char* category) {
        return run(*psychologist,
                   "audience.choices",
                   {{"case", to_hex(family.case_id)},
                    {"about", {to_hex(family.child)}},
                    {"category", category}})["choices"];
    }

    static std::set<std::string> ids(const json& list) {
        std::set<std::string> all;
        for (const json& one : list) all.insert(one["id"].get<std::string>());
        return all;
    }

    std::set<std::string> team() const {
        return {to_hex(psychologist->user), to_hex(worker->user)};
    }
};

}  // namespace

TEST_CASE("Audience: people are named who would read, and units that would not",
          "[operations][audience]") {
    AudienceScene scene;
    json choices = scene.choices("social");
    REQUIRE(choices.size() == 1);  // whatever the label, the same two read it
    CHECK(scene.ids(choices[0]["readers"]) == scene.team());
    CHECK(scene.ids(choices[0]["without"]) ==
          std::set{to_hex(scene.world.school), to_hex(scene.world.clinic)});

    scene.consent(scene.world.school);
    scene.sync_everybody();
    choices = scene.choices("social");
    auto with_school = scene.team();
    with_school.insert(to_hex(scene.counsellor->user));
    CHECK(scene.ids(choices[0]["readers"]) == with_school);
    CHECK(scene.ids(choices[0]["without"]) == std::set{to_hex(scene.world.clinic)});
    CHECK(scene.ids(scene.choices("health")[0]["readers"]) == scene.team());

    // As it would be written: who reads it then is who was named.
    const json note = scene.run(*scene.psychologist,
                                "note.add",
                                {{"case", to_hex(scene.family.case_id)},
                                 {"about", {to_hex(scene.family.child)}},
                                 {"category", "social"},
                                 {"text", "Fritids"}});
    CHECK(scene.ids(note["readers"]) == with_school);
}

TEST_CASE("Audience: a circle is the narrower choice, for who is in it", "[operations][audience]") {
    AudienceScene scene;
    scene.consent(scene.world.school);
    const json circle = scene.run(*scene.psychologist,
                                  "audience.close",
                                  {{"case", to_hex(scene.family.case_id)},
                                   {"users", {to_hex(scene.psychologist->user)}},
                                   {"text", "Kollegas släkting"},
                                   {"about", {to_hex(scene.family.child)}}});
    const json choices = scene.choices("social");
    REQUIRE(choices.size() == 2);
    CHECK(choices[0]["closed"].is_null());
    REQUIRE(choices[1]["closed"].is_string());
    CHECK(scene.ids(choices[1]["readers"]) == std::set{to_hex(scene.psychologist->user)});
    const json note = scene.run(*scene.psychologist,
                                "note.add",
                                {{"case", to_hex(scene.family.case_id)},
                                 {"about", {to_hex(scene.family.child)}},
                                 {"category", "social"},
                                 {"closed", choices[1]["closed"]},
                                 {"text", "Fritids"}});
    CHECK(scene.ids(note["readers"]) == std::set{to_hex(scene.psychologist->user)});

    scene.sync_everybody();
    const json of_worker = scene.run(*scene.worker,
                                     "audience.choices",
                                     {{"case", to_hex(scene.family.case_id)},
                                      {"about", {to_hex(scene.family.child)}},
                                      {"category", "social"}})["choices"];
    for (const json& choice : of_worker) CHECK(choice["closed"].is_null());
}

TEST_CASE("Audience: at most three choices", "[operations][audience]") {
    AudienceScene scene;
    scene.consent(scene.world.school);
    const std::vector<std::vector<std::string>> circles{
        {to_hex(scene.psychologist->user)},
        {to_hex(scene.psychologist->user), to_hex(scene.worker->user)},
        {to_hex(scene.psychologist->user), to_hex(scene.counsellor->user)}};
    for (const auto& users : circles)
        scene.run(*scene.psychologist,
                  "audience.close",
                  {{"case", to_hex(scene.family.case_id)},
                   {"users", users},
                   {"text", "x"},
                   {"about", {to_hex(scene.family.child)}}});
    CHECK(scene.choices("social").size() == 3);
}

TEST_CASE("Audience: what is more sensitive is read by fewer, where consent was given orally",
          "[operations][audience]") {
    AudienceScene scene;
    for (const PersonId& guardian : scene.family.guardians) {
        NewConsent wish;
        wish.case_id = scene.family.case_id;
        wish.grantor = guardian;
        wish.capacity = Capacity::guardian;
        wish.subjects = {scene.family.child};
        wish.disclosing = {scene.world.team};
        wish.recipients = {Recipient{scene.world.school, std::nullopt, std::nullopt}};
        wish.categories.insert(Category::social);
        wish.actions.insert(Action::read);
        wish.not_before = scene.clock.now();
        wish.not_after = scene.clock.now() + 24h * 10;
        wish.form = ConsentForm::oral;
        must(scene.psychologist->device->record_consent(wish));
    }
    const json choices = scene.choices("social");
    REQUIRE(choices.size() == 2);
    CHECK(choices[0]["readers"].size() == 3);
    CHECK(choices[1]["sensitivity"] == "far_reaching");
    CHECK(scene.ids(choices[1]["readers"]) == scene.team());
}
