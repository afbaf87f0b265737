#pragma once

#include "core/base/bytes.hpp"

#include <sqlite3.h>

#include <memory>

namespace samsyn {

/// A file of the VFS below. Every call answers with SQLite's code. Closes on destruction.
class LowerFile {
public:
    explicit LowerFile(sqlite3_vfs* vfs)
        : vfs_(vfs),
          memory_(std::make_unique<std::byte[]>(static_cast<std::size_t>(vfs->szOsFile))) {}

    LowerFile(const LowerFile&) = delete;
    LowerFile& operator=(const LowerFile&) = delete;

    ~LowerFile() { close(); }

    int open(const char* name, int flags, int* flags_out = nullptr) {
        int ignored = 0;
        const int code =
            vfs_->xOpen(vfs_, name, file(), flags, flags_out != nullptr ? flags_out : &ignored);
        if (code != SQLITE_OK) close();
        return code;
    }

    bool is_open() const { return file()->pMethods != nullptr; }

    int close() {
        if (!is_open()) return SQLITE_OK;
        const int code = file()->pMethods->xClose(file());
        file()->pMethods = nullptr;
        return code;
    }

    int read(std::span<std::byte> out, std::int64_t offset) {
        return file()->pMethods->xRead(file(), out.data(), static_cast<int>(out.size()), offset);
    }

    int write(ByteView data, std::int64_t offset) {
        return file()->pMethods->xWrite(file(), data.data(), static_cast<int>(data.size()), offset);
    }

    int truncate(std::int64_t size) { return file()->pMethods->xTruncate(file(), size); }

    int sync(int flags) { return file()->pMethods->xSync(file(), flags); }

    int size(std::int64_t& out) {
        sqlite3_int64 size = 0;
        const int code = file()->pMethods->xFileSize(file(), &size);
        out = size;
        return code;
    }

    int lock(int level) { return file()->pMethods->xLock(file(), level); }

    int unlock(int level) { return file()->pMethods->xUnlock(file(), level); }

    int control(int operation, void* argument) {
        return file()->pMethods->xFileControl(file(), operation, argument);
    }

    int characteristics() { return file()->pMethods->xDeviceCharacteristics(file()); }

    sqlite3_file* file() const { return reinterpret_cast<sqlite3_file*>(memory_.get()); }

private:
    sqlite3_vfs* vfs_;
    std::unique_ptr<std::byte[]> memory_;
};

}  // namespace samsyn
