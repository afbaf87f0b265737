#pragma once

#include "sync-server/app/admin_commands.hpp"
#include "sync-server/app/control_answers.hpp"

namespace samsyn {

/// Asks the server that runs on the folder, or opens the folder and calls `here`.
Fallible<nlohmann::ordered_json> ask_or_open(
    const AdminOptions& options,
    const nlohmann::ordered_json& request,
    const std::function<Fallible<nlohmann::ordered_json>(const AdminPorts&)>& here);

/// From here on SIGTERM, SIGINT and SIGHUP end in good order what asks `tell_progress`: what it has
/// begun is removed. Must be called before any thread is made.
void stop_when_told();
bool is_told_to_stop();

/// How far it is, on standard error where that is a terminal: one line that is written over.
void show_progress(std::string_view what, std::uint64_t done, std::uint64_t total);
void end_progress();

/// The same as a `JobProgress` of this process.
bool tell_progress(std::string_view what, std::uint64_t done, std::uint64_t total);

/// JSON on one line, or a row for each value.
void show_answer(const nlohmann::ordered_json& answer, bool as_json);

}  // namespace samsyn
