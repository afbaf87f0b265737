#include "core/vfs/sqlite_memory.hpp"
#include "tests/support/catch.hpp"

#include <sqlite3.h>

using namespace samsyn;

// A program of its own: it uses SQLite first.
TEST_CASE("make_sqlite_wipe_memory: is an error once SQLite is in use", "[vfs]") {
    REQUIRE(sqlite3_initialize() == SQLITE_OK);
    const auto late = make_sqlite_wipe_memory();
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().code == Errc::system_failed);
    CHECK(make_sqlite_wipe_memory() == late);
}
