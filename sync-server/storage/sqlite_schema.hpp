#pragma once

#include "core/store/database.hpp"

namespace samsyn {

// Private to sync-server/storage.

/// Brings a database, empty or older, to the schema of this version. Each version is one step and
/// one transaction: what is interrupted goes on where it was. Errors: `newer_format` for a database
/// from the future; `malformed` for one that is not ours; those of the engine.
Result<void> migrate_storage(Database& db);

}  // namespace samsyn
