#include "tests/support/crash_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>

namespace samsyn {

namespace {

using Verdict = CrashDisk::Verdict;

/// What SQLite allocates for a file of ours.
struct OpenFile {
    sqlite3_file base;
    CrashDisk* disk;
    DiskImage::FileId file;
    std::uint64_t boot;
    bool syncs_folder;
};

OpenFile& opened(sqlite3_file* file) {
    return *reinterpret_cast<OpenFile*>(file);
}

CrashDisk& disk_of(sqlite3_vfs* vfs) {
    return *static_cast<CrashDisk*>(vfs->pAppData);
}

/// May the call go on: is the power on, the file of this life, no fault due?
Verdict begin(OpenFile& file) {
    return file.disk->alive(file.boot) ? file.disk->begin_call() : Verdict::fail;
}

bool begins(OpenFile& file) {
    return begin(file) == Verdict::go_on;
}

int close_file(sqlite3_file*) {
    return SQLITE_OK;
}

int read_file(sqlite3_file* base, void* target, int count, sqlite3_int64 offset) {
    OpenFile& file = opened(base);
    if (!begins(file)) return SQLITE_IOERR_READ;
    const FileContent& content = file.disk->image().content(file.file);
    const auto from = static_cast<std::uint64_t>(offset);
    const auto size = static_cast<std::size_t>(count);
    content.read(from, {static_cast<std::byte*>(target), size});
    return from + size <= content.size() ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* base, const void* source, int count, sqlite3_int64 offset) {
    OpenFile& file = opened(base);
    const Verdict start = begin(file);
    if (start == Verdict::fail) return SQLITE_IOERR_WRITE;
    ByteView bytes{static_cast<const std::byte*>(source), static_cast<std::size_t>(count)};
    const auto at = static_cast<std::uint64_t>(offset);
    const Verdict verdict = at + bytes.size() > file.disk->settings().size_max
                                ? Verdict::full
                                : file.disk->begin_write();
    if (verdict == Verdict::fail) return SQLITE_IOERR_WRITE;
    if (verdict == Verdict::full) bytes = bytes.first(bytes.size() / 2);
    file.disk->mutable_image().write(file.file, at, bytes);
    if (!file.disk->changed() || start == Verdict::do_and_fail) return SQLITE_IOERR_WRITE;
    return verdict == Verdict::full ? SQLITE_FULL : SQLITE_OK;
}

int truncate_file(sqlite3_file* base, sqlite3_int64 size) {
    OpenFile& file = opened(base);
    const Verdict start = begin(file);
    if (start == Verdict::fail) return SQLITE_IOERR_TRUNCATE;
    file.disk->mutable_image().truncate(file.file, static_cast<std::uint64_t>(size));
    const bool went_well = file.disk->changed() && start == Verdict::go_on;
    return went_well ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int sync_file(sqlite3_file* base, int) {
    OpenFile& file = opened(base);
    if (!begins(file)) return SQLITE_IOERR_FSYNC;
    if (file.disk->begin_sync(file.file) != Verdict::go_on) return SQLITE_IOERR_FSYNC;
    if (!file.disk->changed()) return SQLITE_IOERR_FSYNC;
    if (file.disk->settings().ignores_syncs) return SQLITE_OK;
    file.disk->mutable_image().sync(file.file);
    if (file.syncs_folder) file.disk->mutable_image().sync_folder();
    file.syncs_folder = false;
    return SQLITE_OK;
}

int file_size(sqlite3_file* base, sqlite3_int64* size) {
    OpenFile& file = opened(base);
    if (!begins(file)) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(file.disk->image().content(file.file).size());
    return SQLITE_OK;
}

int lock_file(sqlite3_file*, int) {
    return SQLITE_OK;
}

int is_reserved(sqlite3_file*, int* out) {
    *out = 0;
    return SQLITE_OK;
}

int file_control(sqlite3_file* base, int what, void* argument) {
    if (what != SQLITE_FCNTL_POWERSAFE_OVERWRITE) return SQLITE_NOTFOUND;
    *static_cast<int*>(argument) = opened(base).disk->settings().powersafe_overwrite ? 1 : 0;
    return SQLITE_OK;
}

int sector_size(sqlite3_file* base) {
    return static_cast<int>(opened(base).disk->settings().sector_size);
}

int characteristics(sqlite3_file* base) {
    return opened(base).disk->settings().powersafe_overwrite ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

constexpr sqlite3_io_methods make_methods() {
    sqlite3_io_methods methods{};
    methods.iVersion = 1;
    methods.xClose = close_file;
    methods.xRead = read_file;
    methods.xWrite = write_file;
    methods.xTruncate = truncate_file;
    methods.xSync = sync_file;
    methods.xFileSize = file_size;
    methods.xLock = lock_file;
    methods.xUnlock = lock_file;
    methods.xCheckReservedLock = is_reserved;
    methods.xFileControl = file_control;
    methods.xSectorSize = sector_size;
    methods.xDeviceCharacteristics = characteristics;
    return methods;
}

constexpr sqlite3_io_methods methods = make_methods();

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* base, int flags, int* out_flags) {
    CrashDisk& disk = disk_of(vfs);
    OpenFile& file = opened(base);
    file = {};
    if (name == nullptr || disk.is_off() || disk.begin_call() != Verdict::go_on)
        return SQLITE_CANTOPEN;
    const bool creates = (flags & SQLITE_OPEN_CREATE) != 0;
    auto found = disk.image().find(name);
    if (found && (flags & SQLITE_OPEN_EXCLUSIVE) != 0) return SQLITE_CANTOPEN;
    if (!found) {
        if (!creates) return SQLITE_CANTOPEN;
        found = disk.mutable_image().create(name);
        if (!disk.changed()) return SQLITE_CANTOPEN;
    }
    constexpr int logs = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    file = {{&methods}, &disk, *found, disk.boot(), creates && (flags & logs) != 0};
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    CrashDisk& disk = disk_of(vfs);
    if (disk.is_off() || disk.begin_call() != Verdict::go_on) return SQLITE_IOERR_DELETE;
    if (!disk.image().find(name)) return SQLITE_IOERR_DELETE_NOENT;
    disk.mutable_image().remove(name);
    if (!disk.changed()) return SQLITE_IOERR_DELETE;
    if (sync_folder != 0 && !disk.settings().ignores_syncs) disk.mutable_image().sync_folder();
    return SQLITE_OK;
}

/// As the unix VFS: an empty file does not exist, where it is asked whether it exists.
int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
    CrashDisk& disk = disk_of(vfs);
    if (disk.is_off() || disk.begin_call() != Verdict::go_on) return SQLITE_IOERR_ACCESS;
    const auto found = disk.image().find(name);
    const bool counts =
        flags != SQLITE_ACCESS_EXISTS || (found && disk.image().content(*found).size() > 0);
    *out = found && counts ? 1 : 0;
    return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int size, char* target) {
    sqlite3_snprintf(size, target, "%s", name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* target) {
    disk_of(vfs).dice().fill(
        {reinterpret_cast<std::byte*>(target), static_cast<std::size_t>(size)});
    return size;
}

int sleep_not(sqlite3_vfs*, int microseconds) {
    return microseconds;
}

int fixed_time(sqlite3_vfs*, double* now) {
    *now = 2460000.5;
    return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) {
    return 0;
}

std::string unique_name() {
    static int number = 0;
    return "crash-disk-" + std::to_string(++number);
}

}  // namespace

CrashDisk::CrashDisk(const Settings& settings)
    : settings_(settings),
      name_(unique_name()),
      vfs_(std::make_unique<sqlite3_vfs>()),
      image_(settings.sector_size) {
    vfs_->iVersion = 1;
    vfs_->szOsFile = sizeof(OpenFile);
    vfs_->mxPathname = 128;
    vfs_->zName = name_.c_str();
    vfs_->pAppData = this;
    vfs_->xOpen = open_file;
    vfs_->xDelete = delete_file;
    vfs_->xAccess = access_file;
    vfs_->xFullPathname = full_name;
    vfs_->xRandomness = randomness;
    vfs_->xSleep = sleep_not;
    vfs_->xCurrentTime = fixed_time;
    vfs_->xGetLastError = last_error;
    SAMSYN_ASSERT(sqlite3_vfs_register(vfs_.get(), 0) == SQLITE_OK);
}

CrashDisk::~CrashDisk() {
    sqlite3_vfs_unregister(vfs_.get());
}

void CrashDisk::mount(DiskImage image) {
    SAMSYN_ASSERT(image.sector_size() == settings_.sector_size);
    image_ = std::move(image);
    ++boot_;
    off_ = struck_ = false;
    cut_ = failing_call_ = full_ = failing_sync_ = never;
}

Verdict CrashDisk::begin_call() {
    if (calls_++ != failing_call_) return Verdict::go_on;
    struck_ = true;
    return failure_ == Failure::done ? Verdict::do_and_fail : Verdict::fail;
}

Verdict CrashDisk::begin_write() {
    if (writes_++ < full_) return Verdict::go_on;
    struck_ = true;
    return Verdict::full;
}

Verdict CrashDisk::begin_sync(DiskImage::FileId file) {
    if (syncs_++ != failing_sync_) return Verdict::go_on;
    struck_ = true;
    if (loss_ == SyncLoss::unsynced_writes) image_.lose_unsynced(file, dice_.roll());
    return Verdict::fail;
}

bool CrashDisk::changed() {
    if (changes_++ == cut_) off_ = struck_ = true;
    if (!off_ && hook_) hook_();
    return !off_;
}

}  // namespace samsyn
