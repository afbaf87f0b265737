#include "tests/core/vfs/crash_sweep.hpp"
#include "tests/support/catch.hpp"

#include <iostream>

using namespace samsyn;

// The disk judges the VFS; here plain SQLite, whose behaviour is known, judges the disk.

TEST_CASE("Crash sweep: plain SQLite with WAL and FULL loses nothing to power cuts",
          "[crash][plain]") {
    PlainEngine engine;
    std::uint64_t cuts = 0;
    std::uint64_t nested = 0;
    std::uint64_t kills = 0;
    std::uint64_t in_flight = 0;
    for (std::uint64_t seed = 1; seed <= scaled(5); ++seed) {
        Sweep sweep{engine, Sweep::plan_of(seed)};
        REQUIRE(sweep.run() == "");
        cuts += sweep.cuts();
        nested += sweep.nested_cuts();
        kills += sweep.kills();
        in_flight += sweep.in_flight_kept();
    }
    std::cout << "plain SQLite: " << cuts << " power cuts (" << nested << " of recoveries), "
              << kills << " kills; " << in_flight << " times the transaction in flight stayed\n";
    CHECK(cuts >= scaled(3000));
    CHECK(nested > 0);
    CHECK(kills > 0);
    CHECK(in_flight > 0);
}

TEST_CASE("Crash sweep: with synchronous off, or a disk that lies, losses are found",
          "[crash][plain]") {
    PlainEngine engine;
    const bool lies = GENERATE(false, true);
    std::uint64_t faulty = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        Sweep::Plan plan = Sweep::plan_of(seed);
        plan.disk.ignores_syncs = lies;
        if (!lies) plan.habits.synchronous = "OFF";
        Sweep sweep{engine, plan};
        if (!sweep.run().empty()) ++faulty;
    }
    CHECK(faulty == 6);
}
