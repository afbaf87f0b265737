// The new device's side of an enrolment.

#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/operations_enrol.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/agent/secret_text.hpp"
#include "client-sdk/agent/unlocking.hpp"
#include "client-sdk/cli/enrol_texts.hpp"
#include "client-sdk/cli/new_secrets.hpp"
#include "core/base/system_clock.hpp"
#include "crypto/keys/sodium.hpp"

#include <samsyn/enrolment.hpp>

namespace samsyn {

namespace {

using nlohmann::json;

constexpr std::string_view answer_name = "answer.txt";

std::string fingerprint_of(const Invitation& invitation) {
    return federation_fingerprint(invitation.federation, invitation.root_key, SodiumHasher{});
}

/// Makes the folder a device; returns the answer to the invitation, which is in the folder too.
Result<std::string> enrol(const std::filesystem::path& data,
                          const Invitation& invitation,
                          const NewSecrets& secrets) {
    const DeviceConfig config{.server = invitation.server,
                              .federation = invitation.federation,
                              .root_key = invitation.root_key,
                              .server_key = invitation.server_key,
                              .user = invitation.user,
                              .kind = invitation.kind};
    const Argon2id hash;
    std::string answer;
    const auto reply_with = [&](OpenedDevice& opened) -> Result<void> {
        SodiumRandom random;
        const EnrolmentReply reply = answer_invitation(
            invitation, opened.signing_key(), opened.sealing_key(), random, SodiumHasher{});
        answer = reply.answer;
        const Bytes open = encode_comparison(reply.comparison);
        SAMSYN_TRY(opened.device().put_host_value(comparison_value, open));
        return write_private_file(data / answer_name, answer + "\n");
    };
    SAMSYN_TRY(
        create_device(data,
                      {.config = config, .phrase = secrets.phrase, .pin = secrets.pin.view()},
                      {.hash = hash},
                      reply_with));
    return answer;
}

/// Refused before anybody has chosen a PIN in vain.
Result<Invitation> checked_invitation(const json& args) {
    Invitation invitation = SAMSYN_TRY(invitation_from_text(args["invitation"].get<std::string>()));
    if (invitation.expires <= SystemClock{}.now()) return fail(Errc::timed_out, enrolment_expired);
    const std::string expected = args.value("federation", "");
    if (!expected.empty() && !is_fingerprint(expected, fingerprint_of(invitation)))
        return fail(Errc::wrong_federation, enrolment_foreign);
    return invitation;
}

/// A folder that is a device already: of the invitation's federation, or of another?
Error about_folder(const Session& session, const Invitation& invitation, const Error& error) {
    if (error.code != Errc::already_exists) return error;
    const auto here = read_config(session.data);
    const bool foreign = here && here->device.federation != invitation.federation;
    return foreign ? Error{Errc::wrong_federation, std::string{enrolment_foreign}} : error;
}

void print_next_steps(const Session& session) {
    print(
        session.say("Give this answer to your administrator, who runs\n"
                    "  samsyn admin accept ANSWER\n"
                    "and gives you a short text back. Here, with that text:\n"
                    "  samsyn enrol compare TEXT\n"
                    "It shows six digits: say them to your administrator yourself. Then run "
                    "`samsyn sync` here; from then on the PIN opens this device. It is unlocked "
                    "now. Its data is in ",
                    "Ge svaret till administratören, som kör\n"
                    "  samsyn admin accept SVAR\n"
                    "och ger dig en kort text tillbaka. Här, med den texten:\n"
                    "  samsyn enrol compare TEXT\n"
                    "Den visar sex siffror: säg dem själv till administratören. Kör sedan `samsyn "
                    "sync` här; från och med då öppnar PIN-koden enheten. Den är upplåst nu. Dess "
                    "data ligger i ") +
        escaped(session.data.string()) + "\n");
}

void show_enrolled(const Session& session,
                   const json& args,
                   const Invitation& invitation,
                   const std::string& answer,
                   const NewSecrets& secrets) {
    std::string phrase = secrets.phrase.text();
    if (session.json) {
        json shown = {{"answer", answer},
                      {"folder", session.data.string()},
                      {"phrase", phrase},
                      {"name", invitation.name},
                      {"fingerprint", fingerprint_of(invitation)}};
        show_json(shown);
        wipe_strings(shown);
        wipe_text(phrase);
        return;
    }
    if (args.value("show_phrase", false))
        print(session.say("Phrase, shown once: ", "Fras, visas en gång: ") + phrase + "\n\n");
    wipe_text(phrase);
    print_enrolment_text(session, args, answer);
    print(session.say("For: ", "För: ") + escaped(invitation.name) + "\n");
    print_fingerprint(session, fingerprint_of(invitation));
    print_next_steps(session);
}

int run_enrol(const Session& session, const json& args) {
    if (!args.contains("invitation"))
        return show_error(session, error_to_json({Errc::invalid_argument, "invitation"}));
    const auto invitation = checked_invitation(args);
    if (!invitation) return show_error(session, error_to_json(invitation.error()));
    const auto secrets = choose_secrets(session, args);
    if (!secrets) return show_error(session, error_to_json(secrets.error()));
    const auto answer = enrol(session.data, *invitation, *secrets);
    if (!answer)
        return show_error(session,
                          folder_error(about_folder(session, *invitation, answer.error())));
    Result<void> written;
    if (const std::string file = args.value("answer_file", ""); !file.empty())
        written = write_private_file(file, *answer + "\n");
    if (written) written = write_text_picture(args, *answer);
    const auto unlocked = unlock_new(session, secrets->phrase);
    show_enrolled(session, args, *invitation, *answer, *secrets);
    // The device is made: what failed beside it is said after the answer, which is in the folder.
    if (!written) return show_error(session, error_to_json(written.error()));
    if (!unlocked) return show_error(session, error_to_json(unlocked.error()));
    return exit_ok;
}

void print_code(const Session& session, const json& result) {
    std::string code = text_in(result, "code");
    if (code.size() == 6) code.insert(3, " ");
    print(session.say("Comparison code:  ", "Jämförelsekod:  ") + escaped(code) + "\n");
    print(
        session.say("Say it to your administrator yourself, by voice. Never send it with the "
                    "texts.\n",
                    "Säg den själv till administratören, med din röst. Skicka den aldrig med "
                    "texterna.\n"));
}

}  // namespace

void add_enrol_command(CLI::App& app, Session& session) {
    Command enrol_command{
        app,
        session,
        "enrol",
        "Makes this folder a device: takes an invitation, prints the answer to it.",
        "samsyn enrol samsyn2-invite-... --answer-file answer.txt"};
    enrol_command.text("invitation", "invitation", "The invitation; - reads standard input")
        .text("--federation", "federation", "Go on only where the fingerprint is this one")
        .text("--answer-file", "answer_file", "Write the answer here too");
    add_text_options(enrol_command);
    add_secret_options(enrol_command);
    enrol_command.runs([&session](const json& args) { return run_enrol(session, args); });
    Command{enrol_command.app(),
            session,
            "compare",
            "Shows the six digits by which the administrator knows this device.",
            "samsyn enrol compare samsyn2-reveal-..."}
        .needs("reveal", "reveal", "What `admin accept` printed; - reads standard input")
        .asks("enrol.compare", &print_code);
}

}  // namespace samsyn
