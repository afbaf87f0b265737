#pragma once

#include "client-sdk/cli/session.hpp"

#include <CLI/CLI.hpp>

namespace samsyn {

/// Shows the answer of a reading operation, and shows it again whenever it is another, until the
/// person ends it or the agent locks. What is shown leaves the screen with its answer.
int watch(const Session& session,
          std::string_view operation,
          const nlohmann::json& args,
          Printer printer);

/// `samsyn watch COMMAND…`: leaves the command in `session.watched`, to be parsed by `main`.
void add_watch_command(CLI::App& app, Session& session);

}  // namespace samsyn
