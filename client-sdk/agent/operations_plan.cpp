// The plan of a family: each member's goals by themselves, side by side.

#include "client-sdk/agent/operations_call.hpp"
#include "client-sdk/device/item_fields.hpp"
#include "core/model/local_date.hpp"

#include <samsyn/commitments.hpp>

#include <algorithm>
#include <tuple>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::int64_t open_goal = 0;  // of the choices of `state`

std::optional<Date> follow_up_of(const ItemView& goal) {
    return value_in<Date>(goal, "follow_up");
}

/// What is under way first, and of that what is followed up first.
bool comes_before(const ItemView& a, const ItemView& b) {
    const auto rank = [](const ItemView& goal) {
        const auto date = follow_up_of(goal);
        return std::tuple{!is_open_goal(goal), !date, date.value_or(Date{})};
    };
    return rank(a) < rank(b);
}

json choice_json(const ItemView& goal) {
    const FieldInfo* const state = find_field(*find_type(ItemType::plan_goal), "state");
    const auto at =
        static_cast<std::size_t>(value_in<std::int64_t>(goal, "state").value_or(open_goal));
    if (at >= state->choices.size()) return json::object();  // of a newer version
    return json::object({{"title", state->choices[at].en}, {"title_sv", state->choices[at].sv}});
}

json goal_json(Call& call, const PersonId& whose, const ItemView& goal, const Date& today) {
    json out = json::object({{"id", to_hex(goal.id)},
                             {"need", goal.text("need")},
                             {"goal", goal.text("goal")},
                             {"action", goal.text("action")},
                             {"state", choice_json(goal)},
                             {"unit", call.names.describe(goal.label.disclosing.unit)},
                             {"conflict", goal.conflict}});
    const auto responsible = reference_in<UserId>(goal, "responsible");
    out["responsible"] = responsible ? call.names.describe(*responsible) : json{};
    const auto date = follow_up_of(goal);
    out["follow_up"] = date ? json(to_text(*date)) : json{};
    out["overdue"] = date && *date < today && is_open_goal(goal);
    out["also_about"] = json::array();
    for (const PersonId& person : goal.label.subjects)
        if (person != whose) out["also_about"].push_back(call.names.describe(goal.case_id, person));
    return out;
}

/// Nothing is merged: a goal stays its unit's, about those whom it names, and is read by whom its
/// own label lets. One about several stands with each of them.
Result<json> show_plan(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    std::vector<ItemView> goals = SAMSYN_TRY(call.device.items(case_id));
    std::erase_if(goals, [](const ItemView& item) { return item.type != ItemType::plan_goal; });
    std::ranges::stable_sort(goals, &comes_before);
    const Date today = local_date(call.clock.now());
    json members = json::array();
    for (const PersonView& person : SAMSYN_TRY(call.device.persons(case_id))) {
        json of_person = json::array();
        for (const ItemView& goal : goals) {
            if (std::ranges::count(goal.label.subjects, person.id) == 0) continue;
            call.names.note_shown(case_id, goal.id);
            of_person.push_back(goal_json(call, person.id, goal, today));
        }
        members.push_back(json::object(
            {{"id", to_hex(person.id)}, {"name", person.name}, {"goals", std::move(of_person)}}));
    }
    return json::object({{"case", call.names.describe(case_id)}, {"members", std::move(members)}});
}

constexpr Operation operations[] = {{"plan.show", &show_plan, false, "case"}};

}  // namespace

std::span<const Operation> plan_operations() {
    return operations;
}

}  // namespace samsyn
