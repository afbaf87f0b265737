#pragma once

#include "client-sdk/cli/session.hpp"

namespace samsyn {

/// A meeting on the terminal: agenda and clock, roster, what was decided and promised.
void print_meeting(const Session& session, const nlohmann::json& result);

/// Meetings to come, one a line.
/// "Here now: Anna Ek, Per Ås", where somebody is.
void print_here(const Session& session, const nlohmann::json& result);

void print_meetings(const Session& session, const nlohmann::json& result);

}  // namespace samsyn
