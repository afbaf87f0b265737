#include "core/sync/fleet_keeper.hpp"

#include "tests/core/sync/scripted_ledger.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seeded_random.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

/// A device's side of the fleet as a test wants it.
struct ScriptedFleet final : FleetKeeper {
    Result<DeviceReport> report(Instant) override {
        ++counted;
        return next;
    }

    std::optional<FleetQuery> wanted_fleet() override { return wanted; }

    Result<void> on_fleet_rows(const FleetRows& rows, Instant) override {
        answers.push_back(rows);
        if (rows.last)
            wanted.reset();
        else
            wanted->after = rows.rows.back().device;
        return {};
    }

    DeviceReport next;
    int counted = 0;
    std::optional<FleetQuery> wanted;
    std::vector<FleetRows> answers;
};

class ReportingLedger : public ScriptedLedger {
public:
    FleetKeeper* fleet_keeper() override { return &fleet; }

    ScriptedFleet fleet;
};

DeviceId device_of(unsigned char first) {
    DeviceId id;
    id.bytes[0] = std::byte{first};
    return id;
}

FleetRow row_of(unsigned char first) {
    FleetRow row;
    row.device = device_of(first);
    return row;
}

/// A session of a device that reports, and what a server would say to it.
struct FleetRig {
    ManualClock clock;
    SeededRandom random{1};
    FakeVerifier verifier;
    FakeSigner server{9};
    ReportingLedger ledger;
    Incarnation incarnation = random_id<Incarnation>(random);
    ClientSession session{{ledger, random, verifier}, Hash{}};
    std::vector<Message> sent;
    std::optional<Error> closed;
    int synced = 0;

    FleetRig() {
        ledger.trusted = server.public_key();
        ledger.fleet.next.version = "0.3.0";
        ledger.fleet.next.reading_ends = clock.now() + 24h * 7;
    }

    void drain() {
        while (auto output = session.poll_output()) {
            if (auto* send = std::get_if<ClientSession::Send>(&*output))
                sent.push_back(decode_message(send->message, message_bytes_max).value());
            if (auto* close = std::get_if<ClientSession::Close>(&*output)) closed = close->why;
            synced += std::holds_alternative<ClientSession::Synced>(*output);
        }
    }

    void hear(const Message& message) {
        session.on_message(encode_message(message), clock.now());
        drain();
    }

    void hear_caught_up(CaughtUp::Phase phase = CaughtUp::Phase::everything) {
        hear(
            CaughtUp{phase,
                     clock.now(),
                     server.sign(Domain::signed_time, signed_time_part(incarnation, clock.now()))});
    }

    void pass(std::chrono::seconds time) {
        clock.advance(time);
        if (session.next_deadline() && clock.now() >= *session.next_deadline())
            session.on_timer(clock.now());
        drain();
    }

    void poke() {
        session.poke(clock.now());
        drain();
    }

    void go_live() {
        session.on_open(clock.now());
        drain();
        Challenge challenge;
        challenge.time = clock.now();
        challenge.incarnation = incarnation;
        challenge.server_key = server.public_key();
        challenge.signature =
            server.sign(Domain::session_server,
                        challenge_signed_part(std::get<Hello>(sent[0]).nonce, challenge, Hash{}));
        hear(challenge);
        hear(Welcome{});
        hear_caught_up(CaughtUp::Phase::statements);
        hear_caught_up();
    }

    template <class Kind>
    std::vector<Kind> all() const {
        std::vector<Kind> found;
        for (const Message& message : sent)
            if (const auto* one = std::get_if<Kind>(&message)) found.push_back(*one);
        return found;
    }
};

}  // namespace

TEST_CASE("ClientSession: reports once all is delivered and answered, and is synced after that",
          "[sync][fleet]") {
    FleetRig rig;
    rig.ledger.wait_with(5);
    rig.go_live();
    CHECK(rig.all<DeviceReport>().empty());  // something is unanswered: the count would be old
    rig.ledger.waiting.clear();
    Answer stored;
    stored.ticket = rig.all<Push>().at(0).ticket;
    stored.outcome = AnswerOutcome::stored;
    rig.hear(stored);
    REQUIRE(rig.all<DeviceReport>().size() == 1);
    CHECK(rig.all<DeviceReport>()[0] == rig.ledger.fleet.next);
    CHECK(rig.all<Resume>().back() == Resume{{}, true});
    CHECK(rig.synced == 0);  // a session that ends here would cut the report off
    rig.hear_caught_up();
    CHECK(rig.synced == 1);
    CHECK(rig.all<DeviceReport>().size() == 1);
}

TEST_CASE("ClientSession: reports again when something has changed, in its own time",
          "[sync][fleet]") {
    FleetRig rig;
    rig.go_live();
    rig.hear_caught_up();
    REQUIRE(rig.all<DeviceReport>().size() == 1);
    for (int i = 0; i < 100; ++i) {  // somebody types
        rig.ledger.fleet.next.unsent += 1;
        rig.poke();
    }
    CHECK(rig.all<DeviceReport>().size() == 1);
    CHECK(rig.ledger.fleet.counted == 1);
    rig.pass(30s);
    REQUIRE(rig.all<DeviceReport>().size() == 2);
    CHECK(rig.all<DeviceReport>()[1].unsent == 100);
    rig.hear_caught_up();

    SECTION("nothing new is not told, and the session sleeps") {
        rig.pass(30s);
        CHECK(rig.all<DeviceReport>().size() == 2);
        CHECK_FALSE(rig.session.next_deadline());
    }
    SECTION("a lease that was renewed a moment later is no news, an hour is") {
        rig.ledger.fleet.next.reading_ends += 59min;
        rig.pass(30s);
        CHECK(rig.all<DeviceReport>().size() == 2);
        rig.ledger.fleet.next.reading_ends += 1min;
        rig.pass(30s);
        rig.hear_caught_up();
        CHECK(rig.all<DeviceReport>().size() == 3);
    }
    SECTION("nor while there is something to be answered") {
        rig.ledger.wait_with(7);
        rig.ledger.fleet.next.unsent = 7;
        rig.poke();
        rig.pass(30s);
        CHECK(rig.all<DeviceReport>().size() == 2);
        CHECK_FALSE(rig.session.next_deadline());  // no clock that runs empty
    }
}

TEST_CASE("ClientSession: asks for a fleet page by page, one at a time", "[sync][fleet]") {
    FleetRig rig;
    OrganisationId nora;
    nora.bytes[0] = std::byte{1};
    rig.ledger.fleet.wanted = FleetQuery{nora, {}};
    rig.go_live();
    REQUIRE(rig.all<FleetQuery>().size() == 1);
    rig.poke();
    CHECK(rig.all<FleetQuery>().size() == 1);
    CHECK(rig.synced == 0);
    rig.hear(FleetRows{{}, {row_of(3), row_of(5)}, false});
    REQUIRE(rig.all<FleetQuery>().size() == 2);
    CHECK(rig.all<FleetQuery>()[1].after == device_of(5));
    rig.hear(FleetRows{{}, {row_of(6)}, true});
    CHECK(rig.ledger.fleet.answers.size() == 2);
    rig.hear_caught_up();
    CHECK(rig.synced == 1);
}

TEST_CASE("ClientSession: a server that answers what was not asked ends the session",
          "[sync][fleet][attack]") {
    FleetRig rig;
    SECTION("rows without a query") {
        rig.go_live();
        rig.hear(FleetRows{{}, {row_of(3)}, true});
        REQUIRE(rig.closed);
        CHECK(rig.closed->code == Errc::unexpected_message);
    }
    SECTION("the same page for ever") {
        rig.ledger.fleet.wanted = FleetQuery{{}, {}};
        rig.go_live();
        rig.hear(FleetRows{{}, {row_of(3)}, false});
        rig.hear(FleetRows{{}, {row_of(3)}, false});
        REQUIRE(rig.closed);
        CHECK(rig.closed->code == Errc::malformed);
    }
    SECTION("empty pages for ever") {
        rig.ledger.fleet.wanted = FleetQuery{{}, {}};
        rig.go_live();
        rig.hear(FleetRows{{}, {}, false});
        REQUIRE(rig.closed);
        CHECK(rig.closed->code == Errc::malformed);
    }
    CHECK(rig.ledger.fleet.answers.size() <= 1);
}
