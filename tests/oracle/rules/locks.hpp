#pragma once

#include "tests/oracle/rules/consents.hpp"

namespace oracle {

/// Rule 1 for a closed label: why it is closed to the requester, who takes part at these places;
/// empty where everything that was said under its id lets the requester pass.
std::string closed_to(const World& world,
                      const Question& question,
                      const std::vector<Place>& places);

/// The reason of a protection mark that keeps this requester out; empty without one.
std::string protected_from(const World& world,
                           const Question& question,
                           const std::vector<Place>& places);

/// A mark tells that the case is hidden from everybody whom it does not name in the own unit: the
/// requester sees it by the youth's consent alone, or not at all.
bool sees_hidden_case_by_consent_only(const World& world, const Question& question);

/// The reason for which no viewer is shown the label: some hard lock bears on it.
std::string locked_for_viewers(const World& world, const Question& question);

/// Rule 3: a statute opens for this requester at this place.
bool is_opened_by_statute(const World& world, const Question& question, const Place& place);

/// The statute that the request names lets consent open this.
bool is_covered_by_direct_access(const World& world, const Question& question, const Place& place);

/// Somebody from outside public service has acknowledged the duty of secrecy.
bool has_acknowledged(const World& world, const Id& user, const Id& unit);

}  // namespace oracle
