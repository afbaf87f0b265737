#include "core/policy/locks.hpp"

#include "core/policy/contains.hpp"
#include "core/policy/in_force.hpp"
#include "core/policy/quorum.hpp"

#include <algorithm>

namespace samsyn::policy {

namespace {

bool is_own(const Question& question, const Place& place) {
    return place.unit == question.label.disclosing;
}

bool takes_part_for(const Places& places, const UnitId& unit) {
    return std::ranges::any_of(places, [&](const Place& place) { return place.unit.unit == unit; });
}

bool hides(const Signed<ProtectionMark>& mark) {
    return mark.body.kind == ProtectionKind::hidden_existence;
}

/// Where a person lives and can be found.
bool tells_whereabouts(Category category) {
    return category == Category::contact || category == Category::housing ||
           category == Category::emergency;
}

bool bears_on(const Signed<ProtectionMark>& mark, const Label& label) {
    return !hides(mark) && tells_whereabouts(label.category) &&
           contains(label.subjects, mark.body.person);
}

/// Named in person by the youth, who has not taken it back; and the unit has confirmed it.
bool named_by_own_consent(const PersonId& person, const Question& question, const Places& places) {
    const auto& facts = question.disclosing();
    return std::ranges::any_of(facts.consents, [&](const auto& consent) {
        const auto& body = consent.body;
        const auto stands = [&](const Place& place) {
            return reopens(consent, closings_in_scope(question, place, person, person), facts);
        };
        return std::ranges::all_of(places, stands) && body.grantor == person &&
               body.subject == person && body.recipient.user == question.requester.user &&
               is_alive(consent, question) && body.not_before <= question.now &&
               question.now < end_of(consent, question);
    });
}

bool named_of_own_unit(const Signed<ProtectionMark>& mark,
                       const Question& question,
                       const Places& places) {
    return contains(mark.body.users, question.requester.user) &&
           std::ranges::any_of(places, [&](const Place& place) { return is_own(question, place); });
}

/// Labels to which items were copied for one recipient: the own unit, and that recipient.
/// Nothing where no statement makes such a selection.
std::optional<bool> passes_selection(const Question& question, const Places& places) {
    const auto& facts = question.disclosing();
    std::optional<bool> passes;
    const auto consider = [&](const Recipient& recipient) {
        const auto may = [&](const Place& place) {
            return is_own(question, place) || means(recipient, question, place);
        };
        passes = passes.value_or(false) || std::ranges::any_of(places, may);
    };
    for (const auto& opening : facts.overrides)
        if (opening.body.selection == question.label.closed) consider(opening.body.recipient);
    for (const auto& answer : facts.answers)
        if (answer.body.selection == question.label.closed) consider(answer.body.recipient);
    return passes;
}

/// A closed label is open to those only whom everything that was said under its id lets pass; one
/// of which nothing was said, to nobody.
std::optional<Reason> closed(const Question& question, const Places& places) {
    const auto& facts = question.disclosing();
    const auto& user = question.requester.user;
    bool known = false;
    if (const auto audience = facts.audiences.find(*question.label.closed);
        audience != facts.audiences.end()) {
        known = true;
        if (!audience->second.contains(user)) return Reason::closed_label;
    }
    if (const auto locks = facts.locks.find(*question.label.closed); locks != facts.locks.end()) {
        for (const auto& lock : locks->second) {
            known = true;
            if (!contains(lock.body.users, user) && !takes_part_for(places, lock.body.unit))
                return Reason::investigation_locked;
        }
    }
    const auto selected = passes_selection(question, places);
    if (selected.value_or(known)) return std::nullopt;
    return Reason::closed_label;
}

}  // namespace

bool is_hidden_from(const Question& question, const Places& places) {
    const auto& marks = question.view.custody().marks;
    return std::ranges::any_of(marks, [&](const auto& mark) {
        return hides(mark) && !named_of_own_unit(mark, question, places) &&
               !named_by_own_consent(mark.body.person, question, places);
    });
}

bool sees_by_consent_only(const Question& question, const Places& places) {
    const auto& marks = question.view.custody().marks;
    return std::ranges::any_of(marks, [&](const auto& mark) {
        return hides(mark) && !named_of_own_unit(mark, question, places);
    });
}

std::optional<Reason> locked(const Question& question, const Places& places) {
    for (const auto& mark : question.view.custody().marks)
        if (bears_on(mark, question.label) && !contains(mark.body.users, question.requester.user))
            return Reason::protected_person;
    return question.label.closed ? closed(question, places) : std::nullopt;
}

bool is_locked_at_all(const Question& question) {
    return question.label.closed || question.view.custody().hidden() ||
           std::ranges::any_of(question.view.custody().marks,
                               [&](const auto& mark) { return bears_on(mark, question.label); });
}

}  // namespace samsyn::policy
