#pragma once

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "core/vfs/sealed_vfs.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

struct sqlite3;
struct sqlite3_backup;
struct sqlite3_stmt;

namespace samsyn {

class Query;

/// What a connection remembers of its failures.
struct DatabaseHealth {
    bool failed = false;
    std::unique_ptr<SealedVfs> vfs;  ///< none in memory; knows why a call failed
};

/// One SQLite connection over the encrypting VFS, opened with our settings: WAL,
/// `synchronous=FULL`, exclusive locking, temp store in memory, foreign keys, defensive, untrusted
/// schema, no extension loading, no attached files, no triggers or views, deleted content
/// overwritten.
///
/// After a failed `fsync` nobody knows what is on the disk: every later call answers
/// `storage_failed` until the file is opened again.
/// Belongs to one thread. Move-only; the destructor closes, and every `Query` must be gone by then.
class Database {
public:
    /// Makes a new database (0600) where nothing is, or only what an interrupted creation left,
    /// which is discarded: the caller knows. `pages` seals it, and must outlive it. `lower` is the
    /// VFS below, for tests that put a crashing disk there.
    /// Errors: `conflict` where another connection holds the file, `disk_full`, `storage_failed`.
    static Result<Database> create(const std::filesystem::path& file,
                                   PageCipher& pages,
                                   const char* lower = default_lower);

    /// Opens what `create` made, and takes rights of group and others away from it. Makes nothing.
    /// Errors: as above, and `not_found` where the file is missing, `not_authentic` where the key
    /// is another, `malformed` for a file that is damaged, cut short, foreign or without its page
    /// table; the context says which.
    static Result<Database> open(const std::filesystem::path& file,
                                 PageCipher& pages,
                                 const char* lower = default_lower);

    static constexpr const char* default_lower = "unix";

    /// A database without a file, for tests and simulation.
    static Result<Database> open_in_memory();

    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    ~Database();

    /// Runs statements that return nothing.
    Result<void> exec(const char* sql);

    /// Prepares once and caches by the address of `sql`, which must be a literal; the query is
    /// reset and ready to bind. Never asked twice before the first is done.
    Result<Query> query(const char* sql);

    /// The same for SQL that is put together at run time. Its text is kept, so there must be few.
    Result<Query> query_made(const std::string& sql);

    /// Has any call failed since the transaction began, or since the file was opened? Whatever code
    /// the error has, the fault is then ours and not that of the data at hand.
    bool failed() const;

    /// Rows that the last finished INSERT, UPDATE or DELETE changed.
    std::int64_t changes() const;

    /// Moves all that the WAL holds into the database and empties the WAL; outside any transaction.
    /// Errors: also `conflict` where somebody still reads.
    Result<void> checkpoint();

    /// "PRAGMA user_version": the version of the schema.
    Result<int> version();
    Result<void> set_version(int version);

private:
    friend class DatabaseCopy;
    friend class Transaction;  // rolls back past the check for a failed sync
    friend class Savepoint;
    struct Impl;

    explicit Database(std::unique_ptr<Impl> impl);
    static Result<Database> connect(const char* name, std::unique_ptr<SealedVfs> vfs, bool is_new);
    void begun();
    void ended();
    void roll_back(const char* sql);

    std::unique_ptr<Impl> impl_;
};

/// A copy of a whole database, page by page, while its one connection goes on writing: what is
/// written between two steps is in the copy too, which is that of the moment of the last step.
/// Pages are opened with the source's cipher and sealed anew with the target's.
///
/// Both databases must outlive it, and belong to one thread, this object's.
class DatabaseCopy {
public:
    /// `target` is new and empty. Errors: `storage_failed`, `out_of_memory`.
    static Result<DatabaseCopy> begin(Database& source, Database& target);

    DatabaseCopy(DatabaseCopy&& other) noexcept;
    DatabaseCopy& operator=(DatabaseCopy&&) = delete;
    ~DatabaseCopy();

    /// Copies at most so many pages; outside any transaction of the source. True when all is
    /// there, committed to the target. Errors: `conflict` inside a transaction, else those of
    /// `Database`; then the target is to be thrown away.
    Result<bool> step(int pages);

    /// Pages that are left, of how many; after the first step.
    int pages_left() const;
    int pages_total() const;

private:
    DatabaseCopy(sqlite3_backup* backup, Database& source, Database& target)
        : backup_(backup),
          source_(&source),
          target_(&target) {}

    sqlite3_backup* backup_;
    Database* source_;
    Database* target_;
};

/// A prepared statement, borrowed from its `Database`; reset when it goes out of scope.
/// Bind in order with `bind`, then `step` rows or `run` to the end.
class Query {
public:
    /// `health`: of the database, and lives as long.
    Query(sqlite3_stmt* statement, DatabaseHealth& health)
        : statement_(statement),
          health_(&health) {}

    Query(Query&& other) noexcept
        : statement_(other.statement_),
          health_(other.health_),
          next_(other.next_),
          bound_(other.bound_) {
        other.statement_ = nullptr;
    }

    Query& operator=(Query&&) = delete;
    ~Query();

    /// Views are not copied: they must live until `run` or the last `step`.
    Query& bind(ByteView value);
    Query& bind_text(std::string_view value);
    Query& bind(std::int64_t value);
    Query& bind_null();

    /// A column of another query's current row, as it is; of any database.
    Query& bind_column(const Query& row, int column);

    /// Unsigned numbers are stored as their two's complement, which keeps equality, not order, for
    /// values above 2^63; ours stay below.
    Query& bind_number(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }

    template <class Tag, std::size_t Size>
    Query& bind(const Id<Tag, Size>& id) {
        return bind(id.view());
    }

    /// True while there is a row. Errors: `conflict` for a broken constraint, `disk_full`,
    /// `malformed` for a damaged file, `storage_failed`. Failed binds are reported here.
    Result<bool> step();

    /// Steps to the end, ignoring rows.
    Result<void> run();

    // Columns of the current row, from 0; views are valid until the next `step`.
    std::int64_t number(int column) const;
    ByteView blob(int column) const;
    std::string_view text(int column) const;
    bool is_null(int column) const;

    /// Errors: `malformed` where the blob has another size: a damaged database must not crash us.
    template <class IdType>
    Result<IdType> id(int column) const {
        const ByteView bytes = blob(column);
        if (bytes.size() != IdType::size) return fail(Errc::malformed, "id column");
        return IdType::from(bytes);
    }

private:
    void remember(int code);

    sqlite3_stmt* statement_;
    DatabaseHealth* health_;
    int next_ = 1;
    int bound_ = 0;  ///< the first failed bind's code
};

/// An open write transaction (`BEGIN IMMEDIATE`). Rolls back on destruction unless `commit`
/// succeeded. Must not outlive its `Database`.
///
/// SQLite itself rolls back after some errors (no memory, disk full): then every later call inside
/// answers `storage_failed` instead of writing outside any transaction.
class Transaction {
public:
    static Result<Transaction> begin(Database& db);

    Transaction(Transaction&& other) noexcept : db_(other.db_) { other.db_ = nullptr; }

    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    Result<void> commit() &&;

private:
    explicit Transaction(Database& db) : db_(&db) {}

    Database* db_;
};

/// A part of an open transaction that can be undone alone: on destruction, unless `release`
/// succeeded. May be nested. Must not outlive its `Transaction`; no `Query` may be under way.
class Savepoint {
public:
    static Result<Savepoint> begin(Database& db);

    Savepoint(Savepoint&& other) noexcept : db_(other.db_) { other.db_ = nullptr; }

    Savepoint& operator=(Savepoint&&) = delete;
    ~Savepoint();

    Result<void> release() &&;

private:
    explicit Savepoint(Database& db) : db_(&db) {}

    Database* db_;
};

}  // namespace samsyn
