#include "client-sdk/agent/operations_meetings.hpp"
#include "core/meeting/role_title.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

json point_json(Directory& names, const AgendaPointView& point) {
    static constexpr std::string_view states[] = {"open", "treated", "parked"};
    json out = json::object({{"id", to_hex(point.id)}, {"title", point.title}});
    out["minutes"] = point.minutes.count();
    out["state"] = states[static_cast<std::size_t>(point.state)];
    out["outcome"] = point.outcome;
    out["presenter"] = point.presenter ? names.describe(*point.presenter) : json{};
    out["starts"] = to_json(point.starts);
    out["treated_at"] = to_json(point.treated_at);
    out["conflict"] = point.conflict;
    return out;
}

json points_json(Directory& names, const std::vector<AgendaPointView>& points) {
    json list = json::array();
    for (const AgendaPointView& each : points) list.push_back(point_json(names, each));
    return list;
}

json times_json(const MeetingView& meeting) {
    const AgendaTimes& times = meeting.times;
    json out = json::object({{"planned_minutes", times.planned.count()},
                             {"over_minutes", times.over.count()},
                             {"late_minutes", times.late.count()},
                             {"past_end_minutes", times.past_end.count()}});
    out["ends"] = to_json(times.ends);
    out["expected"] = to_json(times.expected);
    out["on"] = times.on ? json(to_hex(meeting.agenda[*times.on].id)) : json{};
    return out;
}

json roster_json(Directory& names, const RosterView& line) {
    const Words title = title_of(line.role);
    json out = json::object({{"user", names.describe(line.user)},
                             {"role", line.role == Role::none ? "" : key_of(line.role)},
                             {"role_title", title.en},
                             {"role_title_sv", title.sv},
                             {"duty", key_of(line.duty)},
                             {"invited", line.invited},
                             {"attended", line.attended}});
    out["unit"] = line.unit ? names.describe(*line.unit) : json{};
    return out;
}

json items_json(Directory& names, const std::vector<ItemView>& items) {
    json list = json::array();
    for (const ItemView& each : items) list.push_back(to_json(names, each));
    return list;
}

json kind_json(const std::optional<MeetingKind>& kind, std::string_view Words::* language) {
    const FieldInfo* const field = find_field(*find_type(ItemType::meeting), "kind");
    SAMSYN_ASSERT(field != nullptr);
    return kind ? json(field->choices[static_cast<std::size_t>(*kind)].*language) : json{};
}

}  // namespace

json meeting_line(Directory& names, const MeetingView& meeting) {
    json out = json::object({{"id", to_hex(meeting.item.id)}});
    out["case"] = names.describe(meeting.item.case_id);
    out["title"] = meeting.item.text("title");
    out["kind"] = kind_json(meeting.kind, &Words::en);
    out["kind_sv"] = kind_json(meeting.kind, &Words::sv);
    out["starts_at"] = to_json(meeting.starts_at);
    out["ends_at"] = to_json(meeting.ends_at);
    out["place"] = meeting.item.text("place");
    out["conflict"] = meeting.item.conflict;
    out["unsent"] = meeting.item.unsent;
    return out;
}

json meeting_json(Directory& names, const MeetingView& meeting) {
    json out = meeting_line(names, meeting);
    out["item"] = to_json(names, meeting.item);
    out["agenda"] = points_json(names, meeting.agenda);
    out["parked"] = points_json(names, meeting.parked);
    out["times"] = times_json(meeting);
    out["roster"] = json::array();
    for (const RosterView& line : meeting.roster) out["roster"].push_back(roster_json(names, line));
    out["family"] = json::array();
    for (const FamilyView& line : meeting.family)
        out["family"].push_back(
            json::object({{"person", names.describe(meeting.item.case_id, line.person)},
                          {"attended", line.attended}}));
    out["guests"] = meeting.guests;
    out["decisions"] = items_json(names, meeting.decisions);
    out["commitments"] = items_json(names, meeting.commitments);
    out["earlier_commitments"] = items_json(names, meeting.earlier_commitments);
    out["next"] = meeting.next ? json(to_hex(*meeting.next)) : json{};
    return out;
}

}  // namespace samsyn
