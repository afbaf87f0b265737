#include "tests/client-sdk/device/key_recovery_scene.hpp"

namespace samsyn {

namespace {

bool opens(const KeyPacket& packet, const NewRecovery& made, const Hasher& hasher) {
    if (!packet.recovery_box) return false;
    SodiumSealer sealer = KeyRecoveryScene::opener(made);
    const auto key = sealer.open_key(
        *packet.recovery_box,
        recovery_context(packet, made.terms.organisation, made.terms.generation, hasher));
    return key && sealer.check_value(*key, packet.compartment, packet.nonce) == packet.check;
}

std::string refusal(Result<RecoveredView> result) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::not_permitted);
    return result.error().context;
}

}  // namespace

TEST_CASE("Recovery: what is sealed after two persons certified a key is sealed for it, too",
          "[device][recovery]") {
    KeyRecoveryScene scene;
    const CompartmentId compartment = scene.compartment_of(scene.before);
    for (const KeyPacket& packet : scene.packets(compartment)) CHECK_FALSE(packet.recovery_box);

    const StatementId waiting = scene.certify_alone();
    scene.sync(scene.world.administrator());
    scene.sync_everybody();
    scene.edit(*scene.psychologist, scene.before, "text", "Ensam administratör");
    scene.sync_everybody();
    CHECK_FALSE(scene.packets(compartment).back().recovery_box);

    scene.confirm(waiting);
    scene.sync_everybody();
    scene.edit(*scene.psychologist, scene.before, "text", "Efter nyckeln");
    scene.sync_everybody();
    CHECK(opens(scene.packets(compartment).back(), scene.keys.back(), scene.world.hasher()));
    CHECK(scene.text(*scene.worker, scene.before, "text") == "Efter nyckeln");
    CHECK(must(scene.psychologist->device->status()).parked.empty());
}

TEST_CASE("Recovery: no other organisation's compartments are sealed for the key",
          "[device][recovery]") {
    KeyRecoveryScene scene;
    scene.certify();
    const ItemId theirs = scene.note(*scene.counsellor, "Skolans anteckning");
    const ItemView view = must(scene.counsellor->device->item(theirs));
    scene.sync_everybody();
    const auto packets =
        scene.packets(compartment_id(scene.world.hasher(), view.case_id, view.label));
    REQUIRE_FALSE(packets.empty());
    for (const KeyPacket& packet : packets) CHECK_FALSE(packet.recovery_box);
}

TEST_CASE("Recovery: a new generation is due in every living compartment, and the old key is out",
          "[device][recovery]") {
    KeyRecoveryScene scene;
    scene.certify();
    scene.edit(*scene.psychologist, scene.before, "text", "Första nyckeln");
    scene.sync_everybody();
    scene.certify();
    scene.edit(*scene.psychologist, scene.before, "text", "Andra nyckeln");
    scene.sync_everybody();
    const auto packets = scene.packets(scene.compartment_of(scene.before));
    CHECK(opens(packets.back(), scene.keys[1], scene.world.hasher()));
    CHECK_FALSE(opens(packets.back(), scene.keys[0], scene.world.hasher()));
    // And no more than one epoch comes of it, however often it is looked at.
    const std::size_t count = packets.size();
    scene.edit(*scene.worker, scene.before, "text", "Igen");
    scene.sync_everybody();
    scene.sync_everybody();
    CHECK(scene.packets(scene.compartment_of(scene.before)).size() == count);
    CHECK(scene.administrator().keys().front().generation == 2);
}

TEST_CASE("Recovery: two shares open on a new tablet what its user may read",
          "[device][recovery]") {
    KeyRecoveryScene scene;
    scene.certify();
    const ItemId note = scene.note(*scene.psychologist, "Tuva bor hos mormor");
    scene.sync_everybody();
    scene.enrol_late();
    REQUIRE(scene.text(*scene.late, note, "text") == "-");
    scene.permit(*scene.late);

    const RecoveredView done = must(scene.open(*scene.late, scene.keys.back()));
    CHECK(done.keys >= 1);
    CHECK(done.broken == 0);
    scene.sync(*scene.late);
    scene.sync(*scene.late);
    CHECK(scene.text(*scene.late, note, "text") == "Tuva bor hos mormor");
    // It is visible: the server has a supplement that the device signed for itself.
    bool signed_for_itself = false;
    for (const LogEntry& entry :
         must(scene.storage->read({scene.compartment_of(note)}, 0, 1 << 24)))
        signed_for_itself |=
            entry.kind == EntryKind::supplement && entry.author == scene.late->device->device();
    CHECK(signed_for_itself);
    // What was sealed before there was a key has been wrapped for it since.
    CHECK(scene.text(*scene.late, scene.before, "text") == "Före nyckeln");
    // Again there is nothing left to open.
    CHECK(must(scene.open(*scene.late, scene.keys.back())).keys == 0);
}

TEST_CASE("Recovery: the newest key alone opens everything, and the old one not what came after",
          "[device][recovery]") {
    KeyRecoveryScene scene;
    scene.certify();
    const ItemId first = scene.note(*scene.psychologist, "Under första nyckeln");
    scene.sync_everybody();
    scene.certify();
    const ItemId second = scene.note(*scene.psychologist, "Under andra nyckeln");
    scene.sync_everybody();
    scene.enrol_late();
    scene.permit(*scene.late);
    const RecoveredView done = must(scene.open(*scene.late, scene.keys[1]));
    CHECK(done.broken == 0);
    scene.sync(*scene.late);
    scene.sync(*scene.late);
    CHECK(scene.text(*scene.late, scene.before, "text") == "Före nyckeln");
    CHECK(scene.text(*scene.late, first, "text") == "Under första nyckeln");
    CHECK(scene.text(*scene.late, second, "text") == "Under andra nyckeln");
}

TEST_CASE("Recovery: opens nothing without two persons, for another device, or after its end",
          "[device][recovery][attack]") {
    KeyRecoveryScene scene;
    scene.certify();
    const ItemId note = scene.note(*scene.psychologist, "Tuva bor hos mormor");
    scene.sync_everybody();
    scene.enrol_late();
    const NewRecovery& made = scene.keys.back();
    SECTION("nobody said so") {
        CHECK(refusal(scene.open(*scene.late, made)) == recovery_not_permitted);
    }
    SECTION("one administrator alone") {
        (void)scene.permit_alone(scene.late->device->device());
        scene.sync(*scene.late);
        CHECK(refusal(scene.open(*scene.late, made)) == recovery_waits);
    }
    SECTION("for another device") {
        scene.confirm(scene.permit_alone(scene.worker->device->device()));
        scene.sync(*scene.late);
        CHECK(refusal(scene.open(*scene.late, made)) == recovery_not_permitted);
    }
    SECTION("after its end") {
        scene.permit(*scene.late);
        scene.clock.advance(25h);
        scene.sync(*scene.late);
        CHECK(refusal(scene.open(*scene.late, made)) == recovery_ended);
    }
    SECTION("without having heard the server for a day") {
        scene.confirm(scene.permit_alone(scene.late->device->device()));
        scene.sync(*scene.late);
        scene.clock.advance(25h);
        CHECK(scene.open(*scene.late, made).error().code == Errc::lease_ended);
    }
    scene.sync(*scene.late);
    CHECK(scene.text(*scene.late, note, "text") == "-");
}

TEST_CASE("Recovery: opens no further back than the consent reaches, and nothing without one",
          "[device][recovery][attack]") {
    KeyRecoveryScene scene;
    scene.certify();
    const ItemId old = scene.note(*scene.psychologist, "Före samtycket");
    scene.sync_everybody();
    Person& reader = *scene.counsellor;
    const auto reach = GENERATE(
        as<std::optional<Reach>>{}, std::nullopt, Reach::from_now, Reach::present, Reach::history);
    if (reach) {
        scene.consent(scene.world.school, *reach);
        scene.carry_statements();
        scene.sync(reader);
    }
    REQUIRE(scene.text(reader, old, "text") == "-");
    scene.permit(reader);
    const RecoveredView done = must(scene.open(reader, scene.keys.back()));
    scene.sync(reader);
    scene.sync(reader);
    const bool reaches = reach == Reach::history;
    CHECK((done.keys > 0) == reaches);
    CHECK((done.shut > 0) == (reach && !reaches));  // without a consent it has no packets at all
    CHECK(done.broken == 0);
    CHECK(scene.text(reader, old, "text") == (reaches ? "Före samtycket" : "-"));
}

TEST_CASE("Recovery: a box of another packet, organisation or key opens nothing",
          "[device][recovery][attack]") {
    KeyRecoveryScene scene;
    scene.certify();
    const ItemId note = scene.note(*scene.psychologist, "Tuva bor hos mormor");
    scene.sync_everybody();
    scene.enrol_late();
    scene.permit(*scene.late);
    const NewRecovery& made = scene.keys.back();
    REQUIRE(must(scene.open(*scene.late, made)).keys >= 1);

    const Attacker worker{scene, *scene.worker, note};
    const KeyPacket real = scene.packets(scene.compartment_of(note)).back();
    auto forged = worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now());
    KeyPacket& packet = forged.packet;
    packet.heads = real.heads;
    const Hasher& hasher = scene.world.hasher();
    const auto context = recovery_context(packet, scene.nora, 1, hasher);
    SodiumSealer& sealer = scene.worker->sealer;
    SECTION("swapped with another packet's") {
        packet.recovery_box = real.recovery_box;
    }
    SECTION("for another organisation's key") {
        OrganisationId other;
        other.bytes.fill(std::byte{7});
        const auto theirs = must(make_recovery(other, 1, 2, 3, scene.world.random()));
        packet.recovery_box = must(sealer.seal_key(theirs.terms.key, context, forged.key));
    }
    SECTION("bound to another organisation") {
        OrganisationId other;
        other.bytes.fill(std::byte{7});
        packet.recovery_box = must(sealer.seal_key(
            made.terms.key, recovery_context(packet, other, 1, hasher), forged.key));
    }
    SECTION("bound to another generation") {
        packet.recovery_box = must(sealer.seal_key(
            made.terms.key, recovery_context(packet, scene.nora, 2, hasher), forged.key));
    }
    SECTION("with another key in it") {
        packet.recovery_box = must(sealer.seal_key(made.terms.key, context, sealer.random_key()));
    }
    sign_packet(packet, scene.worker->signing, hasher);
    worker.deliver(*scene.late, EntryKind::packet, encode_packet(packet));
    const RecoveredView done = must(scene.open(*scene.late, made));
    CHECK(done.keys == 0);
    CHECK(done.broken == 1);
}

TEST_CASE("Recovery: nobody writes under a packet that leaves the recovery key out",
          "[device][recovery][attack]") {
    KeyRecoveryScene scene;
    scene.certify();
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, note};
    auto chosen =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now() + 1s);
    KeyPacket& packet = chosen.packet;
    packet.heads = scene.packets(scene.compartment_of(note)).back().heads;
    const bool honest = GENERATE(true, false);
    if (honest)
        packet.recovery_box = must(scene.worker->sealer.seal_key(
            scene.keys.back().terms.key,
            recovery_context(packet, scene.nora, 1, scene.world.hasher()),
            chosen.key));
    sign_packet(packet, scene.worker->signing, scene.world.hasher());
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(packet));
    scene.edit(*scene.psychologist, note, "text", "Tuva sov bättre");
    CHECK((worker.epoch_written_by(*scene.psychologist) == packet.id) == honest);
}

TEST_CASE("Recovery: nobody writes under a packet for a recovery key that is not there",
          "[device][recovery][attack]") {
    KeyRecoveryScene scene;
    const Attacker worker{scene, *scene.worker, scene.before};
    auto chosen =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now() + 1s);
    KeyPacket& packet = chosen.packet;
    packet.heads = scene.packets(scene.compartment_of(scene.before)).back().heads;
    packet.recovery_box = Bytes(sealed_key_size, std::byte{9});
    sign_packet(packet, scene.worker->signing, scene.world.hasher());
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(packet));
    scene.edit(*scene.psychologist, scene.before, "text", "Tuva sov bättre");
    CHECK(worker.epoch_written_by(*scene.psychologist) != packet.id);
}

}  // namespace samsyn
