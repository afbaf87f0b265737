#include "client-sdk/cli/item_views.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

void print_ending(const Session& session, const json& result) {
    Table table{{"id",
                 session.say("what is open", "vad som är öppet"),
                 session.say("held by", "tas över av"),
                 session.say("accepted", "accepterat")}};
    for (const json& one : result["open"])
        table.add(
            {short_id(text_in(one["item"], "id")),
             shortened(text_in(one["item"], "title"), 60),
             name_in(one, "holder"),
             one.value("accepted", false) ? session.say("yes", "ja") : session.say("NO", "NEJ")});
    print(table.empty() ? session.say("Nothing is open.\n", "Inget är öppet.\n")
                        : table.to_string());
    if (!result.value("ready", false)) {
        print(session.say(
            "Name who takes each over: samsyn hand-over ITEM WHO; they accept: samsyn take-over "
            "ITEM\n",
            "Ange vem som tar över: samsyn hand-over POST VEM; den accepterar: samsyn take-over "
            "POST\n"));
        return;
    }
    print(session.say("It can be closed: samsyn case close CASE --reason\n",
                      "Det kan avslutas: samsyn case close ÄRENDE --reason\n"));
    for (const json& reason : result["reasons"])
        print("  " + escaped(text_in(reason, "key")) + "  " +
              escaped(local_in(session, reason, "title")) + "\n");
}

void print_closed(const Session& session, const json& result) {
    print(session.say("Closed: ", "Avslutat: ") +
          escaped(local_in(session, result, "reason_title")) +
          session.say(". Nothing is shared any more; each unit keeps what it wrote.\n",
                      ". Inget delas längre; varje enhet har kvar det den skrev.\n"));
}

void print_reopened(const Session& session, const json& result) {
    print(session.say("Open again: ", "Öppet igen: ") + escaped(name_in(result, "case")) +
          session.say(". What was written is here. Consent ended when it was closed: obtain it "
                      "anew, samsyn consent new CASE\n",
                      ". Det som skrevs finns kvar. Samtycken upphörde när det avslutades: inhämta "
                      "nya, samsyn consent new ÄRENDE\n"));
}

}  // namespace

void add_closing_commands(CLI::App& app, CLI::App& cases, Session& session) {
    Command{cases,
            session,
            "ending",
            "Shows what has to be settled before a case is closed.",
            "samsyn case ending \"Familjen Alm\""}
        .of_case()
        .asks("case.ending", &print_ending);
    Command{cases,
            session,
            "close",
            "Closes a case: somebody holds each open commitment and follow-up.",
            "samsyn case close \"Familjen Alm\" --reason improved"}
        .of_case()
        .needs("--reason", "reason", "As `samsyn case ending` lists them")
        .asks("case.close", &print_closed);
    Command{cases,
            session,
            "reopen",
            "Opens a closed case again: with its history, without its old consents.",
            "samsyn case reopen \"Familjen Alm\""}
        .of_case()
        .asks("case.reopen", &print_reopened);
    Command{app,
            session,
            "hand-over",
            "Asks somebody to hold an open commitment or follow-up after the case.",
            "samsyn hand-over 1a2b3c4d \"Per Ås\""}
        .needs("item", "item", "The beginning of its id")
        .needs("user", "user", "Who is asked")
        .asks("handover.ask", &print_written);
    Command{app,
            session,
            "take-over",
            "Accepts what you were asked to hold.",
            "samsyn take-over 1a2b3c4d"}
        .needs("item", "item", "The beginning of its id")
        .asks("handover.accept", &print_written);
}

}  // namespace samsyn
