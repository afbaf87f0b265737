#include "tests/sim/simulation.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <string>

using namespace samsyn;

namespace {

constexpr int steps = 400;

/// SAMSYN_SIM_SEED=<n> replays one seed; SAMSYN_SIM_SEEDS=<n> runs that many.
std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): one thread
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::vector<std::string> run(std::uint64_t seed, sim::Planted planted = sim::Planted::none) {
    sim::Simulation world{seed, {}, planted};
    for (int i = 0; i < steps; ++i) world.step();
    if (!world.heal()) return {"the world does not come to rest"};
    return world.violations();
}

}  // namespace

TEST_CASE(
    "Simulation: devices converge, lose nothing, and read only what was permitted, whatever breaks",
    "[sim]") {
    const std::uint64_t first = number_from("SAMSYN_SIM_SEED", 1);
    const std::uint64_t count = number_from("SAMSYN_SIM_SEEDS", 20);
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);  // replay: SAMSYN_SIM_SEED=<seed> SAMSYN_SIM_SEEDS=1
        CHECK(run(seed) == std::vector<std::string>{});
    }
}

TEST_CASE("Simulation: the same seed ends in the same state", "[sim]") {
    const auto final_hash = [](std::uint64_t seed) {
        sim::Simulation world{seed};
        for (int i = 0; i < steps; ++i) world.step();
        CHECK(world.heal());
        return world.final_hash();
    };
    CHECK(final_hash(7) == final_hash(7));
    CHECK(final_hash(7) != final_hash(8));
}

TEST_CASE("Simulation: finds a cursor that moves without its entries being applied", "[sim]") {
    bool found = false;
    for (std::uint64_t seed = 1; seed <= 5 && !found; ++seed)
        found = !run(seed, sim::Planted::cursor_moves_without_applying).empty();
    CHECK(found);
}

TEST_CASE("Simulation: finds a server that acknowledges and forgets", "[sim]") {
    bool found = false;
    for (std::uint64_t seed = 1; seed <= 5 && !found; ++seed)
        found = !run(seed, sim::Planted::server_acknowledges_and_forgets).empty();
    CHECK(found);
}

TEST_CASE("Simulation: unsent work on withdrawn items ends in escrow, now and then", "[sim]") {
    std::size_t in_escrow = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        sim::Simulation world{seed};
        for (int i = 0; i < steps; ++i) world.step();
        CHECK(world.heal());
        in_escrow += world.in_escrow();
    }
    CHECK(in_escrow > 0);
}
