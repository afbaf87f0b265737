#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

void print_recorded(const Session& session, const json& result) {
    for (const json& id : result["consents"])
        print(session.say("Consent by ", "Samtycke från ") + escaped(name_in(result, "grantor")) +
              session.say(" until ", " till och med ") + text_in(result, "until") + "  " +
              short_id(id.get<std::string>()) + "\n");
}

void print_confirmed(const Session& session, const json& result) {
    print(session.say("Confirmed ", "Bekräftade ") + short_id(text_in(result, "consent")) + "\n");
}

void print_closing(const Session& session, const json& result) {
    print(session.say("Recorded: ", "Noterat: ") + text_in(result, "kind") + "\n");
    for (const json& id : result["closings"]) print("  " + short_id(id.get<std::string>()) + "\n");
}

std::string recipient_text(const json& to) {
    if (!to.is_object()) return "*";
    std::string text = name_in(to, "unit");
    if (const std::string role = text_in(to, "role"); !role.empty()) text.append(" (" + role + ")");
    if (const std::string user = name_in(to, "user"); !user.empty()) text.append(", " + user);
    return text;
}

std::string state_of(const Session& session, const json& consent) {
    if (consent.value("closed", false)) return session.say("ended", "upphört");
    if (!consent.value("confirmed", false)) return session.say("to confirm", "att bekräfta");
    return consent.value("in_force", false) ? session.say("in force", "gäller")
                                            : session.say("not now", "gäller inte nu");
}

void print_consents(const Session& session, const json& result) {
    Table table{{"id",
                 session.say("by", "av"),
                 session.say("about", "om"),
                 session.say("from", "från"),
                 session.say("to", "till"),
                 session.say("what", "vad"),
                 session.say("until", "till och med"),
                 session.say("state", "läge")}};
    for (const json& row : result["consents"])
        table.add({short_id(text_in(row, "id")),
                   name_in(row, "grantor"),
                   name_in(row, "subject"),
                   name_in(row, "from"),
                   recipient_text(row.value("to", json{})),
                   names_in(row, "categories"),
                   text_in(row, "until"),
                   state_of(session, row)});
    print(table.empty() ? session.say("No consents.\n", "Inga samtycken.\n") : table.to_string());
    if (result["closings"].empty()) return;

    Table closings{{"id",
                    session.say("what", "vad"),
                    session.say("by", "av"),
                    session.say("about", "om"),
                    session.say("from", "från"),
                    session.say("to", "till"),
                    session.say("recorded", "noterat")}};
    for (const json& row : result["closings"])
        closings.add({short_id(text_in(row, "id")),
                      text_in(row, "kind"),
                      name_in(row, "decider"),
                      name_in(row, "subject"),
                      row.value("from", json{}).is_null() ? "*" : name_in(row, "from"),
                      recipient_text(row.value("to", json{})),
                      local_time_in(row, "recorded_at")});
    print("\n" + closings.to_string());
}

/// `--role` and `--user` narrow every recipient that `--to` names.
json with_recipients(json args) {
    const json role = args.value("role", json{});
    const json user = args.value("user", json{});
    args.erase("role");
    args.erase("user");
    if (!args.contains("to") || (role.is_null() && user.is_null())) return args;
    json to = json::array();
    for (const json& unit : args["to"].is_array() ? args["to"] : json::array({args["to"]}))
        to.push_back({{"unit", unit}, {"role", role}, {"user", user}});
    args["to"] = args["to"].is_array() ? to : to.front();
    return args;
}

void add_closing(CLI::App& consents,
                 Session& session,
                 const std::string& name,
                 const std::string& description,
                 const std::string& operation) {
    const std::string example = "samsyn consent " + name +
                                " \"Familjen Alm\" --by \"Per Alm\" --about \"Elin Alm\" --from "
                                "\"Nora/Familjesamverkan\" --to \"Region/BUP\"";
    Command command{consents, session, name, description, example};
    command.of_case();
    if (operation == "consent.refuse")
        command
            .text("--person", "person", "Who says no to the form that is named instead of a case")
            .text("--how", "how", "oral, phone, ... (of a form)");
    command.texts("--consent", "consent", "A consent to take the scope from, by its id")
        .text("--by,--decider", "decider", "Who says so")
        .texts("--about", "about", "Whom it is about")
        .texts("--from", "from", "Disclosing unit (default: every unit)")
        .text("--to", "to", "Receiving unit (default: everybody)")
        .text("--role", "role", "Only this role in the receiving unit")
        .text("--user", "user", "Only this user of the receiving unit")
        .texts("--category", "categories", "health, attendance, ... (default: all)")
        .text("--evidence", "evidence", "What was said; sealed")
        .runs([&session, operation](const json& args) {
            if (args.contains("person")) return refuse_form(session, args);
            return perform(session, operation, with_recipients(args), &print_closing);
        });
}

void add_recording(CLI::App& consents, Session& session) {
    Command{consents,
            session,
            "record",
            "Records a consent: who lets whom read what, until when.",
            "samsyn consent record \"Familjen Alm\" --by \"Eva Alm\" --about \"Elin Alm\" --from "
            "\"Nora/Familjesamverkan\" --to \"Lindesberg/Skolan\" --category attendance --category "
            "plan --until 2027-06-30"}
        .of_case()
        .needs("--by,--grantor", "grantor", "Who consents")
        .texts("--about", "about", "Whom it is about")
        .required()
        .texts("--from", "from", "Disclosing unit")
        .required()
        .texts("--to", "to", "Receiving unit")
        .required()
        .text("--role", "role", "Only this role in the receiving unit")
        .text("--user", "user", "Only this user of the receiving unit")
        .texts("--category", "categories", "health, attendance, plan, ...")
        .required()
        .needs("--until", "until", "Last day, as 2027-06-30")
        .text("--from-day", "not_before", "First day (default: now)")
        .text("--capacity", "capacity", "guardian (default), self, representative, ...")
        .text("--form", "form", "written (default), oral or electronic")
        .text("--reach", "reach", "present (default), from_now or history")
        .text("--purpose", "purpose", "coordination (default), ...")
        .texts("--action", "actions", "read, show_in_meeting, contribute, copy_to_own_record, ...")
        .texts("--except", "reserved", "A category with a reservation")
        .texts("--names", "names", "An earlier consent or closing that this one replaces or opens")
        .text("--evidence", "evidence", "What was said; sealed")
        .runs([&session](const json& args) {
            return perform(session, "consent.record", with_recipients(args), &print_recorded);
        });
}

}  // namespace

void add_consent_commands(CLI::App& app, Session& session) {
    CLI::App& consents = group(app, "consent", "Records, confirms, lists and withdraws consent.");
    add_recording(consents, session);
    Command{consents,
            session,
            "confirm",
            "Confirms, for the disclosing unit, a consent recorded "
            "elsewhere.",
            "samsyn consent confirm \"Familjen Alm\" 3fa94c01"}
        .of_case()
        .needs("consent", "consent", "The beginning of its id")
        .texts("--names", "names", "A closing statement about which the family was asked")
        .asks("consent.confirm", &print_confirmed);
    Command{consents,
            session,
            "list",
            "Lists consents and what closes them.",
            "samsyn consent list \"Familjen Alm\""}
        .text("case", "case", "Title, or the beginning of the id (default: all cases)")
        .asks("consent.list", &print_consents);
    add_form_commands(consents, session);
    add_closing(consents,
                session,
                "withdraw",
                "Withdraws a consent, whole or within a scope.",
                "consent.withdraw");
    add_closing(consents,
                session,
                "refuse",
                "Records that somebody who decides says no.",
                "consent.refuse");
    add_closing(consents, session, "object", "Records an objection.", "consent.object");
    add_closing(consents, session, "block", "Records a block (spärr).", "consent.block");
}

}  // namespace samsyn
