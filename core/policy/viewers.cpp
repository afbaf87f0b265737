#include "core/policy/viewers.hpp"

#include "core/policy/contains.hpp"
#include "core/policy/deciders.hpp"
#include "core/policy/in_force.hpp"
#include "core/policy/locks.hpp"
#include "core/policy/quorum.hpp"

#include <algorithm>

namespace samsyn::policy {

namespace {

using Failing = std::optional<Reason>;

// --- What a consent that names somebody as a guest covers ----------------------------------------

/// In doubt whether a closing bears on a consent's recipient, it does.
bool bears_on(const Closing& scope, const Consent& consent, Category category) {
    return scope.decider == consent.grantor && scope.subject == consent.subject &&
           (!scope.recipient || scope.recipient->unit == consent.recipient.unit) &&
           (scope.categories.empty() || scope.categories.contains(category));
}

bool stands(const Signed<Consent>& consent, const Question& question) {
    const auto& facts = question.disclosing();
    const auto category = question.label.category;
    Closings closings;
    for (const auto* all : {&facts.closings, &question.view.custody().closings})
        for (const auto& closing : *all)
            if (bears_on(closing.body, consent.body, category)) closings.push_back(&closing);
    const auto replaced = facts.replaced.find(consent.id);
    return is_alive(consent, question) &&
           (replaced == facts.replaced.end() || !replaced->second.contains(category)) &&
           (closings.empty() || reopens(consent, closings, facts));
}

/// What another consent in the same matter, in force and not named by a newer one, leaves out.
bool is_narrowed(const Signed<Consent>& consent, const Question& question) {
    const auto& facts = question.disclosing();
    const auto category = question.label.category;
    return std::ranges::any_of(facts.consents, [&](const auto& other) {
        const auto* a = &consent.body;
        const auto* b = &other.body;
        if (a->grantor != b->grantor || a->subject != b->subject || a->recipient != b->recipient ||
            a->purpose != b->purpose || !b->categories.contains(category) ||
            question.now < b->not_before || end_of(other, question) <= question.now)
            return false;
        const auto lifted = facts.lifted.find(other.id);
        if (lifted != facts.lifted.end() && lifted->second.contains(category)) return false;
        return b->reserved.contains(category) || !b->actions.contains(Action::show_in_meeting);
    });
}

/// Does `decider` let the person see what is about `subject`, by a consent that names the person?
bool named_by(const PersonId& decider,
              const PersonId& subject,
              const PersonId& guest,
              const Question& question) {
    const auto& facts = question.disclosing();
    const bool spoken_suffices = question.label.sensitivity != Sensitivity::far_reaching;
    return std::ranges::any_of(facts.guests, [&](const auto& named) {
        const auto consent = std::ranges::find(facts.consents, named.first, &Signed<Consent>::id);
        if (consent == facts.consents.end() || !named.second.contains(guest)) return false;
        const auto& body = consent->body;
        return body.grantor == decider && body.subject == subject &&
               body.categories.contains(question.label.category) &&
               body.purpose == question.request.purpose && body.not_before <= question.now &&
               question.now < end_of(*consent, question) &&
               (spoken_suffices || body.form != ConsentForm::oral) &&
               !is_narrowed(*consent, question) && stands(*consent, question);
    });
}

/// By everyone who decides for the subject, whichever unit it is that shows.
bool named_for(const PersonId& subject, const PersonId& guest, const Question& question) {
    const auto deciders = who_decides(question, {}, subject).people;
    return !deciders.empty() && std::ranges::all_of(deciders, [&](const auto& decider) {
        return named_by(decider, subject, guest, question);
    });
}

// --- Subjects and guardians ----------------------------------------------------------------------

/// Named in every current custody statement about the child: where they disagree, nobody is shown
/// what only some of them would show.
bool has_custody(const PersonId& guardian, const PersonId& child, const Question& question) {
    bool named = false;
    for (const auto& custody : question.view.custody().custody) {
        const auto& body = custody.body;
        if (body.child != child) continue;
        if (!contains(body.guardians, guardian) || question.now >= body.review_at ||
            question.now >= body.adult_at)
            return false;
        named = true;
    }
    return named;
}

Failing own_child(const PersonId& person, const PersonId& child, const Question& question) {
    if (is_suspended(child, person, question.view.custody(), question.now))
        return Reason::guardian_suspended;
    if (!has_custody(person, child, question)) return Reason::viewer_not_subject;
    if (may_decide_alone(question, child)) return Reason::viewer_not_deciding;
    return {};
}

bool was_child_of(const PersonId& person, const PersonId& child, const CustodyFacts& facts) {
    return std::ranges::any_of(facts.custody, [&](const auto& custody) {
        return custody.body.child == child && contains(custody.body.guardians, person);
    });
}

/// Everything that the label is about must be the person's own, an own child's, or of an adult who
/// lets this person see it.
Failing person_not_shown(const PersonId& person, const Question& question) {
    const auto& facts = question.view.custody();
    bool concerned = false;
    for (const auto& subject : question.label.subjects) {
        if (subject == person) {
            concerned = true;
            continue;
        }
        const auto standing = standing_of(subject, facts, question.now);
        if (standing.adult && !standing.child) {
            if (named_for(subject, person, question)) continue;
            return standing.came_of_age && was_child_of(person, subject, facts)
                       ? Reason::guardian_lapsed
                       : Reason::viewer_not_subject;
        }
        if (auto reason = own_child(person, subject, question)) return reason;
        concerned = true;
    }
    return concerned ? Failing{} : Reason::viewer_not_subject;
}

// --- Mandate holders and guests ------------------------------------------------------------------

/// Of several mandates that did not know each other, all in force must reach.
bool within_mandate(const PersonId& principal, const PersonId& agent, const Question& question) {
    bool reaches = false;
    for (const auto& mandate : question.view.custody().mandates) {
        const auto& body = mandate.body;
        if (body.principal != principal || body.agent != agent || !in_force(body, question.now))
            continue;
        if (!body.regimes.contains(question.label.disclosing.regime) ||
            !body.categories.contains(question.label.category))
            return false;
        reaches = true;
    }
    return reaches;
}

Failing agent_not_shown(const PersonId& agent, const Question& question) {
    Failing reason = Reason::outside_mandate;
    for (const auto& mandate : question.view.custody().mandates) {
        const auto& principal = mandate.body.principal;
        if (mandate.body.agent != agent || !within_mandate(principal, agent, question)) continue;
        reason = person_not_shown(principal, question);
        if (!reason) return {};
    }
    return reason;
}

Failing guest_not_shown(const PersonId& guest, const Question& question) {
    const auto& label = question.label;
    if (label.category == Category::meeting && label.sensitivity == Sensitivity::low) return {};
    const bool covered = std::ranges::all_of(
        label.subjects, [&](const auto& subject) { return named_for(subject, guest, question); });
    return covered ? Failing{} : Reason::guest_not_named;
}

}  // namespace

Answer not_shown(const Question& question) {
    const auto& [kind, person] = *question.requester.viewer;
    if (question.view.custody().hidden()) return deny(Reason::no_such_thing);
    if (is_locked_at_all(question))
        return deny(question.label.closed ? Reason::closed_label : Reason::protected_person);
    if (question.label.subjects.empty() || person.is_none())
        return deny(Reason::viewer_not_subject);
    Failing reason;
    switch (kind) {
        case ViewerKind::subject:
        case ViewerKind::guardian:
            reason = person_not_shown(person, question);
            break;
        case ViewerKind::mandate_holder:
            reason = agent_not_shown(person, question);
            break;
        case ViewerKind::guest:
            reason = guest_not_shown(person, question);
            break;
    }
    if (reason) return deny(*reason);
    return {};
}

}  // namespace samsyn::policy
