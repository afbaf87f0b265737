#include "tests/oracle/random_scene.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dice.hpp"

#include <algorithm>

namespace samsyn::test {

namespace {

void shuffle(std::vector<StatementPtr>& all, Dice& dice) {
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[dice.below(i)]);
}

/// Of the case, what the requester's device receives.
Scene as_received(const Scene& scene, const Replica& server, const Asked& asked) {
    const auto streams = server.streams_for(asked);
    Scene received = scene;
    std::erase_if(received.of_case, [&](const StatementPtr& one) {
        return std::ranges::find(streams, one->header.stream) == streams.end();
    });
    return received;
}

}  // namespace

TEST_CASE("decide: a device and the server answer with the same bytes, in whatever order it came",
          "[policy][oracle]") {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        CAPTURE(seed);
        const auto [server, questions] = random_scene(seed, 6);
        Dice dice{seed};
        Scene device = server;
        shuffle(device.of_case, dice);
        shuffle(device.federation, dice);
        const Replica hub{server};
        const Replica tablet{device};
        for (const auto& asked : questions)
            REQUIRE(canonical(hub.decide(asked)) == canonical(tablet.decide(asked)));
    }
}

TEST_CASE("decide: permits nothing on a device's own streams that the server, who has all, denies",
          "[policy][oracle]") {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        const auto [scene, questions] = random_scene(seed, 6);
        const Replica server{scene};
        for (const auto& asked : questions) {
            const auto received = as_received(scene, server, asked);
            if (!Replica{received}.decide(asked).permitted() || server.decide(asked).permitted())
                continue;
            INFO("seed " << seed
                         << "\nthe server: " << in_words(scene, asked, oracle::Planted::none)
                         << "\nthe device: " << in_words(received, asked, oracle::Planted::none));
            FAIL("the device permits more");
        }
    }
}

TEST_CASE("decide: does not change its answer before the instant that it names",
          "[policy][oracle]") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        const auto [scene, questions] = random_scene(seed, 3);
        const Replica replica{scene};
        const auto instants = instants_of(scene);
        for (const auto& asked : questions) {
            const auto first = replica.decide(asked);
            for (const auto instant : instants) {
                if (instant <= asked.now || instant >= first.valid_until) continue;
                Asked later = asked;
                later.now = instant;
                auto then = replica.decide(later);
                then.valid_until = first.valid_until;
                INFO(in_words(scene, later, oracle::Planted::none));
                REQUIRE(then == first);
            }
        }
    }
}

}  // namespace samsyn::test
