#include "client-sdk/device/meeting_views.hpp"

#include "client-sdk/device/item_fields.hpp"
#include "core/model/local_date.hpp"

#include <samsyn/commitments.hpp>

namespace samsyn {

namespace {

template <class Enum>
std::optional<Enum> choice_of(const ItemView& item, std::string_view key) {
    const auto number = value_in<std::int64_t>(item, key);
    if (!number || *number < 0 || *number > static_cast<std::int64_t>(Enum::last))
        return std::nullopt;
    return static_cast<Enum>(*number);
}

std::optional<Instant> time_in(const ItemView& item, std::string_view key) {
    const auto instant = value_in<Instant>(item, key);
    return instant ? std::optional{in_calendar(*instant)} : std::nullopt;
}

AgendaPointView point_view(const ItemView& item) {
    AgendaPointView point;
    point.id = item.id;
    point.title = item.text("title");
    point.position = value_in<std::int64_t>(item, "position").value_or(0);
    const auto minutes = value_in<std::int64_t>(item, "minutes").value_or(0);
    point.minutes =
        std::clamp(std::chrono::minutes{minutes}, std::chrono::minutes{0}, point_minutes_max);
    point.presenter = reference_in<UserId>(item, "presenter");
    point.state = choice_of<PointState>(item, "state").value_or(PointState::open);
    if (const FieldView* const state = field_of(item, "state");
        state != nullptr && point.state == PointState::treated)
        point.treated_at = state->values.front().version.time.instant();
    point.outcome = item.text("outcome");
    point.conflict = item.conflict;
    return point;
}

void put_agenda(MeetingView& meeting, std::span<const ItemView> items, Instant now) {
    for (const ItemView& item : items) {
        if (item.type != ItemType::agenda_point) continue;
        if (reference_in<ItemId>(item, "meeting") != meeting.item.id) continue;
        AgendaPointView point = point_view(item);
        auto& list = point.state == PointState::parked ? meeting.parked : meeting.agenda;
        list.push_back(std::move(point));
    }
    const auto place = [](const AgendaPointView& point) {
        return std::pair{point.position, point.id};
    };
    std::ranges::sort(meeting.agenda, {}, place);
    std::ranges::sort(meeting.parked, {}, place);

    std::vector<TimedPoint> points;
    points.reserve(meeting.agenda.size());
    for (const AgendaPointView& each : meeting.agenda)
        points.push_back({each.minutes, each.state, each.treated_at});
    meeting.times = times_of(meeting.starts_at, meeting.ends_at, points, now);
    for (std::size_t i = 0; i < meeting.agenda.size(); ++i)
        meeting.agenda[i].starts = meeting.times.starts[i];
}

RosterView roster_view(const UserId& user, const CasePeople& people) {
    RosterView line;
    line.user = user;
    const auto known = std::ranges::find(people.users, user, &UserView::id);
    if (known != people.users.end()) {
        line.name = known->name;
        line.role = known->role;
    }
    return line;
}

void put_unit(RosterView& line, const UnitId& id, const CasePeople& people) {
    line.unit = id;
    const auto unit =
        std::ranges::find(people.units, id, [](const UnitView& each) { return each.unit.unit; });
    if (unit == people.units.end()) return;
    line.unit_name = unit->name;
    line.organisation = unit->organisation;
}

void put_people(MeetingView& meeting, const CasePeople& people) {
    const auto invited = ids_in<UserId>(meeting.item, "participants");
    const auto attended = ids_in<UserId>(meeting.item, "attended");
    for (const auto& participant : people.participants) {
        RosterView line = roster_view(participant.user, people);
        put_unit(line, participant.unit, people);
        line.duty = participant.duty;
        meeting.roster.push_back(std::move(line));
    }
    for (const auto* named : {&invited, &attended})
        for (const UserId& user : *named)
            if (std::ranges::find(meeting.roster, user, &RosterView::user) == meeting.roster.end())
                meeting.roster.push_back(roster_view(user, people));
    for (RosterView& line : meeting.roster) {
        line.invited = std::ranges::find(invited, line.user) != invited.end();
        line.attended = std::ranges::find(attended, line.user) != attended.end();
    }
    std::ranges::stable_sort(meeting.roster, {}, &RosterView::name);

    const auto family = ids_in<PersonId>(meeting.item, "family_attended");
    for (const PersonView& person : people.persons)
        meeting.family.push_back({person.id, person.name, false});
    for (const PersonId& id : family) {
        auto line = std::ranges::find(meeting.family, id, &FamilyView::person);
        if (line == meeting.family.end()) line = meeting.family.insert(line, {id, {}, false});
        line->attended = true;
    }
    meeting.guests = elements_of<std::string>(meeting.item, "guests");
}

/// When the meeting that an item names begins, as far as it is among these.
std::optional<Instant> meeting_start(std::span<const ItemView> items, const ItemId& meeting) {
    const auto found = std::ranges::find(items, meeting, &ItemView::id);
    return found == items.end() ? std::nullopt : time_in(*found, "starts_at");
}

void put_outcome(MeetingView& meeting, std::span<const ItemView> items) {
    for (const ItemView& item : items) {
        const bool decision = item.type == ItemType::decision;
        if (!decision && item.type != ItemType::commitment) continue;
        const auto at = reference_in<ItemId>(item, "meeting");
        if (!at) continue;
        if (at == meeting.item.id) {
            (decision ? meeting.decisions : meeting.commitments).push_back(item);
        } else if (!decision && is_open_commitment(item)) {
            const auto start = meeting_start(items, *at);
            if (!start || !meeting.starts_at || *start < *meeting.starts_at)
                meeting.earlier_commitments.push_back(item);
        }
    }
}

}  // namespace

bool is_coming(const MeetingView& meeting, Instant now) {
    if (!meeting.starts_at) return false;
    const Instant end = meeting.times.ends.value_or(*meeting.starts_at);
    return end > now || *meeting.starts_at >= start_of_day(local_date(now));
}

std::vector<ItemId> MeetingView::shown() const {
    std::vector<ItemId> ids{item.id};
    for (const auto* points : {&agenda, &parked})
        for (const AgendaPointView& each : *points) ids.push_back(each.id);
    for (const auto* items : {&decisions, &commitments, &earlier_commitments})
        for (const ItemView& each : *items) ids.push_back(each.id);
    std::ranges::sort(ids);
    return ids;
}

Result<CasePeople> people_of_case(Device& device, const CaseId& case_id) {
    CasePeople people;
    people.participants = SAMSYN_TRY(device.participants(case_id));
    people.persons = SAMSYN_TRY(device.persons(case_id));
    people.users = device.users();
    people.units = device.units();
    return people;
}

std::vector<MeetingView> meetings_among(std::span<const ItemView> items,
                                        const CasePeople& people,
                                        Instant now) {
    std::vector<MeetingView> meetings;
    for (const ItemView& item : items) {
        if (item.type != ItemType::meeting) continue;
        MeetingView meeting;
        meeting.item = item;
        meeting.kind = choice_of<MeetingKind>(item, "kind");
        meeting.starts_at = time_in(item, "starts_at");
        meeting.ends_at = time_in(item, "ends_at");
        meeting.next = reference_in<ItemId>(item, "next_meeting");
        put_agenda(meeting, items, now);
        put_people(meeting, people);
        put_outcome(meeting, items);
        meetings.push_back(std::move(meeting));
    }
    std::ranges::stable_sort(meetings, {}, [](const MeetingView& meeting) {
        return meeting.starts_at.value_or(instant_max);
    });
    return meetings;
}

Result<std::vector<MeetingView>> meetings_of(Device& device, const CaseId& case_id, Instant now) {
    const auto items = SAMSYN_TRY(device.items(case_id));
    const CasePeople people = SAMSYN_TRY(people_of_case(device, case_id));
    return meetings_among(items, people, now);
}

Result<MeetingView> meeting_view(Device& device, const ItemId& meeting, Instant now) {
    const ItemView item = SAMSYN_TRY(device.item(meeting));
    if (item.type != ItemType::meeting) return fail(Errc::invalid_argument, "meeting");
    for (MeetingView& view : SAMSYN_TRY(meetings_of(device, item.case_id, now)))
        if (view.item.id == meeting) return std::move(view);
    return fail(Errc::not_found, "meeting");  // deleted
}

}  // namespace samsyn
