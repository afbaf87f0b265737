#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

using namespace std::chrono_literals;

/// The team and the school read one compartment, the team alone another.
struct PresenceHub : HubWorld {
    explicit PresenceHub(HubLimits limits_used = {}) : HubWorld(limits_used) {
        team.start();
        team.push_all(EntryKind::statement, open_case());
        team.push_all(EntryKind::statement, consents());
        team.push_all(EntryKind::packet, {packet(lead, label), packet(lead, other_label)});
        school.start();
    }

    Presence presence(const Party& of, const CompartmentId& where) {
        return {.compartment = where,
                .device = of.device,
                .epoch = fresh<EpochId>(),
                .at = now,
                .sealed = Bytes(120, std::byte{0x5e})};
    }

    CompartmentId shared() { return compartment(label); }

    CompartmentId own() { return compartment(other_label); }

    ScriptedClient team{*this, lead, 1};
    ScriptedClient school{*this, counsellor, 2};
};

}  // namespace

TEST_CASE("Hub: who says where they are hears of those who say the same", "[hub][presence]") {
    PresenceHub world;
    world.school.send(world.presence(world.counsellor, world.shared()));
    world.team.pull();
    CHECK(world.team.count<Presence>() == 0);  // has not said so

    const Presence said = world.presence(world.lead, world.shared());
    world.team.send(said);
    world.school.pull();
    REQUIRE(world.school.count<Presence>() == 1);
    CHECK(*world.school.last<Presence>() == said);
    world.team.pull();
    CHECK(world.team.count<Presence>() == 0);  // not its own

    world.school.send(world.presence(world.counsellor, world.shared()));
    world.team.pull();
    CHECK(world.team.count<Presence>() == 1);

    world.now += 61s;  // the team has been silent
    world.school.send(world.presence(world.counsellor, world.shared()));
    world.team.pull();
    CHECK(world.team.count<Presence>() == 1);
}

TEST_CASE("Hub: of somebody at two meetings both words arrive", "[hub][presence]") {
    PresenceHub world;
    world.team.send(world.presence(world.lead, world.shared()));
    const Presence first = world.presence(world.counsellor, world.shared());
    const Presence second = world.presence(world.counsellor, world.shared());
    REQUIRE(world.school.send_all({first, second}));
    world.team.pull();
    REQUIRE(world.team.count<Presence>() == 2);
    CHECK(*world.team.last<Presence>() == second);
}

TEST_CASE("Attack: presence does not come where somebody may not read", "[hub][presence][attack]") {
    PresenceHub world;
    for (const CompartmentId& where : {world.own(), world.fresh<CompartmentId>()}) {
        world.school.send(world.presence(world.counsellor, where));  // to be told of others there
        world.team.send(world.presence(world.lead, where));
        world.school.send(world.presence(world.counsellor, where));
        world.school.pull();
        world.team.pull();
        CHECK(world.school.count<Presence>() == 0);
        CHECK(world.team.count<Presence>() == 0);
        CHECK_FALSE(world.school.closed);  // and nothing says whether there is such a compartment
    }
}

TEST_CASE("Attack: presence that waits does not leave when a withdrawal has come",
          "[hub][presence][attack]") {
    PresenceHub world;
    world.school.send(world.presence(world.counsellor, world.shared()));
    world.team.send(world.presence(world.lead, world.shared()));  // waits for the school
    world.team.push_all(EntryKind::statement, {world.withdrawal()});
    world.school.pull();
    CHECK(world.school.count<Presence>() == 0);
}

TEST_CASE("Attack: presence that waits does not leave when its device is revoked",
          "[hub][presence][attack]") {
    PresenceHub world;
    world.team.send(world.presence(world.lead, world.shared()));
    world.school.send(world.presence(world.counsellor, world.shared()));  // waits for the team
    world.team.push_all(
        EntryKind::statement,
        {world.say(world.lindesberg_admin, Stream{}, DeviceRevoked{world.counsellor.device})});
    CHECK(world.team.count<Presence>() == 0);
}

TEST_CASE("Attack: nobody says where somebody else is", "[hub][presence][attack]") {
    PresenceHub world;
    world.team.send(world.presence(world.lead, world.shared()));
    world.school.send(world.presence(world.lead, world.shared()));
    world.school.pull();
    CHECK(world.school.closed);
    world.team.pull();
    CHECK(world.team.count<Presence>() == 0);
}

TEST_CASE("Attack: more than the rate is dropped, and a slow reader's mail stays small",
          "[hub][presence][attack]") {
    HubLimits limits;
    limits.presence_rate = {1s, 5};
    PresenceHub world{limits};
    world.team.send(world.presence(world.lead, world.shared()));
    for (int i = 0; i < 20; ++i) {
        Presence said = world.presence(world.counsellor, world.shared());
        world.school.send(said);
        world.team.pull();
    }
    CHECK(world.team.count<Presence>() == 5);
    CHECK_FALSE(world.school.closed);

    // A slow reader is kept the newest few words.
    limits.presence_rate = {1s, 60};
    PresenceHub slow{limits};
    slow.team.send(slow.presence(slow.lead, slow.shared()));
    Presence newest;
    for (int i = 0; i < 40; ++i) {
        newest = slow.presence(slow.counsellor, slow.shared());
        slow.school.send(newest);
    }
    slow.team.pull();
    CHECK(slow.team.count<Presence>() == 8);
    CHECK(*slow.team.last<Presence>() == newest);
}

}  // namespace samsyn
