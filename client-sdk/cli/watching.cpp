#include "client-sdk/cli/watching.hpp"

#include "client-sdk/agent/agent_client.hpp"
#include "core/base/system_clock.hpp"
#include "core/model/local_date.hpp"

#include <cstdio>
#include <unistd.h>

namespace samsyn {

namespace {

using nlohmann::json;

/// Takes what was shown from the screen: it may be no longer permitted.
void clear_screen() {
    if (::isatty(STDOUT_FILENO) == 1) print("\x1b[H\x1b[2J\x1b[3J");
}

void show_answer(const Session& session, const json& answer, Printer printer) {
    if (session.json) {
        show_json(answer.value("ok", false)
                      ? answer["result"]
                      : json::object({{"error", answer.value("error", json::object())}}));
    } else {
        clear_screen();
        print(to_local_text(SystemClock{}.now()) +
              session.say("  watching, Ctrl-C ends\n\n", "  bevakar, Ctrl-C avslutar\n\n"));
        if (answer.value("ok", false))
            printer(session, answer["result"]);
        else
            show_error(session, answer.value("error", json::object()));
    }
    (void)std::fflush(stdout);
}

}  // namespace

int watch(const Session& session, std::string_view operation, const json& args, Printer printer) {
    auto agent = AgentClient::connect(session.data);
    if (!agent) return show_error(session, agent.error());
    const auto opened = agent->call("live", {{"op", operation}, {"args", args}});
    if (!opened) return show_error(session, opened.error());
    if (!opened->value("ok", false))
        return show_error(session, opened->value("error", json::object()));
    for (;;) {
        const auto event = agent->next_event();
        if (!event) {  // locked, or stopped
            if (!session.json) clear_screen();
            return show_error(session, event.error());
        }
        if (text_in(*event, "event") == "live")
            show_answer(session, event->value("answer", json::object()), printer);
    }
}

bool take_watch(std::vector<char*>& words) {
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "--data" || word == "--lang") {
            ++i;
        } else if (!word.starts_with('-')) {
            const bool watches =
                word == "watch" && !std::string_view{words[i + 1]}.starts_with('-');
            if (watches) words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
            return watches;
        }
    }
    return false;
}

void add_watch_command(CLI::App& app) {
    CLI::App* const command =
        app.add_subcommand("watch", "Shows what another command shows, again whenever it changes.");
    command->footer("Example:\n  samsyn watch list \"Familjen Alm\"");
    command->callback([] { throw CLI::RequiredError{"COMMAND"}; });
}

}  // namespace samsyn
