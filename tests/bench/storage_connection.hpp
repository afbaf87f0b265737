#pragma once

#include "tests/bench/storage_worker.hpp"

#include <memory>

struct sqlite3;

namespace samsyn::bench {

/// What went through the page cipher so far.
struct PageCounts {
    std::uint64_t pages_sealed = 0;
    std::uint64_t pages_opened = 0;
    std::uint64_t small_pieces = 0;
    std::uint64_t table_bytes = 0;
};

/// One connection to the database of one side, with the pragmas of `Database::open`: exclusive WAL,
/// `synchronous=FULL`, pages of 4 096 bytes.
class StorageConnection {
public:
    StorageConnection(StorageSide side, std::filesystem::path folder);
    ~StorageConnection();
    StorageConnection(const StorageConnection&) = delete;
    StorageConnection& operator=(const StorageConnection&) = delete;

    void create();
    void open_again();

    sqlite3* handle() const;
    PageCounts counts() const;

    /// Of the database itself, without its log.
    std::uint64_t file_bytes() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace samsyn::bench
