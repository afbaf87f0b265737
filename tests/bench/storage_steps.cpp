#include "tests/bench/storage_steps.hpp"

#include "core/base/result.hpp"

#include <sqlite3.h>

#include <array>

namespace samsyn::bench {

namespace {

constexpr std::size_t text_bytes = 420;
constexpr std::uint64_t words = 4'000;

/// Both sides must do the same: what looks random is a function of a number (SplitMix64).
std::uint64_t scatter(std::uint64_t number) {
    number += 0x9e3779b97f4a7c15ULL;
    number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    number = (number ^ (number >> 27U)) * 0x94d049bb133111ebULL;
    return number ^ (number >> 31U);
}

/// A word that can be said, one of `words`; low numbers are frequent, as in a language.
std::string word(std::uint64_t chance) {
    static constexpr std::string_view consonants = "bdfgklmnprstv";
    static constexpr std::array<std::string_view, 9> vowels{
        "a", "e", "i", "o", "u", "y", "å", "ä", "ö"};
    const double part = static_cast<double>(chance % 10'000) / 10'000.0;
    auto number = static_cast<std::uint64_t>(part * part * static_cast<double>(words));
    std::string text;
    for (int syllable = 0; syllable < 3; ++syllable) {
        text += consonants[number % consonants.size()];
        number /= consonants.size();
        text += vowels[number % vowels.size()];
        number /= vowels.size();
    }
    return text;
}

std::string text_of(std::uint64_t row) {
    std::string text;
    for (std::uint64_t i = 0; text.size() < text_bytes; ++i)
        text.append(word(scatter(row * 1'000 + i))).append(" ");
    return text;
}

std::array<std::uint64_t, 4> key_of(std::uint64_t row) {
    return {scatter(row), scatter(row + 1), scatter(row + 2), scatter(row + 3)};
}

}  // namespace

struct StorageSteps::Statements {
    sqlite3_stmt* insert = nullptr;
    sqlite3_stmt* insert_search = nullptr;
    sqlite3_stmt* point = nullptr;
    sqlite3_stmt* scan = nullptr;
    sqlite3_stmt* search = nullptr;
    sqlite3_stmt* last = nullptr;

    Statements() = default;
    Statements(const Statements&) = delete;
    Statements& operator=(const Statements&) = delete;

    ~Statements() {
        for (sqlite3_stmt* statement : {insert, insert_search, point, scan, search, last})
            sqlite3_finalize(statement);
    }

    static sqlite3_stmt* ready(sqlite3* handle, sqlite3_stmt*& statement, const char* sql) {
        if (statement == nullptr)
            SAMSYN_ASSERT(sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr) == SQLITE_OK);
        sqlite3_reset(statement);
        return statement;
    }
};

StorageSteps::StorageSteps(sqlite3* handle)
    : handle_(handle),
      statements_(std::make_unique<Statements>()) {}

StorageSteps::~StorageSteps() = default;

void StorageSteps::exec(const char* sql) {
    SAMSYN_ASSERT(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

void StorageSteps::make_tables() {
    exec(
        "CREATE TABLE rows(id INTEGER PRIMARY KEY, key BLOB NOT NULL, text TEXT NOT NULL);"
        "CREATE UNIQUE INDEX by_key ON rows(key);"
        "CREATE VIRTUAL TABLE search USING fts5(text, "
        "tokenize=\"unicode61 remove_diacritics 0\")");
}

std::uint64_t StorageSteps::last_row() {
    sqlite3_stmt* statement =
        Statements::ready(handle_, statements_->last, "SELECT coalesce(max(id), 0) FROM rows");
    SAMSYN_ASSERT(sqlite3_step(statement) == SQLITE_ROW);
    const auto row = static_cast<std::uint64_t>(sqlite3_column_int64(statement, 0));
    sqlite3_reset(statement);
    return row;
}

void StorageSteps::prepare(std::uint64_t rows) {
    const std::uint64_t first = last_row() + 1;
    prepared_.clear();
    for (std::uint64_t row = first; row < first + rows; ++row)
        prepared_.push_back({row, key_of(row), text_of(row)});
}

void StorageSteps::insert(std::uint64_t rows_per_transaction) {
    sqlite3_stmt* statement =
        Statements::ready(handle_, statements_->insert, "INSERT INTO rows VALUES(?,?,?)");
    std::uint64_t done = 0;
    for (const Row& row : prepared_) {
        if (done % rows_per_transaction == 0) exec("BEGIN IMMEDIATE");
        sqlite3_bind_int64(statement, 1, static_cast<sqlite3_int64>(row.number));
        sqlite3_bind_blob(statement, 2, row.key.data(), sizeof row.key, SQLITE_STATIC);
        sqlite3_bind_text(
            statement, 3, row.text.data(), static_cast<int>(row.text.size()), SQLITE_STATIC);
        SAMSYN_ASSERT(sqlite3_step(statement) == SQLITE_DONE);
        sqlite3_reset(statement);
        ++done;
        if (done % rows_per_transaction == 0 || done == prepared_.size()) exec("COMMIT");
    }
    sqlite3_clear_bindings(statement);
}

void StorageSteps::fill_search(std::uint64_t rows) {
    sqlite3_stmt* statement = Statements::ready(
        handle_, statements_->insert_search, "INSERT INTO search(text) VALUES(?)");
    exec("BEGIN IMMEDIATE");
    for (std::uint64_t row = 1; row <= rows; ++row) {
        const std::string text = text_of(row);
        sqlite3_bind_text(
            statement, 1, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
        SAMSYN_ASSERT(sqlite3_step(statement) == SQLITE_DONE);
        sqlite3_reset(statement);
    }
    exec("COMMIT");
    exec("INSERT INTO search(search) VALUES('optimize')");
}

void StorageSteps::checkpoint() {
    int frames = -1;
    int written = -1;
    SAMSYN_ASSERT(sqlite3_wal_checkpoint_v2(
                      handle_, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &written) == SQLITE_OK);
    SAMSYN_ASSERT(frames > 0 && written == frames);
}

void StorageSteps::read_points(std::uint64_t reads, std::uint64_t keys) {
    const std::uint64_t rows = last_row();
    sqlite3_stmt* statement =
        Statements::ready(handle_, statements_->point, "SELECT text FROM rows WHERE key = ?");
    for (std::uint64_t i = 0; i < reads; ++i) {
        const auto key = key_of(1 + scatter(i % keys) % rows);
        sqlite3_bind_blob(statement, 1, key.data(), sizeof key, SQLITE_STATIC);
        SAMSYN_ASSERT(sqlite3_step(statement) == SQLITE_ROW);
        SAMSYN_ASSERT(sqlite3_column_bytes(statement, 0) >= static_cast<int>(text_bytes));
        sqlite3_reset(statement);
    }
    sqlite3_clear_bindings(statement);
}

void StorageSteps::scan() {
    sqlite3_stmt* statement = Statements::ready(
        handle_, statements_->scan, "SELECT count(*), sum(length(text)) FROM rows NOT INDEXED");
    SAMSYN_ASSERT(sqlite3_step(statement) == SQLITE_ROW);
    SAMSYN_ASSERT(sqlite3_column_int64(statement, 0) > 0);
    sqlite3_reset(statement);
}

void StorageSteps::search(std::uint64_t queries) {
    sqlite3_stmt* statement =
        Statements::ready(handle_,
                          statements_->search,
                          "SELECT rowid, text FROM search WHERE search MATCH ? LIMIT 20");
    std::uint64_t found = 0;
    for (std::uint64_t i = 0; i < queries; ++i) {
        const std::string query = word(7'000 + i % 10) + " " + word(2'000 + i % 10);
        sqlite3_bind_text(
            statement, 1, query.data(), static_cast<int>(query.size()), SQLITE_STATIC);
        int code = SQLITE_ROW;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) ++found;
        SAMSYN_ASSERT(code == SQLITE_DONE);
        sqlite3_reset(statement);
    }
    SAMSYN_ASSERT(found > queries);
    sqlite3_clear_bindings(statement);
}

void StorageSteps::checkpoint_automatically(bool on) {
    exec(on ? "PRAGMA wal_autocheckpoint = 1000" : "PRAGMA wal_autocheckpoint = 0");
}

}  // namespace samsyn::bench
