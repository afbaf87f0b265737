#include "tests/core/policy/scene.hpp"
#include "tests/support/catch.hpp"

// The scenarios of consent-rules.md that the present kinds of statements can express.

using namespace samsyn;
using namespace samsyn::test;

TEST_CASE("C-01: one guardian of two consents, so the other is asked and nothing is shown",
          "[policy]") {
    Scene scene;
    scene.consent(scene.id, scene.officer, scene.to_school(scene.a));

    const auto answer = scene.ask_as(scene.counsellor, scene.social_item());

    CHECK(answer.outcome == Outcome::needs);
    CHECK(answer.reasons == std::vector{Reason::consent_missing});
    REQUIRE(answer.missing.size() == 1);
    CHECK(answer.missing[0] == MissingConsent{scene.b, scene.child, Reason::consent_missing});
}

TEST_CASE("C-01: both guardians consent, so the school reads", "[policy]") {
    Scene scene;
    scene.both_consent();

    const auto answer = scene.ask_as(scene.counsellor, scene.social_item());

    CHECK(answer.permitted());
    CHECK(answer.by.size() == 2);
    CHECK(answer.missing.empty());
}

TEST_CASE("C-01b: for low sensitivity one guardian suffices and the other is informed",
          "[policy]") {
    Scene scene;
    scene.consent(scene.id, scene.officer, scene.to_school(scene.a));
    const auto label = scene.social_item(Sensitivity::low);

    const auto answer = scene.ask_as(scene.counsellor, label);
    CHECK(answer.permitted());
    CHECK(answer.obligations.inform == std::vector{scene.b});

    scene.closing(scene.id, scene.officer, scene.no(ClosingKind::objection, scene.b));
    const auto after = scene.ask_as(scene.counsellor, label);
    CHECK(after.outcome == Outcome::deny);
    CHECK(after.reasons.front() == Reason::objected);
}

TEST_CASE("C-02: a guardian's refusal denies everybody outside the disclosing unit", "[policy]") {
    Scene scene;
    scene.both_consent();
    const auto refusal =
        scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, scene.b));

    const auto answer = scene.ask_as(scene.counsellor, scene.social_item());

    CHECK(answer.outcome == Outcome::deny);
    CHECK(answer.reasons == std::vector{Reason::refused});
    CHECK(answer.by == std::vector{refusal->id});
    CHECK(misses(answer, scene.b));
    CHECK(scene.ask_as(scene.psychiatrist, scene.social_item()).outcome == Outcome::deny);
    CHECK(scene.ask_as(scene.officer, scene.social_item()).permitted());
}

TEST_CASE("C-07: when the youth comes of age the guardians' consents lapse", "[policy]") {
    Scene scene;
    const auto midnight = scene.now + hours{5};
    scene.sign(scene.lead.device,
               World::custody_stream(scene.id),
               Custody{.child = scene.child,
                       .guardians = {std::min(scene.a, scene.b), std::max(scene.a, scene.b)},
                       .review_at = midnight,
                       .adult_at = midnight});
    scene.both_consent();

    const auto before = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(before.permitted());
    CHECK(before.valid_until == midnight);

    scene.now = midnight;
    const auto after = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(after.outcome == Outcome::needs);
    CHECK(after.reasons == std::vector{Reason::guardian_lapsed});
    CHECK(misses(after, scene.child));
}

TEST_CASE("C-12: a consent for one role, regime and category denies the others by name",
          "[policy]") {
    Scene scene;
    for (const auto& guardian : {scene.a, scene.b}) {
        auto consent = scene.draft_consent(
            guardian, scene.child, scene.social, scene.school, {Category::attendance});
        consent.recipient.role = Role::school_counsellor;
        scene.consent(scene.id, scene.officer, consent);
    }
    const auto attendance = make_label({scene.child}, scene.social, Category::attendance);
    const auto health = make_label({scene.child}, scene.social, Category::health);

    CHECK(scene.ask_as(scene.counsellor, attendance).permitted());
    const auto principal = scene.ask_as(scene.principal, attendance);
    CHECK(principal.outcome == Outcome::deny);
    CHECK(principal.reasons == std::vector{Reason::other_role});
    const auto nurse = scene.ask_as(scene.nurse, attendance);
    CHECK(nurse.outcome == Outcome::deny);
    CHECK(names(nurse, Reason::other_regime));
    const auto other = scene.ask_as(scene.counsellor, health);
    CHECK(other.outcome == Outcome::deny);
    CHECK(other.reasons == std::vector{Reason::other_category});
    CHECK(other.missing.size() == 2);
}

TEST_CASE("C-14: consent for coordination does not cover statistics that identify", "[policy]") {
    Scene scene;
    scene.both_consent();

    const auto answer = scene.ask_as(
        scene.counsellor, scene.social_item(), {.purpose = Purpose::identifying_statistics});

    CHECK(answer.outcome == Outcome::deny);
    CHECK(answer.reasons == std::vector{Reason::other_purpose});
}

TEST_CASE("C-15: a consent that the disclosing unit has not confirmed opens nothing", "[policy]") {
    Scene scene;
    const auto label = make_label({scene.child}, scene.clinic, Category::health);
    std::vector<StatementPtr> consents;
    for (const auto& guardian : {scene.a, scene.b})
        consents.push_back(scene.consent(
            scene.id,
            scene.officer,
            scene.draft_consent(
                guardian, scene.child, scene.clinic, scene.social, {Category::health})));

    const auto before = scene.ask_as(scene.officer, label);
    CHECK(before.outcome == Outcome::needs);
    CHECK(before.reasons == std::vector{Reason::confirmation_missing});

    for (const auto& consent : consents)
        scene.sign(scene.psychiatrist.device,
                   World::disclosing_stream(scene.id, scene.clinic.unit),
                   Confirmation{.consent = consent->id, .names = {}});
    CHECK(scene.ask_as(scene.officer, label).permitted());
}

TEST_CASE("C-16: a consent without parties or period is refused with what is missing", "[policy]") {
    Consent consent{};
    consent.not_after = instant_max;

    const auto checked = check_complete(consent);

    REQUIRE(!checked);
    CHECK(checked.error().code == Errc::invalid_argument);
    CHECK(checked.error().context.find("recipient unit") != std::string::npos);
    CHECK(checked.error().context.find("period") != std::string::npos);
}

TEST_CASE("C-19: a consent ends by itself at the instant that the answer named", "[policy]") {
    Scene scene;
    scene.both_consent();
    const auto before = scene.ask_as(scene.counsellor, scene.social_item());
    REQUIRE(before.permitted());
    CHECK(before.valid_until == scene.now + days{180});

    scene.now = before.valid_until;
    const auto after = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(after.outcome == Outcome::deny);
    CHECK(after.reasons == std::vector{Reason::outside_period});
    CHECK(after.missing.size() == 2);
}

TEST_CASE("C-20: an oral consent for normal sensitivity counts 14 days, to be had in writing",
          "[policy]") {
    Scene scene;
    for (const auto& guardian : {scene.a, scene.b}) {
        auto consent = scene.to_school(guardian);
        consent.form = ConsentForm::oral;
        scene.consent(scene.id, scene.officer, consent);
    }
    const auto label = scene.social_item();

    const auto before = scene.ask_as(scene.counsellor, label);
    CHECK(before.permitted());
    CHECK(before.obligations.get_in_writing);
    CHECK(before.valid_until == scene.now + days{14});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item(Sensitivity::far_reaching)).reasons ==
          std::vector{Reason::writing_needed});

    scene.now = before.valid_until;
    const auto after = scene.ask_as(scene.counsellor, label);
    CHECK(after.outcome == Outcome::needs);
    CHECK(after.reasons == std::vector{Reason::writing_needed});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item(Sensitivity::low)).permitted());
}

TEST_CASE("C-22: a withdrawal denies from then on, and only within its scope", "[policy]") {
    Scene scene;
    scene.both_consent();
    for (const auto& guardian : {scene.a, scene.b})
        scene.consent(scene.id,
                      scene.officer,
                      scene.draft_consent(
                          guardian, scene.child, scene.social, scene.clinic, {Category::social}));
    auto withdrawal = scene.no(ClosingKind::withdrawal, scene.a);
    withdrawal.recipient = Recipient{.unit = scene.school.unit, .role = {}, .user = {}};
    scene.closing(scene.id, scene.officer, withdrawal);

    const auto answer = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(answer.outcome == Outcome::deny);
    CHECK(answer.reasons == std::vector{Reason::withdrawn});
    CHECK(scene.ask_as(scene.psychiatrist, scene.social_item()).permitted());
}

TEST_CASE("C-45: a request on a statute without a row is not covered, even with consent",
          "[policy]") {
    Scene scene;
    scene.both_consent();
    const Request request{.ground = {.kind = Ground::Kind::statute, .statute = 7}};

    const auto answer = scene.ask_as(scene.counsellor, scene.social_item(), request);

    CHECK(answer.outcome == Outcome::deny);
    CHECK(answer.reasons == std::vector{Reason::not_covered});
}

TEST_CASE("C-47: a consent that names a person covers that person only", "[policy]") {
    Scene scene;
    for (const auto& guardian : {scene.a, scene.b}) {
        auto consent = scene.to_school(guardian);
        consent.recipient.user = scene.counsellor.user;
        scene.consent(scene.id, scene.officer, consent);
    }

    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
    CHECK(scene.ask_as(scene.principal, scene.social_item()).reasons ==
          std::vector{Reason::other_user});
}
