#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/cli/command.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

struct What {
    std::string_view key;
    std::string_view en;
    std::string_view sv;
};

constexpr What whats[] = {
    {"opened", "opened", "öppnade"},
    {"list", "saw in a list", "såg i en lista"},
    {"emergency", "opened in an emergency", "öppnade i en nödsituation"},
    {"printed", "printed", "skrev ut"},
    {"copied", "copied", "kopierade"},
    {"wrote", "wrote or decided", "skrev eller beslutade"},
    {"received", "the device received", "enheten tog emot"},
    {"stopped", "delivery was stopped", "leveransen stoppades"},
    {"refused", "was refused", "nekades"},
    {"gap", "READS ARE MISSING on the device", "LÄSNINGAR SAKNAS på enheten"},
    {"fork", "TWO HISTORIES of the device's reads", "TVÅ HISTORIER av enhetens läsningar"},
    {"wrote_file", "attached a file", "bifogade en fil"},
    {"received_file", "the device received a file", "enheten tog emot en fil"},
    {"removed", "the device has removed what was taken back", "enheten har raderat det återtagna"},
    {"reviewed", "looked at this log", "granskade loggen"},
};

std::string what_text(const Session& session, const json& row) {
    std::string key = text_in(row, "what");
    for (const What& what : whats)
        if (what.key == key) return session.say(what.en, what.sv);
    return key;
}

std::string statements_text(const json& row) {
    std::string text;
    for (const json& id : row.value("by", json::array()))
        if (id.is_string())
            text.append(text.empty() ? "" : " ").append(short_id(id.get<std::string>()));
    return text;
}

std::string time_text(const Session& session, const json& row) {
    std::string server = local_time_in(row, "server_time");
    const std::string device = local_time_in(row, "device_time");
    if (server.empty()) return device + session.say(" (not at the server)", " (inte hos servern)");
    if (device.empty() || device == server) return server;
    return device + session.say(" (server ", " (server ") + server + ")";
}

void print_row(const Session& session, const json& row) {
    std::string line = time_text(session, row) + "  " + escaped(name_in(row, "user"));
    if (const std::string unit = name_in(row, "unit"); !unit.empty())
        line.append(", ").append(escaped(unit));
    line.append(": ").append(what_text(session, row));
    for (const json& item : row.value("items", json::array()))
        if (item.is_string()) line.append(" ").append(short_id(item.get<std::string>()));
    print(line + "\n");
    if (row.contains("permitted") && !row.value("permitted", true))
        print(session.say("    not permitted when the server heard of it\n",
                          "    inte tillåtet när servern fick veta det\n"));
    const std::string reason = reason_in(session, row);
    const std::string by = statements_text(row);
    if (!reason.empty())
        print("    " + escaped(reason) + (by.empty() ? "" : " (" + escaped(by) + ")") + "\n");
}

void print_state(const Session& session, const json& result) {
    for (const json& unit : result.value("refused", json::array()))
        print(
            session.say("Not yours to see, or not there: ", "Inte din att se, eller finns inte: ") +
            escaped(name_of(unit)) + "\n");
    if (!result.value("complete", false))
        print(session.say("The server has not answered all of it.\n",
                          "Servern har inte svarat på allt.\n"));
    if (result.value("cut", false))
        print(session.say("There is more: choose a shorter period.\n",
                          "Det finns mer: välj en kortare period.\n"));
}

void print_log(const Session& session, const json& result) {
    for (const json& row : result["rows"]) print_row(session, row);
    for (const json& row : result["own"]) print_row(session, row);
    if (result["rows"].empty() && result["own"].empty())
        print(session.say("Nothing.\n", "Inget.\n"));
    print_state(session, result);
}

void print_sample(const Session& session, const json& result) {
    print(session.say("Drawn by rule:\n", "Utvalda enligt regeln:\n"));
    for (const json& row : result["drawn"]) print_row(session, row);
    print(session.say("To look at in any case:\n", "Ska alltid granskas:\n"));
    for (const json& row : result["targeted"]) print_row(session, row);
    print_state(session, result);
}

void print_extract(const Session& session, const json& result) {
    print(session.say("Who has opened information about this person:\n",
                      "Vilka som har öppnat uppgifter om personen:\n"));
    for (const json& row : result["lines"])
        print("  " + local_time_in(row, "time") + "  " + escaped(name_in(row, "unit")) + ", " +
              escaped(text_in(row, "role")) + ": " + what_text(session, row) + "\n");
    if (result["lines"].empty()) print(session.say("  Nobody.\n", "  Ingen.\n"));
}

void print_evidence(const Session& session, const json& result) {
    for (const json& each : result["evidence"]) {
        print(local_time_in(each, "at") + session.say("  the server's log contradicts itself\n",
                                                      "  serverns logg motsäger sig själv\n"));
        for (const char* const side : {"held", "shown"}) {
            const json& said = each[side];
            print("    " + text_in(said, "size") +
                  session.say(" rows, signed ", " rader, signerat ") + local_time_in(said, "time") +
                  ", " + text_in(said, "root") + "\n");
        }
    }
    if (result["evidence"].empty())
        print(session.say("None: every log that was shown went on from the one before.\n",
                          "Inga: varje logg som visats fortsatte den förra.\n"));
}

void print_verdict(const Session& session, const json& result) {
    print(session.say("signed: ", "signerat: ") + short_id(text_in(result, "statement")) + "\n");
}

}  // namespace

int ask_log_and_show(const Session& session,
                     const json& question,
                     std::string_view operation,
                     const json& args,
                     Printer print_result) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json asked;
    if (const int code = ask(session, *agent, "log.ask", question, asked)) return code;
    const auto synced = agent->call("sync");
    if (!synced) return show_error(session, error_to_json(synced.error()));
    if (!synced->value("ok", false) && !session.json)
        (void)show_error(session, synced->value("error", json::object()));
    return perform(session, operation, args, print_result);
}

namespace {

/// The arguments of the question, apart from those of what is made of its answer.
json only(const json& args, std::initializer_list<const char*> keys) {
    json some = json::object();
    for (const char* const key : keys)
        if (args.contains(key)) some[key] = args[key];
    return some;
}

void add_review_commands(CLI::App& app, Session& session) {
    Command{app,
            session,
            "sample",
            "For a log reviewer: rows of a month to look at, drawn by rule, and those that ask for "
            "it by themselves.",
            "samsyn log sample --month 2026-11 --unit Elevhälsan"}
        .needs("--month", "month", "As 2026-11")
        .texts("--unit", "unit", "Whose information was read (your own units)")
        .runs([&session](const json& args) {
            return ask_log_and_show(session, args, "log.sample", json::object(), &print_sample);
        });
    Command{app,
            session,
            "verdict",
            "For a log reviewer: signs what was found about a person's reads in a case.",
            "samsyn log verdict CASE-ID --unit Elevhälsan --user \"Per Ek\" --outcome in_order"}
        .needs("case", "case", "The case's id, as the sample shows it")
        .needs("--unit", "unit", "Whose information was read")
        .needs("--user", "user", "Who read")
        .needs("--outcome", "outcome", "in_order, to_look_into or unfounded_read")
        .text("--text", "text", "Why; stays on this device")
        .runs([&session](const json& args) {
            return ask_log_and_show(
                session, only(args, {"case", "unit"}), "log.verdict", args, &print_verdict);
        });
}

}  // namespace

void add_log_commands(CLI::App& app, Session& session) {
    Command command{app,
                    session,
                    "log",
                    "Shows who has read your units' information in a case: who, when and why, from "
                    "the server's log, each row proved.",
                    "samsyn log \"Familjen Alm\" --from 2026-11-01"};
    command.text("case", "case", case_help)
        .texts("--unit", "unit", "Whose information was read (your own units)")
        .text("--from", "from", "First day, as 2026-11-01")
        .text("--to", "to", "Last day")
        .runs([&session](const json& args) {
            if (!args.contains("case"))
                return show_error(session, Error{Errc::invalid_argument, "case"});
            return ask_log_and_show(session, args, "log.show", json::object(), &print_log);
        });
    CLI::App& log = command.app();
    Command{log,
            session,
            "extract",
            "Answers a family who asks who has read: unit, role and time in plain words.",
            "samsyn log extract \"Familjen Alm\" --subject \"Elin Alm\" --for guardian"}
        .of_case()
        .needs("--subject", "subject", "About whom")
        .text("--for", "for", "subject or guardian: who gets the copy")
        .runs([&session](const json& args) {
            return ask_log_and_show(session,
                                    only(args, {"case"}),
                                    "log.extract",
                                    only(args, {"case", "subject", "for"}),
                                    &print_extract);
        });
    add_review_commands(log, session);
    Command{log,
            session,
            "evidence",
            "Shows what servers have signed about their log that cannot all be true.",
            "samsyn log evidence"}
        .asks("log.evidence", &print_evidence);
}

}  // namespace samsyn
