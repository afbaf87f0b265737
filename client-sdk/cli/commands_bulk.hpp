#pragma once

#include "client-sdk/cli/command.hpp"

namespace samsyn {

/// `admin invite-many FILE.csv --out FOLDER`.
void add_bulk_command(CLI::App& admin, Session& session);

/// `admin accept --file FILE`: each line's answer by itself; one that fails stops no other.
int accept_many(const Session& session, const nlohmann::json& args);

}  // namespace samsyn
