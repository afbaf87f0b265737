#include "tests/oracle/random_scene.hpp"
#include "tests/support/catch.hpp"

namespace samsyn::test {

namespace {

constexpr std::uint64_t seeds_at_most =
    20'000;  // the order in which a compiler draws makes some rare
constexpr std::size_t question_count = 6;

/// The first seed whose scene tells the wrong reading from `decide`; none in `seeds_at_most`.
std::map<oracle::Planted, std::uint64_t> first_seeds_that_tell() {
    std::map<oracle::Planted, std::uint64_t> found;
    for (std::uint64_t seed = 1; seed <= seeds_at_most; ++seed) {
        const auto scene = random_scene(seed, question_count);
        auto world = read_by_oracle(scene.scene);
        const Replica replica{scene.scene};
        for (const auto& asked : scene.questions) {
            const auto decision = replica.decide(asked);
            const auto question = put_to_oracle(asked);
            for (const auto& planted : oracle::planted_errors) {
                if (found.contains(planted.error)) continue;
                world.planted = planted.error;
                if (!difference(oracle::answer(world, question), decision).empty())
                    found[planted.error] = seed;
            }
        }
        if (found.size() == oracle::planted_errors.size()) break;
    }
    return found;
}

}  // namespace

TEST_CASE("The oracle: its comparison with decide finds every error that is planted in a reading",
          "[policy][oracle]") {
    const auto found = first_seeds_that_tell();
    for (const auto& planted : oracle::planted_errors) {
        INFO(planted.name << ": " << planted.words);
        CHECK(found.contains(planted.error));
    }
}

}  // namespace samsyn::test
