#pragma once

#include "core/vfs/vfs_state.hpp"

#include <algorithm>

namespace samsyn {

/// A file as SQLite sees it, over a sealed one of the VFS below. Calls answer with SQLite's codes.
class SealedFile {
public:
    explicit SealedFile(VfsState& vfs) : vfs_(vfs), lower_(vfs.lower) {}

    SealedFile(const SealedFile&) = delete;
    SealedFile& operator=(const SealedFile&) = delete;

    virtual ~SealedFile() { wipe(plain_); }

    virtual int read(std::span<std::byte> out, std::int64_t offset) = 0;
    virtual int write(ByteView data, std::int64_t offset) = 0;
    virtual int truncate(std::int64_t size) = 0;
    virtual int sync(int flags) = 0;
    virtual int size(std::int64_t& out) = 0;
    virtual int control(int operation, void* argument) = 0;

    LowerFile& lower() { return lower_; }

protected:
    /// What came of reading a sealed piece.
    struct Piece {
        int code = SQLITE_OK;  ///< of the read below; a short one is `SQLITE_IOERR_SHORT_READ`
        bool authentic = false;

        bool good() const { return code == SQLITE_OK && authentic; }
    };

    /// Seals `plain` and writes it; the sealed bytes stay in `sealed_` until the next piece.
    int write_piece(const PagePlace& place, ByteView plain, std::int64_t at) {
        const auto sealed = std::span{sealed_}.first(plain.size() + PageCipher::overhead);
        vfs_.seal(place, plain, sealed);
        return lower_.write(sealed, at);
    }

    /// Reads and opens; `plain` holds zeroes where that failed. As above for `sealed_`.
    Piece read_piece(const PagePlace& place, std::span<std::byte> plain, std::int64_t at) {
        const auto sealed = std::span{sealed_}.first(plain.size() + PageCipher::overhead);
        Piece piece{lower_.read(sealed, at), false};
        if (piece.code == SQLITE_OK) piece.authentic = vfs_.open(place, sealed, plain);
        if (!piece.good()) std::ranges::fill(plain, std::byte{0});
        return piece;
    }

    /// A whole page for SQLite: its reserved bytes read as zero, because SQLite's checksums were
    /// made when they were zero (security.md, section 3, finding 1).
    Piece read_page(const PagePlace& place, std::span<std::byte> page, std::int64_t at) {
        const Piece piece = read_piece(place, page.first(page_plain), at);
        std::ranges::fill(page.subspan(page_plain), std::byte{0});
        return piece;
    }

    /// What is in the reserved bytes of a page is not kept: something there would be lost, and
    /// every checksum over it wrong.
    static bool reserved_is_zero(ByteView page) {
        return std::ranges::all_of(page.subspan(page_plain),
                                   [](std::byte b) { return b == std::byte{0}; });
    }

    std::array<std::byte, page_size>& plain_page() { return plain_; }

    ByteView last_tag() const {
        return ByteView{sealed_}.subspan(page_plain + PageCipher::nonce_size, PageCipher::tag_size);
    }

    VfsState& vfs_;
    LowerFile lower_;

private:
    std::array<std::byte, page_size> sealed_{};
    std::array<std::byte, page_size> plain_{};  ///< for parts of pages; wiped after each use
};

/// What SQLite allocates for an open file of ours.
struct FileSlot {
    sqlite3_file base;
    SealedFile* file;
};

/// Makes `slot` SQLite's handle of `file`.
void install(FileSlot& slot, std::unique_ptr<SealedFile> file, bool with_shared_memory);

/// The opened files of the two kinds that there are.
std::unique_ptr<SealedFile> make_main_file(VfsState& vfs);
std::unique_ptr<SealedFile> make_wal_file(VfsState& vfs);

/// Opens the main database: takes care that nobody else holds it, loads the page table, and says
/// what is wrong where something is.
int open_main(VfsState& vfs, SealedFile& file, const char* name, int flags, int* flags_out);

}  // namespace samsyn
