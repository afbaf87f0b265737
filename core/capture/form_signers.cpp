#include "core/capture/form_signers.hpp"

#include "core/policy/deciders.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace samsyn {

const FormSigner* FormSigners::find(const PersonId& person) const {
    const auto found = std::ranges::find(people, person, &FormSigner::person);
    return found == people.end() ? nullptr : &*found;
}

namespace {

using Deciding = std::map<PersonId, std::set<DecidesFor>>;

Capacity capacity_of(const PersonId& person, const PersonId& subject, const CustodyFacts& custody) {
    if (person == subject) return Capacity::self;
    for (const auto& appointed : custody.representatives)
        if (appointed.body.adult == subject && appointed.body.representative == person)
            return Capacity::representative;
    for (const auto& suspension : custody.suspended)
        if (suspension.body.child == subject && suspension.body.special_representative == person)
            return Capacity::special_representative;
    return Capacity::guardian;
}

UnitRef unit_ref(const Federation& federation, const UnitId& id) {
    const UnitRef* known = federation.unit(id);
    return known ? *known : UnitRef{.organisation = {}, .unit = id, .regime = {}};
}

/// The lines of a form; of one that has none yet, the own unit's.
std::vector<FormFlow> lines_of(const FilledForm& form) {
    if (!form.flows.empty()) return form.flows;
    return {{form.unit, {form.unit, {}, {}}}};
}

std::vector<Category> categories_of(const FilledForm& form) {
    std::vector<Category> categories;
    for (unsigned i = 0; i <= static_cast<unsigned>(Category::last); ++i)
        if (form.categories.contains(static_cast<Category>(i)))
            categories.push_back(static_cast<Category>(i));
    if (categories.empty()) categories.push_back(Category::contact);
    return categories;
}

/// Asks rule 0 about every line and category for one subject. False where nobody is known for one.
bool ask_about(const PersonId& subject,
               const FilledForm& form,
               const SignerFacts& facts,
               Deciding& deciding) {
    bool known = true;
    Request request;
    request.purpose = form.purpose;
    const Requester nobody{};
    for (const FormFlow& line : lines_of(form)) {
        const policy::Place place{.unit = unit_ref(facts.federation, line.recipient.unit)};
        Label label;
        label.subjects = {subject};
        label.disclosing = unit_ref(facts.federation, line.disclosing);
        for (const Category category : categories_of(form)) {
            label.category = category;
            label.sensitivity = usual_sensitivity(category);
            const policy::Question question{
                label, request, nobody, facts.federation, facts.view, facts.statutes, facts.now};
            const auto deciders = policy::who_decides(question, place, subject);
            known = known && !deciders.people.empty();
            for (const PersonId& person : deciders.people)
                deciding[person].insert(
                    {subject, capacity_of(person, subject, facts.view.custody())});
        }
    }
    return known;
}

}  // namespace

FormSigners signers_of(const FilledForm& form, const SignerFacts& facts) {
    Deciding deciding;
    FormSigners signers;
    for (const PersonId& subject : form.subjects)
        if (!ask_about(subject, form, facts, deciding)) signers.nobody_for.push_back(subject);
    for (const auto& [person, subjects] : deciding)
        signers.people.push_back({person, {subjects.begin(), subjects.end()}});
    return signers;
}

bool one_suffices(const FilledForm& form) {
    for (unsigned i = 0; i <= static_cast<unsigned>(Category::last); ++i) {
        const auto category = static_cast<Category>(i);
        if (form.categories.contains(category) && usual_sensitivity(category) != Sensitivity::low)
            return false;
    }
    return !form.categories.empty();
}

}  // namespace samsyn
