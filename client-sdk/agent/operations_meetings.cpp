#include "client-sdk/agent/operations_meetings.hpp"

#include "client-sdk/agent/operations_forms.hpp"
#include "client-sdk/agent/operations_items.hpp"
#include "client-sdk/agent/operations_showing.hpp"
#include "client-sdk/device/item_fields.hpp"
#include "core/model/local_date.hpp"

#include <samsyn/paper.hpp>
#include <samsyn/presence.hpp>

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

Result<ItemId> meeting_of(Call& call) {
    return call.names.item("meeting", SAMSYN_TRY(call.args.text("meeting")));
}

/// What is shown counts as read.
json shown_meeting(Call& call, const MeetingView& meeting) {
    for (const ItemId& id : meeting.shown()) call.names.note_shown(meeting.item.case_id, id);
    return meeting_json(call.names, meeting);
}

/// The meeting as it now is. Writing works where reading has locked itself.
Result<json> written_meeting(Call& call, const ItemId& id) {
    const auto view = meeting_view(call.device, id, call.clock.now());
    if (!view && view.error().code == Errc::lease_ended)
        return json::object({{"meeting", json::object({{"id", to_hex(id)}})}});
    const MeetingView meeting = SAMSYN_TRY(view);
    return json::object({{"meeting", shown_meeting(call, meeting)}});
}

Result<ServiceModel> model_of(Call& call, const CaseId& case_id) {
    for (const CaseSummary& summary : SAMSYN_TRY(call.device.cases()))
        if (summary.id == case_id) return summary.model;
    return fail(Errc::not_found, "case");
}

/// `template`: a service model, or "own" for the case's. Null where it is not given. Errors:
/// `not_found` where that model has no usual agenda for this kind of meeting.
Result<const AgendaTemplate*> template_of(Call& call, const CaseId& case_id, MeetingKind kind) {
    if (!call.args.has("template")) return nullptr;
    const std::string key = SAMSYN_TRY(call.args.text("template"));
    auto model = find_service_model(key);
    if (!model && key != "own") return fail(Errc::invalid_argument, "template");
    if (!model) model = SAMSYN_TRY(model_of(call, case_id));
    const AgendaTemplate* const agenda = find_agenda(*model, kind);
    if (agenda == nullptr)
        return fail(Errc::not_found, "template: none for this kind of meeting here");
    return agenda;
}

/// The kind among the fields, else `otherwise`.
MeetingKind kind_in(const std::vector<FieldInput>& fields, MeetingKind otherwise) {
    for (const FieldInput& field : fields)
        if (const auto* number = std::get_if<std::int64_t>(&field.value);
            field.key == "kind" && number != nullptr)
            return static_cast<MeetingKind>(*number);
    return otherwise;
}

/// What follows the start must not lie before it.
Result<void> check_times(const std::vector<FieldInput>& fields) {
    std::optional<Instant> start;
    std::optional<Instant> end;
    for (const FieldInput& field : fields) {
        const auto* const at = std::get_if<Instant>(&field.value);
        if (at != nullptr && field.key == "starts_at") start = *at;
        if (at != nullptr && field.key == "ends_at") end = *at;
    }
    if (start && end && *end <= *start) return fail(Errc::invalid_argument, "ends_at");
    return {};
}

Result<json> add_meeting(Call& call) {
    NewMeeting meeting;
    meeting.item = SAMSYN_TRY(new_item_of(
        call, ItemType::meeting, {"title", "starts_at", "ends_at", "place", "agenda", "kind"}));
    SAMSYN_TRY(check_times(meeting.item.fields));
    const MeetingKind kind = kind_in(meeting.item.fields, MeetingKind::joint);
    meeting.agenda = SAMSYN_TRY(template_of(call, meeting.item.case_id, kind));
    meeting.language = SAMSYN_TRY(family_language_of(call));
    return written_item(call, SAMSYN_TRY(call_meeting(call.device, meeting)));
}

/// Who is there now, as far as it is heard here.
Result<json> here_json(Call& call, const ItemId& id) {
    json here = json::array();
    for (const PresentView& present : SAMSYN_TRY(Presences{call.device}.at(id))) {
        json one = call.names.describe(present.user);
        one["since"] = to_json(present.since);
        one["own"] = present.own;
        here.push_back(std::move(one));
    }
    return here;
}

Result<json> show_meeting(Call& call) {
    const ItemId id = SAMSYN_TRY(meeting_of(call));
    const MeetingView meeting = SAMSYN_TRY(meeting_view(call.device, id, call.clock.now()));
    json shown = shown_meeting(call, meeting);
    shown["here"] = SAMSYN_TRY(here_json(call, id));
    return json::object({{"meeting", std::move(shown)}});
}

/// This device's person is there from now on, for those who are there too.
Result<json> enter(Call& call) {
    const ItemId id = SAMSYN_TRY(meeting_of(call));
    (void)SAMSYN_TRY(meeting_view(call.device, id, call.clock.now()));
    SAMSYN_TRY(Presences{call.device}.enter(id));
    return json::object({{"here", SAMSYN_TRY(here_json(call, id))}});
}

Result<json> leave(Call& call) {
    const ItemId id = SAMSYN_TRY(meeting_of(call));
    Presences{call.device}.leave(id);
    return json::object({{"here", json::array()}});
}

Result<json> list_meetings(Call& call) {
    std::optional<CaseId> only;
    if (call.args.has("case")) only = SAMSYN_TRY(case_of(call));
    const bool all = SAMSYN_TRY(call.args.boolean_or("all", false));
    const Instant now = call.clock.now();
    std::vector<MeetingView> meetings;
    for (const CaseSummary& summary : SAMSYN_TRY(call.device.cases())) {
        if (only && summary.id != *only) continue;
        for (MeetingView& meeting : SAMSYN_TRY(meetings_of(call.device, summary.id, now)))
            if (all || !meeting.starts_at || is_coming(meeting, now))  // or has no day yet
                meetings.push_back(std::move(meeting));
    }
    std::ranges::stable_sort(meetings, {}, [](const MeetingView& meeting) {
        return meeting.starts_at.value_or(instant_max);
    });
    json list = json::array();
    for (const MeetingView& meeting : meetings) {
        call.names.note_shown(meeting.item.case_id, meeting.item.id);
        list.push_back(meeting_line(call.names, meeting));
    }
    return json::object({{"meetings", std::move(list)}});
}

/// The next one is called under the label of the one before.
Result<json> next_meeting(Call& call) {
    NextMeeting next;
    next.after = SAMSYN_TRY(meeting_of(call));
    const Instant now = call.clock.now();
    const MeetingView before = SAMSYN_TRY(meeting_view(call.device, next.after, now));
    const CaseId case_id = before.item.case_id;
    const TypeInfo* const type = find_type(ItemType::meeting);
    SAMSYN_ASSERT(type != nullptr);
    for (const std::string_view argument : {"title", "starts_at", "ends_at", "place", "kind"}) {
        const json* const value = call.args.find(argument);
        if (value == nullptr) continue;
        auto written = SAMSYN_TRY(value_of(call, case_id, *find_field(*type, argument), *value));
        next.fields.push_back({std::string{argument}, std::move(written)});
    }
    SAMSYN_TRY(check_times(next.fields));
    if (call.args.has("unit")) next.unit = SAMSYN_TRY(unit_of(call, "unit"));
    const MeetingKind kind = kind_in(next.fields, before.kind.value_or(MeetingKind::joint));
    next.agenda = SAMSYN_TRY(template_of(call, case_id, kind));
    next.language = SAMSYN_TRY(family_language_of(call));
    return written_meeting(call, SAMSYN_TRY(call_next_meeting(call.device, next, now)));
}

/// A decision of the meeting, about those whom the meeting is about unless `about` says else, and
/// for nobody outside the meeting's circle.
Result<json> decide_at_meeting(Call& call) {
    const ItemId id = SAMSYN_TRY(meeting_of(call));
    const ItemView meeting = SAMSYN_TRY(call.device.item(id));
    if (meeting.type != ItemType::meeting) return fail(Errc::invalid_argument, "meeting");
    NewItem decision;
    decision.case_id = meeting.case_id;
    decision.type = ItemType::decision;
    decision.about = SAMSYN_TRY(persons_of(call, meeting.case_id, "about"));
    if (decision.about.empty()) decision.about = meeting.label.subjects;
    if (call.args.has("unit")) decision.unit = SAMSYN_TRY(unit_of(call, "unit"));
    decision.closed = meeting.label.closed;
    decision.sensitivity = std::max(meeting.label.sensitivity, Sensitivity::normal);
    const std::string text = SAMSYN_TRY(call.args.text("text"));
    decision.fields = {{"text", Value{text}}, {"meeting", reference_to(id)}};
    const Date date =
        call.args.has("date") ? SAMSYN_TRY(call.args.date("date")) : local_date(call.clock.now());
    decision.fields.push_back({"date", Value{date}});
    if (call.args.has("by")) {
        const UserId by = SAMSYN_TRY(user_of(call, "by"));
        decision.fields.push_back({"by", reference_to(by)});
    }
    return written_item(call, SAMSYN_TRY(call.device.add_item(decision)));
}

// --- The agenda ----------------------------------------------------------------------------------

constexpr std::int64_t minutes_most = point_minutes_max.count();

Result<json> add_agenda_point(Call& call) {
    const ItemId meeting = SAMSYN_TRY(meeting_of(call));
    NewPoint point;
    point.title = SAMSYN_TRY(call.args.text("title"));
    const auto minutes = SAMSYN_TRY(call.args.integer_or("minutes", 0, minutes_most, 0));
    point.minutes = std::chrono::minutes{minutes};
    if (call.args.has("presenter")) point.presenter = SAMSYN_TRY(user_of(call, "presenter"));
    std::optional<UnitId> unit;
    if (call.args.has("unit")) unit = SAMSYN_TRY(unit_of(call, "unit"));
    (void)SAMSYN_TRY(add_point(call.device, meeting, point, unit, call.clock.now()));
    return written_meeting(call, meeting);
}

struct NamedPoint {
    ItemId id;
    ItemId meeting;
};

Result<NamedPoint> point_of(Call& call) {
    const std::string text = SAMSYN_TRY(call.args.text("point"));
    const ItemId id = SAMSYN_TRY(call.names.item("point", text));
    const ItemView item = SAMSYN_TRY(call.device.item(id));
    if (item.type != ItemType::agenda_point) return fail(Errc::invalid_argument, "point");
    for (const FieldView& field : item.fields) {
        if (field.info == nullptr || field.info->key != "meeting" || field.values.empty()) continue;
        if (const auto* meeting = std::get_if<ReferenceId>(&field.values.front().value))
            return NamedPoint{id, ItemId::from(meeting->view())};
    }
    return fail(Errc::not_found, "meeting");
}

Result<json> edit_agenda_point(Call& call) {
    const NamedPoint point = SAMSYN_TRY(point_of(call));
    std::vector<FieldInput> fields;
    if (call.args.has("title")) {
        const std::string title = SAMSYN_TRY(call.args.text("title"));
        fields.push_back({"title", Value{title}});
    }
    if (call.args.has("minutes")) {
        const auto minutes = SAMSYN_TRY(call.args.integer_or("minutes", 0, minutes_most, 0));
        fields.push_back({"minutes", Value{minutes}});
    }
    if (call.args.has("presenter")) {
        const UserId user = SAMSYN_TRY(user_of(call, "presenter"));
        fields.push_back({"presenter", reference_to(user)});
    }
    if (fields.empty()) return fail(Errc::invalid_argument, "title, minutes or presenter");
    SAMSYN_TRY(call.device.edit_item(point.id, fields));
    return written_meeting(call, point.meeting);
}

Result<json> move_agenda_point(Call& call) {
    const NamedPoint point = SAMSYN_TRY(point_of(call));
    const auto place = SAMSYN_TRY(call.args.integer_or("place", 1, agenda_points_max, 1));
    SAMSYN_TRY(
        move_point(call.device, point.id, static_cast<std::size_t>(place), call.clock.now()));
    return written_meeting(call, point.meeting);
}

template <PointState state>
Result<json> settle_agenda_point(Call& call) {
    const NamedPoint point = SAMSYN_TRY(point_of(call));
    std::vector<FieldInput> fields{{"state", Value{static_cast<std::int64_t>(state)}}};
    if (state == PointState::treated && call.args.has("outcome")) {
        const std::string outcome = SAMSYN_TRY(call.args.text("outcome"));
        fields.push_back({"outcome", Value{outcome}});
    }
    SAMSYN_TRY(call.device.edit_item(point.id, fields));
    return written_meeting(call, point.meeting);
}

// --- Who attends ---------------------------------------------------------------------------------

Attendee attendee_of(const Onlooker& onlooker) {
    if (const auto* const colleague = std::get_if<Requester>(&onlooker.who)) return colleague->user;
    const PersonId person = std::get<Viewer>(onlooker.who).person;
    if (onlooker.who == ShowMode::guest({}).who) return onlooker.name;
    return person;
}

bool is_same(const Onlooker& one, const Onlooker& other) {
    return attendee_of(one) == attendee_of(other);
}

/// Nobody is noted as attending a meeting at which something is shown before the showing counts
/// them as present: `ShowMode` lets nobody be present before the page is one that they may see. So
/// this asks the showing, and where they stand outside puts them at its door.
Result<json> let_in(Call& call) {
    const ItemId meeting = SAMSYN_TRY(meeting_of(call));
    const CaseId case_id = SAMSYN_TRY(call.device.item(meeting)).case_id;
    const Onlooker onlooker = SAMSYN_TRY(onlooker_of(call, case_id));
    const Instant now = call.clock.now();
    json result = json::object({{"attends", false}, {"preview", nullptr}});
    if (const Gathering* const gathering = call.showing.gathering(now)) {
        if (call.showing.case_id() != case_id) return fail(Errc::conflict, "another case is shown");
        // The presenter has been there all the time.
        const bool present = attendee_of(onlooker) == Attendee{call.names.me()} ||
                             std::ranges::any_of(gathering->present(), [&](const Onlooker& each) {
                                 return is_same(each, onlooker);
                             });
        const auto& at_door = gathering->at_door();
        if (!present && at_door && is_same(*at_door, onlooker)) {
            result["preview"] = to_json(SAMSYN_TRY(call.showing.preview(now)));
            return result;
        }
        if (!present) {
            result["preview"] = to_json(SAMSYN_TRY(call.showing.arrive(onlooker, now)));
            return result;
        }
    }
    SAMSYN_TRY(note_attendance(call.device, meeting, attendee_of(onlooker), Attendance::attended));
    result["attends"] = true;
    return result;
}

/// Somebody who leaves has attended: what was noted stays, unless it was a mistake. Where nothing
/// is shown there is nothing else to undo.
Result<json> let_out(Call& call) {
    const ItemId meeting = SAMSYN_TRY(meeting_of(call));
    const CaseId case_id = SAMSYN_TRY(call.device.item(meeting)).case_id;
    const Onlooker onlooker = SAMSYN_TRY(onlooker_of(call, case_id));
    const Instant now = call.clock.now();
    const Gathering* const gathering = call.showing.gathering(now);
    const bool shown = gathering != nullptr && call.showing.case_id() == case_id;
    const bool mistaken = SAMSYN_TRY(call.args.boolean_or("mistaken", false)) || !shown;
    // The page may show more once they are out, so that comes last.
    if (mistaken)
        SAMSYN_TRY(
            note_attendance(call.device, meeting, attendee_of(onlooker), Attendance::never_came));
    if (shown) {
        const auto& at_door = gathering->at_door();
        if (at_door && is_same(*at_door, onlooker) && gathering->asking())
            SAMSYN_TRY(call.showing.wait(now));
        for (const Onlooker& each : std::vector<Onlooker>{gathering->present()})
            if (is_same(each, onlooker)) SAMSYN_TRY(call.showing.leave(each.name, now));
    }
    return json::object({{"taken_back", mistaken}});
}

// --- What leaves ---------------------------------------------------------------------------------

Result<json> paper(Call& call) {
    const CaseId case_id = SAMSYN_TRY(case_of(call));
    const PersonId person = SAMSYN_TRY(person_of(call, case_id, "person"));
    const FamilyLanguage language = SAMSYN_TRY(family_language_of(call));
    const Paper page =
        SAMSYN_TRY(paper_for(call.device, case_id, person, language, call.clock.now()));
    for (const ItemId& item : page.items) call.names.note_shown(case_id, item);
    return json::object({{"text", page.text}, {"person", call.names.describe(case_id, person)}});
}

constexpr Operation operations[] = {
    {"meeting.add",
     &add_meeting,
     true,
     "case about title",
     "starts_at ends_at place agenda kind template lang category sensitivity unit closed fields"},
    {"meeting.show", &show_meeting, false, "meeting"},
    {"meeting.list", &list_meetings, false, "", "case all"},
    {"meeting.next",
     &next_meeting,
     true,
     "meeting",
     "title starts_at ends_at place kind template lang unit"},
    {"meeting.decide", &decide_at_meeting, true, "meeting text", "date by about unit"},
    {"meeting.point.add", &add_agenda_point, true, "meeting title", "minutes presenter unit"},
    {"meeting.point.edit", &edit_agenda_point, true, "point", "title minutes presenter"},
    {"meeting.point.move", &move_agenda_point, true, "point place"},
    {"meeting.point.treat", &settle_agenda_point<PointState::treated>, true, "point", "outcome"},
    {"meeting.point.park", &settle_agenda_point<PointState::parked>, true, "point"},
    {"meeting.point.reopen", &settle_agenda_point<PointState::open>, true, "point"},
    {"meeting.enter", &enter, true, "meeting"},
    {"meeting.leave", &leave, true, "meeting"},
    {"meeting.let_in", &let_in, true, "meeting who", "as remote"},
    {"meeting.let_out", &let_out, true, "meeting who", "as remote mistaken"},
    {"paper", &paper, false, "case person", "lang"},
};

}  // namespace

std::span<const Operation> meeting_operations() {
    return operations;
}

}  // namespace samsyn
