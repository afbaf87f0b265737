#include "tests/oracle/random_scene.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>

namespace samsyn::test {

namespace {

/// SAMSYN_ORACLE_WORLDS worlds where it is set, and `otherwise` where not.
std::uint64_t worlds(std::uint64_t otherwise) {
    const char* wanted = std::getenv("SAMSYN_ORACLE_WORLDS");
    return wanted == nullptr ? otherwise : std::strtoull(wanted, nullptr, 10);
}

std::uint64_t first_seed() {
    const char* wanted = std::getenv("SAMSYN_ORACLE_SEED");
    return wanted == nullptr ? 1 : std::strtoull(wanted, nullptr, 10);
}

}  // namespace

TEST_CASE("decide: agrees with an independent reading of the rules in random worlds",
          "[policy][oracle]") {
    std::map<std::string, std::uint64_t> answers;
    std::map<std::string, std::uint64_t> differences;
    std::string shown;
    const auto from = first_seed();
    const auto until = from + worlds(2'000);
    for (auto seed = from; seed < until; ++seed) {
        const auto [scene, questions] = random_scene(seed, 6);
        const auto world = read_by_oracle(scene);
        const Replica replica{scene};
        for (const auto& asked : questions) {
            const auto decision = replica.decide(asked);
            const auto answer = oracle::answer(world, put_to_oracle(asked));
            ++answers[std::string{key_of(decision.reasons.front())}];
            const auto how = difference(answer, decision);
            if (how.empty()) continue;
            auto& count = differences[how + ": oracle " + *answer.reasons.begin() + ", decide " +
                                      std::string{key_of(decision.reasons.front())}];
            if (count++ == 0)
                shown +=
                    "seed " + std::to_string(seed) + ": " +
                    in_words(
                        shrunk(scene, asked, oracle::Planted::none), asked, oracle::Planted::none) +
                    "\n";
        }
    }
    std::string counted;
    for (const auto& [how, count] : differences)
        counted += std::to_string(count) + " x " + how + "\n";
    INFO(shown << counted);
    CHECK(differences.empty());
    if (std::getenv("SAMSYN_ORACLE_WORLDS") != nullptr)
        for (const auto& [reason, count] : answers) WARN(reason << ": " << count);
}

}  // namespace samsyn::test
