#pragma once

#include "sync-server/app/config_read.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>

namespace samsyn {

/// One subcommand with the options that stand for keys of the configuration. For `main` alone:
/// CLI11 is known to the command line and nowhere else. Stays where it is: CLI11 calls it.
class ConfiguredCommand {
public:
    ConfiguredCommand(CLI::App& app,
                      const char* name,
                      const char* sentence,
                      const char* data_help = "The folder that init makes.")
        : command_(*app.add_subcommand(name, sentence)) {
        command_.add_option("--config", file_, "The configuration file.");
        key("--data", "data", "server", data_help);
        key("--database-key",
            "key",
            "database",
            "The file with the key of the database (default: database.key in the folder). Kept on "
            "another disk, it makes a stolen one unreadable.");
    }

    ConfiguredCommand(const ConfiguredCommand&) = delete;
    ConfiguredCommand& operator=(const ConfiguredCommand&) = delete;

    CLI::App& command() { return command_; }

    const CLI::App& command() const { return command_; }

    /// An option that overrides a key; its value is judged as one of the environment.
    void key(const char* option, const char* name, const char* section, const char* sentence) {
        command_.add_option_function<std::string>(
            option,
            [this, option, name, section](const std::string& value) {
                options_.push_back({section, name, value, option, 0, true});
            },
            sentence);
    }

    ConfigSources sources() const { return {file_, process_environment(), options_}; }

    /// Where neither a file nor a folder is given it is a usage error: nobody wants a server that
    /// starts on guesses.
    Fallible<void> check_says_where() const {
        const bool says_data = std::ranges::any_of(
            options_, [](const Setting& option) { return option.place == "--data"; });
        if (!file_.empty() || says_data) return {};
        return give_up(ServerExit::usage, "give --config FILE or --data FOLDER.");
    }

    /// The options that name the folder, for another command about it: "--config FILE".
    std::string where() const {
        std::string said;
        const auto add = [&](const std::string& option, const std::string& value) {
            said.append(said.empty() ? "" : " ").append(option).append(" ").append(in_shell(value));
        };
        if (!file_.empty()) add("--config", file_.string());
        for (const Setting& option : options_)
            if (option.place == "--data" || option.place == "--database-key")
                add(option.place, std::get<std::string>(option.value));
        return said;
    }

    Fallible<ServerConfig> config() const {
        SAMSYN_TRY(check_says_where());
        return usable_config(sources());
    }

private:
    /// As a shell takes it for one word.
    static std::string in_shell(const std::string& text) {
        const auto is_plain = [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                   std::string_view{"/._-+,:@%"}.contains(c);
        };
        if (!text.empty() && std::ranges::all_of(text, is_plain)) return text;
        std::string quoted = "'";
        for (const char c : text) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
        return quoted + "'";
    }

    CLI::App& command_;
    std::filesystem::path file_;
    std::vector<Setting> options_;
};

}  // namespace samsyn
