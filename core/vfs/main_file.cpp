#include "core/vfs/sealed_file.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::size_t file_header_size = 100;  // what SQLite reads to learn the geometry

std::int64_t position_of(std::uint64_t page) {
    return static_cast<std::int64_t>(page - 1) * static_cast<std::int64_t>(page_size);
}

PagePlace place_of(std::uint64_t page) {
    return {PageClass::page, 0, page};
}

/// The geometry in a new page 1: 4096 bytes, of which 40 are reserved.
bool has_our_geometry(ByteView page_one) {
    return page_one[16] == std::byte{0x10} && page_one[17] == std::byte{0} &&
           page_one[20] == std::byte{reserved_bytes};
}

/// The database itself: page after page, each sealed at its own place.
class MainFile final : public SealedFile {
public:
    using SealedFile::SealedFile;

    ~MainFile() override {
        vfs_.main_name.clear();
        vfs_.table.reset();
        vfs_.log_is_live = false;
        vfs_.poisoned = false;
    }

    int read(std::span<std::byte> out, std::int64_t offset) override;
    int write(ByteView data, std::int64_t offset) override;
    int truncate(std::int64_t size) override;
    int sync(int flags) override;
    int size(std::int64_t& out) override;
    int control(int operation, void* argument) override;

private:
    int page_count(std::uint64_t& out);
    int read_part(std::uint64_t page, std::size_t within, std::span<std::byte> part);
    int check(std::uint64_t page, const Piece& piece);
    int write_page(std::uint64_t page, ByteView data);
    int fill_holes(std::uint64_t count, std::uint64_t before);
    int pragma(char** arguments);
};

int MainFile::page_count(std::uint64_t& out) {
    if (vfs_.table) {
        out = vfs_.table->page_count();
        return SQLITE_OK;
    }
    std::int64_t bytes = 0;
    const int code = lower_.size(bytes);
    out = static_cast<std::uint64_t>(bytes) / page_size;
    return code;
}

int MainFile::size(std::int64_t& out) {
    std::uint64_t pages = 0;
    const int code = page_count(pages);
    out = position_of(pages + 1);
    return code;
}

int MainFile::read(std::span<std::byte> out, std::int64_t offset) {
    std::uint64_t count = 0;
    if (const int code = page_count(count); code != SQLITE_OK) return code;
    const bool is_header = offset == 0 && out.size() == file_header_size;
    while (!out.empty()) {
        const std::uint64_t page = static_cast<std::uint64_t>(offset) / page_size + 1;
        const std::size_t within = static_cast<std::uint64_t>(offset) % page_size;
        if (page > count) {
            std::ranges::fill(out, std::byte{0});
            return SQLITE_IOERR_SHORT_READ;
        }
        const auto part = out.first(std::min(out.size(), page_size - within));
        const int code = read_part(page, within, part);
        // A torn page 1 is in the log, which is not open yet: SQLite then makes do without.
        if (code == SQLITE_IOERR_DATA && is_header) return SQLITE_OK;
        if (code != SQLITE_OK) return code;
        out = out.subspan(part.size());
        offset += static_cast<std::int64_t>(part.size());
    }
    return SQLITE_OK;
}

int MainFile::read_part(std::uint64_t page, std::size_t within, std::span<std::byte> part) {
    const bool whole = part.size() == page_size;
    const std::span<std::byte> target = whole ? part : std::span<std::byte>{plain_page()};
    const Piece piece = read_page(place_of(page), target, position_of(page));
    const int code = check(page, piece);
    if (code != SQLITE_OK) std::ranges::fill(target, std::byte{0});
    if (whole) return code;
    std::ranges::copy(target.subspan(within, part.size()), part.begin());
    wipe(target);
    return code;
}

int MainFile::check(std::uint64_t page, const Piece& piece) {
    const auto damaged = [&](const char* how) {
        return vfs_.refuse(
            SQLITE_IOERR_DATA, Errc::malformed, "database: page " + std::to_string(page) + how);
    };
    if (piece.code == SQLITE_IOERR_SHORT_READ) return damaged(" is missing");
    if (piece.code != SQLITE_OK) return piece.code;
    if (!piece.authentic) return damaged(" is damaged");
    if (vfs_.table && !vfs_.table->is_newest(page, last_tag()))
        return damaged(" is not the newest");
    return SQLITE_OK;
}

int MainFile::write(ByteView data, std::int64_t offset) {
    if (vfs_.poisoned) return vfs_.refuse_poisoned();
    const std::uint64_t page = static_cast<std::uint64_t>(offset) / page_size + 1;
    const bool whole = data.size() == page_size && offset == position_of(page);
    if (!whole || !reserved_is_zero(data) || (page == 1 && !has_our_geometry(data)))
        return vfs_.refuse(
            SQLITE_IOERR_WRITE, Errc::storage_failed, "database: pages are not as agreed");
    if (page > PageTable::pages_max) return SQLITE_FULL;
    std::uint64_t count = 0;
    if (const int code = page_count(count); code != SQLITE_OK) return code;
    if (const int code = fill_holes(count, page); code != SQLITE_OK) return code;
    return write_page(page, data);
}

int MainFile::write_page(std::uint64_t page, ByteView data) {
    const int code = write_piece(place_of(page), data.first(page_plain), position_of(page));
    if (code == SQLITE_OK && vfs_.table) vfs_.table->put(page, last_tag());
    return code;
}

/// SQLite leaves pages out that it does not need now; what it reads there later must be sealed too.
int MainFile::fill_holes(std::uint64_t count, std::uint64_t before) {
    static constexpr std::array<std::byte, page_size> nothing{};
    for (std::uint64_t page = count + 1; page < before; ++page)
        if (const int code = write_page(page, nothing); code != SQLITE_OK) return code;
    return SQLITE_OK;
}

int MainFile::truncate(std::int64_t size) {
    if (vfs_.poisoned) return vfs_.refuse_poisoned();
    const std::uint64_t pages = static_cast<std::uint64_t>(size) / page_size;
    if (size != position_of(pages + 1) || pages > PageTable::pages_max)
        return vfs_.refuse(
            SQLITE_IOERR_TRUNCATE, Errc::storage_failed, "database: pages are not as agreed");
    std::uint64_t count = 0;
    if (const int code = page_count(count); code != SQLITE_OK) return code;
    if (const int code = fill_holes(count, pages + 1); code != SQLITE_OK) return code;
    if (const int code = lower_.truncate(size); code != SQLITE_OK) return code;
    if (vfs_.table) vfs_.table->shrink(pages);
    return SQLITE_OK;
}

/// SQLite syncs the database when a checkpoint has brought over everything in the log, and only
/// then. With the page table durable, that log counts for nothing any more.
int MainFile::sync(int flags) {
    if (vfs_.poisoned) return vfs_.refuse_poisoned();
    int code = lower_.sync(flags);
    if (code != SQLITE_OK) {
        vfs_.poisoned = true;
        return code;
    }
    if (!vfs_.table) return SQLITE_OK;
    code = vfs_.table->save(vfs_.generation() + (vfs_.log_is_live ? 1 : 0));
    if (code == SQLITE_OK) vfs_.log_is_live = false;
    return code;
}

/// What would change the geometry, or open a file that is refused anyway.
int MainFile::pragma(char** arguments) {
    if (vfs_.options.for_sqlite_suite || arguments[2] == nullptr) return SQLITE_NOTFOUND;
    const auto is = [&](const char* name) { return sqlite3_stricmp(arguments[1], name) == 0; };
    const bool to_wal = sqlite3_stricmp(arguments[2], "wal") == 0;
    const bool new_in_memory =
        vfs_.table->page_count() == 0 && sqlite3_stricmp(arguments[2], "memory") == 0;
    const bool refused = is("page_size") || (is("journal_mode") && !to_wal && !new_in_memory);
    if (!refused) return SQLITE_NOTFOUND;
    arguments[0] = sqlite3_mprintf("not possible in an encrypted database");
    return SQLITE_ERROR;
}

int MainFile::control(int operation, void* argument) {
    switch (operation) {
        case SQLITE_FCNTL_VFSNAME:
            *static_cast<char**>(argument) = sqlite3_mprintf("%s", vfs_.name.c_str());
            return SQLITE_OK;
        case SQLITE_FCNTL_PRAGMA:
            return pragma(static_cast<char**>(argument));
        case SQLITE_FCNTL_SIZE_HINT:   // would leave holes
        case SQLITE_FCNTL_CHUNK_SIZE:  // likewise
            return SQLITE_OK;
        case SQLITE_FCNTL_MMAP_SIZE:
            *static_cast<sqlite3_int64*>(argument) = 0;
            return SQLITE_OK;
        case SQLITE_FCNTL_POWERSAFE_OVERWRITE:
            if (vfs_.options.for_sqlite_suite) return lower_.control(operation, argument);
            *static_cast<int*>(argument) = 1;
            return SQLITE_OK;
        case SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
        case SQLITE_FCNTL_COMMIT_ATOMIC_WRITE:
        case SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE:
            return SQLITE_NOTFOUND;
        default:
            return lower_.control(operation, argument);
    }
}

}  // namespace

std::unique_ptr<SealedFile> make_main_file(VfsState& vfs) {
    return std::make_unique<MainFile>(vfs);
}

}  // namespace samsyn
