#pragma once

#include "tests/bench/raw_limits.hpp"

#include <cstdint>
#include <filesystem>

namespace samsyn::bench {

enum class StorageSide : std::uint8_t { plain, encrypted };

enum class StorageStep : std::uint8_t {
    create,            ///< tables, `count` rows, as many texts to search
    open_again,        ///< with an empty page cache
    insert,            ///< `count` rows, `each` in one transaction
    insert_for_later,  ///< the same; the checkpoint is left to its own step
    checkpoint,
    read_points,  ///< `count` reads among `each` keys
    scan,
    search,          ///< `count` queries
    file_size,       ///< after everything is in the database itself
    cost_of_a_page,  ///< of libsodium alone, the mean of `count` pages
    stop,
};

struct StorageRequest {
    StorageStep step{};
    std::uint64_t count = 0;
    std::uint64_t each = 0;
};

struct StorageReply {
    double seconds = 0;
    std::uint64_t pages_sealed = 0;  ///< whole pages, of the database and of its log
    std::uint64_t pages_opened = 0;
    std::uint64_t small_pieces = 0;  ///< headers of the log
    std::uint64_t table_bytes = 0;   ///< sealed for the page table
    std::uint64_t file_bytes = 0;
    double seal_seconds = 0;  ///< for one page
    double open_seconds = 0;
};

/// One side of the storage benchmark, in a process of its own: SQLite's allocator and its other
/// settings are one a process, and the plain side must keep SQLite's own.
class StorageWorker {
public:
    /// Forks: to be called while there is one thread and nothing has used SQLite.
    StorageWorker(StorageSide side, const std::filesystem::path& folder);
    ~StorageWorker();
    StorageWorker(const StorageWorker&) = delete;
    StorageWorker& operator=(const StorageWorker&) = delete;

    StorageReply ask(const StorageRequest& request);

private:
    int socket_ = -1;
    int pid_ = -1;
};

}  // namespace samsyn::bench
