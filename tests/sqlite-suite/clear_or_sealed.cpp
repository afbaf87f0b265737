#include "tests/sqlite-suite/clear_or_sealed.hpp"

#include "core/vfs/sealed_vfs.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/xattr.h>
#include <vector>

namespace samsyn::suite {

namespace {

constexpr auto page_size = static_cast<std::size_t>(sealed_page_size);

/// The lower file that the production VFS has just opened in this thread: in the clear we use it
/// ourselves, so that both share its locks.
thread_local sqlite3_file* just_opened = nullptr;

/// What the connections of this process know of one database file.
struct Known {
    enum class Form : std::uint8_t { unknown, sealed, clear };
    Form form = Form::unknown;
};

struct Base {
    PageCipher* cipher = nullptr;
    sqlite3_vfs* below = nullptr;
    sqlite3_vfs recording{};  ///< `below`, and `just_opened` set by each opening
    sqlite3_vfs ours{};
    std::string recording_name;
    std::mutex mutex;
    std::map<std::string, std::weak_ptr<Known>> known;
};

Base& base_of(sqlite3_vfs* vfs) {
    return *static_cast<Base*>(vfs->pAppData);
}

/// One open database or log.
struct Opened {
    std::unique_ptr<SealedVfs> vfs;
    std::shared_ptr<Known> known;
    std::unique_ptr<std::byte[]> memory;
    sqlite3_file* below = nullptr;
    std::string name;
    bool is_main = false;

    sqlite3_file* sealed() const { return reinterpret_cast<sqlite3_file*>(memory.get()); }

    sqlite3_file* now() const { return known->form == Known::Form::clear ? below : sealed(); }
};

struct Handle {
    sqlite3_file base;
    Opened* opened;
};

Opened& opened(sqlite3_file* handle) {
    return *reinterpret_cast<Handle*>(handle)->opened;
}

sqlite3_file* now(sqlite3_file* handle) {
    return opened(handle).now();
}

constexpr const char* mark = "user.samsyn.sealed";

/// After a crash page 1 may be torn and say nothing: so what a file is stands beside it as well.
void note(const Opened& file, Known::Form form) {
    file.known->form = form;
    const char value = form == Known::Form::sealed ? 'y' : form == Known::Form::clear ? 'n' : '?';
    (void)::setxattr(file.name.c_str(), mark, &value, 1, 0);  // without it: as if torn
}

Known::Form noted(const Opened& file) {
    char value = 0;
    if (::getxattr(file.name.c_str(), mark, &value, 1) != 1) return Known::Form::unknown;
    if (value == '?') return Known::Form::unknown;
    return value == 'y' ? Known::Form::sealed : Known::Form::clear;
}

/// What a file is that somebody else may have written: a page 1 in the clear or one that opens says
/// it; else the mark. Where it cannot be read nothing changes.
void look(Opened& file) {
    constexpr std::string_view magic{"SQLite format 3", 16};
    sqlite3_int64 size = 0;
    if (file.below->pMethods->xFileSize(file.below, &size) != SQLITE_OK || size == 0) return;
    std::array<char, page_size> page{};
    int code = file.below->pMethods->xRead(file.below, page.data(), magic.size(), 0);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return;
    Known::Form form = Known::Form::clear;
    if (std::string_view{page.data(), magic.size()} != magic) {
        sqlite3_file* const sealed = file.sealed();
        code = sealed->pMethods->xRead(sealed, page.data(), sealed_page_size, 0);
        const bool too_short = code == SQLITE_IOERR_SHORT_READ && size < sealed_page_size;
        if (code != SQLITE_OK && code != SQLITE_IOERR_DATA && !too_short) return;
        form = code == SQLITE_OK ? Known::Form::sealed : noted(file);
    }
    file.known->form = form == Known::Form::unknown ? Known::Form::clear : form;
}

/// Another connection may have changed what a file is. Reads nothing: SQLite's tests count reads,
/// and let them fail.
void look_again(Opened& file) {
    file.known->form = noted(file);
    if (file.known->form == Known::Form::unknown) look(file);
}

bool fits_us(ByteView data, sqlite3_int64 offset) {
    if (data.size() != page_size) return false;
    if (offset == 0)
        return data[16] == std::byte{0x10} && data[17] == std::byte{0} &&
               data[20] == std::byte{reserved_bytes};
    return std::ranges::all_of(data.last(reserved_bytes),
                               [](std::byte b) { return b == std::byte{0}; });
}

/// A database changes its geometry: what is sealed so far goes on in the clear.
int uncover(Opened& file) {
    sqlite3_int64 size = 0;
    int code = file.sealed()->pMethods->xFileSize(file.sealed(), &size);
    std::vector<std::byte> page(page_size);
    for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size; at += sealed_page_size) {
        code = file.sealed()->pMethods->xRead(file.sealed(), page.data(), sealed_page_size, at);
        if (code == SQLITE_OK)
            code = file.below->pMethods->xWrite(file.below, page.data(), sealed_page_size, at);
    }
    note(file, Known::Form::clear);
    return code;
}

/// Before each write to a database: the first one, or a new page 1, may change what the file is.
int decide(Opened& file, ByteView data, sqlite3_int64 offset) {
    const bool fits = fits_us(data, offset);
    if (file.known->form == Known::Form::unknown) {
        note(file, fits ? Known::Form::sealed : Known::Form::clear);
        return SQLITE_OK;
    }
    const bool other_geometry = data.size() != page_size || (offset == 0 && !fits);
    if (file.known->form == Known::Form::sealed && other_geometry) return uncover(file);
    return SQLITE_OK;
}

int x_close(sqlite3_file* handle) {
    auto* const slot = reinterpret_cast<Handle*>(handle);
    Opened* const file = slot->opened;
    slot->base.pMethods = nullptr;
    const int code = file->sealed()->pMethods->xClose(file->sealed());
    delete file;
    return code;
}

int x_read(sqlite3_file* handle, void* out, int size, sqlite3_int64 offset) {
    Opened& file = opened(handle);
    constexpr sqlite3_int64 header_size = 100;
    const bool in_header = offset + size <= header_size;
    if (file.is_main && (in_header || file.known->form == Known::Form::unknown)) look_again(file);
    return now(handle)->pMethods->xRead(now(handle), out, size, offset);
}

int x_write(sqlite3_file* handle, const void* data, int size, sqlite3_int64 offset) {
    const ByteView bytes{static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
    if (opened(handle).is_main)
        if (const int code = decide(opened(handle), bytes, offset); code != SQLITE_OK) return code;
    return now(handle)->pMethods->xWrite(now(handle), data, size, offset);
}

int x_truncate(sqlite3_file* handle, sqlite3_int64 size) {
    const int code = now(handle)->pMethods->xTruncate(now(handle), size);
    if (code == SQLITE_OK && size == 0 && opened(handle).is_main)
        note(opened(handle), Known::Form::unknown);
    return code;
}

int x_sync(sqlite3_file* handle, int flags) {
    return now(handle)->pMethods->xSync(now(handle), flags);
}

int x_file_size(sqlite3_file* handle, sqlite3_int64* out) {
    Opened& file = opened(handle);
    if (file.is_main && file.known->form == Known::Form::unknown) look_again(file);
    return now(handle)->pMethods->xFileSize(now(handle), out);
}

int x_lock(sqlite3_file* handle, int level) {
    return now(handle)->pMethods->xLock(now(handle), level);
}

int x_unlock(sqlite3_file* handle, int level) {
    return now(handle)->pMethods->xUnlock(now(handle), level);
}

int x_check_reserved_lock(sqlite3_file* handle, int* out) {
    return now(handle)->pMethods->xCheckReservedLock(now(handle), out);
}

int x_file_control(sqlite3_file* handle, int operation, void* argument) {
    return now(handle)->pMethods->xFileControl(now(handle), operation, argument);
}

int x_sector_size(sqlite3_file* handle) {
    return now(handle)->pMethods->xSectorSize(now(handle));
}

int x_device_characteristics(sqlite3_file* handle) {
    return now(handle)->pMethods->xDeviceCharacteristics(now(handle));
}

int x_shm_map(sqlite3_file* handle, int region, int size, int extend, void volatile** out) {
    return now(handle)->pMethods->xShmMap(now(handle), region, size, extend, out);
}

int x_shm_lock(sqlite3_file* handle, int offset, int count, int flags) {
    return now(handle)->pMethods->xShmLock(now(handle), offset, count, flags);
}

void x_shm_barrier(sqlite3_file* handle) {
    now(handle)->pMethods->xShmBarrier(now(handle));
}

int x_shm_unmap(sqlite3_file* handle, int remove) {
    return now(handle)->pMethods->xShmUnmap(now(handle), remove);
}

constexpr sqlite3_io_methods methods{.iVersion = 2,
                                     .xClose = x_close,
                                     .xRead = x_read,
                                     .xWrite = x_write,
                                     .xTruncate = x_truncate,
                                     .xSync = x_sync,
                                     .xFileSize = x_file_size,
                                     .xLock = x_lock,
                                     .xUnlock = x_unlock,
                                     .xCheckReservedLock = x_check_reserved_lock,
                                     .xFileControl = x_file_control,
                                     .xSectorSize = x_sector_size,
                                     .xDeviceCharacteristics = x_device_characteristics,
                                     .xShmMap = x_shm_map,
                                     .xShmLock = x_shm_lock,
                                     .xShmBarrier = x_shm_barrier,
                                     .xShmUnmap = x_shm_unmap,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

std::shared_ptr<Known> known_of(Base& base, std::string name) {
    constexpr std::string_view log = "-wal";
    if (name.ends_with(log)) name.resize(name.size() - log.size());
    const std::scoped_lock lock{base.mutex};
    std::shared_ptr<Known> known = base.known[name].lock();
    if (!known) base.known[name] = known = std::make_shared<Known>();
    return known;
}

int x_record(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags, int* flags_out) {
    sqlite3_vfs* const below = base_of(vfs).below;
    just_opened = handle;
    return below->xOpen(below, name, handle, flags, flags_out);
}

int x_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags, int* flags_out) {
    Base& base = base_of(vfs);
    handle->pMethods = nullptr;
    const bool is_main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    if (name == nullptr || (!is_main && (flags & SQLITE_OPEN_WAL) == 0))
        return base.below->xOpen(base.below, name, handle, flags, flags_out);
    auto file = std::make_unique<Opened>();
    auto sealed = SealedVfs::make(*base.cipher,
                                  {.mode = DatabaseMode::create,
                                   .lower = base.recording_name.c_str(),
                                   .for_sqlite_suite = true});
    if (!sealed) return SQLITE_ERROR;
    file->vfs = std::move(*sealed);
    sqlite3_vfs* const production = sqlite3_vfs_find(file->vfs->name());
    file->memory = std::make_unique<std::byte[]>(static_cast<std::size_t>(production->szOsFile));
    file->known = known_of(base, name);
    file->name = name;
    file->is_main = is_main;
    const int code = production->xOpen(production, name, file->sealed(), flags, flags_out);
    if (code != SQLITE_OK) return code;
    file->below = just_opened;
    if (is_main) look(*file);
    if (is_main && file->known->form != Known::Form::unknown) note(*file, file->known->form);
    reinterpret_cast<Handle*>(handle)->opened = file.release();
    handle->pMethods = &methods;
    return SQLITE_OK;
}

sqlite3_vfs& below(sqlite3_vfs* vfs) {
    return *base_of(vfs).below;
}

/// Everything besides opening goes straight below.
void pass_below(sqlite3_vfs& vfs) {
    vfs.xDelete = [](auto* v, auto... rest) { return below(v).xDelete(&below(v), rest...); };
    vfs.xAccess = [](auto* v, auto... rest) { return below(v).xAccess(&below(v), rest...); };
    vfs.xFullPathname = [](auto* v, auto... rest) {
        return below(v).xFullPathname(&below(v), rest...);
    };
    vfs.xDlOpen = [](auto* v, auto... rest) { return below(v).xDlOpen(&below(v), rest...); };
    vfs.xDlError = [](auto* v, auto... rest) { return below(v).xDlError(&below(v), rest...); };
    vfs.xDlSym = [](auto* v, auto... rest) { return below(v).xDlSym(&below(v), rest...); };
    vfs.xDlClose = [](auto* v, auto... rest) { return below(v).xDlClose(&below(v), rest...); };
    vfs.xRandomness = [](auto* v, auto... rest) {
        return below(v).xRandomness(&below(v), rest...);
    };
    vfs.xSleep = [](auto* v, auto... rest) { return below(v).xSleep(&below(v), rest...); };
    vfs.xCurrentTime = [](auto* v, auto... rest) {
        return below(v).xCurrentTime(&below(v), rest...);
    };
    vfs.xGetLastError = [](auto* v, auto... rest) {
        return below(v).xGetLastError(&below(v), rest...);
    };
    if (vfs.iVersion < 2) return;
    if (vfs.xCurrentTimeInt64 != nullptr)
        vfs.xCurrentTimeInt64 = [](auto* v, auto... rest) {
            return below(v).xCurrentTimeInt64(&below(v), rest...);
        };
    if (vfs.iVersion < 3) return;
    vfs.xSetSystemCall = [](auto* v, auto... rest) {
        return below(v).xSetSystemCall(&below(v), rest...);
    };
    vfs.xGetSystemCall = [](auto* v, auto... rest) {
        return below(v).xGetSystemCall(&below(v), rest...);
    };
    vfs.xNextSystemCall = [](auto* v, auto... rest) {
        return below(v).xNextSystemCall(&below(v), rest...);
    };
}

sqlite3_vfs make_vfs(Base& base, const char* name, decltype(sqlite3_vfs::xOpen) open) {
    sqlite3_vfs vfs = *base.below;
    pass_below(vfs);
    vfs.pNext = nullptr;
    vfs.zName = name;
    vfs.pAppData = &base;
    vfs.xOpen = open;
    return vfs;
}

}  // namespace

int register_clear_or_sealed(PageCipher& cipher,
                             sqlite3_vfs& below,
                             const char* name,
                             bool is_default) {
    auto* const base = new Base{};  // for the life of the process
    base->cipher = &cipher;
    base->below = &below;
    base->recording_name = std::string{name} + "-recording";
    base->recording = make_vfs(*base, base->recording_name.c_str(), x_record);
    base->ours = make_vfs(*base, name, x_open);
    base->ours.szOsFile = std::max(below.szOsFile, static_cast<int>(sizeof(Handle)));
    if (const int code = sqlite3_vfs_register(&base->recording, 0); code != SQLITE_OK) return code;
    return sqlite3_vfs_register(&base->ours, is_default ? 1 : 0);
}

}  // namespace samsyn::suite
