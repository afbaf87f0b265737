#include "core/policy/statutes.hpp"

#include "core/policy/contains.hpp"
#include "core/policy/deciders.hpp"
#include "core/policy/quorum.hpp"

#include <algorithm>

namespace samsyn::policy {

namespace {

using Row = StatuteTable::StatuteRow;
using Way = StatuteTable::Way;
using SecondReader = StatuteTable::SecondReader;

/// Why a statement does not open; nothing: it does.
using Failing = std::optional<Reason>;

/// What an item of a case can be about: to open all of it is to open the whole case.
constexpr Categories whole_case = [] {
    Categories all{Categories::known};
    all.bits &= ~(std::uint64_t{1} << static_cast<unsigned>(Category::directory));
    return all;
}();

bool is_asked_for(std::uint16_t statute, const Question& question) {
    const auto& ground = question.request.ground;
    return ground.kind == Ground::Kind::consent || ground.statute == statute;
}

/// Does the row, and what the statement names, cover the question?
template <class Body>
bool covers(const Body& body, const Row& row, const Question& question, const Place& place) {
    const auto& label = question.label;
    return row.disclosing.contains(label.disclosing.regime) &&
           row.recipients.contains(place.unit.regime) &&
           row.actions.contains(question.request.action) &&
           question.request.purpose == Purpose::coordination && !body.categories.empty() &&
           body.categories.contains(label.category) && means(body.recipient, question, place);
}

bool leaves_a_rest(const Categories& categories) {
    return (whole_case.bits & ~categories.bits) != 0;
}

Failing within_period(const StatutePeriod& period, const Question& question) {
    if (question.now < period.from) return Reason::not_covered;
    if (question.now >= period.until) return Reason::override_ended;
    return {};
}

Failing second_reader(const Row& row,
                      const Signed<Override>& opening,
                      const StatutePeriod& period,
                      const Question& question) {
    const auto& verdicts = question.disclosing().verdicts;
    const auto found = verdicts.find(opening.id);
    const auto verdict = found == verdicts.end() ? Verdicts{} : found->second;
    if (verdict.disapproved) return Reason::second_reader_missing;
    if (row.second_reader == SecondReader::none) return {};
    if (row.second_reader == SecondReader::before)
        return verdict.approved_at ? Failing{} : Reason::second_reader_missing;
    const auto due = *period.verdict_due;
    const bool in_time = verdict.approved_at ? *verdict.approved_at < due : question.now < due;
    return in_time ? Failing{} : Reason::second_reader_missing;
}

bool is_soft_lock(ClosingKind kind) {
    return kind == ClosingKind::block || kind == ClosingKind::objection;
}

/// Refusals are always passed, blocks and objections only where named: those that close it for
/// somebody who decides, and where nobody is known who does, whoever set one.
Failing soft_locks_in_way(const std::vector<StatementId>& pierced,
                          const PersonId& subject,
                          const Question& question,
                          const Place& place) {
    const auto stands = [&](const Closings& closings) -> Failing {
        for (const auto* closing : closings)
            if (is_soft_lock(closing->body.kind) && !contains(pierced, closing->id))
                return reason_of(closing->body.kind);
        return {};
    };
    for (const auto& position : positions(question, place))
        if (position.subject == subject)
            if (auto reason = stands(position.closings)) return reason;
    if (!who_decides(question, place, subject).people.empty()) return {};
    std::set<PersonId> anybody;
    for (const auto& closing : question.disclosing().closings) anybody.insert(closing.body.decider);
    for (const auto& closing : question.view.custody().closings)
        anybody.insert(closing.body.decider);
    for (const auto& person : anybody)
        if (auto reason = stands(closings_in_scope(question, place, person, subject)))
            return reason;
    return {};
}

Failing failing(const Signed<Override>& opening, const Question& question, const Place& place) {
    const auto& body = opening.body;
    const auto* row = find_statute(question.table, body.statute, question.now);
    if (!row || row->way != Way::overridden || !covers(body, *row, question, place))
        return Reason::not_covered;
    if (body.selection ? body.selection != question.label.closed : !leaves_a_rest(body.categories))
        return Reason::not_covered;
    const auto period = period_of(opening, question.table, question.now);
    if (auto reason = within_period(*period, question)) return reason;
    if (auto reason = second_reader(*row, opening, *period, question)) return reason;
    if (auto reason = not_bound(body.recipient, question, place)) return reason;
    return soft_locks_in_way(body.pierced, body.subject, question, place);
}

Failing failing(const Signed<InvestigationAnswer>& answer,
                const Question& question,
                const Place& place) {
    const auto& body = answer.body;
    const auto* row = find_statute(question.table, body.statute, question.now);
    if (!row || row->way != Way::answer || !covers(body, *row, question, place) ||
        body.decision.is_none() || body.selection != question.label.closed)
        return Reason::not_covered;
    const auto period = period_of(answer, question.table, question.now);
    if (auto reason = within_period(*period, question)) return reason;
    if (auto reason = not_bound(body.recipient, question, place)) return reason;
    return soft_locks_in_way({}, body.subject, question, place);
}

/// Collects what opens every subject for one place, or the reason that comes nearest.
class Openings {
public:
    Openings(const Question& question, const Place& place) : question_(question), place_(place) {}

    bool open_all_subjects() {
        return std::ranges::all_of(question_.label.subjects, [&](const auto& subject) {
            const auto& facts = question_.disclosing();
            return any_opens(facts.overrides, subject) || any_opens(facts.answers, subject);
        });
    }

    Decision permission() {
        auto decision = permit(Reason::statute_covers);
        decision.by = std::move(by_);
        std::ranges::sort(decision.by);
        return decision;
    }

    Reason nearest() const { return nearest_; }

private:
    template <class Body>
    bool any_opens(const std::vector<Signed<Body>>& statements, const PersonId& subject) {
        for (const auto& statement : statements) {
            if (statement.body.subject != subject ||
                !is_asked_for(statement.body.statute, question_))
                continue;
            const auto reason = failing(statement, question_, place_);
            if (!reason) {
                by_.push_back(statement.id);
                return true;
            }
            if (*reason != Reason::not_covered) nearest_ = *reason;
        }
        return false;
    }

    const Question& question_;
    const Place& place_;
    std::vector<StatementId> by_;
    Reason nearest_ = Reason::not_covered;
};

/// Does a statute of direct access cover these subjects and regimes? What it does not cover,
/// consent cannot cure.
bool covers_directly(const Row& row, const Question& question, const Places& places) {
    const auto may_receive = [&](const Place& place) {
        return row.recipients.contains(place.unit.regime);
    };
    const auto is_covered = [&](const PersonId& subject) {
        const auto standing = standing_of(subject, question.view.custody(), question.now);
        return !row.adults_only || (standing.adult && !standing.child);
    };
    return row.disclosing.contains(question.label.disclosing.regime) &&
           row.actions.contains(question.request.action) &&
           std::ranges::any_of(places, may_receive) &&
           std::ranges::all_of(question.label.subjects, is_covered);
}

}  // namespace

std::optional<StatutePeriod> period_of(const Signed<Override>& opening,
                                       const StatuteTable& table,
                                       Instant now) {
    const auto& body = opening.body;
    const auto* row = find_statute(table, body.statute, now);
    if (!row) return std::nullopt;
    StatutePeriod period{body.from, body.until, {}};
    if (body.from < instant_max - row->longest)
        period.until = std::min(period.until, body.from + row->longest);
    if (row->second_reader == SecondReader::afterwards)
        period.verdict_due = opening.time.instant() + row->second_reader_within;
    return period;
}

std::optional<StatutePeriod> period_of(const Signed<InvestigationAnswer>& answer,
                                       const StatuteTable& table,
                                       Instant now) {
    const auto* row = find_statute(table, answer.body.statute, now);
    if (!row) return std::nullopt;
    const auto said = answer.time.instant();
    return StatutePeriod{said, std::min(answer.body.until, said + row->longest), {}};
}

Answer by_statute(const Question& question, const Places& places) {
    const auto& ground = question.request.ground;
    const bool named = ground.kind == Ground::Kind::statute;
    if (named) {
        const auto* row = find_statute(question.table, ground.statute, question.now);
        if (!row) return deny(Reason::not_covered);
        if (row->way == Way::direct_access) {
            if (covers_directly(*row, question, places)) return {};
            return deny(Reason::not_covered);
        }
    }
    if (question.view.custody().closed) {
        if (named) return deny(Reason::case_closed);
        return {};
    }
    auto nearest = Reason::not_covered;
    for (const auto& place : places) {
        Openings openings{question, place};
        if (openings.open_all_subjects()) return openings.permission();
        if (openings.nearest() != Reason::not_covered) nearest = openings.nearest();
    }
    if (named) return deny(nearest);
    return {};
}

}  // namespace samsyn::policy
