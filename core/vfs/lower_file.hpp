#pragma once

#include "core/base/bytes.hpp"

#include <sqlite3.h>

#include <algorithm>
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
        int code = SQLITE_OK;
        while (code == SQLITE_OK && !out.empty()) {
            const auto part = out.first(std::min(out.size(), piece_max));
            code =
                file()->pMethods->xRead(file(), part.data(), static_cast<int>(part.size()), offset);
            out = out.subspan(part.size());
            offset += static_cast<std::int64_t>(part.size());
        }
        return code;
    }

    int write(ByteView data, std::int64_t offset) {
        int code = SQLITE_OK;
        while (code == SQLITE_OK && !data.empty()) {
            const ByteView part = data.first(std::min(data.size(), piece_max));
            code = file()->pMethods->xWrite(
                file(), part.data(), static_cast<int>(part.size()), offset);
            data = data.subspan(part.size());
            offset += static_cast<std::int64_t>(part.size());
        }
        return code;
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

    sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.get()); }

    const sqlite3_file* file() const { return reinterpret_cast<sqlite3_file*>(memory_.get()); }

private:
    /// SQLite's own calls are no larger than a page, and its unix VFS counts the bytes of one in 17
    /// bits: a larger write fails as if the disk were full.
    static constexpr std::size_t piece_max = 64UL * 1024;

    sqlite3_vfs* vfs_;
    std::unique_ptr<std::byte[]> memory_;
};

}  // namespace samsyn
