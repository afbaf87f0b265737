// What a session pushes, and when it is synced.

#include "core/sync/client_session.hpp"
#include "tests/core/sync/session_rig.hpp"

using namespace samsyn;

TEST_CASE("ClientSession: pushes in counter order, once the statements are here",
          "[sync][session]") {
    SessionRig rig;
    rig.ledger.wait_with(3);
    rig.ledger.wait_with(5);
    rig.go_to_welcome();
    rig.poke();
    CHECK(rig.all<Push>().empty());

    rig.hear(rig.caught_up(CaughtUp::Phase::statements));
    const auto pushes = rig.all<Push>();
    REQUIRE(pushes.size() == 2);

    rig.hear(stored(pushes[1].ticket));
    rig.hear(stored(pushes[0].ticket));
    CHECK(rig.answered == std::vector<std::uint64_t>{5, 3});
    CHECK(rig.ledger.waiting.empty());
}

TEST_CASE("ClientSession: a ticket is answered once", "[sync][session]") {
    SessionRig rig;
    rig.ledger.wait_with(3);
    rig.go_to_pushing();
    const auto ticket = rig.all<Push>().at(0).ticket;
    rig.hear(stored(ticket));
    rig.hear(stored(ticket));
    CHECK(rig.why() == Errc::unexpected_message);
    CHECK(rig.ledger.answers.size() == 1);
}

TEST_CASE("ClientSession: what was re-sealed after an answer goes out under its new counter",
          "[sync][session]") {
    SessionRig rig;
    rig.ledger.wait_with(3);
    rig.ledger.wait_with(4);
    rig.go_to_pushing();
    const auto pushes = rig.all<Push>();

    Answer stale = stored(pushes.at(0).ticket);
    stale.outcome = AnswerOutcome::stale_epoch;
    rig.ledger.wait_with(5);
    rig.hear(stale);
    REQUIRE(rig.all<Push>().size() == 3);
    rig.hear(stored(pushes.at(1).ticket));
    CHECK(rig.all<Push>().size() == 3);
}

TEST_CASE("ClientSession: keeps to its window of unanswered pushes", "[sync][session]") {
    SessionRig rig{{.unanswered_pushes_max = 2, .unanswered_bytes_max = 100}};
    std::vector<std::size_t> sizes;
    SECTION("by number") {
        sizes = {10, 10, 10, 10};
    }
    SECTION("by bytes") {
        sizes = {60, 40, 90, 11};
    }
    SECTION("a thing larger than the window goes alone") {
        sizes = {500, 500, 10, 10};
    }
    for (std::size_t i = 0; i < sizes.size(); ++i) rig.ledger.wait_with(i + 1, sizes[i]);

    rig.go_to_pushing();
    std::vector<Push> unanswered;
    std::size_t seen = 0;
    for (int round = 0; round < 10 && !rig.ledger.waiting.empty(); ++round) {
        const auto pushes = rig.all<Push>();
        for (; seen < pushes.size(); ++seen) unanswered.push_back(pushes[seen]);
        std::size_t bytes = 0;
        for (const Push& one : unanswered) bytes += one.bytes.size();
        REQUIRE_FALSE(unanswered.empty());
        CHECK(unanswered.size() <= 2);
        CHECK((bytes <= 100 || unanswered.size() == 1));
        const Push first = unanswered.front();
        unanswered.erase(unanswered.begin());
        rig.hear(stored(first.ticket));
    }
    CHECK(rig.answered == std::vector<std::uint64_t>{1, 2, 3, 4});
}

TEST_CASE("ClientSession: synced when all is delivered and answered, and again after more",
          "[sync][session]") {
    SessionRig rig;
    rig.ledger.wait_with(1);
    rig.go_live();
    CHECK(rig.session.is_live());
    CHECK(rig.synced == 0);
    rig.hear(stored(rig.all<Push>().at(0).ticket));
    CHECK(rig.synced == 1);

    SECTION("a poke without anything to send says nothing") {
        rig.poke();
        CHECK(rig.synced == 1);
    }
    SECTION("a new thing to send") {
        rig.ledger.wait_with(2);
        rig.poke();
        CHECK(rig.synced == 1);
        rig.hear(stored(rig.all<Push>().at(1).ticket));
        CHECK(rig.synced == 2);
    }
    SECTION("a live delivery, once the server has nothing left") {
        rig.hear(deliver_batch(9));
        CHECK(rig.synced == 1);
        rig.hear(rig.caught_up());
        CHECK(rig.synced == 2);
    }
}
