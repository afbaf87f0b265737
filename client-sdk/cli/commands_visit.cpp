#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/cli/command.hpp"

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

void print_stand_in(const Session& session, const json& result) {
    print(escaped(name_in(result, "user")) + session.say(" stands in for ", " är vikarie för ") +
          escaped(name_in(result, "for")) + session.say(" until ", " till och med ") +
          text_in(result, "until") + ":\n");
    for (const json& one : result["cases"]) {
        const bool added = one.value("added", false);
        std::string says = escaped(name_in(one, "case")) + ", " + escaped(name_in(one, "unit"));
        if (!added) {
            const std::string why = reason_in(session, one["error"]);
            says += ": " + escaped(why.empty() ? text_in(one["error"], "message") : why);
        }
        print_check(added, says);
    }
}

}  // namespace

void add_visit_commands(CLI::App& app, Session& session) {
    Command{group(app, "visit", "Gets home visits ready."),
            session,
            "prepare",
            "Checks that a case, its keys and the unlocking will work without a network.",
            "samsyn visit prepare \"Familjen Alm\""}
        .of_case()
        .runs([&session](const json& args) { return prepare_visit(session, args); });
    Command{app,
            session,
            "stand-in",
            "Lets somebody stand in for a colleague in all their cases that you may change.",
            "samsyn stand-in \"Per Ås\" --for \"Anna Ek\" --until 2026-06-30"}
        .needs("user", "user", "Who stands in")
        .needs("--for", "for", "Who is away")
        .needs("--until", "until", "The last day, as 2026-06-30")
        .asks("participant.stand_in", &print_stand_in);
}

}  // namespace samsyn
