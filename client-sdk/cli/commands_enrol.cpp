#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/agent/secret_text.hpp"
#include "client-sdk/agent/unlocking.hpp"
#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/new_secrets.hpp"
#include "core/base/system_clock.hpp"
#include "crypto/keys/sodium.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::string_view answer_name = "answer.txt";

/// Makes the folder a device; returns the answer to the invitation, which is in the folder too.
Result<std::string> enrol(const std::filesystem::path& data,
                          std::string_view text,
                          const NewSecrets& secrets) {
    const Invitation invitation = SAMSYN_TRY(invitation_from_text(text));
    if (invitation.expires <= SystemClock{}.now()) return fail(Errc::timed_out, "invitation");
    const DeviceConfig config{.server = invitation.server,
                              .federation = invitation.federation,
                              .root_key = invitation.root_key,
                              .server_key = invitation.server_key,
                              .user = invitation.user,
                              .kind = invitation.kind};
    const Argon2id hash;
    std::string answer;
    SAMSYN_TRY(create_device(
        data,
        {.config = config, .phrase = secrets.phrase, .pin = secrets.pin.view()},
        {.hash = hash},
        [&](OpenedDevice& opened) {
            answer = make_enrolment_answer(
                invitation, opened.signing_key(), opened.sealing_key(), SodiumHasher{});
            return write_private_file(data / answer_name, answer + "\n");
        }));
    return answer;
}

/// Refused before anybody has chosen a PIN in vain.
Result<void> check_invitation(std::string_view text) {
    const Invitation invitation = SAMSYN_TRY(invitation_from_text(text));
    if (invitation.expires <= SystemClock{}.now()) return fail(Errc::timed_out, "invitation");
    return {};
}

void show_enrolled(const Session& session,
                   const std::string& answer,
                   const NewSecrets& secrets,
                   bool show_phrase) {
    std::string phrase = secrets.phrase.text();
    if (session.json) {
        json shown = {{"answer", answer}, {"folder", session.data.string()}, {"phrase", phrase}};
        show_json(shown);
        wipe_strings(shown);
        wipe_text(phrase);
        return;
    }
    if (show_phrase)
        print(session.say("Phrase, shown once: ", "Fras, visas en gång: ") + phrase + "\n\n");
    wipe_text(phrase);
    print(answer + "\n\n");
    print(
        session.say("Give this answer to your administrator, who runs\n"
                    "  samsyn admin accept ANSWER\n"
                    "Then run `samsyn sync` here; from then on the PIN opens this device. It is "
                    "unlocked now. Its data is in ",
                    "Ge svaret till administratören, som kör\n"
                    "  samsyn admin accept SVAR\n"
                    "Kör sedan `samsyn sync` här; från och med då öppnar PIN-koden enheten. Den är "
                    "upplåst nu. Dess data ligger i ") +
        escaped(session.data.string()) + "\n");
}

int run_enrol(const Session& session, const json& args) {
    const std::string invitation = args["invitation"].get<std::string>();
    if (const auto good = check_invitation(invitation); !good)
        return show_error(session, error_to_json(good.error()));
    const auto secrets = choose_secrets(session, args);
    if (!secrets) return show_error(session, error_to_json(secrets.error()));
    const auto answer = enrol(session.data, invitation, *secrets);
    if (!answer) return show_error(session, folder_error(answer.error()));
    const std::string file = args.value("answer_file", "");
    if (!file.empty()) {
        const auto written = write_private_file(file, *answer + "\n");
        if (!written) return show_error(session, error_to_json(written.error()));
    }
    const auto unlocked = unlock_new(session, secrets->phrase);
    show_enrolled(session, *answer, *secrets, args.value("show_phrase", false));
    if (!unlocked) return show_error(session, error_to_json(unlocked.error()));
    return exit_ok;
}

void print_invitation(const Session& session, const json& result) {
    print(text_in(result, "invitation") + "\n\n");
    print(session.say("For ", "Till ") + escaped(name_in(result, "user")) +
          session.say(", once, until ", ", en gång, till ") + local_time_in(result, "expires") +
          session.say(". On the new device: samsyn enrol INVITATION\n",
                      ". På den nya enheten: samsyn enrol INBJUDAN\n"));
}

void print_accepted(const Session& session, const json& result) {
    print(session.say("Accepted device ", "Godkände enheten ") +
          short_id(text_in(result, "device")) + session.say(" of ", " för ") +
          escaped(name_in(result, "user")) +
          session.say(". Run `samsyn sync` so that others learn of it.\n",
                      ". Kör `samsyn sync` så att andra får veta.\n"));
}

}  // namespace

void add_enrol_command(CLI::App& app, Session& session) {
    Command enrol_command{
        app,
        session,
        "enrol",
        "Makes this folder a device: takes an invitation, prints the answer to it.",
        "samsyn enrol samsyn1-invite-... --answer-file answer.txt"};
    enrol_command.text("invitation", "invitation", "The invitation; - reads standard input")
        .required()
        .text("--answer-file", "answer_file", "Write the answer here too");
    add_secret_options(enrol_command);
    enrol_command.runs([&session](const json& args) { return run_enrol(session, args); });
}

void add_inviting_commands(CLI::App& admin, Session& session) {
    Command{admin,
            session,
            "invite",
            "Makes an invitation for a user's new device.",
            "samsyn admin invite \"Anna Ek\""}
        .text("user", "user", "Name, or the beginning of the id")
        .required()
        .text("--kind", "kind", "staff_tablet (default), loaner, room_screen")
        .number("--hours", "hours", "How long it is good for (default 72, at most 336)")
        .asks("admin.invite", &print_invitation);
    Command{admin,
            session,
            "accept",
            "Accepts a new device by its answer.",
            "samsyn admin accept samsyn1-answer-..."}
        .text("answer", "answer", "The answer; - reads standard input")
        .required()
        .asks("admin.accept", &print_accepted);
}

}  // namespace samsyn
