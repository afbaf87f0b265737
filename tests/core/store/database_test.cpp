#include "core/store/database.hpp"

#include "tests/core/store/store_builders.hpp"

#include <fstream>
#include <sys/stat.h>

using namespace samsyn;

namespace {

std::string pragma(Database& db, const char* sql) {
    Query query = must(db.query(sql));
    REQUIRE(must(query.step()));
    return std::string{query.text(0)};
}

unsigned mode_of(const std::filesystem::path& file) {
    struct stat facts{};
    REQUIRE(::stat(file.c_str(), &facts) == 0);
    return facts.st_mode & 0777U;
}

}  // namespace

TEST_CASE("Database: opens with the settings that DESIGN.md and security.md ask for", "[store]") {
    const TemporaryFolder folder;
    Database db = must(open_database(folder / "a.db"));
    CHECK(pragma(db, "PRAGMA journal_mode") == "wal");
    CHECK(pragma(db, "PRAGMA synchronous") == "2");
    CHECK(pragma(db, "PRAGMA locking_mode") == "exclusive");
    CHECK(pragma(db, "PRAGMA temp_store") == "2");
    CHECK(pragma(db, "PRAGMA foreign_keys") == "1");
    CHECK(pragma(db, "PRAGMA trusted_schema") == "0");
    CHECK(pragma(db, "PRAGMA secure_delete") == "1");
}

TEST_CASE("Database: refuses extensions, attached files and a writable schema", "[store]") {
    const TemporaryFolder folder;
    Database db = must(open_database(folder / "a.db"));
    CHECK_FALSE(db.exec("SELECT load_extension('x')").has_value());
    CHECK_FALSE(db.exec("ATTACH ':memory:' AS other").has_value());
    must(db.exec("PRAGMA writable_schema = ON"));
    CHECK_FALSE(db.exec("DELETE FROM sqlite_schema").has_value());
}

TEST_CASE("Database: the file, its WAL and an old file are for the owner alone", "[store]") {
    const TemporaryFolder folder;
    const auto old_umask = ::umask(0);
    {
        Database db = must(open_database(folder / "a.db"));
        must(db.exec("CREATE TABLE t(x)"));
        CHECK(mode_of(folder / "a.db") == 0600);
        CHECK(mode_of(folder / "a.db-wal") == 0600);
        CHECK_FALSE(std::filesystem::exists(folder / "a.db-shm"));
    }
    ::umask(old_umask);
    std::filesystem::permissions(folder / "a.db", std::filesystem::perms{0644});
    Database db = must(open_database(folder / "a.db"));
    CHECK(mode_of(folder / "a.db") == 0600);
}

TEST_CASE("Database: a second connection to an open file gets conflict, and does no harm",
          "[store]") {
    const TemporaryFolder folder;
    Database first = must(open_database(folder / "a.db"));
    for (int round = 0; round < 3; ++round) {
        const auto second = open_database(folder / "a.db");
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().code == Errc::conflict);
    }
    must(first.exec("CREATE TABLE t(x)"));
}

TEST_CASE("Database: a folder that is not there is storage_failed and names the file", "[store]") {
    const TemporaryFolder folder;
    const auto db = open_database(folder / "missing" / "a.db");
    REQUIRE_FALSE(db.has_value());
    CHECK(db.error().code == Errc::storage_failed);
    CHECK(db.error().context.find("a.db") != std::string::npos);
}

TEST_CASE("Database: a file of something else is malformed and stays as it is", "[store]") {
    const TemporaryFolder folder;
    const std::string garbage(9000, 'g');
    std::ofstream{folder / "a.db"} << garbage;
    const auto db = open_database(folder / "a.db");
    REQUIRE_FALSE(db.has_value());
    CHECK(db.error().code == Errc::malformed);
    std::ifstream in{folder / "a.db"};
    CHECK(std::string{std::istreambuf_iterator<char>{in}, {}} == garbage);
}

TEST_CASE("Database: a full disk is disk_full, and what was committed is still there", "[store]") {
    const TemporaryFolder folder;
    Database db = must(open_database(folder / "a.db"));
    must(db.exec("CREATE TABLE t(x BLOB)"));
    must(db.exec("INSERT INTO t VALUES('kept')"));
    must(db.exec("PRAGMA max_page_count = 12"));
    {
        Transaction transaction = must(Transaction::begin(db));
        Result<void> written;
        for (int i = 0; i < 100 && written; ++i)
            written = db.exec("INSERT INTO t VALUES(zeroblob(4000))");
        REQUIRE_FALSE(written.has_value());
        CHECK(written.error().code == Errc::disk_full);
        CHECK_FALSE(std::move(transaction).commit().has_value());
    }
    CHECK(pragma(db, "SELECT count(*) FROM t") == "1");
    must(db.exec("INSERT INTO t VALUES('again')"));
}

TEST_CASE("Database: a transaction that is not committed leaves nothing", "[store]") {
    Database db = must(Database::open_in_memory());
    must(db.exec("CREATE TABLE t(x)"));
    {
        Transaction transaction = must(Transaction::begin(db));
        must(db.exec("INSERT INTO t VALUES(1)"));
        CHECK_FALSE(Transaction::begin(db).has_value());
    }
    CHECK(pragma(db, "SELECT count(*) FROM t") == "0");
}

TEST_CASE(
    "Database: after SQLite has ended a transaction by itself, nothing is written outside one",
    "[store]") {
    const TemporaryFolder folder;
    Database db = must(open_database(folder / "a.db"));
    must(db.exec("CREATE TABLE t(x)"));
    {
        Transaction transaction = must(Transaction::begin(db));
        must(db.exec("INSERT INTO t VALUES(1)"));
        must(db.exec("ROLLBACK"));  // as SQLite does where it runs out of memory
        const auto refused = db.exec("INSERT INTO t VALUES(2)");
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == Errc::storage_failed);
        CHECK_FALSE(db.query("INSERT INTO t VALUES(3)").has_value());
        CHECK(db.failed());
        CHECK_FALSE(std::move(transaction).commit().has_value());
    }
    CHECK(pragma(db, "SELECT count(*) FROM t") == "0");
    must(db.exec("INSERT INTO t VALUES(4)"));
}

TEST_CASE("Database: any failed call is remembered until the next transaction", "[store]") {
    Database db = must(Database::open_in_memory());
    must(db.exec("CREATE TABLE t(x UNIQUE)"));
    must(db.exec("INSERT INTO t VALUES(1)"));
    {
        Transaction transaction = must(Transaction::begin(db));
        CHECK_FALSE(db.failed());
        Query query = must(db.query("INSERT INTO t VALUES(?)"));
        REQUIRE_FALSE(query.bind(std::int64_t{1}).run().has_value());
        CHECK(db.failed());
    }
    Transaction transaction = must(Transaction::begin(db));
    CHECK_FALSE(db.failed());
}

TEST_CASE("Savepoint: undoes its own part and leaves what came before, nested too", "[store]") {
    Database db = must(Database::open_in_memory());
    must(db.exec("CREATE TABLE t(x)"));
    Transaction transaction = must(Transaction::begin(db));
    must(db.exec("INSERT INTO t VALUES(1)"));
    {
        Savepoint outer = must(Savepoint::begin(db));
        must(db.exec("INSERT INTO t VALUES(2)"));
        {
            Savepoint inner = must(Savepoint::begin(db));
            must(db.exec("INSERT INTO t VALUES(3)"));
        }
        must(std::move(outer).release());
    }
    must(std::move(transaction).commit());
    CHECK(pragma(db, "SELECT group_concat(x) FROM t") == "1,2");
}

TEST_CASE("Database: a broken constraint is conflict and its message quotes no value", "[store]") {
    Database db = must(Database::open_in_memory());
    must(db.exec("CREATE TABLE t(x TEXT UNIQUE)"));
    must(db.exec("INSERT INTO t VALUES('Åsa')"));
    const auto twice = db.exec("INSERT INTO t VALUES('Åsa')");
    REQUIRE_FALSE(twice.has_value());
    CHECK(twice.error().code == Errc::conflict);
    CHECK(twice.error().context.find("Åsa") == std::string::npos);
}

TEST_CASE("Query: bytes, texts and numbers come back as they went in, empty ones too", "[store]") {
    Database db = must(Database::open_in_memory());
    Query query = must(db.query("SELECT ?, ?, ?, ?, ?, ?"));
    const Bytes bytes = some_bytes(5);
    query.bind(ByteView{bytes}).bind(ByteView{}).bind_text("Hällefors").bind_text("");
    query.bind(std::int64_t{-3}).bind_null();
    REQUIRE(must(query.step()));
    CHECK(equal(query.blob(0), bytes));
    CHECK(query.blob(1).empty());
    CHECK_FALSE(query.is_null(1));
    CHECK(query.text(2) == "Hällefors");
    CHECK_FALSE(query.is_null(3));
    CHECK(query.number(4) == -3);
    CHECK(query.is_null(5));
    CHECK(query.id<ItemId>(0).error().code == Errc::malformed);
}

TEST_CASE("Query: a bind that does not fit is an error of the step, not a crash", "[store]") {
    Database db = must(Database::open_in_memory());
    Query query = must(db.query("SELECT ?"));
    query.bind(std::int64_t{1}).bind(std::int64_t{2});
    CHECK_FALSE(query.step().has_value());
}

TEST_CASE("Database: one of more than 64 MiB moves its log into the file, and opens again",
          "[store][database]") {
    const TemporaryFolder folder;
    {
        Database db = must(open_database(folder / "large.db"));
        must(db.exec("CREATE TABLE large(row INTEGER PRIMARY KEY, bytes BLOB)"));
        for (int i = 0; i < 70; ++i)
            must(db.exec("INSERT INTO large(bytes) VALUES(zeroblob(1000000))"));
        must(db.checkpoint());
    }
    Database db = must(open_database(folder / "large.db"));
    Query query = must(db.query("SELECT count(*), sum(length(bytes)) FROM large"));
    REQUIRE(must(query.step()));
    CHECK(query.number(0) == 70);
    CHECK(query.number(1) == 70'000'000);
}
