#pragma once

#include "tests/oracle/rules/consents.hpp"

namespace oracle {

/// Rule 1 for a closed label: is the requester, at this place, among those whom it is closed to?
bool is_in_closed_circle(const World& world, const Question& question, const Place& place);

/// The reason of a protection mark that keeps this requester out; empty without one.
std::string protected_from(const World& world, const Question& question);

/// Rule 3: a statute opens for this requester at this place.
bool is_opened_by_statute(const World& world, const Question& question, const Place& place);

/// Somebody from outside public service has acknowledged the duty of secrecy.
bool has_acknowledged(const World& world, const Id& user, const Id& unit);

}  // namespace oracle
