#include "tests/core/vfs/fault_vfs.hpp"

#include "core/vfs/sqlite_memory.hpp"

#include <atomic>

namespace samsyn {

namespace {

struct FaultFile {
    sqlite3_file base;
    FaultVfs* owner;

    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

FaultFile& self(sqlite3_file* file) {
    return *reinterpret_cast<FaultFile*>(file);
}

FaultVfs& self(sqlite3_vfs* vfs) {
    return *static_cast<FaultVfs*>(vfs->pAppData);
}

int x_close(sqlite3_file* file) {
    return self(file).below()->pMethods->xClose(self(file).below());
}

int x_read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
    sqlite3_file* below = self(file).below();
    if (!self(file).owner->fails(Operation::read))
        return below->pMethods->xRead(below, out, size, offset);
    if (self(file).owner->style() == FaultStyle::half_done)
        below->pMethods->xRead(below, out, size / 2, offset);
    return SQLITE_IOERR_READ;
}

int x_write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    sqlite3_file* below = self(file).below();
    if (!self(file).owner->fails(Operation::write))
        return below->pMethods->xWrite(below, data, size, offset);
    const FaultStyle style = self(file).owner->style();
    if (style == FaultStyle::half_done) below->pMethods->xWrite(below, data, size / 2, offset);
    if (style == FaultStyle::done) below->pMethods->xWrite(below, data, size, offset);
    return style == FaultStyle::disk_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int x_truncate(sqlite3_file* file, sqlite3_int64 size) {
    sqlite3_file* below = self(file).below();
    const bool fails = self(file).owner->fails(Operation::truncate);
    const FaultStyle style = self(file).owner->style();
    if (fails && (style == FaultStyle::error || style == FaultStyle::disk_full))
        return SQLITE_IOERR_TRUNCATE;
    const int code = below->pMethods->xTruncate(below, size);
    return fails ? SQLITE_IOERR_TRUNCATE : code;
}

int x_sync(sqlite3_file* file, int flags) {
    sqlite3_file* below = self(file).below();
    if (self(file).owner->fails(Operation::sync)) return SQLITE_IOERR_FSYNC;
    // Nobody cuts the power here, so that waiting for the real disk would prove nothing.
    return self(file).owner->real_syncs ? below->pMethods->xSync(below, flags) : SQLITE_OK;
}

int x_file_size(sqlite3_file* file, sqlite3_int64* size) {
    sqlite3_file* below = self(file).below();
    if (self(file).owner->fails(Operation::size)) return SQLITE_IOERR_FSTAT;
    return below->pMethods->xFileSize(below, size);
}

int x_lock(sqlite3_file* file, int level) {
    sqlite3_file* below = self(file).below();
    if (self(file).owner->fails(Operation::lock)) return SQLITE_IOERR_LOCK;
    return below->pMethods->xLock(below, level);
}

int x_unlock(sqlite3_file* file, int level) {
    sqlite3_file* below = self(file).below();
    return below->pMethods->xUnlock(below, level);
}

int x_check_reserved_lock(sqlite3_file* file, int* out) {
    sqlite3_file* below = self(file).below();
    return below->pMethods->xCheckReservedLock(below, out);
}

int x_file_control(sqlite3_file* file, int operation, void* argument) {
    sqlite3_file* below = self(file).below();
    return below->pMethods->xFileControl(below, operation, argument);
}

int x_sector_size(sqlite3_file* file) {
    sqlite3_file* below = self(file).below();
    return below->pMethods->xSectorSize(below);
}

int x_device_characteristics(sqlite3_file* file) {
    sqlite3_file* below = self(file).below();
    const int flags = below->pMethods->xDeviceCharacteristics(below);
    const FaultVfs& owner = *self(file).owner;
    return (flags | owner.added_characteristics) & ~owner.removed_characteristics;
}

const sqlite3_io_methods methods{1,
                                 x_close,
                                 x_read,
                                 x_write,
                                 x_truncate,
                                 x_sync,
                                 x_file_size,
                                 x_lock,
                                 x_unlock,
                                 x_check_reserved_lock,
                                 x_file_control,
                                 x_sector_size,
                                 x_device_characteristics,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr};

int x_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
    file->pMethods = nullptr;
    FaultVfs& owner = self(vfs);
    if (owner.fails(Operation::open))
        return owner.style() == FaultStyle::disk_full ? SQLITE_FULL : SQLITE_CANTOPEN;
    const int code =
        owner.unix_vfs()->xOpen(owner.unix_vfs(), name, self(file).below(), flags, flags_out);
    if (code != SQLITE_OK) return code;
    self(file).owner = &owner;
    file->pMethods = &methods;
    return code;
}

int x_delete(sqlite3_vfs* vfs, const char* name, int sync) {
    if (self(vfs).fails(Operation::remove)) return SQLITE_IOERR_DELETE;
    return self(vfs).unix_vfs()->xDelete(self(vfs).unix_vfs(), name, sync);
}

int x_access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
    if (self(vfs).fails(Operation::access)) return SQLITE_IOERR_ACCESS;
    return self(vfs).unix_vfs()->xAccess(self(vfs).unix_vfs(), name, flags, out);
}

int x_full_pathname(sqlite3_vfs* vfs, const char* name, int size, char* out) {
    return self(vfs).unix_vfs()->xFullPathname(self(vfs).unix_vfs(), name, size, out);
}

}  // namespace

FaultVfs::FaultVfs()
    : unix_((static_cast<void>(make_sqlite_wipe_memory()), sqlite3_vfs_find("unix"))) {
    static std::atomic<int> made{0};
    name_ = "faulty-" + std::to_string(++made);
    registration_ = *unix_;
    registration_.iVersion = 2;
    registration_.pNext = nullptr;
    registration_.szOsFile = static_cast<int>(sizeof(FaultFile)) + unix_->szOsFile;
    registration_.zName = name_.c_str();
    registration_.pAppData = this;
    registration_.xOpen = x_open;
    registration_.xDelete = x_delete;
    registration_.xAccess = x_access;
    registration_.xFullPathname = x_full_pathname;
    sqlite3_vfs_register(&registration_, 0);
}

FaultVfs::~FaultVfs() {
    sqlite3_vfs_unregister(&registration_);
}

void FaultVfs::fail_after(std::int64_t calls, FaultStyle style, bool forever) {
    any_operation_ = true;
    left_ = calls;
    style_ = style;
    forever_ = forever;
    fired_ = false;
}

void FaultVfs::fail_after(Operation operation, std::int64_t calls, FaultStyle style, bool forever) {
    fail_after(calls, style, forever);
    any_operation_ = false;
    operation_ = operation;
}

void FaultVfs::heal() {
    left_ = -1;
}

bool FaultVfs::fails(Operation operation) {
    if (left_ < 0 || (!any_operation_ && operation != operation_)) return false;
    if (left_ > 0) {
        --left_;
        return false;
    }
    if (!forever_) left_ = -1;
    if (!fired_) fired_on_ = operation;
    fired_ = true;
    return true;
}

}  // namespace samsyn
