#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/cli/item_views.hpp"
#include "client-sdk/cli/own_editor.hpp"

#include <cstdio>

namespace samsyn {

namespace {

using nlohmann::json;

void print_text(const Session&, const json& result) {
    const std::string text = text_in(result, "text");
    print(escaped(text, LineEnds::keep));
    if (!text.ends_with('\n')) print("\n");
}

int tell_written(const Session& session, json written) {
    if (session.json) {
        written["changed"] = true;
        show_json(written);
        return exit_ok;
    }
    print(session.say("Written. What others wrote meanwhile stays.\n",
                      "Skrivet. Det andra skrev under tiden finns kvar.\n"));
    print_named(session, written);
    return exit_ok;
}

/// Writes what was changed, against what the person had in front of them.
int send_text(const Session& session, AgentClient& agent, json args, const json& before) {
    args["before"] = text_in(before, "text");
    args["field"] = text_in(before, "field");
    if (args["text"] == args["before"]) {
        if (session.json)
            show_json(json::object({{"changed", false}}));
        else
            print(
                session.say("Nothing changed. (An editor with a window of its own must be told to "
                            "wait: EDITOR=\"code --wait\".)\n",
                            "Inget ändrat. (En redigerare med eget fönster måste vänta: "
                            "EDITOR=\"code --wait\".)\n"));
        return exit_ok;
    }
    json result;
    if (const int code = ask(session, agent, "text.write", args, result); code != exit_ok)
        return code;
    return tell_written(session, std::move(result));
}

void tell_where(const Session& session, const OwnEditor& editor) {
    const std::string text = session.say(
                                 "What you wrote is kept, until this machine is switched "
                                 "off, in ",
                                 "Det du skrev finns kvar, tills datorn stängs av, i ") +
                             editor.file().string() + "\n";
    (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

/// What is saved in the editor is written at once, so that neither a killed process nor a flat
/// battery takes it. What is refused then is told at the end: the screen is the editor's.
int write_in_editor(const Session& session, AgentClient& agent, json args, json before) {
    auto editor = OwnEditor::open(text_in(before, "text"));
    if (!editor) return show_error(session, editor.error());
    json saved;  // what was last answered
    auto text = editor->run([&](const std::string& draft) {
        json write = args;
        write["text"] = draft;
        write["before"] = text_in(before, "text");
        write["field"] = text_in(before, "field");
        const auto written = agent.call("text.write", write);
        if (!written || !written->value("ok", false)) return;
        before["text"] = draft;
        saved = (*written)["result"];
    });
    if (text && !saved.is_null() && *text == text_in(before, "text")) {
        editor->discard();
        return tell_written(session, std::move(saved));
    }
    int code = exit_failed;
    if (text) {
        args["text"] = *std::move(text);
        code = send_text(session, agent, std::move(args), before);
    } else {
        code = show_error(session, text.error());
    }
    if (code == exit_ok || editor->saved() == text_in(before, "text"))
        editor->discard();  // nothing is in it that is not written
    else                    // locked meanwhile, for example
        tell_where(session, *editor);
    return code;
}

/// The text with one more line at its end.
std::string with_line(std::string text, const std::string& line) {
    if (!text.empty() && !text.ends_with('\n')) text += "\n";
    return text + line + "\n";
}

}  // namespace

int write_text(const Session& session, const json& args) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    json which = args;
    which.erase("text");
    which.erase("append");
    json before;
    if (const int code = ask(session, *agent, "text.read", which, before); code != exit_ok)
        return code;
    if (before.value("locked", false)) {  // before anything is typed
        which["text"] = before["text"];
        json refused;
        return ask(session, *agent, "text.write", which, refused);
    }
    if (args.contains("append")) {
        if (args.contains("text"))
            return show_error(session, Error{Errc::invalid_argument, "append: or text"});
        which["text"] = with_line(text_in(before, "text"), args["append"]);
        return send_text(session, *agent, which, before);
    }
    return args.contains("text") ? send_text(session, *agent, args, before)
                                 : write_in_editor(session, *agent, args, before);
}

void add_text_commands(CLI::App& app, Session& session) {
    Command{app,
            session,
            "write",
            "Opens a text that several write, such as minutes, in your own editor ($EDITOR), and "
            "writes what you change there.",
            "samsyn write 1a2b3c4d"}
        .needs("item", "item", "The beginning of its id")
        .text("--field", "field", "Which text, if the item has several")
        .text("--text", "text", "The whole new text instead of an editor; - reads standard input")
        .text("--append", "append", "One more line at the end, whatever stands there by now")
        .runs([&session](const json& args) { return write_text(session, args); });
    Command{app,
            session,
            "read",
            "Prints a text that several write, such as minutes.",
            "samsyn read 1a2b3c4d"}
        .needs("item", "item", "The beginning of its id")
        .text("--field", "field", "Which text, if the item has several")
        .asks("text.read", &print_text);
}

}  // namespace samsyn
