#include "core/sync/client_session.hpp"

#include "tests/core/sync/session_rig.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

TEST_CASE("ClientSession: proves itself to a server that it trusts, and resumes",
          "[sync][session]") {
    SessionRig rig;
    rig.go_to_welcome();

    REQUIRE(rig.sent.size() == 3);
    const auto& hello = std::get<Hello>(rig.sent[0]);
    const auto& proof = std::get<Proof>(rig.sent[1]);
    CHECK(rig.verifier.verify(
        rig.ledger.signer.public_key(),
        Domain::session_device,
        proof_signed_part(Nonce{}, hello.nonce, rig.exporter, proof.federation_heads),
        proof.signature));
    CHECK(std::get<Resume>(rig.sent[2]) == Resume{});
    CHECK(rig.ledger.welcomes == 1);
    CHECK_FALSE(rig.session.next_deadline());
}

TEST_CASE("ClientSession: a challenge that is not this server's, for this connection, ends it",
          "[sync][session]") {
    SessionRig rig;
    rig.open();
    Challenge challenge = rig.challenge();
    Errc expected = Errc::bad_signature;

    SECTION("another server's key") {
        FakeSigner other{10};
        challenge.server_key = other.public_key();
        challenge.signature = other.sign(
            Domain::session_server,
            challenge_signed_part(std::get<Hello>(rig.sent[0]).nonce, challenge, rig.exporter));
        expected = Errc::wrong_server;
    }
    SECTION("relayed from another connection: the exporter differs") {
        challenge.signature = rig.server.sign(
            Domain::session_server,
            challenge_signed_part(std::get<Hello>(rig.sent[0]).nonce, challenge, Hash{}));
    }
    SECTION("replayed: the nonce differs") {
        challenge.signature = rig.server.sign(
            Domain::session_server, challenge_signed_part(Nonce{}, challenge, rig.exporter));
    }
    SECTION("another time") {
        challenge.time += 1ms;
    }
    SECTION("another statute table") {
        ++challenge.statute_version;
    }
    SECTION("another version") {
        challenge.version = 2;
        expected = Errc::unsupported_version;
    }

    rig.hear(challenge);
    CHECK(rig.why() == expected);
    CHECK(rig.sent.size() == 1);  // a stranger gets no proof, and no reason
}

TEST_CASE("ClientSession: no changed challenge is accepted", "[sync][session]") {
    SessionRig rig;
    rig.open();
    for_each_flip(encode_message(rig.challenge()), [&](ByteView changed) {
        SessionRig other;
        other.open();
        other.hear(to_bytes(changed));
        CHECK(other.closed);
        CHECK(other.sent.size() == 1);
    });
}

TEST_CASE("ClientSession: a hostile first message ends it and changes nothing", "[sync][session]") {
    SessionRig rig;
    rig.open();
    SECTION("empty") {
        rig.hear(Bytes{});
    }
    SECTION("garbage") {
        rig.hear(to_bytes(as_bytes("HTTP/1.1 302 Found")));
    }
    SECTION("truncated") {
        Bytes bytes = encode_message(rig.challenge());
        bytes.pop_back();
        rig.hear(bytes);
    }
    SECTION("oversized") {
        rig.hear(Bytes(message_bytes_before_proof_max + 1));
    }
    SECTION("welcome") {
        rig.hear(Welcome{});
    }
    SECTION("content") {
        rig.hear(deliver_batch(1));
    }
    SECTION("a client's message") {
        rig.hear(Hello{});
    }

    CHECK(rig.closed);
    CHECK(rig.sent.size() == 1);
    CHECK(rig.ledger.welcomes == 0);
    CHECK(rig.ledger.applied.empty());
}

TEST_CASE("ClientSession: gives up when the handshake takes too long", "[sync][session]") {
    SessionRig rig;
    rig.open();
    REQUIRE(rig.session.next_deadline() == rig.clock.now() + 20s);

    rig.clock.advance(20s - 1ms);
    rig.session.on_timer(rig.clock.now());
    rig.drain();
    CHECK_FALSE(rig.closed);

    rig.clock.advance(1ms);
    rig.session.on_timer(rig.clock.now());
    rig.drain();
    CHECK(rig.why() == Errc::timed_out);
    CHECK_FALSE(rig.session.next_deadline());
}

TEST_CASE("ClientSession: a rolled back device stops at the welcome", "[sync][session]") {
    SessionRig rig;
    rig.open();
    rig.hear(rig.challenge());
    rig.ledger.next_result = fail(Errc::counter_reused, "counter");
    rig.hear(Welcome{});
    CHECK(rig.why() == Errc::counter_reused);
    CHECK(std::holds_alternative<Goodbye>(rig.sent.back()));
}

TEST_CASE("ClientSession: a goodbye says why", "[sync][session]") {
    SessionRig rig;
    rig.open();
    rig.hear(Goodbye{Errc::not_permitted, ""});
    CHECK(rig.why() == Errc::not_permitted);
}
