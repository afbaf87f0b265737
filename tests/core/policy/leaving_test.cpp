#include "core/policy/leaving.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/world.hpp"

namespace samsyn::test {

namespace {

/// A team with a lead and a member, and a school with two members, in one case.
struct Leaving {
    World world;
    OrganisationId nora = world.organisation();
    OrganisationId lindesberg = world.organisation();
    UnitRef team = world.unit(nora, Regime::team);
    UnitRef school = world.unit(lindesberg, Regime::school_other);
    Staff lead = world.staff(team, Role::psychologist);
    Staff member = world.staff(team, Role::social_worker);
    Staff teacher = world.staff(school, Role::teacher);
    Staff nurse = world.staff(school, Role::teacher);
    CaseId case_id = world.open_case(lead);
    PersonId child = world.fresh<PersonId>();
    std::vector<PersonId> guardians{world.fresh<PersonId>(), world.fresh<PersonId>()};

    Leaving() {
        world.add_participant(case_id, lead, member);
        world.add_participant(case_id, lead, teacher);
        world.add_participant(case_id, lead, nurse);
        world.custody(case_id, lead, child, guardians);
    }

    Label label_of(const UnitRef& unit) const { return make_label({child}, unit, Category::plan); }

    std::vector<DeviceId> recipients(const Label& label) {
        const auto members = world.federation();
        const auto view = CaseView::build(case_id, world.cases[case_id], members);
        return escrow_recipients(label, {members, view}, current_statute_table(), world.now);
    }

    bool may_judge(const Staff& who, const UnitRef& unit) {
        const auto members = world.federation();
        const auto view = CaseView::build(case_id, world.cases[case_id], members);
        return may_judge_escrow(who.device, unit.unit, view, members, world.now);
    }

    std::vector<Unconfirmed> unconfirmed_of(const Label& label, Instant sealed) {
        const auto members = world.federation();
        const auto view = CaseView::build(case_id, world.cases[case_id], members);
        const CompartmentId compartment{};
        const std::vector<KeyHolding> holdings{{compartment, label, lead.device, sealed},
                                               {compartment, label, teacher.device, sealed}};
        return unconfirmed(holdings,
                           world.cases[case_id],
                           world.federation_log,
                           {members, view},
                           current_statute_table(),
                           world.now);
    }
};

}  // namespace

TEST_CASE("Leaving: escrow is for the unit's leads and coordinators, on all their tablets",
          "[policy][leaving]") {
    Leaving scene;
    CHECK(scene.recipients(scene.label_of(scene.team)) == std::vector{scene.lead.device});
    const DeviceId second = scene.world.tablet(scene.lead);
    const Staff coordinator = scene.world.staff(scene.team, Role::psychologist);
    scene.world.add_participant(scene.case_id, scene.lead, coordinator, Duty::coordinator);
    std::vector expected{scene.lead.device, second, coordinator.device};
    std::ranges::sort(expected);
    CHECK(scene.recipients(scene.label_of(scene.team)) == expected);
    CHECK(scene.may_judge(scene.lead, scene.team));
    CHECK(scene.may_judge(coordinator, scene.team));
    CHECK_FALSE(scene.may_judge(scene.member, scene.team));
    CHECK_FALSE(scene.may_judge(scene.teacher, scene.team));
}

TEST_CASE(
    "Leaving: where a unit has no lead, its participants get escrow, and no other unit's lead",
    "[policy][leaving][attack]") {
    Leaving scene;
    const Label label = scene.label_of(scene.school);
    std::vector own{scene.teacher.device, scene.nurse.device};
    std::ranges::sort(own);
    // Nobody has consented that the team reads what the school writes.
    CHECK(scene.recipients(label) == own);
    for (const PersonId& guardian : scene.guardians)
        scene.world.consent(scene.case_id,
                            scene.teacher,
                            scene.world.draft_consent(
                                guardian, scene.child, scene.school, scene.team, {Category::plan}));
    CHECK(scene.recipients(label) == own);
    CHECK(scene.may_judge(scene.teacher, scene.school));
}

TEST_CASE("Leaving: a closed circle that nobody is named in gets no escrow",
          "[policy][leaving][attack]") {
    Leaving scene;
    Label label = scene.label_of(scene.team);
    label.closed = scene.world.fresh<AudienceId>();
    CHECK(scene.recipients(label).empty());
}

TEST_CASE("Leaving: who held a key and lost the ground is listed from then until its own receipt",
          "[policy][leaving]") {
    Leaving scene;
    const Label label = scene.label_of(scene.team);
    for (const PersonId& guardian : scene.guardians)
        scene.world.consent(scene.case_id,
                            scene.lead,
                            scene.world.draft_consent(
                                guardian, scene.child, scene.team, scene.school, {Category::plan}));
    const Instant sealed = scene.world.now;
    CHECK(scene.unconfirmed_of(label, sealed).empty());

    scene.world.now += std::chrono::hours{5};
    Closing closing;
    closing.kind = ClosingKind::withdrawal;
    closing.decider = scene.guardians.front();
    closing.subject = scene.child;
    closing.disclosing = scene.team.unit;
    closing.recipient = Recipient{scene.school.unit, {}, {}};
    closing.categories.insert(Category::plan);
    scene.world.closing(scene.case_id, scene.lead, closing);
    const Instant withdrawn = scene.world.now;
    scene.world.now += std::chrono::hours{6};
    const auto listed = scene.unconfirmed_of(label, sealed);
    REQUIRE(listed.size() == 1);
    CHECK(listed.front().device == scene.teacher.device);
    CHECK(listed.front().since == withdrawn);
    CHECK(listed.front().lease_ends == withdrawn + lease_policy.reading);

    const Stream notices{StreamKind::notice, scene.case_id, scene.team.unit};
    const PurgeReceipt receipt{
        {CompartmentId{}}, {}, withdrawn + std::chrono::hours{6}, scene.world.now};
    SECTION("another's receipt confirms nothing") {
        scene.world.sign(scene.nurse.device, notices, receipt);
        CHECK(scene.unconfirmed_of(label, sealed).size() == 1);
    }
    SECTION("its own does") {
        scene.world.sign(scene.teacher.device, notices, receipt);
        CHECK(scene.unconfirmed_of(label, sealed).empty());
        // Keys from after it want a new one.
        CHECK(scene.unconfirmed_of(label, scene.world.now + std::chrono::seconds{1}).size() == 1);
    }
}

TEST_CASE("Leaving: a read is before the withdrawal, before its notice, or after", "[policy]") {
    const Instant closed = std::chrono::sys_days{std::chrono::year{2026} / 5 / 4};
    const Instant noticed = closed + std::chrono::hours{6};
    CHECK(classify_read(closed - std::chrono::seconds{1}, closed, noticed) ==
          ReadAgainstNotice::before);
    CHECK(classify_read(closed, closed, noticed) == ReadAgainstNotice::before_notice);
    CHECK(classify_read(noticed, closed, noticed) == ReadAgainstNotice::after_notice);
}

}  // namespace samsyn::test
