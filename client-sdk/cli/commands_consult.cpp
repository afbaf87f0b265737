#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

void print_added(const Session& session, const json& result) {
    if (result.contains("warning")) {
        const json& warning = result["warning"];
        print(session.say("Small population: with ", "Liten befolkning: med ") +
              escaped(text_in(warning, "condition")) +
              session.say(" the municipality would tell who it is; stored: ",
                          " skulle kommunen visa vem det är; sparat: ") +
              escaped(text_in(warning, "group")) + "\n");
    }
    print(session.say("Saved, without a name. Destroyed after ",
                      "Sparat, utan namn. Förstörs efter ") +
          text_in(result, "expires") + "  " + short_id(text_in(result, "case")) + "\n");
}

void print_list(const Session& session, const json& result) {
    Table table{{"id",
                 session.say("date", "datum"),
                 session.say("asked by", "aktualiserad av"),
                 session.say("difficulties", "svårigheter"),
                 session.say("area", "område"),
                 session.say("text", "text")}};
    for (const json& row : result["consultations"])
        table.add({short_id(text_in(row, "case")),
                   text_in(row, "date"),
                   text_in(row, "initiator"),
                   text_in(row, "difficulty"),
                   text_in(row, "area"),
                   text_in(row, "text")});
    print(table.empty() ? session.say("No consultations.\n", "Inga konsultationer.\n")
                        : table.to_string());
}

void print_converted(const Session& session, const json& result) {
    print(session.say("Opened case ", "Öppnade ärendet ") + escaped(name_in(result, "case")) +
          "  " + short_id(text_in(result["case"], "id")) +
          session.say("; nothing links it to the consultation.\n",
                      "; inget kopplar det till konsultationen.\n"));
}

void print_expired(const Session& session, const json& result) {
    print(session.say("Counted and destroyed on this device: ",
                      "Räknade och förstörda på den här enheten: ") +
          text_in(result, "destroyed") + "\n");
}

void print_outside(const Session& session, const json& result) {
    Table table{{session.say("month", "månad"),
                 session.say("asked by", "aktualiserad av"),
                 session.say("number", "antal")}};
    for (const json& row : result["months"]) {
        for (const auto& [initiator, count] : row["cells"].items())
            table.add({text_in(row, "month"), initiator, count.is_null() ? ".." : count.dump()});
        if (row.contains("total"))
            table.add({text_in(row, "month"), session.say("all", "alla"), text_in(row, "total")});
    }
    print(table.to_string() + session.say("All: ", "Alla: ") + text_in(result, "total") +
          session.say("; \"..\" is suppressed (fewer than five, or would show one).\n",
                      "; \"..\" är dolt (färre än fem, eller skulle visa ett sådant).\n"));
}

void print_counts(const Session& session, const json& result) {
    if (result.contains("months")) return print_outside(session, result);
    Table table{{session.say("month", "månad"),
                 session.say("asked by", "aktualiserad av"),
                 session.say("difficulties", "svårigheter"),
                 session.say("number", "antal")}};
    for (const json& row : result["counts"])
        table.add({text_in(row, "month"),
                   text_in(row, "initiator"),
                   text_in(row, "difficulty"),
                   text_in(row, "count")});
    print(table.to_string() + session.say("All: ", "Alla: ") + text_in(result, "total") + "\n");
}

}  // namespace

void add_consult_commands(CLI::App& app, Session& session) {
    CLI::App& consult = group(app, "consult", "Anonymous consultations: advice without identity.");
    Command{consult,
            session,
            "add",
            "Saves a consultation; refused where the text says who it is about.",
            "samsyn consult add \"Hur kallar man till möte?\" --initiator school --difficulty "
            "school_absence"}
        .needs("text", "text", "Question and advice, without names")
        .needs(
            "--initiator", "initiator", "social_services, school, health_care, guardian or other")
        .texts("--difficulty",
               "difficulty",
               "school_absence, neuropsychiatric, socio_economic, parenting_capacity, "
               "mental_ill_health_addiction, intellectual_disability")
        .required()
        .text("--municipality", "municipality", "Where the question comes from")
        .text("--date", "date", "Day of the consultation; today")
        .text("--unit", "unit", "Your unit, if you work in several")
        .texts("--not-a-name", "not_a_name", "Exactly what was found, where it identifies nobody")
        .asks("consult.add", &print_added);
    Command{consult, session, "list", "Lists your consultations.", "samsyn consult list"}.asks(
        "consult.list", &print_list);
    Command{consult,
            session,
            "convert",
            "Opens a case for the family that has now asked; nothing links the two.",
            "samsyn consult convert 3f2a9c01 \"Familjen Alm\""}
        .needs("case", "case", "The beginning of the consultation's id")
        .needs("title", "title", "What the family is called here")
        .text("--unit", "unit", "Your unit, if you work in several")
        .text("--model", "model", "Service model: famsam (default), familjelotsen, ...")
        .asks("consult.convert", &print_converted);
    Command{consult,
            session,
            "expire",
            "Counts and destroys consultations that are twelve months old.",
            "samsyn consult expire"}
        .asks("consult.expire", &print_expired);
    Command{consult,
            session,
            "count",
            "Counts consultations by month, who asked and difficulties.",
            "samsyn consult count --outside"}
        .flag("--outside", "outside", "As readers outside the team get it: small numbers hidden")
        .asks("consult.count", &print_counts);
}

}  // namespace samsyn
