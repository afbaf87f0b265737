#include "client-sdk/device/item_fields.hpp"
#include "client-sdk/device/presenting.hpp"

#include <samsyn/commitments.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace samsyn {

namespace {

/// Whom the user of this device may show what, of the family of a case.
class FamilyEyes {
public:
    explicit FamilyEyes(Device& device) : device_(device) {}

    /// By person. Who has no part in the case looks at nothing.
    Result<std::map<PersonId, Viewer>> of(const CaseId& case_id) {
        if (const auto known = viewers_.find(case_id); known != viewers_.end())
            return known->second;
        std::map<PersonId, Viewer> viewers;
        for (const PersonView& person : SAMSYN_TRY(device_.persons(case_id)))
            if (const auto viewer = SAMSYN_TRY(device_.viewer(case_id, person.id)))
                viewers.emplace(person.id, *viewer);
        return viewers_.emplace(case_id, std::move(viewers)).first->second;
    }

    bool may_see(const CaseId& case_id, const Label& label, const Viewer& viewer) {
        const Onlooker onlooker{.name = {}, .who = viewer};
        return sight_of(label,
                        {.presenter = presenter_of(device_)},
                        {&onlooker, 1},
                        asking_of(device_, case_id))
            .permitted;
    }

private:
    Device& device_;
    std::map<CaseId, std::map<PersonId, Viewer>> viewers_;
};

CommitmentEvent event_of(const ValueView& value) {
    CommitmentEvent event;
    event.by = value.writer;
    event.at = value.version.time.instant();
    event.unsent = value.unsent;
    return event;
}

/// The entries, and what stands in `state` without one.
void put_history(CommitmentView& view, const ItemView& item) {
    std::vector<std::pair<Version, CommitmentEvent>> events;
    if (const FieldView* history = field_of(item, "history")) {
        for (const ValueView& value : history->values) {
            const auto* text = std::get_if<std::string>(&value.value);
            if (text == nullptr) continue;
            CommitmentEvent event = event_of(value);
            HistoryEntry entry = read_history_entry(*text);
            event.state = entry.state;
            event.note = std::move(entry.note);
            events.emplace_back(value.version, std::move(event));
        }
    }
    if (const FieldView* state = field_of(item, "state")) {
        for (const ValueView& value : state->values) {
            const auto same = [&](const auto& event) { return event.first == value.version; };
            if (std::ranges::any_of(events, same)) continue;
            CommitmentEvent event = event_of(value);
            event.state = commitment_state(value.value);
            event.recorded = false;
            events.emplace_back(value.version, std::move(event));
        }
    }
    std::ranges::sort(events, {}, [](const auto& event) { return event.first; });
    if (events.size() > history_entries_max)
        view.history_left_out = events.size() - history_entries_max;
    for (std::size_t i = view.history_left_out; i < events.size(); ++i)
        view.history.push_back(std::move(events[i].second));
}

CommitmentView view_of_commitment(const ItemView& item, Date today) {
    CommitmentView view;
    view.id = item.id;
    view.case_id = item.case_id;
    view.compartment = item.compartment;
    view.label = item.label;
    view.what = item.text("what");
    view.owner = reference_in<UserId>(item, "owner");
    view.owner_unit = reference_in<UnitId>(item, "owner_unit");
    view.promised_to = item.text("promised_to");
    view.meeting = reference_in<ItemId>(item, "meeting");
    view.days.due = value_in<Date>(item, "due");
    view.days.answer_by = value_in<Date>(item, "answer_by");
    view.days.remind_on = value_in<Date>(item, "remind_on");
    view.conflict = item.conflict;
    view.unsent = item.unsent;
    if (const FieldView* field = field_of(item, "state"); field && !field->values.empty()) {
        const auto state = commitment_state(field->values.front().value);
        view.state_known = state.has_value();
        view.days.state = state.value_or(CommitmentState::promised);
        view.state_conflict = field->conflict;
    }
    view.standing = standing_of(view.days, today);
    put_history(view, item);
    return view;
}

Result<std::vector<CaseId>> cases_of(Device& device, const std::optional<CaseId>& wanted) {
    if (wanted) return std::vector{*wanted};
    std::vector<CaseId> cases;
    for (const CaseSummary& summary : SAMSYN_TRY(device.cases())) cases.push_back(summary.id);
    return cases;
}

/// Readers and family of commitments of one case.
Result<void> put_who_sees(Device& device, FamilyEyes& eyes, std::span<CommitmentView> views) {
    if (views.empty()) return {};
    const CaseId& case_id = views.front().case_id;
    std::map<CompartmentId, std::vector<UserId>> readers;
    for (const CompartmentView& each : SAMSYN_TRY(device.compartments(case_id)))
        readers[each.id] = each.readers;
    const auto viewers = SAMSYN_TRY(eyes.of(case_id));
    std::map<CompartmentId, std::vector<PersonId>> family;
    for (CommitmentView& view : views) {
        view.readers = readers[view.compartment];
        const auto [place, fresh] = family.try_emplace(view.compartment);
        if (fresh)
            for (const auto& [person, viewer] : viewers)
                if (eyes.may_see(case_id, view.label, viewer)) place->second.push_back(person);
        view.family = place->second;
    }
    return {};
}

std::optional<UnitId> only_unit_of(const std::vector<Device::ParticipantView>& participants,
                                   const UserId& user) {
    std::optional<UnitId> unit;
    for (const auto& participant : participants) {
        if (participant.user != user) continue;
        if (unit && *unit != participant.unit) return std::nullopt;
        unit = participant.unit;
    }
    return unit;
}

Result<ItemView> commitment_item(Device& device, const ItemId& id) {
    ItemView item = SAMSYN_TRY(device.item(id));
    if (item.type != ItemType::commitment)
        return fail(Errc::invalid_argument, "item: it is no commitment");
    if (item.presence == ItemState::Presence::deleted) return fail(Errc::not_found, "item");
    return item;
}

const Value* given(const NewItem& item, std::string_view key) {
    const auto found = std::ranges::find(item.fields, key, &FieldInput::key);
    return found == item.fields.end() ? nullptr : &found->value;
}

}  // namespace

bool is_open_goal(const ItemView& goal) {
    const FieldView* field = field_of(goal, "state");
    const auto is_over = [](const ValueView& value) {  // reached, dropped
        return value.value == Value{std::int64_t{1}} || value.value == Value{std::int64_t{2}};
    };
    return !field || !std::ranges::all_of(field->values, is_over);
}

bool is_open_commitment(const ItemView& commitment) {
    const FieldView* field = field_of(commitment, "state");
    return field == nullptr || std::ranges::any_of(field->values, [](const ValueView& value) {
               const auto state = commitment_state(value.value);
               return !state || is_open(*state);
           });
}

Result<std::vector<CommitmentView>> commitments(Device& device,
                                                const CommitmentFilter& filter,
                                                Date today) {
    if (filter.family && !filter.case_id)
        return fail(Errc::invalid_argument, "family: name the case too");
    FamilyEyes eyes{device};
    if (filter.family) {
        const auto viewers = SAMSYN_TRY(eyes.of(*filter.case_id));
        if (!viewers.contains(*filter.family)) return fail(Errc::not_found, "family");
    }
    std::vector<CommitmentView> all;
    for (const CaseId& case_id : SAMSYN_TRY(cases_of(device, filter.case_id))) {
        std::vector<CommitmentView> views;
        for (const ItemView& item : SAMSYN_TRY(device.items(case_id))) {
            if (item.type != ItemType::commitment) continue;
            CommitmentView view = view_of_commitment(item, today);
            if (filter.owner && view.owner != filter.owner) continue;
            // A state of a newer version may be an open one, and two that stand are not settled.
            const bool over = view.state_known && !view.state_conflict && !view.standing.open;
            if (filter.open_only && over) continue;
            views.push_back(std::move(view));
        }
        SAMSYN_TRY(put_who_sees(device, eyes, views));
        std::ranges::move(views, std::back_inserter(all));
    }
    if (filter.family)
        std::erase_if(all, [&](const CommitmentView& view) {
            return !std::ranges::binary_search(view.family, *filter.family);
        });
    std::ranges::sort(all, {}, [](const CommitmentView& view) {
        return std::tuple{rank_of(view.standing), view.case_id, view.id};
    });
    return all;
}

Result<CommitmentView> commitment(Device& device, const ItemId& item, Date today) {
    const ItemView found = SAMSYN_TRY(commitment_item(device, item));
    CommitmentView view = view_of_commitment(found, today);
    FamilyEyes eyes{device};
    SAMSYN_TRY(put_who_sees(device, eyes, {&view, 1}));
    return view;
}

Result<ItemId> add_commitment(Device& device, NewItem item) {
    item.type = ItemType::commitment;
    if (given(item, "history") != nullptr)
        return fail(Errc::invalid_argument, "history: the steps write it");
    const Value* owner = given(item, "owner");
    const auto* user = owner == nullptr ? nullptr : std::get_if<ReferenceId>(owner);
    if (user != nullptr && given(item, "owner_unit") == nullptr) {
        const auto participants = SAMSYN_TRY(device.participants(item.case_id));
        if (const auto unit = only_unit_of(participants, UserId::from(user->view())))
            item.fields.push_back({"owner_unit", reference_to(*unit)});
    }
    const Value* given_state = given(item, "state");
    const auto state = commitment_state(given_state == nullptr ? Value{} : *given_state);
    if (!state) return fail(Errc::invalid_argument, "state");
    if (given_state == nullptr)
        item.fields.push_back({"state", Value{static_cast<std::int64_t>(*state)}});
    auto entry = SAMSYN_TRY(history_entry(*state, {}));
    item.fields.push_back({"history", Value{std::move(entry)}});
    return device.add_item(item);
}

Result<void> step_commitment(Device& device, const CommitmentStepping& stepping, Date today) {
    const ItemView item = SAMSYN_TRY(commitment_item(device, stepping.item));
    const CommitmentView view = view_of_commitment(item, today);
    if (!view.state_known) return fail(Errc::update_needed, "state");
    if (view.state_conflict) return fail(Errc::conflict, commitment_in_conflict);
    const CommitmentState after = SAMSYN_TRY(state_after(view.days.state, stepping.step));

    const bool takes_home = stepping.step == CommitmentStep::take_home;
    const bool takes_day = takes_home || stepping.step == CommitmentStep::promise_again;
    if (takes_home && !stepping.day)
        return fail(Errc::invalid_argument, commitment_needs_answer_by);
    if (stepping.day && !takes_day) return fail(Errc::invalid_argument, "day: this step has none");
    if (stepping.day && *stepping.day < today)
        return fail(Errc::invalid_argument, commitment_day_passed);

    std::string note = stepping.day ? to_text(*stepping.day) : std::string{};
    if (!stepping.note.empty()) note.append(note.empty() ? "" : " ").append(stepping.note);
    auto entry = SAMSYN_TRY(history_entry(after, note));
    std::vector<FieldInput> fields{{"state", Value{static_cast<std::int64_t>(after)}},
                                   {"history", Value{std::move(entry)}}};
    if (stepping.day) fields.push_back({takes_home ? "answer_by" : "due", Value{*stepping.day}});
    return device.edit_item(stepping.item, fields);
}

}  // namespace samsyn
