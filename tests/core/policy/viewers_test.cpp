#include "tests/core/policy/secrecy_scene.hpp"
#include "tests/support/catch.hpp"

// To whom a user may show something (consent-rules.md, "Requester").

using namespace samsyn;
using namespace samsyn::test;

namespace {

struct ViewScene : SecrecyScene {
    /// Shown by an officer of the unit that wrote it.
    Decision shown(ViewerKind kind, const PersonId& person, const Label& label) {
        return show(officer, label, kind, person);
    }

    Decision to_guardian(const PersonId& person) {
        return shown(ViewerKind::guardian, person, social_item());
    }

    StatementPtr consent_to_show(const PersonId& grantor,
                                 const PersonId& subject,
                                 std::initializer_list<Category> categories) {
        auto consent = draft_consent(grantor, subject, social, school, categories);
        consent.actions.insert(Action::show_in_meeting);
        return World::consent(id, officer, consent);
    }

    void name_guest(const StatementPtr& consent, const PersonId& guest) {
        in_social_by(officer, GuestNamed{.consent = consent->id, .guest = guest});
    }
};

}  // namespace

TEST_CASE("Viewer: a guardian and the child are shown what is about the child", "[policy]") {
    ViewScene scene;
    CHECK(scene.to_guardian(scene.a).permitted());
    CHECK(scene.shown(ViewerKind::subject, scene.child, scene.social_item()).permitted());
    CHECK(scene.to_guardian(scene.fresh<PersonId>()).reasons == only(Reason::viewer_not_subject));
    const auto other_child = scene.fresh<PersonId>();
    scene.custody(scene.id, scene.lead, other_child, {scene.b});
    const auto both = make_label({scene.child, other_child}, scene.social, Category::social);
    CHECK(scene.shown(ViewerKind::guardian, scene.a, both).reasons ==
          only(Reason::viewer_not_subject));
    CHECK(scene.shown(ViewerKind::guardian, scene.b, both).permitted());
}

TEST_CASE("Viewer: the user who shows must be permitted to show", "[policy]") {
    ViewScene scene;
    CHECK(
        scene.show(scene.counsellor, scene.social_item(), ViewerKind::guardian, scene.a).outcome ==
        Outcome::needs);
    scene.both_consent();  // to read, not to show
    CHECK(
        scene.show(scene.counsellor, scene.social_item(), ViewerKind::guardian, scene.a).reasons ==
        only(Reason::other_action));
    for (const auto& guardian : {scene.a, scene.b}) {
        auto consent = scene.to_school(guardian);
        consent.actions = {};
        consent.actions.insert(Action::show_in_meeting);
        consent.recipient.role = Role::principal;
        scene.consent(scene.id, scene.officer, consent);
    }
    CHECK(scene.show(scene.principal, scene.social_item(), ViewerKind::guardian, scene.a)
              .permitted());
}

TEST_CASE("Viewer: a suspended guardian is shown nothing of the child", "[policy]") {
    ViewScene scene;
    scene.record(GuardianSuspended{.child = scene.child,
                                   .guardian = scene.b,
                                   .special_representative = {},
                                   .from = scene.now - hours{1},
                                   .until = scene.now + days{30}});
    const auto answer = scene.to_guardian(scene.b);
    CHECK(answer.reasons == only(Reason::guardian_suspended));
    CHECK(answer.valid_until <= scene.now + days{30});
    CHECK(scene.shown(ViewerKind::subject, scene.b, scene.social_item()).outcome == Outcome::deny);
    CHECK(scene.to_guardian(scene.a).permitted());
}

TEST_CASE("C-07: when the youth comes of age the guardians' own viewing ends", "[policy]") {
    ViewScene scene;
    const auto birthday = std::get<Custody>(scene.custody_said->body).adult_at;
    auto body = std::get<Custody>(scene.custody_said->body);
    body.review_at = birthday;
    scene.record(body);
    scene.now = birthday - hours{1};
    const auto before = scene.to_guardian(scene.a);
    CHECK(before.permitted());
    CHECK(before.valid_until == birthday);
    scene.now = birthday;
    CHECK(scene.to_guardian(scene.a).reasons == only(Reason::guardian_lapsed));
    CHECK(scene.shown(ViewerKind::subject, scene.child, scene.social_item()).permitted());
}

TEST_CASE("Viewer: guardians are not shown what the child decides alone", "[policy]") {
    ViewScene scene;
    scene.record(scene.assessment({Category::social}, true));
    scene.record(scene.assessment({Category::social}, false), std::vector<StatementId>{});
    CHECK(scene.to_guardian(scene.a).reasons == only(Reason::viewer_not_deciding));
    CHECK(scene.shown(ViewerKind::subject, scene.child, scene.social_item()).permitted());
    CHECK(
        scene.shown(ViewerKind::guardian, scene.a, scene.about_child(Category::plan)).permitted());
}

TEST_CASE("C-08: a guardian is not shown what would harm the child, else as decided", "[policy]") {
    ViewScene scene;
    const auto circle = scene.fresh<AudienceId>();
    scene.in_social_by(scene.officer,
                       Audience{.id = circle, .users = {scene.officer.user}, .reason = {}});
    CHECK(scene.shown(ViewerKind::guardian, scene.a, scene.closed_item(circle)).reasons ==
          only(Reason::closed_label));
    CHECK(scene.to_guardian(scene.a).permitted());

    scene.attest_age(13);
    auto requester = scene.officer.requester();
    requester.viewer = Viewer{ViewerKind::guardian, scene.a};
    CHECK(scene.ask(scene.id, scene.social_item(), requester, {.purpose = measure_support_from_12})
              .reasons == only(Reason::viewer_not_deciding));
}

TEST_CASE("Viewer: nobody is shown what is about another adult who has not let that person see it",
          "[policy]") {
    ViewScene scene;
    const auto label = make_label({scene.child, scene.b}, scene.social, Category::social);
    const auto to_a = [&] { return scene.shown(ViewerKind::guardian, scene.a, label); };
    CHECK(to_a().reasons == only(Reason::viewer_not_subject));
    CHECK(scene.shown(ViewerKind::guardian, scene.b, label).permitted());

    const auto consent = scene.consent_to_show(scene.b, scene.b, {Category::social});
    CHECK(!to_a().permitted());
    scene.name_guest(consent, scene.a);
    CHECK(to_a().permitted());

    auto withdrawal = scene.no(ClosingKind::withdrawal, scene.b);
    withdrawal.subject = scene.b;
    scene.closing(scene.id, scene.officer, withdrawal);
    CHECK(!to_a().permitted());
}

TEST_CASE(
    "C-11: a mandate for school until 30 June shows the advocate no health item, and nothing "
    "in July",
    "[policy]") {
    ViewScene scene;
    const auto adult = scene.fresh<PersonId>();
    const auto advocate = scene.fresh<PersonId>();
    scene.record(AdultRecorded{.person = adult});
    Mandate mandate{.principal = adult,
                    .agent = advocate,
                    .regimes = {},
                    .categories = categories_of({Category::attendance, Category::plan}),
                    .from = scene.now - hours{1},
                    .until = scene.now + days{57}};
    mandate.regimes.insert(Regime::school_pupil_health);
    scene.record(mandate);
    const auto school_item = make_label({adult}, scene.school, Category::attendance);
    const auto ask = [&](const Staff& who, const Label& label) {
        return scene.show(who, label, ViewerKind::mandate_holder, advocate);
    };

    CHECK(ask(scene.counsellor, school_item).permitted());
    CHECK(ask(scene.counsellor, school_item).valid_until == mandate.until);
    CHECK(ask(scene.counsellor, make_label({adult}, scene.school, Category::health)).reasons ==
          only(Reason::outside_mandate));
    CHECK(
        ask(scene.psychiatrist, make_label({adult}, scene.clinic, Category::attendance)).reasons ==
        only(Reason::outside_mandate));
    CHECK(ask(scene.counsellor, make_label({scene.child}, scene.school, Category::attendance))
              .outcome == Outcome::deny);
    scene.now = mandate.until;
    CHECK(ask(scene.counsellor, school_item).reasons == only(Reason::outside_mandate));
}

TEST_CASE("Viewer: of two mandates that did not know each other the intersection counts",
          "[policy]") {
    ViewScene scene;
    const auto agent = scene.fresh<PersonId>();
    Mandate mandate{.principal = scene.a,
                    .agent = agent,
                    .regimes = {Regimes::known},
                    .categories = categories_of({Category::social, Category::plan}),
                    .from = scene.now - hours{1},
                    .until = scene.now + days{57}};
    scene.record(mandate);
    const auto ask = [&](Category category) {
        const auto label = make_label({scene.a}, scene.social, category);
        return scene.shown(ViewerKind::mandate_holder, agent, label).permitted();
    };
    CHECK(ask(Category::social));
    mandate.categories = categories_of({Category::plan});
    scene.record(mandate, std::vector<StatementId>{});
    CHECK(!ask(Category::social));
    CHECK(ask(Category::plan));
}

TEST_CASE("Viewer: a guest sees time and place, and what consents that name the guest cover",
          "[policy]") {
    ViewScene scene;
    const auto guest = scene.fresh<PersonId>();
    const auto meeting = scene.about_child(Category::meeting, Sensitivity::low);
    const auto ask = [&](const Label& label) {
        return scene.shown(ViewerKind::guest, guest, label);
    };
    CHECK(ask(meeting).permitted());
    CHECK(ask(scene.about_child(Category::meeting)).reasons == only(Reason::guest_not_named));

    scene.name_guest(scene.consent_to_show(scene.a, scene.child, {Category::social}), guest);
    CHECK(ask(scene.social_item()).reasons == only(Reason::guest_not_named));
    const auto second = scene.consent_to_show(scene.b, scene.child, {Category::social});
    CHECK(!ask(scene.social_item()).permitted());
    scene.name_guest(second, guest);
    CHECK(ask(scene.social_item()).permitted());
    CHECK(!ask(scene.about_child(Category::health)).permitted());
    CHECK(
        !scene.shown(ViewerKind::guest, scene.fresh<PersonId>(), scene.social_item()).permitted());
    CHECK(!ask(scene.closed_item(scene.fresh<AudienceId>())).permitted());

    // One that was ended names nobody, until it is given anew.
    scene.sign(scene.officer.device,
               World::disclosing_stream(scene.id, scene.social.unit),
               Ended{second->id});
    CHECK(ask(scene.social_item()).reasons == only(Reason::guest_not_named));
    scene.name_guest(scene.consent_to_show(scene.b, scene.child, {Category::social}), guest);
    CHECK(ask(scene.social_item()).permitted());

    // Consent ends with the case, for guests too.
    const auto stream = World::custody_stream(scene.id);
    const auto closing = scene.sign(scene.lead.device, stream, CaseClosed{});
    scene.sign(scene.lead.device, stream, Ended{closing->id});
    CHECK(ask(scene.social_item()).reasons == only(Reason::guest_not_named));
}

TEST_CASE("C-17: a room shows what everybody who can see it may see, and more when they have left",
          "[policy]") {
    ViewScene scene;
    for (const auto& guardian : {scene.a, scene.b})
        for (const auto& unit : {scene.school, scene.team}) {
            auto consent = scene.draft_consent(
                guardian, scene.child, scene.social, unit, {Category::social, Category::plan});
            consent.actions.insert(Action::show_in_meeting);
            if (unit == scene.school) consent.categories = categories_of({Category::plan});
            scene.consent(scene.id, scene.officer, consent);
        }
    const Request show{.action = Action::show_in_meeting};
    const auto shown_to = [&](const std::vector<Staff>& staff,
                              const std::vector<Viewer>& viewers,
                              const Label& label) {
        return std::ranges::all_of(
                   staff,
                   [&](const auto& who) { return scene.ask_as(who, label, show).permitted(); }) &&
               std::ranges::all_of(viewers, [&](const auto& viewer) {
                   return scene.show(staff.front(), label, viewer.kind, viewer.person).permitted();
               });
    };
    const Viewer guardian{ViewerKind::guardian, scene.a};
    const Viewer guest{ViewerKind::guest, scene.fresh<PersonId>()};
    const std::vector all{scene.lead, scene.officer, scene.counsellor, scene.principal};
    const auto plan = scene.about_child(Category::plan);

    CHECK(shown_to(all, {guardian}, plan));
    CHECK(!shown_to(all, {guardian}, scene.social_item()));
    CHECK(shown_to({scene.lead, scene.officer}, {guardian}, scene.social_item()));
    CHECK(!shown_to({scene.lead, scene.officer}, {guardian, guest}, scene.social_item()));
    CHECK(!shown_to(all, {guardian, guest}, plan));
}
