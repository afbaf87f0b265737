// The findings of security.md, section 3, one by one.

#include "core/vfs/sealed_vfs.hpp"

#include "core/vfs/sqlite_memory.hpp"
#include "tests/core/vfs/committed.hpp"
#include "tests/core/vfs/fault_vfs.hpp"

#include <sqlite3.h>

#include <fstream>
#include <set>

using namespace samsyn;

namespace {

/// SQLite with our VFS and nothing else of ours: what `Database` forbids can be tried here.
class Raw {
public:
    Raw(const std::filesystem::path& file, PageCipher& pages, int reserved = reserved_bytes) {
        must(make_sqlite_wipe_memory());
        vfs = must(SealedVfs::make(pages, {.mode = DatabaseMode::create}));
        constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        REQUIRE(sqlite3_open_v2(file.c_str(), &db, flags, vfs->name()) == SQLITE_OK);
        sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
        run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY");
    }

    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;

    ~Raw() { sqlite3_close(db); }

    int run(const char* sql) const { return sqlite3_exec(db, sql, nullptr, nullptr, nullptr); }

    sqlite3_file* main_file() const {
        sqlite3_file* file = nullptr;
        REQUIRE(sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK);
        return file;
    }

    int write(const Bytes& page, std::int64_t at) const {
        return main_file()->pMethods->xWrite(
            main_file(), page.data(), static_cast<int>(page.size()), at);
    }

    int read(Bytes& out, std::int64_t at) const {
        return main_file()->pMethods->xRead(
            main_file(), out.data(), static_cast<int>(out.size()), at);
    }

    std::unique_ptr<SealedVfs> vfs;
    sqlite3* db = nullptr;
};

/// A page as SQLite writes it: reserved bytes zero.
Bytes page_of(unsigned char fill) {
    Bytes page(4096, std::byte{fill});
    std::fill(page.end() - 40, page.end(), std::byte{0});
    if (fill != 0) {
        page[16] = std::byte{0x10};
        page[17] = std::byte{0};
        page[20] = std::byte{40};
    }
    return page;
}

/// A database of so many transactions, as it lies there while it is open.
Image running(const std::filesystem::path& file, PageCipher& pages, std::int64_t transactions) {
    Database db = must(Database::create(file, pages));
    must(history::begin(db));
    for (std::int64_t n = 1; n <= transactions; ++n) must(history::apply(db, n));
    return image_of(file);
}

Result<std::int64_t> observe(const std::filesystem::path& file, PageCipher& pages) {
    Database db = SAMSYN_TRY(Database::open(file, pages));
    return history::observe(db);
}

}  // namespace

// Finding 1: nonce and tag handed back in the reserved bytes would break SQLite's checksums.
TEST_CASE("SealedVfs: everything committed is there after a kill", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    const Image killed = running(folder / "a.db", pages, 50);
    put_image(folder / "b.db", killed);
    CHECK(must(observe(folder / "b.db", pages)) == 50);
    // And once more after the recovery, whose checkpoint closed the log.
    CHECK(must(observe(folder / "b.db", pages)) == 50);
}

// Finding 2.
TEST_CASE("SealedVfs: a torn tail of the log is no error, and costs only what is torn", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    Image killed = running(folder / "a.db", pages, 12);
    std::string& log = killed["-wal"];
    REQUIRE((log.size() - 72) % 4160 == 0);
    SECTION("cut inside the last page") {
        log.resize(log.size() - 1000);
    }
    SECTION("cut inside the last header") {
        log.resize(log.size() - 4160 + 20);
    }
    SECTION("a sector of the last page is missing") {
        log.replace(log.size() - 1024, 512, 512, '\0');
    }
    put_image(folder / "b.db", killed);
    CHECK(must(observe(folder / "b.db", pages)) == 11);
}

TEST_CASE("SealedVfs: a page of the log that rots while in use is an error that names it",
          "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    const auto file = folder / "a.db";
    Database db = must(Database::create(file, pages));
    must(history::begin(db));
    for (std::int64_t n = 1; n <= 30; ++n) must(history::apply(db, n));
    Image rotten = image_of(file);
    std::string& log = rotten["-wal"];
    for (std::size_t at = 72 + 64 + 100; at < log.size(); at += 4160) flip(log, at);
    {
        std::fstream out{file.string() + "-wal", std::ios::in | std::ios::out | std::ios::binary};
        out << log;
    }
    must(db.exec("PRAGMA shrink_memory"));
    const auto seen = history::observe(db);
    REQUIRE_FALSE(seen.has_value());
    CHECK(seen.error().code == Errc::malformed);
    CHECK(seen.error().context.starts_with("journal: frame "));
}

// Findings 2 and 3: sizes are translated, and no header lies there in plain.
TEST_CASE("SealedVfs: neither pages nor headers nor names lie on the disk in plain", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    const auto file = folder / "a.db";
    Image image = running(file, pages, 20);
    CHECK((image["-wal"].size() - 72) % 4160 == 0);
    {
        Database db = must(Database::open(file, pages));
        must(db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
    for (const auto& [suffix, bytes] : image_of(file)) image[suffix + "/later"] = bytes;
    for (const auto& [suffix, bytes] : image) {
        CAPTURE(suffix);
        for (const std::string_view plain : {"SQLite",
                                             "Hällefors",
                                             "rad ",
                                             "CREATE",
                                             "by_text",
                                             "\x37\x7f\x06\x82",
                                             "\x37\x7f\x06\x83"})
            CHECK(bytes.find(plain) == std::string::npos);
    }
    CHECK(image["/later"].size() % 4096 == 0);
}

// Finding 4: a transaction that outgrows the cache writes frames and then rewrites them.
TEST_CASE("SealedVfs: frames rewritten within a transaction survive a kill", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    Database db = must(Database::create(folder / "a.db", pages));
    must(history::begin(db));
    must(history::apply(db, 1));
    must(db.exec("PRAGMA cache_size = 5"));
    must(db.exec("CREATE TABLE big(x)"));
    must(db.exec("BEGIN IMMEDIATE"));
    must(
        db.exec("WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
                "INSERT INTO big SELECT randomblob(500) FROM n"));
    must(db.exec("UPDATE big SET x = zeroblob(500)"));
    must(db.exec("COMMIT"));
    put_image(folder / "b.db", image_of(folder / "a.db"));
    Database again = must(Database::open(folder / "b.db", pages));
    CHECK(must(history::observe(again)) == 1);
    Query count = must(again.query("SELECT count(*) FROM big WHERE x = zeroblob(500)"));
    REQUIRE(must(count.step()));
    CHECK(count.number(0) == 400);
}

// SQLite reads the rewritten frames once more at the commit: a torn tail that reads as zeroes would
// there become a committed frame that no recovery accepts.
TEST_CASE("SealedVfs: a frame that rots within its transaction fails the commit", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    const auto file = folder / "a.db";
    Database db = must(Database::create(file, pages));
    must(db.exec("CREATE TABLE big(x); PRAGMA cache_size = 5"));
    const std::size_t before = image_of(file)["-wal"].size();
    must(db.exec("BEGIN IMMEDIATE"));
    must(
        db.exec("WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
                "INSERT INTO big SELECT randomblob(500) FROM n"));
    must(db.exec("UPDATE big SET x = zeroblob(500)"));
    std::string log = image_of(file)["-wal"];
    REQUIRE(log.size() > before + 20 * 4160);
    for (std::size_t at = before + 64 + 100; at < log.size(); at += 4160) flip(log, at);
    {
        std::fstream out{file.string() + "-wal", std::ios::in | std::ios::out | std::ios::binary};
        out << log;
    }
    const auto committed = db.exec("COMMIT");
    REQUIRE_FALSE(committed.has_value());
    CHECK(committed.error().context.starts_with("journal: frame "));
}

// Finding 5.
TEST_CASE("SealedVfs: refuses and counts every file but the database and its log", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    Raw raw{folder / "a.db", pages};
    REQUIRE(raw.run("PRAGMA journal_mode=WAL; CREATE TABLE t(x)") == SQLITE_OK);
    CHECK(raw.vfs->counts().refused_opens == 0);

    REQUIRE(raw.run("PRAGMA temp_store=FILE; PRAGMA cache_spill=ON; PRAGMA temp.cache_size=2") ==
            SQLITE_OK);
    CHECK(raw.run("CREATE TEMP TABLE u AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 "
                  "FROM n WHERE i<5000) SELECT randomblob(400) FROM n") != SQLITE_OK);
    const auto after_temp = raw.vfs->counts().refused_opens;
    CHECK(after_temp > 0);

    const std::string other = "ATTACH '" + (folder / "other.db").string() + "' AS o";
    CHECK(raw.run(other.c_str()) != SQLITE_OK);
    CHECK(raw.vfs->counts().refused_opens > after_temp);
    CHECK_FALSE(std::filesystem::exists(folder / "other.db"));
}

TEST_CASE("SealedVfs: work that sorts and rolls back makes no other file", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    Database db = must(Database::create(folder / "a.db", pages));
    must(history::begin(db));
    for (std::int64_t n = 1; n <= 10; ++n) must(history::apply(db, n));
    must(db.exec("PRAGMA wal_checkpoint; PRAGMA cache_size = 5"));
    must(db.exec("CREATE TABLE s AS SELECT a.text FROM rows a, rows b ORDER BY random()"));
    must(
        db.exec("BEGIN; INSERT OR IGNORE INTO s SELECT text FROM s; SAVEPOINT p; "
                "UPDATE s SET text = 'x' || text; ROLLBACK TO p; ROLLBACK"));
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()})
        names.insert(entry.path().filename().string());
    CHECK(names == std::set<std::string>{"a.db", "a.db-wal", "a.db-pages0", "a.db-pages1"});
}

// Finding 6.
TEST_CASE("SealedVfs: pages of another size or without room for the tag are refused", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    SECTION("no reserved bytes") {
        Raw raw{folder / "a.db", pages, 0};
        CHECK(raw.run("CREATE TABLE t(x)") != SQLITE_OK);
        CHECK(raw.vfs->take_failure()->context == "database: pages are not as agreed");
    }
    SECTION("another page size") {
        Raw raw{folder / "a.db", pages};
        CHECK(raw.run("PRAGMA page_size=1024") != SQLITE_OK);
    }
    SECTION("back to a rollback journal") {
        Raw raw{folder / "a.db", pages};
        REQUIRE(raw.run("PRAGMA journal_mode=WAL; CREATE TABLE t(x)") == SQLITE_OK);
        for (const char* sql : {"PRAGMA journal_mode=DELETE",
                                "PRAGMA journal_mode=MEMORY",
                                "PRAGMA journal_mode=off"})
            CHECK(raw.run(sql) != SQLITE_OK);
    }
    SECTION("something in the reserved bytes would be lost") {
        Raw raw{folder / "a.db", pages};
        Bytes page = page_of(1);
        page.back() = std::byte{1};
        CHECK(raw.write(page, 0) != SQLITE_OK);
    }
}

// Finding 7.
TEST_CASE("SealedVfs: a hole is filled with sealed pages of zeroes", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    Raw raw{folder / "a.db", pages};
    REQUIRE(raw.write(page_of(1), 0) == SQLITE_OK);
    REQUIRE(raw.write(page_of(5), 4 * 4096) == SQLITE_OK);
    REQUIRE(raw.main_file()->pMethods->xTruncate(raw.main_file(), 7 * 4096) == SQLITE_OK);
    for (const std::int64_t page : {1, 2, 3, 5, 6}) {
        Bytes hole(4096, std::byte{9});
        REQUIRE(raw.read(hole, page * 4096) == SQLITE_OK);
        CHECK(hole == Bytes(4096));
    }
    const std::string stored = image_of(folder / "a.db")[""];
    REQUIRE(stored.size() == 7 * 4096);
    for (std::size_t page = 0; page < 7; ++page)
        CHECK(stored.substr(page * 4096, 64) != std::string(64, '\0'));
}

TEST_CASE("SealedVfs: hints about sizes make no hole", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    Raw raw{folder / "a.db", pages};
    REQUIRE(raw.write(page_of(1), 0) == SQLITE_OK);
    sqlite3_int64 hint = 1 << 20;
    sqlite3_file* file = raw.main_file();
    CHECK(file->pMethods->xFileControl(file, SQLITE_FCNTL_SIZE_HINT, &hint) == SQLITE_OK);
    int chunk = 1 << 20;
    CHECK(file->pMethods->xFileControl(file, SQLITE_FCNTL_CHUNK_SIZE, &chunk) == SQLITE_OK);
    REQUIRE(raw.write(page_of(2), 4096) == SQLITE_OK);
    CHECK(std::filesystem::file_size(folder / "a.db") == 2 * 4096);
}

// Findings 8 and 9.
TEST_CASE("SealedVfs: promises of the device that do not hold for sealed pages are masked",
          "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    must(make_sqlite_wipe_memory());
    FaultVfs device;
    device.added_characteristics = SQLITE_IOCAP_ATOMIC | SQLITE_IOCAP_ATOMIC4K |
                                   SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_SEQUENTIAL |
                                   SQLITE_IOCAP_IMMUTABLE | SQLITE_IOCAP_BATCH_ATOMIC;
    const auto vfs =
        must(SealedVfs::make(pages, {.mode = DatabaseMode::create, .lower = device.name()}));
    sqlite3* db = nullptr;
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    REQUIRE(sqlite3_open_v2((folder / "a.db").c_str(), &db, flags, vfs->name()) == SQLITE_OK);
    sqlite3_file* file = nullptr;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    CHECK(file->pMethods->xDeviceCharacteristics(file) == SQLITE_IOCAP_POWERSAFE_OVERWRITE);
    CHECK(file->pMethods->iVersion == 1);  // no mapped pages, no shared memory
    int atomic = 0;
    CHECK(file->pMethods->xFileControl(file, SQLITE_FCNTL_BEGIN_ATOMIC_WRITE, &atomic) ==
          SQLITE_NOTFOUND);
    sqlite3_close(db);
}

TEST_CASE("SealedVfs: a device that is not powersafe is refused", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    must(make_sqlite_wipe_memory());
    FaultVfs device;
    device.removed_characteristics = SQLITE_IOCAP_POWERSAFE_OVERWRITE;
    const auto db = Database::create(folder / "a.db", pages, device.name());
    REQUIRE_FALSE(db.has_value());
    CHECK(db.error() == Error{Errc::storage_failed, "database: the device is not powersafe"});
}

// Finding 10.
TEST_CASE("SealedVfs: any part of the file reads as the same part of its plain pages", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    Raw raw{folder / "a.db", pages};
    Bytes whole;
    for (unsigned char page = 0; page < 3; ++page) {
        Bytes bytes = page_of(static_cast<unsigned char>(page + 1));
        for (std::size_t i = 100; i < 4056; ++i) bytes[i] = static_cast<std::byte>(i * 7 + page);
        REQUIRE(raw.write(bytes, page * 4096) == SQLITE_OK);
        whole.insert(whole.end(), bytes.begin(), bytes.end());
    }
    for (const std::size_t at : {0UL, 1UL, 24UL, 4095UL, 4096UL, 5000UL, 8191UL, 12287UL}) {
        for (const std::size_t size : {1UL, 16UL, 100UL, 4096UL, 5000UL}) {
            CAPTURE(at, size);
            Bytes out(size, std::byte{0xee});
            const int code = raw.read(out, static_cast<std::int64_t>(at));
            CHECK(code == (at + size > whole.size() ? SQLITE_IOERR_SHORT_READ : SQLITE_OK));
            Bytes expected(size);
            const std::size_t there = std::min(size, whole.size() - at);
            std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(at), there, expected.begin());
            CHECK(out == expected);
        }
    }
    Bytes beyond(100, std::byte{0xee});
    CHECK(raw.read(beyond, 1 << 20) == SQLITE_IOERR_SHORT_READ);
    CHECK(beyond == Bytes(100));
}

TEST_CASE("SealedVfs: does not touch the page that it is given to write", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    Raw raw{folder / "a.db", pages};
    const Bytes page = page_of(3);
    const Bytes before = page;
    REQUIRE(raw.write(page, 0) == SQLITE_OK);
    CHECK(page == before);
}

// Finding 13.
TEST_CASE("SealedVfs: a connection says whose it is, and names are never used twice", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    Raw raw{folder / "a.db", pages};
    char* name = nullptr;
    REQUIRE(sqlite3_file_control(raw.db, "main", SQLITE_FCNTL_VFSNAME, &name) == SQLITE_OK);
    CHECK(std::string{name} == raw.vfs->name());
    sqlite3_free(name);
    const auto other = must(SealedVfs::make(pages, {}));
    CHECK(std::string{other->name()} != raw.vfs->name());
    CHECK(std::string{sqlite3_vfs_find(nullptr)->zName} == "unix");
}

TEST_CASE("SealedVfs: is gone from SQLite when it is destroyed", "[vfs]") {
    SodiumPageCipher pages = test_pages();
    must(make_sqlite_wipe_memory());
    std::string name;
    {
        const auto vfs = must(SealedVfs::make(pages, {}));
        name = vfs->name();
        CHECK(sqlite3_vfs_find(name.c_str()) != nullptr);
    }
    CHECK(sqlite3_vfs_find(name.c_str()) == nullptr);
    CHECK(SealedVfs::make(pages, {.lower = "no such"}).error().code == Errc::system_failed);
}

TEST_CASE("SealedVfs: loads no extension and takes no address of the URI kind", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    Raw raw{folder / "a.db", pages};
    sqlite3_db_config(raw.db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr);
    char* why = nullptr;
    CHECK(sqlite3_load_extension(raw.db, "libm.so.6", nullptr, &why) != SQLITE_OK);
    CHECK(std::string{why}.find("refused") != std::string::npos);
    sqlite3_free(why);

    const auto vfs = must(SealedVfs::make(pages, {.mode = DatabaseMode::create}));
    sqlite3* db = nullptr;
    const std::string uri = "file:" + (folder / "b.db").string() + "?psow=0";
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI;
    CHECK(sqlite3_open_v2(uri.c_str(), &db, flags, vfs->name()) == SQLITE_CANTOPEN);
    sqlite3_close(db);
    CHECK(vfs->counts().refused_opens == 1);
}

TEST_CASE("SealedVfs: a journal that somebody put there is not played back", "[vfs]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    const auto file = folder / "a.db";
    (void)running(file, pages, 5);
    std::ofstream{file.string() + "-journal"} << "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
                                              << std::string(5000, 'x');
    CHECK(must(observe(file, pages)) == 5);
    CHECK(std::filesystem::exists(file.string() + "-journal"));
}

TEST_CASE("SQLite's memory is wiped before it is freed", "[vfs]") {
    must(make_sqlite_wipe_memory());
    must(make_sqlite_wipe_memory());  // twice is no harm
    constexpr int size = 4000;
    auto* block = static_cast<unsigned char*>(sqlite3_malloc(size));
    std::fill_n(block, size, static_cast<unsigned char>(0xa5));
    // Grown: the bytes come along, and the old block holds none of them. What was freed may be read
    // here because the allocator hands it out again at once.
    auto* grown = static_cast<unsigned char*>(sqlite3_realloc(block, 4 * size));
    CHECK(std::count(grown, grown + size, 0xa5) == size);
    auto* again = static_cast<unsigned char*>(sqlite3_malloc(size));
    CHECK(std::count(again, again + size, 0xa5) == 0);
    sqlite3_free(grown);
    sqlite3_free(again);
}
