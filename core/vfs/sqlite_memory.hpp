#pragma once

#include "core/base/result.hpp"

namespace samsyn {

/// Makes SQLite overwrite every block of memory before it gives it back: pages, rows and statements
/// of an opened database must not linger in the heap. Once for the whole process, before SQLite's
/// first use; later calls answer what the first one did. Thread-safe.
///
/// Errors: `system_failed` where SQLite was used before: its memory is then as it always was.
Result<void> make_sqlite_wipe_memory();

}  // namespace samsyn
