#include "tests/bench/raw_limits.hpp"

#include "core/base/result.hpp"

#include <sodium.h>
#include <sqlite3.h>

#include <array>
#include <string>

namespace samsyn::bench {

namespace {

using Clock = std::chrono::steady_clock;

/// Plain SQLite, with the pragmas of `Database::open`.
class PlainTable {
public:
    explicit PlainTable(const std::filesystem::path& folder) {
        const std::string file = (folder / "plain.db").string();
        std::filesystem::remove(file);
        SAMSYN_ASSERT(sqlite3_open(file.c_str(), &db_) == SQLITE_OK);
        exec(
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE rows(channel BLOB, number INTEGER, hash BLOB, bytes BLOB,"
            " PRIMARY KEY(channel, number)) WITHOUT ROWID; CREATE UNIQUE INDEX by_hash ON "
            "rows(hash)");
        SAMSYN_ASSERT(
            sqlite3_prepare_v2(db_, "INSERT INTO rows VALUES(?,?,?,?)", -1, &insert_, nullptr) ==
            SQLITE_OK);
    }

    ~PlainTable() {
        sqlite3_finalize(insert_);
        sqlite3_close(db_);
    }

    PlainTable(const PlainTable&) = delete;
    PlainTable& operator=(const PlainTable&) = delete;

    void exec(const char* sql) {
        SAMSYN_ASSERT(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    }

    void insert(std::size_t number, const std::vector<unsigned char>& row) {
        static constexpr std::array<unsigned char, 32> channel{};
        std::array<unsigned char, 32> hash{};
        randombytes_buf(hash.data(), hash.size());
        sqlite3_bind_blob(insert_, 1, channel.data(), 32, SQLITE_STATIC);
        sqlite3_bind_int64(insert_, 2, static_cast<sqlite3_int64>(number));
        sqlite3_bind_blob(insert_, 3, hash.data(), 32, SQLITE_STATIC);
        sqlite3_bind_blob(insert_, 4, row.data(), static_cast<int>(row.size()), SQLITE_STATIC);
        SAMSYN_ASSERT(sqlite3_step(insert_) == SQLITE_DONE);
        sqlite3_reset(insert_);
    }

private:
    sqlite3* db_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
};

std::vector<unsigned char> random_bytes(std::size_t size) {
    std::vector<unsigned char> bytes(size);
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

}  // namespace

Seconds plain_sqlite_inserts(const std::filesystem::path& folder,
                             std::size_t rows,
                             std::size_t row_bytes,
                             std::size_t rows_per_transaction) {
    PlainTable table{folder};
    const auto row = random_bytes(row_bytes);
    const auto start = Clock::now();
    for (std::size_t i = 0; i < rows; ++i) {
        if (i % rows_per_transaction == 0) table.exec("BEGIN IMMEDIATE");
        table.insert(i, row);
        if ((i + 1) % rows_per_transaction == 0 || i + 1 == rows) table.exec("COMMIT");
    }
    return Clock::now() - start;
}

std::vector<Seconds> plain_sqlite_commits(const std::filesystem::path& folder,
                                          std::size_t count,
                                          std::size_t row_bytes) {
    PlainTable table{folder};
    const auto row = random_bytes(row_bytes);
    std::vector<Seconds> durations;
    for (std::size_t i = 0; i < count; ++i) {
        const auto start = Clock::now();
        table.exec("BEGIN IMMEDIATE");
        table.insert(i, row);
        table.exec("COMMIT");
        durations.emplace_back(Clock::now() - start);
    }
    return durations;
}

Seconds plain_sodium_seal(const SodiumWork& work) {
    const auto message = random_bytes(work.item_bytes);
    const auto key = random_bytes(32);
    std::vector<unsigned char> sealed(work.item_bytes + 16);
    std::array<unsigned char, 24> nonce{};
    std::array<unsigned char, 32> public_key{};
    std::array<unsigned char, 64> secret_key{};
    std::array<unsigned char, 64> signature{};
    crypto_sign_keypair(public_key.data(), secret_key.data());
    const auto start = Clock::now();
    for (std::size_t i = 0; i < work.items; ++i) {
        randombytes_buf(nonce.data(), nonce.size());
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(),
                                                   nullptr,
                                                   message.data(),
                                                   message.size(),
                                                   nullptr,
                                                   0,
                                                   nullptr,
                                                   nonce.data(),
                                                   key.data());
    }
    for (std::size_t i = 0; i < work.signatures; ++i)
        crypto_sign_detached(
            signature.data(), nullptr, message.data(), message.size(), secret_key.data());
    return Clock::now() - start;
}

Seconds plain_sodium_open(const SodiumWork& work) {
    const auto message = random_bytes(work.item_bytes);
    const auto key = random_bytes(32);
    std::vector<unsigned char> sealed(work.item_bytes + 16);
    std::vector<unsigned char> opened(work.item_bytes);
    const std::array<unsigned char, 24> nonce{};
    std::array<unsigned char, 32> public_key{};
    std::array<unsigned char, 64> secret_key{};
    std::array<unsigned char, 64> signature{};
    crypto_sign_keypair(public_key.data(), secret_key.data());
    crypto_sign_detached(
        signature.data(), nullptr, message.data(), message.size(), secret_key.data());
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(),
                                               nullptr,
                                               message.data(),
                                               message.size(),
                                               nullptr,
                                               0,
                                               nullptr,
                                               nonce.data(),
                                               key.data());
    const auto start = Clock::now();
    for (std::size_t i = 0; i < work.items; ++i)
        SAMSYN_ASSERT(crypto_aead_xchacha20poly1305_ietf_decrypt(opened.data(),
                                                                 nullptr,
                                                                 nullptr,
                                                                 sealed.data(),
                                                                 sealed.size(),
                                                                 nullptr,
                                                                 0,
                                                                 nonce.data(),
                                                                 key.data()) == 0);
    for (std::size_t i = 0; i < work.signatures; ++i)
        SAMSYN_ASSERT(crypto_sign_verify_detached(
                          signature.data(), message.data(), message.size(), public_key.data()) ==
                      0);
    return Clock::now() - start;
}

}  // namespace samsyn::bench
