#include "core/vfs/sealed_vfs.hpp"

#include "core/vfs/sealed_file.hpp"

#include <atomic>
#include <new>
#include <string_view>

namespace samsyn {

namespace {

VfsState& state(sqlite3_vfs* vfs) {
    return *static_cast<VfsState*>(vfs->pAppData);
}

sqlite3_vfs* lower(sqlite3_vfs* vfs) {
    return state(vfs).lower;
}

bool is_log(const VfsState& vfs, const char* name) {
    return name != nullptr && !vfs.main_name.empty() && vfs.main_name + "-wal" == name;
}

/// Main database and log only: everything else is where plaintext leaks (security.md, finding 5).
bool is_admitted(const VfsState& vfs, const char* name, int flags) {
    if ((flags & (SQLITE_OPEN_URI | SQLITE_OPEN_DELETEONCLOSE)) != 0) return false;
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return name != nullptr && vfs.main_name.empty();
    return (flags & SQLITE_OPEN_WAL) != 0 && is_log(vfs, name);
}

int open_admitted(VfsState& vfs, const char* name, FileSlot& slot, int flags, int* flags_out) {
    const bool is_main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    auto file = is_main ? make_main_file(vfs) : make_wal_file(vfs);
    const int code = is_main ? open_main(vfs, *file, name, flags, flags_out)
                             : file->lower().open(name, flags, flags_out);
    if (code == SQLITE_OK) install(slot, std::move(file), vfs.options.for_sqlite_suite && is_main);
    return code;
}

int x_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags, int* flags_out) {
    VfsState& ours = state(vfs);
    handle->pMethods = nullptr;
    const bool sealed = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0;
    if (ours.options.for_sqlite_suite && !sealed)
        return lower(vfs)->xOpen(lower(vfs), name, handle, flags, flags_out);
    try {
        if (!ours.options.for_sqlite_suite && !is_admitted(ours, name, flags)) {
            ++ours.counts.refused_opens;
            return ours.refuse(
                SQLITE_CANTOPEN, Errc::storage_failed, "database: a file of this kind is refused");
        }
        return open_admitted(ours, name, *reinterpret_cast<FileSlot*>(handle), flags, flags_out);
    } catch (const std::bad_alloc&) {
        return SQLITE_NOMEM;
    }
}

/// SQLite deletes the log when it closes. Anything else it has not made.
int x_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    if (!state(vfs).options.for_sqlite_suite && !is_log(state(vfs), name))
        return SQLITE_IOERR_DELETE_NOENT;
    return lower(vfs)->xDelete(lower(vfs), name, sync_folder);
}

/// A journal that somebody put there is not seen, so that SQLite does not try to play it back.
int x_access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
    *out = 0;
    if (!state(vfs).options.for_sqlite_suite && !is_log(state(vfs), name)) return SQLITE_OK;
    return lower(vfs)->xAccess(lower(vfs), name, flags, out);
}

int x_full_pathname(sqlite3_vfs* vfs, const char* name, int size, char* out) {
    return lower(vfs)->xFullPathname(lower(vfs), name, size, out);
}

void* x_dl_open(sqlite3_vfs*, const char*) {
    return nullptr;
}

void x_dl_error(sqlite3_vfs*, int size, char* out) {
    sqlite3_snprintf(size, out, "extensions are refused");
}

using Symbol = void (*)(void);

Symbol x_dl_sym(sqlite3_vfs*, void*, const char*) {
    return nullptr;
}

void x_dl_close(sqlite3_vfs*, void*) {}

int x_randomness(sqlite3_vfs* vfs, int size, char* out) {
    return lower(vfs)->xRandomness(lower(vfs), size, out);
}

int x_sleep(sqlite3_vfs* vfs, int microseconds) {
    return lower(vfs)->xSleep(lower(vfs), microseconds);
}

int x_current_time(sqlite3_vfs* vfs, double* out) {
    return lower(vfs)->xCurrentTime(lower(vfs), out);
}

int x_get_last_error(sqlite3_vfs* vfs, int size, char* out) {
    return lower(vfs)->xGetLastError(lower(vfs), size, out);
}

int x_current_time_int64(sqlite3_vfs* vfs, sqlite3_int64* out) {
    if (lower(vfs)->iVersion >= 2 && lower(vfs)->xCurrentTimeInt64 != nullptr)
        return lower(vfs)->xCurrentTimeInt64(lower(vfs), out);
    double days = 0;
    const int code = lower(vfs)->xCurrentTime(lower(vfs), &days);
    *out = static_cast<sqlite3_int64>(days * 86'400'000.0);
    return code;
}

std::string unique_name() {
    static std::atomic<unsigned> made{0};
    return "samsyn-" + std::to_string(++made);
}

void fill(VfsState& vfs) {
    sqlite3_vfs& all = vfs.registration;
    all.iVersion = 2;
    all.szOsFile = std::max(static_cast<int>(sizeof(FileSlot)), vfs.lower->szOsFile);
    all.mxPathname = vfs.lower->mxPathname;
    all.zName = vfs.name.c_str();
    all.pAppData = &vfs;
    all.xOpen = x_open;
    all.xDelete = x_delete;
    all.xAccess = x_access;
    all.xFullPathname = x_full_pathname;
    all.xDlOpen = x_dl_open;
    all.xDlError = x_dl_error;
    all.xDlSym = x_dl_sym;
    all.xDlClose = x_dl_close;
    all.xRandomness = x_randomness;
    all.xSleep = x_sleep;
    all.xCurrentTime = x_current_time;
    all.xGetLastError = x_get_last_error;
    all.xCurrentTimeInt64 = x_current_time_int64;
}

}  // namespace

SealedVfs::SealedVfs(std::unique_ptr<VfsState> state) : state_(std::move(state)) {}

SealedVfs::~SealedVfs() {
    sqlite3_vfs_unregister(&state_->registration);
}

Result<std::unique_ptr<SealedVfs>> SealedVfs::make(PageCipher& cipher, const Options& options) {
    if (sqlite3_initialize() != SQLITE_OK) return fail(Errc::system_failed, "sqlite");
    sqlite3_vfs* const below = sqlite3_vfs_find(options.lower);
    if (below == nullptr) return fail(Errc::system_failed, "no such file system");
    auto state = std::make_unique<VfsState>(cipher, below, options, unique_name());
    fill(*state);
    if (sqlite3_vfs_register(&state->registration, 0) != SQLITE_OK)
        return fail(Errc::system_failed, "sqlite");
    return std::unique_ptr<SealedVfs>{new SealedVfs(std::move(state))};
}

const char* SealedVfs::name() const {
    return state_->name.c_str();
}

const SealedVfs::Counts& SealedVfs::counts() const {
    return state_->counts;
}

std::optional<Error> SealedVfs::take_failure() {
    return std::exchange(state_->failure, std::nullopt);
}

}  // namespace samsyn
