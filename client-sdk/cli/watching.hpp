#pragma once

#include "client-sdk/cli/session.hpp"

#include <CLI/CLI.hpp>

#include <vector>

namespace samsyn {

/// Shows the answer of a reading operation, and shows it again whenever it is another, until the
/// person ends it or the agent locks. What is shown leaves the screen with its answer.
int watch(const Session& session,
          std::string_view operation,
          const nlohmann::json& args,
          Printer printer);

/// `samsyn [--data FOLDER …] watch COMMAND …`: takes the word out, so that what is left is the
/// command that is watched; false where it is not there.
bool take_watch(std::vector<char*>& words);

/// For the list of commands, and for who names none.
void add_watch_command(CLI::App& app);

}  // namespace samsyn
