#include "core/sync/fleet_keeper.hpp"

#include "tests/core/sync/session_rig.hpp"

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

/// A session of a device that reports.
struct FleetRig : SessionRig {
    FleetRig() {
        ledger.fleet = &fleet;
        fleet.next.version = "0.3.0";
        fleet.next.reading_ends = clock.now() + 24h * 7;
    }

    ScriptedFleet fleet;
};

}  // namespace

TEST_CASE("ClientSession: reports once all is delivered and answered, and is synced after that",
          "[sync][fleet]") {
    FleetRig rig;
    rig.ledger.wait_with(5);
    rig.go_live();
    CHECK(rig.all<DeviceReport>().empty());  // something is unanswered: the count would be old
    rig.ledger.waiting.clear();
    rig.hear(stored(rig.all<Push>().at(0).ticket));
    REQUIRE(rig.all<DeviceReport>().size() == 1);
    CHECK(rig.all<DeviceReport>()[0] == rig.fleet.next);
    CHECK(rig.all<Resume>().back() == Resume{{}, true});
    CHECK(rig.synced == 0);  // a session that ends here would cut the report off
    rig.hear(rig.caught_up());
    CHECK(rig.synced == 1);
    CHECK(rig.all<DeviceReport>().size() == 1);
}

TEST_CASE("ClientSession: reports again when something has changed, in its own time",
          "[sync][fleet]") {
    FleetRig rig;
    rig.go_live();
    rig.hear(rig.caught_up());
    REQUIRE(rig.all<DeviceReport>().size() == 1);
    for (int i = 0; i < 100; ++i) {  // somebody types
        rig.fleet.next.unsent += 1;
        rig.poke();
    }
    CHECK(rig.all<DeviceReport>().size() == 1);
    CHECK(rig.fleet.counted == 1);
    rig.pass(30s);
    REQUIRE(rig.all<DeviceReport>().size() == 2);
    CHECK(rig.all<DeviceReport>()[1].unsent == 100);
    rig.hear(rig.caught_up());

    SECTION("nothing new is not told, and the session sleeps") {
        rig.pass(30s);
        CHECK(rig.all<DeviceReport>().size() == 2);
        CHECK_FALSE(rig.session.next_deadline());
    }
    SECTION("a lease that was renewed a moment later is no news, an hour is") {
        rig.fleet.next.reading_ends += 59min;
        rig.pass(30s);
        CHECK(rig.all<DeviceReport>().size() == 2);
        rig.fleet.next.reading_ends += 1min;
        rig.pass(30s);
        rig.hear(rig.caught_up());
        CHECK(rig.all<DeviceReport>().size() == 3);
    }
    SECTION("nor while there is something to be answered") {
        rig.ledger.wait_with(7);
        rig.fleet.next.unsent = 7;
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
    rig.fleet.wanted = FleetQuery{nora, {}};
    rig.go_live();
    REQUIRE(rig.all<FleetQuery>().size() == 1);
    rig.poke();
    CHECK(rig.all<FleetQuery>().size() == 1);
    CHECK(rig.synced == 0);
    rig.hear(FleetRows{{}, {row_of(3), row_of(5)}, false});
    REQUIRE(rig.all<FleetQuery>().size() == 2);
    CHECK(rig.all<FleetQuery>()[1].after == device_of(5));
    rig.hear(FleetRows{{}, {row_of(6)}, true});
    CHECK(rig.fleet.answers.size() == 2);
    rig.hear(rig.caught_up());
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
        rig.fleet.wanted = FleetQuery{{}, {}};
        rig.go_live();
        rig.hear(FleetRows{{}, {row_of(3)}, false});
        rig.hear(FleetRows{{}, {row_of(3)}, false});
        REQUIRE(rig.closed);
        CHECK(rig.closed->code == Errc::malformed);
    }
    SECTION("empty pages for ever") {
        rig.fleet.wanted = FleetQuery{{}, {}};
        rig.go_live();
        rig.hear(FleetRows{{}, {}, false});
        REQUIRE(rig.closed);
        CHECK(rig.closed->code == Errc::malformed);
    }
    CHECK(rig.fleet.answers.size() <= 1);
}
