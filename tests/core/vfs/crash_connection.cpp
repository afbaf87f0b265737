#include "tests/core/vfs/crash_connection.hpp"

#include <sqlite3.h>

namespace samsyn {

Connection::~Connection() {
    if (handle_ != nullptr) SAMSYN_ASSERT(sqlite3_close(handle_) == SQLITE_OK);
}

int Connection::run(const std::string& sql) {
    return sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
}

std::string Engine::set_up(Connection& connection, const LogHabits& habits, Mode mode) {
    std::string sql = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY;";
    if (mode == Mode::create)
        sql += habits.shrinks ? "PRAGMA auto_vacuum = FULL;" : "PRAGMA auto_vacuum = NONE;";
    sql += "PRAGMA journal_mode = WAL; PRAGMA synchronous = ";
    sql += habits.synchronous;
    sql += "; PRAGMA wal_autocheckpoint = " + std::to_string(habits.checkpoint_pages);
    sql += "; PRAGMA journal_size_limit = " + std::to_string(habits.size_limit);
    sql += "; PRAGMA cache_size = " + std::to_string(habits.cache_pages);
    sql += "; PRAGMA cache_spill = 1; SELECT count(*) FROM sqlite_schema";
    if (connection.run(sql) == SQLITE_OK) return {};
    return std::string{"set up: "} + sqlite3_errmsg(connection.handle());
}

Engine::Opened PlainEngine::open(CrashDisk& disk, const LogHabits& habits, Mode mode) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (mode == Mode::create ? SQLITE_OPEN_CREATE : 0);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name, &handle, flags, disk.vfs_name());
    auto connection = std::make_unique<Connection>(handle);
    if (code != SQLITE_OK) return {nullptr, std::string{"open: "} + sqlite3_errstr(code)};
    if (std::string why = set_up(*connection, habits, mode); !why.empty()) return {nullptr, why};
    return {std::move(connection), {}};
}

}  // namespace samsyn
