#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/cli/item_views.hpp"
#include "client-sdk/cli/own_editor.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

void print_check(bool in_order, const std::string& says) {
    print((in_order ? "  ok  " : "  !!  ") + says + "\n");
}

/// A PIN needs the server's share unless a platform keystore keeps it: at a kitchen table it may
/// not open.
bool print_unlocking(const Session& session, const json& vault) {
    const json slots = vault.value("slots", json::array());
    const bool has_phrase = std::ranges::count(slots, json("phrase")) > 0;
    const bool pin_works =
        std::ranges::count(slots, json("pin")) > 0 && !vault.value("pin_needs_server", true);
    if (pin_works)
        print_check(true, session.say("the PIN opens without a network", "PIN öppnar utan nät"));
    else
        print_check(has_phrase,
                    session.say("without a network the phrase alone opens: take it along",
                                "utan nät öppnar bara frasen: ha den med dig"));
    return pin_works || has_phrase;
}

int prepare_visit(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json result;
    if (const int code = ask(session, *agent, "visit.prepare", args, result); code != exit_ok)
        return code;
    json status;
    if (const int code = ask(session, *agent, "status", json::object(), status); code != exit_ok)
        return code;
    const json vault = status.value("vault", json::object());
    if (session.json) {
        result["vault"] = vault;
        show_json(result);
        return exit_ok;
    }
    print(escaped(name_in(result, "case")) + "\n");
    bool ready = true;
    for (const json& check : result["checks"]) {
        const std::string about = text_in(check, "about");
        const bool in_order = check.value("in_order", false);
        ready = ready && in_order;
        print_check(in_order,
                    escaped(local_in(session, check, "says")) +
                        (about.empty() ? std::string{} : ": " + escaped(about)));
    }
    ready = print_unlocking(session, vault) && ready;
    print(ready ? session.say("Ready to go.\n", "Klart att åka.\n")
                : session.say("Settle what is marked !! before you leave.\n",
                              "Ordna det som är märkt !! innan du åker.\n"));
    return ready ? exit_ok : exit_failed;
}

/// "  Health: Sover bättre.  1a2b3c4d, read by Anna Ek".
void print_observation(const Session& session, const json& written) {
    const json& item = written["item"];
    print("  " + escaped(local_in(session, item, "category_title")) + ": " +
          escaped(text_in(item, "title")) + "  " + short_id(text_in(item, "id")) +
          session.say(", read by ", ", läses av ") + escaped(names_in(written, "readers")) + "\n");
}

void print_visit_written(const Session& session, const json& result) {
    print_written(session, result);
    for (const json& observation : result.value("observations", json::array())) {
        print_observation(session, observation);
        print_named(session, observation);
    }
}

void print_visit(const Session& session, const json& result) {
    print_shown(session, result);
    const auto under = [&](const char* key, const std::string& heading, auto line) {
        const json rows = result.value(key, json::array());
        if (!rows.empty()) print("\n" + heading + "\n");
        for (const json& row : rows) line(row);
    };
    under("observations", session.say("Observations", "Iakttagelser"), [&](const json& row) {
        print_observation(session, row);
    });
    under("files", session.say("Files", "Filer"), [&](const json& row) {
        print("  " + escaped(text_in(row, "title")) + "  " + short_id(text_in(row, "id")) + ", " +
              escaped(local_in(session, row, "state_title")) + "\n");
    });
    under("consents",
          session.say("Consent recorded that day", "Samtycken som togs den dagen"),
          [&](const json& row) {
              print("  " + escaped(name_in(row, "grantor")) + session.say(", from ", ", från ") +
                    escaped(name_in(row, "from")) + session.say(" to ", " till ") +
                    escaped(name_in(row.value("to", json::object()), "unit")) +
                    session.say(", until ", ", till och med ") + text_in(row, "until") + "\n");
          });
}

/// Without a text the note is made first, and then written in the person's own editor, each time
/// they save.
int write_visit(const Session& session, const json& args) {
    if (!args.contains("text") && session.json)
        return show_error(session, Error{Errc::invalid_argument, "text"});
    if (!args.contains("text"))  // no note without words is left where there is no editor
        if (const auto editor = OwnEditor::open(""); !editor)
            return show_error(session, editor.error());
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json written;
    if (const int code = ask(session, *agent, "visit.write", args, written); code != exit_ok)
        return code;
    if (session.json)
        show_json(written);
    else
        print_visit_written(session, written);
    if (session.json || args.contains("text")) return exit_ok;
    return write_text(session, json::object({{"item", text_in(written["item"], "id")}}));
}

/// Why, as a person reads it.
std::string why_in(const Session& session, const json& error) {
    const std::string why = reason_in(session, error);
    if (!why.empty()) return escaped(why);
    const std::string context = text_in(error, "context");
    return escaped(text_in(error, "message") + (context.empty() ? "" : ": " + context));
}

void print_stand_in(const Session& session, const json& result) {
    print(escaped(name_in(result, "user")) + session.say(" stands in for ", " är vikarie för ") +
          escaped(name_in(result, "for")) + session.say(" until ", " till och med ") +
          text_in(result, "until") + ":\n");
    for (const json& one : result["cases"]) {
        const bool added = one.value("added", false);
        print_check(added,
                    escaped(name_in(one, "case")) + ", " + escaped(name_in(one, "unit")) +
                        (added ? "" : ": " + why_in(session, one["error"])));
        if (one.contains("note"))
            print_check(true,
                        session.say("the note is read by ", "överlämningen läses av ") +
                            escaped(names_in(one["note"], "readers")));
        if (one.contains("note_error"))
            print_check(
                false,
                session.say("the note: ", "överlämningen: ") + why_in(session, one["note_error"]));
    }
}

}  // namespace

void add_visit_commands(CLI::App& app, Session& session) {
    CLI::App& visits = group(app, "visit", "Gets home visits ready, and writes them down.");
    Command{visits,
            session,
            "prepare",
            "Checks that a case, its keys and the unlocking will work without a network.",
            "samsyn visit prepare \"Familjen Alm\""}
        .of_case()
        .runs([&session](const json& args) { return prepare_visit(session, args); });
    Command write{visits,
                  session,
                  "write",
                  "Writes a visit: the note, and what was observed, each read by those whom it is "
                  "for. Without --text your own editor opens; what you save there is written.",
                  "samsyn visit write \"Familjen Alm\" --about \"Elin Alm\" --present \"Eva Alm\" "
                  "--observe attendance=\"Tre dagar i skolan\" --observe health=\"Sover bättre\""};
    with_label_and_fields(
        write.of_case()
            .text("--date", "date", "Day of the visit, as 2026-05-04 (default: today)")
            .text("--place", "place", "Where")
            .texts("--present", "present", "Who was there")
            .text("--text", "text", "The note; - reads standard input")
            .pairs("--observe", "observe", "CATEGORY=WORDS, for each category")
            .text("--next-step", "next_step", "What comes next"))
        .runs([&session](const json& args) { return write_visit(session, args); });
    Command{visits,
            session,
            "observe",
            "Writes one more thing that was observed at a visit.",
            "samsyn visit observe 1a2b3c4d health \"Åt ingen frukost\""}
        .needs("item", "item", "The beginning of the note's id")
        .needs("category", "category", "attendance, health, parenting, …")
        .needs("text,--text", "text", "What was observed; - reads standard input")
        .texts("--about", "about", "Whom it is about, where not all whom the note is about")
        .text("--closed", "closed", "A closed circle's id")
        .asks("visit.observe", &print_written);
    Command{visits,
            session,
            "show",
            "A visit on one page: the note, what was observed, files, consent of that day.",
            "samsyn visit show 1a2b3c4d"}
        .needs("item", "item", "The beginning of the note's id")
        .asks("visit.show", &print_visit);
    Command{
        app,
        session,
        "stand-in",
        "Lets somebody stand in for a colleague until a day, in all of their cases that you may "
        "change, or in one. With --case and --note: leaves a note on that family, which `samsyn "
        "today` shows to whoever stands in.",
        "samsyn stand-in \"Per Ås\" --for \"Anna Ek\" --until 2026-06-30 --case \"Familjen "
        "Alm\" --note \"Ring mamman på fredagar\""}
        .needs("user", "user", "Who stands in")
        .needs("--for", "for", "Who is away")
        .needs("--until", "until", "The last day, as 2026-06-30")
        .text("--case", "case", "Only in this case")
        .text("--note", "note", "With --case: what they should know; - reads standard input")
        .text("--category", "category", "Of the note (default: parenting)")
        .asks("participant.stand_in", &print_stand_in);
}

}  // namespace samsyn
