#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/commitment_views.hpp"
#include "core/model/local_date.hpp"

#include <array>

namespace samsyn {

namespace {

using nlohmann::json;

/// "Monday 2026-05-04".
std::string weekday_text(const Session& session, const std::string& day) {
    constexpr std::array en{
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    constexpr std::array sv{"Söndag", "Måndag", "Tisdag", "Onsdag", "Torsdag", "Fredag", "Lördag"};
    const auto date = date_from_text(day);
    if (!date) return escaped(day);
    const auto weekday = std::chrono::weekday{date->day}.c_encoding();
    return session.say(en[weekday], sv[weekday]) + " " + day;
}

/// "3 h left", "12 days left", "passed 2 days ago".
std::string left_text(const Session& session, std::int64_t minutes) {
    const bool passed = minutes < 0;
    const std::int64_t hours = (passed ? -minutes : minutes) / 60;
    constexpr std::int64_t hours_shown_below = 48;
    const std::string span =
        hours < hours_shown_below
            ? std::to_string(hours) + " h"
            : counted(hours / 24, session.say("day", "dag"), session.say("days", "dagar"));
    return passed ? session.say("passed " + span + " ago", "gick ut för " + span + " sedan")
                  : session.say(span + " left", span + " kvar");
}

std::string hour_of(const json& row) {
    const std::string at = local_time_in(row, "starts_at");
    return at.size() == 16 ? at.substr(11) : "     ";
}

std::string synced_text(const Session& session, const json& result) {
    if (text_in(result, "days_since_sync").empty())
        return session.say("Never synced.", "Aldrig synkad.");
    const auto days = result.value("days_since_sync", std::int64_t{0});
    const std::string when = local_time_in(result, "last_synced");
    if (days <= 0) return session.say("Synced today, ", "Synkad idag, ") + when + ".";
    return session.say("Synced " + counted(days, "day", "days") + " ago, ",
                       "Synkad för " + counted(days, "dag", "dagar") + " sedan, ") +
           when + session.say(". Sync now: samsyn sync", ". Synka nu: samsyn sync");
}

/// "! First contact: 3 h left, 2026-05-04 21:00; Familjen Alm, Oro. Stopped by a visit."
std::string clock_line(const Session& session, const json& row) {
    const std::string about = text_in(row, "about");
    return std::string{text_in(row, "alarm") == "running" ? "  " : "! "} +
           local_in(session, row, "title") + ": " +
           left_text(session, row.value("minutes_left", std::int64_t{0})) + ", " +
           local_time_in(row, "ends") + "; " + escaped(name_in(row, "case")) +
           (about.empty() ? "" : ", " + escaped(shortened(about, 40))) +
           session.say(". Stopped by ", ". Stoppas av ") + local_in(session, row, "stopped_by") +
           ".";
}

void print_clocks(const Session& session, const json& result) {
    for (const json& row : result["clocks"]) print(clock_line(session, row) + "\n");
    if (result["clocks"].empty()) print(session.say("No clock runs.\n", "Ingen klocka går.\n"));
}

/// The answer of `today` as a page, part by part. Texts of the case are escaped as they are put in.
class TodayPage {
public:
    TodayPage(const Session& session, const json& result) : session_(session), result_(result) {}

    std::string text() {
        line(weekday_text(session_, text_in(result_, "today")) + "  " +
             escaped(name_in(result_, "user")));
        put_meetings();
        put_handovers();
        put_commitments("late", session_.say("Late", "Försenat"));
        if (rows("late").empty())
            line("\n" + session_.say("Nothing is late.", "Inget är försenat."));
        put_commitments("this_week", session_.say("Due within a week", "Inom en vecka"));
        put_commitments("reminders", session_.say("Reminders", "Påminnelser"));
        put_clocks();
        put_consents();
        put_waiting();
        put_twice();
        put_own_work();
        return std::move(page_);
    }

private:
    json rows(const char* key) const { return result_.value(key, json::array()); }

    void line(const std::string& text) { page_.append(text).append("\n"); }

    /// A line under a heading, which is put in once, before its first line.
    void under(std::string& heading, const std::string& text) {
        if (!heading.empty()) line("\n" + heading);
        heading.clear();
        line("  " + text);
    }

    void put_meetings() {
        std::string heading = session_.say("Visits and meetings", "Besök och möten");
        for (const json& row : rows("meetings")) {
            const std::string title = text_in(row, "title");
            const std::string place = text_in(row, "place");
            under(heading,
                  hour_of(row) + "  " + escaped(name_in(row, "case")) + ": " +
                      escaped(title.empty() ? local_in(session_, row, "type_title") : title) +
                      (place.empty() ? "" : ", " + escaped(place)) + "  " +
                      short_id(text_in(row, "item")));
        }
        if (rows("meetings").empty())
            line("\n" + session_.say("No visit or meeting is noted for today.",
                                     "Inget besök eller möte är noterat för idag."));
    }

    void put_handovers() {
        std::string heading = session_.say("You stand in", "Du är vikarie");
        for (const json& row : rows("handovers"))
            under(heading,
                  escaped(name_in(row, "case")) + session_.say(" for ", " för ") +
                      escaped(name_in(row, "away")) + session_.say(" until ", " till och med ") +
                      text_in(row, "until") + ": " + escaped(shortened(text_in(row, "text"), 200)) +
                      " (" + escaped(name_in(row, "by")) + ")  " + short_id(text_in(row, "item")));
    }

    void put_commitments(const char* key, std::string heading) {
        for (const json& row : rows(key)) {
            const std::string next = text_in(row, "next");
            const std::string marks = commitment_marks(session_, row);
            under(heading,
                  short_id(text_in(row, "id")) + "  " + (next.empty() ? next : next + "  ") +
                      escaped(shortened(text_in(row, "what"), 60)) + "  (" +
                      escaped(owner_text(row)) + "; " + escaped(name_in(row, "case")) + ")" +
                      (marks.empty() ? "" : "  [" + marks + "]"));
        }
    }

    void put_clocks() {
        std::string heading = session_.say("Clocks", "Klockor");
        for (const json& row : rows("clocks")) under(heading, clock_line(session_, row));
    }

    void put_consents() {
        std::string heading =
            session_.say("Consents that end within 30 days", "Samtycken som går ut inom 30 dagar");
        for (const json& row : rows("consents"))
            under(heading,
                  text_in(row, "until") + "  " + escaped(name_in(row, "case")) + ": " +
                      escaped(name_in(row, "grantor")) + session_.say(" about ", " om ") +
                      escaped(name_in(row, "subject")) + session_.say(", from ", ", från ") +
                      escaped(name_in(row, "from")) + session_.say(" to ", " till ") +
                      escaped(name_in(row.value("to", json::object()), "unit")));
    }

    void put_waiting() {
        std::string heading = session_.say("Waits for a key", "Väntar på nyckel");
        for (const json& row : rows("waiting_for_key")) {
            const std::string holders = names_in(row, "holders");
            under(heading,
                  escaped(name_in(row, "case")) + ": " + escaped(name_in(row, "unit")) + ", " +
                      escaped(local_in(session_, row, "category_title")) +
                      session_.say(", since ", ", sedan ") + local_time_in(row, "waiting_since") +
                      (holders.empty()
                           ? session_.say(". No tablet is known that could give it.",
                                          ". Ingen surfplatta är känd som kan ge den.")
                           : session_.say(". Comes when a tablet of these has synced: ",
                                          ". Kommer när någon av dessas surfplattor har synkat: ") +
                                 escaped(holders)));
        }
    }

    void put_twice() {
        std::string heading = session_.say("Opened twice?", "Öppnat två gånger?");
        for (const json& row : rows("opened_twice")) {
            std::string who;
            for (const json& name : row.value("names", json::array()))
                who.append(who.empty() ? "" : ", ").append(name.get<std::string>());
            const auto name = [&](const char* key) {
                const json& named = row[key];
                return escaped(name_of(named)) + " (" + short_id(text_in(named, "id")) + ")";
            };
            under(heading,
                  name("case") + session_.say(" and ", " och ") + name("other") + ": " +
                      escaped(who));
        }
        if (heading.empty())
            line(session_.say(
                "Look, move what belongs together (samsyn move ITEM CASE --about …), "
                "and close one (--reason joined).",
                "Kontrollera, flytta det som hör ihop (samsyn move POST ÄRENDE --about …) "
                "och avsluta det ena (--reason joined)."));
    }

    void put_own_work() {
        const auto count = [&](const char* key) { return result_.value(key, std::int64_t{0}); };
        line("");
        if (count("unsent_changes") + count("unsent_statements") > 0)
            line(session_.say("To be sent: ", "Att skicka: ") + text_in(result_, "unsent_changes") +
                 session_.say(" changes, ", " ändringar, ") +
                 text_in(result_, "unsent_statements") +
                 session_.say(" statements, since ", " beslut, sedan ") +
                 local_time_in(result_, "unsent_since") + ".");
        if (count("parked") > 0)
            line(session_.say("Could not be sent: ", "Kunde inte skickas: ") +
                 text_in(result_, "parked") + " (samsyn status)");
        if (count("conflicts") > 0)
            line(session_.say("Conflicts: ", "Konflikter: ") + text_in(result_, "conflicts") +
                 " (samsyn conflicts)");
        line(synced_text(session_, result_));
    }

    const Session& session_;
    const json& result_;
    std::string page_;
};

void print_today(const Session& session, const json& result) {
    print(today_page(session, result));
}

}  // namespace

std::string today_page(const Session& session, const json& result) {
    return TodayPage{session, result}.text();
}

void add_today_command(CLI::App& app, Session& session) {
    Command{app,
            session,
            "today",
            "The day on one page: visits and meetings, notes left to you as a stand-in, what is "
            "late or due, clocks, consents that end, what "
            "waits.",
            "samsyn today"}
        .asks("today", &print_today);
    Command{
        app,
        session,
        "clocks",
        "Lists what has to happen in a case by when: first contact, phases, follow-ups, consents.",
        "samsyn clocks \"Familjen Alm\""}
        .of_case()
        .asks("case.clocks", &print_clocks);
}

}  // namespace samsyn
