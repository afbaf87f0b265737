#include "core/policy/decide.hpp"

#include "core/policy/contains.hpp"
#include "core/policy/question.hpp"
#include "core/policy/quorum.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using namespace policy;

using Places = std::vector<Place>;
using Positions = std::vector<Position>;
using Answer = std::optional<Decision>;

Decision permit(Reason reason) {
    return {.outcome = Outcome::permit, .reasons = {reason}};
}

Decision deny(Reason reason) {
    return {.outcome = Outcome::deny, .reasons = {reason}};
}

/// The units for which the requester takes part now. Rosters that need a newer program are left
/// out: they might take back what they seem to give.
Places places_of(const Question& question) {
    Places places;
    for (const auto& unit : question.view.roster_units()) {
        const auto& roster = question.view.roster(unit);
        const auto& user = question.requester.user;
        if (!roster.update_needed && roster.participates(user, question.now) &&
            question.federation.acts_in(question.requester.device, unit, question.now))
            places.push_back({*question.federation.unit(unit),
                              question.federation.role_in(user, unit, question.now)});
    }
    return places;
}

// --- Before the rules: is this a question at all, and whose? ------------------------------------

Answer newest_rules(const Question& question, const Places&) {
    if (question.federation.update_needed() || question.view.custody().update_needed ||
        question.disclosing().update_needed)
        return deny(Reason::update_needed);
    return {};
}

Answer good_standing(const Question& question, const Places&) {
    const auto& [user, device, viewer] = question.requester;
    if (viewer) return deny(Reason::viewer_not_subject);
    if (user.is_none() || question.federation.user_of(device) != user ||
        !question.federation.in_good_standing(device, question.now))
        return deny(Reason::not_in_good_standing);
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

/// 1. Hard locks. No audience is known yet, so a closed label is closed to everybody.
Answer hard_locks(const Question& question, const Places&) {
    if (question.label.closed) return deny(Reason::closed_label);
    return {};
}

/// 2. The disclosing unit itself.
Answer own_unit(const Question& question, const Places& places) {
    const auto is_own = [&](const Place& place) { return place.unit == question.label.disclosing; };
    if (std::ranges::any_of(places, is_own)) return permit(Reason::own_unit);
    return {};
}

/// 3. Statutory override. No statute has a row yet, so none covers anything; consent does not cure
/// that.
Answer statute(const Question& question, const Places&) {
    if (question.request.ground.kind == Ground::Kind::statute) return deny(Reason::not_covered);
    return {};
}

/// What no consent can open: a purpose without a row or beyond consent, a closed case, items that
/// only their own unit edits.
Answer beyond_consent(const Question& question, const Places&) {
    const auto* row = find_purpose(question.table, question.request.purpose);
    if (!row || !row->consent_suffices) return deny(Reason::not_covered);
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
    newest_rules,
    good_standing,
    true_label,
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

}  // namespace

Decision decide(const Label& label,
                const Request& request,
                const Requester& requester,
                const Statements& statements,
                const StatuteTable& table,
                Instant now) {
    const Question question{
        label, request, requester, statements.federation, statements.case_view, table, now};
    auto decision = first_match(question);
    decision.valid_until = next_change(question);
    return decision;
}

}  // namespace samsyn
