#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/cli/item_views.hpp"

namespace samsyn {

namespace {

using nlohmann::json;

void print_signed(const Session& session, const json& result) {
    print(session.say("Signed by ", "Signerat av ") + escaped(name_in(result, "user")) + ", " +
          local_time_in(result, "at") + "\n");
    for (const json& field : result["fields"]) {
        print(escaped(local_in(session, field, "title")) + "\n");
        for (const json& value : field["values"])
            print("  " + escaped(local_in(session, value, "shown"), LineEnds::keep) + "\n");
    }
}

void print_signing(const Session& session, const json& result) {
    print_shown(session, result);
    print(session.say("Signed. From now on it takes addenda only.\n",
                      "Signerat. Härefter tar den bara emot tillägg.\n"));
}

/// Without a code: what would be signed, and the code that signs just that.
int show_before_signing(const Session& session, const json& shown) {
    if (session.json) {
        show_json(shown);
        return exit_ok;
    }
    print_shown(session, shown);
    const std::string item = short_id(text_in(shown["item"], "id"));
    const std::string code = text_in(shown, "content").substr(0, code_letters);
    print(session.say("Sign what stands here: ", "Signera det som står här: ") +
          "samsyn note sign " + item + " --code " + code + "\n");
    return exit_ok;
}

int sign_note(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    const json which = json::object({{"item", args["item"]}});
    json shown;
    if (const int code = ask(session, *agent, "item.show", which, shown); code != exit_ok)
        return code;
    const std::string content = text_in(shown, "content");
    if (content.empty())
        return show_error(session, Error{Errc::invalid_argument, "item: is not signed"});
    if (!args.contains("code")) return show_before_signing(session, shown);
    const std::string code = args["code"];
    if (!is_code_of(code, content))
        return show_error(session, Error{Errc::conflict, std::string{changed_since_shown}});
    json result;
    json signing = which;
    signing["content"] = content;
    if (const int failed = ask(session, *agent, "note.sign", signing, result); failed != exit_ok)
        return failed;
    if (session.json)
        show_json(result);
    else
        print_signing(session, result);
    return exit_ok;
}

}  // namespace

void add_note_commands(CLI::App& app, Session& session) {
    CLI::App& notes = group(app, "note", "Writes visit notes, signs them, adds to them.");
    Command add{notes,
                session,
                "add",
                "Writes a visit note.",
                "samsyn note add \"Familjen Alm\" \"Elin sover bättre.\" --about \"Elin Alm\""};
    with_label_and_fields(add.of_case()
                              .needs("text,--text", "text", "The note; - reads standard input")
                              .text("--date", "date", "Day of the visit, as 2026-05-04")
                              .text("--place", "place", "Where")
                              .text("--next-step", "next_step", "What comes next"))
        .asks("note.add", &print_written);
    Command{
        notes,
        session,
        "edit",
        "Opens a note in your own editor ($EDITOR); writes what you save there, each time you do.",
        "samsyn note edit 1a2b3c4d"}
        .needs("item", "item", "The beginning of its id")
        .text("--text", "text", "The whole new text instead of an editor; - reads standard input")
        .text("--append", "append", "One more line at the end, whatever stands there by now")
        .runs([&session](const json& args) { return write_text(session, args); });
    Command{
        notes,
        session,
        "sign",
        "Shows a note or minutes, and signs what was shown: from then on it takes addenda only.",
        "samsyn note sign 1a2b3c4d --code 9f86d081884c7d659a2feaa0c55ad015"}
        .needs("item", "item", "The beginning of its id")
        .text("--code", "code", "Signs: what was shown under this code, and nothing else")
        .runs([&session](const json& args) { return sign_note(session, args); });
    Command{notes,
            session,
            "addendum",
            "Adds to a signed note.",
            "samsyn note addendum 1a2b3c4d \"Det var den 4 maj, inte den 5.\""}
        .needs("item", "item", "The beginning of its id")
        .needs("text,--text", "text", "What is added; - reads standard input")
        .asks("note.addendum", &print_shown);
    Command{notes,
            session,
            "signed",
            "Shows a note as it was when it was signed, whatever was written since.",
            "samsyn note signed 1a2b3c4d"}
        .needs("item", "item", "The beginning of its id")
        .number("--number", "number", "Which signature, as `samsyn open` lists them; the first")
        .asks("note.signed", &print_signed);
}

}  // namespace samsyn
