#include "core/policy/two_persons.hpp"

#include "tests/core/policy/provision_scene.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace samsyn::test;

TEST_CASE("Two persons: a further device waits, is listed, and counts when somebody confirms it",
          "[policy][two]") {
    ProvisionScene scene;
    const auto said = scene.further(scene.officer);
    const auto device = ProvisionScene::device_in(said);
    CHECK(scene.waits(said));
    CHECK(scene.federation().device(device) == nullptr);
    CHECK(scene.federation().waiting_acts() ==
          std::vector{WaitingAct{said->id, said->header.time.instant() + hours{72}}});
    CHECK(scene.federation().may_sign(said->header, said->body));

    const auto second = GENERATE(0, 1, 2, 3);
    const std::array by{scene.officer.device,
                        scene.other_admin,
                        scene.head.device,
                        scene.administrator(scene.nora)};
    const auto& who = by.at(static_cast<std::size_t>(second));
    CHECK(scene.federation().may_countersign(who, said->id));
    const auto word = scene.confirm(said, who);
    CHECK(scene.has_effect(said));
    CHECK(scene.has_effect(word));
    CHECK(scene.stands(device));
    CHECK(scene.stands(scene.officer.device));
    CHECK(scene.federation().waiting_acts().empty());
    CHECK(scene.federation().may_countersign(who, said->id).error().code == Errc::already_exists);
}

TEST_CASE("Two persons: a first device, a renewal and a room screen want nobody", "[policy][two]") {
    ProvisionScene scene;
    auto renewed = scene.federation().device(scene.officer.device)->certificate;
    renewed.until = scene.now + days{400};
    CHECK(scene.has_effect(scene.say(scene.admin, renewed)));
    const auto key = scene.fresh_key();
    DeviceCertified screen{.device = World::device_of(key),
                           .kind = DeviceKind::room_screen,
                           .organisation = scene.lindesberg,
                           .user = {},
                           .signing_key = key,
                           .sealing_key = scene.fresh<SealingPublicKey>()};
    CHECK(scene.has_effect(scene.say(scene.admin, screen)));
    const auto newcomer = scene.staff(scene.social, Role::case_officer);
    CHECK(scene.stands(newcomer.device));
    CHECK(scene.stands(scene.officer.device));
}

TEST_CASE("Two persons: a loaner of somebody who has a device is a further one", "[policy][two]") {
    ProvisionScene scene;
    auto loaner = scene.draft_tablet(scene.officer, scene.fresh_key());
    loaner.kind = DeviceKind::loaner;
    loaner.until = scene.now + days{7};
    CHECK(scene.waits(scene.say(scene.admin, loaner)));
}

TEST_CASE("Two persons: a device that replaces a revoked one is a further one", "[policy][two]") {
    ProvisionScene scene;
    scene.revoke(scene.officer.device, scene.lindesberg);
    const auto said = scene.further(scene.officer);
    CHECK(scene.waits(said));
    scene.confirm(said, scene.head.device);
    CHECK(scene.stands(ProvisionScene::device_in(said)));
}

TEST_CASE("Two persons: the device that confirmed may be revoked later, its word stands",
          "[policy][two]") {
    ProvisionScene scene;
    const auto said = scene.further(scene.officer);
    scene.confirm(said, scene.officer.device);
    scene.revoke(scene.officer.device, scene.lindesberg);
    CHECK(scene.stands(ProvisionScene::device_in(said)));
    CHECK_FALSE(scene.stands(scene.officer.device));
}

TEST_CASE("Two persons: a head who has another role since has confirmed what was confirmed",
          "[policy][two]") {
    ProvisionScene scene;
    const auto said = scene.further(scene.officer);
    scene.confirm(said, scene.head.device);
    scene.now += hours{1};
    scene.role(scene.head, Role::case_officer);
    CHECK(scene.has_effect(said));
    const auto later = scene.further(scene.officer);
    scene.confirm(later, scene.head.device);
    CHECK(scene.waits(later));
}

TEST_CASE("Two persons: devices that confirm one another rest on the first", "[policy][two]") {
    ProvisionScene scene;
    const auto one = scene.further(scene.officer);
    const auto two = scene.further(scene.officer);
    scene.confirm(one, ProvisionScene::device_in(two));
    CHECK(scene.waits(one));
    scene.confirm(two, ProvisionScene::device_in(one));
    CHECK(scene.waits(one));  // neither of them by anybody who counts
    CHECK(scene.waits(two));
    scene.confirm(two, scene.officer.device);
    CHECK(scene.has_effect(two));
    CHECK(scene.has_effect(one));
}

TEST_CASE("Two persons: the first administrator of an organisation needs nobody, others do",
          "[policy][two]") {
    ProvisionScene scene;
    const auto said = scene.further_machine(scene.lindesberg, scene.fresh<UserId>());
    const auto& machine = std::get<AdministratorCertified>(said->body).device;
    CHECK(scene.waits(said));
    CHECK_FALSE(scene.federation().is_administrator(machine, scene.lindesberg));
    CHECK(scene.federation().is_administrator(scene.admin, scene.lindesberg));

    SECTION("by the one certified") {
        scene.confirm(said, machine);
        CHECK(scene.waits(said));
    }
    SECTION("by somebody who is no administrator") {
        scene.confirm(said, scene.head.device);
        CHECK(scene.waits(said));
    }
    SECTION("by the first of the organisation, or of another") {
        const auto own = GENERATE(true, false);
        scene.confirm(said, own ? scene.admin : scene.other_admin);
        CHECK(scene.federation().is_administrator(machine, scene.lindesberg));
    }
}

TEST_CASE("Two persons: a tablet becomes an administrator's when it is confirmed",
          "[policy][two]") {
    ProvisionScene scene;
    const auto& tablet = scene.officer.device;
    const auto certificate = scene.federation().device(tablet)->certificate;
    const auto said = scene.say(scene.root,
                                AdministratorCertified{.organisation = scene.lindesberg,
                                                       .user = scene.officer.user,
                                                       .device = tablet,
                                                       .signing_key = certificate.signing_key,
                                                       .sealing_key = certificate.sealing_key});
    CHECK(scene.waits(said));
    CHECK(scene.federation().without_effect().size() == 1);
    scene.confirm(said, scene.other_admin);
    const auto federation = scene.federation();
    CHECK(federation.without_effect().empty());
    CHECK(federation.is_administrator(tablet, scene.lindesberg));
    CHECK(federation.device(tablet)->certificate.kind == DeviceKind::administrator_machine);
    CHECK(scene.ask_as(scene.officer, scene.social_item()).permitted());
}

TEST_CASE("Two persons: backdating makes no machine the first; the root's counter counts",
          "[policy][two][attack]") {
    ProvisionScene scene;
    scene.now -= days{3000};
    const auto said = scene.further_machine(scene.lindesberg, scene.fresh<UserId>());
    scene.now += days{3000};
    CHECK(scene.waits(said));
    CHECK(scene.federation().is_administrator(scene.admin, scene.lindesberg));
}

TEST_CASE("Two persons: log reviewers, heads and the role of administrator want two",
          "[policy][two]") {
    ProvisionScene scene;
    const auto role = GENERATE(Role::log_reviewer, Role::head_of_unit, Role::administrator);
    const auto said = scene.role(scene.nurse, role);
    CHECK(scene.waits(said));
    const auto as_now = [&] {
        return scene.federation().role_in(scene.nurse.user, scene.nurses.unit, scene.now);
    };
    CHECK(as_now() == Role::school_nurse);
    scene.confirm(said, scene.nurse.device);  // not by whom it is about
    CHECK(as_now() == Role::school_nurse);
    scene.confirm(said, scene.head.device);  // nor by the head of another unit
    CHECK(as_now() == Role::school_nurse);
    scene.confirm(said, scene.other_admin);
    CHECK(as_now() == role);
}

TEST_CASE("Two persons: the head of the unit confirms a log reviewer of it", "[policy][two]") {
    ProvisionScene scene;
    const auto said = scene.role(scene.officer, Role::log_reviewer);
    scene.confirm(said, scene.head.device);
    CHECK(scene.has_effect(said));
}

TEST_CASE("Two persons: a second signature in the statement is as good", "[policy][two]") {
    ProvisionScene scene;
    const auto add = [&](const DeviceId& second) {
        auto said = std::make_shared<Statement>(*scene.further(scene.officer));
        said->id = scene.fresh<StatementId>();
        said->header.counter = ++scene.counters[scene.admin];
        auto certificate = scene.draft_tablet(scene.officer, scene.fresh_key());
        said->body = certificate;
        said->second = SecondSignature{second, {}};
        scene.federation_log.add(said);
        return scene.has_effect(said);
    };
    CHECK(add(scene.officer.device));
    CHECK(add(scene.other_admin));
    CHECK_FALSE(add(scene.admin));
    CHECK_FALSE(add(scene.counsellor.device));
}

TEST_CASE("Log restored: a word from another organisation is as good as a second signature",
          "[policy][two]") {
    ProvisionScene scene;
    const auto said = scene.say(
        scene.admin,
        LogRestored{
            scene.fresh<Incarnation>(), 100, scene.fresh<Hash>(), scene.fresh<Incarnation>()});
    CHECK(scene.waits(said));
    CHECK(scene.federation().restores().empty());
    scene.confirm(said, scene.head.device);
    CHECK(scene.federation().restores().empty());
    scene.confirm(said, scene.other_admin);
    CHECK(scene.federation().restores().size() == 1);
    CHECK(scene.federation().waiting_acts().empty());
}

TEST_CASE("Recovery key: two certify it, one generation after the other", "[policy][two]") {
    ProvisionScene scene;
    const auto first = scene.recovery_key(1);
    const auto said = scene.say(scene.admin, first);
    CHECK(scene.waits(said));
    CHECK(scene.federation().recovery_key(scene.lindesberg) == nullptr);
    scene.confirm(said, scene.head.device);
    REQUIRE(scene.federation().recovery_key(scene.lindesberg));
    CHECK(scene.federation().recovery_key(scene.lindesberg)->key == first.key);

    const auto jump = scene.say(scene.admin, scene.recovery_key(0xffffffff));
    scene.confirm(jump, scene.other_admin);
    CHECK_FALSE(scene.has_effect(jump));
    const auto again = scene.say(scene.admin, scene.recovery_key(1));
    scene.confirm(again, scene.other_admin);
    CHECK_FALSE(scene.has_effect(again));

    const auto second = scene.recovery_key(2);
    scene.confirm(scene.say(scene.admin, second), scene.other_admin);
    const auto federation = scene.federation();
    CHECK(federation.recovery_key(scene.lindesberg)->key == second.key);
    REQUIRE(federation.recovery_key(scene.lindesberg, 1));
    CHECK(federation.recovery_key(scene.lindesberg, 1)->key == first.key);
    CHECK(federation.recovery_key(scene.lindesberg, 3) == nullptr);
    CHECK(federation.recovery_key(scene.region) == nullptr);
}

TEST_CASE("Recovery: two let one device open for a time", "[policy][two]") {
    ProvisionScene scene;
    scene.confirm(scene.say(scene.admin, scene.recovery_key(1)), scene.other_admin);
    RecoveryUsed body{.organisation = scene.lindesberg,
                      .generation = 1,
                      .device = scene.officer.device,
                      .reason = scene.fresh<Hash>(),
                      .until = scene.now + hours{48}};
    const auto may = [&](Instant at, std::uint32_t generation = 1) {
        return scene.federation().may_recover(
            scene.officer.device, scene.lindesberg, generation, at);
    };
    const auto said = scene.say(scene.admin, body);
    CHECK(scene.waits(said));
    CHECK_FALSE(may(scene.now));
    scene.confirm(said, scene.head.device);
    CHECK(may(scene.now));
    CHECK_FALSE(may(scene.now, 2));
    CHECK_FALSE(may(scene.now + hours{48}));
    CHECK_FALSE(may(scene.now - hours{2}));
    CHECK(scene.federation().next_boundary(scene.officer.device, scene.now) == body.until);

    body.until = scene.now + hours{73};
    const auto longer = scene.say(scene.admin, body);
    scene.confirm(longer, scene.head.device);
    CHECK_FALSE(scene.has_effect(longer));
    CHECK_FALSE(scene.federation().is_waiting(longer->id));

    scene.say(scene.admin, DeviceSuspended{scene.officer.device});
    CHECK_FALSE(may(scene.now));
}

TEST_CASE("Attack: one administrator alone gives a clinician a second tablet", "[policy][attack]") {
    ProvisionScene scene;
    const auto said = scene.further(scene.officer);
    const Staff thief{scene.officer.user, ProvisionScene::device_in(said), scene.social};

    SECTION("by saying so") {}
    SECTION("by confirming it too") {
        CHECK_FALSE(scene.has_effect(scene.confirm(said, scene.admin)));
    }
    SECTION("with a machine of the same person") {
        const auto user = scene.administrators.at(scene.lindesberg).user;
        const auto machine = scene.further_machine(scene.lindesberg, user);
        scene.confirm(machine);
        scene.confirm(said, std::get<AdministratorCertified>(machine->body).device);
    }
    SECTION("with a head made up for it") {
        const Staff puppet{.user = scene.fresh<UserId>(), .device = {}, .unit = scene.social};
        scene.role(puppet, Role::head_of_unit);
        scene.confirm(said, scene.tablet(puppet));
    }
    SECTION("with a colleague of the clinician who is nothing else") {
        scene.confirm(said, scene.staff(scene.social, Role::case_officer).device);
    }
    SECTION("with the head of a unit where the clinician is not") {
        scene.confirm(said, scene.staff(scene.school, Role::head_of_unit).device);
    }
    SECTION("with the tablet itself") {
        scene.confirm(said, thief.device);
    }
    CHECK(scene.waits(said));
    CHECK_FALSE(scene.ask_as(thief, scene.social_item()).permitted());
    CHECK(scene.ask_as(scene.officer, scene.social_item()).permitted());
}

TEST_CASE("Attack: a back-dated certificate makes no tablet the first", "[policy][attack]") {
    ProvisionScene scene;
    const auto knows = GENERATE(true, false);
    std::optional<std::vector<StatementId>> previous;
    if (!knows) previous = knowing_nothing_at_all;
    const auto said = scene.say_at(scene.long_ago,
                                   scene.admin,
                                   scene.draft_tablet(scene.officer, scene.fresh_key()),
                                   previous);
    CHECK(scene.federation().device(ProvisionScene::device_in(said)) == nullptr);
    CHECK(scene.stands(scene.officer.device) == knows);  // else nobody can tell: no effect for both
    // Nor where the gap in the counters says that it was signed before.
    auto earlier = std::make_shared<Statement>(*said);
    earlier->id = scene.fresh<StatementId>();
    earlier->header.counter = 1;
    earlier->body = scene.draft_tablet(scene.officer, scene.fresh_key());
    scene.federation_log.add(earlier);
    CHECK(scene.federation().device(ProvisionScene::device_in(earlier)) == nullptr);
}

TEST_CASE("Attack: a further device confirmed too late", "[policy][attack]") {
    ProvisionScene scene;
    const auto said = scene.further(scene.officer);
    scene.now = said->header.time.instant() + hours{72};
    const auto in_time = scene.now;
    scene.now += hours{1};
    const auto late = scene.confirm(said, scene.other_admin);
    CHECK_FALSE(scene.has_effect(late));
    CHECK(scene.waits(said));  // for ever
    const auto header = late->header;
    CHECK(scene.federation().may_sign(header, late->body).error().code == Errc::timed_out);
    scene.now = in_time;
    scene.confirm(said, scene.other_admin);
    CHECK(scene.has_effect(said));
}

TEST_CASE("Attack: a word for a statement that its author did not know", "[policy][attack]") {
    ProvisionScene scene;
    const auto said = scene.further(scene.officer);
    const auto word = scene.say(scene.other_admin, Countersigned{said->id}, knowing_nothing_at_all);
    CHECK_FALSE(scene.has_effect(word));
    CHECK(scene.waits(said));
}

TEST_CASE("Attack: a word of a revoked device", "[policy][attack]") {
    ProvisionScene scene;
    const auto said = scene.further(scene.officer);
    const auto heads = scene.federation_log.heads(World::federation_stream());
    const auto server = scene.server();
    const auto revocation = scene.revoke(scene.officer.device, scene.lindesberg);
    SECTION("without a pin: what the revocation did not know") {
        scene.say(scene.officer.device, Countersigned{said->id}, heads);
        CHECK(scene.waits(said));
    }
    SECTION("past the pin") {
        scene.say(
            server,
            RevocationPinned{
                revocation->id, scene.officer.device, scene.counters[scene.officer.device], {}});
        scene.say(scene.officer.device, Countersigned{said->id}, heads);
        CHECK(scene.waits(said));
    }
    SECTION("before the pin it stands") {
        scene.say(scene.officer.device, Countersigned{said->id}, heads);
        scene.say(
            server,
            RevocationPinned{
                revocation->id, scene.officer.device, scene.counters[scene.officer.device], {}});
        CHECK(scene.has_effect(said));
    }
}

TEST_CASE("Attack: a word of a device that is lost", "[policy][attack]") {
    ProvisionScene scene;
    const auto said = scene.further(scene.officer);
    const auto heads = scene.federation_log.heads(World::federation_stream());
    scene.say(scene.admin, DeviceSuspended{scene.officer.device});
    const auto back_dated = GENERATE(true, false);
    if (back_dated)
        scene.say(scene.officer.device, Countersigned{said->id}, heads);
    else
        scene.confirm(said, scene.officer.device);
    CHECK(scene.waits(said));
    CHECK(scene.federation().may_countersign(scene.officer.device, said->id).error().code ==
          Errc::revoked_device);
}

TEST_CASE("Two persons: what is confirmed twice counts once", "[policy][two]") {
    ProvisionScene scene;
    const auto said = scene.further(scene.officer);
    const auto heads = scene.federation_log.heads(World::federation_stream());
    const auto one = scene.say(scene.other_admin, Countersigned{said->id}, heads);
    const auto two = scene.say(scene.head.device, Countersigned{said->id}, heads);
    CHECK(scene.has_effect(one));
    CHECK(scene.has_effect(two));
    CHECK(scene.has_effect(said));
    CHECK(scene.federation().may_sign(two->header, two->body));
}

TEST_CASE("Attack: a sealing key swapped by one administrator", "[policy][attack]") {
    ProvisionScene scene;
    auto swapped = scene.federation().device(scene.officer.device)->certificate;
    const auto own = swapped.sealing_key;
    swapped.sealing_key = scene.fresh<SealingPublicKey>();
    swapped.sealing_epoch = 2;
    const auto said = scene.say(scene.admin, swapped);
    CHECK(scene.waits(said));
    CHECK(scene.federation().device(scene.officer.device)->certificate.sealing_key == own);
    scene.confirm(said, scene.officer.device);  // who rotates it herself says so
    CHECK(scene.federation().device(scene.officer.device)->certificate.sealing_key ==
          swapped.sealing_key);
}

TEST_CASE("Attack: administrators of an organisation that has left confirm nothing",
          "[policy][attack]") {
    ProvisionScene scene;
    scene.say(
        scene.root,
        OrganisationAdmitted{
            .organisation = scene.region, .from = scene.long_ago, .until = scene.now - days{1}});
    const auto said = scene.further(scene.officer);
    scene.confirm(said, scene.other_admin);
    CHECK(scene.waits(said));
    scene.confirm(said, scene.administrator(scene.nora));
    CHECK(scene.has_effect(said));
}
