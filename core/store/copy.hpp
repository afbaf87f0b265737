#pragma once

#include "core/store/database.hpp"
#include "core/store/progress.hpp"

namespace samsyn {

/// Copies a device database, table by table, into a new and empty one: how a database gets another
/// key (docs/STORAGE.md, "Rekey"). Numbers that may not come again (local ids, the counter) go on
/// where they were; the search index is built anew. The target is checked against the source, row
/// counts of every table, and all of it is in the target's file when this returns.
///
/// Memory is bounded whatever the size: some hundred rows make one transaction. `source` must have
/// the schema of this version and is only read. `progress` counts rows, those of the index too.
///
/// Errors: `invalid_argument` where the target holds rows already; `malformed` where the schemas
/// differ or the check fails; what `progress` answers. After an error the target holds a part and
/// is to be thrown away; the source is as it was.
Result<void> copy_into(Database& source, Database& target, const Progress& progress);

}  // namespace samsyn
