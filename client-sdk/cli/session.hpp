#pragma once

#include "client-sdk/agent/hex_id.hpp"
#include "client-sdk/cli/terminal.hpp"
#include "core/base/result.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace samsyn {

class AgentClient;

enum class Language { english, swedish };

// Exit codes of `samsyn`, for scripts.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_unreachable = 3;
inline constexpr int exit_locked = 4;

/// One run of `samsyn`: the global options, and what the chosen command is to do.
struct Session {
    std::filesystem::path data;
    bool json = false;
    Language language = Language::english;
    std::function<int()> command;
    bool watches = false;         ///< shows the command's answer again whenever it is another
    bool can_be_watched = false;  ///< the command asks for one operation

    /// The words in the person's language.
    std::string say(std::string_view en, std::string_view sv) const {
        return std::string{language == Language::swedish ? sv : en};
    }
};

/// Shows the result of an operation to a person.
using Printer = void (*)(const Session& session, const nlohmann::json& result);

/// Asks the agent for one operation and shows its answer; returns the exit code.
int perform(const Session& session,
            std::string_view operation,
            const nlohmann::json& args,
            Printer print);

/// As `perform` on a connection that is there; `result` gets the result.
int ask(const Session& session,
        AgentClient& agent,
        std::string_view operation,
        const nlohmann::json& args,
        nlohmann::json& result);

/// Shows an error, in JSON on stdout or to a person on stderr; returns the exit code.
int show_error(const Session& session, const nlohmann::json& error);
int show_error(const Session& session, const Error& error);
int exit_code_of(std::string_view error_code);

/// Shows a result as one line of JSON; an error is `{"error": …}` instead.
void show_json(const nlohmann::json& result);

/// Writes text that is already escaped.
void print(std::string_view text);

// Reading results: empty text where there is none.
std::string text_in(const nlohmann::json& object, const char* key);

/// An id or a key in hex. Errors: `malformed` naming it.
template <class IdType>
Result<IdType> id_in(const nlohmann::json& object, const char* key) {
    const auto id = id_from_hex<IdType>(text_in(object, key));
    if (!id) return fail(Errc::malformed, key);
    return *id;
}

/// The name in `{"id", "name"}`, else the beginning of the id.
std::string name_in(const nlohmann::json& object, const char* key);
std::string name_of(const nlohmann::json& named);
std::string names_in(const nlohmann::json& object, const char* key);

/// `object[key]`, or its Swedish sibling `key_sv` where the person reads Swedish.
std::string local_in(const Session& session, const nlohmann::json& object, const char* key);

/// Why, in the person's language, where an error says it.
std::string reason_in(const Session& session, const nlohmann::json& error);

/// The beginning of an id: enough to type.
std::string short_id(std::string_view id);

/// An ISO instant by the local clock.
std::string local_time_in(const nlohmann::json& object, const char* key);

}  // namespace samsyn
