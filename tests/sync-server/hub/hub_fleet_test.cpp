#include "core/wire/log_rows.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

using namespace std::chrono_literals;

DeviceReport a_report() {
    DeviceReport report;
    report.version = "0.3.0";
    report.unsent = 4;
    report.waiting_keys = 1;
    return report;
}

/// The devices of two organisations, and who asks for them.
struct FleetScene {
    explicit FleetScene(HubLimits limits = {}) : world(limits) {}

    FleetRows ask(ScriptedClient& client, const OrganisationId& organisation) {
        client.received.clear();
        client.send(FleetQuery{organisation, {}});
        client.pull();
        const auto* const rows = client.last<FleetRows>();
        REQUIRE(rows != nullptr);
        return *rows;
    }

    static std::optional<FleetRow> row(const FleetRows& rows, const Party& of) {
        for (const FleetRow& row : rows.rows)
            if (row.device == of.device) return row;
        return std::nullopt;
    }

    std::size_t refusals_of(const Party& who) {
        std::size_t found = 0;
        const std::uint64_t size = world.storage->log().tree()->value_or(TreeHead{}).size;
        for (std::uint64_t number = 0; number < size; ++number) {
            const LogRow row = *decode_log_row(*world.storage->log().row(number));
            const auto* const refused = std::get_if<RowRefused>(&row.act);
            found += refused != nullptr && refused->what == RefusedWhat::fleet_query &&
                     row.device == who.device;
        }
        return found;
    }

    HubWorld world;
    ScriptedClient admin{world, world.nora_admin, 1};
    ScriptedClient team{world, world.lead, 2};
    ScriptedClient school{world, world.counsellor, 3};
};

}  // namespace

TEST_CASE("Hub: tells an administrator what the devices of the organisation have said",
          "[hub][fleet]") {
    FleetScene scene;
    HubWorld& world = scene.world;
    scene.team.start();
    scene.team.send(a_report());
    const Instant seen = world.now;
    scene.team.drop();
    world.now += 3h;
    scene.admin.start();

    const FleetRows rows = scene.ask(scene.admin, world.nora);
    CHECK(rows.refused == Errc{});
    CHECK(rows.last);
    CHECK(std::ranges::is_sorted(rows.rows, {}, &FleetRow::device));
    const auto lead = FleetScene::row(rows, world.lead);
    REQUIRE(lead);
    CHECK(lead->reported);
    CHECK(lead->report == a_report());
    CHECK(lead->last_contact == seen);
    const auto own = FleetScene::row(rows, world.nora_admin);
    REQUIRE(own);
    CHECK(own->last_contact == world.now);  // connected
    CHECK_FALSE(own->reported);
    const auto silent = FleetScene::row(rows, world.reviewer);
    REQUIRE(silent);
    CHECK(silent->last_contact == Instant{});
    CHECK_FALSE(FleetScene::row(rows, world.counsellor));  // another organisation's
}

TEST_CASE("Hub: the newest report and contact outlive a restart", "[hub][fleet]") {
    FleetScene scene;
    HubWorld& world = scene.world;
    scene.team.start();
    scene.team.send(a_report());
    DeviceReport later = a_report();
    later.unsent = 0;
    world.now += 20min;
    scene.team.send(later);
    const Instant seen = world.now;
    world.restart();
    world.now += 1h;
    scene.admin.start();
    const auto lead = FleetScene::row(scene.ask(scene.admin, world.nora), world.lead);
    REQUIRE(lead);
    CHECK(lead->report == later);
    CHECK(lead->last_contact == seen);
}

TEST_CASE("Hub: tells a fleet to nobody but its own administrators", "[hub][fleet][attack]") {
    FleetScene scene;
    HubWorld& world = scene.world;
    scene.team.start();
    scene.team.send(a_report());

    ScriptedClient foreign{world, world.lindesberg_admin, 7};
    foreign.start();
    const FleetRows refused = scene.ask(foreign, world.nora);
    CHECK(refused.refused == Errc::not_permitted);
    CHECK(refused.rows.empty());
    CHECK(scene.refusals_of(world.lindesberg_admin) == 1);  // and it leaves a trace
    CHECK(scene.ask(foreign, world.lindesberg).refused == Errc{});

    CHECK(scene.ask(scene.team, world.nora).refused == Errc::not_permitted);
    CHECK(scene.ask(scene.team, world.nora).rows.empty());
    CHECK(scene.ask(foreign, OrganisationId{}).refused == Errc::not_permitted);
}

TEST_CASE("Hub: an administrator whose machine is revoked learns of no fleet",
          "[hub][fleet][attack]") {
    FleetScene scene;
    HubWorld& world = scene.world;
    ScriptedClient other{world, world.lindesberg_admin, 7};
    other.start();
    scene.admin.start();
    const Bytes revoked = world.say(world.root, Stream{}, DeviceRevoked{world.nora_admin.device});
    REQUIRE(other.push(EntryKind::statement, revoked).outcome == AnswerOutcome::stored);
    scene.admin.received.clear();
    scene.admin.send(FleetQuery{world.nora, {}});
    scene.admin.pull();
    CHECK(scene.admin.count<FleetRows>() == 0);
    CHECK(scene.admin.closed);
}

TEST_CASE("Hub: counts compartments whose keys were lost and not confirmed to be gone",
          "[hub][fleet]") {
    FleetScene scene;
    HubWorld& world = scene.world;
    scene.team.start();
    scene.team.push_all(EntryKind::statement, world.open_case());
    scene.team.push_all(EntryKind::statement, world.consents());
    scene.team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
    ScriptedClient admin{world, world.lindesberg_admin, 7};
    admin.start();
    CHECK(FleetScene::row(scene.ask(admin, world.lindesberg), world.counsellor)->unconfirmed == 0);

    world.now += 1h;
    scene.team.push_all(EntryKind::statement, {world.withdrawal()});
    CHECK(FleetScene::row(scene.ask(admin, world.lindesberg), world.counsellor)->unconfirmed == 1);
    CHECK(FleetScene::row(scene.ask(admin, world.lindesberg), world.outsider)->unconfirmed == 0);

    world.now += 1h;
    PurgeReceipt receipt;
    receipt.compartments = {world.compartment(world.label)};
    receipt.noticed_at = world.now;
    receipt.purged_at = world.now;
    const Stream notice{StreamKind::notice, world.case_id, world.lead.unit.unit};
    scene.school.start();
    scene.school.push_all(EntryKind::statement, {world.say(world.counsellor, notice, receipt)});
    CHECK(FleetScene::row(scene.ask(admin, world.lindesberg), world.counsellor)->unconfirmed == 0);
}

TEST_CASE("Hub: a device that floods it with reports is turned away, its neighbours are not",
          "[hub][fleet][attack]") {
    HubLimits limits;
    limits.report_rate = {10s, 5};
    FleetScene scene{limits};
    scene.team.start();
    scene.school.start();
    for (int i = 0; i < 6; ++i) scene.team.send(a_report());
    scene.team.pull();
    const auto* const bye = scene.team.last<Goodbye>();
    REQUIRE(bye != nullptr);
    CHECK(bye->why == Errc::rate_limited);
    CHECK(scene.team.closed);
    scene.school.send(a_report());
    scene.school.pull();
    CHECK_FALSE(scene.school.closed);
}

TEST_CASE("Hub: a device that a bad network throws out again and again is not turned away",
          "[hub][fleet]") {
    HubLimits limits;
    limits.report_rate = {10s, 5};
    FleetScene scene{limits};
    for (std::uint32_t session = 1; session <= 12; ++session) {
        ScriptedClient client{scene.world, scene.world.lead, session + 10};
        client.start();
        client.send(a_report());
        client.pull();
        CHECK_FALSE(client.closed);
        client.drop();
    }
}

TEST_CASE("Hub: garbage for a report ends the session and stays out of the storage",
          "[hub][fleet][attack]") {
    FleetScene scene;
    HubWorld& world = scene.world;
    scene.team.start();
    DeviceReport report = a_report();
    report.version = "1.0\x1b[2J";
    scene.team.send(report);
    scene.team.pull();
    CHECK(scene.team.closed);
    CHECK_FALSE(world.storage->fleet().find(world.lead.device)->report);

    ScriptedClient again{world, world.lead, 9};
    again.start();
    report.version = std::string(version_bytes_max + 1, '1');
    again.send(report);
    again.pull();
    CHECK(again.closed);
    CHECK_FALSE(world.storage->fleet().find(world.lead.device)->report);
}

TEST_CASE("Hub: a second query while one waits ends the session", "[hub][fleet][attack]") {
    FleetScene scene;
    scene.admin.start();
    scene.admin.send(FleetQuery{scene.world.nora, {}});
    scene.admin.send(FleetQuery{scene.world.nora, {}});
    scene.admin.pull();
    CHECK(scene.admin.closed);
    CHECK(scene.admin.count<FleetRows>() == 0);
}

TEST_CASE("Hub: a report before the handshake is over is no message", "[hub][fleet][attack]") {
    FleetScene scene;
    HubWorld& world = scene.world;
    world.hub->on_open(LinkId{99}, Hash{}, world.now);
    REQUIRE(world.hub->begin_group());
    world.hub->on_message(LinkId{99}, encode_message(a_report()), world.now);
    REQUIRE(world.hub->end_group(world.now));
    const auto next = world.hub->next_message(LinkId{99}, world.now);
    CHECK(next.close);
}

}  // namespace samsyn
