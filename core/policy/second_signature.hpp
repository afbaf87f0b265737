#pragma once

#include "core/policy/federation.hpp"

namespace samsyn {

/// The key that has to verify a statement's second signature, for `verify_statement`; null where it
/// has none. Whose second signature a kind wants, its own rule says.
/// Errors: `unknown_device`; `not_permitted` where one person signed twice.
Result<const SigningPublicKey*> second_key(const Statement& statement,
                                           const Federation& federation);

namespace policy {

/// True for a role that no administrator gives alone (two_persons.hpp).
bool is_dangerous(Role role);

}  // namespace policy

}  // namespace samsyn
