#include "client-sdk/agent/agent_client.hpp"
#include "client-sdk/cli/show_text.hpp"

namespace samsyn {

using nlohmann::json;

void print_screen(const Session& session, const json& result) {
    const json page = result.value("page", json::object());
    const json items = page.value("items", json::array());
    if (items.empty()) print(escaped(local_in(session, page, "neutral_text")) + "\n");
    for (const json& item : items) {
        print("\n" + escaped(text_in(item, "title")) + "\n");
        for (const json& line : item.value("lines", json::array()))
            print("  " + escaped(line.is_string() ? line.get<std::string>() : "", LineEnds::keep) +
                  "\n");
    }
    const auto pages = page.value("pages", std::size_t{1});
    if (pages > 1)
        print("\n" + text_in(page, "number") + session.say(" of ", " av ") +
              text_in(page, "pages") +
              session.say(": samsyn show page NUMBER\n", ": samsyn show page NUMMER\n"));
}

void print_preview(const Session& session, const json& result) {
    const json preview = result.value("preview", json::object());
    const json gone = preview.value("disappearing", json::array());
    print(session.say("For you alone. The page is neutral until you choose.\n",
                      "Bara för dig. Sidan är neutral tills du väljer.\n"));
    const std::string with = session.say("With ", "Med ") + escaped(text_in(preview, "name")) + " ";
    if (gone.empty()) {
        print(with + session.say("nothing disappears.\n", "försvinner inget.\n"));
    } else if (gone.size() == 1) {
        print(with + session.say("one thing disappears:\n", "försvinner en sak:\n"));
    } else {
        const std::string count = std::to_string(gone.size());
        print(with +
              session.say(count + " things disappear:\n", "försvinner " + count + " saker:\n"));
    }
    for (const json& title : gone)
        print("  " + escaped(shortened(title.is_string() ? title.get<std::string>() : "", 76)) +
              "\n");
}

void print_door(const Session& session, const json& result) {
    print_preview(session, result);
    print(session.say("samsyn show admit | wait | close-first\n",
                      "samsyn show admit | wait | close-first (släpp in, vänta, stäng först)\n"));
}

namespace {

void print_status(const Session& session, const json& result) {
    if (!result.value("showing", false)) {
        print(session.say("Nothing is shown.\n", "Inget visas.\n"));
        return;
    }
    Table table{{session.say("case", "ärende"), name_in(result, "case")}};
    for (const json& each : result.value("present", json::array()))
        table.add({session.say("present", "närvarande"), text_in(each, "name")});
    if (const json at_door = result.value("at_door", json{}); at_door.is_object())
        table.add({session.say("at the door", "vid dörren"), text_in(at_door, "name")});
    table.add({session.say("until", "till"), local_time_in(result, "until")});
    if (result.value("closed", false))
        table.add({session.say("page", "sida"), session.say("closed", "stängd")});
    print(table.to_string());
}

/// Changes what is shown, then shows it: the screen has then dropped what it had.
void add_choice(CLI::App& show,
                Session& session,
                const std::string& name,
                const std::string& operation,
                const std::string& description) {
    Command{show, session, name, description, "samsyn show " + name}.runs(
        [&session, operation](const json& args) {
            auto agent = AgentClient::connect(session.data);
            if (!agent) return show_error(session, agent.error());
            json result;
            if (const int code = ask(session, *agent, operation, args, result)) return code;
            if (const int code = ask(session, *agent, "show.page", json::object(), result))
                return code;
            if (session.json)
                show_json(result);
            else
                print_screen(session, result);
            return exit_ok;
        });
}

/// The options of `samsyn show CASE`, which has subcommands too.
struct Opening {
    std::string case_name;
    std::vector<std::string> with, remote, agents, guests;
    std::int64_t minutes = 120;

    json arguments(const Session& session) const {
        return json::object({{"case", case_name},
                             {"with", with},
                             {"remote", remote},
                             {"agents", agents},
                             {"guests", guests},
                             {"minutes", minutes},
                             {"language", session.say("en", "sv")}});
    }
};

void add_names(CLI::App& app,
               const std::string& option,
               std::vector<std::string>& names,
               const std::string& description) {
    app.add_option(option, names, description)->allow_extra_args(false);
}

CLI::App& add_opening(CLI::App& app, Session& session) {
    CLI::App* show = app.add_subcommand(
        "show", "Shows on this tablet what everybody present may see, without a network.");
    show->footer(
        "Example:\n  samsyn show \"Familjen Alm\" --with \"Eva Alm\" --with \"Karin Berg\"");
    const auto opening = std::make_shared<Opening>();
    show->add_option("case", opening->case_name, case_help);
    add_names(
        *show, "--with", opening->with, "Somebody present: a colleague, or one of the family");
    add_names(*show, "--remote", opening->remote, "Somebody in the call who sees it");
    add_names(*show, "--with-agent", opening->agents, "Somebody with a mandate");
    add_names(*show, "--with-guest", opening->guests, "A guest, as an interpreter");
    show->add_option("--minutes", opening->minutes, "It ends by itself (default 120)");
    show->callback([show, &session, opening] {
        if (!show->get_subcommands().empty()) return;
        if (opening->case_name.empty()) throw CLI::RequiredError{"case"};
        session.command = [&session, opening] {
            return perform(session, "show.open", opening->arguments(session), &print_screen);
        };
    });
    return *show;
}

}  // namespace

void add_show_commands(CLI::App& app, Session& session) {
    CLI::App& show = add_opening(app, session);
    Command{show, session, "page", "Shows the page as it is now.", "samsyn show page 2"}
        .number("number", "number", "Which page")
        .asks("show.page", &print_screen);
    Command{show, session, "status", "Says who is there; for you alone.", "samsyn show status"}
        .asks("show.status", &print_status);
    Command{show,
            session,
            "arrive",
            "Somebody is at the door: the page goes neutral, and you alone are told what would "
            "disappear.",
            "samsyn show arrive \"Karin Berg\""}
        .needs("who", "who", "A colleague, or one of the family")
        .text("--as", "as", "guest, or agent for somebody with a mandate")
        .flag("--remote", "remote", "Joins by a call")
        .asks("show.arrive", &print_door);
    Command{show,
            session,
            "preview",
            "Says once more what would disappear; for you alone.",
            "samsyn show preview"}
        .asks("show.preview", &print_door);
    add_choice(show, session, "admit", "show.admit", "Admits who is at the door.");
    add_choice(show, session, "wait", "show.wait", "Who is at the door waits outside.");
    add_choice(show,
               session,
               "close-first",
               "show.close_first",
               "Closes the page, then admits who is at the door.");
    add_choice(show, session, "close", "show.close", "Closes the page.");
    add_choice(show, session, "reopen", "show.reopen", "Opens the page again.");
    Command{show, session, "leave", "Somebody has left.", "samsyn show leave \"Karin Berg\""}
        .needs("who", "who", "As you named them")
        .asks("show.leave", &print_status);
    Command{show, session, "end", "Ends the showing.", "samsyn show end"}.asks("show.end",
                                                                               &print_status);
}

}  // namespace samsyn
