#include "tests/core/policy/scene.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace samsyn::test;

TEST_CASE("Closing: a consent that arrives later does not open what it does not name", "[policy]") {
    Scene scene;
    scene.both_consent();
    scene.closing(scene.id, scene.officer, scene.no(ClosingKind::withdrawal, scene.a));
    scene.consent(scene.id, scene.officer, scene.to_school(scene.a));

    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          std::vector{Reason::withdrawn});
}

TEST_CASE("Closing: a newer consent of the same person that names it opens the scope again",
          "[policy]") {
    Scene scene;
    scene.both_consent();
    const auto kind = GENERATE(
        ClosingKind::withdrawal, ClosingKind::refusal, ClosingKind::objection, ClosingKind::block);
    const auto closing = scene.closing(scene.id, scene.officer, scene.no(kind, scene.a));
    auto again = scene.to_school(scene.a);
    again.names = {closing->id};

    SECTION("by the consent itself") {
        scene.consent(scene.id, scene.officer, again);
    }
    SECTION("by the disclosing unit's confirmation") {
        again.names = {};
        const auto late = scene.consent(scene.id, scene.lead, again);
        scene.sign(scene.officer.device,
                   World::disclosing_stream(scene.id, scene.social.unit),
                   Confirmation{.consent = late->id, .names = {closing->id}});
    }
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
}

TEST_CASE("Closing: a confirmation of an old consent that names it opens nothing again",
          "[policy]") {
    Scene scene;
    const auto old = scene.consent(scene.id, scene.officer, scene.to_school(scene.a));
    scene.consent(scene.id, scene.officer, scene.to_school(scene.b));
    const auto withdrawal =
        scene.closing(scene.id, scene.officer, scene.no(ClosingKind::withdrawal, scene.a));
    scene.sign(scene.officer.device,
               World::disclosing_stream(scene.id, scene.social.unit),
               Confirmation{.consent = old->id, .names = {withdrawal->id}});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          std::vector{Reason::withdrawn});
}

TEST_CASE("Closing: another guardian's consent does not open it", "[policy]") {
    Scene scene;
    scene.both_consent();
    const auto refusal =
        scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, scene.a));
    auto other = scene.to_school(scene.b);
    other.names = {refusal->id};
    scene.consent(scene.id, scene.officer, other);

    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          std::vector{Reason::refused});
}

TEST_CASE("Closing: one in the custody stream closes every disclosing unit", "[policy]") {
    Scene scene;
    scene.both_consent();
    auto refusal = scene.no(ClosingKind::refusal, scene.b);
    refusal.disclosing = {};
    scene.closing(scene.id, scene.counsellor, refusal);

    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).outcome == Outcome::deny);
}

TEST_CASE("Closing: a refusal by somebody who does not decide closes nothing", "[policy]") {
    Scene scene;
    scene.both_consent();
    scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, scene.fresh<PersonId>()));

    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
}

TEST_CASE("Closing: is ended by nobody, a block by the user who set it", "[policy]") {
    Scene scene;
    scene.both_consent();
    const auto stream = World::disclosing_stream(scene.id, scene.social.unit);
    const auto refusal =
        scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, scene.a));
    scene.sign(scene.officer.device, stream, Ended{refusal->id});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          std::vector{Reason::refused});

    auto again = scene.to_school(scene.a);
    again.names = {refusal->id};
    scene.consent(scene.id, scene.officer, again);
    const auto block =
        scene.closing(scene.id, scene.officer, scene.no(ClosingKind::block, scene.b));
    scene.sign(scene.lead.device, stream, Ended{block->id});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          std::vector{Reason::blocked});
    scene.sign(scene.officer.device, stream, Ended{block->id});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
}

TEST_CASE("Consent: a newer one replaces what it names; strangers narrow each other", "[policy]") {
    Scene scene;
    scene.both_consent();
    auto narrow = scene.to_school(scene.a);
    narrow.reserved.insert(Category::social);
    const auto said = scene.consent(scene.id, scene.officer, narrow);
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          std::vector{Reason::reserved});

    auto wide = scene.to_school(scene.a);
    wide.names = {said->id};
    scene.consent(scene.id, scene.officer, wide);
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
}

TEST_CASE("Consent: an ended one opens nothing", "[policy]") {
    Scene scene;
    const auto consent = scene.consent(scene.id, scene.officer, scene.to_school(scene.a));
    scene.consent(scene.id, scene.officer, scene.to_school(scene.b));
    scene.sign(scene.officer.device,
               World::disclosing_stream(scene.id, scene.social.unit),
               Ended{consent->id});

    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).outcome == Outcome::deny);
}

TEST_CASE("Consent: every subject of the label must be covered", "[policy]") {
    Scene scene;
    scene.both_consent();
    const auto label = make_label({scene.child, scene.a}, scene.social, Category::social);
    CHECK(scene.ask_as(scene.counsellor, label).outcome == Outcome::needs);

    auto own =
        scene.draft_consent(scene.a, scene.a, scene.social, scene.school, {Category::social});
    own.capacity = Capacity::self;
    scene.consent(scene.id, scene.officer, own);
    CHECK(scene.ask_as(scene.counsellor, label).permitted());
}

TEST_CASE("Contribute: a recipient changes shared types where a consent says so", "[policy]") {
    Scene scene;
    for (const auto& guardian : {scene.a, scene.b}) {
        auto consent = scene.to_school(guardian);
        consent.actions.insert(Action::contribute);
        scene.consent(scene.id, scene.officer, consent);
    }
    const auto ask = [&](const Staff& who, bool shared) {
        return scene.ask_as(who,
                            scene.social_item(),
                            {.action = Action::contribute, .shared_editing_type = shared});
    };

    CHECK(ask(scene.counsellor, true).permitted());
    CHECK(ask(scene.counsellor, false).reasons == std::vector{Reason::only_disclosing_unit_edits});
    CHECK(ask(scene.officer, false).permitted());
}
