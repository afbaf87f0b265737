#pragma once

#include "core/base/ports.hpp"

#include <sqlite3.h>

namespace samsyn::suite {

/// The VFS that SQLite's own tests run on, over `below`: databases of 4096-byte pages with 40
/// reserved bytes, and their logs, go through the production VFS (core/vfs), each with a
/// registration of its own as in production. What it refuses there passes to `below` in the clear:
/// journals, temporary files, databases of another geometry. Registered as `name`; never gone.
///
/// Errors: SQLite's code, where `below` is missing or the registration fails.
int register_clear_or_sealed(PageCipher& cipher,
                             sqlite3_vfs& below,
                             const char* name,
                             bool is_default);

}  // namespace samsyn::suite
