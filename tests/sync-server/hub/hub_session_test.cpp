#include "tests/support/forwarding_storage.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

/// Remembers what is put in escrow.
class WatchedStorage : public ForwardingStorage {
public:
    using ForwardingStorage::ForwardingStorage;

    Result<void> put_escrow(const LogEntry& entry, const Error& why) override {
        escrowed.push_back(entry.bytes);
        return ForwardingStorage::put_escrow(entry, why);
    }

    std::vector<Bytes> escrowed;
};

}  // namespace

TEST_CASE("Hub: a device proves who it is before anything else", "[hub][session]") {
    HubWorld world;
    ScriptedClient client{world, world.lead, 1};
    SECTION("and gets in") {
        CHECK(client.connect());
        CHECK(world.hub->is_authenticated(LinkId{1}));
    }
    SECTION("a stranger does not") {
        Party stranger{99};
        ScriptedClient intruder{world, stranger, 2};
        CHECK_FALSE(intruder.connect());
        CHECK(intruder.closed);
        CHECK_FALSE(world.hub->is_authenticated(LinkId{2}));
    }
    SECTION("a push instead of a hello ends the link") {
        world.hub->on_open(LinkId{1}, world.fresh<Hash>(), world.now);
        client.send(Push{1, EntryKind::batch, Bytes(10)});
        client.pull();
        CHECK(client.closed);
        CHECK(world.hub->counts().links == 0);
    }
}

TEST_CASE("Hub: nothing is delivered before the last cursor", "[hub][session]") {
    HubWorld world;
    ScriptedClient client{world, world.lead, 1};
    REQUIRE(client.connect());
    client.send(Resume{{}, false});
    client.pull();
    CHECK(client.count<Deliver>() == 0);
    client.send(Resume{{}, true});
    client.pull();
    CHECK(client.count<Deliver>() > 0);
}

TEST_CASE("Hub: a message out of place, or garbage, ends the session with a reason",
          "[hub][session]") {
    HubWorld world;
    ScriptedClient client{world, world.lead, 1};
    client.start();
    SECTION("a message of the server") {
        client.send(CaughtUp{});
        client.pull();
        CHECK(client.last<Goodbye>()->why == Errc::unexpected_message);
    }
    SECTION("garbage") {
        REQUIRE(world.hub->begin_group());
        world.hub->on_message(LinkId{1}, as_bytes("\x7f\x7f\x7f"), world.now);
        REQUIRE(world.hub->end_group(world.now));
        client.pull();
        CHECK(client.count<Goodbye>() == 1);
    }
    CHECK(client.closed);
}

TEST_CASE("Hub: a device has two sessions; a third closes the oldest", "[hub][session]") {
    HubWorld world;
    ScriptedClient first{world, world.lead, 1};
    ScriptedClient second{world, world.lead, 2};
    ScriptedClient third{world, world.lead, 3};
    first.start();
    second.start();
    first.pull();
    CHECK_FALSE(first.closed);
    third.start();
    first.pull();
    second.pull();
    CHECK(first.closed);
    CHECK_FALSE(second.closed);
    CHECK_FALSE(third.closed);
}

TEST_CASE("Hub: a link that was opened first and proves itself last is let in", "[hub][session]") {
    HubWorld world;
    ScriptedClient slow{world, world.lead, 1};
    ScriptedClient second{world, world.lead, 2};
    ScriptedClient third{world, world.lead, 3};
    REQUIRE(slow.say_hello());
    second.start();
    third.start();
    CHECK(slow.prove());  // its age is not held against it: it is the one that surely lives
    CHECK(slow.count<Goodbye>() == 0);
    second.pull();
    CHECK(second.closed);
    CHECK_FALSE(third.closed);
}

TEST_CASE("Hub: who says goodbye is let go, and hears nothing more", "[hub][session]") {
    HubWorld world;
    const auto purpose = GENERATE(SessionPurpose::session, SessionPurpose::hand_in);
    ScriptedClient client{world, world.lead, 1, purpose};
    REQUIRE(client.connect());
    client.received.clear();
    client.send(Goodbye{});
    client.pull();
    CHECK(client.closed);
    CHECK(client.received.empty());
}

TEST_CASE("Hub: a link that does not take its answers is closed", "[hub][session]") {
    HubLimits limits;
    limits.answers_waiting_max = 8;
    HubWorld world{limits};
    ScriptedClient client{world, world.lead, 1};
    client.start();
    for (int i = 0; i < 9; ++i) client.send(client.next_push(EntryKind::batch, Bytes(10)));
    client.pull();
    CHECK(client.last<Goodbye>()->why == Errc::rate_limited);
    CHECK(client.closed);

    client.start();
    for (int i = 0; i < 8; ++i) client.send(client.next_push(EntryKind::batch, Bytes(10)));
    client.pull();
    CHECK_FALSE(client.closed);
    CHECK(client.count<Answer>() == 8);
}

TEST_CASE("Hub: welcome says which counters have arrived", "[hub][session]") {
    HubWorld world;
    ScriptedClient client{world, world.lead, 1};
    client.start();
    const auto statements = world.open_case();
    client.push(EntryKind::statement, statements[0]);
    client.push(EntryKind::statement, statements[2]);
    client.drop();
    client.start();
    CHECK(client.last<Welcome>()->greatest_counter == 3);
    CHECK(client.last<Welcome>()->gaps == std::vector<std::uint64_t>{2});
}

TEST_CASE("Hub: a revocation ends the session, pins the counter, and what comes later is held",
          "[hub][session]") {
    auto engine = std::make_unique<WatchedStorage>(*open_memory_storage());
    WatchedStorage& storage = *engine;
    HubWorld world{{}, std::move(engine)};
    ScriptedClient team{world, world.lead, 1};
    ScriptedClient school{world, world.counsellor, 2};
    ScriptedClient admin{world, world.lindesberg_admin, 3};
    team.start();
    team.push_all(EntryKind::statement, world.open_case());
    team.push_all(EntryKind::statement, world.consents());
    team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
    const EpochId epoch = world.newest_epoch;
    const auto item = world.fresh<ItemId>();
    team.push_all(EntryKind::batch,
                  {world.batch(world.lead, world.label, epoch, item, ItemType::commitment)});
    school.start();
    const auto edit = [&] {
        return world.batch(world.counsellor, world.label, epoch, item, ItemType::commitment);
    };
    const Bytes before = edit();
    school.push_all(EntryKind::batch, {before});
    admin.start();

    admin.push_all(
        EntryKind::statement,
        {world.say(world.lindesberg_admin, Stream{}, DeviceRevoked{world.counsellor.device})});
    school.received.clear();
    school.pull();
    CHECK(school.closed);
    CHECK(school.count<Deliver>() == 0);
    CHECK(school.last<Goodbye>()->why == Errc::revoked_device);
    CHECK_FALSE(school.connect());

    // The server's own acceptance follows the revocation in the same log.
    const auto last = admin.entries(EntryKind::statement).back();
    const auto pin = *decode_statement(last, world.hasher);
    REQUIRE(std::holds_alternative<RevocationPinned>(pin.body));
    CHECK(std::get<RevocationPinned>(pin.body).device == world.counsellor.device);
    CHECK(std::get<RevocationPinned>(pin.body).counter == world.counsellor.counter);
    CHECK(verify_statement(pin, world.server.public_key(), world.verifier));

    // A later counter is kept and has no effect; what was stored before stays so.
    const Bytes after = edit();
    CHECK(team.push(EntryKind::batch, after).outcome == AnswerOutcome::escrowed);
    CHECK(storage.escrowed == std::vector<Bytes>{after});
    CHECK(team.push(EntryKind::batch, before).outcome == AnswerOutcome::duplicate);
    const Bytes statement = world.say(world.counsellor, world.custody(), CaseClosed{});
    CHECK(team.push(EntryKind::statement, statement).outcome == AnswerOutcome::escrowed);

    world.restart();
    ScriptedClient again{world, world.lead, 7};
    again.start();
    CHECK(again.push(EntryKind::batch, after).outcome == AnswerOutcome::escrowed);
}

TEST_CASE("Hub: opens the federation that its storage holds, and no other", "[hub][session]") {
    HubWorld world;
    const auto other =
        Hub::open({*world.storage, world.server, world.verifier, world.hasher, world.random},
                  world.fresh<FederationId>());
    REQUIRE_FALSE(other);
    CHECK(other.error().code == Errc::wrong_federation);

    const auto empty = *open_memory_storage();
    const auto none = Hub::open({*empty, world.server, world.verifier, world.hasher, world.random},
                                world.federation_id);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Errc::not_found);
}

TEST_CASE("Hub: keeps its incarnation across restarts", "[hub][session]") {
    HubWorld world;
    ScriptedClient client{world, world.lead, 1};
    REQUIRE(client.connect());
    const auto before = client.incarnation;
    world.restart();
    REQUIRE(client.connect());
    CHECK(client.incarnation == before);
}

TEST_CASE("seed_federation: refuses what does not verify, and a second start", "[hub][session]") {
    HubWorld world;
    const auto seed = [&](Storage& storage, const std::vector<Bytes>& statements) {
        const auto done = seed_federation(storage, world.hasher, world.verifier, statements);
        return done ? Errc{} : done.error().code;
    };
    CHECK(seed(*world.storage, {}) == Errc::already_exists);
    const auto empty = *open_memory_storage();
    CHECK(seed(*empty, {}) == Errc::malformed);

    Party root{50};
    world.federation_id = {};
    world.log = {};
    const Bytes founding =
        world.say(root, Stream{}, Founding{root.signer.public_key(), world.fresh<Hash>()});
    Bytes forged = founding;
    forged[forged.size() - 10] ^= std::byte{1};
    CHECK(seed(*empty, {forged}) == Errc::bad_signature);
    CHECK(*empty->last_number({Stream{}}) == 0);
    CHECK(seed(*empty, {founding}) == Errc{});
    CHECK(*empty->last_number({Stream{}}) == 1);
}

}  // namespace samsyn
