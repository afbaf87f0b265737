// The hub's own limits for one device, and what it tells whoever watches it.

#include "tests/sync-server/hub/scripted_client.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

TEST_CASE("Hub: a device that comes back too often is refused, and welcome again later",
          "[hub][limits]") {
    HubLimits limits;
    limits.session_rate = {10s, 2};
    HubWorld world{limits};
    ScriptedClient client{world, world.lead, 1};
    ScriptedClient other{world, world.counsellor, 2};
    for (int i = 0; i < 2; ++i) {
        REQUIRE(client.connect());
        client.drop();
    }
    CHECK_FALSE(client.connect());
    CHECK(client.last<Goodbye>()->why == Errc::rate_limited);
    CHECK(client.closed);
    CHECK(other.connect());
    world.now += 10s;
    CHECK(client.connect());
}

TEST_CASE("Hub: a device that says too much gets its answers and is closed", "[hub][limits]") {
    HubLimits limits;
    limits.message_rate = {1h, 4};
    HubWorld world{limits};
    ScriptedClient client{world, world.lead, 1};
    client.start();  // one message: Resume
    std::vector<Message> many;
    for (int i = 0; i < 5; ++i) many.emplace_back(client.next_push(EntryKind::batch, Bytes(10)));
    REQUIRE(client.send_all(many));
    client.pull();
    CHECK(client.count<Answer>() == 3);
    CHECK(client.last<Goodbye>()->why == Errc::rate_limited);
    CHECK(client.closed);
}

TEST_CASE("Hub: asks to pause a link whose answers are not taken, then closes it",
          "[hub][limits]") {
    HubLimits limits;
    limits.queued_bytes_max = 400;
    HubWorld world{limits};
    const LinkId link{1};
    ScriptedClient client{world, world.lead, 1};
    client.start();
    CHECK_FALSE(world.hub->must_pause(link, false));
    while (!world.hub->must_pause(link, false))
        client.send(client.next_push(EntryKind::batch, Bytes(10)));
    CHECK_FALSE(client.closed);

    SECTION("it goes on once half of them are taken") {
        CHECK(client.pull_one());
        CHECK(world.hub->must_pause(link, true));
        while (world.hub->must_pause(link, true)) REQUIRE(client.pull_one());
        CHECK(client.count<Answer>() >= 4);
        client.pull();
        CHECK_FALSE(client.closed);
    }
    SECTION("at twice as much it is closed") {
        for (int i = 0; i < 12; ++i) client.send(client.next_push(EntryKind::batch, Bytes(10)));
        client.pull();
        CHECK(client.last<Goodbye>()->why == Errc::rate_limited);
        CHECK(client.closed);
    }
}

TEST_CASE("Hub: counts sessions by kind and refusals by why", "[hub][metrics]") {
    HubWorld world;
    ScriptedClient lead{world, world.lead, 1};
    lead.start();
    world.hub->on_open(LinkId{3}, world.fresh<Hash>(), world.now);
    Hub::Counts counts = world.hub->counts();
    CHECK(counts.links == 2);
    CHECK(counts.sessions == 1);
    lead.push_all(EntryKind::statement, world.open_case());
    lead.push(EntryKind::statement, to_bytes(as_bytes("no statement")));
    counts = world.hub->counts();
    CHECK(counts.stored == 4);
    CHECK(counts.refused == 1);
    std::uint64_t by_why = 0;
    for (const auto& [why, count] : counts.refused_by) by_why += count;
    CHECK(by_why == 1);
    CHECK(counts.log_rows > 0);
}

TEST_CASE("Hub: counts the purges that nobody has confirmed, after restarts too",
          "[hub][metrics]") {
    HubWorld world;
    ScriptedClient team{world, world.lead, 1};
    team.start();
    team.push_all(EntryKind::statement, world.open_case());
    team.push_all(EntryKind::statement, world.consents());
    team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
    const auto counted = [&] {
        for (std::size_t i = 0; i < 8; ++i) world.hub->watch(world.now);
        return world.hub->counts().unconfirmed_purges;
    };
    CHECK(counted() == 0);
    world.now += 1h;
    team.push_all(EntryKind::statement, {world.withdrawal()});
    CHECK(counted() == 1);
    world.restart();
    CHECK(world.hub->counts().unconfirmed_purges == 0);  // not looked at yet
    CHECK(counted() == 1);

    world.now += 1h;
    ScriptedClient school{world, world.counsellor, 2};
    school.start();
    school.push_all(
        EntryKind::statement,
        {world.say(world.counsellor,
                   {StreamKind::notice, world.case_id, world.lead.unit.unit},
                   PurgeReceipt{{world.compartment(world.label)}, {}, world.now, world.now})});
    CHECK(counted() == 0);
}

TEST_CASE("Hub: who may no longer read names has nothing to confirm", "[hub][metrics]") {
    HubWorld world;
    world.case_id = directory_case;
    Label names;
    names.disclosing = world.lead.unit;
    names.category = Category::directory;
    ScriptedClient admin{world, world.nora_admin, 1};
    admin.start();
    admin.push_all(EntryKind::packet, {world.packet(world.nora_admin, names)});
    ScriptedClient other{world, world.lindesberg_admin, 2};
    other.start();
    other.push_all(
        EntryKind::statement,
        {world.say(world.lindesberg_admin, Stream{}, DeviceRevoked{world.counsellor.device})});
    for (std::size_t i = 0; i < 8; ++i) world.hub->watch(world.now);
    CHECK(world.hub->counts().unconfirmed_purges == 0);
}

TEST_CASE("Hub: a probe is a durable write of its own", "[hub][metrics]") {
    HubWorld world;
    REQUIRE(world.hub->probe(world.now));
    CHECK(world.storage->value("server/probe")->has_value());
    CHECK(world.hub->counts().groups == 0);
}
