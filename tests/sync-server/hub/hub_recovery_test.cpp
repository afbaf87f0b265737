// What the server checks of recovery: that packets are sealed for the recovery key where there is
// one, and who may give itself what that key opens.

#include "core/wire/escrow.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

const Bytes some_box(sealed_key_size, std::byte{0x7e});

/// An open case whose team has a colleague who came too late for any key.
struct Recoverable : HubWorld {
    Recoverable() {
        team.start();
        team.push_all(EntryKind::statement, open_case());
        late.user = fresh<UserId>();
        late.unit = lead.unit;
        UserCertified user;
        user.user = late.user;
        user.organisation = nora;
        user.unit = lead.unit.unit;
        user.role = Role::psychologist;
        user.from = now - std::chrono::days{1};
        DeviceCertified device;
        device.device = late.device;
        device.kind = DeviceKind::staff_tablet;
        device.organisation = nora;
        device.user = late.user;
        device.signing_key = late.signer.public_key();
        device.sealing_key = fresh<SealingPublicKey>();
        team.push_all(EntryKind::statement,
                      {say(nora_admin, Stream{}, user), say(nora_admin, Stream{}, device)});
    }

    Bytes certify(Party& admin, const OrganisationId& organisation) {
        RecoveryKeyCertified key;
        key.organisation = organisation;
        key.generation = ++generation;
        key.key = fresh<SealingPublicKey>();
        key.threshold = 2;
        key.commitments = {fresh<Hash>(), fresh<Hash>(), fresh<Hash>()};
        return say(admin, Stream{}, key);
    }

    Bytes use(const Party& by) {
        RecoveryUsed used;
        used.organisation = nora;
        used.generation = generation;
        used.device = by.device;
        used.reason = fresh<Hash>();
        used.until = now + std::chrono::hours{24};
        return say(nora_admin, Stream{}, used);
    }

    Bytes confirm(Party& second) { return say(second, Stream{}, Countersigned{newest}); }

    void say_and_confirm(const Bytes& said) {
        team.push_all(EntryKind::statement, {said, confirm(lindesberg_admin)});
    }

    Answer push_packet(const std::optional<Bytes>& box) {
        KeyPacket packet = draft_packet(lead, label);
        packet.recovery_box = box;
        return team.push(EntryKind::packet, sign(packet, lead));
    }

    Answer push_supplement(Party& by,
                           const EpochId& epoch,
                           const DeviceId& recipient,
                           std::uint32_t sealing_epoch = 1) {
        Supplement supplement;
        supplement.federation = federation_id;
        supplement.compartment = compartment(label);
        supplement.author = by.device;
        supplement.counter = ++by.counter;
        supplement.recipient = recipient;
        supplement.sealing_epoch = sealing_epoch;
        supplement.keys = {{epoch, some_box}};
        sign_supplement(supplement, by.signer, hasher);
        return team.push(EntryKind::supplement, encode_supplement(supplement));
    }

    Party late{40};
    std::uint32_t generation = 0;
    ScriptedClient team{*this, lead, 1};
};

void check_not_permitted(const Answer& answer, std::string_view context) {
    CHECK(answer.outcome == AnswerOutcome::refused);
    CHECK(answer.why == Errc::not_permitted);
    CHECK(answer.context == context);
}

}  // namespace

TEST_CASE("Hub: a packet has a recovery box exactly where there is a key at its heads",
          "[hub][recovery][attack]") {
    Recoverable world;
    check_not_permitted(world.push_packet(some_box), "recovery box for nobody");
    CHECK(world.push_packet({}).outcome == AnswerOutcome::stored);

    // One administrator alone makes no recipient.
    world.team.push_all(EntryKind::statement, {world.certify(world.nora_admin, world.nora)});
    check_not_permitted(world.push_packet(some_box), "recovery box for nobody");
    const KeyPacket earlier = world.draft_packet(world.lead, world.label);

    world.team.push_all(EntryKind::statement, {world.confirm(world.lindesberg_admin)});
    check_not_permitted(world.push_packet({}), "recovery box is missing");
    CHECK(world.push_packet(some_box).outcome == AnswerOutcome::stored);
    // A packet is right for ever by the statements that it names.
    CHECK(world.team.push(EntryKind::packet, world.sign(earlier, world.lead)).outcome ==
          AnswerOutcome::stored);
}

TEST_CASE("Hub: another organisation's recovery key is no recipient", "[hub][recovery][attack]") {
    Recoverable world;
    const Bytes said = world.certify(world.lindesberg_admin, world.lindesberg);
    world.team.push_all(EntryKind::statement, {said, world.confirm(world.nora_admin)});
    check_not_permitted(world.push_packet(some_box), "recovery box for nobody");
    CHECK(world.push_packet({}).outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: a recovery box of another size is refused", "[hub][recovery][attack]") {
    Recoverable world;
    world.say_and_confirm(world.certify(world.nora_admin, world.nora));
    for (const std::size_t size : {0UL, sealed_key_size - 1, sealed_key_size + 1}) {
        const Answer answer = world.push_packet(Bytes(size, std::byte{0x7e}));
        CHECK(answer.outcome == AnswerOutcome::refused);
    }
}

TEST_CASE("Hub: a recovery key that cannot be sealed to is refused", "[hub][recovery][attack]") {
    Recoverable world;
    RecoveryKeyCertified weak;
    weak.organisation = world.nora;
    weak.generation = 1;
    weak.threshold = 2;
    weak.commitments = {world.fresh<Hash>(), world.fresh<Hash>()};
    const Answer answer =
        world.team.push(EntryKind::statement, world.say(world.nora_admin, Stream{}, weak));
    CHECK(answer.outcome == AnswerOutcome::refused);
    CHECK(answer.why == Errc::weak_key);
}

TEST_CASE("Hub: a device gives itself old keys only while two persons let it recover",
          "[hub][recovery][attack]") {
    Recoverable world;
    REQUIRE(world.push_packet({}).outcome == AnswerOutcome::stored);
    const EpochId unrecoverable = world.newest_epoch;
    world.say_and_confirm(world.certify(world.nora_admin, world.nora));
    REQUIRE(world.push_packet(some_box).outcome == AnswerOutcome::stored);
    const EpochId lost = world.newest_epoch;
    world.team.push_all(EntryKind::statement, {world.add_participant(world.late, Duty::member)});
    const auto refused = [&](Party& by, const EpochId& epoch, const DeviceId& recipient) {
        check_not_permitted(world.push_supplement(by, epoch, recipient), "epoch in the supplement");
    };
    const DeviceId late = world.late.device;

    refused(world.late, lost, late);
    const Bytes used = world.use(world.late);
    const StatementId use = world.newest;
    world.team.push_all(EntryKind::statement, {used});
    refused(world.late, lost, late);  // one administrator alone
    world.team.push_all(EntryKind::statement,
                        {world.say(world.lindesberg_admin, Stream{}, Countersigned{use})});
    refused(world.late, unrecoverable, late);      // nothing was sealed there
    refused(world.late, lost, world.lead.device);  // nor does it give to others what it opens
    CHECK(world.push_supplement(world.late, lost, late).outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: after its end a recovery gives nothing, and another device it gave nothing",
          "[hub][recovery][attack]") {
    Recoverable world;
    world.say_and_confirm(world.certify(world.nora_admin, world.nora));
    REQUIRE(world.push_packet(some_box).outcome == AnswerOutcome::stored);
    const EpochId lost = world.newest_epoch;
    world.team.push_all(EntryKind::statement, {world.add_participant(world.late, Duty::member)});
    SECTION("ended") {
        world.say_and_confirm(world.use(world.late));
        world.now += std::chrono::hours{25};
    }
    SECTION("for another device") {
        world.say_and_confirm(world.use(world.reviewer));
    }
    check_not_permitted(world.push_supplement(world.late, lost, world.late.device),
                        "epoch in the supplement");
}

TEST_CASE("Hub: old keys are wrapped for the newest recovery key, by the own unit alone",
          "[hub][recovery][attack]") {
    Recoverable world;
    REQUIRE(world.push_packet({}).outcome == AnswerOutcome::stored);
    const EpochId old = world.newest_epoch;
    const auto rewrap = [&](Party& by, std::uint32_t generation) {
        return world.push_supplement(by, old, DeviceId{}, generation);
    };
    check_not_permitted(rewrap(world.lead, 1), "recovery key of the supplement");
    world.say_and_confirm(world.certify(world.nora_admin, world.nora));
    check_not_permitted(rewrap(world.lead, 2), "recovery key of the supplement");
    check_not_permitted(rewrap(world.outsider, 1), "author of the supplement");
    CHECK(rewrap(world.lead, 1).outcome == AnswerOutcome::stored);
    world.say_and_confirm(world.certify(world.nora_admin, world.nora));
    check_not_permitted(rewrap(world.lead, 1), "recovery key of the supplement");
    CHECK(rewrap(world.lead, 2).outcome == AnswerOutcome::stored);
    // Who has no key has none to wrap.
    world.team.push_all(EntryKind::statement, {world.add_participant(world.late, Duty::member)});
    check_not_permitted(rewrap(world.late, 2), "epoch in the supplement");
}

}  // namespace samsyn
