#include "core/policy/case_view.hpp"
#include "core/policy/consent_facts.hpp"
#include "core/policy/current.hpp"
#include "core/policy/sign_rules.hpp"

#include <algorithm>
#include <type_traits>

namespace samsyn {

namespace {

template <class Body>
Signed<Body> as_signed(const Statement& statement, const Body& body) {
    return {statement.id, statement.header.author, statement.header.time, body};
}

/// Read at their own time, or not at all: notices go to their addressee only, but for the reports
/// that say who that is.
bool is_judged_apart(const Statement& statement) {
    const auto& body = statement.body;
    return std::holds_alternative<Ended>(body) || std::holds_alternative<Unknown>(body) ||
           (statement.header.stream.kind == StreamKind::notice &&
            !std::holds_alternative<ReportOfConcern>(body));
}

}  // namespace

/// Sorts a case's statements into facts, in the order in which their authority rests on one
/// another: who opened it, who takes part, what was said, what was ended.
class CaseViewBuilder {
public:
    CaseViewBuilder(const CaseId& id, const StatementGraph& graph, const Federation& federation)
        : graph_(graph),
          federation_(federation) {
        view_.id_ = id;
        view_.federation_ = &federation;
        if (id == directory_case) return;  // no case: nobody opens, hides or destroys it
        for (const auto& stream : graph.streams())
            if (stream.kind != StreamKind::federation && stream.case_id == id)
                for (const auto& statement : graph.in(stream)) said_.push_back(statement);
    }

    CaseView build() {
        for (const auto& statement : said_) open_stream(statement->header.stream);
        find_opening();
        std::vector<const Statement*> accepted;
        accept_all(0, accepted);
        accept_all(1, accepted);
        sort_in(accepted);  // whoever was on a roster may have signed what follows
        accepted.clear();
        accept_all(2, accepted);
        accept_all(3, accepted);
        find_ended();
        sort_in(accepted);
        end_roster_entries();
        policy::keep_current_custody(view_.custody_, std::move(ages_), graph_, ended_);
        for (auto& [unit, facts] : view_.disclosing_) relate(unit, facts);
        heed_unknown();
        return std::move(view_);
    }

private:
    using By = CaseView::Endable::By;

    bool accept(const Statement& statement) {
        if (may_sign(statement.header, statement.body, view_, federation_)) return true;
        view_.without_effect_.push_back(statement.id);
        return false;
    }

    void accept_all(int rank, std::vector<const Statement*>& accepted) {
        for (const auto& statement : said_) {
            if (is_judged_apart(*statement) || authority_rank(statement->body) != rank ||
                !accept(*statement))
                continue;
            accepted.push_back(statement.get());
            note_endable(statement);
        }
    }

    void sort_in(const std::vector<const Statement*>& accepted) {
        for (const auto* statement : accepted)
            std::visit([&](const auto& body) { sort_in(*statement, body); }, statement->body);
    }

    /// The earliest; a second opening has no effect.
    void find_opening() {
        for (const auto& statement : said_) {
            const auto* body = std::get_if<CaseOpened>(&statement->body);
            if (!body || !may_sign(statement->header, *body, view_, federation_)) continue;
            if (!view_.custody_.opened) view_.custody_.opened = as_signed(*statement, *body);
        }
    }

    void open_stream(const Stream& stream) {
        if (stream.kind == StreamKind::disclosing) view_.disclosing_[stream.unit];
        if (stream.kind == StreamKind::roster) view_.rosters_[stream.unit];
    }

    void note_endable(const StatementPtr& statement) {
        view_.endable_[statement->id] = {
            std::visit([](const auto& body) { return ended_by(body); }, statement->body),
            statement->header.stream,
            statement->header.author,
            statement};
    }

    // Who ends a kind: those who may sign it (consent-rules.md, "Kinds"); a block only who set it.
    // What stands for ever is ended by nobody: openings, confirmations, verdicts, records of what
    // has happened, and the closings that a newer consent names instead.

    static By ended_by(const Consent&) { return By::author_or_unit; }

    static By ended_by(const GuestNamed&) { return By::author_or_unit; }

    static By ended_by(const Closing& closing) {
        return closing.kind == ClosingKind::block ? By::author : By::nobody;
    }

    /// A stay is never ended: a new decision has a new number.
    static By ended_by(const DecisionInPlace& decision) {
        return decision.stayed ? By::nobody : By::signer;
    }

    template <class Body>
    static By ended_by(const Body&) {
        constexpr bool stands =
            std::is_same_v<Body, CaseOpened> || std::is_same_v<Body, Confirmation> ||
            std::is_same_v<Body, CaseWeeded> || std::is_same_v<Body, Release> ||
            std::is_same_v<Body, SecondReaderVerdict> || std::is_same_v<Body, EmergencyOpening> ||
            std::is_same_v<Body, Informed> || std::is_same_v<Body, CopiedToOwnRecord> ||
            std::is_same_v<Body, ReportOfConcern>;
        return stands ? By::nobody : By::signer;
    }

    void find_ended() {
        for (const auto& statement : said_) {
            const auto* body = std::get_if<Ended>(&statement->body);
            if (body && accept(*statement)) ended_.insert(body->statement);
        }
    }

    bool ended(const Statement& statement) const { return ended_.contains(statement.id); }

    // --- Custody stream ------------------------------------------------------------------------

    void sort_in(const Statement& statement, const CaseOpened&) {
        if (statement.id != view_.custody_.opened->id)
            view_.without_effect_.push_back(statement.id);
    }

    void sort_in(const Statement& statement, const CaseClosed&) {
        CustodyFacts& custody = view_.custody_;
        if (!ended(statement)) custody.closed = true;
        if (!custody.closed_at || *custody.closed_at < statement.header.time)
            custody.closed_at = statement.header.time;
    }

    void sort_in(const Statement&, const CaseWeeded&) { view_.custody_.weeded = true; }

    void sort_in(const Statement& statement, const AdultRecorded& body) {
        if (!ended(statement)) view_.custody_.adults.insert(body.person);
    }

    void sort_in(const Statement& statement, const ProtectionMark& body) {
        if (!ended(statement)) view_.custody_.marks.push_back(as_signed(statement, body));
    }

    // Of these the current ones are sought out afterwards.

    void sort_in(const Statement& statement, const Custody& body) {
        view_.custody_.custody.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const AgeAttested& body) {
        ages_.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const Maturity& body) {
        view_.custody_.maturity.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const GuardianSuspended& body) {
        view_.custody_.suspended.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const Representative& body) {
        view_.custody_.representatives.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const GuardianPrevented& body) {
        view_.custody_.prevented.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const DecisionInPlace& body) {
        view_.custody_.in_place.push_back(as_signed(statement, body));
        if (body.stayed) view_.custody_.stayed_by.insert(statement.header.author);
    }

    void sort_in(const Statement& statement, const Mandate& body) {
        view_.custody_.mandates.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const SecondReaderVerdict& body) {
        auto& verdict = verdicts_in(statement.header.stream)[body.statement];
        if (!body.approved) verdict.disapproved = true;
        if (body.approved) note_approval(verdict, statement.header.time.instant());
    }

    static void note_approval(Verdicts& verdict, Instant at) {
        verdict.approved_at = std::min(verdict.approved_at.value_or(at), at);
    }

    std::map<StatementId, Verdicts>& verdicts_in(const Stream& stream) {
        return stream.kind == StreamKind::custody ? view_.custody_.verdicts
                                                  : view_.disclosing_[stream.unit].verdicts;
    }

    // --- Roster streams: in two steps, for what a participant signed stands ----------------------

    void sort_in(const Statement& statement, const ParticipantAdded& body) {
        view_.rosters_[body.unit].added.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const ParticipantRemoved& body) {
        view_.rosters_[body.unit].removed.push_back(as_signed(statement, body));
    }

    void end_roster_entries() {
        for (auto& [unit, roster] : view_.rosters_) {
            for (const auto& addition : roster.added)
                if (ended_.contains(addition.id)) roster.ended.insert(addition.id);
            std::erase_if(roster.removed,
                          [&](const auto& removal) { return ended_.contains(removal.id); });
        }
    }

    void sort_in(const Statement& statement, const SecrecyAcknowledged& body) {
        if (!ended(statement)) view_.rosters_[body.unit].acknowledged.insert(body.user);
    }

    // --- Disclosing streams ----------------------------------------------------------------------

    DisclosingFacts& stream_of(const Statement& statement) {
        return view_.disclosing_[statement.header.stream.unit];
    }

    void sort_in(const Statement& statement, const Consent& body) {
        auto& facts = view_.disclosing_[body.disclosing];
        facts.consents.push_back(as_signed(statement, body));
        if (ended(statement)) facts.ended.insert(statement.id);
        const auto at = statement.header.time.instant();
        if (federation_.acted_in(statement.header.author, body.disclosing, at))
            facts.confirmed[statement.id];
        for (const auto& [unit, roster] : view_.rosters_)
            if (is_countersigned_for(statement, unit)) countersigned_.insert(statement.id);
    }

    /// True where another participant, of this unit, signed it too. That the signature verifies was
    /// checked where the statement came in.
    bool is_countersigned_for(const Statement& statement, const UnitId& unit) const {
        if (!statement.second) return false;
        const auto& device = statement.second->device;
        const auto user = federation_.user_of(device);
        const auto at = statement.header.time.instant();
        return !user.is_none() && user != federation_.user_of(statement.header.author) &&
               federation_.acted_in(device, unit, at) && view_.roster(unit).participates(user, at);
    }

    void sort_in(const Statement& statement, const Confirmation& body) {
        auto& facts = stream_of(statement);
        facts.confirmations.push_back(as_signed(statement, body));
        facts.confirmed[body.consent].insert(body.names.begin(), body.names.end());
    }

    void sort_in(const Statement& statement, const Closing& body) {
        if (ended(statement)) return;
        auto& closings = body.disclosing ? view_.disclosing_[*body.disclosing].closings
                                         : view_.custody_.closings;
        closings.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const GuestNamed& body) {
        if (!ended(statement)) stream_of(statement).guests[body.consent].insert(body.guest);
    }

    void sort_in(const Statement& statement, const Audience& body) {
        audiences_[statement.header.stream.unit].push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const InvestigationLock& body) {
        if (!ended(statement))
            stream_of(statement).locks[body.id].push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const Release& body) {
        stream_of(statement).releases.push_back(as_signed(statement, body));
    }

    void sort_in(const Statement& statement, const Override& body) {
        if (ended(statement)) return;
        auto& facts = stream_of(statement);
        facts.overrides.push_back(as_signed(statement, body));
        if (is_countersigned_for(statement, statement.header.stream.unit))
            note_approval(facts.verdicts[statement.id], statement.header.time.instant());
    }

    void sort_in(const Statement& statement, const InvestigationAnswer& body) {
        if (!ended(statement)) stream_of(statement).answers.push_back(as_signed(statement, body));
    }

    // --- Notices ---------------------------------------------------------------------------------

    void sort_in(const Statement& statement, const ReportOfConcern& body) {
        view_.concerns_.push_back(as_signed(statement, body));
    }

    template <class NothingToDecide>
    void sort_in(const Statement&, const NothingToDecide&) {}

    /// Last, when it is known who takes part in the case: for only they are heeded.
    void heed_unknown() {
        for (const auto& statement : said_) {
            const auto& [id, header, body, signature, second] = *statement;
            if (header.stream.kind == StreamKind::notice) continue;
            if (!std::holds_alternative<Unknown>(body) || !accept(*statement)) continue;
            if (!header.restricting) continue;
            if (header.stream.kind == StreamKind::custody) view_.custody_.update_needed = true;
            const auto heed_in = [&](auto& facts) {
                facts.update_needed = true;
                facts.restricted_by.insert(header.author);
            };
            if (header.stream.kind == StreamKind::disclosing)
                heed_in(view_.disclosing_[header.stream.unit]);
            if (header.stream.kind == StreamKind::roster)
                heed_in(view_.rosters_[header.stream.unit]);
        }
    }

    void relate(const UnitId& unit, DisclosingFacts& facts) {
        policy::relate_consents(facts);
        policy::find_vain_reopenings(
            facts, view_.custody_.closings, countersigned_, federation_, graph_);
        policy::read_audiences(facts, std::move(audiences_[unit]), graph_, ended_);
    }

    const StatementGraph& graph_;
    const Federation& federation_;
    std::vector<StatementPtr> said_;
    std::set<StatementId> ended_;
    std::set<StatementId> countersigned_;  ///< consents that a second participant signed
    std::vector<Signed<AgeAttested>> ages_;
    std::map<UnitId, std::vector<Signed<Audience>>> audiences_;
    CaseView view_;
};

CaseView CaseView::build(const CaseId& id,
                         const StatementGraph& graph,
                         const Federation& federation) {
    return CaseViewBuilder{id, graph, federation}.build();
}

}  // namespace samsyn
