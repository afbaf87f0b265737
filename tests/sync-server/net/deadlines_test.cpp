#include "sync-server/net/deadlines.hpp"

#include "sync-server/net/admission.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

const Deadlines::Time start{};
const NetLimits limits;

}  // namespace

TEST_CASE("Deadlines: a stranger has 5 seconds a step and 20 in all", "[net]") {
    const Deadlines deadlines{start};
    CHECK_FALSE(deadlines.overdue(limits, start + 4999ms, start));
    CHECK(deadlines.overdue(limits, start + 5s, start) == "silent");
    CHECK_FALSE(deadlines.overdue(limits, start + 19s, start + 16s));
    CHECK(deadlines.overdue(limits, start + 20s, start + 19s) == "not authenticated in time");
}

TEST_CASE("Deadlines: nobody is silent while it is our turn", "[net]") {
    Deadlines deadlines{start};
    deadlines.waits_for_us = true;
    CHECK_FALSE(deadlines.overdue(limits, start + 15s, start));
    deadlines.waits_for_us = false;
    deadlines.turn_began = start + 15s;
    CHECK_FALSE(deadlines.overdue(limits, start + 19s, start));
}

TEST_CASE("Deadlines: a device that is known may be silent for a minute between pings", "[net]") {
    Deadlines deadlines{start};
    deadlines.authenticated = true;
    CHECK_FALSE(deadlines.is_ping_due(limits, start + 19s));
    CHECK(deadlines.is_ping_due(limits, start + 20s));
    CHECK_FALSE(deadlines.overdue(limits, start + 59s, start));
    CHECK(deadlines.overdue(limits, start + 60s, start) == "silent");
    deadlines.not_read = true;  // we do not look: its bytes may wait in the socket
    CHECK_FALSE(deadlines.overdue(limits, start + 60s, start));
}

TEST_CASE("Deadlines: a frame that does not leave, or a close without answer, ends it", "[net]") {
    Deadlines deadlines{start};
    deadlines.authenticated = true;
    deadlines.writing_since = start;
    CHECK(deadlines.overdue(limits, start + 120s, start + 119s) == "reads too slowly");
    deadlines.closing_since = start;
    CHECK_FALSE(deadlines.overdue(limits, start + 4s, start));
    CHECK(deadlines.overdue(limits, start + 5s, start) == "close not answered");
}

TEST_CASE("Deadlines: the next check is never after a deadline nor without end in the past",
          "[net]") {
    Deadlines deadlines{start};
    for (const bool known : {false, true}) {
        deadlines.authenticated = known;
        for (auto now = start; !deadlines.overdue(limits, now, start);) {
            if (deadlines.is_ping_due(limits, now)) deadlines.pinged_at = now;
            const auto next = deadlines.next_check(limits, now, start);
            CHECK(next > now);
            if (next <= now) break;
            CHECK_FALSE(deadlines.overdue(limits, next - 1ms, start));
            now = next;
        }
    }
}

TEST_CASE("Admission: counts by block and in all, and says when there is room", "[net]") {
    Admission admission{3, 2};
    int calls = 0;
    admission.on_room([&] { ++calls; });
    const auto here = address_block(std::vector<std::uint8_t>{10, 1, 2, 3});
    const auto there = address_block(std::vector<std::uint8_t>{10, 1, 3, 3});

    auto first = admission.enter(here);
    const auto second = admission.enter(here);
    REQUIRE(first);
    REQUIRE(second);
    CHECK_FALSE(admission.enter(here));
    CHECK_FALSE(admission.is_full());
    const auto third = admission.enter(there);
    REQUIRE(third);
    CHECK(admission.is_full());

    first->give_back();
    first->give_back();
    CHECK(calls == 1);
    CHECK_FALSE(admission.is_full());
    CHECK(admission.enter(here));
}

TEST_CASE("Admission: neighbours share a block, IPv4 within IPv6 is IPv4", "[net]") {
    const std::vector<std::uint8_t> v4{192, 0, 2, 1};
    std::vector<std::uint8_t> mapped(16, 0);
    mapped[10] = mapped[11] = 0xff;
    std::ranges::copy(v4, mapped.begin() + 12);
    CHECK(address_block(v4) == address_block(mapped));
    CHECK(address_block(v4) == address_block(std::vector<std::uint8_t>{192, 0, 2, 99}));

    std::vector<std::uint8_t> v6{0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3};
    const auto block = address_block(v6);
    v6[7] = 9;
    CHECK(address_block(v6) == block);
    v6[5] = 9;
    CHECK(address_block(v6) != block);
}
