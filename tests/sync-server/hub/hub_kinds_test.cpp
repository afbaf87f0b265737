#include "sync-server/hub/registry.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

/// The case is open, nobody has consented; the team, the school and social services, who take no
/// part in the case, are connected.
struct Kinds : HubWorld {
    explicit Kinds(HubLimits limits_used = {}) : HubWorld(limits_used) {
        team.start();
        team.push_all(EntryKind::statement, open_case());
        school.start();
        social.start();
        admin.start();
    }

    Bytes report(const CaseId& id) {
        return say(counsellor,
                   {StreamKind::notice, id, outsider.unit.unit},
                   ReportOfConcern{counsellor.unit.unit, outsider.unit.unit});
    }

    /// The statement with the signature of a second person under it.
    Bytes countersign(const Bytes& encoded, Party& second) const {
        auto statement = *decode_statement(encoded, hasher);
        statement.second = SecondSignature{
            second.device,
            second.signer.sign(Domain::second_signature,
                               encode_signed_part(statement.header, statement.body))};
        return encode_statement(statement);
    }

    Bytes adult() { return say(lead, custody(), AdultRecorded{fresh<PersonId>()}); }

    /// A closing that names no disclosing unit, in a new case of the lead.
    void close_in_a_new_case() {
        case_id = fresh<CaseId>();
        Closing no;
        no.kind = ClosingKind::withdrawal;
        no.decider = guardians[0];
        no.subject = child;
        no.categories.insert(Category::social);
        team.push_all(EntryKind::statement, open_case());
        team.push_all(EntryKind::statement, {say(lead, custody(), no)});
    }

    std::size_t alarms() {
        return static_cast<std::size_t>(std::ranges::count(
            hub->take_notes(), std::string_view{"mass_closing"}, &Hub::Note::event));
    }

    ScriptedClient team{*this, lead, 1};
    ScriptedClient school{*this, counsellor, 2};
    ScriptedClient social{*this, outsider, 3};
    ScriptedClient admin{*this, nora_admin, 4};
};

}  // namespace

// --- Notices -----------------------------------------------------------------------------------

TEST_CASE("C-31 Hub: a report of concern reaches the intake and its author, and nobody else",
          "[hub]") {
    Kinds world;
    const Bytes said = world.report(world.fresh<CaseId>());
    CHECK(world.school.push(EntryKind::statement, said).outcome == AnswerOutcome::stored);
    world.social.pull();
    world.team.pull();
    CHECK(world.social.has(EntryKind::statement, said));
    CHECK_FALSE(world.team.has(EntryKind::statement, said));
    CHECK(world.school.has(EntryKind::statement, said));

    world.restart();
    world.social.start();
    CHECK(world.social.has(EntryKind::statement, said));
    world.team.start();
    CHECK_FALSE(world.team.has(EntryKind::statement, said));
}

TEST_CASE("Hub: a report of concern is never refused for its clock", "[hub]") {
    Kinds world;
    world.now += std::chrono::hours{2};
    const Bytes ahead = world.report(world.fresh<CaseId>());
    world.now -= std::chrono::hours{2};
    CHECK(world.school.push(EntryKind::statement, ahead).outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: a report of concern in a family's case is refused", "[hub][attack]") {
    Kinds world;
    check_refused(world.school.push(EntryKind::statement, world.report(world.case_id)),
                  Errc::not_permitted);
    // In the name of a unit where the author does not work.
    const Bytes foreign =
        world.say(world.counsellor,
                  {StreamKind::notice, world.fresh<CaseId>(), world.outsider.unit.unit},
                  ReportOfConcern{world.lead.unit.unit, world.outsider.unit.unit});
    check_refused(world.school.push(EntryKind::statement, foreign), Errc::not_permitted);
}

TEST_CASE("Hub: a notice goes to the addressed unit of the case and its author only", "[hub]") {
    Kinds world;
    PurgeReceipt receipt;
    receipt.compartments = {world.compartment(world.label)};
    const Bytes to_school = world.say(
        world.lead, {StreamKind::notice, world.case_id, world.counsellor.unit.unit}, receipt);
    const Bytes to_team =
        world.say(world.lead, {StreamKind::notice, world.case_id, world.lead.unit.unit}, receipt);
    world.team.push_all(EntryKind::statement, {to_school, to_team});
    world.school.pull();
    world.social.pull();
    CHECK(world.school.has(EntryKind::statement, to_school));
    CHECK_FALSE(world.school.has(EntryKind::statement, to_team));
    CHECK(world.team.has(EntryKind::statement, to_team));
    CHECK(world.team.has(EntryKind::statement, to_school));  // its author
    CHECK_FALSE(world.social.has(EntryKind::statement, to_school));
}

TEST_CASE("Hub: an uninvited device says nothing in a case's notices", "[hub][attack]") {
    Kinds world;
    PurgeReceipt receipt;
    receipt.compartments = {world.compartment(world.label)};
    const Stream stream{StreamKind::notice, world.case_id, world.lead.unit.unit};
    check_refused(
        world.social.push(EntryKind::statement, world.say(world.outsider, stream, receipt)),
        Errc::not_permitted);
    EscrowVerdict verdict;
    verdict.blob = world.fresh<Hash>();
    check_refused(
        world.school.push(EntryKind::statement, world.say(world.counsellor, stream, verdict)),
        Errc::not_permitted);
}

// --- Second signatures -------------------------------------------------------------------------

TEST_CASE("Hub: a second signature is checked where there is one", "[hub][attack]") {
    Kinds world;
    const auto push = [&](const Bytes& said) {
        return world.team.push(EntryKind::statement, said);
    };
    CHECK(push(world.countersign(world.adult(), world.counsellor)).outcome ==
          AnswerOutcome::stored);
    check_refused(push(world.countersign(world.adult(), world.lead)), Errc::not_permitted);
    Party stranger{99};
    check_refused(push(world.countersign(world.adult(), stranger)), Errc::unknown_device);

    auto forged =
        *decode_statement(world.countersign(world.adult(), world.counsellor), world.hasher);
    forged.second->device = world.outsider.device;
    check_refused(push(encode_statement(forged)), Errc::bad_signature);
    // A signature of the first kind is none of the second.
    auto moved = *decode_statement(world.adult(), world.hasher);
    moved.second =
        SecondSignature{world.counsellor.device,
                        world.counsellor.signer.sign(Domain::statement,
                                                     encode_signed_part(moved.header, moved.body))};
    check_refused(push(encode_statement(moved)), Errc::bad_signature);
}

TEST_CASE("Hub: a revoked device signs nothing as a second one", "[hub][attack]") {
    Kinds world;
    ScriptedClient other_admin{world, world.lindesberg_admin, 5};
    other_admin.start();
    other_admin.push_all(
        EntryKind::statement,
        {world.say(world.lindesberg_admin, Stream{}, DeviceRevoked{world.counsellor.device})});
    check_refused(
        world.team.push(EntryKind::statement, world.countersign(world.adult(), world.counsellor)),
        Errc::revoked_device);
}

TEST_CASE("Hub: no administrator alone says that the log was restored", "[hub][attack]") {
    Kinds world;
    const auto restored = [&] {
        return world.say(
            world.nora_admin,
            Stream{},
            LogRestored{
                world.fresh<Incarnation>(), 10, world.fresh<Hash>(), world.fresh<Incarnation>()});
    };
    const auto with_effect = [&] {
        const auto loaded = *Registry::load(*world.storage, world.federation_id, world.hasher);
        return loaded.federation().restores().size();
    };
    // It waits for a second person, and one who may not be that one changes nothing.
    const Bytes alone = restored();
    CHECK(world.admin.push(EntryKind::statement, alone).outcome == AnswerOutcome::stored);
    const Bytes by_the_lead = world.countersign(restored(), world.lead);
    CHECK(world.admin.push(EntryKind::statement, by_the_lead).outcome == AnswerOutcome::stored);
    CHECK(with_effect() == 0);
    check_refused(world.team.push(EntryKind::statement,
                                  world.say(world.lead,
                                            Stream{},
                                            LogRestored{world.fresh<Incarnation>(),
                                                        10,
                                                        world.fresh<Hash>(),
                                                        world.fresh<Incarnation>()})),
                  Errc::not_permitted);
    const Bytes by_two = world.countersign(restored(), world.lindesberg_admin);
    CHECK(world.admin.push(EntryKind::statement, by_two).outcome == AnswerOutcome::stored);
    CHECK(with_effect() == 1);
    world.school.pull();
    CHECK(world.school.has(EntryKind::statement, by_two));
    world.restart();  // and a server that starts again reads it with both
    world.school.start();
    CHECK(world.school.has(EntryKind::statement, by_two));
}

// --- What contradicts itself, or what stands ---------------------------------------------------

TEST_CASE("Hub: after weeding nothing is said in the case but receipts", "[hub]") {
    Kinds world;
    world.team.push_all(EntryKind::statement,
                        {world.say(world.lead, world.custody(), CaseWeeded{world.now})});
    const Answer refused = world.team.push(EntryKind::statement, world.adult());
    check_refused(refused, Errc::not_permitted);
    CHECK(refused.context == "the case is weeded");
    PurgeReceipt receipt;
    receipt.compartments = {world.compartment(world.label)};
    const Stream notices{StreamKind::notice, world.case_id, world.lead.unit.unit};
    CHECK(world.team.push(EntryKind::statement, world.say(world.lead, notices, receipt)).outcome ==
          AnswerOutcome::stored);
}

TEST_CASE("Hub: a statement that contradicts itself is refused with the reason", "[hub][attack]") {
    Kinds world;
    const auto push = [&](const StatementBody& body) {
        return world.team.push(EntryKind::statement, world.say(world.lead, world.custody(), body));
    };
    const auto& a = world.guardians[0];
    const auto month = world.now + std::chrono::days{31};
    const Answer too_long = push(GuardianPrevented{world.child, a, {}, false, month});
    check_refused(too_long, Errc::invalid_argument);
    CHECK(too_long.context == "at most 30 days");
    const Answer himself = push(GuardianSuspended{world.child, a, a, world.now, month});
    check_refused(himself, Errc::invalid_argument);
    CHECK(himself.context == "one person in two roles");
    CHECK(push(GuardianSuspended{world.child, a, {}, world.now, month}).outcome ==
          AnswerOutcome::stored);
}

TEST_CASE("Hub: what opens and is dated ahead waits, a suspension does not", "[hub][attack]") {
    Kinds world;
    const auto& a = world.guardians[0];
    world.now += std::chrono::hours{1};
    const auto until = world.now + std::chrono::days{7};
    const Bytes prevented =
        world.say(world.lead, world.custody(), GuardianPrevented{world.child, a, {}, false, until});
    const Bytes suspended =
        world.say(world.lead, world.custody(), GuardianSuspended{world.child, a, {}, {}, until});
    world.now -= std::chrono::hours{1};
    CHECK(world.team.push(EntryKind::statement, prevented).outcome == AnswerOutcome::clock_off);
    CHECK(world.team.push(EntryKind::statement, suspended).outcome == AnswerOutcome::stored);
}

TEST_CASE("Hub: forged, replayed and altered statements are each refused with the reason",
          "[hub][attack]") {
    Kinds world;
    const AgeAttested age{world.child, 15};
    const Bytes said = world.say(world.lead, world.custody(), age);
    const Answer first = world.team.push(EntryKind::statement, said);
    REQUIRE(first.outcome == AnswerOutcome::stored);

    // In another one's name.
    auto forged =
        *decode_statement(world.say(world.counsellor, world.custody(), age), world.hasher);
    forged.header.author = world.lead.device;
    check_refused(world.school.push(EntryKind::statement, encode_statement(forged)),
                  Errc::bad_signature);
    // Of a kind that is another's to say.
    check_refused(
        world.school.push(EntryKind::statement, world.say(world.counsellor, world.custody(), age)),
        Errc::not_permitted);
    // A year later, by somebody else.
    world.now += std::chrono::days{365};
    const Answer again = world.school.push(EntryKind::statement, said);
    CHECK(again.outcome == AnswerOutcome::duplicate);
    CHECK(again.number == first.number);
    // The same counter for something else.
    world.lead.counter = decode_statement(said, world.hasher)->header.counter - 1;
    check_refused(
        world.team.push(EntryKind::statement,
                        world.say(world.lead, world.custody(), AgeAttested{world.child, 12})),
        Errc::counter_reused);
}

// --- Floods and mass closing -------------------------------------------------------------------

TEST_CASE("Hub: one author's closings in more than five cases within an hour take effect and alarm",
          "[hub]") {
    Kinds world;
    for (int i = 0; i < 5; ++i) world.close_in_a_new_case();
    CHECK(world.alarms() == 0);
    world.close_in_a_new_case();
    CHECK(world.alarms() == 1);
    world.close_in_a_new_case();
    CHECK(world.alarms() == 0);  // one burst alarms once
}

TEST_CASE("Hub: closings in six cases over six hours are somebody's work, not an alarm", "[hub]") {
    Kinds world;
    for (int i = 0; i < 6; ++i) {
        world.close_in_a_new_case();
        world.now += std::chrono::minutes{61};
    }
    CHECK(world.alarms() == 0);
}

TEST_CASE("Hub: whoever dates closings apart alarms all the same", "[hub][attack]") {
    Kinds world;
    const Instant today = world.now;
    std::vector<Bytes> back_dated;
    for (int i = 0; i < 6; ++i) {
        world.now = today;
        world.case_id = world.fresh<CaseId>();
        world.team.push_all(EntryKind::statement, world.open_case());
        Closing no;
        no.decider = world.guardians[0];
        no.subject = world.child;
        world.now = today - std::chrono::days{i};
        back_dated.push_back(world.say(world.lead, world.custody(), no));
    }
    world.now = today;
    world.team.push_all(EntryKind::statement, back_dated);
    CHECK(world.alarms() == 1);
}

TEST_CASE("Hub: a hundred thousand statements of one device cost no more than its rate lets in",
          "[hub][attack]") {
    HubLimits limits;
    limits.statement_rate = {std::chrono::milliseconds{300}, 100};
    // Which would stop it earlier.
    limits.session_rate = {std::chrono::milliseconds{1}, 1'000};
    limits.message_rate = {std::chrono::milliseconds{1}, 1'000'000};
    Kinds world{limits};
    world.team.push_all(EntryKind::statement, world.consents());
    const auto before = world.hub->counts();

    StatementHeader header;
    header.federation = world.federation_id;
    header.stream = world.disclosing();
    header.author = world.counsellor.device;
    header.time = HybridTime::at(world.now);
    Closing no;
    no.decider = world.guardians[0];
    no.subject = world.child;
    no.disclosing = world.lead.unit.unit;
    std::size_t answers = 0;
    std::size_t others = 0;
    constexpr int group = 1000;
    for (int round = 0; round < 100; ++round) {
        std::vector<Message> pushes;
        for (int i = 0; i < group; ++i) {
            ++header.counter;
            pushes.push_back(
                world.school.next_push(EntryKind::statement,
                                       encode_statement(sign_statement(
                                           header, no, world.counsellor.signer, world.hasher))));
        }
        world.school.received.clear();
        world.school.send_all(pushes);
        world.school.pull();
        answers += world.school.count<Answer>();
        CHECK(world.school.closed);
        REQUIRE(world.school.last<Goodbye>() != nullptr);
        CHECK(world.school.last<Goodbye>()->why == Errc::rate_limited);
        world.school.start();
        // Nobody else waits for it.
        if (round % 10 == 0) {
            const Answer got = world.team.push(EntryKind::statement, world.adult());
            others += got.outcome == AnswerOutcome::stored ? 1 : 0;
            world.team.received.clear();
        }
    }
    const auto after = world.hub->counts();
    CHECK(answers == 100);
    CHECK(after.stored - before.stored == 100 + others);
    CHECK(after.refused == before.refused);
    CHECK(others == 10);
    CHECK(after.links == before.links);
    CHECK(*world.storage->last_number({world.disclosing()}) == 2 + 100);
}

}  // namespace samsyn
