#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/progress_bar.hpp"

#include <cstdio>

namespace samsyn {

namespace {

using nlohmann::json;

void show_progress(const Session& session, const json& event) {
    if (text_in(event, "event") != "progress") return;
    if (session.json) {
        show_json(event);
        std::fflush(stdout);
    } else {
        show_bar(event.value("done", std::uint64_t{0}), event.value("total", std::uint64_t{0}));
    }
}

/// Ctrl-C ends this process, and with its connection the copy: nothing has changed then.
int run_rekey(const Session& session) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    agent->hear_while_waiting([&session](const json& event) { show_progress(session, event); });
    json result;
    if (const int code = ask(session, *agent, "rekey", json::object(), result)) return code;
    if (session.json)
        show_json(result);
    else
        print(session.say("The database has a new key; rows copied: ",
                          "Databasen har en ny nyckel; rader kopierade: ") +
              text_in(result, "rows") + "\n");
    return exit_ok;
}

}  // namespace

void add_rekey_command(CLI::App& app, Session& session) {
    Command{app,
            session,
            "rekey",
            "Gives the database a new key, by copying it. Ctrl-C stops it and changes nothing.",
            "samsyn rekey"}
        .runs([&session](const json&) { return run_rekey(session); });
}

}  // namespace samsyn
