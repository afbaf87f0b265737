#include "core/vfs/sealed_file.hpp"

#include <cstring>
#include <string_view>

namespace samsyn {

namespace {

/// Held while opening, so that a second opener fails before it reads what the first one writes.
class OpeningLock {
public:
    explicit OpeningLock(LowerFile& file) : file_(file) {}

    OpeningLock(const OpeningLock&) = delete;
    OpeningLock& operator=(const OpeningLock&) = delete;

    ~OpeningLock() { file_.unlock(SQLITE_LOCK_NONE); }

    int take(DatabaseMode mode) {
        int code = file_.lock(SQLITE_LOCK_SHARED);
        if (mode == DatabaseMode::existing) return code;
        if (code == SQLITE_OK) code = file_.lock(SQLITE_LOCK_RESERVED);
        if (code == SQLITE_OK) code = file_.lock(SQLITE_LOCK_EXCLUSIVE);
        return code;
    }

private:
    LowerFile& file_;
};

int remove_file(VfsState& vfs, const std::string& name) {
    const int code = vfs.lower->xDelete(vfs.lower, name.c_str(), 0);
    return code == SQLITE_IOERR_DELETE_NOENT ? SQLITE_OK : code;
}

/// What an interrupted creation left.
int discard(VfsState& vfs, LowerFile& file) {
    if (const int code = file.truncate(0); code != SQLITE_OK) return code;
    if (const int code = remove_file(vfs, vfs.main_name + "-wal"); code != SQLITE_OK) return code;
    return vfs.table->discard();
}

/// Says what a database is that has no page table which opens.
int explain(VfsState& vfs, LowerFile& file, PageTable::Found found) {
    const auto refuse = [&](Errc reason, const char* what) {
        return vfs.refuse(SQLITE_CANTOPEN, reason, std::string{"database: "} + what);
    };
    std::int64_t size = 0;
    if (const int code = file.size(size); code != SQLITE_OK) return code;
    if (size == 0) return refuse(Errc::malformed, "the file is empty");
    constexpr std::string_view plain_magic{"SQLite format 3"};
    std::array<std::byte, page_size> sealed{};
    const int code = file.read(sealed, 0);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
    if (as_text(sealed).starts_with(plain_magic))
        return refuse(Errc::malformed, "the file is not encrypted");
    if (code == SQLITE_IOERR_SHORT_READ)
        return refuse(Errc::malformed, "the file is foreign or cut short");
    std::array<std::byte, page_plain> plain{};
    const bool ours = vfs.open({PageClass::page, 0, 1}, sealed, plain);
    wipe(plain);
    if (!ours && size % static_cast<std::int64_t>(page_size) != 0)
        return refuse(Errc::malformed, "the file is foreign or cut short");
    if (!ours) return refuse(Errc::not_authentic, "the key is another, or the file is foreign");
    return refuse(Errc::malformed,
                  found == PageTable::Found::none ? "its page table is missing"
                                                  : "its page table is damaged");
}

/// A file shorter than its table is the sign of a checkpoint that was cut off while it shrank the
/// database, and then there is a log; or it was cut short.
int check_size(VfsState& vfs, LowerFile& file) {
    std::int64_t size = 0;
    if (const int code = file.size(size); code != SQLITE_OK) return code;
    if (static_cast<std::uint64_t>(size) >= vfs.table->page_count() * page_size) return SQLITE_OK;
    int has_log = 0;
    const std::string log = vfs.main_name + "-wal";
    const int code = vfs.lower->xAccess(vfs.lower, log.c_str(), SQLITE_ACCESS_EXISTS, &has_log);
    if (code != SQLITE_OK || has_log != 0) return code;
    return vfs.refuse(SQLITE_CANTOPEN, Errc::malformed, "database: the file is cut short");
}

int load(VfsState& vfs, LowerFile& file) {
    auto found = PageTable::Found::none;
    if (const int code = vfs.table->load(found); code != SQLITE_OK) return code;
    if (found != PageTable::Found::valid) return explain(vfs, file, found);
    if (vfs.table->page_count() == 0)
        return vfs.refuse(SQLITE_CANTOPEN, Errc::malformed, "database: the file is empty");
    return check_size(vfs, file);
}

}  // namespace

int open_main(VfsState& vfs, SealedFile& file, const char* name, int flags, int* flags_out) {
    const DatabaseMode mode = vfs.options.mode;
    int opened = 0;
    if (mode == DatabaseMode::existing) flags &= ~SQLITE_OPEN_CREATE;
    int code = file.lower().open(name, flags, &opened);
    if (flags_out != nullptr) *flags_out = opened;
    if (vfs.options.for_sqlite_suite || code != SQLITE_OK) {
        int there = 1;
        if (code != SQLITE_OK && mode == DatabaseMode::existing)
            vfs.lower->xAccess(vfs.lower, name, SQLITE_ACCESS_EXISTS, &there);
        if (there == 0) return vfs.refuse(code, Errc::not_found, "database: the file is missing");
        return code;
    }
    if ((opened & SQLITE_OPEN_READONLY) != 0)
        return vfs.refuse(
            SQLITE_CANTOPEN, Errc::storage_failed, "database: the file cannot be written");
    if ((file.lower().characteristics() & SQLITE_IOCAP_POWERSAFE_OVERWRITE) == 0)
        return vfs.refuse(
            SQLITE_CANTOPEN, Errc::storage_failed, "database: the device is not powersafe");
    vfs.main_name = name;
    vfs.table.emplace(vfs, name);
    OpeningLock lock{file.lower()};
    code = lock.take(mode);
    if (code != SQLITE_OK) return code;
    return mode == DatabaseMode::create ? discard(vfs, file.lower()) : load(vfs, file.lower());
}

}  // namespace samsyn
