#pragma once

#include "client-sdk/agent/operations_call.hpp"

namespace samsyn {

/// May this user put an item into the own unit's record? Errors: `consent_needed`, `not_permitted`.
Result<void> may_copy(Call& call, const ItemView& item);

}  // namespace samsyn
