#include "core/store/database.hpp"
#include "tests/core/vfs/crash_sweep.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/sealed_pages.hpp"
#include "tests/support/temporary_folder.hpp"

#include <csignal>
#include <iostream>
#include <sys/wait.h>
#include <unistd.h>

using namespace samsyn;

namespace {

/// Row `n` holds `n`, so that the sum tells whether all of them are there.
Result<void> insert(Database& db, std::int64_t number, std::size_t size) {
    Transaction transaction = SAMSYN_TRY(Transaction::begin(db));
    {
        Query query = SAMSYN_TRY(db.query("INSERT INTO numbers VALUES(?, ?)"));
        SAMSYN_TRY(query.bind(number).bind(ByteView{Bytes(size, std::byte{0x5a})}).run());
    }
    return std::move(transaction).commit();
}

Result<std::int64_t> last_number(Database& db) {
    Query query = SAMSYN_TRY(db.query("SELECT count(*), max(number), sum(number) FROM numbers"));
    if (!SAMSYN_TRY(query.step())) return fail(Errc::malformed, "numbers");
    const std::int64_t count = query.number(0);
    if (count != query.number(1) || count * (count + 1) / 2 != query.number(2))
        return fail(Errc::malformed, "a number is missing");
    return count;
}

Result<bool> is_sound(Database& db) {
    Query query = SAMSYN_TRY(db.query("PRAGMA integrity_check"));
    if (!SAMSYN_TRY(query.step())) return false;
    return query.text(0) == "ok";
}

/// The child: commits numbers and says each in the pipe once it is acknowledged; never returns.
[[noreturn]] void commit_until_killed(const std::filesystem::path& file,
                                      int pipe,
                                      std::uint64_t seed) {
    SodiumPageCipher pages = test_pages();
    Dice dice{seed};
    auto db = Database::open(file, pages);
    if (!db || !db->exec("PRAGMA wal_autocheckpoint = 15")) ::_exit(3);
    const auto last = last_number(*db);
    if (!last) ::_exit(4);
    for (std::int64_t number = *last + 1;; ++number) {
        if (!insert(*db, number, dice.percent(10) ? dice.below(20'000) : dice.below(300)))
            ::_exit(5);
        if (::write(pipe, &number, sizeof number) != sizeof number) ::_exit(6);
    }
}

/// Starts a child, kills it after `acknowledgements` and a little more of its work; the last number
/// that it acknowledged, or 0 where it acknowledged nothing. `status`: how it ended.
std::int64_t run_and_kill(const std::filesystem::path& file, Dice& dice, int& status) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const std::uint64_t seed = dice.roll();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        commit_until_killed(file, ends[1], seed);
    }
    ::close(ends[1]);
    std::int64_t last = 0;
    std::int64_t number = 0;
    for (std::uint64_t n = dice.below(25); n > 0; --n) {
        if (::read(ends[0], &number, sizeof number) != sizeof number) break;
        last = number;
    }
    // A moment of no fixed length inside the next commit, or, after none, inside the opening.
    volatile std::uint64_t work = 0;
    for (std::uint64_t spin = dice.below(600'000); spin > 0; --spin) work = work + spin;
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    while (::read(ends[0], &number, sizeof number) == sizeof number) last = number;
    ::close(ends[0]);
    return last;
}

}  // namespace

TEST_CASE("Kill: whatever a killed process acknowledged is there, over and over in one file",
          "[crash][kill]") {
    const TemporaryFolder folder;
    const auto file = folder / "killed.db";
    SodiumPageCipher pages = test_pages();
    {
        auto db = Database::create(file, pages);
        REQUIRE(db);
        REQUIRE(db->exec("CREATE TABLE numbers(number INTEGER PRIMARY KEY, content BLOB)"));
    }
    Dice dice{20'26};
    std::int64_t found = 0;
    int beyond = 0;  // the one in flight was there too
    const auto kills = static_cast<int>(scaled(200));
    for (int n = 0; n < kills; ++n) {
        CAPTURE(n, found);
        int status = 0;
        const std::int64_t acknowledged = run_and_kill(file, dice, status);
        REQUIRE(WIFSIGNALED(status));
        auto db = Database::open(file, pages);
        INFO((db ? std::string{} : to_string(db.error())));
        REQUIRE(db);
        const auto last = last_number(*db);
        INFO((last ? std::string{} : to_string(last.error())));
        REQUIRE(last);
        REQUIRE(*last >= std::max(acknowledged, found));
        REQUIRE(*last <= std::max(acknowledged, found) + 1);
        if (n % 10 == 0) REQUIRE(is_sound(*db).value_or(false));
        if (*last > std::max(acknowledged, found)) ++beyond;
        found = *last;
    }
    std::cout << "kill -9: " << kills << " kills, " << found << " transactions, " << beyond
              << " times the one in flight stayed\n";
    CHECK(found > kills);
}
