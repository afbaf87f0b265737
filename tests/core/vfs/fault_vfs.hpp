#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

namespace samsyn {

/// What a call of the file system can be.
enum class Operation : std::uint8_t {
    open,
    remove,
    access,
    read,
    write,
    truncate,
    sync,
    size,
    lock
};

/// How a call fails.
enum class FaultStyle : std::uint8_t {
    error,      ///< nothing was done
    half_done,  ///< half of the bytes were written or read; a sync or truncate was done
    done,       ///< all of it was done, and yet an error comes back
    disk_full,  ///< a write or an open that makes: `SQLITE_FULL`; else as `error`
};

/// A VFS over "unix" whose n-th call fails, once or from then on. For putting below `SealedVfs`.
class FaultVfs {
public:
    FaultVfs();
    FaultVfs(const FaultVfs&) = delete;
    FaultVfs& operator=(const FaultVfs&) = delete;
    ~FaultVfs();

    const char* name() const { return name_.c_str(); }

    /// The call after `calls` more fails; `forever`: every later one too.
    void fail_after(std::int64_t calls, FaultStyle style, bool forever = false);

    /// As above, counting calls of one operation alone.
    void fail_after(Operation operation,
                    std::int64_t calls,
                    FaultStyle style,
                    bool forever = false);
    void heal();

    /// Has the planned fault happened?
    bool fired() const { return fired_; }

    /// The operation that failed, for the message of a test.
    Operation fired_on() const { return fired_on_; }

    bool real_syncs = false;

    /// `SQLITE_IOCAP_...` flags to add to, and take from, those of unix.
    int added_characteristics = 0;
    int removed_characteristics = 0;

    /// For the forwarding functions.
    bool fails(Operation operation);

    FaultStyle style() const { return style_; }

    sqlite3_vfs* unix_vfs() const { return unix_; }

private:
    sqlite3_vfs* unix_;
    std::string name_;
    sqlite3_vfs registration_{};
    std::int64_t left_ = -1;
    bool any_operation_ = true;
    Operation operation_{};
    FaultStyle style_{};
    bool forever_ = false;
    bool fired_ = false;
    Operation fired_on_{};
};

}  // namespace samsyn
