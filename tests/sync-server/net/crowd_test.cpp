// Two thousand slow or garbage connections beside good clients, with the limits as they are.

#include "tests/sync-server/net/crowd.hpp"

#include "tests/sync-server/net/served_world.hpp"

#include <cstdio>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t crowd_wanted = 2000;
constexpr std::uint16_t elsewhere_block = 0xc801;  // a block without intruders

/// As a device does it: where an attempt fails, it tries again.
std::unique_ptr<RawClient> insist(ServedWorld& served, Party& party) {
    const Hello hello = served.hello_of(party);
    for (;;) {
        auto client = std::make_unique<RawClient>(served.port(), elsewhere_block);
        if (!client->start_tls() || client->upgrade() != 101) continue;
        client->send(hello);
        const auto challenge = ServedWorld::next<Challenge>(*client);
        if (!challenge) continue;
        ServedWorld::prove(*client, party, hello, challenge->nonce);
        if (!ServedWorld::next<Welcome>(*client)) continue;
        client->send(Resume{});
        return client;
    }
}

}  // namespace

TEST_CASE("Server: 2 000 slow or garbage connections do not keep good clients from syncing",
          "[net][hostile][crowd]") {
    const std::size_t size = Crowd::affordable(crowd_wanted);
    if (size < crowd_wanted)
        std::printf("crowd: %zu connections, descriptors allow no more\n", size);
    REQUIRE(size > 0);
    ServedWorld served;
    const auto lead = served.log_in(served.world.lead);
    REQUIRE(ServedWorld::next<CaughtUp>(*lead));
    {
        const Crowd crowd{served.port(), size};
        // All places are taken, as far as the crowd reaches.
        const double full = static_cast<double>(std::min(size, NetLimits{}.unauthenticated_max) -
                                                std::min<std::size_t>(size, 50));
        while (served.metric("samsyn_connections{state=\"handshake\"}") < full) {
        }
        // Who was there goes on, and who comes gets in.
        const auto counsellor = insist(served, served.world.counsellor);
        const auto statements = served.world.open_case();
        for (const Bytes& statement : statements) {
            lead->send(Push{1, EntryKind::statement, statement});
            const auto answer = ServedWorld::next<Answer>(*lead);
            REQUIRE(answer);
            CHECK(answer->outcome == AnswerOutcome::stored);
        }
        bool has_all = false;
        while (!has_all) {
            const auto deliver = ServedWorld::next<Deliver>(*counsellor);
            REQUIRE(deliver);
            for (const auto& entry : deliver->entries)
                if (entry.bytes == statements.back()) has_all = true;
        }
        CHECK(served.metric("samsyn_connections{state=\"session\"}") == 2);
    }
    CHECK(served.ask_metrics("/ready").starts_with("HTTP/1.1 200"));
}
