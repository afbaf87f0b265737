#include "core/model/hybrid_clock.hpp"

#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

constexpr Instant noon{std::chrono::hours{24 * 365 * 56 + 12}};

}  // namespace

TEST_CASE("HybridClock: times grow strictly, also while the machine's clock goes back",
          "[model][hlc]") {
    HybridClock clock;
    const HybridTime first = clock.tick(noon);
    const HybridTime second = clock.tick(noon);
    const HybridTime third = clock.tick(noon - 1h);
    CHECK(first < second);
    CHECK(second < third);
}

TEST_CASE("HybridClock: follows what it has seen up to five minutes ahead, and nothing beyond",
          "[model][hlc]") {
    HybridClock clock;
    clock.observe(HybridTime::at(noon + 5min), noon);
    CHECK(clock.last() == HybridTime::at(noon + 5min));

    clock.observe(HybridTime::at(noon + 5min + 1ms), noon);
    CHECK(clock.last() == HybridTime::at(noon + 5min));
    CHECK(clock.tick(noon) > HybridTime::at(noon + 5min));
}

TEST_CASE("HybridClock: 65 536 times in one millisecond go on into the next", "[model][hlc]") {
    HybridClock clock{HybridTime::at(noon, 0xffff)};
    CHECK(clock.tick(noon).instant() == noon + 1ms);
}
