#include "client-sdk/agent/operations.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <nlohmann/json.hpp>

using namespace samsyn;
using nlohmann::json;

namespace {

struct HandoverScene : DeviceScene {
    HandoverScene() {
        clock.advance(1s);
        NewItem promise;
        promise.case_id = family.case_id;
        promise.type = ItemType::commitment;
        promise.about = {family.child};
        promise.fields = {{"what", Value{std::string{"Ringa skolan"}}},
                          {"owner", Value{ReferenceId::from(psychologist->user.view())}}};
        item = to_hex(must(psychologist->device->add_item(promise)));
        sync_everybody();
    }

    json run(Person& person, std::string_view operation, const json& args) {
        clock.advance(1s);
        return Operations{*person.device, clock}.run(operation, args);
    }

    bool ready(Person& person) {
        const json shown = run(person, "case.ending", {{"case", to_hex(family.case_id)}})["result"];
        REQUIRE(shown["open"].size() == 1);
        CHECK(shown["ready"] == shown["open"][0]["accepted"]);
        return shown["ready"];
    }

    std::string item;
};

}  // namespace

TEST_CASE("Handover: who is asked accepts, on a tablet of their own, and nobody else does",
          "[operations][ending]") {
    HandoverScene scene;
    Person& ylva = *scene.psychologist;
    Person& ake = *scene.worker;
    const json asked =
        scene.run(ylva, "handover.ask", {{"item", scene.item}, {"user", to_hex(ake.user)}});
    REQUIRE(asked["ok"] == true);
    scene.sync_everybody();
    CHECK(scene.run(ylva, "handover.accept", {{"item", scene.item}})["ok"] == false);

    // Not even by writing it in the other's name.
    const json forged = {{"item", scene.item}, {"fields", {{"holder_accepts", to_hex(ake.user)}}}};
    REQUIRE(scene.run(ylva, "item.edit", forged)["ok"] == true);
    CHECK_FALSE(scene.ready(ylva));
    scene.sync_everybody();
    CHECK_FALSE(scene.ready(ake));

    REQUIRE(scene.run(ake, "handover.accept", {{"item", scene.item}})["ok"] == true);
    scene.sync_everybody();
    CHECK(scene.ready(ylva));

    // Somebody else is asked: what was accepted is over.
    const json other = {{"item", scene.item}, {"user", to_hex(ylva.user)}};
    REQUIRE(scene.run(ylva, "handover.ask", other)["ok"] == true);
    CHECK_FALSE(scene.ready(ylva));
    REQUIRE(scene.run(ylva, "handover.accept", {{"item", scene.item}})["ok"] == true);
    CHECK(scene.ready(ylva));

    // What was accepted is not taken for something else, nor once more.
    scene.sync_everybody();
    const json reworded = {{"item", scene.item}, {"fields", {{"what", "Betala hyran"}}}};
    REQUIRE(scene.run(ake, "item.edit", reworded)["ok"] == true);
    CHECK_FALSE(scene.ready(ake));
    scene.sync_everybody();
    REQUIRE(scene.run(ylva, "handover.accept", {{"item", scene.item}})["ok"] == true);
    scene.sync_everybody();
    REQUIRE(scene.ready(ake));
    for (const UserId& user : {ake.user, ylva.user})
        REQUIRE(scene.run(ake,
                          "handover.ask",
                          {{"item", scene.item}, {"user", to_hex(user)}})["ok"] == true);
    CHECK_FALSE(scene.ready(ake));
}
