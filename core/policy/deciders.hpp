#pragma once

#include "core/policy/case_view.hpp"

namespace samsyn::policy {

/// Rule 0: who decides for a subject at `now`. Everyone named must agree; nobody means unknown.
struct Deciders {
    std::vector<PersonId> people;  ///< sorted
    bool came_of_age = false;      ///< a child until now: the guardians' consents have lapsed
};

Deciders who_decides(const PersonId& subject, const CustodyFacts& custody, Instant now);

}  // namespace samsyn::policy
