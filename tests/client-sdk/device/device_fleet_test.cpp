// What administrators know of their devices, and what two persons sign.

#include "core/wire/statement_codec.hpp"
#include "tests/client-sdk/device/life_scene.hpp"

namespace samsyn {

// --- The fleet -----------------------------------------------------------------------------------

namespace {

const FleetDevice* find_device(const FleetView& view, const DeviceId& id) {
    const auto found = std::ranges::find(view.devices, id, &FleetDevice::id);
    return found == view.devices.end() ? nullptr : &*found;
}

bool warns(const FleetDevice& device, FleetWarning warning) {
    return std::ranges::count(device.warnings, warning) > 0;
}

FleetView fleet_of_team(LifeScene& scene) {
    const auto organisation =
        must(scene.admin.certificate(scene.worker->device->device())).organisation;
    scene.admin.ask_fleet(organisation);
    scene.sync_admin();
    return must(scene.admin.fleet(organisation));
}

/// Another municipality's administrator, and a role that wants a second person.
struct TwoPersonScene : LifeScene {
    TwoPersonScene() : other(admit_administrator(*this, "Bo Lind")) {}

    Role role_of_worker(Person& reader) {
        for (const UserView& view : reader.device->users())
            if (view.id == worker->user) return view.role;
        return Role::none;
    }

    /// What the administrator's machine knows of where somebody works.
    std::set<UnitId> workplaces(const UserId& user) {
        for (const UserView& view : world.administrator().device->users())
            if (view.id == user) return {view.units.begin(), view.units.end()};
        return {};
    }

    void confirm(const StatementId& act) {
        sync_admin();
        sync(*other);
        must(Provisioning{*other->device}.confirm(act));
        sync(*other);
        sync_admin();
    }

    std::unique_ptr<Person> other;
};

}  // namespace

TEST_CASE("Provisioning: the fleet says what devices have told, and from when",
          "[provisioning][fleet]") {
    LifeScene scene;
    scene.sync(*scene.worker);
    const Instant seen = scene.clock.now();
    scene.clock.advance(1h);
    const FleetView view = fleet_of_team(scene);
    CHECK_FALSE(view.refused);
    CHECK(view.asked_at == scene.clock.now());
    const FleetDevice* const tablet = find_device(view, scene.worker->device->device());
    REQUIRE(tablet != nullptr);
    CHECK(tablet->last_contact == seen);
    REQUIRE(tablet->report);
    CHECK(tablet->report->unsent == 0);
    CHECK_FALSE(tablet->report->version.empty());
    CHECK(tablet->lease_ends == seen + lease_policy.reading);
    CHECK(tablet->warnings.empty());
    CHECK(find_device(view, scene.counsellor->device->device()) == nullptr);
}

TEST_CASE("Provisioning: the fleet is sorted by trust: revoked and not empty first",
          "[provisioning][fleet]") {
    LifeScene scene;
    const auto late = scene.world.enrol("Rut Berg", scene.world.team, Role::social_worker);
    must(scene.world.administrator().device->revoke_device(scene.worker->device->device()));
    must(scene.admin.report_lost(scene.psychologist->device->device()));
    const FleetView view = fleet_of_team(scene);
    REQUIRE(view.devices.size() >= 3);
    CHECK(view.devices[0].id == scene.worker->device->device());
    CHECK(view.devices[0].warnings.front() == FleetWarning::revoked_not_emptied);
    CHECK(warns(view.devices[0], FleetWarning::purges_unconfirmed));
    CHECK(view.devices[1].id == scene.psychologist->device->device());
    CHECK(view.devices[1].warnings.front() == FleetWarning::lost);
    const FleetDevice* const unseen = find_device(view, late->device->device());
    REQUIRE(unseen != nullptr);
    CHECK(unseen->warnings == std::vector{FleetWarning::never_seen});
    CHECK(view.warnings.at(FleetWarning::lost) == 1);
}

TEST_CASE("Provisioning: a silent tablet's lease and silence show, and a month later more of them",
          "[provisioning][fleet]") {
    LifeScene scene;
    scene.clock.advance(24h * 8);
    const FleetView week = fleet_of_team(scene);
    const FleetDevice* tablet = find_device(week, scene.worker->device->device());
    REQUIRE(tablet != nullptr);
    CHECK(tablet->warnings == std::vector{FleetWarning::lease_over});
    scene.clock.advance(24h * 7);
    const FleetView fortnight = fleet_of_team(scene);
    tablet = find_device(fortnight, scene.worker->device->device());
    CHECK(tablet->warnings == std::vector{FleetWarning::lease_over, FleetWarning::long_silent});
}

// --- Two persons ---------------------------------------------------------------------------------

TEST_CASE("Provisioning: a log reviewer is one once another administrator has confirmed it",
          "[provisioning][two_persons]") {
    TwoPersonScene scene;
    Provisioning second{*scene.other->device};
    const StatementId act =
        must(scene.admin.change_role(scene.worker->user, scene.world.team, Role::log_reviewer));
    scene.sync_admin();
    scene.sync(*scene.other);
    scene.sync(*scene.psychologist);
    CHECK(scene.role_of_worker(*scene.psychologist) == Role::social_worker);

    const auto waiting = second.waiting();
    REQUIRE(waiting.size() == 1);
    CHECK(waiting.front().id == act);
    CHECK(waiting.front().user == scene.worker->user);
    CHECK(waiting.front().role == Role::log_reviewer);
    CHECK_FALSE(waiting.front().refusal);
    CHECK_FALSE(waiting.front().over);
    // Not by the one who said it, and not by anybody.
    CHECK(scene.admin.waiting().front().refusal);
    CHECK_FALSE(scene.admin.confirm(act));
    CHECK_FALSE(Provisioning{*scene.psychologist->device}.confirm(act));
    CHECK(scene.role_of_worker(*scene.psychologist) == Role::social_worker);

    must(second.confirm(act));
    CHECK(second.waiting().empty());
    CHECK_FALSE(second.confirm(act));
    scene.sync(*scene.other);
    scene.sync(*scene.psychologist);
    CHECK(scene.role_of_worker(*scene.psychologist) == Role::log_reviewer);
}

TEST_CASE("Provisioning: a head whom two persons made confirms for the unit, on the own tablet",
          "[provisioning][two_persons]") {
    TwoPersonScene scene;
    const StatementId head =
        must(scene.admin.change_role(scene.worker->user, scene.world.team, Role::head_of_unit));
    scene.sync_admin();
    scene.sync(*scene.other);
    must(Provisioning{*scene.other->device}.confirm(head));
    scene.sync(*scene.other);
    scene.sync(*scene.worker);
    CHECK(scene.role_of_worker(*scene.worker) == Role::head_of_unit);

    const StatementId reviewer = must(
        scene.admin.change_role(scene.psychologist->user, scene.world.team, Role::log_reviewer));
    scene.sync_admin();
    scene.sync(*scene.worker);
    must(Provisioning{*scene.worker->device}.confirm(reviewer));
    CHECK(Provisioning{*scene.worker->device}.waiting().empty());
}

TEST_CASE("Provisioning: a head who moves keeps the old place until the new one is confirmed",
          "[provisioning][two_persons]") {
    TwoPersonScene scene;
    const UserId head = scene.counsellor->user;
    const UnitId school = scene.world.school;
    const UnitId social = scene.world.social;
    scene.confirm(must(scene.admin.change_role(head, school, Role::head_of_unit)));
    const MoveUser move{head, school, social, {}, {}};
    const Error refused{Errc::conflict, std::string{move_wants_place}};

    CHECK(scene.admin.move_user(move).error() == refused);
    CHECK(scene.admin.waiting().empty());  // half of it would be listed
    CHECK(scene.workplaces(head) == std::set{school});

    const StatementId placed =
        must(scene.admin.place_user(head, social, Role::head_of_unit, scene.clock.now()));
    CHECK(scene.admin.move_user(move).error() == refused);  // nobody has confirmed yet
    scene.confirm(placed);
    CHECK(scene.workplaces(head) == std::set{school, social});

    must(scene.admin.move_user(move));
    const auto waiting = scene.admin.waiting();
    REQUIRE(waiting.size() == 1);  // the end of a head's place is a word about a head
    CHECK(waiting.front().unit == school);
    CHECK(scene.workplaces(head) == std::set{school, social});
    scene.confirm(waiting.front().id);
    CHECK(scene.workplaces(head) == std::set{social});
}

TEST_CASE("Provisioning: who becomes head by moving does not lose the old place before",
          "[provisioning][two_persons]") {
    TwoPersonScene scene;
    const UserId person = scene.counsellor->user;
    const MoveUser move{person, scene.world.school, scene.world.social, Role::head_of_unit, {}};
    CHECK(scene.admin.move_user(move).error() ==
          Error{Errc::conflict, std::string{move_wants_place}});
    CHECK(scene.workplaces(person) == std::set{scene.world.school});
    scene.confirm(must(
        scene.admin.place_user(person, scene.world.social, Role::head_of_unit, scene.clock.now())));
    must(scene.admin.move_user(move));
    CHECK(scene.admin.waiting().empty());  // an ordinary place ends by one word
    CHECK(scene.workplaces(person) == std::set{scene.world.social});
}

TEST_CASE("Provisioning: after 72 hours a confirmation comes too late",
          "[provisioning][two_persons][attack]") {
    TwoPersonScene scene;
    Provisioning second{*scene.other->device};
    const StatementId act =
        must(scene.admin.change_role(scene.worker->user, scene.world.team, Role::log_reviewer));
    scene.sync_admin();
    scene.sync(*scene.other);
    scene.clock.advance(73h);
    REQUIRE(second.waiting().size() == 1);
    CHECK(second.waiting().front().over);
    CHECK(second.confirm(act).error().code == Errc::timed_out);
}

TEST_CASE("Provisioning: two persons without a network confirm by text",
          "[provisioning][two_persons]") {
    TwoPersonScene scene;
    Provisioning second{*scene.other->device};
    const StatementId act =
        must(scene.admin.change_role(scene.worker->user, scene.world.team, Role::log_reviewer));
    const std::string text = must(scene.admin.export_statement(act));
    CHECK(text.starts_with("samsyn1-statement-"));
    CHECK(must(second.import_statement(text)) == act);
    CHECK(must(second.import_statement(text)) == act);  // twice is once
    const StatementId confirmed = must(second.confirm(act));
    must(scene.admin.import_statement(must(second.export_statement(confirmed))));
    CHECK(scene.admin.waiting().empty());
    CHECK(scene.role_of_worker(scene.world.administrator()) == Role::log_reviewer);
    // And the server takes it from either side.
    scene.sync_admin();
    scene.sync(*scene.other);
    scene.sync(*scene.psychologist);
    CHECK(scene.role_of_worker(*scene.psychologist) == Role::log_reviewer);
}

TEST_CASE("Provisioning: a text that was changed on its way is not taken",
          "[provisioning][two_persons][attack]") {
    TwoPersonScene scene;
    Provisioning second{*scene.other->device};
    const StatementId act =
        must(scene.admin.change_role(scene.worker->user, scene.world.team, Role::log_reviewer));
    std::string text = must(scene.admin.export_statement(act));
    std::string mistyped = text;
    mistyped[40] = mistyped[40] == 'a' ? 'b' : 'a';
    CHECK(second.import_statement(mistyped).error().code == Errc::malformed);
    CHECK_FALSE(second.import_statement(""));
    CHECK_FALSE(second.import_statement("samsyn1-statement-"));
    CHECK_FALSE(second.import_statement(std::string(100'000, 'a')));
    CHECK_FALSE(second.export_statement(StatementId{}));
    CHECK(second.waiting().empty());

    // Said by somebody who may not: it may be in the log of a liar, and does nothing.
    StatementHeader header;
    header.federation = scene.world.federation();
    header.author = scene.world.administrator().device->device();
    header.counter = 9000;
    header.previous = scene.other->device->federation_heads();
    header.time = HybridTime::at(scene.clock.now());
    const Statement forged = sign_statement(
        header,
        UserRemoved{scene.worker->user,
                    must(scene.admin.certificate(scene.worker->device->device())).organisation,
                    Instant{}},
        scene.worker->signing,  // not the author's key
        scene.world.hasher());
    CHECK_FALSE(scene.other->device->import_statement(encode_statement(forged)));
}

}  // namespace samsyn
