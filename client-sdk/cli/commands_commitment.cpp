#include "client-sdk/cli/commitment_views.hpp"
#include "client-sdk/cli/item_views.hpp"

namespace samsyn {

using nlohmann::json;

std::string counted(std::int64_t count, std::string_view one, std::string_view several) {
    return std::to_string(count) + " " + std::string{count == 1 ? one : several};
}

std::string commitment_marks(const Session& session, const json& row) {
    std::string marks;
    const auto mark = [&](const char* key, const std::string& word) {
        if (row.value(key, false)) marks.append(marks.empty() ? "" : ", ").append(word);
    };
    const std::string late = counted(row.value("days_late", std::int64_t{0}),
                                     session.say("day late", "dag sen"),
                                     session.say("days late", "dagar sen"));
    mark("overdue", late);
    mark("answer_overdue",
         row.value("overdue", false) ? session.say("answer late too", "svaret sent också")
                                     : session.say("answer ", "svaret ") + late);
    mark("due_soon", session.say("soon", "snart"));
    mark("reminder_due", session.say("reminder", "påminnelse"));
    mark("conflict", session.say("conflict", "konflikt"));
    mark("unsent", session.say("unsent", "ej skickad"));
    return marks;
}

std::string owner_text(const json& row) {
    const std::string unit = name_in(row, "owner_unit");
    return name_in(row, "owner") + (unit.empty() ? "" : ", " + unit);
}

namespace {

void print_list_of_commitments(const Session& session, const json& result) {
    Table table{{"id",
                 session.say("by", "senast"),
                 session.say("what", "vad"),
                 session.say("who", "vem"),
                 session.say("state", "läge"),
                 session.say("family", "familj"),
                 ""}};
    for (const json& row : result["commitments"])
        table.add({short_id(text_in(row, "id")),
                   text_in(row, "next"),
                   shortened(text_in(row, "what"), 50),
                   owner_text(row),
                   local_in(session, row, "state_title"),
                   name_in(row, "case"),
                   commitment_marks(session, row)});
    print(table.empty() ? session.say("Nothing promised.\n", "Inget utlovat.\n")
                        : table.to_string());
}

void print_event(const Session& session, const json& event) {
    std::string line = "  " + local_time_in(event, "at") + "  " + escaped(name_in(event, "by")) +
                       ": " + escaped(local_in(session, event, "state_title"));
    if (const std::string note = text_in(event, "note"); !note.empty())
        line += (text_in(event, "state").empty() ? "" : "  ") + escaped(note);
    if (!event.value("recorded", true))
        line +=
            session.say("  (written by itself, or settled)", "  (skrivet för sig, eller avgjort)");
    if (event.value("unsent", false)) line += session.say("  (unsent)", "  (ej skickat)");
    print(line + "\n");
}

void print_commitment(const Session& session, const json& result) {
    const json& row = result["commitment"];
    if (!row.contains("what")) {  // durable, and this device may not show it now
        print(session.say("Written: ", "Skrivet: ") + short_id(text_in(row, "id")) + "\n");
        return;
    }
    print(escaped(text_in(row, "what"), LineEnds::keep) + "  " + short_id(text_in(row, "id")) +
          "\n");
    Table table{{session.say("state", "läge"),
                 row["state"].is_null() ? session.say("of a newer version", "av en nyare version")
                                        : local_in(session, row, "state_title")}};
    const auto add = [&](const std::string& title, const std::string& text) {
        if (!text.empty()) table.add({title, text});
    };
    add("", commitment_marks(session, row));
    add(session.say("who", "vem"), owner_text(row));
    add(session.say("by", "senast"), text_in(row, "due"));
    add(session.say("answer by", "svar senast"), text_in(row, "answer_by"));
    add(session.say("remind on", "påminn"), text_in(row, "remind_on"));
    add(session.say("promised to", "utlovat till"), text_in(row, "promised_to"));
    add(session.say("meeting", "möte"), short_id(text_in(row, "meeting")));
    add(session.say("family", "familj"), name_in(row, "case"));
    add(session.say("about", "om"), names_in(row, "about"));
    add(session.say("read by", "läses av"), names_in(row, "readers"));
    const std::string family = names_in(row, "family");
    add(session.say("may be shown to", "får visas för"),
        family.empty() ? session.say("nobody of the family", "ingen i familjen") : family);
    print(table.to_string());
    if (row.value("state_conflict", false))
        print(session.say("Two have said different things. Settle: samsyn settle ",
                          "Två har sagt olika. Avgör: samsyn settle ") +
              short_id(text_in(row, "id")) + " state --keep N\n");
    if (const auto left_out = row.value("history_left_out", std::int64_t{0}); left_out > 0)
        print("  (" + std::to_string(left_out) + session.say(" older)\n", " äldre)\n"));
    for (const json& event : row["history"]) print_event(session, event);
}

void add_step(CLI::App& steps,
              Session& session,
              const char* name,
              const char* step,
              const char* description,
              const char* example) {
    Command command{steps, session, name, description, example};
    command.needs("item", "item", "The beginning of its id")
        .text("--note", "note", "A word for the history");
    if (std::string_view{step} == "take_home")
        command.text("--answer-by", "day", "By when the answer comes, as 2026-05-20");
    if (std::string_view{step} == "promise")
        command.text("--due", "day", "By when now, as 2026-05-20");
    command.runs([&session, step](json args) {
        args["step"] = step;
        return perform(session, "commitment.step", args, &print_commitment);
    });
}

void add_steps(CLI::App& steps, Session& session) {
    add_step(
        steps,
        session,
        "take-home",
        "take_home",
        "An agency takes the question home, and answers by a day.",
        "samsyn commitment take-home 1a2b3c4d --answer-by 2026-05-20 --note \"Rektor frågar\"");
    add_step(steps,
             session,
             "answer",
             "answer",
             "The agency has answered.",
             "samsyn commitment answer 1a2b3c4d --note \"Ja, från och med måndag\"");
    add_step(steps, session, "done", "done", "It is done.", "samsyn commitment done 1a2b3c4d");
    add_step(steps,
             session,
             "break",
             "break",
             "It was promised and not done.",
             "samsyn commitment break 1a2b3c4d --note \"Ingen ringde\"");
    add_step(steps,
             session,
             "withdraw",
             "withdraw",
             "Who promised it takes it back.",
             "samsyn commitment withdraw 1a2b3c4d");
    add_step(steps,
             session,
             "promise",
             "promise",
             "It is promised again.",
             "samsyn commitment promise 1a2b3c4d --due 2026-06-01");
}

}  // namespace

void add_commitment_commands(CLI::App& app, Session& session) {
    CLI::App& one = group(app, "commitment", "Notes who promised what, and what became of it.");
    Command add{one,
                session,
                "add",
                "Notes what somebody promises, and by when.",
                "samsyn commitment add \"Familjen Alm\" \"Ringa skolan\" --about \"Elin Alm\" "
                "--owner \"Anna Ek\" --due 2026-05-20"};
    with_label_and_fields(
        add.of_case()
            .needs("what,--what", "what", "What is promised")
            .needs("--owner", "owner", "Who does it")
            .text("--owner-unit", "owner_unit", "For which unit; the owner's in the case")
            .text("--due", "due", "By when, as 2026-05-20")
            .text("--promised-to", "promised_to", "Whom it was promised to")
            .text("--meeting", "meeting", "The meeting's id, where it was promised in one")
            .text("--remind-on", "remind_on", "From when `samsyn today` reminds of it"))
        .asks("commitment.add", &print_written);
    add_steps(one, session);
    Command{one,
            session,
            "show",
            "Shows one commitment: its days, its history, who may see it.",
            "samsyn commitment show 1a2b3c4d"}
        .needs("item", "item", "The beginning of its id")
        .asks("commitment.show", &print_commitment);
    Command{app,
            session,
            "commitments",
            "Lists what was promised, what is late first; over all cases or in one.",
            "samsyn commitments --mine"}
        .text("case", "case", case_help)
        .text("--of", "person", "Only what this user has promised")
        .flag("--mine", "mine", "Only what you have promised")
        .flag("--all", "all", "What is over, too")
        .text("--family", "family", "Only what this person of the family may be shown")
        .runs([&session](json args) {
            if (args.value("all", false)) args["open"] = false;
            args.erase("all");
            return perform(session, "commitment.list", args, &print_list_of_commitments);
        });
}

}  // namespace samsyn
