#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

constexpr const char* last_day = "Last day, as 2027-06-30";

void print_said(const Session& session, const json& result) {
    print(session.say("Recorded: ", "Noterat: ") + text_in(result, "statement") + "\n");
    if (const std::string closed = text_in(result, "closed"); !closed.empty())
        print(session.say("The closed circle is ", "Den slutna kretsen är ") + closed + "\n");
    for (const json& item : result.value("items", json::array()))
        print(session.say("  copied to ", "  kopierat till ") + item.get<std::string>() + "\n");
}

/// Who reads it now: the author sees that before leaving it there.
void print_new_readers(const Session& session, const json& result) {
    if (const std::string readers = names_in(result, "readers"); !readers.empty())
        print(session.say("read by ", "läses av ") + escaped(readers) + "\n");
}

void print_reclosed(const Session& session, const json& result) {
    for (const json& item : result["items"])
        print(session.say("Moved to ", "Flyttat till ") + item.get<std::string>() + "\n");
    print_new_readers(session, result);
}

void print_sheets(const Session& session, const json& result) {
    print(session.say("This opening is logged and will be reviewed.\n",
                      "Öppningen är loggad och kommer att granskas.\n"));
    for (const json& item : result["items"]) {
        print("\n" + escaped(names_in(item, "about")) + ", " + escaped(name_in(item, "unit")) +
              "\n");
        for (const json& field : item["fields"])
            for (const json& value : field["values"])
                print(escaped(local_in(session, field, "title")) + ": " +
                      escaped(local_in(session, value, "shown")) + "\n");
    }
}

/// A command about who decides: `samsyn decides NAME CASE …`.
Command deciding(CLI::App& parent,
                 Session& session,
                 const std::string& name,
                 const std::string& description,
                 const std::string& rest) {
    Command command{
        parent, session, name, description, "samsyn decides " + name + " \"Familjen Alm\" " + rest};
    command.of_case();
    return command;
}

void add_child_commands(CLI::App& decides, Session& session) {
    deciding(decides,
             session,
             "age",
             "Attests that a child has reached an age (12, 15): no birth date leaves the device.",
             "\"Elin Alm\" --years 15")
        .needs("child", "child", "The child")
        .number("--years", "years", "How old")
        .required()
        .asks("age.attest", &print_said);
    deciding(decides,
             session,
             "maturity",
             "Records that a child is mature enough to decide, alone or together with guardians.",
             "\"Elin Alm\" --category attendance --alone --until 2027-06-30")
        .needs("child", "child", "The child")
        .texts("--category", "categories", "About what")
        .required()
        .flag("--alone", "alone", "Alone; else together with the guardians")
        .needs("--until", "until", last_day)
        .asks("maturity.record", &print_said);
}

void add_guardian_commands(CLI::App& decides, Session& session) {
    deciding(decides,
             session,
             "suspend",
             "Records that a guardian is set aside, and who takes the place.",
             "\"Elin Alm\" --guardian \"Per Alm\" --until 2027-06-30")
        .needs("child", "child", "The child")
        .needs("--guardian", "guardian", "Who is set aside")
        .text("--representative", "representative", "The special representative")
        .needs("--until", "until", last_day)
        .asks("guardian.suspend", &print_said);
    deciding(
        decides,
        session,
        "prevented",
        "Records that a guardian cannot be asked and the matter cannot wait (30 days at most).",
        "\"Elin Alm\" --guardian \"Per Alm\" --cause unreachable --until 2026-12-20")
        .needs("child", "child", "The child")
        .needs("--guardian", "guardian", "Who cannot be asked")
        .needs("--cause", "cause", "unreachable, abroad, ill, other")
        .flag("--manifestly-required",
              "manifestly_required",
              "Far-reaching things too: the child's best manifestly requires it; a second reader "
              "must approve")
        .needs("--until", "until", last_day)
        .asks("guardian.prevented", &print_said);
    deciding(decides,
             session,
             "decision",
             "Records a decision that permits one measure at one unit without a guardian.",
             "\"Elin Alm\" --guardian \"Per Alm\" --measure 1001 --for \"Region/BUP\" --number "
             "\"SN 2026-114\" --about \"Elin Alm\" --until 2027-06-30")
        .needs("child", "child", "The child")
        .needs("--guardian", "guardian", "Without whom")
        .number("--measure", "measure", "Number of the measure in the statute table")
        .required()
        .needs("--for", "for", "The unit that may receive")
        .needs("--number", "text", "The decision's number; sealed")
        .texts("--about", "about", "Whom the decision is about")
        .required()
        .flag("--stayed", "stayed", "A court has stayed it: it counts no longer")
        .needs("--until", "until", last_day)
        .asks("decision.record", &print_said);
}

void add_adult_commands(CLI::App& decides, Session& session) {
    deciding(decides,
             session,
             "representative",
             "Records who decides for an adult, within an appointment.",
             "\"Nils Alm\" --representative \"Ulla Ek\" --category finances --until 2027-06-30")
        .needs("adult", "adult", "For whom")
        .needs("--representative", "representative", "Who decides")
        .texts("--category", "categories", "About what")
        .required()
        .needs("--until", "until", last_day)
        .asks("representative.record", &print_said);
    deciding(decides,
             session,
             "mandate",
             "Records that somebody may see what the family may see, within a mandate.",
             "\"Nora Alm\" --agent \"Ulla Ek\" --regime school_other --until 2027-06-30")
        .needs("principal", "principal", "Whose mandate")
        .needs("--agent", "agent", "Who acts")
        .texts("--regime", "regimes", "school_other, school_pupil_health, health, social, ...")
        .required()
        .texts("--category", "categories", "About what (default: everything)")
        .needs("--until", "until", last_day)
        .asks("mandate.record", &print_said);
}

void add_lock_acts(CLI::App& app, Session& session) {
    Command{
        app,
        session,
        "protect",
        "Marks a protected person: only named staff read what concerns their whereabouts.",
        "samsyn protect \"Familjen Alm\" \"Elin Alm\" --kind secrecy_marking --user \"Anna Ek\""}
        .of_case()
        .needs("person", "person", "The person")
        .needs("--kind", "kind", "secrecy_marking, protected_registration, hidden_existence")
        .texts("--user", "users", "Who may read")
        .required()
        .asks("protection.mark", &print_said);
    Command{app,
            session,
            "circle",
            "Names a closed circle of users; items written with --closed are theirs alone.",
            "samsyn circle \"Familjen Alm\" --user \"Anna Ek\" --user \"Karin Berg\""}
        .of_case()
        .texts("--user", "users", "Who belongs to it")
        .required()
        .text("--unit", "unit", "Your unit, if you work in several")
        .text("--why", "text", "Why; sealed")
        .texts("--about", "about", "Whom the reason is about")
        .asks("audience.close", &print_said);
    Command{app,
            session,
            "reclose",
            "Moves items into a closed circle, or out of it.",
            "samsyn reclose 3fa94c01 --closed 0123456789abcdef0123456789abcdef"}
        .texts("items", "items", "Items, by the beginning of their ids")
        .required()
        .text("--closed", "closed", "The circle's whole id")
        .flag("--open", "open", "Out of every circle: whoever may read the open label reads it")
        .asks("item.reclose", &print_reclosed);
}

void add_investigation_commands(CLI::App& app, Session& session) {
    CLI::App& group_of = group(app, "investigation", "Locks, releases and answers.");
    Command{group_of,
            session,
            "lock",
            "Names who reads what an investigation locks in a unit's items.",
            "samsyn investigation lock \"Familjen Alm\" --unit \"Nora/Social\" --by Polisen"}
        .of_case()
        .needs("--unit", "unit", "Whose items are locked")
        .needs("--by", "by", "Your police or prosecutor unit")
        .texts("--user", "users", "Who else may read")
        .asks("investigation.lock", &print_said);
    Command{
        group_of,
        session,
        "release",
        "Releases locked items one by one; their unit then moves them with samsyn reclose.",
        "samsyn investigation release \"Familjen Alm\" 3fa94c01 --unit \"Nora/Social\" --closed "
        "0123456789abcdef0123456789abcdef"}
        .of_case()
        .texts("items", "items", "Items")
        .required()
        .needs("--unit", "unit", "Whose items")
        .needs("--closed", "closed", "The lock's whole id")
        .asks("investigation.release", &print_said);
    Command{group_of,
            session,
            "answer",
            "Answers an investigation with named items of your unit.",
            "samsyn investigation answer \"Familjen Alm\" 3fa94c01 --statute 10 --subject \"Elin "
            "Alm\" --category attendance --to \"Nora/Social\" --number \"U 2026-7\" --until "
            "2027-01-31"}
        .of_case()
        .texts("items", "items", "Items")
        .required()
        .number("--statute", "statute", "Its number in the statute table")
        .required()
        .needs("--subject", "subject", "Whom the investigation is about")
        .texts("--category", "categories", "What was asked")
        .required()
        .needs("--to", "to", "The unit that asked")
        .needs("--number", "text", "The decision's number; sealed")
        .needs("--until", "until", last_day)
        .asks("investigation.answer", &print_said);
}

void add_override_commands(CLI::App& app, Session& session) {
    CLI::App& overrides = group(app, "override", "Opens by a statute, with a second reader.");
    Command{overrides,
            session,
            "open",
            "Opens categories, or items, of your unit on a ground of the statute table.",
            "samsyn override open \"Familjen Alm\" --statute 1 --subject \"Elin Alm\" --category "
            "health --to \"Nora/Social\" --why \"Fara för barnet\" --until 2026-12-31"}
        .of_case()
        .texts("--item", "items", "Only these items: they are copied to a place of their own")
        .number("--statute", "statute", "Its number in the statute table")
        .required()
        .needs("--subject", "subject", "About whom")
        .texts("--category", "categories", "What is opened")
        .required()
        .needs("--to", "to", "Receiving unit")
        .text("--user", "user", "Only this user of it")
        .texts("--pierces", "pierces", "A block that it passes, by its id")
        .needs("--why", "text", "The justification; sealed")
        .needs("--until", "until", last_day)
        .asks("override.open", &print_said);
    Command{overrides,
            session,
            "verdict",
            "The second reader's word on an override, or on a guardian who is prevented.",
            "samsyn override verdict \"Familjen Alm\" 3fa94c01 --approve"}
        .of_case()
        .needs("statement", "statement", "The beginning of its id (samsyn statements)")
        .flag("--approve", "approved", "Approves it")
        .flag("--refuse", "refused", "Refuses it: it never opens")
        .text("--why", "text", "Why; sealed")
        .texts("--about", "about", "Whom the reason is about")
        .asks("second_reader.verdict", &print_said);
}

void print_statements(const Session& session, const json& result) {
    Table table{{"id",
                 session.say("what", "vad"),
                 session.say("who", "vem"),
                 session.say("about", "om"),
                 session.say("from", "från"),
                 session.say("to", "till"),
                 session.say("until", "till och med"),
                 session.say("recorded", "noterat")}};
    for (const json& row : result["statements"])
        table.add({short_id(text_in(row, "id")),
                   text_in(row, "kind"),
                   name_in(row, "decider"),
                   name_in(row, "subject"),
                   name_in(row, "from"),
                   name_in(row, "to"),
                   text_in(row, "until"),
                   local_time_in(row, "at") + " " + name_in(row, "by")});
    print(table.to_string());
}

void add_small_acts(CLI::App& app, Session& session) {
    Command{app,
            session,
            "statements",
            "Lists what has been stated in a case, newest first.",
            "samsyn statements \"Familjen Alm\""}
        .of_case()
        .asks("statement.list", &print_statements);
    Command{app,
            session,
            "emergency",
            "Opens the contact sheet of an emergency, without a network; it is logged.",
            "samsyn emergency \"Familjen Alm\" --why \"Olycka på väg till skolan\""}
        .of_case()
        .needs("--why", "reason", "The reason; sealed")
        .asks("emergency.open", &print_sheets);
    Command{app,
            session,
            "informed",
            "Records that somebody was told of a consent by another.",
            "samsyn informed \"Familjen Alm\" \"Per Alm\" --of 3fa94c01 --how by_phone"}
        .of_case()
        .needs("person", "person", "Who was told")
        .needs("--of", "statement", "The beginning of its id (samsyn statements)")
        .needs("--how", "how", "in_person, by_phone, by_letter, electronically")
        .asks("informed.record", &print_said);
    Command{app,
            session,
            "guest",
            "Records that who consented named a guest, who may be shown what the consent covers.",
            "samsyn guest \"Familjen Alm\" \"Mormor Ulla\" --consent 3fa94c01"}
        .of_case()
        .needs("guest", "guest", "The guest, as a person of the case")
        .needs("--consent", "statement", "The beginning of its id")
        .asks("guest.name", &print_said);
    Command{app,
            session,
            "acknowledge",
            "Records that somebody from outside public service knows the duty of secrecy.",
            "samsyn acknowledge \"Familjen Alm\" \"Diakon Per\" --for \"Nora församling\""}
        .of_case()
        .needs("user", "user", "Who")
        .needs("--for", "for", "For which unit")
        .asks("secrecy.acknowledge", &print_said);
    Command{app,
            session,
            "end",
            "Ends a statement: an audience, a mark, a mandate, a suspension, ...",
            "samsyn end \"Familjen Alm\" 3fa94c01"}
        .of_case()
        .needs("statement", "statement", "The beginning of its id (samsyn statements)")
        .asks("statement.end", &print_said);
}

}  // namespace

void add_act_commands(CLI::App& app, Session& session) {
    CLI::App& decides = group(app, "decides", "Records who decides for whom.");
    add_child_commands(decides, session);
    add_guardian_commands(decides, session);
    add_adult_commands(decides, session);
    add_lock_acts(app, session);
    add_investigation_commands(app, session);
    add_override_commands(app, session);
    add_small_acts(app, session);
}

}  // namespace samsyn
