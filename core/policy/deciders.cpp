#include "core/policy/deciders.hpp"

#include "core/policy/contains.hpp"
#include "core/policy/in_force.hpp"

#include <algorithm>

namespace samsyn::policy {

namespace {

/// What assessments of maturity in force say of a child in a category.
struct Assessed {
    bool alone = false;
    bool together = false;
};

Assessed assessed(const PersonId& child, const Question& question) {
    Assessed answer;
    for (const auto& maturity : question.view.custody().maturity) {
        const auto& body = maturity.body;
        if (body.child != child || !in_force(body, question.now) ||
            !body.categories.contains(question.label.category))
            continue;
        (body.alone ? answer.alone : answer.together) = true;
    }
    return answer;
}

/// The row of the measure that is asked for, where the child has the age at which it opens.
const StatuteTable::PurposeRow* open_measure(const PersonId& child, const Question& question) {
    const auto* row = question.purpose();
    if (!row || row->opens_at == 0 || !row->in_force.at(question.now)) return nullptr;
    const auto& ages = question.view.custody().ages;
    const auto age = ages.find(child);
    return age != ages.end() && age->second >= row->opens_at ? row : nullptr;
}

/// Those with custody who are not suspended, and who takes the place of those who are.
std::set<PersonId> guardians_of(const PersonId& child, const Question& question) {
    const auto& facts = question.view.custody();
    std::set<PersonId> guardians;
    for (const auto& custody : facts.custody) {
        if (custody.body.child != child || custody.body.adult_at <= question.now) continue;
        for (const auto& guardian : custody.body.guardians) {
            if (!is_suspended(child, guardian, facts, question.now)) guardians.insert(guardian);
            for (const auto& suspension : facts.suspended) {
                const auto& body = suspension.body;
                if (body.child == child && body.guardian == guardian &&
                    body.special_representative && in_force(body, question.now) &&
                    !is_suspended(child, *body.special_representative, facts, question.now))
                    guardians.insert(*body.special_representative);
            }
        }
    }
    return guardians;
}

/// True where a decision in place of this guardian covers exactly this measure and unit. Of several
/// statements of one decision that did not know each other, all must.
bool decided_in_place(const PersonId& child,
                      const PersonId& guardian,
                      const Question& question,
                      const Place& place) {
    const auto* measure = question.purpose();
    if (!measure || !measure->measure) return false;
    std::map<Hash, bool> decisions;
    for (const auto& decision : question.view.custody().in_place) {
        const auto& body = decision.body;
        if (body.child != child || body.guardian != guardian) continue;
        const bool covers = body.measure == question.request.purpose &&
                            body.unit == place.unit.unit && question.now < body.until;
        const auto known = decisions.emplace(body.decision, covers).first;
        known->second = known->second && covers;
    }
    return std::ranges::any_of(decisions, [](const auto& decision) { return decision.second; });
}

bool has_said_no(const PersonId& guardian, const PersonId& child, const Question& question) {
    const auto is_no = [&](const Signed<Closing>& closing) {
        return closing.body.decider == guardian && closing.body.subject == child;
    };
    return std::ranges::any_of(question.disclosing().closings, is_no) ||
           std::ranges::any_of(question.view.custody().closings, is_no);
}

/// True where this guardian cannot be reached, and that suffices here. Of several statements that
/// did not know each other, all must say so.
bool is_prevented(const PersonId& guardian, const PersonId& child, const Question& question) {
    const auto& facts = question.view.custody();
    const bool far_reaching = question.label.sensitivity == Sensitivity::far_reaching;
    bool said = false;
    for (const auto& prevented : facts.prevented) {
        const auto& body = prevented.body;
        if (body.child != child || body.guardian != guardian) continue;
        const auto verdict = facts.verdicts.find(prevented.id);
        const bool judged = verdict != facts.verdicts.end();
        if (end_of(prevented, question.table) <= question.now) return false;
        if (judged && verdict->second.disapproved) return false;
        if (far_reaching && !(body.manifestly_required && judged && verdict->second.approved()))
            return false;
        said = true;
    }
    return said && !has_said_no(guardian, child, question);
}

/// For a child who does not decide alone. That guardians cannot be reached takes nobody out: so
/// that a no of theirs, wherever it was said, never makes their consent count.
Deciders guardians_decide(const Question& question, const Place& place, const PersonId& child) {
    std::set<PersonId> people;
    Deciders answer;
    const auto guardians = guardians_of(child, question);
    for (const auto& guardian : guardians) {
        if (decided_in_place(child, guardian, question, place)) continue;
        people.insert(guardian);
        if (is_prevented(guardian, child, question)) answer.prevented.push_back(guardian);
    }
    const bool decided_for_all = !guardians.empty() && people.empty();
    if (people.empty() && !decided_for_all) return {};
    if (assessed(child, question).together || (decided_for_all && open_measure(child, question)))
        people.insert(child);
    answer.people = {people.begin(), people.end()};
    return answer;
}

/// The person, or who represents that person in this category.
std::set<PersonId> adults_deciding(const PersonId& adult, const Question& question) {
    std::set<PersonId> people;
    for (const auto& appointed : question.view.custody().representatives) {
        const auto& body = appointed.body;
        if (body.adult == adult && in_force(body, question.now) &&
            body.categories.contains(question.label.category))
            people.insert(body.representative);
    }
    if (people.empty()) people.insert(adult);
    return people;
}

}  // namespace

Standing standing_of(const PersonId& person, const CustodyFacts& custody, Instant now) {
    Standing answer;
    bool is_guardian = false;
    bool has_custody = false;
    for (const auto& [id, author, time, body] : custody.custody) {
        is_guardian = is_guardian || contains(body.guardians, person);
        if (body.child != person) continue;
        has_custody = true;
        if (body.adult_at <= now) {
            answer.came_of_age = true;
        } else {
            answer.child = true;
            answer.review_due = answer.review_due || body.review_at <= now;
        }
    }
    answer.adult =
        answer.came_of_age || custody.adults.contains(person) || (is_guardian && !has_custody);
    return answer;
}

bool is_suspended(const PersonId& child,
                  const PersonId& guardian,
                  const CustodyFacts& custody,
                  Instant now) {
    return std::ranges::any_of(custody.suspended, [&](const auto& suspension) {
        const auto& body = suspension.body;
        return body.child == child && body.guardian == guardian && in_force(body, now);
    });
}

bool may_decide_alone(const Question& question, const PersonId& child) {
    return assessed(child, question).alone || open_measure(child, question);
}

Instant end_of(const Signed<GuardianPrevented>& prevented, const StatuteTable& table) {
    return std::min(prevented.body.until, prevented.time.instant() + table.prevented_max);
}

Deciders who_decides(const Question& question, const Place& place, const PersonId& subject) {
    const auto standing = standing_of(subject, question.view.custody(), question.now);
    Deciders answer;
    if (!standing.adult || standing.child) {
        const auto will = assessed(subject, question);
        const auto* measure = open_measure(subject, question);
        const bool alone = (will.alone && !will.together) || (measure && !measure->needs_decision);
        if (alone)
            answer.people = {subject};
        else if (standing.review_due)
            return {};  // of several statements, none stands in for a lapsed one
        else
            answer = guardians_decide(question, place, subject);
        // Where statements disagree whether it is a child, nobody decides in place of the others.
        if (answer.people.empty()) return {};
    }
    if (standing.adult) {
        auto people = adults_deciding(subject, question);
        people.insert(answer.people.begin(), answer.people.end());
        answer.people = {people.begin(), people.end()};
    }
    answer.came_of_age = standing.came_of_age;
    return answer;
}

}  // namespace samsyn::policy
