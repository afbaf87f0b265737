#include "tests/client-sdk/device/device_scene.hpp"

namespace samsyn {

namespace {

Requester on_device(const Person& person) {
    return {person.user, person.device->device()};
}

AccessAnswer ask(Person& asker, const ItemId& item, const Requester& about) {
    const CompartmentId compartment = must(asker.device->item(item)).compartment;
    return must(asker.device->explain(compartment, about, {}));
}

std::vector<HolderView> gone(Person& asker, const ItemId& item) {
    const CompartmentId compartment = must(asker.device->item(item)).compartment;
    auto holders = must(asker.device->copy_holders(compartment));
    std::erase_if(holders, &HolderView::permitted);
    return holders;
}

}  // namespace

TEST_CASE("Device: an answer names the statements that it rests on, by whom and until when",
          "[device][access]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Besök hemma");
    scene.consent(scene.world.school);
    scene.sync_everybody();

    const auto answer = ask(*scene.psychologist, note, on_device(*scene.counsellor));

    REQUIRE(answer.known);
    CHECK(answer.decision.permitted());
    REQUIRE(answer.by.size() == 2);
    for (const StatementView& view : answer.by) {
        CHECK(view.kind == "consent");
        CHECK(view.by == scene.psychologist->user);
        CHECK(view.subject == scene.family.child);
        CHECK(view.recipient == scene.world.school);
        CHECK(view.disclosing == scene.world.team);
        CHECK(view.until);
    }
}

TEST_CASE("Device: what would have to be obtained is named person by person", "[device][access]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Besök hemma");
    scene.sync_everybody();

    const auto answer = ask(*scene.psychologist, note, on_device(*scene.counsellor));

    CHECK(answer.decision.outcome == Outcome::needs);
    CHECK(answer.decision.missing.size() == 2);
}

TEST_CASE("Device: who may not read something is told nothing about others' access to it",
          "[device][access]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Besök hemma");
    scene.consent(scene.world.school);
    scene.sync_everybody();
    const CompartmentId compartment = must(scene.psychologist->device->item(note)).compartment;
    REQUIRE(ask(*scene.counsellor, note, on_device(*scene.psychologist)).known);

    scene.withdraw(scene.world.school);
    scene.sync_everybody();

    const auto about_others =
        scene.counsellor->device->explain(compartment, on_device(*scene.psychologist), {});
    CHECK((!about_others || !about_others->known));
    const auto about_self =
        scene.counsellor->device->explain(compartment, on_device(*scene.counsellor), {});
    CHECK((!about_self || (about_self->known && !about_self->decision.permitted())));
    CHECK_FALSE(scene.counsellor->device->copy_holders(compartment).has_value());
    const auto of_stranger =
        scene.psychiatrist->device->explain(compartment, on_device(*scene.worker), {});
    CHECK((!of_stranger || !of_stranger->known));
}

TEST_CASE("Device: after a withdrawal the devices that held a key are listed", "[device][access]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Besök hemma");
    scene.consent(scene.world.school);
    scene.sync_everybody();
    CHECK(gone(*scene.psychologist, note).empty());

    scene.withdraw(scene.world.school);
    scene.sync(*scene.psychologist);

    const auto holders = gone(*scene.psychologist, note);
    REQUIRE(holders.size() == 1);
    CHECK(holders.front().device == scene.counsellor->device->device());
    CHECK_FALSE(holders.front().confirmed);
}

TEST_CASE("Device: C-38: no address of a relocated person is stored, and one that was there goes",
          "[device][access]") {
    DeviceScene scene;
    Device& device = *scene.psychologist->device;
    const CaseId id = scene.family.case_id;
    const std::vector<FieldInput> address{{"address", Value{std::string{"Hemliga vägen 1"}}}};
    const PersonId person = must(device.add_person(id, "Flyttad", address));
    const ItemId item = ItemId::from(person.view());
    REQUIRE(must(device.item(item)).text("address") == "Hemliga vägen 1");

    Saying mark{.case_id = id, .body = {}};
    mark.body =
        ProtectionMark{person, ProtectionKind::protected_registration, {scene.psychologist->user}};
    must(device.say(mark));

    CHECK(must(device.item(item)).text("address").empty());
    const auto again = device.edit_item(item, address);
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().context == protected_registration_refused);
    NewItem visit;
    visit.case_id = id;
    visit.type = ItemType::visit_note;
    visit.about = {person};
    visit.fields = {{"text", Value{std::string{"Besök"}}}, {"place", Value{std::string{"Nora"}}}};
    CHECK_FALSE(device.add_item(visit).has_value());
    visit.fields.pop_back();
    CHECK(device.add_item(visit).has_value());
}

TEST_CASE("Device: guardians and children are known as those who may look along",
          "[device][access]") {
    DeviceScene scene;
    Device& device = *scene.psychologist->device;
    const CaseId id = scene.family.case_id;
    CHECK(must(device.viewer(id, scene.family.child))->kind == ViewerKind::subject);
    CHECK(must(device.viewer(id, scene.family.guardians[0]))->kind == ViewerKind::guardian);
    CHECK_FALSE(must(device.viewer(id, PersonId{})).has_value());
}

}  // namespace samsyn
