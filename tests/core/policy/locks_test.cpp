#include "tests/core/policy/secrecy_scene.hpp"
#include "tests/support/catch.hpp"

// Hard locks (consent-rules.md, rule 1): nothing opens them.

using namespace samsyn;
using namespace samsyn::test;

namespace {

struct LockScene : SecrecyScene {
    AudienceId circle = fresh<AudienceId>();

    StatementPtr audience(std::vector<UserId> users,
                          std::optional<std::vector<StatementId>> previous = {}) {
        std::ranges::sort(users);
        return in_social_by(
            officer, Audience{.id = circle, .users = std::move(users), .reason = {}}, previous);
    }

    ProtectionMark mark(ProtectionKind kind, std::vector<UserId> users) const {
        std::ranges::sort(users);
        return {.person = child, .kind = kind, .users = std::move(users)};
    }

    /// Everything that could open anything else.
    void open_all_else() {
        both_consent();
        for (const auto& guardian : {a, b})
            for (const auto& unit : {school, clinic, police})
                consent(id,
                        officer,
                        draft_consent(guardian,
                                      child,
                                      social,
                                      unit,
                                      {Category::social, Category::contact, Category::housing}));
        auto opening = draft_override(statute_emergency);
        opening.categories = categories_of({Category::social, Category::contact});
        in_social_by(officer, opening);
    }
};

}  // namespace

TEST_CASE("C-42: a closed consultation is read by the named circle only", "[policy]") {
    LockScene scene;
    scene.open_all_else();
    const auto label = scene.closed_item(scene.circle);
    for (const auto& who : {scene.officer, scene.second, scene.counsellor, scene.lead})
        CHECK(scene.ask_as(who, label).reasons == only(Reason::closed_label));

    scene.audience({scene.officer.user, scene.psychiatrist.user});
    CHECK(scene.ask_as(scene.officer, label).permitted());
    CHECK(scene.ask_as(scene.psychiatrist, label).permitted());
    for (const auto& who : {scene.second, scene.counsellor, scene.lead, scene.detective})
        CHECK(scene.ask_as(who, label).reasons == only(Reason::closed_label));
    CHECK(scene.ask_as(scene.psychiatrist, label, {.purpose = Purpose::identifying_statistics})
              .outcome == Outcome::deny);
    CHECK(!scene.show(scene.officer, label, ViewerKind::guardian, scene.a).permitted());
}

TEST_CASE("Audience: being named in a circle is no ground to read", "[policy]") {
    LockScene scene;
    scene.audience({scene.officer.user, scene.counsellor.user});
    CHECK(scene.ask_as(scene.counsellor, scene.closed_item(scene.circle)).outcome ==
          Outcome::needs);
}

TEST_CASE("Audience: of two that did not know each other the intersection counts", "[policy]") {
    LockScene scene;
    const auto label = scene.closed_item(scene.circle);
    scene.audience({scene.officer.user, scene.second.user});
    scene.audience({scene.officer.user, scene.chief.user}, std::vector<StatementId>{});
    CHECK(scene.ask_as(scene.officer, label).permitted());
    CHECK(!scene.ask_as(scene.second, label).permitted());
    CHECK(!scene.ask_as(scene.chief, label).permitted());

    scene.audience({scene.second.user});  // this one knew both
    CHECK(scene.ask_as(scene.second, label).permitted());
    CHECK(!scene.ask_as(scene.officer, label).permitted());
}

TEST_CASE("Audience: ending the only one shuts the label for everybody", "[policy]") {
    LockScene scene;
    const auto said = scene.audience({scene.officer.user});
    scene.in_social_by(scene.officer, Ended{said->id});
    CHECK(!scene.ask_as(scene.officer, scene.closed_item(scene.circle)).permitted());
}

TEST_CASE("C-43: what an investigation locks is read by its unit and named users only",
          "[policy]") {
    LockScene scene;
    scene.open_all_else();
    const auto label = scene.closed_item(scene.circle);
    const InvestigationLock lock{
        .id = scene.circle, .unit = scene.police.unit, .users = {scene.officer.user}};
    scene.in_social_by(scene.detective, lock);

    CHECK(scene.ask_as(scene.officer, label).permitted());
    CHECK(scene.ask_as(scene.detective, label).permitted());
    for (const auto& who : {scene.second, scene.chief, scene.counsellor, scene.psychiatrist})
        CHECK(scene.ask_as(who, label).reasons == only(Reason::investigation_locked));

    SECTION("an audience under the same id opens nothing") {
        scene.audience({scene.officer.user, scene.second.user});
        CHECK(scene.ask_as(scene.officer, label).permitted());
        CHECK(!scene.ask_as(scene.second, label).permitted());
        CHECK(!scene.ask_as(scene.detective, label).permitted());
    }
    SECTION("nor does a second lock, in whatever order") {
        auto other = lock;
        other.users = {scene.second.user};
        scene.in_social_by(scene.detective, other);
        CHECK(!scene.ask_as(scene.officer, label).permitted());
        CHECK(!scene.ask_as(scene.second, label).permitted());
    }
    SECTION("a release opens no label: it names items that move to another one") {
        scene.in_social_by(scene.detective,
                           Release{.lock = scene.circle, .items = {scene.fresh<ItemId>()}});
        CHECK(!scene.ask_as(scene.second, label).permitted());
    }
}

TEST_CASE("C-43: only police or prosecutors lock", "[policy]") {
    LockScene scene;
    scene.in_social_by(
        scene.officer,
        InvestigationLock{.id = scene.circle, .unit = scene.social.unit, .users = {}});
    CHECK(scene.ask_as(scene.officer, scene.closed_item(scene.circle)).reasons ==
          only(Reason::closed_label));
}

TEST_CASE("C-36: the emergency's contact sheet is the own unit's", "[policy]") {
    SecrecyScene scene;
    scene.both_consent();
    const auto sheet = scene.about_child(Category::emergency);
    CHECK(scene.ask_as(scene.officer, sheet, {.action = Action::keep_offline}).permitted());
    CHECK(!scene.ask_as(scene.counsellor, sheet).permitted());
    const auto members = scene.federation();
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], members);
    auto expected = std::vector{scene.officer.device, scene.second.device, scene.chief.device};
    std::ranges::sort(expected);
    CHECK(permitted_devices(sheet, {members, view}, current_statute_table(), scene.now) ==
          expected);
}

TEST_CASE("C-37: what tells where a marked child is goes to named staff only, the own unit's too",
          "[policy]") {
    LockScene scene;
    scene.open_all_else();
    scene.record(
        scene.mark(ProtectionKind::secrecy_marking, {scene.officer.user, scene.counsellor.user}));
    for (const auto category : {Category::contact, Category::housing}) {
        const auto label = scene.about_child(category);
        CHECK(scene.ask_as(scene.officer, label).permitted());
        CHECK(scene.ask_as(scene.counsellor, label).permitted());
        for (const auto& who : {scene.second, scene.psychiatrist, scene.principal})
            CHECK(scene.ask_as(who, label).reasons == only(Reason::protected_person));
    }
    CHECK(!scene.ask_as(scene.second, scene.about_child(Category::emergency)).permitted());
    CHECK(scene.ask_as(scene.second, scene.social_item()).permitted());
    CHECK(
        !scene
             .show(
                 scene.officer, scene.about_child(Category::contact), ViewerKind::guardian, scene.a)
             .permitted());
}

TEST_CASE("C-38: protected registration closes whereabouts, and a second mark never opens them",
          "[policy]") {
    LockScene scene;
    scene.open_all_else();
    const auto label = scene.about_child(Category::housing);
    const auto first =
        scene.record(scene.mark(ProtectionKind::protected_registration, {scene.officer.user}));
    scene.record(scene.mark(ProtectionKind::protected_registration, {scene.second.user}));
    CHECK(scene.ask_as(scene.officer, label).reasons == only(Reason::protected_person));
    CHECK(!scene.ask_as(scene.second, label).permitted());

    scene.sign(scene.officer.device, World::custody_stream(scene.id), Ended{first->id});
    CHECK(!scene.ask_as(scene.second, label).permitted());
    scene.record(Ended{first->id});
    CHECK(scene.ask_as(scene.second, label).permitted());
}

TEST_CASE(
    "C-40: a case whose existence is hidden is no such thing, for a guardian and for whoever "
    "is not named",
    "[policy]") {
    LockScene scene;
    scene.open_all_else();
    scene.record(scene.mark(ProtectionKind::hidden_existence, {scene.officer.user}));
    const auto nothing = [&](const Decision& answer) {
        return answer.outcome == Outcome::deny && answer.reasons == only(Reason::no_such_thing) &&
               answer.missing.empty() && answer.by.empty();
    };
    const auto stranger = scene.staff(scene.clinic, Role::clinician);

    CHECK(scene.ask_as(scene.officer, scene.social_item()).permitted());
    for (const auto& who : {scene.lead,
                            scene.second,
                            scene.counsellor,
                            scene.psychiatrist,
                            scene.detective,
                            stranger})
        for (const auto& label : {scene.social_item(), scene.closed_item(scene.circle)})
            CHECK(nothing(scene.ask_as(who, label)));
    for (const auto kind : {ViewerKind::guardian, ViewerKind::subject, ViewerKind::guest})
        CHECK(nothing(scene.show(scene.officer, scene.social_item(), kind, scene.a)));
    CHECK(nothing(
        scene.ask_as(scene.counsellor, scene.social_item(), SecrecyScene::by(statute_emergency))));
}

TEST_CASE("C-40: the youth's own consent names a user of another unit; a guardian's does not",
          "[policy]") {
    LockScene scene;
    scene.record(scene.assessment({Category::social}, true));
    scene.record(scene.mark(ProtectionKind::hidden_existence, {scene.officer.user}));
    auto consent = scene.to_school(scene.a);
    consent.recipient.user = scene.counsellor.user;
    scene.consent(scene.id, scene.officer, consent);
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          only(Reason::no_such_thing));

    consent.grantor = scene.child;
    scene.consent(scene.id, scene.officer, consent);
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
    CHECK(scene.ask_as(scene.counsellor, scene.about_child(Category::health)).reasons ==
          only(Reason::no_such_thing));
    CHECK(scene.ask_as(scene.principal, scene.social_item()).reasons ==
          only(Reason::no_such_thing));

    // What the guardians decide is read while the youth's own word stands, and that ends with the
    // case, whatever they say anew.
    const auto guardians_consent = [&] {
        for (const auto& guardian : {scene.a, scene.b})
            scene.consent(
                scene.id,
                scene.officer,
                scene.draft_consent(
                    guardian, scene.child, scene.social, scene.school, {Category::contact}));
    };
    guardians_consent();
    CHECK(scene.ask_as(scene.counsellor, scene.about_child(Category::contact)).permitted());
    const auto stream = World::custody_stream(scene.id);
    const auto closing = scene.sign(scene.lead.device, stream, CaseClosed{});
    scene.sign(scene.lead.device, stream, Ended{closing->id});
    guardians_consent();
    for (const auto& label : {scene.social_item(), scene.about_child(Category::contact)})
        CHECK(scene.ask_as(scene.counsellor, label).reasons == only(Reason::no_such_thing));
    scene.consent(scene.id, scene.officer, consent);
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());

    scene.closing(scene.id, scene.officer, scene.no(ClosingKind::withdrawal, scene.child));
    const auto after = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK(after.reasons == only(Reason::no_such_thing));
    CHECK(after.by.empty());
}

TEST_CASE("C-53: of a case that was destroyed nothing is read by anybody", "[policy]") {
    SecrecyScene scene;
    scene.both_consent();
    scene.record(CaseWeeded{.weeded_at = scene.now});
    for (const auto& who : {scene.officer, scene.counsellor, scene.lead})
        CHECK(scene.ask_as(who, scene.social_item()).reasons == only(Reason::case_weeded));
}

TEST_CASE("Attack: nobody opens the directory of names as a case, to hide it or to destroy it",
          "[policy]") {
    SecrecyScene scene;
    const auto say = [&](const StatementBody& body) {
        scene.sign(scene.lead.device, World::custody_stream(directory_case), body);
    };
    say(CaseOpened{
        .model = ServiceModel::famsam, .unit = scene.team.unit, .lead = scene.lead.user});
    say(ProtectionMark{
        .person = scene.child, .kind = ProtectionKind::hidden_existence, .users = {}});
    say(CaseWeeded{.weeded_at = scene.now});
    const auto names = make_label({}, scene.social, Category::directory);
    CHECK(scene.ask(directory_case, names, scene.nurse.requester()).permitted());
}
