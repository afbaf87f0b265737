#include "client-sdk/agent/agent.hpp"
#include "client-sdk/cli/command.hpp"

namespace samsyn {

using nlohmann::json;

void add_device_commands(CLI::App& app, Session& session) {
    add_enrol_command(app, session);
    Command{app,
            session,
            "agent",
            "Runs the agent of this folder; other commands start it "
            "themselves.",
            "samsyn agent --data ~/.local/share/samsyn"}
        .runs([&session](const json&) { return run_agent(session.data); });
    Command{app,
            session,
            "agent-child",
            "Runs the part of the agent that holds keys; the agent "
            "starts it itself.",
            "samsyn agent"}
        .runs([&session](const json&) { return run_child(session.data); });
    Command{app,
            session,
            "agent-courier",
            "Runs the part of the agent that waits for orders while locked; the agent starts it "
            "itself.",
            "samsyn agent"}
        .runs([&session](const json&) { return run_courier(session.data); });
}

}  // namespace samsyn
