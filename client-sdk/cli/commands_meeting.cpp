#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/cli/item_views.hpp"
#include "client-sdk/cli/meeting_text.hpp"
#include "client-sdk/cli/show_text.hpp"

#include <iostream>
#include <unistd.h>

namespace samsyn {

namespace {

using nlohmann::json;

/// What is written for a family is in the language of the command line.
int perform_in_language(const Session& session,
                        std::string_view operation,
                        json args,
                        Printer printer) {
    args["lang"] = session.say("en", "sv");
    return perform(session, operation, args, printer);
}

Command& with_times(Command& command) {
    return command.text("--starts-at", "starts_at", "As \"2026-05-20 13:00\", local time")
        .text("--ends-at", "ends_at", "As \"2026-05-20 14:00\"; a template has its own length")
        .text("--place", "place", "Where")
        .text("--kind",
              "kind",
              "family only, agencies only, joint, SIP, network meeting, consultation")
        .text("--template",
              "template",
              "The usual agenda for the kind: own (of the case's model), or a model");
}

void add_calling(CLI::App& meetings, Session& session) {
    Command add{meetings,
                session,
                "add",
                "Calls a meeting. Its minutes are written with `samsyn write`.",
                "samsyn meeting add \"Familjen Alm\" \"Nätverksmöte\" --about \"Elin Alm\" "
                "--starts-at \"2026-05-20 13:00\" --kind joint --template own"};
    with_label_and_fields(
        with_times(add.of_case()
                       .needs("title,--title", "title", "What it is called")
                       .text("--agenda", "agenda", "What it is about, in a sentence")))
        .runs([&session](const json& args) {
            return perform_in_language(session, "meeting.add", args, &print_written);
        });
    Command next{meetings,
                 session,
                 "next",
                 "Calls the meeting after one, with its parked points.",
                 "samsyn meeting next 1a2b3c4d --starts-at \"2026-06-17 13:00\" --template own"};
    with_times(next.needs("meeting", "meeting", "The beginning of its id")
                   .text("--title", "title", "Instead of the same title"))
        .text("--unit", "unit", "Your unit that calls it, if you work in several")
        .runs([&session](const json& args) {
            return perform_in_language(session, "meeting.next", args, &print_meeting);
        });
    Command{meetings,
            session,
            "show",
            "Shows a meeting: agenda and clock, who is called and attends, who is there now, what "
            "was decided and promised.",
            "samsyn meeting show 1a2b3c4d"}
        .needs("meeting", "meeting", "The beginning of its id")
        .asks("meeting.show", &print_meeting);
    Command{meetings,
            session,
            "decide",
            "Notes a decision of the meeting.",
            "samsyn meeting decide 1a2b3c4d \"Skolan börjar med halva dagar\" --by \"Anna Ek\""}
        .needs("meeting", "meeting", "The beginning of its id")
        .needs("text,--text", "text", "The decision; - reads standard input")
        .text("--by", "by", "Who decides")
        .text("--date", "date", "Instead of today, as 2026-05-20")
        .texts("--about", "about", "Instead of whom the meeting is about")
        .text("--unit", "unit", "Your unit that writes it, if you work in several")
        .asks("meeting.decide", &print_written);
}

void add_point_commands(CLI::App& meetings, Session& session) {
    CLI::App& points = group(meetings, "point", "The points of a meeting's agenda.");
    Command{points,
            session,
            "add",
            "Adds a point to the agenda, last.",
            "samsyn meeting point add 1a2b3c4d \"Halva dagar\" --minutes 15"}
        .needs("meeting", "meeting", "The beginning of its id")
        .needs("title,--title", "title", "What it is about")
        .number("--minutes", "minutes", "How long it takes")
        .text("--presenter", "presenter", "Who presents it")
        .text("--unit", "unit", "Your unit that writes it, if you work in several")
        .asks("meeting.point.add", &print_meeting);
    Command{points,
            session,
            "edit",
            "Changes a point.",
            "samsyn meeting point edit 5e6f7a8b --minutes 20"}
        .needs("point", "point", "The beginning of its id")
        .text("--title", "title", "What it is about")
        .number("--minutes", "minutes", "How long it takes")
        .text("--presenter", "presenter", "Who presents it")
        .asks("meeting.point.edit", &print_meeting);
    Command{points,
            session,
            "move",
            "Puts a point at another place of the agenda, from 1.",
            "samsyn meeting point move 5e6f7a8b 2"}
        .needs("point", "point", "The beginning of its id")
        .number("place", "place", "Which place")
        .required()
        .asks("meeting.point.move", &print_meeting);
    Command{points,
            session,
            "treat",
            "Says that a point is treated, and what came of it.",
            "samsyn meeting point treat 5e6f7a8b \"Vi provar till jul\""}
        .needs("point", "point", "The beginning of its id")
        .text("outcome", "outcome", "What came of it; - reads standard input")
        .asks("meeting.point.treat", &print_meeting);
    Command{points,
            session,
            "park",
            "Parks a point: the next meeting takes it up.",
            "samsyn meeting point park 5e6f7a8b"}
        .needs("point", "point", "The beginning of its id")
        .asks("meeting.point.park", &print_meeting);
    Command{points,
            session,
            "reopen",
            "Takes up a treated or parked point again.",
            "samsyn meeting point reopen 5e6f7a8b"}
        .needs("point", "point", "The beginning of its id")
        .asks("meeting.point.reopen", &print_meeting);
}

void print_let_in(const Session& session, const json& result) {
    if (result.value("attends", false))
        print(session.say("Noted as attending.\n", "Noterad som deltagare.\n"));
    else
        print_door(session, result);
}

bool says_yes(const Session& session) {
    print(session.say("Let them in? [y/N] ", "Släppa in? [j/N] "));
    std::fflush(stdout);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "j" || answer == "Y" || answer == "J";
}

/// First the preview, then the choice, then the page for the newcomer's eyes too; the attendance is
/// noted last, and the agent refuses it sooner.
int let_in(const Session& session, json args) {
    const bool yes = args.value("yes", false);
    args.erase("yes");
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json result;
    if (const int code = ask(session, *agent, "meeting.let_in", args, result)) return code;
    const bool waits = !result.value("attends", false);
    const bool can_ask = !session.json && ::isatty(STDIN_FILENO) != 0;
    if (!waits || (!yes && !can_ask)) {
        if (session.json)
            show_json(result);
        else
            print_let_in(session, result);
        return exit_ok;
    }
    if (!session.json) print_preview(session, result);
    const bool admits = yes || says_yes(session);
    const char* const choice = admits ? "show.admit" : "show.wait";
    json page;
    for (const char* const step : {choice, "show.page"})
        if (const int code = ask(session, *agent, step, json::object(), page)) return code;
    if (!session.json) print_screen(session, page);
    if (!admits) return exit_ok;
    if (const int code = ask(session, *agent, "meeting.let_in", args, result)) return code;
    if (session.json) {
        result["page"] = page["page"];
        show_json(result);
    }
    return exit_ok;
}

void print_let_out(const Session& session, const json& result) {
    print(result.value("taken_back", false) ? session.say("Not noted as attending any more.\n",
                                                          "Inte längre noterad som deltagare.\n")
                                            : session.say("Out of the room; they have attended.\n",
                                                          "Ute ur rummet; har deltagit.\n"));
}

void print_presence(const Session& session, const json& result) {
    print_here(session, result);
    print(
        session.say("Whoever is there too sees it while both are connected (samsyn sync --follow); "
                    "samsyn watch meeting show MEETING shows who comes and leaves.\n",
                    "Den som också är där ser det medan båda är anslutna (samsyn sync --follow); "
                    "samsyn watch meeting show MÖTE visar vilka som kommer och går.\n"));
}

void print_left(const Session& session, const json& result) {
    print(session.say("You are not there any more.\n", "Du är inte kvar där.\n"));
    print_here(session, result);
}

void add_presence(CLI::App& meetings, Session& session) {
    Command{meetings,
            session,
            "enter",
            "Says that you are at a meeting now. Whoever says so too sees it while both are "
            "connected, and you see them; ends by itself after 8 hours.",
            "samsyn meeting enter 1a2b3c4d"}
        .needs("meeting", "meeting", "The beginning of its id")
        .asks("meeting.enter", &print_presence);
    Command{meetings,
            session,
            "leave",
            "Says that you have left a meeting.",
            "samsyn meeting leave 1a2b3c4d"}
        .needs("meeting", "meeting", "The beginning of its id")
        .asks("meeting.leave", &print_left);
}

void add_attendance(CLI::App& meetings, Session& session) {
    Command{meetings,
            session,
            "let-in",
            "Lets somebody in and notes that they attend. While something is shown, you see first "
            "what would disappear.",
            "samsyn meeting let-in 1a2b3c4d \"Karin Berg\""}
        .needs("meeting", "meeting", "The beginning of its id")
        .needs("who", "who", "A colleague, one of the family, or a guest")
        .text("--as", "as", "guest, or agent for somebody with a mandate")
        .flag("--remote", "remote", "Joins by a call")
        .flag("--yes", "yes", "Without asking")
        .runs([&session](const json& args) { return let_in(session, args); });
    Command{meetings,
            session,
            "let-out",
            "Somebody leaves the room; without a showing, takes back that they attend.",
            "samsyn meeting let-out 1a2b3c4d \"Karin Berg\""}
        .needs("meeting", "meeting", "The beginning of its id")
        .needs("who", "who", "As you let them in")
        .text("--as", "as", "guest, or agent for somebody with a mandate")
        .flag("--mistaken", "mistaken", "They never came: takes back that they attend")
        .asks("meeting.let_out", &print_let_out);
}

}  // namespace

void add_meeting_commands(CLI::App& app, Session& session) {
    CLI::App& meetings = group(app, "meeting", "Calls meetings, and leads them.");
    add_calling(meetings, session);
    add_point_commands(meetings, session);
    add_attendance(meetings, session);
    add_presence(meetings, session);
    Command{app, session, "meetings", "Lists the meetings to come.", "samsyn meetings"}
        .text("case", "case", "Only of this case")
        .flag("--all", "all", "Those that were, too")
        .asks("meeting.list", &print_meetings);
}

}  // namespace samsyn
