#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

void print_opened(const Session& session, const json& result) {
    print(session.say("Opened case ", "Öppnade ärendet ") + escaped(name_in(result, "case")) +
          "  " + short_id(text_in(result["case"], "id")) + "\n");
}

std::string closed_mark(const Session& session, const json& summary) {
    return summary.value("closed", false) ? session.say(" (closed)", " (avslutat)") : std::string{};
}

void print_cases(const Session& session, const json& result) {
    Table table{{"id",
                 session.say("family", "familj"),
                 session.say("model", "modell"),
                 session.say("lead", "ansvarig"),
                 session.say("items", "poster"),
                 session.say("conflicts", "konflikter")}};
    for (const json& row : result["cases"])
        table.add({short_id(text_in(row, "id")),
                   text_in(row, "title"),
                   text_in(row, "model") + closed_mark(session, row),
                   name_in(row, "lead"),
                   text_in(row, "items"),
                   text_in(row, "conflicts")});
    print(table.empty() ? session.say("No cases.\n", "Inga ärenden.\n") : table.to_string());
}

void print_case(const Session& session, const json& result) {
    const json summary = result.value("case", json::object());
    print(escaped(text_in(summary, "title")) + "  " + text_in(summary, "id") +
          closed_mark(session, summary) + "\n\n");
    Table persons{
        {session.say("person", "person"), "id", session.say("guardians", "vårdnadshavare")}};
    for (const json& person : result["persons"]) {
        const std::string adult =
            person.value("adult", false) ? session.say("(adult)", "(vuxen)") : std::string{};
        const std::string guardians = names_in(person, "guardians");
        persons.add({text_in(person, "name"),
                     short_id(text_in(person, "id")),
                     guardians.empty() ? adult : guardians});
    }
    print(persons.to_string() + "\n");
    Table taking_part{{session.say("takes part", "deltar"),
                       session.say("unit", "enhet"),
                       session.say("as", "som")}};
    for (const json& row : result["participants"])
        taking_part.add({name_in(row, "user"), name_in(row, "unit"), text_in(row, "duty")});
    print(taking_part.to_string());
}

void print_person(const Session& session, const json& result) {
    print(session.say("Added ", "La till ") + escaped(name_in(result, "person")) + "  " +
          short_id(text_in(result["person"], "id")) + "\n");
}

void print_adult(const Session& session, const json& result) {
    print(escaped(name_in(result, "person")) +
          session.say(" decides as an adult.\n", " bestämmer som vuxen.\n"));
}

void print_custody(const Session& session, const json& result) {
    print(session.say("Custody of ", "Vårdnaden om ") + escaped(name_in(result, "child")) + ": " +
          escaped(names_in(result, "guardians")) +
          session.say("; review by ", "; ses över senast ") + text_in(result, "review") + "\n");
}

void print_participant(const Session& session, const json& result) {
    print(escaped(name_in(result, "user")) + ", " + escaped(name_in(result, "unit")) +
          (result.contains("duty")
               ? session.say(" takes part.\n", " deltar.\n")
               : session.say(" no longer takes part.\n", " deltar inte längre.\n")));
}

void add_case_group(CLI::App& app, Session& session) {
    CLI::App& cases = group(app, "case", "Opens, lists, shows and closes cases.");
    Command{cases,
            session,
            "open",
            "Opens a case for a family; you become its lead.",
            "samsyn case open \"Familjen Alm\" --unit \"Nora/Familjesamverkan\""}
        .needs("title", "title", "What the family is called here")
        .text("--unit", "unit", "Your unit, if you work in several")
        .text("--model", "model", "Service model: famsam (default), familjelotsen, ...")
        .asks("case.open", &print_opened);
    Command{cases, session, "list", "Lists the cases in which you take part.", "samsyn case list"}
        .asks("case.list", &print_cases);
    Command{cases,
            session,
            "show",
            "Shows a case: its persons and who takes part.",
            "samsyn case show \"Familjen Alm\""}
        .of_case()
        .asks("case.show", &print_case);
    add_closing_commands(app, cases, session);
}

}  // namespace

void add_case_commands(CLI::App& app, Session& session) {
    add_case_group(app, session);

    CLI::App& persons = group(app, "person", "Adds the persons around whom a case works.");
    Command{
        persons,
        session,
        "add",
        "Adds a person to a case.",
        "samsyn person add \"Familjen Alm\" \"Elin Alm\" --set kind=child --set birth_year=2017"}
        .of_case()
        .needs("name", "name", "The person's name")
        .pairs("--set", "fields", "More fields: kind, phone, birth_year, personal_number, family")
        .asks("person.add", &print_person);
    Command{persons,
            session,
            "adult",
            "Records that a person is an adult and decides alone.",
            "samsyn person adult \"Familjen Alm\" \"Ola Alm\""}
        .of_case()
        .needs("person", "person", "Name, or the beginning of the id")
        .asks("person.adult", &print_adult);

    Command{app,
            session,
            "custody",
            "Records who has custody of a child: all guardians.",
            "samsyn custody \"Familjen Alm\" \"Elin Alm\" --guardian \"Eva Alm\" --guardian "
            "\"Per Alm\" --born 2017-03-05"}
        .of_case()
        .needs("child,--child", "child", "The child")
        .texts("--guardian", "guardians", "A guardian; give all of them")
        .required()
        .text("--born", "born", "Birth date; only the 18th birthday that follows is kept")
        .text("--adult-on", "adult_on", "The 18th birthday, instead of the birth date")
        .text("--review", "review", "Look at it again by this day (at most 12 months)")
        .asks("custody.record", &print_custody);

    CLI::App& taking_part = group(app, "participant", "Says who takes part in a case.");
    Command{taking_part,
            session,
            "add",
            "Lets a colleague take part in a case.",
            "samsyn participant add \"Familjen Alm\" \"Karin Berg\" --unit \"Lindesberg/Skolan\""}
        .of_case()
        .needs("user", "user", "Name, or the beginning of the id")
        .text("--unit", "unit", "The user's unit, if there are several")
        .text("--duty", "duty", "member (default), coordinator or lead")
        .text("--until", "until", "Last day, as 2026-06-30")
        .asks("participant.add", &print_participant);
    Command{taking_part,
            session,
            "remove",
            "Ends a colleague's part in a case.",
            "samsyn participant remove \"Familjen Alm\" \"Karin Berg\""}
        .of_case()
        .needs("user", "user", "Name, or the beginning of the id")
        .text("--unit", "unit", "The user's unit, if there are several")
        .asks("participant.remove", &print_participant);
}

}  // namespace samsyn
