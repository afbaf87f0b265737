#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace samsyn::bench {

/// The work that both sides of the storage benchmark do, through one SQLite connection.
class StorageSteps {
public:
    /// Borrows the connection; it must have no other statements.
    explicit StorageSteps(sqlite3* handle);
    ~StorageSteps();
    StorageSteps(const StorageSteps&) = delete;
    StorageSteps& operator=(const StorageSteps&) = delete;

    /// A table of rows with one secondary index, and a full-text index of its own.
    void make_tables();

    /// Makes rows of about 450 bytes, so that nobody times how they are invented.
    void prepare(std::uint64_t rows);

    /// Inserts the prepared rows, `rows_per_transaction` at a time.
    void insert(std::uint64_t rows_per_transaction);
    void fill_search(std::uint64_t rows);
    void checkpoint();

    /// Reads of single rows by their random secondary key, among `keys` of them spread over all.
    void read_points(std::uint64_t reads, std::uint64_t keys);
    void scan();

    /// Full-text queries of two words each, the first twenty rows with their text.
    void search(std::uint64_t queries);

    /// Without automatic checkpoints the caller makes them, and times them.
    void checkpoint_automatically(bool on);

private:
    struct Statements;

    struct Row {
        std::uint64_t number;
        std::array<std::uint64_t, 4> key;
        std::string text;
    };

    void exec(const char* sql);
    std::uint64_t last_row();

    sqlite3* handle_;
    std::unique_ptr<Statements> statements_;
    std::vector<Row> prepared_;
};

}  // namespace samsyn::bench
