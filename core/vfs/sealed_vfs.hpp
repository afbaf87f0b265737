#pragma once

#include "core/base/ports.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace samsyn {

struct VfsState;

/// What the caller, who knows, says of the database: whether it is to be there.
enum class DatabaseMode : std::uint8_t {
    create,   ///< nothing is there, or the leftovers of an interrupted creation: discarded
    existing  ///< anything missing is an error, and nothing is ever made anew
};

/// The encrypting VFS of SQLite under one database (security.md, section 3; docs/STORAGE.md).
///
/// Registers itself under a name of its own; a connection opened by that name reads and writes
/// sealed pages of 4096 bytes, of which SQLite must leave 40 reserved. It admits the main database
/// and its write-ahead log, refuses and counts everything else, and keeps a *page table* in two
/// small files beside the database, by which an older page or log that is put back is seen.
///
/// It knows no algorithm: `PageCipher` seals and opens, and must outlive it. Every connection must
/// be closed before it is destroyed. One database, one connection, one thread.
class SealedVfs {
public:
    struct Options {
        DatabaseMode mode = DatabaseMode::existing;

        /// The VFS below, by name: tests put a crashing disk there.
        const char* lower = "unix";

        /// Only for SQLite's own test suite: other kinds of files, page sizes and shared memory
        /// pass to the VFS below in the clear, and there is no page table.
        bool for_sqlite_suite = false;
    };

    /// Errors: `system_failed` where there is no VFS of that name or SQLite does not start.
    static Result<std::unique_ptr<SealedVfs>> make(PageCipher& cipher, const Options& options);

    SealedVfs(const SealedVfs&) = delete;
    SealedVfs& operator=(const SealedVfs&) = delete;
    ~SealedVfs();

    /// For `sqlite3_open_v2` and for checking `SQLITE_FCNTL_VFSNAME`.
    const char* name() const;

    struct Counts {
        std::uint64_t sealed = 0;         ///< pieces: pages, headers, page tables
        std::uint64_t opened = 0;         ///< also those that did not authenticate
        std::uint64_t refused_opens = 0;  ///< files that are neither the database nor its log
    };

    const Counts& counts() const;

    /// Why the last call failed, where SQLite's code does not say it; forgotten when taken.
    /// `malformed`: damaged, older, cut short or foreign; `not_authentic`: the key is another;
    /// `not_found`: the database is missing; `storage_failed`: unusable device or use.
    std::optional<Error> take_failure();

private:
    explicit SealedVfs(std::unique_ptr<VfsState> state);

    std::unique_ptr<VfsState> state_;
};

/// Bytes at the end of each page that SQLite must leave alone (`SQLITE_FCNTL_RESERVE_BYTES`).
inline constexpr int reserved_bytes = static_cast<int>(PageCipher::overhead);
inline constexpr int sealed_page_size = 4096;

}  // namespace samsyn
