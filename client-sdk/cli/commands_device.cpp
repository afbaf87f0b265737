#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/cli/command.hpp"
#include "core/base/system_clock.hpp"
#include "crypto/keys/sodium.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

Result<std::string> enrol(const std::filesystem::path& data, std::string_view text) {
    const Invitation invitation = SAMSYN_TRY(invitation_from_text(text));
    if (invitation.expires <= SystemClock{}.now()) return fail(Errc::timed_out, "invitation");

    const SigningKey signing = SigningKey::generate();
    const SealingKey sealing = SealingKey::generate();
    const DeviceConfig config{invitation.server,
                              invitation.federation,
                              invitation.root_key,
                              invitation.server_key,
                              invitation.user,
                              invitation.kind};
    SAMSYN_TRY(create_folder(data, config, signing, sealing));
    return make_enrolment_answer(
        invitation, signing.public_key(), sealing.public_key(), SodiumHasher{});
}

int run_enrol(const Session& session, const json& args) {
    const auto answer = enrol(session.data, args["invitation"].get<std::string>());
    if (!answer) return show_error(session, error_to_json(answer.error()));
    const std::string file = args.value("answer_file", "");
    if (!file.empty()) {
        const auto written = write_private_file(file, *answer + "\n");
        if (!written) return show_error(session, error_to_json(written.error()));
    }
    if (session.json) {
        show_json({{"answer", *answer}, {"folder", session.data.string()}});
        return exit_ok;
    }
    print(*answer + "\n\n");
    print(session.say("Give this answer to your administrator, who runs\n"
                      "  samsyn admin accept ANSWER\n"
                      "Then run `samsyn sync` here. The keys of this device are in ",
                      "Ge svaret till administratören, som kör\n"
                      "  samsyn admin accept SVAR\n"
                      "Kör sedan `samsyn sync` här. Enhetens nycklar ligger i ") +
          escaped(session.data.string()) + "\n");
    return exit_ok;
}

/// Lock and stop reach an agent that runs, and start none.
int run_on_running(const Session& session, std::string_view operation, const std::string& done) {
    auto agent = AgentClient::connect(session.data, {.start_if_needed = false});
    json result = json::object();
    if (agent) {
        if (const int code = ask(session, *agent, operation, json::object(), result)) return code;
    } else if (agent.error().code != Errc::not_found) {
        return show_error(session, agent.error());
    }
    if (session.json)
        show_json(result);
    else
        print(done + "\n");
    return exit_ok;
}

void print_unlocked(const Session& session, const json&) {
    print(session.say("Unlocked.\n", "Upplåst.\n"));
}

}  // namespace

void add_device_commands(CLI::App& app, Session& session) {
    Command{app,
            session,
            "enrol",
            "Makes this folder a device: takes an invitation, prints the "
            "answer to it.",
            "samsyn enrol samsyn1-invite-... --answer-file answer.txt"}
        .text("invitation", "invitation", "The invitation; - reads standard input")
        .required()
        .text("--answer-file", "answer_file", "Write the answer here too")
        .runs([&session](const json& args) { return run_enrol(session, args); });
    Command{app,
            session,
            "unlock",
            "Unlocks the agent of this folder, starting it if needed.",
            "samsyn unlock"}
        .asks("unlock", &print_unlocked);
    Command{app, session, "lock", "Locks: keys and content leave the memory.", "samsyn lock"}.runs(
        [&session](const json&) {
            return run_on_running(session, "lock", session.say("Locked.", "Låst."));
        });
    Command{app, session, "stop", "Stops the agent of this folder.", "samsyn stop"}.runs(
        [&session](const json&) {
            return run_on_running(session, "agent.stop", session.say("Stopped.", "Stoppad."));
        });
    Command{app,
            session,
            "agent",
            "Runs the agent of this folder; other commands start it "
            "themselves.",
            "samsyn agent --data ~/.local/share/samsyn"}
        .runs([&session](const json&) { return run_supervisor(session.data); });
    Command{app,
            session,
            "agent-child",
            "Runs the part of the agent that holds keys; the agent "
            "starts it itself.",
            "samsyn agent"}
        .runs([&session](const json&) { return run_child(session.data); });
}

}  // namespace samsyn
