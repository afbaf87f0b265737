#include "sync-server/net/admission.hpp"

#include "sync-server/net/stranger_log.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

using Refusal = Admission::Refusal;

const Admission::Time opening{1h};
const AddressBlock here = address_block(std::vector<std::uint8_t>{10, 1, 2, 3});
const AddressBlock there = address_block(std::vector<std::uint8_t>{10, 1, 3, 3});

NetLimits small_limits(std::size_t all, std::size_t of_block) {
    NetLimits limits;
    limits.unauthenticated_max = all;
    limits.unauthenticated_per_block_max = of_block;
    return limits;
}

}  // namespace

TEST_CASE("Admission: counts by block and in all, and says when there is room", "[net]") {
    Admission admission{small_limits(3, 2), {}};
    int calls = 0;
    admission.on_room([&] { ++calls; });

    auto first = admission.enter(1, here, opening);
    const auto second = admission.enter(2, here, opening);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(admission.enter(3, here, opening).error() == Refusal::block_is_full);
    CHECK_FALSE(admission.is_full());
    const auto third = admission.enter(4, there, opening);
    REQUIRE(third);
    CHECK(admission.is_full());

    first->give_back();
    first->give_back();
    CHECK(calls == 1);
    CHECK_FALSE(admission.is_full());
    CHECK(admission.enter(5, here, opening));
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

TEST_CASE("Admission: the longest silence goes first, and nobody who is on time", "[net]") {
    Admission admission{small_limits(3, 3), {}};
    auto quiet = admission.enter(1, here, opening);
    auto quieter = admission.enter(2, here, opening);
    auto speaker = admission.enter(3, there, opening);
    REQUIRE((quiet && quieter && speaker));
    quiet->on_byte(opening + 500ms);
    CHECK_FALSE(admission.choose_leaver(opening + 1999ms));

    // Bytes alone are no message: only a turn that ends counts as being on time.
    speaker->on_peers_turn(opening + 1s);
    CHECK(admission.choose_leaver(opening + 2s) == 2);
    CHECK_FALSE(admission.is_full());
    CHECK(admission.choose_leaver(opening + 2s) == 1);
    CHECK_FALSE(admission.choose_leaver(opening + 2s));
    CHECK(admission.choose_leaver(opening + 3s) == 3);

    // Their places are free at once; giving them back changes nothing more.
    quiet->give_back();
    quieter->give_back();
    CHECK(admission.enter(4, here, opening + 3s));
}

TEST_CASE("Admission: nobody makes room while the server's own answer is due", "[net]") {
    Admission admission{small_limits(1, 1), {}};
    auto waiting = admission.enter(1, here, opening);
    REQUIRE(waiting);
    waiting->on_our_turn();
    CHECK_FALSE(admission.choose_leaver(opening + 1h));
    waiting->on_peers_turn(opening + 1h);
    CHECK_FALSE(admission.choose_leaver(opening + 1h));
    CHECK(admission.choose_leaver(opening + 1h + 2s) == 1);
}

TEST_CASE("Admission: a full block makes room among its own", "[net]") {
    Admission admission{small_limits(9, 1), {}};
    const auto other = admission.enter(1, there, opening - 1h);
    const auto own = admission.enter(2, here, opening);
    REQUIRE((other && own));
    CHECK(admission.is_full(here));
    CHECK(admission.choose_leaver(opening + 2s, here) == 2);
    CHECK_FALSE(admission.is_full(here));
    CHECK_FALSE(admission.choose_leaver(opening + 2s, here));
}

TEST_CASE("Admission: a known proxy's block has numbers of its own", "[net]") {
    NetLimits limits = small_limits(9, 1);
    limits.unauthenticated_per_proxy_max = 3;
    limits.connects_per_block = {1s, 2};
    limits.connects_per_proxy = {1s, 4};
    Admission admission{limits, {here}};
    std::vector<Admission::Place> places;
    for (Admission::Number i = 0; i < 3; ++i) {
        auto place = admission.enter(i, here, opening);
        REQUIRE(place);
        places.push_back(*std::move(place));
    }
    CHECK(admission.enter(3, here, opening).error() == Refusal::block_is_full);
    CHECK(admission.enter(4, here, opening).error() == Refusal::too_often);
    CHECK(admission.enter(5, there, opening));
}

TEST_CASE("Admission: reconnecting has its tokens by block, and they come back", "[net]") {
    NetLimits limits = small_limits(9, 9);
    limits.connects_per_block = {1s, 2};
    Admission admission{limits, {}};
    CHECK(admission.enter(1, here, opening));
    CHECK(admission.enter(2, here, opening));
    CHECK(admission.enter(3, here, opening).error() == Refusal::too_often);
    CHECK(admission.enter(4, there, opening));
    CHECK(admission.enter(5, here, opening + 1s));
    CHECK(admission.enter(6, here, opening + 1s).error() == Refusal::too_often);
}

TEST_CASE("Admission: remembers no more blocks than it may, and forgets those at rest", "[net]") {
    NetLimits limits = small_limits(9, 9);
    limits.connects_per_block = {1s, 1};
    limits.blocks_max = 1;
    Admission admission{limits, {}};
    CHECK(admission.enter(1, here, opening));
    CHECK(admission.enter(2, there, opening));  // of the tokens that all unknown ones share
    CHECK(admission.enter(3, there, opening).error() == Refusal::too_often);
    CHECK(admission.enter(4, there, opening + 1s));  // the first one's bucket is full again
    CHECK(admission.enter(5, there, opening + 1s).error() == Refusal::too_often);
}

TEST_CASE("StrangerLog: strangers write no more lines than they may, and are counted", "[net]") {
    NetLimits limits;
    limits.stranger_lines = {1s, 2};
    std::vector<LogEvent> lines;
    const Log log = [&](const LogEvent& event) { lines.push_back(event); };
    StrangerLog strangers{limits, log};
    for (int i = 0; i < 5; ++i) strangers.write({"link_closed", 1, {}, 0}, opening);
    CHECK(lines.size() == 2);
    strangers.write({"link_closed", 2, {}, 0}, opening + 1s);
    REQUIRE(lines.size() == 4);
    CHECK(lines.at(2).event == "strangers_not_logged");
    CHECK(lines.at(2).count == 3);
    CHECK(lines.at(3).link == 2);
}
