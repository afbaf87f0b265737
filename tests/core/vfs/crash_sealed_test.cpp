#include "tests/core/vfs/crash_sweep.hpp"
#include "tests/core/vfs/sealed_engine.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/quick_page_cipher.hpp"
#include "tests/support/sealed_pages.hpp"

#include <iostream>

using namespace samsyn;

namespace {

struct Tally {
    std::uint64_t cuts = 0;
    std::uint64_t nested = 0;
    std::uint64_t kills = 0;
    std::uint64_t in_flight = 0;
};

/// Sweeps with the seeds from `first`; "" or the first fault.
std::string sweep_all(Engine& engine, std::uint64_t first, std::uint64_t count, Tally& tally) {
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        Sweep sweep{engine, Sweep::plan_of(seed)};
        if (std::string fault = sweep.run(); !fault.empty()) return fault;
        tally.cuts += sweep.cuts();
        tally.nested += sweep.nested_cuts();
        tally.kills += sweep.kills();
        tally.in_flight += sweep.in_flight_kept();
    }
    return {};
}

void print(const char* what, const Tally& tally) {
    std::cout << what << ": " << tally.cuts << " power cuts (" << tally.nested
              << " of recoveries), " << tally.kills << " kills; " << tally.in_flight
              << " times the transaction in flight stayed\n";
}

}  // namespace

TEST_CASE(
    "Crash sweep: the encrypting VFS loses nothing to power cuts, in recovery and checkpoint "
    "either",
    "[crash][vfs]") {
    QuickPageCipher cipher{42};
    SealedEngine engine{cipher};
    Tally tally;
    const std::string fault = sweep_all(engine, 1, scaled(20), tally);
    print("sealed", tally);
    REQUIRE(fault == "");
    CHECK(tally.cuts >= scaled(20'000));
    CHECK(tally.nested > 0);
    CHECK(tally.kills > 0);
    CHECK(tally.in_flight > 0);
}

TEST_CASE("Crash sweep: the same with the production cipher", "[crash][vfs]") {
    SodiumPageCipher cipher = test_pages();
    SealedEngine engine{cipher};
    Tally tally;
    const std::string fault = sweep_all(engine, 1001, scaled(3), tally);
    print("sealed by libsodium", tally);
    REQUIRE(fault == "");
    CHECK(tally.cuts >= scaled(3'000));
}
