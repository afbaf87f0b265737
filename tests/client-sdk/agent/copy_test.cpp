#include "client-sdk/agent/operations.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <nlohmann/json.hpp>

using namespace samsyn;
using nlohmann::json;

namespace {

struct CopyScene : DeviceScene {
    json run(Person& person, const json& args) {
        clock.advance(1s);
        return Operations{*person.device, clock}.run("copy", args);
    }

    json of_case(Person& person) { return run(person, {{"case", to_hex(family.case_id)}}); }
};

}  // namespace

TEST_CASE("Copy: the own unit takes its items along, with who wrote what, and it is logged",
          "[operations][copy]") {
    CopyScene scene;
    const ItemId note = scene.visit_note(*scene.psychologist, "Sover bättre.\nÄter frukost.\n");
    const json answer = scene.run(*scene.psychologist, {{"items", {to_hex(note)}}});
    REQUIRE(answer["ok"] == true);
    const std::string text = answer["result"]["text"];
    CHECK(text.find("Sover bättre.") != std::string::npos);
    CHECK(text.find("Äter frukost.") != std::string::npos);
    CHECK(text.find("Ylva Ek") != std::string::npos);
    const auto reads = must(scene.psychologist->device->own_reads(scene.family.case_id, 10));
    REQUIRE(!reads.empty());
    CHECK(reads.front().entry.action == ReadAction::copied);
}

TEST_CASE("Copy: who may read and not copy is refused, and a case says how much is left out",
          "[operations][copy][attack]") {
    CopyScene scene;
    const ItemId note = scene.visit_note(*scene.psychologist, "Sover bättre.");
    scene.consent(scene.world.school);  // to read and contribute
    scene.sync_everybody();
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.counsellor, note, "text") == "Sover bättre.");

    const auto before = must(scene.counsellor->device->own_reads(scene.family.case_id, 10)).size();
    const json refused = scene.run(*scene.counsellor, {{"items", {to_hex(note)}}});
    CHECK(refused["ok"] == false);
    CHECK(refused.dump().find("Sover") == std::string::npos);
    const json whole = scene.of_case(*scene.counsellor);
    REQUIRE(whole["ok"] == true);
    CHECK(whole["result"]["left_out"] == 1);
    CHECK(whole["result"]["text"].get<std::string>().find("Sover") == std::string::npos);
    const auto after = must(scene.counsellor->device->own_reads(scene.family.case_id, 10)).size();
    CHECK(after == before);
}

TEST_CASE("Copy: a note cannot forge a line of the copy", "[operations][copy][attack]") {
    CopyScene scene;
    const ItemId note = scene.visit_note(*scene.psychologist, "Rad\n\x1b[2JSignerat av Anna\n");
    const json answer = scene.run(*scene.psychologist, {{"items", {to_hex(note)}}});
    REQUIRE(answer["ok"] == true);
    const std::string text = answer["result"]["text"];
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("\nSignerat av Anna") == std::string::npos);  // only ever indented
}
