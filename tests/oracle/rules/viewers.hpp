#pragma once

#include "tests/oracle/rules/locks.hpp"

namespace oracle {

/// Why the viewer may not be shown what the user may show; empty where it may.
std::string not_for_viewer(const World& world, const Question& question);

/// True where a subject has come of age: whose guardian looks is told that the view has ended.
bool was_guardian_of_grown_up(const World& world, const Question& question);

}  // namespace oracle
