// A family that two have opened, each for themselves.

#include <samsyn/access.hpp>
#include <samsyn/opened_twice.hpp>

#include <algorithm>
#include <map>

namespace samsyn {

namespace {

constexpr std::size_t names_max = 8;  // of one family: enough to know it by

/// The people of a case as their own items say who they are.
Result<std::vector<ItemView>> people_of(Device& device, const CaseId& case_id) {
    auto items = SAMSYN_TRY(device.items(case_id));
    std::erase_if(items, [](const ItemView& item) { return item.type != ItemType::person; });
    return items;
}

/// Ever: that there is such a case is not to stand on a page of the day.
Result<bool> protects_somebody(Device& device, const CaseId& case_id) {
    const auto said = SAMSYN_TRY(device.statements(case_id));
    return std::ranges::find(said, "protection_mark", &StatementView::kind) != said.end();
}

}  // namespace

Result<std::vector<SameFamily>> opened_twice(Device& device) {
    auto cases = SAMSYN_TRY(device.cases());
    for (auto one = cases.begin(); one != cases.end();)
        one = one->closed || SAMSYN_TRY(protects_somebody(device, one->id)) ? cases.erase(one)
                                                                            : std::next(one);
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
                return family.first == there->second && family.other == one.id;
            });
            SameFamily& family = known == families.end()
                                     ? families.emplace_back(SameFamily{there->second, one.id, {}})
                                     : *known;
            std::string name = person.text("name");
            const bool told = std::ranges::find(family.names, name) != family.names.end();
            if (!told && family.names.size() < names_max) family.names.push_back(std::move(name));
        }
    return families;
}

}  // namespace samsyn
