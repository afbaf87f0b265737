#pragma once

#include "client-sdk/cli/command.hpp"

namespace samsyn {

/// What may be turned towards everybody: nothing of it depends on what is not shown.
void print_screen(const Session& session, const nlohmann::json& result);

/// "With Karin three things disappear: …"; for the presenter's eyes.
void print_preview(const Session& session, const nlohmann::json& result);

/// The same, and what to do now.
void print_door(const Session& session, const nlohmann::json& result);

}  // namespace samsyn
