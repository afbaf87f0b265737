#include "tests/core/vfs/sealed_engine.hpp"

#include <sqlite3.h>

namespace samsyn {

Engine::Opened SealedEngine::open(CrashDisk& disk, const LogHabits& habits, Mode mode) {
    const bool creates = mode == Mode::create;
    auto made = SealedVfs::make(cipher_,
                                {.mode = creates ? DatabaseMode::create : DatabaseMode::existing,
                                 .lower = disk.vfs_name()});
    if (!made) return {nullptr, to_string(made.error())};
    const std::shared_ptr<SealedVfs> vfs = *std::move(made);
    const auto refused = [&vfs](const std::string& what) -> Opened {
        const auto reason = vfs->take_failure();
        return {nullptr, what + (reason ? "; " + to_string(*reason) : std::string{})};
    };
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (creates ? SQLITE_OPEN_CREATE : 0);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name, &handle, flags, vfs->name());
    auto connection = std::make_unique<Connection>(handle, vfs);
    if (code != SQLITE_OK) return refused(std::string{"open: "} + sqlite3_errstr(code));
    int reserved = reserved_bytes;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved) != SQLITE_OK)
        return refused("reserved bytes");
    if (creates && connection->run("PRAGMA journal_mode = MEMORY") != SQLITE_OK)
        return refused(std::string{"journal: "} + sqlite3_errmsg(handle));
    if (const std::string why = set_up(*connection, habits, mode); !why.empty())
        return refused(why);
    return {std::move(connection), {}};
}

}  // namespace samsyn
