#include "core/policy/decision_cache.hpp"
#include "tests/core/policy/secrecy_scene.hpp"
#include "tests/support/catch.hpp"

// Parties from outside, reports of concern, and withdrawals that were a mistake.

using namespace samsyn;
using namespace samsyn::test;

TEST_CASE(
    "C-47: somebody from outside public service is named in person and has acknowledged the "
    "duty of secrecy",
    "[policy]") {
    SecrecyScene scene;
    const auto consent_to = [&](std::optional<UserId> user) {
        for (const auto& guardian : {scene.a, scene.b}) {
            auto consent = scene.draft_consent(
                guardian, scene.child, scene.social, scene.parish, {Category::social});
            consent.recipient.user = user;
            scene.consent(scene.id, scene.officer, consent);
        }
    };
    const auto acknowledge = [&] {
        scene.sign(
            scene.lead.device,
            World::roster_stream(scene.id, scene.parish.unit),
            SecrecyAcknowledged{
                .user = scene.deacon.user, .unit = scene.parish.unit, .text = scene.fresh<Hash>()});
    };
    const auto ask = [&] { return scene.ask_as(scene.deacon, scene.social_item()); };

    SECTION("a consent that names the unit only is not enough") {
        consent_to({});
        acknowledge();
        CHECK(ask().outcome == Outcome::deny);
        CHECK(ask().reasons == only(Reason::must_be_named));
    }
    SECTION("nor is a name without the acknowledgement") {
        consent_to(scene.deacon.user);
        CHECK(ask().outcome == Outcome::deny);
        CHECK(ask().reasons == only(Reason::acknowledgement_missing));
        acknowledge();
        CHECK(ask().permitted());
    }
}

TEST_CASE("C-31: a report of concern is read by the intake and its reporter, and by nobody else",
          "[policy]") {
    SecrecyScene scene;
    const auto teacher = scene.staff(scene.school, Role::teacher);
    const auto intake = scene.staff(scene.social, Role::case_officer);  // takes part in no case
    const auto concern = scene.fresh<CaseId>();
    const Stream notice{StreamKind::notice, concern, scene.social.unit};
    const auto report = [&](const Staff& who, const UnitRef& to) {
        scene.sign(who.device,
                   {StreamKind::notice, concern, to.unit},
                   ReportOfConcern{.from = who.unit.unit, .intake = to.unit});
    };
    const auto label = make_label({scene.fresh<PersonId>()}, scene.school, Category::social);
    const auto ask = [&](const Staff& who, const Request& request = {}) {
        return scene.ask(concern, label, who.requester(), request);
    };
    CHECK(ask(intake).reasons == only(Reason::case_not_opened));
    report(teacher, scene.social);

    CHECK(ask(teacher, {.action = Action::contribute}).permitted());
    for (const auto& who : {intake, scene.officer}) {
        CHECK(ask(who).reasons == only(Reason::own_concern_report));
        CHECK(!ask(who, {.action = Action::contribute}).permitted());
    }
    for (const auto& who : {scene.counsellor, scene.principal, scene.lead, scene.psychiatrist})
        CHECK(ask(who).reasons == only(Reason::no_such_thing));
    {
        const auto members = scene.federation();
        const auto view = CaseView::build(concern, scene.cases[concern], members);
        std::vector expected{teacher.device,
                             intake.device,
                             scene.officer.device,
                             scene.second.device,
                             scene.chief.device};
        std::ranges::sort(expected);
        CHECK(permitted_devices(label, {members, view}, current_statute_table(), scene.now) ==
              expected);
        const auto streams = streams_of_decision(concern, label, view);
        CHECK(std::ranges::find(streams, notice) != streams.end());
    }
    SECTION("nobody widens it by reporting again under its id") {
        const auto other = scene.unit(scene.region, Regime::social);
        const auto reader = scene.staff(other, Role::case_officer);
        report(reader, other);
        CHECK(!ask(reader).permitted());
    }
    SECTION("a revoked tablet reads it no longer") {
        scene.revoke(intake.device, scene.lindesberg);
        CHECK(!ask(intake).permitted());
    }
}

TEST_CASE("C-31: nobody makes an open case a report of concern", "[policy]") {
    SecrecyScene scene;
    scene.sign(scene.counsellor.device,
               {StreamKind::notice, scene.id, scene.social.unit},
               ReportOfConcern{.from = scene.school.unit, .intake = scene.social.unit});
    const auto intake = scene.staff(scene.social, Role::case_officer);
    CHECK(scene.ask_as(scene.officer, scene.social_item()).permitted());
    CHECK(scene.ask_as(intake, scene.social_item()).reasons == only(Reason::not_participant));
}

TEST_CASE("Decide: of the notices nothing is read but who gets a report of concern", "[policy]") {
    SecrecyScene scene;
    const auto before = scene.ask_as(scene.counsellor, scene.social_item());
    scene.sign(scene.officer.device,
               {StreamKind::notice, scene.id, scene.social.unit},
               Unknown{.kind = 99, .body = {}},
               {},
               true);
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()) == before);
    CHECK(scene.ask_as(scene.officer, scene.social_item()).permitted());
}

namespace {

struct Mistake : SecrecyScene {
    Consent original = to_school(a);
    StatementPtr withdrawal;

    Mistake() {
        original.evidence = fresh<Hash>();
        World::consent(id, officer, original);
        World::consent(id, officer, to_school(b));
        withdrawal = closing(id, second, no(ClosingKind::withdrawal, a));
    }

    Consent correction() const {
        auto again = original;
        again.names = {withdrawal->id};
        return again;
    }

    bool is_open() { return ask_as(counsellor, social_item()).permitted(); }
};

}  // namespace

TEST_CASE(
    "Withdrawn by mistake: the old evidence opens again only with the author's hand and a "
    "second participant's",
    "[policy]") {
    Mistake scene;
    CHECK(!scene.is_open());
    SECTION("not alone") {
        World& world = scene;
        world.consent(scene.id, scene.second, scene.correction());
        CHECK(!scene.is_open());
    }
    SECTION("not by another author") {
        scene.countersigned(scene.officer, scene.second, scene.correction());
        CHECK(!scene.is_open());
    }
    SECTION("not with somebody who takes no part") {
        scene.countersigned(
            scene.second, scene.staff(scene.social, Role::case_officer), scene.correction());
        CHECK(!scene.is_open());
    }
    SECTION("not with the author's other tablet") {
        scene.countersigned(scene.second,
                            {scene.second.user, scene.tablet(scene.second), scene.social},
                            scene.correction());
        CHECK(!scene.is_open());
    }
    SECTION("not where the confirmation names it instead") {
        auto again = scene.correction();
        again.names = {};
        World& world = scene;
        const auto late = world.consent(scene.id, scene.officer, again);
        scene.in_social_by(scene.officer,
                           Confirmation{.consent = late->id, .names = {scene.withdrawal->id}});
        CHECK(!scene.is_open());
    }
    SECTION("with both") {
        scene.countersigned(scene.second, scene.officer, scene.correction());
        CHECK(scene.is_open());
    }
    SECTION("a new paper needs neither") {
        auto again = scene.correction();
        again.evidence = scene.fresh<Hash>();
        World& world = scene;
        world.consent(scene.id, scene.officer, again);
        CHECK(scene.is_open());
    }
}

TEST_CASE(
    "C-19: what a consent opened until 30 June is denied from then, whatever the cache "
    "remembers",
    "[policy]") {
    SecrecyScene scene;
    scene.both_consent();
    const auto members = scene.federation();
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], members);
    DecisionCache cache;
    const auto ask = [&](Instant now) {
        return cache.decide({},
                            scene.social_item(),
                            {},
                            scene.counsellor.requester(),
                            {members, view},
                            current_statute_table(),
                            now);
    };
    CHECK(ask(scene.now).permitted());
    const auto end = scene.now + days{180};
    CHECK(ask(end - hours{1}).valid_until == end);
    CHECK(ask(end).reasons == only(Reason::outside_period));
    // The device asks at the highest instant used so far: a clock set back changes nothing.
    CHECK(ask(std::max(end, scene.now)).reasons == only(Reason::outside_period));
}
