#pragma once

#include "core/vfs/page_table.hpp"
#include "core/vfs/sealed_vfs.hpp"

#include <sqlite3.h>

namespace samsyn {

/// What the registration and its open files share.
struct VfsState {
    PageCipher& cipher;
    sqlite3_vfs* lower;
    SealedVfs::Options options;
    std::string name;
    sqlite3_vfs registration{};
    SealedVfs::Counts counts{};
    std::optional<Error> failure{};

    std::string main_name{};           ///< of the open database; empty: none is open
    std::optional<PageTable> table{};  ///< while a database is open; never for SQLite's suite

    /// The log has a header of the generation after the table's: it may be appended to.
    bool log_is_live = false;

    /// A sync failed: nobody knows what is on the disk. Reading goes on, writing does not.
    bool poisoned = false;

    /// Remembers the reason and gives back the code.
    int refuse(int code, Errc reason, std::string context) {
        failure = Error{reason, std::move(context)};
        return code;
    }

    int refuse_poisoned() {
        return refuse(
            SQLITE_IOERR_FSYNC, Errc::storage_failed, "database: reopen after a failed sync");
    }

    std::uint64_t generation() const { return table ? table->generation() : 0; }

    /// The one place that seals, and the one that opens.
    void seal(const PagePlace& place, ByteView plain, std::span<std::byte> sealed) {
        ++counts.sealed;
        cipher.seal(place, plain, sealed);
    }

    [[nodiscard]] bool open(const PagePlace& place, ByteView sealed, std::span<std::byte> plain) {
        ++counts.opened;
        return cipher.open(place, sealed, plain);
    }
};

inline constexpr std::size_t page_size = sealed_page_size;
inline constexpr std::size_t page_plain = page_size - PageCipher::overhead;

/// The tag of a sealed piece.
inline ByteView tag_of(ByteView sealed) {
    return sealed.last(PageCipher::tag_size);
}

}  // namespace samsyn
