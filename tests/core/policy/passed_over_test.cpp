#include "tests/core/policy/secrecy_scene.hpp"
#include "tests/support/catch.hpp"

// What the comparison with the independent reading (tests/oracle) found `decide` to pass over.

namespace samsyn::test {

TEST_CASE("Reservation: narrows its own consent, so that without it nobody would read more",
          "[policy]") {
    SecrecyScene scene;
    scene.consent(scene.id, scene.officer, scene.to_school(scene.a));
    const auto label = scene.social_item(Sensitivity::low);
    REQUIRE(scene.ask_as(scene.counsellor, label).permitted());

    auto reserving = scene.to_school(scene.b);
    reserving.reserved = reserving.categories;
    scene.consent(scene.id, scene.officer, reserving);
    const auto low = scene.ask_as(scene.counsellor, label);
    CHECK(low.permitted());
    CHECK(low.obligations.inform == std::vector{scene.b});
    const auto normal = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(normal.outcome == Outcome::deny);
    CHECK(normal.reasons == only(Reason::reserved));
    CHECK(misses(normal, scene.b));
}

TEST_CASE("Hidden existence: a statute shows nothing to whom the youth's withdrawn consent named",
          "[policy]") {
    SecrecyScene scene;
    scene.record(scene.assessment({Category::social}, true));
    scene.record(ProtectionMark{.person = scene.child,
                                .kind = ProtectionKind::hidden_existence,
                                .users = {scene.officer.user}});
    auto consent = scene.draft_consent(
        scene.child, scene.child, scene.social, scene.clinic, {Category::social});
    consent.recipient.user = scene.psychiatrist.user;
    scene.consent(scene.id, scene.officer, consent);
    scene.in_social_by(scene.officer, scene.draft_override(statute_emergency));
    REQUIRE(scene.ask_as(scene.psychiatrist, scene.social_item()).permitted());

    scene.closing(scene.id, scene.officer, scene.no(ClosingKind::withdrawal, scene.child));
    CHECK(scene.ask_as(scene.psychiatrist, scene.social_item()).reasons ==
          only(Reason::no_such_thing));
}

TEST_CASE("Obligations: nobody is not to be informed", "[policy]") {
    SecrecyScene scene;
    for (const auto& guardian : {scene.a, scene.b}) scene.record(scene.prevented(guardian));
    scene.record(scene.assessment({Category::social}, false));
    auto consent = scene.to_school(scene.child);
    scene.consent(scene.id, scene.officer, consent);
    const auto answer = scene.ask_as(scene.counsellor, scene.social_item(Sensitivity::low));
    for (const auto& person : answer.obligations.inform) CHECK_FALSE(person.is_none());
}

TEST_CASE("C-03: a court that stays a decision stays it for every guardian", "[policy]") {
    SecrecyScene scene;
    auto without_a = scene.decision_without(scene.a, measure_referral);
    auto without_b = without_a;
    without_b.guardian = scene.b;
    scene.record(without_a);
    scene.record(without_b);
    scene.consent(scene.id, scene.officer, scene.for_measure(scene.a, measure_referral));
    const Request referral{.purpose = measure_referral};
    scene.now += hours{1};
    auto stayed = without_a;
    stayed.stayed = true;
    scene.record(stayed);

    const auto answer = scene.ask_as(scene.psychiatrist, scene.social_item(), referral);
    CHECK(answer.outcome == Outcome::needs);
    CHECK(misses(answer, scene.b));
}

namespace {

/// The same question on what the requester's device receives of the case.
Decision ask_on_device(SecrecyScene& scene,
                       const Staff& who,
                       const Label& label,
                       const Request& request = {}) {
    const auto members = scene.federation();
    const auto all = CaseView::build(scene.id, scene.cases[scene.id], members);
    StatementGraph received;
    for (const auto& stream : streams_for(who.device, all, members, scene.now))
        for (const auto& statement : scene.cases[scene.id].in(stream)) received.add(statement);
    const auto view = CaseView::build(scene.id, received, members);
    return decide(
        label, request, who.requester(), {members, view}, current_statute_table(), scene.now);
}

}  // namespace

TEST_CASE("Device: a mark counts whose author leads on a roster that nothing else brings",
          "[policy]") {
    SecrecyScene scene;
    for (const auto& guardian : {scene.a, scene.b})
        scene.consent(scene.id,
                      scene.officer,
                      scene.draft_consent(guardian,
                                          scene.child,
                                          scene.social,
                                          scene.clinic,
                                          {Category::social, Category::contact}));
    const auto head = scene.staff(scene.nurses, Role::head_of_unit);
    scene.add_participant(scene.id, scene.lead, head, Duty::lead);
    const auto item = scene.about_child(Category::contact);
    REQUIRE(ask_on_device(scene, scene.psychiatrist, item).permitted());

    scene.sign(head.device,
               World::custody_stream(scene.id),
               ProtectionMark{.person = scene.child,
                              .kind = ProtectionKind::secrecy_marking,
                              .users = {scene.officer.user}});
    CHECK_FALSE(scene.ask_as(scene.psychiatrist, item).permitted());
    CHECK_FALSE(ask_on_device(scene, scene.psychiatrist, item).permitted());
}

TEST_CASE("Device: a kind not known here denies by whom only another unit's roster knows",
          "[policy]") {
    SecrecyScene scene;
    scene.consent(scene.id, scene.officer, scene.for_measure(scene.a, Purpose::coordination));
    scene.consent(scene.id, scene.officer, scene.for_measure(scene.b, Purpose::coordination));
    const auto item = scene.social_item();
    REQUIRE(ask_on_device(scene, scene.psychiatrist, item).permitted());

    const auto stream = GENERATE_COPY(
        values({scene.in_social(), World::roster_stream(scene.id, scene.clinic.unit)}));
    scene.sign(scene.nurse.device, stream, Unknown{.kind = 99, .body = {}}, {}, true);
    CHECK_FALSE(scene.ask_as(scene.psychiatrist, item).permitted());
    CHECK(ask_on_device(scene, scene.psychiatrist, item).reasons == only(Reason::update_needed));
}

TEST_CASE("Device: a stay counts by whom only another unit's roster knows", "[policy]") {
    SecrecyScene scene;
    const Request referral{.purpose = measure_referral};
    auto decision = scene.decision_without(scene.b, measure_referral);
    scene.record(decision);
    scene.consent(scene.id, scene.officer, scene.for_measure(scene.a, measure_referral));
    const auto other = scene.staff(scene.unit(scene.nora, Regime::social), Role::head_of_unit);
    scene.add_participant(scene.id, scene.lead, other, Duty::lead);
    const auto item = scene.social_item();
    REQUIRE(ask_on_device(scene, scene.psychiatrist, item, referral).permitted());

    decision.stayed = true;
    scene.sign(other.device, World::custody_stream(scene.id), decision);
    CHECK_FALSE(scene.ask_as(scene.psychiatrist, item, referral).permitted());
    CHECK_FALSE(ask_on_device(scene, scene.psychiatrist, item, referral).permitted());
}

}  // namespace samsyn::test
