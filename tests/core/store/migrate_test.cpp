#include "core/store/migrate.hpp"

#include "tests/core/store/fixture_check.hpp"
#include "tests/core/store/seal_fixture.hpp"
#include "tests/core/store/statement_hook.hpp"
#include "tests/core/store/store_builders.hpp"

#include <cstdlib>
#include <fstream>

using namespace samsyn;

namespace fs = std::filesystem;

namespace {

constexpr int first_sealed = 3;

fs::path fixture_file(int version) {
    return fs::path{SAMSYN_DATABASES} / ("version_" + std::to_string(version) + ".db");
}

/// All files of a folder: what a process that is killed at this moment leaves.
using Image = std::map<std::string, std::string>;

Image image_of(const fs::path& folder) {
    Image image;
    for (const auto& entry : fs::directory_iterator{folder}) {
        std::ifstream file{entry.path(), std::ios::binary};
        image[entry.path().filename()] = {std::istreambuf_iterator<char>{file}, {}};
    }
    return image;
}

void lay(const TemporaryFolder& folder, const Image& image) {
    for (const auto& entry : fs::directory_iterator{folder.path()}) fs::remove_all(entry);
    for (const auto& [name, bytes] : image)
        std::ofstream{folder / name.c_str(), std::ios::binary} << bytes;
}

/// What a device of that version has on its disk. Before version 3 databases were plain: those are
/// sealed here, row by row.
const Image& image_of_version(int version) {
    static std::map<int, Image> images;
    Image& image = images[version];
    if (!image.empty()) return image;
    const TemporaryFolder folder;
    if (version < first_sealed) {
        Database target = must(Database::create(folder / "device.db", store_pages()));
        seal_plain(fixture_file(version), target);
    } else {
        for (const char* part : {"", "-pages0", "-pages1"})
            fs::copy_file(fixture_file(version).concat(part), (folder / "device.db").concat(part));
    }
    return image = image_of(folder.path());
}

void lay(const TemporaryFolder& folder, int version) {
    lay(folder, image_of_version(version));
}

std::vector<int> versions() {
    std::vector<int> all;
    for (int version = 1; version < schema_of_this_version(); ++version) all.push_back(version);
    return all;
}

}  // namespace

TEST_CASE("migrate: there is a fixture of every version before this one, and none is large",
          "[store][migrate]") {
    for (const int version : versions()) {
        CAPTURE(version);
        REQUIRE(fs::exists(fixture_file(version)));
        CHECK(fs::file_size(fixture_file(version)) < 256 * 1024);
    }
}

TEST_CASE("migrate: every released version comes through with all it held, unsent work too",
          "[store][migrate]") {
    const int version = GENERATE(range(1, schema_of_this_version() + 1));
    CAPTURE(version);
    const TemporaryFolder folder;
    lay(folder, version);
    {
        DeviceStore store = open_store(folder / "device.db");
        CHECK(must(store.database().version()) == schema_of_this_version());
        fixture::check(store);
    }
    DeviceStore store = open_store(folder / "device.db");
    fixture::check(store);
    fixture::check_numbers(store);
}

TEST_CASE("migrate: a process killed before any statement loses nothing, and goes on",
          "[store][migrate][crash]") {
    const int version = GENERATE(from_range(versions()));
    const TemporaryFolder folder;
    lay(folder, version);
    std::vector<Image> images;
    {
        const StatementHook hook{[&](int) {
            images.push_back(image_of(folder.path()));
            return false;
        }};
        (void)open_store(folder / "device.db");
    }
    REQUIRE(images.size() > 20);
    std::set<int> seen;
    for (std::size_t i = 0; i < images.size(); ++i) {
        if (i > 0 && images[i] == images[i - 1]) continue;
        CAPTURE(version, i);
        lay(folder, images[i]);
        seen.insert(must(must(open_database(folder / "device.db")).version()));
        DeviceStore store = open_store(folder / "device.db");
        fixture::check(store);
        fixture::check_numbers(store);
    }
    // Each version was a place to stop: one step, one transaction.
    for (int each = version; each <= schema_of_this_version(); ++each) CHECK(seen.contains(each));
}

TEST_CASE("migrate: a statement that fails undoes its step, and the next try goes on",
          "[store][migrate][crash]") {
    const int version = GENERATE(from_range(versions()));
    const TemporaryFolder folder;
    int failures = 0;
    // Each of the first, then every seventh: the rest is the same few statements of the index.
    for (int nth = 1;; nth += nth < 90 ? 1 : 7) {
        CAPTURE(version, nth);
        lay(folder, version);
        bool reached = false;
        {
            const StatementHook hook{[&](int number) {
                reached = reached || number == nth;
                return number == nth;
            }};
            auto database = open_database(folder / "device.db");
            if (database && !DeviceStore::open(*std::move(database))) ++failures;
        }
        if (!reached) break;
        const int left = must(must(open_database(folder / "device.db")).version());
        CHECK((left >= version && left <= schema_of_this_version()));
        DeviceStore store = open_store(folder / "device.db");
        fixture::check(store);
    }
    CHECK(failures > 10);  // the faults were seen
}

TEST_CASE("migrate: progress is told, and whoever stops it can go on later", "[store][migrate]") {
    const TemporaryFolder folder;
    lay(folder, 1);
    std::uint64_t told = 0;
    const auto stopped =
        DeviceStore::open(must(open_database(folder / "device.db")),
                          [&](std::uint64_t done, std::uint64_t total) -> Result<void> {
                              CHECK(done <= total);
                              told = total;
                              return fail(Errc::locked, "stopped");
                          });
    REQUIRE_FALSE(stopped.has_value());
    CHECK(stopped.error() == Error{Errc::locked, "stopped"});
    CHECK(told == fixture::notes + 4);
    // Its tables are of today, and the index that was not built is built now.
    CHECK(must(must(open_database(folder / "device.db")).version()) == schema_of_this_version());
    DeviceStore store = open_store(folder / "device.db");
    fixture::check(store);
}

TEST_CASE("migrate: a newer, a foreign and an unnumbered database are refused and left alone",
          "[store][migrate]") {
    const TemporaryFolder folder;
    lay(folder, 2);
    const auto change = [&](const char* sql) {
        Database database = must(open_database(folder / "device.db"));
        must(database.exec(sql));
        must(database.checkpoint());
    };
    Errc expected{};
    SECTION("a version from the future") {
        change("PRAGMA user_version = 99");
        expected = Errc::newer_format;
    }
    SECTION("another program's database") {
        change("PRAGMA application_id = 7");
        expected = Errc::malformed;
    }
    SECTION("no version") {
        change("PRAGMA user_version = 0");
        expected = Errc::malformed;
    }
    SECTION("a version below zero") {
        change("PRAGMA user_version = -3");
        expected = Errc::malformed;
    }
    const Image before = image_of(folder.path());
    const auto refused = DeviceStore::open(must(open_database(folder / "device.db")));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == expected);
    CHECK(image_of(folder.path()).at("device.db") == before.at("device.db"));
}

TEST_CASE("migrate: an index built for another schema of items is built anew at opening",
          "[store][migrate][search]") {
    const TemporaryFolder folder;
    {
        DeviceStore store = open_store(folder / "device.db");
        commit(store, [&] { must(fixture::write(store)); });
        must(store.put_value("search.schema", some_bytes(2, 0)));
        must(store.database().exec("DELETE FROM search"));
        CHECK(fixture::found(store, "björkskolan") == 0);
    }
    DeviceStore store = open_store(folder / "device.db");
    fixture::check(store);
}

TEST_CASE("fixture: writes that of this version into SAMSYN_FIXTURES", "[.fixture]") {
    const char* folder = std::getenv("SAMSYN_FIXTURES");
    REQUIRE(folder != nullptr);
    const std::string name = "version_" + std::to_string(schema_of_this_version()) + ".db";
    DeviceStore store = open_store(fs::path{folder} / name);
    commit(store, [&] { must(fixture::write(store)); });
}
