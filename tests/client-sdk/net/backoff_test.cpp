#include "client-sdk/net/backoff.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded_random.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

TEST_CASE("Backoff: doubles from one second to one minute, each wait in the upper half", "[net]") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        SeededRandom random{seed};
        Backoff backoff{random};
        for (const auto step : {1'000ms, 2'000ms, 4'000ms, 8'000ms, 16'000ms, 32'000ms, 60'000ms}) {
            const auto wait = backoff.next();
            CHECK(wait <= step);
            CHECK(wait >= step / 2);
        }
        for (int i = 0; i < 100; ++i) CHECK(backoff.next() <= 60'000ms);
    }
}

TEST_CASE("Backoff: begins anew after a session came to life", "[net]") {
    SeededRandom random{1};
    Backoff backoff{random};
    for (int i = 0; i < 10; ++i) (void)backoff.next();
    backoff.reset();
    CHECK(backoff.next() <= 1'000ms);
}

TEST_CASE("Backoff: devices that fail together do not return together", "[net]") {
    SeededRandom one{1};
    SeededRandom other{2};
    CHECK(Backoff{one}.next() != Backoff{other}.next());
}
