#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/new_secrets.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

void show_unlocked(const Session& session, const json& result) {
    if (session.json) {
        show_json(result);
        return;
    }
    print(session.say("Unlocked.\n", "Upplåst.\n"));
    const json opened = result.value("opened", json::object());
    if (opened.value("healed", false))
        print(session.say("One of the two copies of the keys was damaged and has been repaired.\n",
                          "En av de två kopiorna av nycklarna var skadad och har lagats.\n"));
    if (opened.value("pin_pending", false))
        print(session.say("The new PIN takes effect at the next `samsyn sync`.\n",
                          "Den nya PIN-koden gäller från nästa `samsyn sync`.\n"));
}

bool has_pin(const json& status) {
    const json slots = status.value("vault", json::object()).value("slots", json::array());
    return std::ranges::find(slots, json("pin")) != slots.end();
}

/// How the person opens it: as asked for, else the PIN where there is one.
Result<std::pair<const char*, SecretText>> secret_for(const Session& session,
                                                      const json& args,
                                                      const json& status) {
    if (args.contains("pin_fd")) {
        SecretText pin = SAMSYN_TRY(read_secret(args["pin_fd"].get<int>()));
        return std::pair{"pin", std::move(pin)};
    }
    if (args.contains("phrase_fd")) {
        SecretText phrase = SAMSYN_TRY(read_secret(args["phrase_fd"].get<int>()));
        return std::pair{"phrase", std::move(phrase)};
    }
    if (args.value("phrase", false) || !has_pin(status)) {
        SecretText phrase = SAMSYN_TRY(
            ask_secret(session.say("Phrase, five words: ", "Fras, fem ord: "), TypedAs::phrase));
        return std::pair{"phrase", std::move(phrase)};
    }
    SecretText pin = SAMSYN_TRY(ask_secret("PIN: ", TypedAs::pin));
    return std::pair{"pin", std::move(pin)};
}

void print_requests(const Session& session, const json& result) {
    for (const json& each : result.value("requests", json::array())) {
        const bool lead = text_in(each, "kind") == "case_lead";
        print(session.say(lead ? "For a case lead of the unit" : "For an administrator",
                          lead ? "Till en ärendeansvarig i enheten" : "Till en administratör") +
              session.say(", number to compare: ", ", nummer att jämföra: ") +
              escaped(text_in(each, "number")) + "\n  samsyn assist answer " +
              escaped(text_in(each, "request")) + "\n\n");
    }
    print(
        session.say("Then here, before this device is switched off:\n  samsyn assist finish "
                    "ANSWER ANSWER\n",
                    "Sedan här, innan enheten stängs av:\n  samsyn assist finish SVAR SVAR\n"));
}

int run_unlock(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    if (args.value("assisted", false))
        return perform(session, "assist.request", json::object(), &print_requests);
    json status;
    if (const int code = ask(session, *agent, "agent.status", json::object(), status)) return code;
    json result;
    if (text_in(status, "state") == "unlocked") {
        show_unlocked(session, {{"locked", false}, {"already", true}});
        return exit_ok;
    }
    const auto secret = secret_for(session, args, status);
    if (!secret) return show_error(session, error_to_json(secret.error()));
    const int code = unlock_with(session, *agent, secret->first, secret->second, result);
    if (code == exit_ok) show_unlocked(session, result);
    return code;
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

void print_lock_after(const Session& session, const json& result) {
    const std::string minutes = text_in(result, "minutes");
    if (minutes == "never")
        print(session.say("It does not lock by itself.\n", "Den låser sig inte själv.\n"));
    else
        print(session.say("It locks by itself after ", "Den låser sig själv efter ") +
              escaped(minutes) +
              session.say(" minutes without use.\n", " minuter utan användning.\n"));
}

int run_lock(const Session& session, const json& args) {
    const std::string after = args.value("after", "");
    if (after.empty()) return run_on_running(session, "lock", session.say("Locked.", "Låst."));
    json minutes = after;
    const bool digits = after.find_first_not_of("0123456789") == std::string::npos;
    if (digits && after.size() <= 4) minutes = static_cast<unsigned>(std::stoul(after));
    return perform(session, "lock.after", {{"minutes", minutes}}, &print_lock_after);
}

void print_pin_changed(const Session& session, const json& result) {
    if (result.value("pin_pending", false))
        print(
            session.say("The new PIN takes effect at the next `samsyn sync`; until then the old "
                        "one opens.\n",
                        "Den nya PIN-koden gäller från nästa `samsyn sync`; till dess öppnar den "
                        "gamla.\n"));
    else
        print(session.say("The PIN has been changed.\n", "PIN-koden har bytts.\n"));
}

/// The agent must be unlocked before anybody types anything.
int check_unlocked(const Session& session, AgentClient& agent) {
    json ignored;
    return ask(session, agent, "ping", json::object(), ignored);
}

int run_pin_change(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    if (const int code = check_unlocked(session, *agent)) return code;
    const auto pin = choose_pin(session, args);
    if (!pin) return show_error(session, error_to_json(pin.error()));
    json wanted = {{"pin", std::string{pin->view()}}};
    json result;
    const int code = ask(session, *agent, "pin.change", wanted, result);
    wipe_strings(wanted);
    if (code != exit_ok) return code;
    if (session.json)
        show_json(result);
    else
        print_pin_changed(session, result);
    return exit_ok;
}

int run_phrase_new(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    if (const int code = check_unlocked(session, *agent)) return code;
    const Phrase phrase = Phrase::random();
    const bool silent = session.json || args.value("show_phrase", false);
    if (!silent)
        if (const auto confirmed = confirm_phrase(session, phrase); !confirmed)
            return show_error(session, error_to_json(confirmed.error()));
    json wanted = {{"phrase", phrase.text()}};
    json result;
    const int code = ask(session, *agent, "phrase.change", wanted, result);
    if (code == exit_ok && session.json) {
        result["phrase"] = wanted["phrase"];
        show_json(result);
    } else if (code == exit_ok) {
        if (silent) print(wanted["phrase"].get<std::string>() + "\n");
        print(session.say("The new phrase opens from now on; the old one no more.\n",
                          "Den nya frasen gäller från nu; den gamla öppnar inte längre.\n"));
    }
    wipe_strings(wanted);
    return code;
}

void print_answer(const Session& session, const json& result) {
    print(session.say("Device of ", "Enhet för ") + escaped(name_in(result, "user")) + "  " +
          short_id(text_in(result, "device")) + "\n");
    if (result.contains("answer"))
        print(session.say("Send this answer back:\n\n", "Skicka tillbaka svaret:\n\n") +
              escaped(text_in(result, "answer")) + "\n");
    else
        print(
            session.say("Number: ", "Nummer: ") + escaped(text_in(result, "number")) +
            session.say("\nTalk to the person, not by the way the request came. If the number is "
                        "the same there, run this again with --number.\n",
                        "\nTala med personen, inte på den väg förfrågan kom. Om numret är detsamma "
                        "där, kör igen med --number.\n"));
}

void print_assisted(const Session& session, const json&) {
    print(
        session.say("Unlocked. Now set a new phrase (`samsyn phrase new`) and a new PIN (`samsyn "
                    "pin change`).\n",
                    "Upplåst. Sätt nu en ny fras (`samsyn phrase new`) och en ny PIN (`samsyn pin "
                    "change`).\n"));
}

void add_assist_commands(CLI::App& app, Session& session) {
    CLI::App& assist =
        group(app, "assist", "Opens a device whose PIN and phrase are lost, by two helpers.");
    Command{assist,
            session,
            "request",
            "On the locked device: makes a request for each helper.",
            "samsyn assist request"}
        .asks("assist.request", &print_requests);
    Command{assist,
            session,
            "answer",
            "On an unlocked device of a case lead or an administrator: helps another device.",
            "samsyn assist answer samsyn1-assist-... --number 12345678"}
        .needs("request", "request", "The request; - reads standard input")
        .text("--number", "number", "The number that the other person reads out")
        .asks("assist.answer", &print_answer);
    Command{assist,
            session,
            "finish",
            "On the locked device: opens it with the answers of both helpers.",
            "samsyn assist finish samsyn1-help-... samsyn1-help-..."}
        .texts("answers", "answers", "The two answers")
        .required()
        .asks("assist.finish", &print_assisted);
}

}  // namespace

void add_lock_commands(CLI::App& app, Session& session) {
    Command{app,
            session,
            "unlock",
            "Unlocks this device by PIN or phrase, starting its agent if needed.",
            "samsyn unlock\n  samsyn unlock --pin-fd 3 3<pin.txt"}
        .number("--pin-fd", "pin_fd", "Read the PIN from this descriptor, one line")
        .number("--phrase-fd", "phrase_fd", "Read the phrase from this descriptor, one line")
        .flag("--phrase", "phrase", "Ask for the phrase, not for the PIN")
        .flag("--assisted", "assisted", "PIN and phrase are lost: as `samsyn assist request`")
        .runs([&session](const json& args) { return run_unlock(session, args); });
    Command{app,
            session,
            "lock",
            "Locks: keys and content leave the memory.",
            "samsyn lock\n  samsyn lock --after 5\n  samsyn lock --after never"}
        .text("--after", "after", "Lock by itself after so many minutes (1 to 720), or never")
        .runs([&session](const json& args) { return run_lock(session, args); });
    Command{app, session, "stop", "Stops the agent of this folder.", "samsyn stop"}.runs(
        [&session](const json&) {
            return run_on_running(session, "agent.stop", session.say("Stopped.", "Stoppad."));
        });
    CLI::App& pin = group(app, "pin", "The PIN of this device.");
    Command{pin,
            session,
            "change",
            "Sets a new PIN on the unlocked device; it takes effect at the next sync.",
            "samsyn pin change"}
        .number("--pin-fd", "pin_fd", "Read the new PIN from this descriptor, one line")
        .runs([&session](const json& args) { return run_pin_change(session, args); });
    CLI::App& phrase = group(app, "phrase", "The phrase of this device.");
    Command{phrase,
            session,
            "new",
            "Draws a new phrase, shows it once, and lets the old one open no more.",
            "samsyn phrase new"}
        .flag("--show-phrase", "show_phrase", "Print it and go on without asking for it")
        .runs([&session](const json& args) { return run_phrase_new(session, args); });
    add_assist_commands(app, session);
}

}  // namespace samsyn
