#include "core/store/database.hpp"

#include "core/vfs/sqlite_memory.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace samsyn {

namespace {

constexpr int blob_bytes_max = 64 * 1024 * 1024;  // far above a batch; a damaged size stops here

/// The one place where SQLite's codes become ours. `sqlite3_errmsg` may quote values: not used.
Error to_error(sqlite3* handle, int code) {
    std::string context = "database: ";
    context.append(sqlite3_errstr(code)).append(" (").append(std::to_string(code)).append(")");
    const bool over_quota = handle != nullptr && sqlite3_system_errno(handle) == EDQUOT;
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_CONSTRAINT:
            return {Errc::conflict, context};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_FORMAT:
            return {Errc::malformed, context};
        case SQLITE_FULL:
            return {Errc::disk_full, context};
        case SQLITE_NOMEM:
            return {Errc::out_of_memory, context};
        case SQLITE_TOOBIG:
            return {Errc::limit_exceeded, context};
        case SQLITE_IOERR:
            return {over_quota ? Errc::disk_full : Errc::storage_failed, context};
        default:
            return {Errc::storage_failed, context};
    }
}

Error to_error(const std::filesystem::path& path, std::string_view what) {
    const Errc code = errno == ENOSPC || errno == EDQUOT ? Errc::disk_full : Errc::storage_failed;
    const std::string reason = std::error_code{errno, std::generic_category()}.message();
    return {code, std::string{what} + " " + path.filename().string() + ": " + reason};
}

/// What the VFS says of a call that failed counts; SQLite's code knows less.
Error to_error(sqlite3* handle, int code, DatabaseHealth& health) {
    auto reason = health.vfs ? health.vfs->take_failure() : std::nullopt;
    const bool is_its = (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR;
    if (reason && is_its) return *std::move(reason);
    return to_error(handle, code);
}

/// Takes the rights of group and others away. An existing file is never opened here: closing it
/// again would drop the POSIX locks that another connection of this process holds on it.
Result<void> make_private(const std::filesystem::path& file) {
    struct stat facts{};
    if (::stat(file.c_str(), &facts) != 0) {
        if (errno == ENOENT) return {};  // the VFS says so better
        return std::unexpected{to_error(file, "cannot read")};
    }
    if ((facts.st_mode & 077U) != 0 && ::chmod(file.c_str(), 0600) != 0)
        return std::unexpected{to_error(file, "cannot protect")};
    return {};
}

/// Makes the file before SQLite does, because SQLite would give it the rights of the umask; log and
/// page table take the rights of the database.
Result<void> make_private_file(const std::filesystem::path& file) {
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0 && errno != EEXIST) return std::unexpected{to_error(file, "cannot create")};
    if (made >= 0) ::close(made);
    // Also where it was there: whoever made it may have been killed before this.
    const auto parent = file.has_parent_path() ? file.parent_path() : ".";
    const int folder = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return std::unexpected{to_error(parent, "cannot open folder")};
    const bool synced = ::fsync(folder) == 0;
    const Error error = to_error(parent, "cannot sync folder");
    ::close(folder);
    if (!synced) return std::unexpected{error};
    return make_private(file);
}

}  // namespace

struct Database::Impl {
    sqlite3* handle = nullptr;
    std::unordered_map<const char*, sqlite3_stmt*> statements;
    DatabaseHealth health;
    std::unordered_set<std::string> made;  ///< their addresses stay
    bool poisoned = false;
    bool in_transaction = false;

    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    ~Impl() {
        for (const auto& [sql, statement] : statements) sqlite3_finalize(statement);
        sqlite3_close(handle);
    }

    Result<void> usable() {
        const bool gone = in_transaction && sqlite3_get_autocommit(handle) != 0;
        if (!poisoned && !gone) return {};
        health.failed = true;
        return fail(
            Errc::storage_failed,
            gone ? "database: the transaction is gone" : "database: reopen after a failed sync");
    }

    Result<void> check(int code) {
        if (code == SQLITE_OK) return {};
        health.failed = true;
        if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) poisoned = true;
        return std::unexpected{to_error(handle, code, health)};
    }

    Result<void> exec(const char* sql) {
        return check(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr));
    }

    Result<void> check_vfs();
    Result<void> leave_room();
    Result<void> restrict_sql();
    Result<void> set_pragmas(bool in_file, bool is_new);
};

/// What no statement can undo later: a damaged or foreign file must not run code of its own.
Result<void> Database::Impl::restrict_sql() {
    struct Option {
        int name;
        int on;
    };

    static constexpr Option options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
    };
    for (const Option& option : options) {
        int now = -1;
        SAMSYN_TRY(check(sqlite3_db_config(handle, option.name, option.on, &now)));
        if (now != option.on) return fail(Errc::storage_failed, "database: option not supported");
    }
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, blob_bytes_max);
    return {};
}

/// SQLite started anew has forgotten every VFS but its own: then the file would be in the clear.
/// A new database leaves room in its pages for nonce and tag; in an old one its header says so.
Result<void> Database::Impl::check_vfs() {
    char* name = nullptr;
    SAMSYN_TRY(check(
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_VFSNAME, static_cast<void*>(&name))));
    const bool ours = name != nullptr && std::string_view{name} == health.vfs->name();
    sqlite3_free(name);
    if (!ours) return fail(Errc::storage_failed, "database: not under the encrypting file system");
    return leave_room();
}

/// In memory too: pages are copied from one database to another as they are.
Result<void> Database::Impl::leave_room() {
    int reserved = reserved_bytes;
    return check(sqlite3_file_control(handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved));
}

/// Order matters: exclusive locking before WAL keeps the wal-index in memory instead of a shared
/// file, and the first read under it takes the lock that makes a second opener fail.
Result<void> Database::Impl::set_pragmas(bool in_file, bool is_new) {
    SAMSYN_TRY(exec("PRAGMA locking_mode = EXCLUSIVE"));
    SAMSYN_TRY(exec("PRAGMA temp_store = MEMORY"));
    SAMSYN_TRY(exec("PRAGMA mmap_size = 0"));
    SAMSYN_TRY(exec("PRAGMA cell_size_check = ON"));
    SAMSYN_TRY(exec("PRAGMA secure_delete = ON"));
    if (is_new) SAMSYN_TRY(exec("PRAGMA journal_mode = MEMORY"));  // no file before the WAL
    if (in_file) SAMSYN_TRY(exec("PRAGMA journal_mode = WAL"));
    SAMSYN_TRY(exec("PRAGMA journal_size_limit = 4194304"));
    SAMSYN_TRY(exec("PRAGMA synchronous = FULL"));
    return exec("BEGIN IMMEDIATE; SELECT count(*) FROM sqlite_schema; COMMIT");
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Database::Database(Database&& other) noexcept = default;
Database& Database::operator=(Database&& other) noexcept = default;
Database::~Database() = default;

Result<Database> Database::create(const std::filesystem::path& file,
                                  PageCipher& pages,
                                  const char* lower) {
    SAMSYN_TRY(make_sqlite_wipe_memory());
    if (std::string_view{lower} == default_lower) SAMSYN_TRY(make_private_file(file));
    auto vfs = SAMSYN_TRY(SealedVfs::make(pages, {.mode = DatabaseMode::create, .lower = lower}));
    return connect(file.c_str(), std::move(vfs), true);
}

Result<Database> Database::open(const std::filesystem::path& file,
                                PageCipher& pages,
                                const char* lower) {
    SAMSYN_TRY(make_sqlite_wipe_memory());
    if (std::string_view{lower} == default_lower) SAMSYN_TRY(make_private(file));
    auto vfs = SAMSYN_TRY(SealedVfs::make(pages, {.mode = DatabaseMode::existing, .lower = lower}));
    return connect(file.c_str(), std::move(vfs), false);
}

Result<Database> Database::open_in_memory() {
    SAMSYN_TRY(make_sqlite_wipe_memory());
    return connect(":memory:", nullptr, false);
}

Result<Database> Database::connect(const char* name, std::unique_ptr<SealedVfs> vfs, bool is_new) {
    const bool in_file = vfs != nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (in_file ? 0 : SQLITE_OPEN_MEMORY) | (is_new ? SQLITE_OPEN_CREATE : 0);
    auto impl = std::make_unique<Impl>();
    impl->health.vfs = std::move(vfs);
    const char* const vfs_name = in_file ? impl->health.vfs->name() : nullptr;
    SAMSYN_TRY(impl->check(sqlite3_open_v2(name, &impl->handle, flags, vfs_name)));
    SAMSYN_TRY(in_file ? impl->check_vfs() : impl->leave_room());
    SAMSYN_TRY(impl->restrict_sql());
    SAMSYN_TRY(impl->set_pragmas(in_file, is_new));
    return Database{std::move(impl)};
}

Result<void> Database::exec(const char* sql) {
    SAMSYN_TRY(impl_->usable());
    return impl_->check(sqlite3_exec(impl_->handle, sql, nullptr, nullptr, nullptr));
}

Result<Query> Database::query(const char* sql) {
    SAMSYN_TRY(impl_->usable());
    sqlite3_stmt*& statement = impl_->statements[sql];
    if (statement == nullptr) {
        const int code = sqlite3_prepare_v3(
            impl_->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        SAMSYN_TRY(impl_->check(code));
    }
    SAMSYN_ASSERT(sqlite3_stmt_busy(statement) == 0);
    return Query{statement, impl_->health};
}

Result<Query> Database::query_made(const std::string& sql) {
    return query(impl_->made.insert(sql).first->c_str());
}

void Database::begun() {
    impl_->health.failed = false;
    impl_->in_transaction = true;
}

void Database::ended() {
    impl_->in_transaction = false;
}

void Database::roll_back(const char* sql) {
    // Not through `exec`: a poisoned connection must still let go of its locks.
    sqlite3_exec(impl_->handle, sql, nullptr, nullptr, nullptr);
}

bool Database::failed() const {
    return impl_->health.failed;
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(impl_->handle);
}

Result<void> Database::checkpoint() {
    Query query = SAMSYN_TRY(this->query("PRAGMA wal_checkpoint(TRUNCATE)"));
    if (!SAMSYN_TRY(query.step())) return fail(Errc::storage_failed, "database: checkpoint");
    if (query.number(0) != 0) return fail(Errc::conflict, "database: checkpoint");
    return {};
}

Result<int> Database::version() {
    Query query = SAMSYN_TRY(this->query("PRAGMA user_version"));
    if (!SAMSYN_TRY(query.step())) return fail(Errc::malformed, "database version");
    return static_cast<int>(query.number(0));
}

Result<void> Database::set_version(int version) {
    const std::string sql = "PRAGMA user_version = " + std::to_string(version);
    return exec(sql.c_str());
}

Result<DatabaseCopy> DatabaseCopy::begin(Database& source, Database& target) {
    SAMSYN_TRY(source.impl_->usable());
    SAMSYN_TRY(target.impl_->usable());
    sqlite3_backup* const backup =
        sqlite3_backup_init(target.impl_->handle, "main", source.impl_->handle, "main");
    if (backup == nullptr) {
        SAMSYN_TRY(target.impl_->check(sqlite3_extended_errcode(target.impl_->handle)));
        return fail(Errc::storage_failed, "database: copy");
    }
    return DatabaseCopy{backup, source, target};
}

DatabaseCopy::DatabaseCopy(DatabaseCopy&& other) noexcept
    : backup_(std::exchange(other.backup_, nullptr)),
      source_(other.source_),
      target_(other.target_) {}

DatabaseCopy::~DatabaseCopy() {
    sqlite3_backup_finish(backup_);  // repeats the error of a step, which the caller has had
}

Result<bool> DatabaseCopy::step(int pages) {
    SAMSYN_TRY(source_->impl_->usable());
    SAMSYN_ASSERT(backup_ != nullptr);
    const int code = sqlite3_backup_step(backup_, pages);
    if (code == SQLITE_OK) return false;
    if (code == SQLITE_DONE) {
        const int finished = sqlite3_backup_finish(std::exchange(backup_, nullptr));
        SAMSYN_TRY(target_->impl_->check(finished));
        return true;
    }
    // Whose fault it was SQLite does not say: the source says so itself at its next call.
    SAMSYN_TRY(target_->impl_->check(code));
    return fail(Errc::storage_failed, "database: copy");
}

int DatabaseCopy::pages_left() const {
    return backup_ == nullptr ? 0 : sqlite3_backup_remaining(backup_);
}

int DatabaseCopy::pages_total() const {
    return backup_ == nullptr ? 0 : sqlite3_backup_pagecount(backup_);
}

Query::~Query() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);  // repeats the error of the last step, which the caller has had
    sqlite3_clear_bindings(statement_);
}

void Query::remember(int code) {
    if (bound_ == SQLITE_OK) bound_ = code;
}

Query& Query::bind(ByteView value) {
    // A null pointer would bind NULL, which is another value than no bytes.
    const void* data = value.empty() ? static_cast<const void*>("") : value.data();
    remember(sqlite3_bind_blob64(statement_, next_++, data, value.size(), SQLITE_STATIC));
    return *this;
}

Query& Query::bind_text(std::string_view value) {
    const char* data = value.empty() ? "" : value.data();
    remember(
        sqlite3_bind_text64(statement_, next_++, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}

Query& Query::bind(std::int64_t value) {
    remember(sqlite3_bind_int64(statement_, next_++, value));
    return *this;
}

Query& Query::bind_null() {
    remember(sqlite3_bind_null(statement_, next_++));
    return *this;
}

Query& Query::bind_column(const Query& row, int column) {
    remember(sqlite3_bind_value(statement_, next_++, sqlite3_column_value(row.statement_, column)));
    return *this;
}

Result<bool> Query::step() {
    sqlite3* handle = sqlite3_db_handle(statement_);
    int code = bound_;
    if (code == SQLITE_OK) code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    health_->failed = true;
    return std::unexpected{to_error(handle, code, *health_)};
}

Result<void> Query::run() {
    while (SAMSYN_TRY(step())) {
    }
    return {};
}

std::int64_t Query::number(int column) const {
    return sqlite3_column_int64(statement_, column);
}

ByteView Query::blob(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (data == nullptr || size <= 0) return {};
    return {static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

std::string_view Query::text(int column) const {
    return as_text(blob(column));
}

bool Query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Result<Transaction> Transaction::begin(Database& db) {
    SAMSYN_TRY(db.exec("BEGIN IMMEDIATE"));
    db.begun();
    return Transaction{db};
}

Transaction::~Transaction() {
    if (db_ == nullptr) return;
    db_->roll_back("ROLLBACK");
    db_->ended();
}

Result<void> Transaction::commit() && {
    SAMSYN_TRY(db_->exec("COMMIT"));
    db_->ended();
    db_ = nullptr;
    return {};
}

// All have one name: SQLite finds the innermost.
Result<Savepoint> Savepoint::begin(Database& db) {
    SAMSYN_TRY(db.exec("SAVEPOINT part"));
    return Savepoint{db};
}

Savepoint::~Savepoint() {
    if (db_ != nullptr) db_->roll_back("ROLLBACK TO part; RELEASE part");
}

Result<void> Savepoint::release() && {
    SAMSYN_TRY(db_->exec("RELEASE part"));
    db_ = nullptr;
    return {};
}

}  // namespace samsyn
