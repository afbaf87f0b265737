#pragma once

#include "client-sdk/cli/session.hpp"

namespace samsyn {

// How a decision and what it is about read on the terminal.

/// The first reason of a decision, in the person's language.
std::string reason_text(const Session& session, const nlohmann::json& decision);

/// "consent is missing: Per Alm for Elin Alm".
std::string denial_text(const Session& session, const nlohmann::json& decision);

/// "Team Nora · Health · Elin Alm  (3 items)".
void print_compartment(const Session& session, const nlohmann::json& row);

}  // namespace samsyn
