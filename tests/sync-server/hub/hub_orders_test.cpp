// A locked device and the server: signed orders to lock, wipe and revoke it, and their answers.

#include "tests/sync-server/hub/locked_client.hpp"

namespace samsyn {

TEST_CASE("Hub: an order reaches a device that waits for it at once, and a later one when it comes",
          "[hub][orders]") {
    PinScene scene;
    scene.locked.unlock(std::nullopt);
    REQUIRE(scene.locked.count<RestrictedSession::GotOrder>() == 0);
    (void)scene.world.hub->take_awake();
    scene.say(scene.world.lindesberg_admin, DeviceLocked{scene.world.counsellor.device});
    const auto awake = scene.world.hub->take_awake();
    CHECK(std::ranges::count(awake, LinkId{2}) == 1);
    scene.locked.run();
    REQUIRE(scene.locked.count<RestrictedSession::GotOrder>() == 1);
    CHECK(scene.locked.last<RestrictedSession::GotOrder>()->order.order.kind == OrderKind::lock);

    LockedClient later{scene.world, scene.world.counsellor, 7};
    later.unlock(std::nullopt);
    CHECK(later.count<RestrictedSession::GotOrder>() == 1);
}

TEST_CASE("Hub: an order comes before the secret", "[hub][orders]") {
    PinScene scene;
    scene.say(scene.world.lindesberg_admin, DeviceLocked{scene.world.counsellor.device});
    scene.locked.unlock(scene.pin);
    REQUIRE(scene.locked.outputs.size() == 2);
    CHECK(std::holds_alternative<RestrictedSession::GotOrder>(scene.locked.outputs[0]));
    CHECK(std::holds_alternative<RestrictedSession::GotSecret>(scene.locked.outputs[1]));
}

TEST_CASE("Hub: an order is repeated until it is carried out, and its answer is kept",
          "[hub][orders]") {
    PinScene scene;
    scene.say(scene.world.lindesberg_admin,
              DeviceWiped{scene.world.counsellor.device, UnsentWork::keep});
    const StatementId order = scene.world.newest;
    const auto times_offered_after = [&](OrderOutcome outcome) {
        scene.locked.unlock(std::nullopt);
        REQUIRE(scene.locked.count<RestrictedSession::GotOrder>() == 1);
        scene.locked.answer(order, outcome);
        REQUIRE_FALSE(scene.locked.closed);
        scene.world.restart();
        scene.locked.unlock(std::nullopt);
        return scene.locked.count<RestrictedSession::GotOrder>();
    };
    CHECK(times_offered_after(OrderOutcome::failed) == 1);
    CHECK(times_offered_after(OrderOutcome::ignored) == 1);
    CHECK(times_offered_after(OrderOutcome::keys_erased) == 0);
    const auto answers =
        *scene.world.storage->unlocks().order_answers(scene.world.counsellor.device);
    CHECK(answers == std::vector{OrderAnswer{order, OrderOutcome::keys_erased}});

    // The second order, which names what is lost, is a new one.
    scene.say(scene.world.lindesberg_admin,
              DeviceWiped{scene.world.counsellor.device, UnsentWork::discard});
    scene.locked.run();
    REQUIRE(scene.locked.count<RestrictedSession::GotOrder>() == 1);
    CHECK(scene.locked.last<RestrictedSession::GotOrder>()->order.order.unsent ==
          UnsentWork::discard);
}

TEST_CASE("Hub: notes answers by order, once they are durable", "[hub][orders]") {
    PinScene scene;
    scene.say(scene.world.lindesberg_admin, DeviceLocked{scene.world.counsellor.device});
    const StatementId order = scene.world.newest;
    scene.locked.unlock(scene.wrong);
    scene.locked.answer(order, OrderOutcome::done);
    const auto notes = scene.world.hub->take_notes();
    REQUIRE(notes.size() == 2);
    CHECK(notes[0].event == "pin_wrong");
    CHECK(notes[0].why.empty());
    CHECK(notes[1].event == "order_answered");
    CHECK(notes[1].why == to_hex(order) + " done");
    CHECK(scene.world.hub->take_notes().empty());
    scene.locked.answer(order, OrderOutcome::done);  // one answer
    CHECK(scene.locked.closed);
}

TEST_CASE("Hub: a revoked device still hears that it is", "[hub][orders]") {
    PinScene scene;
    scene.locked.unlock(std::nullopt);
    scene.say(scene.world.lindesberg_admin, DeviceRevoked{scene.world.counsellor.device});
    scene.locked.run();
    REQUIRE(scene.locked.count<RestrictedSession::GotOrder>() == 1);
    CHECK(scene.locked.last<RestrictedSession::GotOrder>()->order.order.kind == OrderKind::revoke);
    scene.session.pull();
    CHECK(scene.session.closed);
}

TEST_CASE("Hub: orders reach the device that they name, and no other", "[hub][orders]") {
    PinScene scene;
    ScriptedClient lead{scene.world, scene.world.lead, 3};
    lead.start();
    LockedClient lead_locked{scene.world, scene.world.lead, 4};
    lead.send(UnlockRegister{lead_locked.token, {}});
    lead.pull();
    CHECK_FALSE(lead.last<UnlockRegistered>()->secret);
    lead_locked.unlock(std::nullopt);
    scene.say(scene.world.lindesberg_admin, DeviceLocked{scene.world.counsellor.device});
    lead_locked.run();
    CHECK(lead_locked.count<RestrictedSession::GotOrder>() == 0);
    CHECK(lead_locked.count<RestrictedSession::IgnoredOrder>() == 0);
}

TEST_CASE("Attack: only an administrator of the device's own organisation orders it",
          "[hub][orders][attack]") {
    PinScene scene;
    const auto refused = [&](Party& by) {
        ScriptedClient client{scene.world, by, 91};
        client.start();
        const Answer answer = client.push(
            EntryKind::statement,
            scene.world.say(by, Stream{}, DeviceWiped{scene.world.counsellor.device, {}}));
        return answer.outcome == AnswerOutcome::refused && answer.why == Errc::not_permitted;
    };
    CHECK(refused(scene.world.nora_admin));
    CHECK(refused(scene.world.lead));
    CHECK(refused(scene.world.counsellor));
    CHECK(scene.unlock(scene.pin) == scene.secret);
    CHECK(scene.locked.count<RestrictedSession::GotOrder>() == 0);
}

TEST_CASE("Hub: an order counts whatever its clock says", "[hub][orders]") {
    PinScene scene;
    scene.world.now += std::chrono::hours{2};
    const Bytes ahead = scene.world.say(
        scene.world.lindesberg_admin, Stream{}, DeviceLocked{scene.world.counsellor.device});
    scene.world.now -= std::chrono::hours{2};
    ScriptedClient admin{scene.world, scene.world.lindesberg_admin, 90};
    admin.start();
    CHECK(admin.push(EntryKind::statement, ahead).outcome == AnswerOutcome::stored);
}

}  // namespace samsyn
