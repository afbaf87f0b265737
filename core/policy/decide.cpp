#include "core/policy/decide.hpp"

#include "core/policy/contains.hpp"
#include "core/policy/locks.hpp"
#include "core/policy/quorum.hpp"
#include "core/policy/statutes.hpp"
#include "core/policy/viewers.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using namespace policy;

using Positions = std::vector<Position>;

// --- Before the rules: is this a question at all, and whose? ------------------------------------

/// Where it is hidden that the case exists: the same for everybody who may not know.
Answer hidden_existence(const Question& question, const Places& places) {
    if (is_hidden_from(question, places)) return deny(Reason::no_such_thing);
    return {};
}

Answer newest_rules(const Question& question, const Places&) {
    if (question.federation.update_needed() || question.view.custody().update_needed ||
        question.disclosing().update_needed)
        return deny(Reason::update_needed);
    return {};
}

Answer good_standing(const Question& question, const Places&) {
    const auto& [user, device, viewer] = question.requester;
    if (user.is_none() || question.federation.user_of(device) != user ||
        !question.federation.in_good_standing(device, question.now))
        return deny(Reason::not_in_good_standing);
    return {};
}

Answer weeded(const Question& question, const Places&) {
    if (question.view.custody().weeded) return deny(Reason::case_weeded);
    return {};
}

/// A label that calls a unit by another organisation or regime than the federation does is false.
Answer true_label(const Question& question, const Places&) {
    const auto* unit = question.federation.unit(question.label.disclosing.unit);
    if (!unit || *unit != question.label.disclosing || question.federation.in_dispute(unit->unit))
        return deny(Reason::not_covered);
    return {};
}

/// Names of units and users: written by administrators, read by everybody in good standing.
Answer directory(const Question& question, const Places&) {
    const bool directory_label = question.label.category == Category::directory;
    if (directory_label != (question.view.id() == directory_case)) return deny(Reason::not_covered);
    if (!directory_label) return {};
    if (question.label.closed) return deny(Reason::closed_label);
    const auto action = question.request.action;
    if (action == Action::contribute &&
        !question.federation.is_administrator(question.requester.device,
                                              question.label.disclosing.organisation))
        return deny(Reason::only_disclosing_unit_edits);
    if (action == Action::copy_to_own_record) return deny(Reason::not_covered);
    return permit(Reason::directory_readable);
}

/// A report of concern is of no case: the reporter, and who works in the intake to which it goes.
/// Whoever reports again under its id, to another intake, shuts it instead of widening it.
Answer concern(const Question& question, const Places&) {
    const auto& reports = question.view.concerns();
    if (reports.empty() || question.view.id() == directory_case) return {};
    const auto& [user, device, viewer] = question.requester;
    bool is_reporter = true;
    for (const auto& report : reports) {
        const bool reported = question.federation.are_of_one_user(device, report.author);
        if (!reported && !question.federation.acts_in(device, report.body.intake, question.now))
            return deny(Reason::no_such_thing);
        is_reporter = is_reporter && reported;
    }
    if (question.label.closed) return deny(Reason::closed_label);
    if (question.request.action == Action::contribute && !is_reporter)
        return deny(Reason::only_disclosing_unit_edits);
    return permit(Reason::own_concern_report);
}

Answer participation(const Question& question, const Places& places) {
    if (!question.view.custody().opened) return deny(Reason::case_not_opened);
    if (!places.empty()) return {};
    for (const auto& unit : question.view.roster_units())
        if (question.view.roster(unit).update_needed &&
            question.federation.acts_in(question.requester.device, unit, question.now))
            return deny(Reason::update_needed);
    return deny(Reason::not_participant);
}

// --- The rules of consent-rules.md, by number ---------------------------------------------------

/// 1. Hard locks.
Answer hard_locks(const Question& question, const Places& places) {
    if (const auto reason = locked(question, places)) return deny(*reason);
    return {};
}

/// 2. The disclosing unit itself.
Answer own_unit(const Question& question, const Places& places) {
    const auto is_own = [&](const Place& place) { return place.unit == question.label.disclosing; };
    if (!std::ranges::any_of(places, is_own)) return {};
    return permit(question.label.closed ? Reason::audience_named : Reason::own_unit);
}

/// 3. Statutory override, and the answer to an investigation.
Answer statute(const Question& question, const Places& places) {
    return by_statute(question, places);
}

/// What no consent can open: a purpose without a row or beyond consent, a closed case, items that
/// only their own unit edits.
Answer beyond_consent(const Question& question, const Places&) {
    const auto* row = question.purpose();
    if (!row || !row->consent_suffices || !row->in_force.at(question.now) ||
        !row->categories.contains(question.label.category))
        return deny(Reason::not_covered);
    if (question.view.custody().closed) return deny(Reason::case_closed);
    if (question.request.action == Action::contribute && !question.request.shared_editing_type)
        return deny(Reason::only_disclosing_unit_edits);
    return {};
}

/// Denies for those positions that one of these kinds closes.
Answer closed_by(const Question& question,
                 const Positions& positions,
                 std::initializer_list<ClosingKind> kinds) {
    Decision answer{.outcome = Outcome::deny};
    for (const auto& position : positions) {
        for (const auto* closing : position.closings) {
            if (!policy::contains(kinds, closing->body.kind)) continue;
            answer.reasons.push_back(reason_of(closing->body.kind));
            answer.by.push_back(closing->id);
        }
    }
    if (answer.by.empty()) return {};
    std::ranges::sort(answer.reasons);
    const auto doubles = std::ranges::unique(answer.reasons);
    answer.reasons.erase(doubles.begin(), doubles.end());
    std::ranges::sort(answer.by);
    answer.missing = missing_consents(question, positions);
    return answer;
}

/// 4. Soft locks.
Answer soft_locks(const Question& question, const Positions& positions) {
    return closed_by(question, positions, {ClosingKind::block, ClosingKind::objection});
}

/// 5. Refusal by someone who decides, or a withdrawal. (A reservation narrows its own consent and
/// is found there.)
Answer refusals(const Question& question, const Positions& positions) {
    return closed_by(question, positions, {ClosingKind::refusal, ClosingKind::withdrawal});
}

/// 6. Quorum consent; and 7, since nothing follows: what it does not permit is denied.
Answer quorum_consent(const Question& question, const Positions& positions) {
    return quorum(question, positions);
}

constexpr std::array rules = {
    hidden_existence,
    newest_rules,
    good_standing,
    weeded,
    true_label,
    concern,
    directory,
    participation,
    hard_locks,  // 1
    own_unit,    // 2
    statute,     // 3
    beyond_consent,
};

/// Asked once for each unit for which the requester takes part. Rule 0, who decides, is in
/// `positions`, on which they rest.
constexpr std::array rules_of_consent = {
    soft_locks,      // 4
    refusals,        // 5
    quorum_consent,  // 6 and 7
};

Decision first_match(const Question& question) {
    const auto places = places_of(question);
    for (const auto rule : rules)
        if (auto answer = rule(question, places)) return *std::move(answer);

    Answer best;
    for (const auto& place : places) {
        const auto standing = positions(question, place);
        for (const auto rule : rules_of_consent) {
            auto answer = rule(question, standing);
            if (!answer) continue;
            if (!best || answer->outcome > best->outcome) best = std::move(answer);
            break;
        }
    }
    return best ? *std::move(best) : deny(Reason::not_participant);
}

/// The user first, then the one to whom it is shown: both must be permitted.
Decision answer_to(const Question& question) {
    if (!question.requester.viewer) return first_match(question);
    auto request = question.request;
    request.action = Action::show_in_meeting;
    const Requester user{question.requester.user, question.requester.device};
    const Question shown{question.label,
                         request,
                         user,
                         question.federation,
                         question.view,
                         question.table,
                         question.now};
    auto decision = first_match(shown);
    if (!decision.permitted()) return decision;
    if (auto refusal = not_shown(question)) return *std::move(refusal);
    return decision;
}

}  // namespace

Decision decide(const Label& label,
                const Request& request,
                const Requester& requester,
                const Statements& statements,
                const StatuteTable& table,
                Instant now) {
    const Question question{
        label, request, requester, statements.federation, statements.case_view, table, now};
    auto decision = answer_to(question);
    if (!decision.permitted() && question.view.custody().hidden() &&
        sees_by_consent_only(question, places_of(question)))
        decision = deny(Reason::no_such_thing);
    decision.valid_until = next_change(question);
    return decision;
}

}  // namespace samsyn
