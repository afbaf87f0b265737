// What a server delivers to a session.

#include "core/sync/client_session.hpp"
#include "tests/core/sync/session_rig.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

TEST_CASE("ClientSession: resumes every cursor, at most 512 a message", "[sync][session]") {
    SessionRig rig;
    for (EntryNumber i = 0; i < 1100; ++i)
        rig.ledger.known_cursors.push_back({Channel{CompartmentId{}}, i});
    rig.go_to_welcome();

    const auto resumes = rig.all<Resume>();
    REQUIRE(resumes.size() == 3);
    CHECK(resumes[0].cursors.size() == 512);
    CHECK_FALSE(resumes[1].last);
    CHECK(resumes[2].cursors.size() == 76);
    CHECK(resumes[2].last);
    CHECK(resumes[2].cursors.back().number == 1099);
}

TEST_CASE("ClientSession: applies what is delivered and says that it did", "[sync][session]") {
    SessionRig rig;
    rig.go_to_welcome();
    rig.hear(deliver_statement(3));
    rig.hear(rig.caught_up(CaughtUp::Phase::statements));
    rig.hear(deliver_batch(4));
    rig.hear(Withdrawn{Channel{CompartmentId{}}});

    CHECK(rig.ledger.applied == std::vector{deliver_statement(3), deliver_batch(4)});
    CHECK(rig.ledger.withdrawn.size() == 1);
    CHECK(rig.changed == 3);
    CHECK_FALSE(rig.closed);
}

TEST_CASE("ClientSession: messages out of phase end it and change nothing", "[sync][session]") {
    SessionRig rig;
    rig.go_to_welcome();

    SECTION("content before the statements are all here") {
        rig.hear(deliver_batch(1));
    }
    SECTION("everything before statements") {
        rig.hear(rig.caught_up());
    }
    SECTION("a second welcome") {
        rig.hear(Welcome{});
    }
    SECTION("a second challenge") {
        rig.hear(rig.challenge());
    }
    SECTION("a client's message") {
        rig.hear(Push{});
    }
    SECTION("an answer to nothing") {
        rig.hear(stored(1));
    }

    CHECK(rig.why() == Errc::unexpected_message);
    CHECK(std::get<Goodbye>(rig.sent.back()).why == Errc::unexpected_message);
    CHECK(rig.ledger.applied.empty());
    CHECK(rig.ledger.answers.empty());
    CHECK(rig.ledger.phases.empty());
    CHECK(rig.ledger.welcomes == 1);
}

TEST_CASE("ClientSession: statements are complete once", "[sync][session]") {
    SessionRig rig;
    rig.go_to_pushing();
    rig.hear(rig.caught_up(CaughtUp::Phase::statements));
    CHECK(rig.why() == Errc::unexpected_message);
}

TEST_CASE("ClientSession: time that the server did not sign ends it", "[sync][session]") {
    SessionRig rig;
    rig.go_to_welcome();
    CaughtUp caught_up = rig.caught_up(CaughtUp::Phase::statements);

    SECTION("another time") {
        caught_up.time += 1h;
    }
    SECTION("another incarnation") {
        caught_up.signature =
            rig.server.sign(Domain::signed_time, signed_time_part(Incarnation{}, caught_up.time));
    }
    SECTION("another purpose") {
        caught_up.signature = rig.server.sign(Domain::session_server,
                                              signed_time_part(rig.incarnation, caught_up.time));
    }
    rig.hear(caught_up);
    CHECK(rig.why() == Errc::bad_signature);
    CHECK(rig.ledger.phases.empty());
}

TEST_CASE("ClientSession: storage that fails ends it", "[sync][session]") {
    SessionRig rig;
    rig.go_to_welcome();
    rig.ledger.next_result = fail(Errc::disk_full, "");
    rig.hear(deliver_statement(1));
    CHECK(rig.why() == Errc::disk_full);
    CHECK(rig.changed == 0);
}

TEST_CASE("ClientSession: nothing happens after the end", "[sync][session]") {
    SessionRig rig;
    rig.go_to_welcome();
    rig.hear(Bytes{});
    REQUIRE(rig.closed);
    rig.hear(deliver_statement(1));
    rig.session.poke(rig.clock.now());
    rig.session.on_timer(rig.clock.now() + 1h);
    CHECK_FALSE(rig.session.poll_output());
    CHECK(rig.ledger.applied.empty());
}

TEST_CASE("ClientSession: a supplement's rewinds go out as cursors, and delay synced",
          "[sync][session]") {
    SessionRig rig;
    rig.go_to_pushing();
    rig.hear(deliver_batch(8));
    rig.ledger.rewinds = {{Channel{CompartmentId{}}, 2}};
    rig.hear(rig.caught_up());

    CHECK(rig.all<Resume>().back().cursors ==
          std::vector<Resume::Cursor>{{Channel{CompartmentId{}}, 2}});
    CHECK(rig.synced == 0);
    rig.hear(deliver_batch(3));
    rig.hear(rig.caught_up());
    CHECK(rig.synced == 1);
}
