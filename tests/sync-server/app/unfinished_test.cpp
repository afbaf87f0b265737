// What is half made, and what is left of it when the maker is killed.

#include "sync-server/app/unfinished.hpp"

#include "sync-server/app/month_keys.hpp"
#include "tests/sync-server/app/backed_up.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>

using namespace samsyn;
using namespace samsyn::test;
using namespace std::chrono_literals;

namespace {

Instant date(int year, unsigned month, unsigned day) {
    return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} /
                                 std::chrono::day{day}};
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator{folder}) names.push_back(file.path().filename());
    std::ranges::sort(names);
    return names;
}

using Names = std::vector<std::string>;

/// Runs `body` in a process of its own that dies in the middle of the first write of more than ten
/// bytes.
template <class Body>
void die_in_a_write(Body body) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_DFL);
        const rlimit ten_bytes{10, 10};
        ::setrlimit(RLIMIT_FSIZE, &ten_bytes);
        body();
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(WTERMSIG(status) == SIGXFSZ);
}

}  // namespace

TEST_CASE("UnfinishedFile: appears whole, over what was there or not at all", "[app]") {
    const TemporaryFolder folder;
    const fs::path file = folder / "file";
    {
        UnfinishedFile dropped{file};
        REQUIRE(dropped.write(as_bytes("half")));
    }
    CHECK(names_in(folder.path()).empty());
    {
        UnfinishedFile made{file};
        REQUIRE(made.write(as_bytes("0123456789")));
        REQUIRE(made.rewrite(2, as_bytes("xx")));
        CHECK(names_in(folder.path()) == Names{"file.samsyn-unfinished"});
        REQUIRE(made.keep());
    }
    CHECK(read(file) == "01xx456789");
    CHECK(mode(file) == 0600);
    {
        UnfinishedFile second{file};
        REQUIRE(second.write(as_bytes("second")));
        CHECK(second.keep_new() == UnfinishedFile::Kept::taken);
    }
    CHECK(read(file) == "01xx456789");
    fs::remove(file);
    {
        UnfinishedFile third{file};
        REQUIRE(third.write(as_bytes("third")));
        CHECK(third.keep_new() == UnfinishedFile::Kept::yes);
    }
    CHECK(read(file) == "third");
    CHECK(names_in(folder.path()) == Names{"file"});
}

TEST_CASE("UnfinishedFile: two at once do not disturb each other", "[app]") {
    const TemporaryFolder folder;
    UnfinishedFile first{folder / "file"};
    REQUIRE(first.write(as_bytes("first")));
    {
        UnfinishedFile second{folder / "file"};
        CHECK_FALSE(second.write(as_bytes("second")));
        CHECK_FALSE(second.keep());
    }
    REQUIRE(first.keep());
    CHECK(read(folder / "file") == "first");
}

TEST_CASE("unfinished: what nobody makes any more is left over and goes; nothing else does",
          "[app]") {
    const TemporaryFolder folder;
    auto fresh = UnfinishedFolder::make(folder / "data");
    REQUIRE(fresh);
    CHECK(mode(fresh->path()) == 0700);
    UnfinishedFile file{folder / "busy"};
    REQUIRE(file.write(as_bytes("x")));
    const std::string busy = fresh->path().filename();

    // As a killed process leaves them, and what only looks like it.
    fs::create_directories(folder / "old.samsyn-unfinished-a1B2c3" / "inner");
    std::ofstream{folder / "a.backup.samsyn-unfinished"} << "half a backup";
    fs::create_directory(folder / "data.samsyn-unfinished-a1");
    fs::create_directory(folder / "data.backup");
    fs::create_directory(folder / "data.samsyn-unfinished");
    std::ofstream{folder / "data.samsyn-unfinished-a1B2c3"} << "a file";
    fs::create_symlink(folder / "data.backup", folder / "link.samsyn-unfinished-a1B2c3");
    const Names others{"busy.samsyn-unfinished",
                       "data.backup",
                       "data.samsyn-unfinished",
                       "data.samsyn-unfinished-a1",
                       "data.samsyn-unfinished-a1B2c3",
                       "link.samsyn-unfinished-a1B2c3"};
    CHECK(leftovers(folder.path()) ==
          std::vector<fs::path>{folder / "a.backup.samsyn-unfinished",
                                folder / "old.samsyn-unfinished-a1B2c3"});
    remove_leftovers(folder.path());
    CHECK(leftovers(folder.path()).empty());
    Names left = names_in(folder.path());
    std::erase(left, busy);
    CHECK(left == others);

    std::ofstream{fresh->path() / "key"} << "secret";
    REQUIRE(fresh->keep());
    CHECK(read(folder / "data" / "key") == "secret");
    CHECK_FALSE(fs::exists(folder.path() / busy));
}

TEST_CASE("month keys: whoever dies while one is written leaves none, and the next makes it",
          "[app][backup]") {
    REQUIRE(start_sodium());
    const TemporaryFolder folder;
    die_in_a_write([&] { (void)ensure_month_key(folder.path(), "2026-11"); });
    CHECK(names_in(folder.path()) == Names{"2026-11.key.samsyn-unfinished"});
    const auto key = ensure_month_key(folder.path(), "2026-11");
    REQUIRE(key);
    CHECK(names_in(folder.path()) == Names{"2026-11.key"});
    CHECK(mode(folder / "2026-11.key") == 0600);
    const auto again = ensure_month_key(folder.path(), "2026-11");
    REQUIRE(again);
    CHECK(std::ranges::equal(key->expose(), again->expose()));
}

TEST_CASE("month keys: a key lives to the end of its period after its month, and no longer",
          "[app][backup]") {
    REQUIRE(start_sodium());
    const TemporaryFolder folder;
    for (const char* month : {"2025-12", "2026-01", "2026-02"}) write_key(folder.path(), month);
    const auto destroyed = [&](Instant now) {
        const DestroyedKeys done = destroy_month_keys(folder.path(), now, 24h * 31);
        CHECK(done.kept.empty());
        CHECK(done.why_kept.empty());
        return done.destroyed;
    };
    const Names none;
    CHECK(destroyed(date(2026, 2, 1) - 1ms) == none);
    CHECK(destroyed(date(2026, 2, 1)) == Names{"2025-12"});
    CHECK_FALSE(fs::exists(folder / "2025-12.key"));
    CHECK(destroyed(date(2026, 3, 4) - 1ms) == none);
    CHECK(destroyed(date(2026, 3, 4)) == Names{"2026-01"});
    CHECK(fs::exists(folder / "2026-02.key"));
}

TEST_CASE("month keys: an overdue key that stays is told, with why", "[app][backup]") {
    REQUIRE(start_sodium());
    const TemporaryFolder folder;
    write_key(folder.path(), "2025-12");
    DestroyedKeys done = destroy_month_keys(folder.path(), date(2026, 6, 15), 24h * 31);
    CHECK(done.destroyed.empty());
    CHECK(done.kept == Names{"2025-12"});
    CHECK(done.why_kept.contains("no key of 2026-05"));

    // One that is no file cannot be overwritten.
    write_key(folder.path(), "2026-05");
    fs::create_directory(folder / "2025-11.key");
    done = destroy_month_keys(folder.path(), date(2026, 6, 15), 24h * 31);
    CHECK(done.destroyed == Names{"2025-12"});
    CHECK(done.kept == Names{"2025-11"});
    CHECK(done.why_kept.contains("by hand"));
}
