#include "tests/bench/storage_connection.hpp"

#include "core/vfs/sealed_vfs.hpp"
#include "core/vfs/sqlite_memory.hpp"
#include "crypto/at_rest/page_cipher.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/founded.hpp"

#include <sqlite3.h>

#include <optional>
#include <string>

namespace samsyn::bench {

namespace {

/// Those of `Database`, in its order; a new database has no journal until it has its log.
constexpr const char* pragmas =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
    "PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL;"
    "PRAGMA journal_size_limit = 4194304; PRAGMA synchronous = FULL";

/// Production's cipher, and how often it was used for what.
class CountingCipher final : public PageCipher {
public:
    CountingCipher()
        : cipher_([] {
              std::array<std::byte, database_key_size> key{};
              SodiumRandom{}.fill(key);
              return page_cipher_from(key);
          }()) {}

    void seal(const PagePlace& place, ByteView plain, std::span<std::byte> sealed) override {
        count(place, plain.size(), counts.pages_sealed);
        cipher_.seal(place, plain, sealed);
    }

    [[nodiscard]] bool open(const PagePlace& place,
                            ByteView sealed,
                            std::span<std::byte> plain) override {
        count(place, plain.size(), counts.pages_opened);
        return cipher_.open(place, sealed, plain);
    }

    PageCounts counts;

private:
    void count(const PagePlace& place, std::size_t size, std::uint64_t& pages) {
        switch (place.page_class) {
            case PageClass::page:
            case PageClass::wal_page:
                ++pages;
                break;
            case PageClass::wal_header:
            case PageClass::wal_frame:
                ++counts.small_pieces;
                break;
            case PageClass::page_table:
                counts.table_bytes += size;
                break;
        }
    }

    SodiumPageCipher cipher_;
};

}  // namespace

struct StorageConnection::Impl {
    StorageSide side;
    std::string file;
    std::optional<CountingCipher> cipher;
    std::unique_ptr<SealedVfs> vfs;
    sqlite3* handle = nullptr;

    void open(DatabaseMode mode) {
        if (side == StorageSide::encrypted) vfs = must(SealedVfs::make(*cipher, {.mode = mode}));
        const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
        SAMSYN_ASSERT(sqlite3_open_v2(file.c_str(), &handle, flags, vfs ? vfs->name() : nullptr) ==
                      SQLITE_OK);
        if (mode == DatabaseMode::create) {
            int reserved = reserved_bytes;
            if (vfs) sqlite3_file_control(handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
            exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY");
        }
        exec(pragmas);
    }

    void exec(const char* sql) {
        SAMSYN_ASSERT(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    }

    void close() {
        SAMSYN_ASSERT(sqlite3_close(handle) == SQLITE_OK);
        handle = nullptr;
        vfs.reset();
    }
};

StorageConnection::StorageConnection(StorageSide side, std::filesystem::path folder)
    : impl_(std::make_unique<Impl>()) {
    must(start_sodium());
    impl_->side = side;
    impl_->file = folder / (side == StorageSide::plain ? "plain.db" : "sealed.db");
    if (side == StorageSide::plain) return;
    must(make_sqlite_wipe_memory());
    impl_->cipher.emplace();
}

StorageConnection::~StorageConnection() {
    if (impl_->handle != nullptr) impl_->close();
}

void StorageConnection::create() {
    impl_->open(DatabaseMode::create);
}

void StorageConnection::open_again() {
    impl_->close();
    impl_->open(DatabaseMode::existing);
}

sqlite3* StorageConnection::handle() const {
    return impl_->handle;
}

PageCounts StorageConnection::counts() const {
    return impl_->cipher ? impl_->cipher->counts : PageCounts{};
}

std::uint64_t StorageConnection::file_bytes() const {
    return std::filesystem::file_size(impl_->file);
}

}  // namespace samsyn::bench
