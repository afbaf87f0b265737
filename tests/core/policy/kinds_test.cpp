#include "core/policy/sign_rules.hpp"
#include "tests/core/policy/kinds_scene.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace samsyn::test;

namespace {

const Names lead_and_team{"lead", "colleague"};
const Names nobody{};
const Names of_social{"officer", "chief"};

Override draft_override(const KindsScene& scene) {
    Override body;
    body.statute = 1;
    body.subject = scene.child;
    body.categories.insert(Category::social);
    body.recipient.unit = scene.school.unit;
    body.from = scene.now;
    body.until = scene.tomorrow();
    body.justification.bytes.fill(std::byte{1});
    return body;
}

}  // namespace

TEST_CASE("May sign: who decides is said by lead or team, in the custody stream", "[policy]") {
    KindsScene scene;
    const auto until = scene.tomorrow();
    const std::vector<StatementBody> kinds{
        CaseWeeded{},
        AgeAttested{scene.child, 15},
        Maturity{scene.child, {}, true, {}, scene.now, until},
        GuardianSuspended{scene.child, scene.a, {}, scene.now, instant_max},
        Representative{scene.a, scene.b, {}, scene.now, instant_max},
        GuardianPrevented{scene.child, scene.a, {}, false, until},
        Mandate{scene.a, scene.b, {}, {}, scene.now, until}};
    for (const auto& body : kinds) {
        INFO(body.index());
        CHECK(scene.who(scene.in_custody(), body) == lead_and_team);
        CHECK(scene.who(scene.in_social(), body) == nobody);
        CHECK(scene.who(scene.in_roster(scene.team), body) == nobody);
        CHECK(scene.who(scene.in_notice(scene.team), body) == nobody);
    }
}

TEST_CASE("May sign: what opens for a time must have an end", "[policy]") {
    KindsScene scene;
    const auto refused_without_end =
        [&](const Staff& author, const Stream& stream, const StatementBody& body) {
            const auto said = scene.check(author, stream, body);
            return !said && said.error().code == Errc::invalid_argument;
        };
    auto forever = draft_override(scene);
    forever.until = instant_max;
    CHECK(refused_without_end(scene.officer, scene.in_social(), forever));
    InvestigationAnswer answer;
    answer.until = instant_max;
    CHECK(refused_without_end(scene.officer, scene.in_social(), answer));
    CHECK(refused_without_end(
        scene.lead, scene.in_custody(), Maturity{scene.child, {}, true, {}, {}, instant_max}));
    CHECK(refused_without_end(scene.lead,
                              scene.in_custody(),
                              GuardianPrevented{scene.child, scene.a, {}, false, instant_max}));
    CHECK(refused_without_end(
        scene.lead, scene.in_custody(), Mandate{scene.a, scene.b, {}, {}, {}, instant_max}));
    DecisionInPlace decision{scene.child, scene.a, {}, scene.school.unit, {}, instant_max, false};
    CHECK(refused_without_end(scene.chief, scene.in_custody(), decision));
    decision.stayed = true;  // a court's stay needs none
    CHECK(scene.check(scene.chief, scene.in_custody(), decision));
    CHECK(refused_without_end(scene.lead,
                              scene.in_roster(scene.team),
                              RoomSession{{}, scene.lead.user, {}, instant_max}));
}

TEST_CASE("May sign: a decision in place of a guardian is said by the lead in social services",
          "[policy]") {
    KindsScene scene;
    DecisionInPlace decision{
        scene.child, scene.a, {}, scene.school.unit, {}, scene.tomorrow(), false};
    CHECK(scene.who(scene.in_custody(), decision) == Names{"chief"});
    CHECK(scene.who(scene.in_social(), decision) == nobody);

    scene.sign(scene.lead.device,
               scene.in_roster(scene.social),
               ParticipantRemoved{scene.chief.user, scene.social.unit});
    scene.now += hours{1};
    CHECK(scene.who(scene.in_custody(), decision) == nobody);
    decision.stayed = true;  // whoever was the lead may still say that a court has stayed it
    CHECK(scene.who(scene.in_custody(), decision) == Names{"chief"});
}

TEST_CASE("May sign: a protection mark is a lead's", "[policy]") {
    KindsScene scene;
    CHECK(scene.who(scene.in_custody(), ProtectionMark{scene.child, {}, {}}) ==
          Names{"lead", "chief"});
    CHECK(scene.who(scene.in_social(), ProtectionMark{scene.child, {}, {}}) == nobody);
}

TEST_CASE("May sign: audience, override, answer and emergency are the disclosing unit's",
          "[policy]") {
    KindsScene scene;
    InvestigationAnswer answer;
    answer.until = scene.tomorrow();
    const std::vector<StatementBody> kinds{
        Audience{}, draft_override(scene), answer, EmergencyOpening{}};
    for (const auto& body : kinds) {
        INFO(body.index());
        CHECK(scene.who(scene.in_social(), body) == of_social);
        CHECK(scene.who(World::disclosing_stream(scene.id, scene.school.unit), body) ==
              Names{"counsellor"});
        CHECK(scene.who(scene.in_custody(), body) == nobody);
        CHECK(scene.who(scene.in_notice(scene.social), body) == nobody);
    }
}

TEST_CASE("May sign: the recipient of an override can only ask for it", "[policy]") {
    KindsScene scene;
    const auto body = draft_override(scene);
    REQUIRE(body.recipient.unit == scene.counsellor.unit.unit);
    CHECK_FALSE(scene.check(scene.counsellor, scene.in_social(), body));
}

TEST_CASE("May sign: police and prosecutors lock for their own unit, and release", "[policy]") {
    KindsScene scene;
    InvestigationLock lock;
    lock.unit = scene.police.unit;
    CHECK(scene.who(scene.in_social(), lock) == Names{"detective"});
    lock.unit = scene.social.unit;
    CHECK(scene.who(scene.in_social(), lock) == nobody);
    lock.unit = scene.fresh<UnitId>();
    CHECK(scene.who(scene.in_social(), lock) == nobody);
    CHECK(scene.who(scene.in_social(), Release{}) == Names{"detective"});
    CHECK(scene.who(scene.in_custody(), Release{}) == nobody);
}

TEST_CASE("May sign: who has left releases no lock, and the lock stands", "[policy]") {
    KindsScene scene;
    InvestigationLock lock;
    lock.unit = scene.police.unit;
    scene.sign(scene.lead.device,
               scene.in_roster(scene.police),
               ParticipantRemoved{scene.detective.user, scene.police.unit});
    scene.now += hours{1};
    CHECK(scene.who(scene.in_social(), lock) == Names{"detective"});
    CHECK(scene.who(scene.in_social(), Release{}) == nobody);
}

TEST_CASE("Attack: who has left ends no lock, audience or mark, though it could still set one",
          "[policy]") {
    KindsScene scene;
    for (const auto& [who, unit] :
         {std::pair{scene.detective, scene.police}, std::pair{scene.chief, scene.social}})
        scene.sign(
            scene.lead.device, scene.in_roster(unit), ParticipantRemoved{who.user, unit.unit});
    const auto members = scene.federation();
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], members);
    const auto may = [&](const Staff& author, const Stream& stream, const auto& body, bool ending) {
        StatementHeader header;
        header.stream = stream;
        header.author = author.device;
        header.time = HybridTime::at(scene.now + hours{1});
        return SignRules{header, view, members, ending}(body).has_value();
    };
    InvestigationLock lock;
    lock.unit = scene.police.unit;
    for (const bool ending : {false, true}) {
        CHECK(may(scene.detective, scene.in_social(), lock, ending) != ending);
        CHECK(may(scene.chief, scene.in_social(), Audience{}, ending) != ending);
        CHECK(may(scene.chief, scene.in_custody(), ProtectionMark{}, ending) != ending);
        CHECK(may(scene.officer, scene.in_social(), Audience{}, ending));
        CHECK(may(scene.lead, scene.in_custody(), ProtectionMark{}, ending));
    }
}

TEST_CASE("May sign: a removal counts from its time on, not before", "[policy]") {
    KindsScene scene;
    const auto body = draft_override(scene);
    const Instant before = scene.now;
    scene.now += hours{2};
    scene.sign(scene.lead.device,
               scene.in_roster(scene.social),
               ParticipantRemoved{scene.officer.user, scene.social.unit});
    CHECK(scene.who(scene.in_social(), body) == Names{"chief"});
    scene.now = before + hours{1};
    CHECK(scene.who(scene.in_social(), body) == of_social);
    // But no server takes what a person who has been removed since says now, however it is dated.
    CHECK_FALSE(scene.check(scene.officer, scene.in_social(), body, &may_publish));
}

TEST_CASE("May sign: the second reader is another person than who said it", "[policy]") {
    KindsScene scene;
    const auto prevented =
        scene.sign(scene.lead.device,
                   scene.in_custody(),
                   GuardianPrevented{scene.child, scene.a, {}, true, scene.tomorrow()});
    CHECK(scene.who(scene.in_custody(), SecondReaderVerdict{prevented->id, true, {}}) ==
          Names{"colleague"});
    const auto second_tablet = scene.tablet(scene.lead);
    const Staff same_person{scene.lead.user, second_tablet, scene.team};
    CHECK_FALSE(
        scene.check(same_person, scene.in_custody(), SecondReaderVerdict{prevented->id, true, {}}));

    const auto consent = scene.consent(scene.id, scene.officer, scene.to_school(scene.a));
    const SecondReaderVerdict of_consent{consent->id, true, {}};
    CHECK(scene.who(scene.in_social(), of_consent) == Names{"chief"});
    CHECK(scene.who(scene.in_custody(), of_consent) == nobody);  // not the stream that it is in
    CHECK(scene.who(scene.in_social(), SecondReaderVerdict{scene.fresh<StatementId>(), true, {}}) ==
          nobody);
}

TEST_CASE("May sign: a guest is named by who recorded the consent, or by its unit", "[policy]") {
    KindsScene scene;
    const auto consent = scene.consent(scene.id, scene.counsellor, scene.to_school(scene.a));
    CHECK(scene.who(scene.in_social(), GuestNamed{consent->id, scene.fresh<PersonId>()}) ==
          Names{"officer", "chief", "counsellor"});
    CHECK(scene.who(scene.in_social(),
                    GuestNamed{scene.fresh<StatementId>(), scene.fresh<PersonId>()}) == nobody);
}

TEST_CASE("May sign: what was told and copied is said by those who did it", "[policy]") {
    KindsScene scene;
    const Names all{"lead", "colleague", "officer", "chief", "counsellor", "detective"};
    CHECK(scene.who(scene.in_social(), Informed{}) == all);
    CHECK(scene.who(scene.in_social(), CopiedToOwnRecord{scene.school.unit, {}, {}}) ==
          Names{"counsellor"});
    CHECK(scene.who(scene.in_custody(), Informed{}) == nobody);
}

TEST_CASE("May sign: secrecy and rooms are of the unit's roster", "[policy]") {
    KindsScene scene;
    const SecrecyAcknowledged secrecy{scene.officer.user, scene.social.unit, {}};
    CHECK(scene.who(scene.in_roster(scene.social), secrecy) ==
          Names{"lead", "colleague", "officer", "chief"});
    CHECK(scene.who(scene.in_roster(scene.school), secrecy) == nobody);
    const RoomSession session{{}, scene.officer.user, scene.now, scene.tomorrow()};
    CHECK(scene.who(scene.in_roster(scene.social), session) == of_social);
    CHECK(scene.who(scene.in_roster(scene.team), session) == lead_and_team);
}

TEST_CASE(
    "May sign: an escrow verdict is the unit's lead's or the case's; without one, a participant's",
    "[policy]") {
    KindsScene scene;
    CHECK(scene.who(scene.in_notice(scene.social), EscrowVerdict{}) == Names{"lead", "chief"});
    CHECK(scene.who(scene.in_notice(scene.team), EscrowVerdict{}) == Names{"lead"});
    CHECK(scene.who(scene.in_notice(scene.school), EscrowVerdict{}) == Names{"lead", "counsellor"});
    CHECK(scene.who(scene.in_social(), EscrowVerdict{}) == nobody);
}

TEST_CASE("May sign: a log reviewer of the organisation judges, never the own reads", "[policy]") {
    KindsScene scene;
    ReviewVerdict verdict;
    verdict.reviewed = scene.officer.user;
    CHECK(scene.who(scene.in_notice(scene.social), verdict) == Names{"reviewer"});
    CHECK(scene.who(scene.in_notice(scene.clinic), verdict) == nobody);  // another organisation
    verdict.reviewed = scene.reviewer.user;
    CHECK(scene.who(scene.in_notice(scene.social), verdict) == nobody);
}

TEST_CASE("May sign: a device that ever took part says what it purged", "[policy]") {
    KindsScene scene;
    scene.sign(scene.lead.device,
               scene.in_roster(scene.school),
               ParticipantRemoved{scene.counsellor.user, scene.school.unit});
    scene.now += hours{1};
    PurgeReceipt receipt;
    receipt.compartments = {scene.fresh<CompartmentId>()};
    CHECK(scene.who(scene.in_notice(scene.social), receipt) ==
          Names{"lead", "colleague", "officer", "chief", "counsellor", "detective"});
    CHECK(scene.check(scene.counsellor, scene.in_notice(scene.social), receipt, &may_publish));
    CHECK_FALSE(scene.check(scene.outsider, scene.in_notice(scene.social), receipt, &may_publish));
}

TEST_CASE("C-31 May sign: anybody reports a concern, outside every case, to social services",
          "[policy]") {
    KindsScene scene;
    const auto fresh = scene.fresh<CaseId>();
    const Stream stream{StreamKind::notice, fresh, scene.social.unit};
    const ReportOfConcern by_school{scene.school.unit, scene.social.unit};

    CHECK(scene.who(stream, by_school) == Names{"counsellor"});
    CHECK(scene.check(scene.counsellor, stream, by_school, &may_publish));
    const ReportOfConcern by_office{scene.office.unit, scene.social.unit};
    CHECK(scene.who(stream, by_office) == Names{"reviewer"});
    // In a case, or to a unit that takes no reports, or past the intake's own stream: no.
    CHECK(scene.who(scene.in_notice(scene.social), by_school) == nobody);
    CHECK(scene.who({StreamKind::notice, fresh, scene.team.unit},
                    ReportOfConcern{scene.school.unit, scene.team.unit}) == nobody);
    CHECK(scene.who({StreamKind::notice, fresh, scene.clinic.unit}, by_school) == nobody);
}
