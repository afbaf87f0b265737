#include "client-sdk/cli/meeting_text.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

std::int64_t number_in(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

const json& list_in(const json& object, const char* key) {
    static const json none = json::array();
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? *found : none;
}

std::string minutes_of(const Session& session, std::int64_t minutes) {
    return std::to_string(minutes) +
           (minutes == 1 ? session.say(" minute", " minut") : session.say(" minutes", " minuter"));
}

/// "14:05" of a local time.
std::string clock_in(const json& object, const char* key) {
    const std::string time = local_time_in(object, key);
    return time.size() == 16 ? time.substr(11) : time;
}

void print_head(const Session& session, const json& meeting) {
    const std::string kind = local_in(session, meeting, "kind");
    print(escaped(text_in(meeting, "title")) + (kind.empty() ? "" : " (" + escaped(kind) + ")") +
          "  " + short_id(text_in(meeting, "id")) + "\n");
    const json times = meeting.value("times", json::object());
    std::string when = local_time_in(meeting, "starts_at");
    if (when.empty()) when = session.say("no time set", "ingen tid bestämd");
    if (const std::string end = clock_in(times, "ends"); !end.empty()) when += "-" + end;
    const std::string place = text_in(meeting, "place");
    print(when + (place.empty() ? "" : ", " + escaped(place)) + "\n");
    if (meeting.value("conflict", false))
        print(session.say("[conflict: samsyn conflicts]\n", "[konflikt: samsyn conflicts]\n"));
}

/// Running over is said first and in capitals: it is to be seen from across the table.
void print_clock(const Session& session, const json& meeting) {
    const json times = meeting.value("times", json::object());
    if (const auto past = number_in(times, "past_end_minutes"); past > 0)
        print(session.say("OVER TIME: ", "ÖVER TIDEN: ") + minutes_of(session, past) + "\n");
    if (text_in(times, "on").empty()) return;
    const auto late = number_in(times, "late_minutes");
    if (late > 0) print(minutes_of(session, late) + session.say(" late", " sent") + "\n");
    print(session.say("expected to end at ", "väntas sluta ") + clock_in(times, "expected") + "\n");
}

std::string state_of(const Session& session, const json& point, const json& times) {
    const std::string state = text_in(point, "state");
    std::string words;
    if (state == "treated") words = session.say("treated", "behandlad");
    if (state == "parked") words = session.say("parked", "parkerad");
    if (text_in(times, "on") == text_in(point, "id") && state == "open") {
        words = session.say("now", "nu");
        if (const auto over = number_in(times, "over_minutes"); over > 0)
            words = session.say("NOW, over by ", "NU, över med ") + minutes_of(session, over);
    }
    if (const std::string outcome = text_in(point, "outcome"); !outcome.empty())
        words += (words.empty() ? "" : ": ") + outcome;
    if (point.value("conflict", false)) words += session.say(" [conflict]", " [konflikt]");
    return words;
}

void print_points(const Session& session,
                  const json& points,
                  const json& times,
                  const std::string& heading) {
    if (points.empty()) return;
    print("\n" + heading + "\n");
    Table table{{"id",
                 session.say("time", "tid"),
                 "min",
                 session.say("point", "punkt"),
                 session.say("by", "av"),
                 ""}};
    for (const json& point : points)
        table.add({short_id(text_in(point, "id")),
                   clock_in(point, "starts"),
                   text_in(point, "minutes"),
                   text_in(point, "title"),
                   name_in(point, "presenter"),
                   state_of(session, point, times)});
    print(table.to_string());
}

void print_roster(const Session& session, const json& meeting) {
    print("\n" + session.say("Who", "Vilka") + "\n");
    Table table{{session.say("name", "namn"),
                 session.say("role", "roll"),
                 session.say("unit", "enhet"),
                 session.say("called", "kallad"),
                 session.say("attends", "deltar")}};
    const std::string yes = session.say("yes", "ja");
    for (const json& line : list_in(meeting, "roster")) {
        const json unit = line.value("unit", json{});
        const std::string organisation = text_in(unit, "organisation");
        table.add({name_in(line, "user"),
                   local_in(session, line, "role_title"),
                   (organisation.empty() ? "" : organisation + "/") + name_of(unit),
                   line.value("invited", false) ? yes : "",
                   line.value("attended", false) ? yes : ""});
    }
    for (const json& line : list_in(meeting, "family"))
        table.add({name_in(line, "person"),
                   session.say("family", "familjen"),
                   "",
                   "",
                   line.value("attended", false) ? yes : ""});
    for (const json& guest : list_in(meeting, "guests"))
        table.add({guest.is_string() ? guest.get<std::string>() : "",
                   session.say("guest", "gäst"),
                   "",
                   "",
                   yes});
    print(table.to_string());
}

/// The shown value of a field.
std::string shown_in(const Session& session, const json& item, std::string_view key) {
    for (const json& field : list_in(item, "fields"))
        if (text_in(field, "key") == key && !list_in(field, "values").empty())
            return local_in(session, field["values"].front(), "shown");
    return {};
}

void print_promises(const Session& session, const json& items, const std::string& heading) {
    if (items.empty()) return;
    print("\n" + heading + "\n");
    Table table{{"id",
                 session.say("what", "vad"),
                 session.say("who", "vem"),
                 session.say("by", "senast"),
                 session.say("state", "läge")}};
    for (const json& item : items)
        table.add({short_id(text_in(item, "id")),
                   shown_in(session, item, "what"),
                   shown_in(session, item, "owner"),
                   shown_in(session, item, "due"),
                   shown_in(session, item, "state")});
    print(table.to_string());
}

}  // namespace

void print_here(const Session& session, const json& result) {
    std::vector<std::string> names;  // somebody may have two devices there
    for (const json& one : list_in(result, "here"))
        if (std::string name = name_of(one); std::ranges::find(names, name) == names.end())
            names.push_back(std::move(name));
    std::string all;
    for (const std::string& name : names) all.append(all.empty() ? "" : ", ").append(name);
    if (!all.empty()) print(session.say("Here now: ", "Här nu: ") + escaped(all) + "\n");
}

void print_meeting(const Session& session, const json& result) {
    const json meeting = result.value("meeting", json::object());
    print_head(session, meeting);
    if (!meeting.contains("agenda")) return;  // reading has locked itself
    print_clock(session, meeting);
    const json times = meeting.value("times", json::object());
    print_points(session, list_in(meeting, "agenda"), times, session.say("Agenda", "Dagordning"));
    print_points(session, list_in(meeting, "parked"), times, session.say("Parked", "Parkerat"));
    print_roster(session, meeting);
    if (!list_in(meeting, "here").empty()) print("\n");
    print_here(session, meeting);
    const json& decisions = list_in(meeting, "decisions");
    if (!decisions.empty()) print("\n" + session.say("Decided", "Beslutat") + "\n");
    for (const json& item : decisions)
        print("  " + escaped(shown_in(session, item, "text")) + "\n");
    print_promises(
        session, list_in(meeting, "commitments"), session.say("Promised here", "Utlovat här"));
    print_promises(session,
                   list_in(meeting, "earlier_commitments"),
                   session.say("Open from earlier meetings", "Kvar från tidigare möten"));
    if (const std::string next = text_in(meeting, "next"); !next.empty())
        print("\n" + session.say("Next meeting: ", "Nästa möte: ") + short_id(next) + "\n");
}

void print_meetings(const Session& session, const json& result) {
    Table table{{"id",
                 session.say("when", "när"),
                 session.say("case", "ärende"),
                 session.say("meeting", "möte"),
                 session.say("kind", "form"),
                 session.say("place", "plats")}};
    for (const json& meeting : list_in(result, "meetings"))
        table.add({short_id(text_in(meeting, "id")),
                   local_time_in(meeting, "starts_at"),
                   name_in(meeting, "case"),
                   shortened(text_in(meeting, "title"), 40),
                   local_in(session, meeting, "kind"),
                   shortened(text_in(meeting, "place"), 24)});
    print(table.empty() ? session.say("No meetings.\n", "Inga möten.\n") : table.to_string());
}

}  // namespace samsyn
