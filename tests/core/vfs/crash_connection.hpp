#pragma once

#include "tests/support/crash_disk.hpp"

#include <memory>
#include <string>

struct sqlite3;

namespace samsyn {

/// One SQLite connection over a crash disk, with whatever must outlive it.
class Connection {
public:
    /// `keeps` is released after the connection is closed.
    explicit Connection(sqlite3* handle, std::shared_ptr<void> keeps = {})
        : handle_(handle),
          keeps_(std::move(keeps)) {}

    Connection(Connection&& other) noexcept
        : handle_(std::exchange(other.handle_, nullptr)),
          keeps_(std::move(other.keeps_)) {}

    Connection& operator=(Connection&&) = delete;
    ~Connection();

    sqlite3* handle() const { return handle_; }

    /// Runs statements; SQLite's extended code.
    int run(const std::string& sql);

private:
    sqlite3* handle_;
    std::shared_ptr<void> keeps_;
};

/// Settings that decide when the write-ahead log is copied back, restarted and cut.
struct LogHabits {
    int checkpoint_pages = 20;  ///< `wal_autocheckpoint`
    int size_limit = -1;        ///< `journal_size_limit`
    int cache_pages = 2000;     ///< small ones make transactions spill into the log
    bool shrinks = false;       ///< `auto_vacuum = FULL`: the file is cut at commits
    const char* synchronous = "FULL";
};

/// How a sweep opens its database: the plain SQLite that proves the disk, or the VFS under test.
class Engine {
public:
    enum class Mode : std::uint8_t { create, existing };

    struct Opened {
        std::unique_ptr<Connection> connection;  ///< nothing: see `why`
        std::string why;
    };

    virtual ~Engine() = default;

    /// Opens `name` on that disk in WAL mode, with exclusive locking and these habits, and has read
    /// the schema. Where that fails nothing is left open.
    virtual Opened open(CrashDisk& disk, const LogHabits& habits, Mode mode) = 0;

    /// Where the sweeps keep their database.
    static constexpr const char* name = "device.db";

protected:
    /// Every pragma of a sweep on a fresh connection; "" where all went well.
    static std::string set_up(Connection& connection, const LogHabits& habits, Mode mode);
};

/// SQLite straight on the crash disk.
class PlainEngine final : public Engine {
public:
    Opened open(CrashDisk& disk, const LogHabits& habits, Mode mode) override;
};

}  // namespace samsyn
