#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

/// The administrators of both organisations are connected, and the lead's tablet.
struct TwoPersonHub : HubWorld {
    TwoPersonHub() {
        team.start();
        admin.start();
        other.start();
    }

    DeviceCertified further_tablet(const Party& of) {
        DeviceCertified device;
        device.device = tablet.device;
        device.kind = DeviceKind::staff_tablet;
        device.organisation = of.unit.organisation;
        device.user = of.user;
        device.signing_key = tablet.signer.public_key();
        device.sealing_key = fresh<SealingPublicKey>();
        return device;
    }

    Answer push(ScriptedClient& by, const Bytes& statement) {
        return by.push(EntryKind::statement, statement);
    }

    Bytes confirm(Party& by, const StatementId& act) {
        return say(by, Stream{}, Countersigned{act});
    }

    ScriptedClient team{*this, lead, 1};
    ScriptedClient admin{*this, nora_admin, 2};
    ScriptedClient other{*this, lindesberg_admin, 3};
    Party tablet{91};
    ScriptedClient intruder{*this, tablet, 4};
};

}  // namespace

TEST_CASE("Hub: what wants a second person is stored and sent, and has effect when confirmed",
          "[hub][two]") {
    TwoPersonHub world;
    const Bytes act = world.say(world.nora_admin, Stream{}, world.further_tablet(world.lead));
    const StatementId id = world.newest;
    world.team.received.clear();
    CHECK(world.push(world.admin, act).outcome == AnswerOutcome::stored);
    world.team.pull();
    CHECK(world.team.entries(EntryKind::statement) == std::vector<Bytes>{act});
    CHECK_FALSE(world.intruder.connect());

    world.restart();
    world.other.start();
    CHECK_FALSE(world.intruder.connect());
    CHECK(world.push(world.other, world.confirm(world.lindesberg_admin, id)).outcome ==
          AnswerOutcome::stored);
    CHECK(world.intruder.connect());
}

TEST_CASE("Hub: a word of the author, or of nobody who may, is refused", "[hub][two][attack]") {
    TwoPersonHub world;
    const Bytes act = world.say(world.nora_admin, Stream{}, world.further_tablet(world.lead));
    const StatementId id = world.newest;
    CHECK(world.push(world.admin, act).outcome == AnswerOutcome::stored);
    CHECK(world.push(world.admin, world.confirm(world.nora_admin, id)).why == Errc::not_permitted);
    CHECK(world.push(world.team, world.confirm(world.reviewer, id)).why == Errc::not_permitted);
    CHECK(world.push(world.other, world.confirm(world.lindesberg_admin, world.fresh<StatementId>()))
              .outcome == AnswerOutcome::refused);
    world.now += std::chrono::hours{73};
    CHECK(world.push(world.other, world.confirm(world.lindesberg_admin, id)).outcome ==
          AnswerOutcome::refused);
    CHECK_FALSE(world.intruder.connect());
}

TEST_CASE("Hub: a certificate that would take its place from somebody's first device is refused",
          "[hub][two][attack]") {
    TwoPersonHub world;
    const StatementGraph all = world.log;
    world.log = {};  // what is signed now knows nothing
    const Bytes act = world.say(world.nora_admin, Stream{}, world.further_tablet(world.lead));
    world.log = all;
    CHECK(world.push(world.admin, act).outcome == AnswerOutcome::refused);
    CHECK_FALSE(world.intruder.connect());
    world.team.start();
}

TEST_CASE("Hub: no more devices wait for one person than people could confirm",
          "[hub][two][attack]") {
    TwoPersonHub world;
    const auto certify = [&](std::uint8_t seed, const Party& of) {
        const Party tablet{seed};
        DeviceCertified device = world.further_tablet(of);
        device.device = tablet.device;
        device.signing_key = tablet.signer.public_key();
        return world.push(world.admin, world.say(world.nora_admin, Stream{}, device));
    };
    for (std::uint8_t seed = 100; seed < 164; ++seed)
        REQUIRE(certify(seed, world.lead).outcome == AnswerOutcome::stored);
    const StatementGraph before = world.log;
    CHECK(certify(164, world.lead).why == Errc::limit_exceeded);
    world.log = before;
    CHECK(certify(165, world.reviewer).outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: a lost device is shut out, and what it confirmed since is undone", "[hub][two]") {
    TwoPersonHub world;
    const Bytes act = world.say(world.nora_admin, Stream{}, world.further_tablet(world.lead));
    const StatementId id = world.newest;
    CHECK(world.push(world.admin, act).outcome == AnswerOutcome::stored);
    const StatementGraph before = world.log;
    const Bytes word = world.confirm(world.lead, id);
    CHECK(world.push(world.team, word).outcome == AnswerOutcome::stored);
    CHECK(world.intruder.connect());

    const StatementGraph all = world.log;
    world.log = before;  // the administrator has not heard of the thief's word
    const Bytes lost = world.say(world.nora_admin, Stream{}, DeviceSuspended{world.lead.device});
    const StatementId suspension = world.newest;
    world.log = all;
    world.learn(lost);
    CHECK(world.push(world.admin, lost).outcome == AnswerOutcome::stored);
    CHECK_FALSE(world.team.connect());
    CHECK_FALSE(world.intruder.connect());
    CHECK(world
              .push(world.admin,
                    world.say(
                        world.nora_admin, Stream{}, DeviceResumed{world.lead.device, {suspension}}))
              .outcome == AnswerOutcome::stored);
    CHECK(world.team.connect());
}

TEST_CASE("Hub: a lost administrator's machine certifies nothing", "[hub][two][attack]") {
    TwoPersonHub world;
    const Bytes lost = world.say(world.root, Stream{}, DeviceSuspended{world.nora_admin.device});
    CHECK(world.push(world.other, lost).outcome == AnswerOutcome::stored);
    const UnitRef unit{world.nora, world.fresh<UnitId>(), Regime::social};
    const Bytes stolen = world.say(world.nora_admin, Stream{}, UnitCertified{unit});
    CHECK(world.push(world.other, stolen).why == Errc::not_permitted);
    // What denies is taken from anybody who may.
    const Bytes denial = world.say(world.nora_admin, Stream{}, DeviceLocked{world.lead.device});
    CHECK(world.push(world.other, denial).outcome == AnswerOutcome::stored);
}

}  // namespace samsyn
