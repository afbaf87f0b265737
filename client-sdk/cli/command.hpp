#pragma once

#include "client-sdk/cli/session.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <memory>

namespace samsyn {

/// What is said of a case wherever one is named.
inline constexpr const char* case_help = "Title, or the beginning of the id";

/// One subcommand that asks the agent for one operation: each option becomes an argument.
///
///     Command{cases, session, "open", "Opens a case.", "samsyn case open \"Familjen Alm\""}
///         .needs("title", "title", "What the family is called")
///         .asks("case.open", &print_opened);
class Command {
public:
    Command(CLI::App& parent,
            Session& session,
            const std::string& name,
            const std::string& description,
            const std::string& example);

    /// `spec` is CLI11's: "name" is positional, "--name" an option. `key`: the argument's name.
    Command& text(const std::string& spec, std::string key, const std::string& description);

    /// A text that must be given.
    Command& needs(const std::string& spec, std::string key, const std::string& description);

    /// The case that the command is about, which must be given.
    Command& of_case();

    Command& texts(const std::string& spec, std::string key, const std::string& description);
    Command& number(const std::string& spec, std::string key, const std::string& description);
    Command& flag(const std::string& spec, std::string key, const std::string& description);

    /// Words like `place=Nora`, together one object. `place=` clears.
    Command& pairs(const std::string& spec, std::string key, const std::string& description);

    /// The option added last must be given.
    Command& required();

    void asks(std::string operation, Printer printer);

    /// Runs `run` with the arguments instead of asking for one operation.
    void runs(std::function<int(const nlohmann::json& args)> run, bool can_be_watched = false);

    /// For subcommands beside what the command itself does: they go first.
    CLI::App& app() { return *app_; }

private:
    enum class Kind { text, texts, number, flag, pairs };

    struct Bound {
        Kind kind;
        std::string key;
        CLI::Option* option;
        std::string text;
        std::vector<std::string> texts;
        std::int64_t number = 0;
        bool flag = false;
    };

    Bound& bind(Kind kind, std::string key);
    static nlohmann::json arguments(const std::vector<std::unique_ptr<Bound>>& all);

    CLI::App* app_;
    Session& session_;
    std::shared_ptr<std::vector<std::unique_ptr<Bound>>> bound_;
};

/// A group of subcommands, one of which must be named.
CLI::App& group(CLI::App& parent, const std::string& name, const std::string& description);

void add_device_commands(CLI::App& app, Session& session);  // agent
void add_lock_commands(CLI::App& app, Session& session);  // unlock, lock, stop, pin, phrase, assist
void add_access_commands(CLI::App& app, Session& session);  // why, access
void add_act_commands(CLI::App& app, Session& session);
void add_attachment_commands(CLI::App& app, Session& session);  // attach, attachments
void add_admin_commands(CLI::App& app, Session& session);
void add_founding_commands(CLI::App& admin, Session& session);
void add_inviting_commands(CLI::App& admin, Session& session);  // invite, accept
void add_enrol_command(CLI::App& app, Session& session);
void add_closing_commands(CLI::App& app, CLI::App& cases, Session& session);
void add_case_commands(CLI::App& app, Session& session);
void add_consent_commands(CLI::App& app, Session& session);

/// Commands about consent forms, in the group `consent`.
void add_form_commands(CLI::App& consents, Session& session);

/// `consent refuse FORM --person …`: the positional is the form there.
int refuse_form(const Session& session, nlohmann::json args);
void add_item_commands(CLI::App& app, Session& session);
void add_plan_show_command(CLI::App& plan, Session& session);
void add_note_commands(CLI::App& app, Session& session);
void add_commitment_commands(CLI::App& app, Session& session);  // commitment, commitments
void add_today_command(CLI::App& app, Session& session);
void add_text_commands(CLI::App& app, Session& session);  // write, read
void add_visit_commands(CLI::App& app, Session& session);
void add_meeting_commands(CLI::App& app, Session& session);  // meeting, meetings
void add_paper_commands(CLI::App& app, Session& session);    // paper, copy
void add_proxy_commands(CLI::App& app, Session& session);
void add_rekey_command(CLI::App& app, Session& session);
void add_consult_commands(CLI::App& app, Session& session);
void add_search_commands(CLI::App& app, Session& session);
void add_show_commands(CLI::App& app, Session& session);
void add_insight_commands(CLI::App& app, Session& session);
void add_fleet_commands(CLI::App& admin, Session& session);  // devices, waiting, confirm, export
void add_confirm_command(CLI::App& app, Session& session);

/// Life after the beginning, in the groups of `samsyn admin`.
void add_unit_life_commands(CLI::App& units, Session& session);
void add_user_life_commands(CLI::App& users, Session& session);
void add_device_life_commands(CLI::App& devices, Session& session);
void add_organisation_life_commands(CLI::App& organisations, Session& session);
void add_leaving_commands(CLI::App& app, Session& session);  // escrow, unconfirmed

/// What went to escrow of this person's, and how old the knowledge is: part of `samsyn status`.
int print_leaving(const Session& session, AgentClient& agent);

/// From when the knowledge is that decisions in `result` rest on.
void print_knowledge(const Session& session, const nlohmann::json& result);

/// Where a result says that it waits for a second person: what that person types.
void print_second_hint(const Session& session, const nlohmann::json& result);

/// Asks the server's log, waits for its answer where there is a network, and shows what `operation`
/// makes of it. Without a network: what was answered before, and this device's own reads.
int ask_log_and_show(const Session& session,
                     const nlohmann::json& question,
                     std::string_view operation,
                     const nlohmann::json& args,
                     Printer print_result);

void add_log_commands(CLI::App& app, Session& session);
void add_recall_commands(CLI::App& app, Session& session);  // recall, move, split, drop, recalls
void add_recovery_commands(CLI::App& app, Session& session);
/// For administrators, which recovery keys are missing or due: part of `samsyn status`.
int print_recovery_due(const Session& session, AgentClient& agent);
void add_admin_recovery_commands(CLI::App& admin, Session& session);
void add_sync_command(CLI::App& app, Session& session);

}  // namespace samsyn
