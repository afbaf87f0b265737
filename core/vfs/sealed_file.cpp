#include "core/vfs/sealed_file.hpp"

#include <new>

namespace samsyn {

namespace {

SealedFile& sealed(sqlite3_file* handle) {
    return *reinterpret_cast<FileSlot*>(handle)->file;
}

sqlite3_file* below(sqlite3_file* handle) {
    return sealed(handle).lower().file();
}

/// SQLite is C: nothing may be thrown through it.
template <class Call>
int guarded(Call call) noexcept {
    try {
        return call();
    } catch (const std::bad_alloc&) {
        return SQLITE_NOMEM;
    }
}

int x_close(sqlite3_file* handle) {
    auto* slot = reinterpret_cast<FileSlot*>(handle);
    const int code = slot->file->lower().close();
    delete slot->file;
    slot->file = nullptr;
    slot->base.pMethods = nullptr;
    return code;
}

int x_read(sqlite3_file* handle, void* out, int size, sqlite3_int64 offset) {
    const std::span bytes{static_cast<std::byte*>(out), static_cast<std::size_t>(size)};
    return guarded([&] { return sealed(handle).read(bytes, offset); });
}

int x_write(sqlite3_file* handle, const void* data, int size, sqlite3_int64 offset) {
    const ByteView bytes{static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
    return guarded([&] { return sealed(handle).write(bytes, offset); });
}

int x_truncate(sqlite3_file* handle, sqlite3_int64 size) {
    return guarded([&] { return sealed(handle).truncate(size); });
}

int x_sync(sqlite3_file* handle, int flags) {
    return guarded([&] { return sealed(handle).sync(flags); });
}

int x_file_size(sqlite3_file* handle, sqlite3_int64* out) {
    std::int64_t size = 0;
    const int code = sealed(handle).size(size);
    *out = size;
    return code;
}

int x_lock(sqlite3_file* handle, int level) {
    return sealed(handle).lower().lock(level);
}

int x_unlock(sqlite3_file* handle, int level) {
    return sealed(handle).lower().unlock(level);
}

int x_check_reserved_lock(sqlite3_file* handle, int* out) {
    return below(handle)->pMethods->xCheckReservedLock(below(handle), out);
}

int x_file_control(sqlite3_file* handle, int operation, void* argument) {
    return guarded([&] { return sealed(handle).control(operation, argument); });
}

int x_sector_size(sqlite3_file* handle) {
    return below(handle)->pMethods->xSectorSize(below(handle));
}

/// What is promised below holds for sealed pages only where it does not speak of sizes or order of
/// writes: ours are other ones than SQLite's.
int x_device_characteristics(sqlite3_file* handle) {
    constexpr int kept = SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN;
    return sealed(handle).lower().characteristics() & kept;
}

int x_shm_map(sqlite3_file* handle, int region, int size, int extend, void volatile** out) {
    return below(handle)->pMethods->xShmMap(below(handle), region, size, extend, out);
}

int x_shm_lock(sqlite3_file* handle, int offset, int count, int flags) {
    return below(handle)->pMethods->xShmLock(below(handle), offset, count, flags);
}

void x_shm_barrier(sqlite3_file* handle) {
    below(handle)->pMethods->xShmBarrier(below(handle));
}

int x_shm_unmap(sqlite3_file* handle, int remove) {
    return below(handle)->pMethods->xShmUnmap(below(handle), remove);
}

/// Version 1 has neither shared memory nor mapped pages: the wal-index stays in our memory, and
/// pages come by `xRead` alone.
constexpr sqlite3_io_methods methods(int version) {
    sqlite3_io_methods all{};
    all.iVersion = version;
    all.xClose = x_close;
    all.xRead = x_read;
    all.xWrite = x_write;
    all.xTruncate = x_truncate;
    all.xSync = x_sync;
    all.xFileSize = x_file_size;
    all.xLock = x_lock;
    all.xUnlock = x_unlock;
    all.xCheckReservedLock = x_check_reserved_lock;
    all.xFileControl = x_file_control;
    all.xSectorSize = x_sector_size;
    all.xDeviceCharacteristics = x_device_characteristics;
    if (version < 2) return all;
    all.xShmMap = x_shm_map;
    all.xShmLock = x_shm_lock;
    all.xShmBarrier = x_shm_barrier;
    all.xShmUnmap = x_shm_unmap;
    return all;
}

constexpr sqlite3_io_methods exclusive_methods = methods(1);
constexpr sqlite3_io_methods shared_methods = methods(2);

}  // namespace

void install(FileSlot& slot, std::unique_ptr<SealedFile> file, bool with_shared_memory) {
    slot.file = file.release();
    slot.base.pMethods = with_shared_memory ? &shared_methods : &exclusive_methods;
}

}  // namespace samsyn
