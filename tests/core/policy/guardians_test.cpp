#include "tests/core/policy/secrecy_scene.hpp"
#include "tests/support/catch.hpp"

// Who decides (consent-rules.md, rule 0).

using namespace samsyn;
using namespace samsyn::test;

TEST_CASE(
    "C-03: a decision in place of a guardian permits that measure at that unit only, until "
    "a court stays it",
    "[policy]") {
    SecrecyScene scene;
    scene.both_consent();
    scene.consent(scene.id, scene.officer, scene.for_measure(scene.a, measure_referral));
    scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, scene.b));
    const Request referral{.purpose = measure_referral};
    CHECK(scene.ask_as(scene.psychiatrist, scene.social_item(), referral).reasons ==
          only(Reason::refused));

    auto decision = scene.decision_without(scene.b, measure_referral);
    scene.record(decision);
    const auto answer = scene.ask_as(scene.psychiatrist, scene.social_item(), referral);
    CHECK(answer.permitted());
    CHECK(answer.valid_until == decision.until);
    CHECK(!scene.ask_as(scene.psychiatrist, scene.social_item()).permitted());
    CHECK(scene.ask_as(scene.counsellor, scene.social_item(), referral).reasons ==
          only(Reason::refused));
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons == only(Reason::refused));

    decision.stayed = true;
    scene.record(decision, std::vector<StatementId>{});  // whoever stays it need not know it
    CHECK(scene.ask_as(scene.psychiatrist, scene.social_item(), referral).reasons ==
          only(Reason::refused));
}

TEST_CASE("C-03: a decision in place is the lead's in social services, and for measures only",
          "[policy]") {
    SecrecyScene scene;
    scene.consent(
        scene.id,
        scene.officer,
        scene.draft_consent(scene.a, scene.child, scene.social, scene.clinic, {Category::social}));
    scene.consent(scene.id, scene.officer, scene.for_measure(scene.a, measure_referral));
    SECTION("not by somebody else") {
        scene.sign(scene.officer.device,
                   World::custody_stream(scene.id),
                   scene.decision_without(scene.b, measure_referral));
    }
    SECTION("not for coordination") {
        scene.record(scene.decision_without(scene.b, Purpose::coordination));
    }
    for (const auto purpose : {Purpose::coordination, measure_referral})
        CHECK(misses(scene.ask_as(scene.psychiatrist, scene.social_item(), {.purpose = purpose}),
                     scene.b));
}

TEST_CASE(
    "C-04: where a guardian cannot be reached the other one suffices for 30 days, and the "
    "first is informed later",
    "[policy]") {
    SecrecyScene scene;
    scene.consent(scene.id, scene.officer, scene.to_school(scene.a));
    auto prevented = scene.prevented(scene.b);
    prevented.until = scene.now + days{60};
    scene.record(prevented);

    const auto answer = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(answer.permitted());
    CHECK(answer.obligations.inform == std::vector{scene.b});
    CHECK(answer.missing.empty());
    CHECK(answer.valid_until == scene.now + days{30});

    scene.now = answer.valid_until;
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).outcome == Outcome::needs);
}

TEST_CASE("C-04: a guardian who has said no is not out of reach", "[policy]") {
    SecrecyScene scene;
    scene.consent(scene.id, scene.officer, scene.to_school(scene.a));
    scene.record(scene.prevented(scene.b));
    auto refusal = scene.no(ClosingKind::refusal, scene.b);
    refusal.recipient = Recipient{.unit = scene.clinic.unit, .role = {}, .user = {}};
    scene.closing(scene.id, scene.officer, refusal);

    const auto answer = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(answer.outcome == Outcome::needs);
    CHECK(misses(answer, scene.b));
}

TEST_CASE("C-04: far-reaching items only where manifestly required and a second reader approves",
          "[policy]") {
    SecrecyScene scene;
    scene.consent(scene.id, scene.officer, scene.to_school(scene.a));
    const auto label = scene.social_item(Sensitivity::far_reaching);
    auto prevented = scene.prevented(scene.b);
    const auto said = scene.record(prevented);
    scene.verdict(scene.colleague, said, true);
    CHECK(!scene.ask_as(scene.counsellor, label).permitted());

    prevented.manifestly_required = true;
    const auto required = scene.record(prevented);
    CHECK(!scene.ask_as(scene.counsellor, label).permitted());
    scene.verdict(scene.lead, required, true);  // the author is no second reader
    CHECK(!scene.ask_as(scene.counsellor, label).permitted());
    scene.verdict(scene.colleague, required, true);
    CHECK(scene.ask_as(scene.counsellor, label).permitted());
    scene.verdict(scene.colleague, required, false);
    CHECK(!scene.ask_as(scene.counsellor, label).permitted());
}

TEST_CASE("C-04: where every guardian is out of reach nobody is known who decides", "[policy]") {
    SecrecyScene scene;
    scene.record(scene.prevented(scene.a));
    scene.record(scene.prevented(scene.b));
    scene.record(scene.assessment({Category::social}, false));
    scene.consent(scene.id, scene.officer, scene.to_school(scene.child));

    const auto answer = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(answer.outcome == Outcome::needs);
    CHECK(answer.reasons == only(Reason::custody_unknown));
}

TEST_CASE("C-05: a youth assessed to decide alone decides for that category, and not for a parent",
          "[policy]") {
    SecrecyScene scene;
    scene.record(scene.assessment({Category::attendance}, true));
    const auto own = scene.draft_consent(scene.child,
                                         scene.child,
                                         scene.social,
                                         scene.school,
                                         {Category::attendance, Category::social});
    scene.consent(scene.id, scene.officer, own);

    const auto attendance = scene.about_child(Category::attendance);
    CHECK(scene.ask_as(scene.counsellor, attendance).permitted());
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).outcome == Outcome::needs);
    const auto with_parent = make_label({scene.child, scene.a}, scene.social, Category::attendance);
    const auto answer = scene.ask_as(scene.counsellor, with_parent);
    CHECK(!answer.permitted());
    CHECK(misses(answer, scene.a));
    CHECK(!misses(answer, scene.b));
    scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, scene.a));
    CHECK(scene.ask_as(scene.counsellor, attendance).permitted());
}

TEST_CASE("Maturity: together with guardians, everybody's consent is needed", "[policy]") {
    SecrecyScene scene;
    scene.record(scene.assessment({Category::social}, false));
    scene.both_consent();
    const auto before = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(before.outcome == Outcome::needs);
    CHECK(misses(before, scene.child));

    scene.consent(scene.id, scene.officer, scene.to_school(scene.child));
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
}

TEST_CASE(
    "Maturity: of two assessments that did not know each other the narrower stands; a newer "
    "one replaces what it knew",
    "[policy]") {
    SecrecyScene scene;
    scene.consent(scene.id, scene.officer, scene.to_school(scene.child));
    scene.record(scene.assessment({Category::social}, true));
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());

    scene.record(scene.assessment({Category::social, Category::health}, false),
                 std::vector<StatementId>{});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).outcome == Outcome::needs);

    scene.record(scene.assessment({Category::social}, true));
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
}

TEST_CASE(
    "C-08: support that the law opens from 12, where a decision stands for every guardian "
    "and the child consents",
    "[policy]") {
    SecrecyScene scene;
    const Request support{.purpose = measure_support_from_12};
    for (const auto& guardian : {scene.a, scene.b}) {
        scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, guardian));
        scene.record(scene.decision_without(guardian, measure_support_from_12));
    }
    scene.consent(scene.id, scene.officer, scene.for_measure(scene.child, measure_support_from_12));
    const auto ask = [&] { return scene.ask_as(scene.psychiatrist, scene.social_item(), support); };

    CHECK(ask().reasons == only(Reason::custody_unknown));
    scene.attest_age(11);
    CHECK(!ask().permitted());
    scene.attest_age(13);
    CHECK(ask().permitted());
    CHECK(!scene.ask_as(scene.counsellor, scene.social_item(), support).permitted());

    const auto health = scene.about_child(Category::health);
    CHECK(scene.ask_as(scene.psychiatrist, health, support).reasons == only(Reason::not_covered));
}

TEST_CASE("C-08: without a decision for each guardian the child does not decide alone",
          "[policy]") {
    SecrecyScene scene;
    scene.attest_age(13);
    scene.record(scene.decision_without(scene.a, measure_support_from_12));
    scene.consent(scene.id, scene.officer, scene.for_measure(scene.child, measure_support_from_12));

    const auto answer =
        scene.ask_as(scene.psychiatrist, scene.social_item(), {.purpose = measure_support_from_12});
    CHECK(answer.outcome == Outcome::needs);
    CHECK(misses(answer, scene.b));
    CHECK(!misses(answer, scene.child));
}

TEST_CASE("Measure: counselling from 15 is the youth's own matter", "[policy]") {
    SecrecyScene scene;
    const Request counselling{.purpose = measure_counselling_from_15};
    scene.consent(
        scene.id, scene.officer, scene.for_measure(scene.child, measure_counselling_from_15));
    scene.attest_age(14);
    CHECK(!scene.ask_as(scene.psychiatrist, scene.social_item(), counselling).permitted());
    scene.attest_age(15);
    CHECK(scene.ask_as(scene.psychiatrist, scene.social_item(), counselling).permitted());
    CHECK(!scene.ask_as(scene.psychiatrist, scene.social_item()).permitted());
}

TEST_CASE(
    "Suspended: the guardian's consent and refusal count for nothing, the special "
    "representative takes the place",
    "[policy]") {
    SecrecyScene scene;
    const auto representative = scene.fresh<PersonId>();
    scene.both_consent();
    scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, scene.b));
    const GuardianSuspended suspension{.child = scene.child,
                                       .guardian = scene.b,
                                       .special_representative = representative,
                                       .from = scene.now - hours{1},
                                       .until = scene.now + days{30}};
    scene.record(suspension);
    const auto before = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(before.outcome == Outcome::needs);
    CHECK(misses(before, representative));
    CHECK(!misses(before, scene.b));

    scene.consent(scene.id, scene.officer, scene.to_school(representative));
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
    scene.now = suspension.until;
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons == only(Reason::refused));
}

TEST_CASE("Representative: decides for an adult within the appointment only", "[policy]") {
    SecrecyScene scene;
    const auto representative = scene.fresh<PersonId>();
    scene.record(Representative{.adult = scene.a,
                                .representative = representative,
                                .categories = categories_of({Category::finances}),
                                .from = scene.now - hours{1},
                                .until = scene.now + days{30}});
    const auto finances = make_label({scene.a}, scene.social, Category::finances);
    const auto social = make_label({scene.a}, scene.social, Category::social);
    for (const auto& grantor : {scene.a, representative})
        CHECK(misses(scene.ask_as(scene.counsellor, finances), grantor) ==
              (grantor == representative));
    CHECK(misses(scene.ask_as(scene.counsellor, social), scene.a));

    scene.consent(scene.id,
                  scene.officer,
                  scene.draft_consent(representative,
                                      scene.a,
                                      scene.social,
                                      scene.school,
                                      {Category::finances, Category::social}));
    CHECK(scene.ask_as(scene.counsellor, finances).permitted());
    CHECK(!scene.ask_as(scene.counsellor, social).permitted());
}

TEST_CASE("Suspended: nobody who is suspended takes the other one's place", "[policy]") {
    SecrecyScene scene;
    for (const auto& [guardian, other] : {std::pair{scene.a, scene.b}, std::pair{scene.b, scene.a}})
        scene.record(GuardianSuspended{.child = scene.child,
                                       .guardian = guardian,
                                       .special_representative = other,
                                       .from = scene.now - hours{1},
                                       .until = scene.now + days{30}});
    scene.both_consent();
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          only(Reason::custody_unknown));
}
