#pragma once

#include "core/store/database.hpp"

namespace samsyn {

/// Brings a database to the schema of this version, in one transaction (docs/STORAGE.md). Errors:
/// `newer_format`; `malformed` where the file holds something that is not ours.
Result<void> migrate(Database& db);

}  // namespace samsyn
