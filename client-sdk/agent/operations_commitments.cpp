#include "client-sdk/agent/operations_items.hpp"
#include "core/model/local_date.hpp"

#include <samsyn/commitments.hpp>
#include <samsyn/day.hpp>
#include <samsyn/opened_twice.hpp>

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

Date today_of(const Call& call) {
    return local_date(call.clock.now());
}

json day_json(const std::optional<Date>& day) {
    return day ? json(to_text(*day)) : json{};
}

template <class IdType>
json named_json(Directory& names, const std::optional<IdType>& id) {
    return id ? names.describe(*id) : json{};
}

json title_json(const std::optional<CommitmentState>& state, std::string_view Words::* language) {
    return state ? json(title_of(*state).*language) : json{};
}

json event_json(Directory& names, const CommitmentEvent& event) {
    json out = json::object({{"state", event.state ? json(key_of(*event.state)) : json{}}});
    out["state_title"] = title_json(event.state, &Words::en);
    out["state_title_sv"] = title_json(event.state, &Words::sv);
    out["note"] = event.note;
    out["by"] = names.describe(event.by);
    out["at"] = to_json(event.at);
    out["recorded"] = event.recorded;
    out["unsent"] = event.unsent;
    return out;
}

json commitment_json(Directory& names, const CommitmentView& view, Date today) {
    names.note_shown(view.case_id, view.id);
    json out = json::object({{"id", to_hex(view.id)}, {"what", view.what}});
    out["case"] = names.describe(view.case_id);
    out["about"] = json::array();
    for (const PersonId& person : view.label.subjects)
        out["about"].push_back(names.describe(view.case_id, person));
    out["owner"] = named_json(names, view.owner);
    out["owner_unit"] = named_json(names, view.owner_unit);
    out["promised_to"] = view.promised_to;
    out["meeting"] = view.meeting ? json(to_hex(*view.meeting)) : json{};
    out["due"] = day_json(view.days.due);
    out["answer_by"] = day_json(view.days.answer_by);
    out["remind_on"] = day_json(view.days.remind_on);
    const auto state = view.state_known ? std::optional{view.days.state} : std::nullopt;
    out["state"] = state ? json(key_of(*state)) : json{};
    out["state_title"] = title_json(state, &Words::en);
    out["state_title_sv"] = title_json(state, &Words::sv);
    const CommitmentStanding& standing = view.standing;
    out["open"] = standing.open;
    out["overdue"] = standing.overdue;
    out["answer_overdue"] = standing.answer_overdue;
    out["due_soon"] = standing.due_soon;
    out["reminder_due"] = standing.reminder_due;
    out["next"] = day_json(standing.next);
    out["days_late"] = standing.late() ? (today.day - standing.next->day).count() : 0;
    out["state_conflict"] = view.state_conflict;
    out["conflict"] = view.conflict;
    out["unsent"] = view.unsent;
    out["readers"] = json::array();
    for (const UserId& reader : view.readers) out["readers"].push_back(names.describe(reader));
    out["family"] = json::array();
    for (const PersonId& person : view.family)
        out["family"].push_back(names.describe(view.case_id, person));
    return out;
}

/// With everything that has happened with it.
json whole_commitment(Directory& names, const CommitmentView& view, Date today) {
    json out = commitment_json(names, view, today);
    out["history"] = json::array();
    for (const CommitmentEvent& event : view.history)
        out["history"].push_back(event_json(names, event));
    out["history_left_out"] = view.history_left_out;
    return out;
}

json commitments_json(Directory& names, const std::vector<CommitmentView>& views, Date today) {
    json list = json::array();
    for (const CommitmentView& view : views) {
        json row = commitment_json(names, view, today);
        if (!view.history.empty()) row["last"] = event_json(names, view.history.back());
        list.push_back(std::move(row));
    }
    return list;
}

/// The meeting that is named is one of the case.
Result<void> check_meeting(Call& call, const NewItem& item) {
    const auto meeting = std::ranges::find(item.fields, "meeting", &FieldInput::key);
    if (meeting == item.fields.end()) return {};
    const auto* id = std::get_if<ReferenceId>(&meeting->value);
    if (id == nullptr) return {};
    const ItemView found = SAMSYN_TRY(call.device.item(ItemId::from(id->view())));
    if (found.type != ItemType::meeting || found.case_id != item.case_id)
        return fail(Errc::invalid_argument, "meeting: it is no meeting of the case");
    return {};
}

Result<json> add_promise(Call& call) {
    NewItem item = SAMSYN_TRY(
        new_item_of(call,
                    ItemType::commitment,
                    {"what", "owner", "owner_unit", "due", "promised_to", "meeting", "remind_on"}));
    SAMSYN_TRY(check_meeting(call, item));
    return written_item(call, SAMSYN_TRY(add_commitment(call.device, std::move(item))));
}

Result<json> list_commitments(Call& call) {
    CommitmentFilter filter;
    if (call.args.has("case")) filter.case_id = SAMSYN_TRY(case_of(call));
    const bool mine = SAMSYN_TRY(call.args.boolean_or("mine", false));
    if (mine && call.args.has("person"))
        return fail(Errc::invalid_argument, "mine: give either mine or person");
    if (mine) filter.owner = call.names.me();
    if (call.args.has("person")) filter.owner = SAMSYN_TRY(user_of(call, "person"));
    filter.open_only = SAMSYN_TRY(call.args.boolean_or("open", true));
    if (call.args.has("family")) {
        if (!filter.case_id) return fail(Errc::invalid_argument, "family: name the case too");
        filter.family = SAMSYN_TRY(person_of(call, *filter.case_id, "family"));
    }
    const Date today = today_of(call);
    const auto views = SAMSYN_TRY(commitments(call.device, filter, today));
    json list = commitments_json(call.names, views, today);
    // What the family looks at says what was promised, not what colleagues noted beside it.
    if (filter.family)
        for (json& row : list) row.erase("last");
    return json::object({{"today", to_text(today)}, {"commitments", std::move(list)}});
}

Result<json> shown_commitment(Call& call, const ItemId& item) {
    const Date today = today_of(call);
    const auto view = commitment(call.device, item, today);
    // Writing works where reading has locked itself: what is durable is not an error.
    if (!view && view.error().code == Errc::lease_ended)
        return json::object({{"commitment", json::object({{"id", to_hex(item)}})}});
    const CommitmentView found = SAMSYN_TRY(view);
    return json::object({{"commitment", whole_commitment(call.names, found, today)}});
}

Result<json> show_commitment(Call& call) {
    return shown_commitment(call, SAMSYN_TRY(item_of(call)));
}

Result<json> take_step(Call& call) {
    CommitmentStepping stepping;
    stepping.item = SAMSYN_TRY(item_of(call));
    const auto step = find_commitment_step(SAMSYN_TRY(call.args.text("step")));
    if (!step)
        return fail(Errc::invalid_argument,
                    "step: take_home, answer, done, break, withdraw or promise");
    stepping.step = *step;
    if (call.args.has("day")) stepping.day = SAMSYN_TRY(call.args.date("day"));
    stepping.note = SAMSYN_TRY(call.args.text_or("note", ""));
    SAMSYN_TRY(step_commitment(call.device, stepping, today_of(call)));
    return shown_commitment(call, stepping.item);
}

// --- The day -------------------------------------------------------------------------------------

json meeting_json(Directory& names, const DayMeeting& row) {
    names.note_shown(row.case_id, row.item);
    json out = json::object({{"item", to_hex(row.item)}, {"title", row.title}});
    out["case"] = names.describe(row.case_id);
    const TypeInfo* type = find_type(row.type);
    SAMSYN_ASSERT(type != nullptr);
    out["type"] = type->key;
    out["type_title"] = type->title.en;
    out["type_title_sv"] = type->title.sv;
    out["place"] = row.place;
    out["starts_at"] = to_json(row.starts_at);
    return out;
}

json clock_json(Directory& names, const DayClock& row, Instant now) {
    const CaseClock& clock = row.clock;
    const ClockRule& rule = clock_rule(clock.kind);
    if (clock.item) names.note_shown(row.case_id, *clock.item);
    json out = json::object({{"kind", key_of(clock.kind)}, {"alarm", key_of(clock.alarm)}});
    out["case"] = names.describe(row.case_id);
    out["title"] = rule.title.en;
    out["title_sv"] = rule.title.sv;
    out["stopped_by"] = rule.stopped_by.en;
    out["stopped_by_sv"] = rule.stopped_by.sv;
    out["item"] = clock.item ? json(to_hex(*clock.item)) : json{};
    out["about"] = row.about;
    out["starts"] = to_json(clock.starts);
    out["ends"] = to_json(clock.ends);
    out["minutes_left"] =
        std::chrono::floor<std::chrono::minutes>(clock.ends - now).count();  // < 0: passed
    return out;
}

json handover_json(Directory& names, const DayHandover& row) {
    names.note_shown(row.case_id, row.item);
    return json::object({{"item", to_hex(row.item)},
                         {"case", names.describe(row.case_id)},
                         {"away", names.describe(row.away)},
                         {"by", names.describe(row.by)},
                         {"until", to_text(row.until)},
                         {"text", row.text}});
}

json waiting_json(Directory& names, const DayWaiting& row) {
    json out = to_json(names, row.compartment);
    out["holders"] = json::array();
    for (const UserId& holder : row.holders) out["holders"].push_back(names.describe(holder));
    return out;
}

template <class Rows, class Describe>
json rows_json(const Rows& rows, Describe describe) {
    json list = json::array();
    for (const auto& row : rows) list.push_back(describe(row));
    return list;
}

Result<json> show_day(Call& call) {
    const Instant now = call.clock.now();
    const DayView day = SAMSYN_TRY(day_of(call.device, now));
    Directory& names = call.names;
    json out = json::object({{"today", to_text(day.today)}, {"now", to_json(now)}});
    out["user"] = json::object({{"id", to_hex(day.status.user)}, {"name", day.status.user_name}});
    out["meetings"] =
        rows_json(day.meetings, [&](const auto& row) { return meeting_json(names, row); });
    out["handovers"] =
        rows_json(day.handovers, [&](const auto& row) { return handover_json(names, row); });
    out["late"] = commitments_json(names, day.late, day.today);
    out["this_week"] = commitments_json(names, day.this_week, day.today);
    out["reminders"] = commitments_json(names, day.reminders, day.today);
    out["clocks"] =
        rows_json(day.clocks, [&](const auto& row) { return clock_json(names, row, now); });
    out["consents"] = rows_json(day.consents, [&](const auto& row) { return to_json(names, row); });
    out["waiting_for_key"] =
        rows_json(day.waiting, [&](const auto& row) { return waiting_json(names, row); });
    const auto twice = SAMSYN_TRY(opened_twice(call.device));
    out["opened_twice"] = rows_json(twice, [&](const SameFamily& family) {
        return json::object({{"case", names.describe(family.first)},
                             {"other", names.describe(family.other)},
                             {"names", family.names}});
    });
    out["unsent_changes"] = day.status.unsent_changes;
    out["unsent_statements"] = day.status.unsent_statements;
    out["unsent_since"] = to_json(day.status.unsent_since);
    out["parked"] = day.status.parked.size();
    out["conflicts"] = day.status.conflicts;
    out["last_synced"] = to_json(day.status.last_synced);
    out["days_since_sync"] = day.days_since_sync ? json(*day.days_since_sync) : json{};
    return out;
}

/// All that goes, also what `today` does not tell of yet.
Result<json> list_clocks(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const Instant now = call.clock.now();
    const auto clocks = SAMSYN_TRY(case_clocks(call.device, case_id, now));
    json out = json::object({{"case", call.names.describe(case_id)}});
    out["clocks"] =
        rows_json(clocks, [&](const auto& row) { return clock_json(call.names, row, now); });
    return out;
}

constexpr Operation operations[] = {
    {"case.clocks", &list_clocks, false, "case"},
    {"commitment.add",
     &add_promise,
     true,
     "case about what owner",
     "owner_unit due promised_to meeting remind_on category sensitivity unit closed fields"},
    {"commitment.list", &list_commitments, false, "", "case person mine open family"},
    {"commitment.show", &show_commitment, false, "item"},
    {"commitment.step", &take_step, true, "item step", "day note"},
    {"today", &show_day, false, ""},
};

}  // namespace

std::span<const Operation> commitment_operations() {
    return operations;
}

}  // namespace samsyn
