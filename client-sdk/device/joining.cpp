// A family that two have opened, each for themselves.

#include "client-sdk/device/item_fields.hpp"

#include <samsyn/joining.hpp>
#include <samsyn/recalls.hpp>

#include <algorithm>
#include <map>

namespace samsyn {

namespace {

/// The people of a case as their own items say who they are.
Result<std::vector<ItemView>> people_of(Device& device, const CaseId& case_id) {
    auto items = SAMSYN_TRY(device.items(case_id));
    std::erase_if(items, [](const ItemView& item) { return item.type != ItemType::person; });
    return items;
}

PersonId person_of(const ItemView& item) {
    return PersonId::from(item.id.view());
}

/// Who of one case is whom in the other. A number decides where both have one.
std::map<PersonId, PersonId> same_people(const std::vector<ItemView>& from,
                                         const std::vector<ItemView>& to) {
    std::map<PersonId, PersonId> same;
    for (const ItemView& one : from) {
        const std::string number = one.text("personal_number");
        const auto is_same = [&](const ItemView& two) {
            const std::string theirs = two.text("personal_number");
            if (!number.empty() && !theirs.empty()) return number == theirs;
            return one.text("name") == two.text("name");
        };
        // Two of one name: nobody guesses.
        if (std::ranges::count_if(to, is_same) != 1) continue;
        same.emplace(person_of(one), person_of(*std::ranges::find_if(to, is_same)));
    }
    return same;
}

/// A person of the other case whom the kept one does not have.
Result<PersonId> add_like(Device& device, const CaseId& kept, const ItemView& person) {
    std::vector<FieldInput> fields;
    for (const FieldView& field : person.fields)
        if (field.info != nullptr && field.info->key != "name" && !field.values.empty())
            fields.push_back({std::string{field.info->key}, field.values.front().value});
    return device.add_person(kept, person.text("name"), fields);
}

/// Whom an item is about, in the kept case.
Result<std::vector<PersonId>> about_there(Device& device,
                                          const CaseId& kept,
                                          const ItemView& item,
                                          const std::vector<ItemView>& people,
                                          std::map<PersonId, PersonId>& same,
                                          JoinedCases& joined) {
    std::vector<PersonId> about;
    for (const PersonId& subject : item.label.subjects) {
        if (const auto found = same.find(subject); found != same.end()) {
            about.push_back(found->second);
            continue;
        }
        const auto person = std::ranges::find(people, subject, &person_of);
        if (person == people.end()) return fail(Errc::not_found, "about whom");
        const PersonId added = SAMSYN_TRY(add_like(device, kept, *person));
        same.emplace(subject, added);
        joined.added.push_back(added);
        about.push_back(added);
    }
    return about;
}

}  // namespace

Result<std::vector<SameFamily>> opened_twice(Device& device) {
    auto cases = SAMSYN_TRY(device.cases());
    std::erase_if(cases, &CaseSummary::closed);
    std::ranges::sort(
        cases, {}, [](const CaseSummary& one) { return std::pair{one.opened_at, one.id}; });
    std::vector<SameFamily> families;
    std::map<std::pair<ServiceModel, std::string>, CaseId> first;  // by personal number
    for (const CaseSummary& one : cases)
        for (const ItemView& person : SAMSYN_TRY(people_of(device, one.id))) {
            const std::string number = person.text("personal_number");
            if (number.empty()) continue;
            const auto [there, is_new] = first.try_emplace({one.model, number}, one.id);
            if (is_new || there->second == one.id) continue;
            const auto known = std::ranges::find_if(families, [&](const SameFamily& family) {
                return family.kept == there->second && family.other == one.id;
            });
            SameFamily& family = known == families.end()
                                     ? families.emplace_back(SameFamily{there->second, one.id, {}})
                                     : *known;
            family.names.push_back(person.text("name"));
        }
    return families;
}

Result<JoinedCases> join_cases(Device& device,
                               const CaseId& kept,
                               const CaseId& other,
                               std::span<const UnitId> units) {
    if (kept == other) return fail(Errc::invalid_argument, "other: the same case");
    const auto there = SAMSYN_TRY(people_of(device, kept));
    const auto people = SAMSYN_TRY(people_of(device, other));
    auto same = same_people(people, there);
    JoinedCases joined;
    for (ItemView& item : SAMSYN_TRY(device.items(other))) {
        if (item.type == ItemType::person || item.type == ItemType::case_summary) continue;
        if (std::ranges::find(units, item.label.disclosing.unit) == units.end()) {
            ++joined.left;
            continue;
        }
        // A circle is of its case: in the other one the item would be open.
        auto moved = Result<ItemId>{fail(Errc::conflict, "closed")};
        if (!item.label.closed) {
            NewItem target;
            target.case_id = kept;
            target.about = SAMSYN_TRY(about_there(device, kept, item, people, same, joined));
            target.unit = item.label.disclosing.unit;
            moved = Recalls{device}.move(item.id, target);
        }
        const bool at_fault = !moved && (moved.error().code == Errc::storage_failed ||
                                         moved.error().code == Errc::disk_full);
        if (at_fault) return std::unexpected{moved.error()};
        if (moved)
            joined.moved.push_back(*moved);
        else
            joined.unmoved.push_back(std::move(item));
    }
    return joined;
}

}  // namespace samsyn
