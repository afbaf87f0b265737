#include "client-sdk/device/item_fields.hpp"

#include <samsyn/meetings.hpp>

#include <algorithm>

namespace samsyn {

namespace {

bool names(const std::vector<FieldInput>& fields, std::string_view key) {
    return std::ranges::find(fields, key, &FieldInput::key) != fields.end();
}

std::optional<Instant> instant_in(const std::vector<FieldInput>& fields, std::string_view key) {
    const auto found = std::ranges::find(fields, key, &FieldInput::key);
    if (found == fields.end()) return std::nullopt;
    const auto* const instant = std::get_if<Instant>(&found->value);
    return instant == nullptr ? std::nullopt : std::optional{*instant};
}

/// What the template says and the caller does not.
void fill_in(std::vector<FieldInput>& fields,
             const AgendaTemplate& agenda,
             std::chrono::minutes more) {
    if (!names(fields, "kind"))
        fields.push_back({"kind", Value{static_cast<std::int64_t>(agenda.kind)}});
    const auto start = instant_in(fields, "starts_at");
    if (start && !names(fields, "ends_at"))
        fields.push_back({"ends_at", Value{*start + length_of(agenda) + more}});
}

/// Of what is said at a meeting: as the meeting, and never less than is usual for its type.
Sensitivity at_least_usual(ItemType type, Sensitivity meeting) {
    const TypeInfo* const info = find_type(type);
    return info == nullptr ? meeting : std::max(meeting, info->sensitivity);
}

/// The sensitivity that a new meeting gets.
Sensitivity sensitivity_of(const NewItem& meeting) {
    if (meeting.sensitivity) return *meeting.sensitivity;
    if (meeting.category) return usual_sensitivity(*meeting.category);
    return at_least_usual(ItemType::meeting, Sensitivity{});
}

std::vector<FieldInput> fields_of(const ItemId& meeting,
                                  const NewPoint& point,
                                  std::int64_t position) {
    std::vector<FieldInput> fields{{"title", Value{point.title}},
                                   {"meeting", reference_to(meeting)},
                                   {"position", Value{position}}};
    if (point.minutes > std::chrono::minutes{0})
        fields.push_back({"minutes", Value{std::int64_t{point.minutes.count()}}});
    if (point.presenter) fields.push_back({"presenter", reference_to(*point.presenter)});
    return fields;
}

Result<void> add_points(Device& device,
                        const ItemId& meeting,
                        const NewMeeting& called,
                        std::int64_t position) {
    std::vector<NewPoint> points = called.points;
    if (called.agenda != nullptr)
        for (const TemplatePoint& each : called.agenda->points)
            points.push_back({std::string{in(called.language, each.title)}, each.minutes, {}});
    NewItem item = called.item;
    item.type = ItemType::agenda_point;
    item.sensitivity = at_least_usual(item.type, sensitivity_of(called.item));
    for (const NewPoint& point : points) {
        position = position_after({&position, 1});
        item.fields = fields_of(meeting, point, position);
        (void)SAMSYN_TRY(device.add_item(item));
    }
    return {};
}

/// Those of the case who may read the meeting: to name others would tell its readers of units that
/// share nothing with them.
Result<void> invite(Device& device, const ItemId& meeting) {
    const auto written = device.item(meeting);
    // Writing goes on where reading has locked itself.
    if (!written && written.error().code == Errc::lease_ended) return {};
    const ItemView item = SAMSYN_TRY(written);
    const auto kind = value_in<std::int64_t>(item, "kind");
    const bool family_only = kind == static_cast<std::int64_t>(MeetingKind::family_only);
    std::vector<UserId> readers;
    for (const CompartmentView& each : SAMSYN_TRY(device.compartments(item.case_id)))
        if (each.id == item.compartment) readers = each.readers;

    std::vector<FieldInput> fields;
    for (const auto& participant : SAMSYN_TRY(device.participants(item.case_id))) {
        const bool own_unit = participant.unit == item.label.disclosing.unit;
        const bool reads = std::ranges::binary_search(readers, participant.user) ||
                           (own_unit && !item.label.closed);  // one without a tablet, too
        if (reads && (own_unit || !family_only))
            fields.push_back({"participants", reference_to(participant.user)});
    }
    return fields.empty() ? Result<void>{} : device.edit_item(meeting, fields);
}

Result<ItemId> call_bare(Device& device, NewMeeting& meeting) {
    meeting.item.type = ItemType::meeting;
    std::chrono::minutes more{};
    for (const NewPoint& point : meeting.points) more += point.minutes;
    if (meeting.agenda != nullptr) fill_in(meeting.item.fields, *meeting.agenda, more);
    const ItemId id = SAMSYN_TRY(device.add_item(meeting.item));
    if (!names(meeting.item.fields, "participants")) SAMSYN_TRY(invite(device, id));
    return id;
}

/// A new item under the label of another; by this device's user, whichever unit wrote that one.
Result<NewItem> beside(Device& device, const ItemView& item, const std::optional<UnitId>& unit) {
    NewItem beside;
    beside.case_id = item.case_id;
    beside.about = item.label.subjects;
    beside.category = item.label.category;
    beside.sensitivity = item.label.sensitivity;
    beside.closed = item.label.closed;
    beside.unit = unit;
    const UserId me = device.user();
    for (const UserView& user : device.users())
        if (!unit && user.id == me && std::ranges::count(user.units, item.label.disclosing.unit))
            beside.unit = item.label.disclosing.unit;
    return beside;
}

void take_over(std::vector<FieldInput>& fields, const ItemView& from, std::string_view key) {
    const FieldView* const field = field_of(from, key);
    if (field != nullptr && !names(fields, key))
        fields.push_back({std::string{key}, field->values.front().value});
}

/// As long as the one before, where nothing else says.
void keep_length(std::vector<FieldInput>& fields, const MeetingView& before) {
    const auto start = instant_in(fields, "starts_at");
    if (!start || names(fields, "ends_at") || !before.starts_at || !before.ends_at) return;
    const auto length = *before.ends_at - *before.starts_at;
    if (length > std::chrono::hours{0} && length <= std::chrono::hours{24})
        fields.push_back({"ends_at", Value{*start + length}});
}

/// Whether a point under a label reads nobody who could not read it before, in a meeting under
/// another: what does not stays parked where it is.
bool opens_no_more(const Label& meeting, const Label& point) {
    return meeting.disclosing == point.disclosing && meeting.closed == point.closed &&
           meeting.category == point.category && meeting.subjects == point.subjects &&
           at_least_usual(ItemType::agenda_point, meeting.sensitivity) >= point.sensitivity;
}

}  // namespace

Result<ItemId> call_meeting(Device& device, const NewMeeting& meeting) {
    NewMeeting called = meeting;
    const ItemId id = SAMSYN_TRY(call_bare(device, called));
    SAMSYN_TRY(add_points(device, id, called, 0));
    return id;
}

Result<ItemId> call_next_meeting(Device& device, const NextMeeting& next, Instant now) {
    const MeetingView before = SAMSYN_TRY(meeting_view(device, next.after, now));
    if (before.next && device.item(*before.next)) return fail(Errc::already_exists, "next meeting");
    NewMeeting called;
    called.item = SAMSYN_TRY(beside(device, before.item, next.unit));
    called.item.fields = next.fields;
    for (const std::string_view key : {"title", "place", "kind"})
        take_over(called.item.fields, before.item, key);
    called.agenda = next.agenda;
    called.language = next.language;
    if (next.agenda == nullptr) keep_length(called.item.fields, before);
    const ItemId id = SAMSYN_TRY(call_bare(device, called));
    const Label label = SAMSYN_TRY(device.item(id)).label;
    for (const AgendaPointView& point : before.parked) {
        const ItemView parked = SAMSYN_TRY(device.item(point.id));
        if (opens_no_more(label, parked.label))
            called.points.push_back({point.title, point.minutes, point.presenter});
    }
    const FieldInput link{"next_meeting", reference_to(id)};
    if (auto linked = device.edit_item(next.after, {&link, 1}); !linked) {
        // Not two meetings that do not know of each other.
        SAMSYN_TRY(device.delete_item(id));
        return std::unexpected{linked.error()};
    }
    SAMSYN_TRY(add_points(device, id, called, 0));
    return id;
}

Result<ItemId> add_point(Device& device,
                         const ItemId& meeting,
                         const NewPoint& point,
                         const std::optional<UnitId>& unit,
                         Instant now) {
    const MeetingView view = SAMSYN_TRY(meeting_view(device, meeting, now));
    std::vector<std::int64_t> positions;
    positions.reserve(view.agenda.size());
    for (const AgendaPointView& each : view.agenda) positions.push_back(each.position);
    NewItem item = SAMSYN_TRY(beside(device, view.item, unit));
    item.type = ItemType::agenda_point;
    item.sensitivity = at_least_usual(item.type, view.item.label.sensitivity);
    item.fields = fields_of(meeting, point, position_after(positions));
    return device.add_item(item);
}

Result<void> move_point(Device& device, const ItemId& point, std::size_t place, Instant now) {
    const ItemView item = SAMSYN_TRY(device.item(point));
    const auto meeting = reference_in<ItemId>(item, "meeting");
    if (item.type != ItemType::agenda_point || !meeting)
        return fail(Errc::invalid_argument, "point");
    const MeetingView view = SAMSYN_TRY(meeting_view(device, *meeting, now));
    const auto found = std::ranges::find(view.agenda, point, &AgendaPointView::id);
    if (found == view.agenda.end()) return fail(Errc::conflict, "point: it is parked");

    std::vector<AgendaPointView> points = view.agenda;
    std::vector<std::int64_t> positions;
    positions.reserve(points.size());
    for (const AgendaPointView& each : points) positions.push_back(each.position);
    const auto from = static_cast<std::size_t>(found - view.agenda.begin());
    const std::size_t to = std::clamp<std::size_t>(place, 1, points.size()) - 1;
    AgendaPointView taken = std::move(points[from]);
    points.erase(points.begin() + static_cast<std::ptrdiff_t>(from));
    points.insert(points.begin() + static_cast<std::ptrdiff_t>(to), std::move(taken));
    const std::vector<std::int64_t> anew = moved(positions, from, to);
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i].position == anew[i]) continue;
        const FieldInput position{"position", Value{anew[i]}};
        SAMSYN_TRY(device.edit_item(points[i].id, {&position, 1}));
    }
    return {};
}

Result<void> note_attendance(Device& device,
                             const ItemId& meeting,
                             const Attendee& who,
                             Attendance attendance) {
    if (SAMSYN_TRY(device.item(meeting)).type != ItemType::meeting)
        return fail(Errc::invalid_argument, "meeting");
    FieldInput field;
    if (const auto* const user = std::get_if<UserId>(&who))
        field = {"attended", reference_to(*user)};
    else if (const auto* const person = std::get_if<PersonId>(&who))
        field = {"family_attended", reference_to(*person)};
    else
        field = {"guests", Value{std::get<std::string>(who)}};
    field.taken_away = attendance == Attendance::never_came;
    return device.edit_item(meeting, {&field, 1});
}

}  // namespace samsyn
