#pragma once

#include "core/base/ports.hpp"
#include "core/policy/statement.hpp"

#include <map>

namespace samsyn {

/// Keys by the ids that are their hashes: whoever says so, none can stand under another's id. What
/// each of them may say, the federation decides.
using SigningKeys = std::map<DeviceId, SigningPublicKey>;

/// Adds the keys that a statement of the federation log brings.
void collect_signing_keys(const StatementBody& body, const Hasher& hasher, SigningKeys& keys);

}  // namespace samsyn
