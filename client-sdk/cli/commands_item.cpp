#include "client-sdk/cli/item_views.hpp"

namespace samsyn {

using nlohmann::json;

void print_written(const Session& session, const json& result) {
    const json& item = result["item"];
    print(escaped(local_in(session, item, "type_title")) + "  " + short_id(text_in(item, "id")) +
          session.say("  about ", "  om ") + escaped(names_in(item, "about")) + "\n");
    const std::string readers = names_in(result, "readers");
    if (!readers.empty()) print(session.say("read by ", "läses av ") + escaped(readers) + "\n");
    print_named(session, result);
}

void print_named(const Session& session, const json& result) {
    const std::string named = names_in(result, "named");
    if (!named.empty())
        print(session.say("Named in it, and not among whom it is about: ",
                          "Nämns i texten men hör inte till dem den gäller: ") +
              escaped(named) +
              session.say(". Whoever reads this reads about them, too.\n",
                          ". Den som läser detta läser även om dem.\n"));
}

std::string marks_of(const Session& session, const json& item) {
    std::string marks;
    const auto mark = [&](bool set, const std::string& word) {
        if (set) marks.append(marks.empty() ? "" : ", ").append(word);
    };
    mark(item.value("conflict", false), session.say("conflict", "konflikt"));
    mark(item.value("unsent", false), session.say("unsent", "ej skickad"));
    mark(item.value("locked", false), session.say("signed", "signerad"));
    mark(text_in(item, "presence") != "present", session.say("deleted", "borttagen"));
    return marks;
}

Command& with_label(Command& command) {
    return command.texts("--about", "about", "Whom it is about")
        .required()
        .text("--category", "category", "health, attendance, ...; else the usual one, or as it was")
        .text("--sensitivity", "sensitivity", "low, normal or far_reaching")
        .text("--unit", "unit", "Your unit that writes it, if you work in several")
        .text("--closed", "closed", "A closed circle, by its whole id (samsyn circle)");
}

Command& with_label_and_fields(Command& command) {
    return with_label(command).pairs("--set", "fields", "More fields, as key=value");
}

namespace {

void print_signatures(const Session& session, const json& item) {
    std::size_t number = 0;
    for (const json& signature : item["signatures"])
        print(session.say("signature ", "signatur ") + std::to_string(++number) + ": " +
              escaped(name_in(signature, "user")) + ", " + local_time_in(signature, "at") + ", " +
              escaped(local_in(session, signature, "standing_title")) + "\n");
}

void print_value(const Session& session, const json& value, std::size_t number) {
    const std::string text = escaped(local_in(session, value, "shown"), LineEnds::keep);
    print("  " + (number > 0 ? std::to_string(number) + ") " : std::string{}) + text + "\n");
    print("     " + escaped(name_in(value, "writer")) + ", " + local_time_in(value, "written_at") +
          (value.value("unsent", false) ? session.say(", unsent", ", ej skickat") : std::string{}) +
          "\n");
}

void print_item(const Session& session, const json& item, bool conflicts_only) {
    print(escaped(local_in(session, item, "type_title")) + "  " + text_in(item, "id") + "\n");
    print(session.say("about ", "om ") + escaped(names_in(item, "about")) + ", " +
          escaped(name_in(item, "unit")) + ", " +
          escaped(local_in(session, item, "category_title")) + "\n");
    const std::string marks = marks_of(session, item);
    if (!marks.empty()) print("[" + marks + "]\n");
    print_signatures(session, item);
    for (const json& field : item["fields"]) {
        const bool conflict = field.value("conflict", false);
        if (conflicts_only && !conflict) continue;
        print(escaped(local_in(session, field, "title")) + " (" + escaped(text_in(field, "key")) +
              ")" + (conflict ? session.say(": CONFLICT", ": KONFLIKT") : std::string{}) + "\n");
        std::size_t number = 0;
        for (const json& value : field["values"])
            print_value(session, value, conflict ? ++number : 0);
    }
}

}  // namespace

void print_shown(const Session& session, const json& result) {
    print_item(session, result["item"], false);
    print(session.say("read by ", "läses av ") + escaped(names_in(result, "readers")) + "\n");
}

namespace {

void print_deleted(const Session& session, const json& result) {
    print(session.say("Deleted ", "Tog bort ") + short_id(text_in(result, "item")) + "\n");
}

void print_items(const Session& session, const json& result) {
    Table table{{"id",
                 session.say("type", "typ"),
                 session.say("about", "om"),
                 session.say("unit", "enhet"),
                 session.say("category", "kategori"),
                 session.say("title", "rubrik"),
                 ""}};
    for (const json& item : result["items"])
        table.add({short_id(text_in(item, "id")),
                   local_in(session, item, "type_title"),
                   names_in(item, "about"),
                   name_in(item, "unit"),
                   local_in(session, item, "category_title"),
                   shortened(text_in(item, "title"), 60),
                   marks_of(session, item)});
    print(table.empty() ? session.say("Nothing.\n", "Inget.\n") : table.to_string());
}

void print_conflicts(const Session& session, const json& result) {
    for (const json& item : result["items"]) {
        print_item(session, item, true);
        print("\n");
    }
    print(
        result["items"].empty()
            ? session.say("No conflicts.\n", "Inga konflikter.\n")
            : session.say("Settle one: samsyn settle ITEM FIELD --keep N, mine, theirs or both, or "
                          "--value TEXT\n",
                          "Avgör: samsyn settle POST FÄLT --keep N, mine, theirs eller both, eller "
                          "--value TEXT\n"));
    if (const std::string others = text_in(result, "of_others"); others != "0")
        print(others + session.say(" more between others: samsyn conflicts --all\n",
                                   " till mellan andra: samsyn conflicts --all\n"));
}

void add_new_items(CLI::App& app, Session& session) {
    Command observation{group(app, "observation", "Writes observations."),
                        session,
                        "add",
                        "Writes an observation.",
                        "samsyn observation add \"Familjen Alm\" \"Frånvarande måndag\" --about "
                        "\"Elin Alm\""};
    with_label_and_fields(
        observation.of_case()
            .needs("text,--text", "text", "The observation; - reads standard input")
            .text("--date", "date", "Day, as 2026-05-04"))
        .asks("observation.add", &print_written);

    CLI::App& plan = group(app, "plan", "The family's plan.");
    add_plan_show_command(plan, session);
    Command goal{plan,
                 session,
                 "add",
                 "Adds a goal to the plan.",
                 "samsyn plan add \"Familjen Alm\" \"Elin är i skolan varje dag\" --about \"Elin "
                 "Alm\" --follow-up 2026-09-01"};
    with_label_and_fields(goal.of_case()
                              .needs("goal,--goal", "goal", "The goal")
                              .text("--need", "need", "The need behind it")
                              .text("--action", "action", "What is done")
                              .text("--responsible", "responsible", "Who is responsible")
                              .text("--follow-up", "follow_up", "When it is followed up"))
        .asks("plan.add", &print_written);

    Command any{group(app, "item", "Adds items of any type."),
                session,
                "add",
                "Adds an item of any type.",
                "samsyn item add \"Familjen Alm\" meeting --about \"Elin Alm\" --set title=Möte"};
    with_label_and_fields(any.of_case().needs("type", "type", "meeting, decision, visit_note, ..."))
        .asks("item.add", &print_written);
}

}  // namespace

void add_item_commands(CLI::App& app, Session& session) {
    add_new_items(app, session);
    Command{app,
            session,
            "list",
            "Lists what you may read in a case, newest first.",
            "samsyn list \"Familjen Alm\" --type visit_note"}
        .of_case()
        .text("--type", "type", "Only this type")
        .texts("--about", "about", "Only what is about this person")
        .asks("item.list", &print_items);
    Command{app,
            session,
            "open",
            "Opens an item: its fields, who wrote them, who reads it.",
            "samsyn open 1a2b3c4d"}
        .needs("item", "item", "The beginning of its id")
        .asks("item.show", &print_shown);
    Command{app,
            session,
            "set",
            "Changes fields of an item.",
            "samsyn set 1a2b3c4d due=2026-06-01 state=done"}
        .needs("item", "item", "The beginning of its id")
        .pairs("fields", "fields", "key=value; key= clears")
        .required()
        .asks("item.edit", &print_written);
    Command{app, session, "delete", "Deletes an item.", "samsyn delete 1a2b3c4d"}
        .needs("item", "item", "The beginning of its id")
        .asks("item.delete", &print_deleted);
    Command{app,
            session,
            "conflicts",
            "Shows fields that you and somebody else changed at once; after 14 days a case's "
            "lead sees them too.",
            "samsyn conflicts"}
        .text("case", "case", "Only in this case")
        .flag("--all", "all", "Also between others")
        .asks("conflicts", &print_conflicts);
    Command{app,
            session,
            "settle",
            "Settles a conflict: keep one of the values, or write another.",
            "samsyn settle 1a2b3c4d due --keep 1"}
        .needs("item", "item", "The beginning of its id")
        .needs("field", "field", "The field's key")
        .text("--keep",
              "keep",
              "Number of the value, as `samsyn conflicts` lists them; or mine, theirs, both")
        .text("--value", "value", "Another value")
        .runs([&session](json args) {
            const bool deletion = args["field"] == "deleted" && args.contains("value");
            if (deletion) args["value"] = args["value"] == "true" || args["value"] == "ja";
            return perform(session, "settle", args, &print_shown);
        });
}

}  // namespace samsyn
