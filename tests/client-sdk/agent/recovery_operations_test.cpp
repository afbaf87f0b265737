#include "client-sdk/agent/operations.hpp"
#include "tests/client-sdk/device/key_recovery_scene.hpp"

#include <nlohmann/json.hpp>

namespace samsyn {

namespace {

using nlohmann::json;

json shares_of(const NewRecovery& made, const std::vector<std::size_t>& which) {
    json list = json::array();
    for (const std::size_t index : which) list.push_back(to_text(made.shares.at(index)));
    return json::object({{"shares", list}});
}

std::string error_of(const json& answer) {
    REQUIRE_FALSE(answer.at("ok").get<bool>());
    return answer.at("error").at("code").get<std::string>();
}

/// A tablet that may recover, and has a note to recover.
struct Permitted {
    Permitted() {
        scene.certify();
        note = scene.note(*scene.psychologist, "Tuva bor hos mormor");
        scene.sync_everybody();
        scene.enrol_late();
        scene.permit(*scene.late);
    }

    json run(std::string_view operation, const json& args = json::object()) {
        return Operations{*scene.late->device, scene.clock}.run(operation, args);
    }

    KeyRecoveryScene scene;
    ItemId note;
};

}  // namespace

TEST_CASE("Recovery operations: the terms are told before anybody types, then shares open",
          "[operations][recovery]") {
    Permitted world;
    const json terms = world.run("recovery.check");
    REQUIRE(terms.at("ok").get<bool>());
    CHECK(terms["result"]["needed"] == 2);
    CHECK(terms["result"]["holders"] == 3);
    const json opened = world.run("recovery.open", shares_of(world.scene.keys.back(), {2, 1}));
    REQUIRE(opened.at("ok").get<bool>());
    CHECK(opened["result"]["keys"].get<int>() >= 1);
    world.scene.sync(*world.scene.late);
    world.scene.sync(*world.scene.late);
    CHECK(world.scene.text(*world.scene.late, world.note, "text") == "Tuva bor hos mormor");
}

TEST_CASE("Recovery operations: too few, foreign, old and wrong shares open nothing",
          "[operations][recovery][attack]") {
    Permitted world;
    const NewRecovery& made = world.scene.keys.back();
    CHECK(error_of(world.run("recovery.open", shares_of(made, {0}))) == "no_key");
    CHECK(error_of(world.run("recovery.open", shares_of(made, {1, 1}))) == "already_exists");
    OrganisationId other;
    other.bytes.fill(std::byte{7});
    const auto theirs = must(make_recovery(other, 1, 2, 3, world.scene.world.random()));
    CHECK(error_of(world.run("recovery.open", shares_of(theirs, {0, 1}))) == "wrong_federation");
    const auto copied = must(make_recovery(world.scene.nora, 1, 2, 3, world.scene.world.random()));
    CHECK(error_of(world.run("recovery.open", shares_of(copied, {0, 1}))) == "not_authentic");
    json mistyped = shares_of(made, {0, 1});
    std::string text = mistyped["shares"][1];
    text.back() = text.back() == 'a' ? 'e' : 'a';
    mistyped["shares"][1] = text;
    CHECK(error_of(world.run("recovery.open", mistyped)) == "malformed");
    CHECK(world.scene.text(*world.scene.late, world.note, "text") == "-");
}

TEST_CASE("Recovery operations: without permission no share is even looked at",
          "[operations][recovery][attack]") {
    KeyRecoveryScene scene;
    scene.certify();
    Operations operations{*scene.psychologist->device, scene.clock};
    CHECK(error_of(operations.run("recovery.check", json::object())) == "not_permitted");
    CHECK(error_of(operations.run("recovery.open", {{"shares", {"rubbish"}}})) == "not_permitted");
}

TEST_CASE("Recovery operations: status says when the key's successor is due",
          "[operations][recovery]") {
    KeyRecoveryScene scene;
    scene.certify();
    Operations operations{*scene.psychologist->device, scene.clock};
    const json fresh = operations.run("recovery.status", json::object());
    REQUIRE(fresh["result"]["keys"].size() == 1);
    CHECK(fresh["result"]["keys"][0]["generation"] == 1);
    CHECK_FALSE(fresh["result"]["keys"][0]["overdue"].get<bool>());
    CHECK(fresh["result"]["missing"].empty());  // a user has none to see to
    Operations administrator{*scene.world.administrator().device, scene.clock};
    const json seen = administrator.run("recovery.status", json::object());
    CHECK(seen["result"]["keys"][0]["administered"].get<bool>());
    CHECK(seen["result"]["missing"].size() == 2);
    scene.clock.advance(24h * 366);
    const json late = operations.run("recovery.status", json::object());
    CHECK(late["result"]["keys"][0]["overdue"].get<bool>());
}

}  // namespace samsyn
