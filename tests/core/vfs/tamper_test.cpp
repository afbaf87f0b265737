// Somebody who holds the disk but not the key changes what lies there. Whatever he does, the
// database answers with an error or with a state that was committed, never with a wrong row:
// `history::observe` fails the test on one.

#include "tests/core/vfs/committed.hpp"
#include "tests/core/vfs/fault_vfs.hpp"

#include <functional>

using namespace samsyn;

namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t log_header = 72;
constexpr std::size_t frame_bytes = 4160;

/// Images of one database at different times, and a place to try changed ones.
class Scene {
public:
    Scene() {
        Database db = must(Database::create(original(), pages, disk.name()));
        must(db.exec("PRAGMA wal_autocheckpoint = 0"));
        must(history::begin(db));
        write_to(db, 8);
        early_log = image_of(original());
        must(db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
        early = image_of(original());
        write_to(db, 16);
        middle_log = image_of(original());
        must(db.exec("PRAGMA wal_checkpoint(RESTART)"));
        write_to(db, 24);
        late = image_of(original());
    }

    std::filesystem::path original() const { return folder_ / "a.db"; }

    /// What the database says after `image` was put in its place.
    Result<std::int64_t> observe(const Image& image) {
        put_image(folder_ / "b.db", image);
        Database db = SAMSYN_TRY(Database::open(folder_ / "b.db", pages, disk.name()));
        return history::observe(db);
    }

    /// As above, and a state that is taken for good must also be one to go on from.
    Result<std::int64_t> go_on(const Image& image) {
        put_image(folder_ / "b.db", image);
        Database db = SAMSYN_TRY(Database::open(folder_ / "b.db", pages, disk.name()));
        const std::int64_t seen = SAMSYN_TRY(history::observe(db));
        SAMSYN_TRY(history::apply(db, seen + 1));
        put_image(folder_ / "c.db", image_of(folder_ / "b.db"));  // and be killed
        Database again = must(Database::open(folder_ / "c.db", pages, disk.name()));
        CHECK(must(history::observe(again)) == seen + 1);
        return seen;
    }

    /// The database half-way through a checkpoint that the power ended, with a torn page.
    Image cut_checkpoint(std::int64_t whole_pages = 4) {
        put_image(folder_ / "b.db", late);
        Image cut;
        {
            Database db = must(Database::open(folder_ / "b.db", pages, disk.name()));
            disk.fail_after(Operation::write, whole_pages, FaultStyle::half_done, true);
            CHECK_FALSE(db.exec("PRAGMA wal_checkpoint").has_value());
            cut = image_of(folder_ / "b.db");
        }
        disk.heal();
        REQUIRE(cut[""] != late[""]);
        return cut;
    }

    FaultVfs disk;  ///< which fails only where asked, and waits for no sync
    SodiumPageCipher pages = test_pages();
    Image early_log;   ///< after 8, all of it in the log
    Image early;       ///< after 8, all of it in the database
    Image middle_log;  ///< after 16, the second half in the log
    Image late;        ///< after 24: 16 in the database, the rest in the next log

private:
    void write_to(Database& db, std::int64_t last) {
        while (written_ < last) must(history::apply(db, ++written_));
    }

    TemporaryFolder folder_;
    std::int64_t written_ = 0;
};

std::size_t pages_of(const Image& image) {
    return image.at("").size() / page_bytes;
}

std::size_t frames_of(const Image& image) {
    return (image.at("-wal").size() - log_header) / frame_bytes;
}

std::string page_of(const Image& image, std::size_t page) {
    return image.at("").substr(page * page_bytes, page_bytes);
}

/// What is said of a page that was changed: an error, or nothing where nobody needs it (it is
/// free). Counts the errors.
void check_refused(const Result<std::int64_t>& seen, std::int64_t state, std::size_t& refused) {
    if (!seen) {
        ++refused;
        CHECK(seen.error().code == Errc::malformed);
    } else {
        CHECK(*seen == state);
    }
}

Image with_page(Image image, std::size_t page, const std::string& bytes) {
    image[""].replace(page * page_bytes, page_bytes, bytes);
    return image;
}

}  // namespace

TEST_CASE("Tampering: the untouched images are what they should be", "[vfs][tamper]") {
    Scene scene;
    CHECK(must(scene.go_on(scene.early_log)) == 8);
    CHECK(must(scene.go_on(scene.early)) == 8);
    CHECK(must(scene.go_on(scene.middle_log)) == 16);
    CHECK(must(scene.go_on(scene.late)) == 24);
    CHECK(must(scene.go_on(scene.cut_checkpoint())) == 24);
    CHECK(must(scene.go_on(scene.cut_checkpoint(0))) == 24);  // page 1 is torn
}

TEST_CASE("Tampering: a flipped bit anywhere is an error or an earlier state", "[vfs][tamper]") {
    Scene scene;
    for (const Image& image : {scene.early, scene.late, scene.cut_checkpoint()}) {
        const bool has_log = !image.at("-wal").empty();
        for (const auto& [suffix, bytes] : image) {
            int errors = 0;
            int tried = 0;
            // A step that shares no factor with pages and frames meets every part of them.
            const std::size_t step = std::max<std::size_t>(bytes.size() / 60, 1) | 1U;
            for (std::size_t at = 0; at < bytes.size(); at += step) {
                CAPTURE(suffix, at);
                Image changed = image;
                flip(changed[suffix], at, at);
                const auto seen = scene.observe(changed);
                ++tried;
                if (!seen) ++errors;
                if (!seen) CHECK(seen.error().code == Errc::malformed);
            }
            CAPTURE(suffix, tried, errors);
            // Beside a log that holds every page nobody reads the database.
            if (suffix.empty() && !has_log) CHECK(errors > tried * 2 / 3);
        }
    }
}

TEST_CASE("Tampering: every part of a page that is in use is authenticated", "[vfs][tamper]") {
    Scene scene;
    for (const std::size_t at : {0UL, 100UL, 4055UL, 4056UL, 4079UL, 4080UL, 4095UL}) {
        CAPTURE(at);
        Image changed = scene.early;
        flip(changed[""], page_bytes + at);
        const auto seen = scene.observe(changed);
        REQUIRE_FALSE(seen.has_value());
        CHECK(seen.error() == Error{Errc::malformed, "database: page 2 is damaged"});
    }
}

TEST_CASE("Tampering: swapped pages are seen", "[vfs][tamper]") {
    Scene scene;
    std::size_t refused = 0;
    for (std::size_t page = 0; page + 1 < pages_of(scene.early); ++page) {
        CAPTURE(page);
        const Image swapped =
            with_page(with_page(scene.early, page, page_of(scene.early, page + 1)),
                      page + 1,
                      page_of(scene.early, page));
        check_refused(scene.observe(swapped), 8, refused);
    }
    CHECK(refused > pages_of(scene.early) * 2 / 3);
}

TEST_CASE("Tampering: pages of another database are seen, of the same key too", "[vfs][tamper]") {
    Scene scene;
    const TemporaryFolder folder;
    const bool same_key = GENERATE(true, false);
    CAPTURE(same_key);
    SodiumPageCipher others = same_key ? test_pages(1, 2) : test_pages(2, 1);
    Image other;
    {
        Database db = must(Database::create(folder / "o.db", others, scene.disk.name()));
        must(history::begin(db));
        for (std::int64_t n = 1; n <= 8; ++n) must(history::apply(db, n));
        must(db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
        other = image_of(folder / "o.db");
    }
    std::size_t refused = 0;
    const std::size_t both = std::min(pages_of(scene.early), pages_of(other));
    for (std::size_t page = 0; page < both; ++page) {
        CAPTURE(page);
        check_refused(
            scene.observe(with_page(scene.early, page, page_of(other, page))), 8, refused);
    }
    CHECK(refused > both * 2 / 3);
    const auto whole = scene.observe(other);
    REQUIRE_FALSE(whole.has_value());
    CHECK(whole.error().code == Errc::not_authentic);
}

// Each authenticates, since it was sealed for its place: only the page table knows better.
TEST_CASE("Tampering: an older page that is put back is seen", "[vfs][tamper]") {
    Scene scene;
    Image now = scene.middle_log;
    {
        put_image(scene.original(), now);
        Database db = must(Database::open(scene.original(), scene.pages, scene.disk.name()));
    }
    now = image_of(scene.original());  // after 16, all of it in the database
    REQUIRE(must(scene.observe(now)) == 16);
    std::size_t older = 0;
    std::size_t refused = 0;
    for (std::size_t page = 0; page < pages_of(scene.early); ++page) {
        if (page_of(now, page) == page_of(scene.early, page)) continue;
        CAPTURE(page);
        ++older;
        const auto seen = scene.observe(with_page(now, page, page_of(scene.early, page)));
        check_refused(seen, 16, refused);
        if (!seen && seen.error().context != "integrity check")
            CHECK(seen.error().context ==
                  "database: page " + std::to_string(page + 1) + " is not the newest");
    }
    CHECK(older > 5);
    CHECK(refused > older * 2 / 3);
    // All of them at once, the old database under the new table.
    Image old_database = now;
    old_database[""] = scene.early[""];
    CHECK_FALSE(scene.observe(old_database).has_value());
    // And the new database under the old tables.
    Image old_tables = now;
    old_tables["-pages0"] = scene.early["-pages0"];
    old_tables["-pages1"] = scene.early["-pages1"];
    CHECK_FALSE(scene.observe(old_tables).has_value());
}

TEST_CASE("Tampering: an older page during a cut checkpoint is seen or not used", "[vfs][tamper]") {
    Scene scene;
    const Image cut = scene.cut_checkpoint();
    for (std::size_t page = 0; page < pages_of(scene.early); ++page) {
        CAPTURE(page);
        (void)scene.observe(with_page(cut, page, page_of(scene.early, page)));
        (void)scene.observe(with_page(scene.late, page, page_of(scene.early, page)));
    }
}

TEST_CASE("Tampering: only the log of the next generation is played back", "[vfs][tamper]") {
    Scene scene;
    put_image(scene.original(), scene.late);
    must(Database::open(scene.original(), scene.pages, scene.disk.name()));  // and close
    const Image closed = image_of(scene.original());
    REQUIRE_FALSE(closed.contains("-wal"));

    struct Case {
        const Image& database;
        const Image& log;
        std::int64_t state;
    };

    // What each database holds, but where the log is the one that was begun upon it.
    const std::array cases{Case{scene.early, scene.early_log, 8},
                           Case{scene.early, scene.middle_log, 16},
                           Case{scene.early, scene.late, 8},
                           Case{scene.late, scene.early_log, 16},
                           Case{scene.late, scene.middle_log, 16},
                           Case{scene.late, scene.late, 24},
                           Case{closed, scene.early_log, 24},
                           Case{closed, scene.middle_log, 24},
                           Case{closed, scene.late, 24}};
    for (std::size_t i = 0; i < cases.size(); ++i) {
        CAPTURE(i);
        Image mixed = cases[i].database;
        mixed["-wal"] = cases[i].log.at("-wal");
        CHECK(must(scene.go_on(mixed)) == cases[i].state);
    }
    // A log that was brought over, cut short: its beginning is older than the database.
    for (std::size_t frames = 1; frames < frames_of(scene.late); frames += 7) {
        CAPTURE(frames);
        Image mixed = closed;
        mixed["-wal"] = scene.late.at("-wal").substr(0, log_header + frames * frame_bytes);
        CHECK(must(scene.observe(mixed)) == 24);
    }
}

TEST_CASE("Tampering: a log that belongs to nothing is not played back", "[vfs][tamper]") {
    Scene scene;
    const Image cut = scene.cut_checkpoint();
    Image without = cut;
    without.erase("-wal");
    (void)scene.observe(without);
    without["-wal"] = scene.middle_log["-wal"];
    (void)scene.observe(without);
    without["-wal"] = std::string(cut.at("-wal").size(), '\0');
    (void)scene.observe(without);
    without["-wal"] = std::string(cut.at("-wal").size(), 'x');
    (void)scene.observe(without);
    CHECK(must(scene.observe(cut)) == 24);
}

TEST_CASE("Tampering: frames of the log that are mixed or moved end it, or are an error",
          "[vfs][tamper]") {
    Scene scene;
    const std::size_t frames = frames_of(scene.late);
    const auto frame = [](const Image& image, std::size_t n) {
        return image.at("-wal").substr(log_header + n * frame_bytes, frame_bytes);
    };
    const std::size_t step = std::max<std::size_t>(frames / 25, 1);
    for (std::size_t n = 0; n + 1 < frames; n += step) {
        CAPTURE(n);
        Image changed = scene.late;
        std::string& log = changed["-wal"];
        log.replace(log_header + n * frame_bytes, frame_bytes, frame(scene.late, n + 1));
        (void)scene.observe(changed);
        log.replace(log_header + (n + 1) * frame_bytes, frame_bytes, frame(scene.late, n));
        (void)scene.observe(changed);
        if (n < frames_of(scene.middle_log)) {
            changed = scene.late;
            changed["-wal"].replace(
                log_header + n * frame_bytes, frame_bytes, frame(scene.middle_log, n));
            const auto seen = scene.observe(changed);
            CHECK((!seen || *seen < 24));
        }
    }
}

TEST_CASE("Tampering: a database cut at any page is an error that says so", "[vfs][tamper]") {
    Scene scene;
    for (std::size_t page = 0; page < pages_of(scene.early); ++page) {
        for (const std::size_t more : {0UL, 1000UL}) {
            CAPTURE(page, more);
            Image cut = scene.early;
            cut[""].resize(page * page_bytes + more);
            cut.erase("-wal");
            const auto seen = scene.observe(cut);
            REQUIRE_FALSE(seen.has_value());
            CHECK(seen.error() == Error{Errc::malformed, "database: the file is cut short"});
            // Beside a log it may be a checkpoint that was cut off: then the page itself is missed.
            cut["-wal"] = scene.late["-wal"];
            (void)scene.observe(cut);
        }
    }
    Image longer = scene.early;
    longer[""] += std::string(3 * page_bytes + 17, 'x');
    CHECK(must(scene.go_on(longer)) == 8);
}

TEST_CASE("Tampering: a log cut at any frame gives what was committed until there",
          "[vfs][tamper]") {
    Scene scene;
    const Image cut_checkpoint = scene.cut_checkpoint();
    std::int64_t last = 16;
    for (std::size_t frame = 0; frame <= frames_of(scene.late); ++frame) {
        CAPTURE(frame);
        Image cut = scene.late;
        cut["-wal"].resize(log_header + frame * frame_bytes);
        const auto seen = must(scene.observe(cut));
        CHECK(seen >= last);
        last = seen;
        // Where the database is ahead of what is left of the log, it is an error, not a mixture.
        cut = cut_checkpoint;
        cut["-wal"].resize(log_header + frame * frame_bytes);
        (void)scene.observe(cut);
    }
    CHECK(last == 24);
}

TEST_CASE("Tampering: a page of zeroes is never accepted", "[vfs][tamper]") {
    Scene scene;
    std::size_t refused = 0;
    for (std::size_t page = 0; page < pages_of(scene.early); ++page) {
        CAPTURE(page);
        check_refused(
            scene.observe(with_page(scene.early, page, std::string(page_bytes, '\0'))), 8, refused);
    }
    CHECK(refused > pages_of(scene.early) * 2 / 3);
    Image nothing = scene.early;
    nothing[""].assign(nothing[""].size(), '\0');
    CHECK_FALSE(scene.observe(nothing).has_value());
}

TEST_CASE("Tampering: a damaged or missing table leaves the other, or is an error",
          "[vfs][tamper]") {
    Scene scene;
    const bool newest_is_one = [&] {
        Image one = scene.early;
        one.erase("-pages0");
        return scene.observe(one).has_value();
    }();
    const std::string newest = newest_is_one ? "-pages1" : "-pages0";
    const std::string oldest = newest_is_one ? "-pages0" : "-pages1";
    for (const auto& [suffix, whole] : {std::pair{oldest, true}, std::pair{newest, false}}) {
        CAPTURE(suffix);
        Image changed = scene.early;
        SECTION("missing " + suffix) {
            changed.erase(suffix);
        }
        SECTION("damaged " + suffix) {
            flip(changed[suffix], 50);
        }
        SECTION("cut " + suffix) {
            changed[suffix].resize(40);
        }
        SECTION("longer " + suffix) {
            changed[suffix] += 'x';
        }
        SECTION("of the other place " + suffix) {
            changed[suffix] = changed[suffix == oldest ? newest : oldest];
        }
        const auto seen = scene.go_on(changed);
        if (whole) CHECK(must(Result<std::int64_t>{seen}) == 8);
        if (!whole && changed != scene.early) CHECK((!seen || *seen <= 8));
    }
    Image none = scene.early;
    none.erase("-pages0");
    none.erase("-pages1");
    CHECK(scene.observe(none).error() ==
          Error{Errc::malformed, "database: its page table is missing"});
    Image damaged = scene.early;
    flip(damaged["-pages0"], 30);
    flip(damaged["-pages1"], 30);
    CHECK(scene.observe(damaged).error() ==
          Error{Errc::malformed, "database: its page table is damaged"});
}

TEST_CASE("Database: each thing that can be wrong with a file has its own error, and it stays",
          "[vfs][tamper]") {
    Scene scene;
    const TemporaryFolder folder;
    const auto file = folder / "a.db";
    const auto expect = [&](const Image& image, Errc code, const std::string& context) {
        put_image(file, image);
        const auto opened = Database::open(file, scene.pages);
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error() == Error{code, "database: " + context});
        CHECK(image_of(file) == image);
    };
    expect({}, Errc::not_found, "the file is missing");
    Image alone = scene.early;
    alone.erase("");
    expect(alone, Errc::not_found, "the file is missing");
    expect({{"", ""}}, Errc::malformed, "the file is empty");
    expect({{"", "SQLite format 3" + std::string(9000, '\0')}},
           Errc::malformed,
           "the file is not encrypted");
    expect({{"", std::string(9000, 'g')}}, Errc::malformed, "the file is foreign or cut short");
    expect({{"", std::string(100, 'g')}}, Errc::malformed, "the file is foreign or cut short");
    expect({{"", std::string(8192, 'g')}},
           Errc::not_authentic,
           "the key is another, or the file is foreign");

    put_image(file, scene.early);
    SodiumPageCipher wrong = test_pages(9, 1);
    const auto opened = Database::open(file, wrong);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error() ==
          Error{Errc::not_authentic, "database: the key is another, or the file is foreign"});
    CHECK(image_of(file) == scene.early);
    // The right one finds everything as it was.
    CHECK(must(scene.observe(image_of(file))) == 8);
}

TEST_CASE("Database: a creation that was interrupted is begun anew", "[vfs][tamper]") {
    Scene scene;
    const TemporaryFolder folder;
    const auto file = folder / "a.db";
    for (const Image& left : {Image{{"", ""}},
                              Image{{"", std::string(5000, 'x')}, {"-wal", "x"}},
                              Image{{"-pages0", "x"}, {"-pages1", ""}},
                              scene.late}) {
        put_image(file, left);
        Database db = must(Database::create(file, scene.pages));
        must(history::begin(db));
        must(history::apply(db, 1));
        CHECK(must(history::observe(db)) == 1);
    }
    Database db = must(Database::open(file, scene.pages));
    CHECK(must(history::observe(db)) == 1);
}

TEST_CASE("Database: creating over one that is open is a conflict and does no harm",
          "[vfs][tamper]") {
    const TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    {
        Database db = must(Database::create(folder / "a.db", pages));
        must(history::begin(db));
        must(db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
        const auto second = Database::create(folder / "a.db", pages);
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().code == Errc::conflict);
        must(history::apply(db, 1));
    }
    Database db = must(Database::open(folder / "a.db", pages));
    CHECK(must(history::observe(db)) == 1);
}
