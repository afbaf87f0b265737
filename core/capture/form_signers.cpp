#include "core/capture/form_signers.hpp"

#include "core/policy/deciders.hpp"

#include <algorithm>
#include <map>

namespace samsyn {

const FormSigner* FormSigners::find(const PersonId& person) const {
    const auto found = std::ranges::find(people, person, &FormSigner::person);
    return found == people.end() ? nullptr : &*found;
}

FormSigners signers_of(const FilledForm& form, const CustodyFacts& custody, Instant now) {
    std::map<PersonId, std::vector<DecidesFor>> by_person;
    FormSigners signers;
    for (const PersonId& subject : form.subjects) {
        const auto deciders = policy::who_decides(subject, custody, now);
        if (deciders.people.empty()) signers.nobody_for.push_back(subject);
        for (const PersonId& person : deciders.people)
            by_person[person].push_back(
                {subject, person == subject ? Capacity::self : Capacity::guardian});
    }
    for (auto& [person, subjects] : by_person)
        signers.people.push_back({person, std::move(subjects)});
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
