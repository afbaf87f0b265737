#include "tests/core/policy/secrecy_scene.hpp"
#include "tests/support/catch.hpp"

// What opens by statute (consent-rules.md, rule 3), and the table that says so.

using namespace samsyn;
using namespace samsyn::test;

namespace {

/// Social services disclose to the clinic; nobody has consented.
struct StatuteScene : SecrecyScene {
    Decision clinic_asks(std::uint16_t statute) {
        return ask_as(psychiatrist, social_item(), by(statute));
    }

    Decision clinic_asks() { return ask_as(psychiatrist, social_item()); }

    InvestigationAnswer draft_answer(const AudienceId& selection) {
        return {.statute = statute_investigation,
                .subject = child,
                .categories = categories_of({Category::attendance}),
                .selection = selection,
                .items = {fresh<ItemId>()},
                .recipient = {.unit = social.unit, .role = {}, .user = {}},
                .decision = fresh<Hash>(),
                .until = now + days{30}};
    }
};

}  // namespace

TEST_CASE("C-33: by the general clause a second reader approves before", "[policy]") {
    StatuteScene scene;
    scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, scene.b));
    CHECK(scene.clinic_asks(statute_general_clause).reasons == only(Reason::not_covered));
    const auto opening =
        scene.in_social_by(scene.officer, scene.draft_override(statute_general_clause));
    CHECK(scene.clinic_asks(statute_general_clause).reasons == only(Reason::second_reader_missing));
    CHECK(scene.clinic_asks().reasons == only(Reason::refused));

    scene.verdict(scene.officer, opening, true);     // the author
    scene.verdict(scene.counsellor, opening, true);  // of another unit
    CHECK(!scene.clinic_asks().permitted());
    scene.verdict(scene.second, opening, true);

    for (const auto& answer : {scene.clinic_asks(), scene.clinic_asks(statute_general_clause)}) {
        CHECK(answer.permitted());
        CHECK(answer.reasons == only(Reason::statute_covers));
        CHECK(answer.by == std::vector{opening->id});
        CHECK(answer.valid_until == scene.now + days{10});
    }
    CHECK(!scene.ask_as(scene.counsellor, scene.social_item()).permitted());
    CHECK(!scene.ask_as(scene.psychiatrist, scene.about_child(Category::health)).permitted());
    const auto with_parent = make_label({scene.child, scene.a}, scene.social, Category::social);
    CHECK(!scene.ask_as(scene.psychiatrist, with_parent).permitted());
    CHECK(scene.clinic_asks(statute_emergency).reasons == only(Reason::not_covered));

    SECTION("it ends") {
        scene.now += days{10};
        CHECK(scene.clinic_asks(statute_general_clause).reasons == only(Reason::override_ended));
    }
    SECTION("a second reader's no stands, whatever others say") {
        scene.verdict(scene.chief, opening, false);
        CHECK(!scene.clinic_asks().permitted());
    }
    SECTION("its author takes it back") {
        scene.in_social_by(scene.officer, Ended{opening->id});
        CHECK(!scene.clinic_asks().permitted());
    }
}

TEST_CASE("C-33: a second signature under the statement is a second reader before", "[policy]") {
    StatuteScene scene;
    const auto draft = scene.draft_override(statute_general_clause);
    SECTION("of another participant of the unit") {
        scene.countersigned(scene.officer, scene.second, draft);
        CHECK(scene.clinic_asks().permitted());
    }
    SECTION("not the author's own") {
        scene.countersigned(
            scene.officer, {scene.officer.user, scene.tablet(scene.officer), scene.social}, draft);
        CHECK(!scene.clinic_asks().permitted());
    }
    SECTION("not of another unit") {
        scene.countersigned(scene.officer, scene.counsellor, draft);
        CHECK(!scene.clinic_asks().permitted());
    }
}

TEST_CASE(
    "C-33: without the verdict within 72 hours it lapses, and a late one does not bring it "
    "back",
    "[policy]") {
    StatuteScene scene;
    const auto start = scene.now;
    const auto opening =
        scene.in_social_by(scene.officer, scene.draft_override(statute_necessary_disclosure));
    CHECK(scene.clinic_asks().permitted());
    CHECK(scene.clinic_asks().valid_until == start + hours{72});

    SECTION("in time") {
        scene.now += hours{71};
        scene.verdict(scene.second, opening, true);
        scene.now += hours{24};
        CHECK(scene.clinic_asks().permitted());
    }
    SECTION("late") {
        scene.now += hours{72};
        CHECK(scene.clinic_asks(statute_necessary_disclosure).reasons ==
              only(Reason::second_reader_missing));
        scene.verdict(scene.second, opening, true);
        CHECK(!scene.clinic_asks().permitted());
    }
}

TEST_CASE("C-33: in an emergency no second reader is asked, for the time of the table at most",
          "[policy]") {
    StatuteScene scene;
    scene.in_social_by(scene.officer, scene.draft_override(statute_emergency));
    CHECK(scene.clinic_asks().permitted());
    CHECK(scene.clinic_asks().valid_until == scene.now - hours{1} + hours{72});
    scene.now += hours{71};
    CHECK(scene.clinic_asks(statute_emergency).reasons == only(Reason::override_ended));
}

TEST_CASE("C-33: blocks and objections are passed only where named, hard locks never", "[policy]") {
    StatuteScene scene;
    const auto kind = GENERATE(ClosingKind::block, ClosingKind::objection);
    const auto lock = scene.closing(scene.id, scene.officer, scene.no(kind, scene.b));
    auto draft = scene.draft_override(statute_emergency);
    scene.in_social_by(scene.officer, draft);
    CHECK(scene.clinic_asks(statute_emergency).reasons ==
          only(kind == ClosingKind::block ? Reason::blocked : Reason::objected));

    draft.pierced = {lock->id};
    scene.in_social_by(scene.officer, draft);
    CHECK(scene.clinic_asks().permitted());
    CHECK(!scene.ask_as(scene.psychiatrist, scene.closed_item(scene.fresh<AudienceId>()))
               .permitted());
}

TEST_CASE("C-33: only a participant of the disclosing unit opens, and never the whole case",
          "[policy]") {
    StatuteScene scene;
    auto draft = scene.draft_override(statute_emergency);
    SECTION("not the recipient") {
        scene.in_social_by(scene.psychiatrist, draft);
    }
    SECTION("not somebody of the unit who takes no part") {
        scene.in_social_by(scene.staff(scene.social, Role::case_officer), draft);
    }
    SECTION("not no categories") {
        draft.categories = {};
        scene.in_social_by(scene.officer, draft);
    }
    SECTION("not all categories") {
        draft.categories.bits = Categories::known;
        scene.in_social_by(scene.officer, draft);
    }
    SECTION("not to a regime that the table leaves out") {
        draft.recipient.unit = scene.school.unit;
        scene.in_social_by(scene.officer, draft);
        CHECK(!scene.ask_as(scene.counsellor, scene.social_item()).permitted());
    }
    SECTION("not on a ground that the table does not have") {
        draft.statute = 4711;
        scene.in_social_by(scene.officer, draft);
    }
    SECTION("not after the case was closed") {
        scene.in_social_by(scene.officer, draft);
        scene.record(CaseClosed{});
        CHECK(scene.clinic_asks(statute_emergency).reasons == only(Reason::case_closed));
    }
    CHECK(!scene.clinic_asks().permitted());
}

TEST_CASE(
    "C-33: named items go to a label of their own, which only that recipient and the own "
    "unit read",
    "[policy]") {
    StatuteScene scene;
    const auto selection = scene.fresh<AudienceId>();
    auto draft = scene.draft_override(statute_emergency);
    draft.selection = selection;
    draft.items = {scene.fresh<ItemId>()};
    scene.in_social_by(scene.officer, draft);
    scene.both_consent();

    const auto label = scene.closed_item(selection);
    CHECK(scene.ask_as(scene.psychiatrist, label).permitted());
    CHECK(scene.ask_as(scene.second, label).permitted());
    CHECK(scene.ask_as(scene.counsellor, label).reasons == only(Reason::closed_label));
    CHECK(!scene.clinic_asks().permitted());
    SECTION("an audience under that id narrows it") {
        scene.in_social_by(scene.officer,
                           Audience{.id = selection, .users = {scene.second.user}, .reason = {}});
        CHECK(!scene.ask_as(scene.psychiatrist, label).permitted());
        CHECK(!scene.ask_as(scene.officer, label).permitted());
        CHECK(scene.ask_as(scene.second, label).permitted());
    }
}

TEST_CASE("C-32: a school answers an investigation with named items, without a second reader",
          "[policy]") {
    StatuteScene scene;
    const auto selection = scene.fresh<AudienceId>();
    auto label = make_label({scene.child}, scene.school, Category::attendance);
    const auto whole = label;
    label.closed = selection;
    const auto stream = World::disclosing_stream(scene.id, scene.school.unit);
    auto draft = scene.draft_answer(selection);
    const auto refusal = [&] {
        auto no = scene.no(ClosingKind::refusal, scene.a);
        no.disclosing = scene.school.unit;
        scene.closing(scene.id, scene.counsellor, no);
    };
    CHECK(!scene.ask_as(scene.officer, label).permitted());

    SECTION("with its ground and decision") {
        refusal();
        scene.sign(scene.counsellor.device, stream, draft);
        CHECK(scene.ask_as(scene.officer, label, SecrecyScene::by(statute_investigation))
                  .permitted());
        CHECK(
            scene.ask_as(scene.officer, label, {.action = Action::copy_to_own_record}).permitted());
        CHECK(!scene.ask_as(scene.officer, whole).permitted());
        CHECK(!scene.ask_as(scene.psychiatrist, label).permitted());
        CHECK(scene.ask_as(scene.counsellor, label).permitted());
        scene.now += days{30};
        CHECK(scene.ask_as(scene.officer, label, SecrecyScene::by(statute_investigation)).reasons ==
              only(Reason::override_ended));
    }
    SECTION("not without a decision") {
        draft.decision = {};
        scene.sign(scene.counsellor.device, stream, draft);
        CHECK(!scene.ask_as(scene.officer, label).permitted());
    }
    SECTION("not in categories that were not asked for") {
        draft.categories = categories_of({Category::health});
        scene.sign(scene.counsellor.device, stream, draft);
        CHECK(!scene.ask_as(scene.officer, label).permitted());
    }
    SECTION("not by the one who asks") {
        scene.sign(scene.officer.device, stream, draft);
        CHECK(!scene.ask_as(scene.officer, label).permitted());
    }
}

TEST_CASE(
    "C-45: direct access under the care-documentation act does not cover a child, even with "
    "consent",
    "[policy]") {
    StatuteScene scene;
    const auto request = SecrecyScene::by(statute_care_documentation);
    for (const auto& who : {scene.a, scene.b, scene.child})
        scene.consent(
            scene.id,
            scene.officer,
            scene.draft_consent(who, scene.child, scene.social, scene.clinic, {Category::social}));
    CHECK(scene.clinic_asks().permitted());
    CHECK(scene.ask_as(scene.psychiatrist, scene.social_item(), request).reasons ==
          only(Reason::not_covered));

    const auto adult = make_label({scene.a}, scene.social, Category::social);
    CHECK(scene.ask_as(scene.psychiatrist, adult, request).outcome == Outcome::needs);
    for (const auto& unit : {scene.clinic, scene.school})
        scene.consent(
            scene.id,
            scene.officer,
            scene.draft_consent(scene.a, scene.a, scene.social, unit, {Category::social}));
    CHECK(scene.ask_as(scene.psychiatrist, adult, request).permitted());
    CHECK(scene.ask_as(scene.counsellor, adult).permitted());
    CHECK(scene.ask_as(scene.counsellor, adult, request).reasons == only(Reason::not_covered));
}

TEST_CASE("Statute table: a decision under an older table comes out as it did", "[policy]") {
    StatuteScene scene;
    scene.in_social_by(scene.officer, scene.draft_override(statute_emergency));
    const auto members = scene.federation();
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], members);
    const auto under = [&](std::uint32_t version) {
        const auto* table = find_statute_table(version);
        REQUIRE(table != nullptr);
        return decide(scene.social_item(),
                      {},
                      scene.psychiatrist.requester(),
                      {members, view},
                      *table,
                      scene.now);
    };
    CHECK(under(1).outcome == Outcome::needs);
    CHECK(under(2).permitted());
    CHECK(find_statute_table(3) == nullptr);
}

TEST_CASE("Statute table: a row opens while it is law, and the answer says until when",
          "[policy]") {
    StatuteScene scene;
    scene.in_social_by(scene.officer, scene.draft_override(statute_emergency));
    const auto members = scene.federation();
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], members);
    auto row = *find_statute(current_statute_table(), statute_emergency, scene.now);
    row.in_force = {.from = scene.now, .until = scene.now + hours{5}};
    auto table = current_statute_table();
    table.statutes = {&row, 1};
    const auto at = [&](Instant now) {
        return decide(
            scene.social_item(), {}, scene.psychiatrist.requester(), {members, view}, table, now);
    };
    CHECK(!at(scene.now - hours{1}).permitted());
    CHECK(at(scene.now - hours{1}).valid_until <= scene.now);
    CHECK(at(scene.now).permitted());
    CHECK(at(scene.now).valid_until == scene.now + hours{5});
    CHECK(!at(scene.now + hours{5}).permitted());
}
