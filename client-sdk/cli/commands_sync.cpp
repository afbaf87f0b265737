#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/cli/command.hpp"

#include <chrono>
#include <cstdio>
#include <future>

namespace samsyn {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

/// What happened during a sync, from the agent's events.
struct Progress {
    std::size_t sent = 0;
    std::size_t received = 0;
    std::size_t refused = 0;

    /// Counts the event; a line about it for the person, empty where there is nothing to say.
    std::string take(const Session& session, const json& event) {
        const std::string kind = text_in(event, "event");
        if (kind == "answered") {
            const std::string outcome = text_in(event, "outcome");
            if (outcome == "stored" || outcome == "duplicate") ++sent;
            if (outcome == "clock_off")
                return session.say("This device's clock is far off; set it right.",
                                   "Enhetens klocka går fel; ställ den rätt.");
            return {};
        }
        if (kind == "changed") {
            ++received;
            return session.say("received changes", "tog emot ändringar");
        }
        if (kind == "refused") {
            ++refused;
            const json error = event.value("error", json::object());
            return session.say("refused: ", "nekades: ") + text_in(error, "message") + " (" +
                   text_in(error, "context") + ")";
        }
        if (kind == "synced") return session.say("synced", "synkad");
        if (kind != "connection") return {};
        const std::string state = text_in(event, "state");
        if (state == "connecting") return session.say("connecting ...", "ansluter ...");
        if (state == "live") return session.say("connected", "uppkopplad");
        if (!event.contains("error")) return {};
        return session.say("offline: ", "frånkopplad: ") +
               local_in(session, event["error"], "hint");
    }
};

/// In JSON a single sync answers with one object; following it answers with one a line.
enum class Events { counted, each };

void show_event(const Session& session, Progress& progress, const json& event, Events events) {
    const std::string line = progress.take(session, event);
    if (session.json && events == Events::each)
        print(escaped_json(event.dump(-1, ' ', false, json::error_handler_t::replace)) + "\n");
    else if (!session.json && !line.empty())
        print(escaped(line) + "\n");
    std::fflush(stdout);
}

int show_summary(const Session& session, AgentClient& agent, const Progress& progress) {
    json status;
    if (const int code = ask(session, agent, "status", json::object(), status)) return code;
    const std::size_t unsent = status.value("unsent_changes", std::size_t{0}) +
                               status.value("unsent_statements", std::size_t{0});
    const std::size_t keys = status.value("waiting_for_key", json::array()).size();
    if (session.json) {
        show_json({{"sent", progress.sent},
                   {"received", progress.received},
                   {"refused", progress.refused},
                   {"waiting", unsent},
                   {"waiting_for_key", keys},
                   {"conflicts", status.value("conflicts", std::size_t{0})}});
        return exit_ok;
    }
    print(session.say("sent ", "skickade ") + std::to_string(progress.sent) +
          session.say(", deliveries received ", ", leveranser mottagna ") +
          std::to_string(progress.received) + session.say(", waiting ", ", väntar ") +
          std::to_string(unsent) + session.say(", waiting for a key ", ", väntar på nyckel ") +
          std::to_string(keys) + session.say(", conflicts ", ", konflikter ") +
          text_in(status, "conflicts") + "\n");
    return exit_ok;
}

/// Two connections: one waits for the answer, the other reads what happens meanwhile.
int run_sync(const Session& session) {
    auto events = AgentClient::connect(session.data);
    if (!events) return show_error(session, events.error());
    json watched;
    if (const int code = ask(session, *events, "watch", json::object(), watched)) return code;
    auto asker = AgentClient::connect(session.data);
    if (!asker) return show_error(session, asker.error());

    auto synced = std::async(std::launch::async, [&] { return asker->call("sync"); });
    Progress progress;
    while (synced.wait_for(0ms) != std::future_status::ready)
        if (const auto event = events->next_event(50ms))
            show_event(session, progress, *event, Events::counted);
        else if (event.error().code != Errc::timed_out)
            break;
    while (const auto event = events->next_event(20ms))
        show_event(session, progress, *event, Events::counted);

    const auto answer = synced.get();
    if (!answer) return show_error(session, error_to_json(answer.error()));
    if (!answer->value("ok", false))
        return show_error(session, answer->value("error", json::object()));
    return show_summary(session, *asker, progress);
}

int run_follow(const Session& session) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json result;
    if (const int code = ask(session, *agent, "watch", json::object(), result)) return code;
    if (const int code = ask(session, *agent, "sync.follow", json::object(), result)) return code;
    Progress progress;
    for (;;) {
        const auto event = agent->next_event();
        if (!event) return show_error(session, error_to_json(event.error()));
        show_event(session, progress, *event, Events::each);
    }
}

}  // namespace

void add_sync_command(CLI::App& app, Session& session) {
    Command{app,
            session,
            "sync",
            "Sends and fetches; with --follow stays connected until stopped.",
            "samsyn sync --follow"}
        .flag("--follow", "follow", "Stay connected, apply changes as they come")
        .runs([&session](const json& args) {
            return args.value("follow", false) ? run_follow(session) : run_sync(session);
        });
}

}  // namespace samsyn
