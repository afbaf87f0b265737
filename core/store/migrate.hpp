#pragma once

#include "core/store/database.hpp"

namespace samsyn {

/// The version of the schema that this program writes.
int schema_of_this_version();

/// Brings a database to the schema of this version (docs/STORAGE.md), and a new one from nothing.
/// Each version is one step and one transaction: what is interrupted goes on from the last whole
/// step when it is called again.
///
/// Errors: `newer_format`; `malformed` where the file holds something that is not ours; in both
/// cases the file stays as it is.
Result<void> migrate(Database& db);

}  // namespace samsyn
