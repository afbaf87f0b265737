#include "core/wire/escrow.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

namespace samsyn {

namespace {

/// C-23 from the start: the school works on a shared goal, the consent is withdrawn meanwhile.
struct WithdrawnMeanwhile {
    WithdrawnMeanwhile() {
        goal = scene.goal(*scene.psychologist, "Skolan");
        scene.consent(scene.world.school);
        scene.sync_everybody();
        REQUIRE(scene.text(*scene.counsellor, goal, "goal") == "Skolan");
        scene.edit(*scene.counsellor, goal, "action", "Anpassad studiegång");
        scene.withdraw(scene.world.school);
    }

    Device& author() { return *scene.counsellor->device; }

    Device& lead() { return *scene.psychologist->device; }

    std::size_t escrow_in_outbox(Device& device) {
        std::size_t count = 0;
        for (const Outgoing& one : must(device.outgoing_after(0, 1 << 22, scene.clock.now())))
            if (one.kind == EntryKind::escrow) ++count;
        return count;
    }

    DeviceScene scene;
    ItemId goal;
};

}  // namespace

TEST_CASE("Device: C-23: unsent work goes to escrow, is gone here, and the lead alone reads it",
          "[device][escrow]") {
    WithdrawnMeanwhile world;
    DeviceScene& scene = world.scene;
    scene.sync(*scene.psychologist);
    scene.sync(*scene.counsellor);
    // Gone from the author's device, and the author is told.
    CHECK(scene.text(*scene.counsellor, world.goal, "goal") == "-");
    const auto status = must(world.author().status());
    CHECK(status.unsent_changes == 0);
    CHECK(status.parked.empty());
    const auto notices = must(world.author().escrowed());
    REQUIRE(notices.size() == 1);
    CHECK(notices.front().item == world.goal);
    CHECK(notices.front().unit == scene.world.team);
    CHECK(notices.front().state == EscrowState::held);

    scene.sync_everybody();
    const auto escrow = must(world.lead().escrow());
    REQUIRE(escrow.size() == 1);
    CHECK(escrow.front().opened);
    CHECK(escrow.front().author == scene.counsellor->user);
    CHECK(escrow.front().state == EscrowState::held);
    REQUIRE(escrow.front().pieces.size() == 1);
    REQUIRE(escrow.front().pieces.front().texts.size() == 1);
    CHECK(escrow.front().pieces.front().texts.front().text == "Anpassad studiegång");
    CHECK_FALSE(escrow.front().pieces.front().here);
    // Not merged, and nobody else has it: not the team's other members, nor the clinic.
    CHECK(scene.text(*scene.psychologist, world.goal, "action").empty());
    CHECK(must(scene.worker->device->escrow()).empty());
    CHECK(must(scene.psychiatrist->device->escrow()).empty());
    CHECK(must(world.author().escrow()).empty());
}

TEST_CASE("Device: C-23: the outbox copy goes only when the server has answered escrowed",
          "[device][escrow]") {
    WithdrawnMeanwhile world;
    DeviceScene& scene = world.scene;
    scene.sync(*scene.psychologist);
    // The withdrawal arrives; the line breaks before anything is answered.
    scene.clock.advance(5s);
    Pump::Line& line = scene.pump->connect(world.author());
    for (int turn = 0; turn < 1000 && must(world.author().escrowed()).empty(); ++turn)
        (void)scene.pump->turn();
    CHECK(!line.closed);
    scene.pump->disconnect_all();
    REQUIRE(must(world.author().escrowed()).front().state == EscrowState::sending);
    CHECK(world.escrow_in_outbox(world.author()) == 1);

    // An answer that is not "escrowed" destroys nothing.
    for (const Outgoing& one : must(world.author().outgoing_after(0, 1 << 22, scene.clock.now()))) {
        if (one.kind != EntryKind::escrow) continue;
        Answer refused;
        refused.outcome = AnswerOutcome::refused;
        refused.why = Errc::not_permitted;
        must(world.author().on_answer(one.counter, refused, scene.clock.now()));
    }
    CHECK(world.escrow_in_outbox(world.author()) == 1);

    scene.sync(*scene.counsellor);
    CHECK(world.escrow_in_outbox(world.author()) == 0);
    CHECK(must(world.author().escrowed()).front().state == EscrowState::held);
    scene.sync(*scene.psychologist);
    CHECK(must(world.lead().escrow()).size() == 1);
}

TEST_CASE("Device: a released change stands under its author's name and time, restated by the lead",
          "[device][escrow]") {
    WithdrawnMeanwhile world;
    DeviceScene& scene = world.scene;
    scene.sync_everybody();
    const auto entry = must(world.lead().escrow()).front();
    scene.clock.advance(1h);
    must(world.lead().release_escrow(entry.id));
    CHECK(scene.text(*scene.psychologist, world.goal, "action") == "Anpassad studiegång");
    CHECK(world.lead().release_escrow(entry.id).error().code == Errc::already_exists);

    scene.sync_everybody();
    CHECK(must(world.lead().escrow()).front().state == EscrowState::released);
    CHECK(must(world.author().escrowed()).front().state == EscrowState::released);
    // Everybody who may read it has it; the school does not get it back by this.
    const auto view = must(scene.worker->device->item(world.goal));
    CHECK(view.text("action") == "Anpassad studiegång");
    for (const FieldView& field : view.fields) {
        if (!field.info || field.info->key != "action") continue;
        const ValueView& value = field.values.front();
        CHECK(value.writer == scene.counsellor->user);
        CHECK(value.restated_by == scene.psychologist->user);
        CHECK(value.version == entry.pieces.front().version);
    }
    CHECK(scene.text(*scene.counsellor, world.goal, "action") == "-");
    CHECK(must(world.lead().status()).parked.empty());
    // It was there already, had it been asked again.
    CHECK(must(world.lead().escrow()).front().pieces.front().here);
}

TEST_CASE("Device: a new item that was never sent is released as what it is", "[device][escrow]") {
    DeviceScene scene;
    const ItemId goal = scene.goal(*scene.psychologist, "Skolan");
    scene.consent(scene.world.school);
    scene.sync_everybody();
    // Under the team's label only the team makes items: the worker is removed with one unsent.
    const ItemId note = scene.note(*scene.worker, "Samtal i hallen");
    must(scene.psychologist->device->remove_participant(
        scene.family.case_id, scene.worker->user, scene.world.team));
    scene.sync_everybody();
    CHECK(scene.text(*scene.worker, note, "text") == "-");
    CHECK(scene.text(*scene.worker, goal, "goal") == "-");
    const auto escrow = must(scene.psychologist->device->escrow());
    REQUIRE(escrow.size() == 1);
    must(scene.psychologist->device->release_escrow(escrow.front().id));
    scene.sync_everybody();
    CHECK(must(scene.psychologist->device->status()).parked.empty());
    CHECK(scene.text(*scene.psychologist, note, "text") == "Samtal i hallen");
    // The author takes no part in the case any more, and is told all the same.
    REQUIRE(must(scene.worker->device->escrowed()).size() == 1);
    CHECK(must(scene.worker->device->escrowed()).front().state == EscrowState::released);
    const auto view = must(scene.psychologist->device->item(note));
    CHECK(view.fields.front().values.front().writer == scene.worker->user);
}

TEST_CASE("Device: a refusal needs a reason, is told to the author, and keeps the entry",
          "[device][escrow]") {
    WithdrawnMeanwhile world;
    DeviceScene& scene = world.scene;
    scene.sync_everybody();
    const Hash id = must(world.lead().escrow()).front().id;
    CHECK(world.lead().refuse_escrow(id, "").error().code == Errc::invalid_argument);
    must(world.lead().refuse_escrow(id, "Hör inte till planen"));
    scene.sync_everybody();
    CHECK(must(world.author().escrowed()).front().state == EscrowState::refused);
    CHECK(scene.text(*scene.worker, world.goal, "action").empty());
    const auto escrow = must(world.lead().escrow());
    REQUIRE(escrow.size() == 1);
    CHECK(escrow.front().state == EscrowState::refused);
    CHECK(world.lead().release_escrow(id).error().code == Errc::already_exists);
}

TEST_CASE("Device: what was sealed and not answered is in escrow too", "[device][escrow]") {
    WithdrawnMeanwhile world;
    DeviceScene& scene = world.scene;
    const Instant now = scene.clock.now();
    must(world.author().on_caught_up(now, CaughtUp::Phase::everything, now));
    const auto sealed = [&](EntryKind kind) {
        std::size_t count = 0;
        for (const Outgoing& one : must(world.author().outgoing_after(0, 1 << 22, now)))
            if (one.kind == kind) ++count;
        return count;
    };
    REQUIRE(sealed(EntryKind::batch) == 1);
    scene.sync(*scene.psychologist);
    scene.sync_everybody();
    const auto escrow = must(world.lead().escrow());
    REQUIRE(escrow.size() == 1);
    REQUIRE(escrow.front().pieces.size() == 1);
    CHECK(escrow.front().pieces.front().texts.front().text == "Anpassad studiegång");
    CHECK_FALSE(escrow.front().pieces.front().here);
    CHECK(scene.text(*scene.psychologist, world.goal, "action").empty());
    const auto status = must(world.author().status());
    CHECK(status.unsent_changes == 0);
    CHECK(status.parked.empty());
    CHECK(sealed(EntryKind::batch) == 0);
}

TEST_CASE("Device: escrow for a closed circle goes to nobody whom the circle leaves out",
          "[device][escrow][attack]") {
    // A lead who may not read the label is no recipient: asked of the policy directly.
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Besök");
    scene.sync_everybody();
    Label label = must(scene.psychologist->device->item(note)).label;
    label.closed = AudienceId{};
    label.closed->bytes.fill(std::byte{7});
    const Decision lead = scene.psychologist->device->decide(
        scene.family.case_id,
        label,
        {scene.psychologist->user, scene.psychologist->device->device()},
        {});
    CHECK_FALSE(lead.permitted());
}

}  // namespace samsyn
