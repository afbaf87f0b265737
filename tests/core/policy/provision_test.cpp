#include "core/policy/lease.hpp"
#include "tests/core/policy/provision_scene.hpp"
#include "tests/support/catch.hpp"

#include <rapidcheck.h>

using namespace samsyn;
using namespace samsyn::test;

TEST_CASE("Suspension: a lost device reads nothing until it is found", "[policy][lost]") {
    ProvisionScene scene;
    const auto lost = scene.say(scene.admin, DeviceSuspended{scene.officer.device});
    CHECK(scene.federation().is_suspended(scene.officer.device));
    CHECK(scene.federation().suspensions(scene.officer.device) == std::vector{lost->id});
    CHECK(scene.ask_as(scene.officer, scene.social_item()).reasons ==
          std::vector{Reason::not_in_good_standing});

    const auto found = scene.say(scene.admin, DeviceResumed{scene.officer.device, {lost->id}});
    CHECK(scene.has_effect(found));
    CHECK_FALSE(scene.federation().is_suspended(scene.officer.device));
    CHECK(scene.ask_as(scene.officer, scene.social_item()).permitted());
}

TEST_CASE("Suspension: only what is named ends", "[policy][lost]") {
    ProvisionScene scene;
    const auto one = scene.say(scene.admin, DeviceSuspended{scene.officer.device});
    const auto two = scene.say(scene.admin, DeviceSuspended{scene.officer.device});
    scene.say(scene.admin, DeviceResumed{scene.officer.device, {one->id}});
    CHECK(scene.federation().suspensions(scene.officer.device) == std::vector{two->id});
    // What is named under another device's name neither.
    scene.say(scene.admin, DeviceResumed{scene.nurse.device, {two->id}});
    CHECK(scene.federation().is_suspended(scene.officer.device));
    scene.say(scene.admin, DeviceResumed{scene.officer.device, {two->id}});
    CHECK_FALSE(scene.federation().is_suspended(scene.officer.device));
}

TEST_CASE("Attack: a foreign administrator, or nobody, suspends and resumes", "[policy][attack]") {
    ProvisionScene scene;
    const auto& author = GENERATE(true, false) ? scene.other_admin : scene.head.device;
    const auto said = scene.say(author, DeviceSuspended{scene.officer.device});
    CHECK_FALSE(scene.has_effect(said));
    CHECK(scene.stands(scene.officer.device));

    const auto lost = scene.say(scene.admin, DeviceSuspended{scene.officer.device});
    scene.say(author, DeviceResumed{scene.officer.device, {lost->id}});
    CHECK(scene.federation().is_suspended(scene.officer.device));
}

TEST_CASE("Attack: a suspended administrator ends no suspension", "[policy][attack]") {
    ProvisionScene scene;
    const auto machine = scene.further_machine(scene.lindesberg, scene.fresh<UserId>());
    scene.confirm(machine, scene.other_admin);
    const auto colleague = std::get<AdministratorCertified>(machine->body).device;
    const auto lost = scene.say(scene.admin, DeviceSuspended{colleague});

    SECTION("its own") {
        scene.say(colleague, DeviceResumed{colleague, {lost->id}});
        CHECK(scene.federation().is_suspended(colleague));
    }
    SECTION("nor do two who suspend each other") {
        const auto back = scene.say(colleague, DeviceSuspended{scene.admin});
        scene.say(scene.admin, DeviceResumed{scene.admin, {back->id}});
        scene.say(colleague, DeviceResumed{colleague, {lost->id}});
        CHECK(scene.federation().is_suspended(colleague));
        CHECK(scene.federation().is_suspended(scene.admin));
        // The root ends it, for machines.
        scene.say(scene.root, DeviceResumed{scene.admin, {back->id}});
        CHECK_FALSE(scene.federation().is_suspended(scene.admin));
        CHECK(scene.federation().is_suspended(colleague));
    }
    SECTION("and says nothing that opens") {
        const auto unit = UnitCertified{{scene.lindesberg, scene.fresh<UnitId>(), Regime::social}};
        StatementHeader header;
        header.author = colleague;
        header.counter = 99;
        header.time = HybridTime::at(scene.now);
        CHECK(scene.federation().may_sign(header, unit).error().code == Errc::revoked_device);
        CHECK(scene.federation().may_sign(header, DeviceRevoked{scene.officer.device}));
    }
}

TEST_CASE("Lease: the shortest of the units of a user, seven days without", "[policy][lease]") {
    ProvisionScene scene;
    const auto lease = [&] {
        return scene.federation().reading_lease(scene.officer.device, scene.now);
    };
    const auto say = [&](const UnitRef& unit, std::uint16_t reading) {
        return scene.say(scene.administrator(unit.organisation), UnitLease{unit.unit, reading});
    };
    CHECK(lease() == hours{7 * 24});
    say(scene.social, 72);
    CHECK(lease() == hours{72});
    say(scene.social, 720);
    CHECK(lease() == hours{720});
    scene.join(scene.officer.user, scene.school, Role::school_counsellor);
    CHECK(lease() == hours{7 * 24});
    say(scene.school, 24);
    CHECK(lease() == hours{24});
    CHECK(scene.federation().reading_lease(scene.psychiatrist.device, scene.now) == hours{7 * 24});
    CHECK(scene.federation().reading_lease(scene.fresh<DeviceId>(), scene.now) == hours{7 * 24});
}

TEST_CASE("Attack: a lease that is too long, or of a foreign administrator", "[policy][attack]") {
    ProvisionScene scene;
    CHECK_FALSE(scene.has_effect(scene.say(scene.admin, UnitLease{scene.social.unit, 721})));
    CHECK_FALSE(scene.has_effect(scene.say(scene.admin, UnitLease{scene.social.unit, 23})));
    CHECK_FALSE(scene.has_effect(scene.say(scene.other_admin, UnitLease{scene.social.unit, 30})));
    CHECK(scene.federation().reading_lease(scene.officer.device, scene.now) == hours{7 * 24});
}

TEST_CASE("Lease: ends by the unit's own length", "[policy][lease]") {
    const Instant fresh = std::chrono::sys_days{std::chrono::year{2026} / 5 / 4};
    const Lease lease{.fresh_at = fresh, .now = fresh + hours{80}, .reading = hours{72}};
    CHECK(lease.reading_ends() == fresh + hours{72});
    CHECK_FALSE(lease.may_read());
    CHECK(Lease{.fresh_at = fresh, .now = fresh + hours{80}}.may_read());
}

TEST_CASE("Organisation: it joins and leaves on dates that are known ahead", "[policy]") {
    ProvisionScene scene;
    const auto leaves = scene.now + days{365};
    scene.say(scene.root,
              OrganisationAdmitted{
                  .organisation = scene.lindesberg, .from = scene.long_ago, .until = leaves});
    CHECK(scene.stands(scene.officer.device));
    CHECK(scene.federation().next_boundary(scene.officer.device, scene.now) == leaves);
    scene.now = leaves;
    CHECK_FALSE(scene.stands(scene.officer.device));
    CHECK_FALSE(scene.federation().is_member(scene.lindesberg, scene.now));

    const auto joins = scene.now + days{180};
    const auto id = scene.fresh<OrganisationId>();
    scene.say(scene.root, OrganisationAdmitted{.organisation = id, .from = joins});
    const auto machine = scene.further_machine(id, scene.fresh<UserId>());
    CHECK(scene.has_effect(machine));
    const auto& admin = std::get<AdministratorCertified>(machine->body).device;
    // Its administrator prepares before the day, and confirms nothing elsewhere.
    const UnitRef unit{id, scene.fresh<UnitId>(), Regime::social};
    CHECK(scene.has_effect(scene.say(admin, UnitCertified{unit})));
    const auto said = scene.further(scene.psychiatrist);
    scene.confirm(said, admin);
    CHECK(scene.waits(said));
}

TEST_CASE("Organisation: the root's newest word counts, by its own counter", "[policy][attack]") {
    ProvisionScene scene;
    const auto admitted = [&](Instant until) {
        return OrganisationAdmitted{
            .organisation = scene.lindesberg, .from = scene.long_ago, .until = until};
    };
    // A clock that was ahead at the machine of the root when the organisation was to leave.
    scene.say_at(scene.now + days{30}, scene.root, admitted(scene.now - days{1}));
    CHECK_FALSE(scene.stands(scene.officer.device));
    scene.say(scene.root, admitted(instant_max));
    CHECK(scene.stands(scene.officer.device));
}

TEST_CASE("User: what lies between leaving a unit and coming back is nobody's time there",
          "[policy][attack]") {
    ProvisionScene scene;
    const auto place = [&](Instant from, Instant until) {
        return UserCertified{.user = scene.officer.user,
                             .organisation = scene.lindesberg,
                             .unit = scene.social.unit,
                             .role = Role::case_officer,
                             .from = from,
                             .until = until};
    };
    const auto start = scene.now;
    scene.join(scene.officer.user, scene.school, Role::principal);
    Staff moved = scene.officer;
    moved.unit = scene.school;
    scene.add_participant(scene.id, scene.lead, moved);
    scene.say(scene.admin, place(scene.long_ago, start));
    const Requester officer = scene.officer.requester();
    const auto reads = [&] {
        return scene.ask(scene.id, scene.social_item(), officer).permitted();
    };
    const auto school_reads = [&] {
        return scene.ask_as(scene.counsellor, scene.social_item()).permitted();
    };
    CHECK_FALSE(reads());

    // What is recorded for the unit meanwhile its own people have to confirm.
    scene.now = start + days{10};
    scene.consent(scene.id, scene.officer, scene.to_school(scene.a));
    scene.consent(scene.id, scene.officer, scene.to_school(scene.b));
    CHECK_FALSE(school_reads());

    scene.now = start + days{20};
    scene.say(scene.admin, place(scene.now, instant_max));
    CHECK(reads());  // the own unit reads everything, whenever it was written
    CHECK_FALSE(school_reads());
    const auto members = scene.federation();
    CHECK(members.works_in(scene.officer.user, scene.social.unit, start - days{1}));
    CHECK_FALSE(members.works_in(scene.officer.user, scene.social.unit, start + days{10}));

    // And the roster has its own word.
    scene.sign(scene.lead.device,
               World::roster_stream(scene.id, scene.social.unit),
               ParticipantRemoved{.user = scene.officer.user, .unit = scene.social.unit});
    CHECK_FALSE(reads());
}

TEST_CASE("Property: a certificate gives a place within its dates, and takes none that was over",
          "[policy][property]") {
    using Span = std::pair<std::uint8_t, std::uint8_t>;
    CHECK(rc::check([](const std::vector<Span>& spans) {
        ProvisionScene scene;
        const auto user = scene.fresh<UserId>();
        const auto day = [&](std::size_t number) { return scene.now + days{number}; };
        const auto worked = [&] {
            std::vector<bool> each;
            const auto members = scene.federation();
            for (std::size_t number = 0; number < 256; ++number)
                each.push_back(members.works_in(user, scene.social.unit, day(number)));
            return each;
        };
        auto before = worked();
        for (const Span& span : std::span{spans}.first(std::min<std::size_t>(spans.size(), 6))) {
            const std::size_t from = span.first;
            const std::size_t until = span.second;
            scene.say(scene.admin,
                      UserCertified{.user = user,
                                    .organisation = scene.lindesberg,
                                    .unit = scene.social.unit,
                                    .role = Role::case_officer,
                                    .from = day(from),
                                    .until = day(until)});
            const auto after = worked();
            for (std::size_t number = 0; number < 256; ++number) {
                const bool was = before[number];
                const bool is = after[number];
                if (number >= from) RC_ASSERT(is == (number < until));
                // What goes on when it begins is replaced from its own beginning.
                if (number < from && is) RC_ASSERT(was);
                if (number < from && !before[from]) RC_ASSERT(is == was);
            }
            before = after;
        }
    }));
}

TEST_CASE("Restores: a way leads from a life to another one, though a backup was restored twice",
          "[policy]") {
    const auto life = [](unsigned char number) {
        Incarnation id;
        id.bytes.fill(std::byte{number});
        return id;
    };
    const auto restored = [&](unsigned char from, unsigned char to) {
        return LogRestored{life(from), 7, {}, life(to)};
    };
    const std::vector all{
        restored(1, 2), restored(1, 3), restored(3, 4), restored(5, 4), restored(2, 1)};
    CHECK(restores_between(all, life(1), life(4), 4) == std::vector{all[1], all[2]});
    CHECK(restores_between(all, life(1), life(2), 4) == std::vector{all[0]});
    CHECK(restores_between(all, life(5), life(4), 4) == std::vector{all[3]});
    CHECK(restores_between(all, life(2), life(4), 3).size() == 3);
    CHECK(restores_between(all, life(2), life(4), 2).empty());
    CHECK(restores_between(all, life(3), life(2), 4).empty());
    CHECK(restores_between(all, life(4), life(4), 4).empty());
}
