// The administrator's side of an enrolment: one device.

#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/private_file.hpp"
#include "client-sdk/cli/commands_bulk.hpp"
#include "client-sdk/cli/enrol_texts.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

/// Whose it is to be: a person or a room.
std::string bearer(const json& result) {
    return escaped(result.contains("room") ? text_in(result, "room") : name_in(result, "user"));
}

json without(json args, std::initializer_list<const char*> keys) {
    for (const char* const key : keys) args.erase(key);
    return args;
}

/// Asks, and writes the picture of `text_key` before anything is shown.
int ask_and_hand_over(const Session& session,
                      const json& args,
                      const char* operation,
                      const char* text_key,
                      void (*show)(const Session&, const json& args, const json& result)) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json result;
    if (const int code = ask(session, *agent, operation, without(args, {"png", "qr"}), result))
        return code;
    if (session.json)
        show_json(result);
    else
        show(session, args, result);
    if (!result.contains(text_key)) return exit_ok;
    const auto written = write_text_picture(args, text_in(result, text_key));
    return written ? exit_ok : show_error(session, error_to_json(written.error()));
}

void show_invitation(const Session& session, const json& args, const json& result) {
    print_enrolment_text(session, args, text_in(result, "invitation"));
    print(session.say("For ", "Till ") + bearer(result) + " (" +
          kind_text(session, text_in(result, "kind")) +
          session.say("), once, until ", "), en gång, till ") + local_time_in(result, "expires") +
          ".\n");
    if (!text_in(result, "until").empty())
        print(session.say("The device itself ends ", "Själva enheten upphör ") +
              local_time_in(result, "until") + ".\n");
    print_fingerprint(session, text_in(result, "fingerprint"));
    print(session.say("On the new device: samsyn enrol INVITATION\n",
                      "På den nya enheten: samsyn enrol INBJUDAN\n"));
}

void show_revealed(const Session& session, const json& args, const json& result) {
    print_enrolment_text(session, args, text_in(result, "reveal"));
    print(
        session.say("On the new device of ", "På den nya enheten för ") + bearer(result) +
        session.say(": samsyn enrol compare TEXT\n"
                    "It shows six digits. Have them said to you, by voice, by the person whom you "
                    "know; then:\n  samsyn admin accept ANSWER --code DIGITS\n",
                    ": samsyn enrol compare TEXT\n"
                    "Den visar sex siffror. Låt personen som du känner säga dem till dig, med sin "
                    "röst; sedan:\n  samsyn admin accept SVAR --code SIFFROR\n"));
}

void show_accepted(const Session& session, const json& result) {
    print(session.say("Accepted device ", "Godkände enheten ") +
          short_id(text_in(result, "device")) + session.say(" of ", " för ") + bearer(result) +
          session.say(". Run `samsyn sync` so that others learn of it.\n",
                      ". Kör `samsyn sync` så att andra får veta.\n"));
    if (result.value("waits", false))
        print(
            session.say("It is a further device: it counts when a second person has confirmed it "
                        "(`samsyn admin waiting`).\n",
                        "Det är ytterligare en enhet: den gäller när en andra person har bekräftat "
                        "den (`samsyn admin waiting`).\n"));
}

void show_answered(const Session& session, const json& args, const json& result) {
    if (result.contains("device"))
        show_accepted(session, result);
    else
        show_revealed(session, args, result);
}

void add_invite_command(CLI::App& admin, Session& session) {
    Command command{
        admin,
        session,
        "invite",
        "Makes an invitation for a person's new device, or for the screen of a room.",
        "samsyn admin invite \"Anna Ek\"\n"
        "  samsyn admin invite \"Anna Ek\" --kind loaner --until 2026-12-18\n"
        "  samsyn admin invite --room \"Rum Björken\" --unit \"Nora/Familjesamverkan\""};
    command.text("user", "user", "The person: name, or the beginning of the id")
        .text("--room", "room", "For a room's screen instead: what the room is called")
        .text("--unit", "unit", "Whose room it is")
        .text("--kind", "kind", "staff_tablet (default) or loaner; a room has a room_screen")
        .text("--until", "until", "The device's last day, as 2026-12-18; a loaner needs one")
        .number(
            "--hours", "hours", "How long the invitation is good for (default 72, at most 336)");
    add_text_options(command);
    command.runs([&session](const json& args) {
        return ask_and_hand_over(session, args, "admin.invite", "invitation", &show_invitation);
    });
}

void add_accept_command(CLI::App& admin, Session& session) {
    Command command{admin,
                    session,
                    "accept",
                    "Takes a new device's answer; with its code, lets the device in.",
                    "samsyn admin accept samsyn2-answer-...\n"
                    "  samsyn admin accept samsyn2-answer-... --code 314159\n"
                    "  samsyn admin accept --file answers.txt"};
    command.text("answer", "answer", "The answer; - reads standard input")
        .text("--code", "code", "The six digits that the new device shows")
        .text("--file", "file", "Many answers: one a line, each followed by its code or not yet")
        .text("--out", "out", "With --file: write what each device is to compare to this file");
    add_text_options(command);
    command.runs([&session](const json& args) {
        if (args.contains("file")) return accept_many(session, args);
        if (!args.contains("answer"))
            return show_error(session, error_to_json({Errc::invalid_argument, "answer"}));
        return ask_and_hand_over(
            session, without(args, {"out"}), "admin.accept", "reveal", &show_answered);
    });
}

}  // namespace

void add_inviting_commands(CLI::App& admin, Session& session) {
    add_invite_command(admin, session);
    add_bulk_command(admin, session);
    add_accept_command(admin, session);
}

}  // namespace samsyn
