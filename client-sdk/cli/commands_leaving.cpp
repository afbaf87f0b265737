#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

std::string state_text(const Session& session, const json& row) {
    const std::string state = text_in(row, "state");
    if (state == "released") return session.say("released", "frisläppt");
    if (state == "refused") return session.say("refused", "avvisad");
    if (state == "sending") return session.say("to be sent", "ska skickas");
    return session.say("waits for the case lead", "väntar på ärendeansvarig");
}

void print_entry(const Session& session, const json& row, const std::string& number) {
    const std::string line = number + (number.empty() ? "" : "  ") + escaped(name_in(row, "case")) +
                             ", " + escaped(name_in(row, "author")) + ", " +
                             local_time_in(row, "written") + ": " + state_text(session, row);
    print(line + "\n");
    if (!row.value("opened", false))
        print(session.say("    held, cannot be opened here\n",
                          "    hålls kvar, kan inte öppnas här\n"));
    for (const json& piece : row.value("pieces", json::array())) {
        print("    " + escaped(text_in(piece, "type")) + " " + short_id(text_in(piece, "item")) +
              (piece.value("here", false)
                   ? session.say("  (in the case already)", "  (finns redan i ärendet)")
                   : "") +
              "\n");
        for (const json& text : piece.value("texts", json::array()))
            print("      " + escaped(text_in(text, "field")) + ": " +
                  escaped(text_in(text, "text")) + "\n");
    }
}

void print_list(const Session& session, const json& result) {
    const json entries = result.value("escrow", json::array());
    if (entries.empty()) print(session.say("Nothing in escrow.\n", "Inget i deposition.\n"));
    std::size_t number = 0;
    for (const json& row : entries) print_entry(session, row, std::to_string(++number));
}

void print_escrowed(const Session& session, const json& row) {
    print_entry(session, row, "");
    print(session.say("    why: ", "    orsak: ") +
          escaped(text_in(row.value("why", json::object()), "message")) + "\n");
}

void print_released(const Session& session, const json&) {
    print(session.say("Released: it stands in the case under its author's name.\n",
                      "Frisläppt: det står i ärendet under författarens namn.\n"));
}

void print_refused(const Session& session, const json&) {
    print(session.say("Refused: it stays in escrow, and its author is told.\n",
                      "Avvisad: det ligger kvar i deposition och författaren får veta det.\n"));
}

void print_unconfirmed(const Session& session, const json& result) {
    const json rows = result.value("unconfirmed", json::array());
    if (rows.empty())
        print(session.say("Every device has confirmed.\n", "Alla enheter har bekräftat.\n"));
    for (const json& row : rows)
        print(escaped(name_in(row, "user")) + ", " + short_id(text_in(row, "device")) + ": " +
              session.say("not confirmed since ", "inte bekräftat sedan ") +
              local_time_in(row, "since") +
              session.say(", reading locks itself by ", ", läsningen låser sig senast ") +
              local_time_in(row, "lease_ends") +
              (row.value("revoked", false) ? session.say(" (revoked)", " (spärrad)") : "") + "\n");
}

void add_judging(CLI::App& escrow, Session& session) {
    Command{escrow,
            session,
            "release",
            "Writes a change in escrow where it was meant to go, under its author's name.",
            "samsyn escrow release 1"}
        .needs("entry", "entry", "Its number in the list, or the beginning of its id")
        .asks("escrow.release", &print_released);
    Command{escrow,
            session,
            "refuse",
            "Leaves a change in escrow, with a reason.",
            "samsyn escrow refuse 1 --reason \"Hör inte till planen\""}
        .needs("entry", "entry", "Its number in the list, or the beginning of its id")
        .needs("--reason", "reason", "Why")
        .asks("escrow.refuse", &print_refused);
}

}  // namespace

int print_leaving(const Session& session, AgentClient& agent) {
    json mine;
    if (const int code = ask(session, agent, "escrow.mine", json::object(), mine)) return code;
    for (const json& row : mine.value("escrowed", json::array()))
        print(session.say("in escrow: ", "i deposition: ") + escaped(text_in(row, "type")) + " " +
              short_id(text_in(row, "item")) + ", " + escaped(name_in(row, "unit")) + ": " +
              state_text(session, row) + "\n");
    json lease;
    if (const int code = ask(session, agent, "lease", json::object(), lease)) return code;
    if (!lease.value("may_read", true))
        print(session.say("reading is locked: no contact with the server since ",
                          "läsningen är låst: ingen kontakt med servern sedan ") +
              local_time_in(lease, "fresh_at") + "\n");
    else if (const std::string until = local_time_in(lease, "reading_ends"); !until.empty())
        print(session.say("without contact, reading locks itself ",
                          "utan kontakt låser sig läsningen ") +
              until + "\n");
    return exit_ok;
}

void print_knowledge(const Session& session, const json& result) {
    const std::string from = local_time_in(result, "knowledge_from");
    print(session.say("as known on ", "enligt vad enheten visste ") +
          (from.empty()
               ? session.say("this device, before any contact", "före all kontakt med servern")
               : from) +
          "\n");
}

void add_leaving_commands(CLI::App& app, Session& session) {
    CLI::App& escrow =
        group(app, "escrow", "Unsent work on withdrawn items, for a case lead to judge.");
    Command{
        escrow, session, "list", "Lists what is in escrow for you to judge.", "samsyn escrow list"}
        .asks("escrow.list", &print_list);
    Command{escrow, session, "show", "Shows one entry with its text.", "samsyn escrow show 1"}
        .needs("entry", "entry", "Its number in the list, or the beginning of its id")
        .asks("escrow.show", &print_escrowed);
    add_judging(escrow, session);
    Command{app,
            session,
            "unconfirmed",
            "Lists devices that have not confirmed that withdrawn items are gone.",
            "samsyn unconfirmed \"Familjen Alm\""}
        .of_case()
        .asks("unconfirmed", &print_unconfirmed);
}

}  // namespace samsyn
