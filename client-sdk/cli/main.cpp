#include "client-sdk/agent/operations.hpp"
#include "client-sdk/cli/command.hpp"
#include "client-sdk/cli/watching.hpp"
#include "crypto/keys/sodium.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sys/resource.h>
#include <vector>

namespace samsyn {

namespace {

/// A crash must not write keys and notes to the disk.
void forbid_core_dumps() {
    const rlimit none{0, 0};
    (void)::setrlimit(RLIMIT_CORE, &none);  // lowering one's own limit does not fail
}

std::string text_of_environment(const char* name) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no thread yet
    return value == nullptr ? std::string{} : std::string{value};
}

std::filesystem::path usual_data_folder() {
    if (const std::string chosen = text_of_environment("SAMSYN_DATA"); !chosen.empty())
        return chosen;
    if (const std::string shared = text_of_environment("XDG_DATA_HOME"); !shared.empty())
        return std::filesystem::path{shared} / "samsyn";
    return std::filesystem::path{text_of_environment("HOME")} / ".local/share/samsyn";
}

/// As gettext chooses: LC_ALL, LC_MESSAGES, LANG.
std::string usual_language() {
    for (const char* const name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const std::string value = text_of_environment(name); !value.empty())
            return value.starts_with("sv") ? "sv" : "en";
    return "en";
}

int run(int argc, char** argv) {
    forbid_core_dumps();
    Session session;
    std::string data = usual_data_folder().string();
    std::string language = usual_language();

    CLI::App app{
        "Samsyn: one plan around a family, offline first, with consent deciding who reads."};
    app.name("samsyn");
    app.footer("Example:\n  samsyn status\n  samsyn case open --help");
    app.require_subcommand(1);
    app.fallthrough();  // global options may follow the command
    app.add_option("--data", data, "Data folder (or SAMSYN_DATA)")->capture_default_str();
    app.add_flag("--json", session.json, "Answer in JSON, for scripts");
    app.add_option("--lang", language, "sv or en (default: from LANG)")
        ->check(CLI::IsMember({"sv", "en"}));
    add_device_commands(app, session);
    add_lock_commands(app, session);
    add_proxy_commands(app, session);
    add_rekey_command(app, session);
    add_admin_commands(app, session);
    add_case_commands(app, session);
    add_consent_commands(app, session);
    add_today_command(app, session);
    add_item_commands(app, session);
    add_recall_commands(app, session);
    add_note_commands(app, session);
    add_commitment_commands(app, session);
    add_text_commands(app, session);
    add_visit_commands(app, session);
    add_attachment_commands(app, session);
    add_meeting_commands(app, session);
    add_paper_commands(app, session);
    add_consult_commands(app, session);
    add_search_commands(app, session);
    add_show_commands(app, session);
    add_access_commands(app, session);
    add_act_commands(app, session);
    add_insight_commands(app, session);
    add_leaving_commands(app, session);
    add_confirm_command(app, session);
    add_log_commands(app, session);
    add_recovery_commands(app, session);
    add_sync_command(app, session);
    add_watch_command(app);

    try {
        std::vector<char*> words{argv, argv + argc};
        session.watches = take_watch(words);
        app.parse(static_cast<int>(words.size()), words.data());
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? exit_ok : exit_usage;
    }
    session.data = std::filesystem::absolute(data);
    session.language = language == "sv" ? Language::swedish : Language::english;
    if (const auto started = start_sodium(); !started)
        return show_error(session, error_to_json(started.error()));
    if (session.watches && !session.can_be_watched)
        return show_error(session, Error{Errc::invalid_argument, "this command is not watched"});
    return session.command();
}

}  // namespace

}  // namespace samsyn

int main(int argc, char** argv) {
    try {
        return samsyn::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "samsyn: %s\n", error.what());
        return samsyn::exit_failed;
    }
}
