#include "core/sync/client_session.hpp"

#include "tests/core/sync/scripted_ledger.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/mutations.hpp"
#include "tests/support/seeded_random.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

/// One session and what a server would say to it.
struct Rig {
    ManualClock clock;
    SeededRandom random{1};
    FakeVerifier verifier;
    FakeSigner server{9};
    ScriptedLedger ledger;
    Hash exporter;
    Incarnation incarnation;
    std::optional<ClientSession> session;

    std::vector<Message> sent;
    std::vector<std::uint64_t> answered;
    std::optional<Error> closed;
    int synced = 0;
    int changed = 0;

    explicit Rig(SessionLimits limits = {}) {
        ledger.trusted = server.public_key();
        exporter.bytes.fill(std::byte{5});
        incarnation.bytes.fill(std::byte{6});
        session.emplace(ClientSession::Ports{ledger, random, verifier}, exporter, limits);
    }

    void drain() {
        while (auto output = session->poll_output()) {
            REQUIRE_FALSE(closed);  // nothing follows a Close
            if (auto* send = std::get_if<ClientSession::Send>(&*output))
                sent.push_back(decode_message(send->message, message_bytes_max).value());
            if (auto* one = std::get_if<ClientSession::Answered>(&*output))
                answered.push_back(one->counter);
            if (auto* close = std::get_if<ClientSession::Close>(&*output)) closed = close->why;
            synced += std::holds_alternative<ClientSession::Synced>(*output);
            changed += std::holds_alternative<ClientSession::Changed>(*output);
        }
    }

    void open() {
        session->on_open(clock.now());
        drain();
    }

    void hear(const Message& message) { hear(encode_message(message)); }

    void hear(const Bytes& bytes) {
        session->on_message(bytes, clock.now());
        drain();
    }

    Challenge challenge() {
        Challenge challenge;
        challenge.time = clock.now();
        challenge.incarnation = incarnation;
        challenge.server_key = server.public_key();
        challenge.signature =
            server.sign(Domain::session_server,
                        challenge_signed_part(std::get<Hello>(sent[0]).nonce, challenge, exporter));
        return challenge;
    }

    CaughtUp caught_up(CaughtUp::Phase phase) {
        return {phase,
                clock.now(),
                server.sign(Domain::signed_time, signed_time_part(incarnation, clock.now()))};
    }

    void go_to_resuming() {
        open();
        hear(challenge());
        hear(Welcome{});
    }

    void go_to_pushing() {
        go_to_resuming();
        hear(caught_up(CaughtUp::Phase::statements));
    }

    void go_live() {
        go_to_pushing();
        hear(caught_up(CaughtUp::Phase::everything));
    }

    template <class Kind>
    std::vector<Kind> all() const {
        std::vector<Kind> found;
        for (const Message& message : sent)
            if (const auto* one = std::get_if<Kind>(&message)) found.push_back(*one);
        return found;
    }

    Errc why() const { return closed ? closed->code : Errc{}; }
};

Deliver deliver_statement(EntryNumber number) {
    return {Channel{Stream{}}, {{number, EntryKind::statement, {}}}, number};
}

Deliver deliver_batch(EntryNumber number) {
    return {Channel{CompartmentId{}}, {{number, EntryKind::batch, {}}}, number};
}

Answer stored(std::uint32_t ticket) {
    Answer answer;
    answer.ticket = ticket;
    return answer;
}

}  // namespace

// --- Handshake -----------------------------------------------------------------------------------

TEST_CASE("ClientSession: proves itself to a server that it trusts, and resumes",
          "[sync][session]") {
    Rig rig;
    rig.go_to_resuming();

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
    CHECK_FALSE(rig.session->next_deadline());
}

TEST_CASE("ClientSession: a challenge that is not this server's, for this connection, ends it",
          "[sync][session]") {
    Rig rig;
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
    Rig rig;
    rig.open();
    for_each_flip(encode_message(rig.challenge()), [&](ByteView changed) {
        Rig other;
        other.open();
        other.hear(to_bytes(changed));
        CHECK(other.closed);
        CHECK(other.sent.size() == 1);
    });
}

TEST_CASE("ClientSession: a hostile first message ends it and changes nothing", "[sync][session]") {
    Rig rig;
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
    Rig rig;
    rig.open();
    REQUIRE(rig.session->next_deadline() == rig.clock.now() + 20s);

    rig.clock.advance(20s - 1ms);
    rig.session->on_timer(rig.clock.now());
    rig.drain();
    CHECK_FALSE(rig.closed);

    rig.clock.advance(1ms);
    rig.session->on_timer(rig.clock.now());
    rig.drain();
    CHECK(rig.why() == Errc::timed_out);
    CHECK_FALSE(rig.session->next_deadline());
}

TEST_CASE("ClientSession: a rolled back device stops at the welcome", "[sync][session]") {
    Rig rig;
    rig.open();
    rig.hear(rig.challenge());
    rig.ledger.next_result = fail(Errc::counter_reused, "counter");
    rig.hear(Welcome{});
    CHECK(rig.why() == Errc::counter_reused);
    CHECK(std::holds_alternative<Goodbye>(rig.sent.back()));
}

TEST_CASE("ClientSession: a goodbye says why", "[sync][session]") {
    Rig rig;
    rig.open();
    rig.hear(Goodbye{Errc::not_permitted, ""});
    CHECK(rig.why() == Errc::not_permitted);
}

// --- Delivery ------------------------------------------------------------------------------------

TEST_CASE("ClientSession: resumes every cursor, at most 512 a message", "[sync][session]") {
    Rig rig;
    for (EntryNumber i = 0; i < 1100; ++i)
        rig.ledger.known_cursors.push_back({Channel{CompartmentId{}}, i});
    rig.go_to_resuming();

    const auto resumes = rig.all<Resume>();
    REQUIRE(resumes.size() == 3);
    CHECK(resumes[0].cursors.size() == 512);
    CHECK_FALSE(resumes[1].last);
    CHECK(resumes[2].cursors.size() == 76);
    CHECK(resumes[2].last);
    CHECK(resumes[2].cursors.back().number == 1099);
}

TEST_CASE("ClientSession: applies what is delivered and says that it did", "[sync][session]") {
    Rig rig;
    rig.go_to_resuming();
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
    Rig rig;
    rig.go_to_resuming();

    SECTION("content before the statements are all here") {
        rig.hear(deliver_batch(1));
    }
    SECTION("everything before statements") {
        rig.hear(rig.caught_up(CaughtUp::Phase::everything));
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
    Rig rig;
    rig.go_to_pushing();
    rig.hear(rig.caught_up(CaughtUp::Phase::statements));
    CHECK(rig.why() == Errc::unexpected_message);
}

TEST_CASE("ClientSession: time that the server did not sign ends it", "[sync][session]") {
    Rig rig;
    rig.go_to_resuming();
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
    Rig rig;
    rig.go_to_resuming();
    rig.ledger.next_result = fail(Errc::disk_full, "");
    rig.hear(deliver_statement(1));
    CHECK(rig.why() == Errc::disk_full);
    CHECK(rig.changed == 0);
}

TEST_CASE("ClientSession: nothing happens after the end", "[sync][session]") {
    Rig rig;
    rig.go_to_resuming();
    rig.hear(Bytes{});
    REQUIRE(rig.closed);
    rig.hear(deliver_statement(1));
    rig.session->poke(rig.clock.now());
    rig.session->on_timer(rig.clock.now() + 1h);
    CHECK_FALSE(rig.session->poll_output());
    CHECK(rig.ledger.applied.empty());
}

TEST_CASE("ClientSession: a supplement's rewinds go out as cursors, and delay synced",
          "[sync][session]") {
    Rig rig;
    rig.go_to_pushing();
    rig.hear(deliver_batch(8));
    rig.ledger.rewinds = {{Channel{CompartmentId{}}, 2}};
    rig.hear(rig.caught_up(CaughtUp::Phase::everything));

    CHECK(rig.all<Resume>().back().cursors ==
          std::vector<Resume::Cursor>{{Channel{CompartmentId{}}, 2}});
    CHECK(rig.synced == 0);
    rig.hear(deliver_batch(3));
    rig.hear(rig.caught_up(CaughtUp::Phase::everything));
    CHECK(rig.synced == 1);
}

// --- Pushing -------------------------------------------------------------------------------------

TEST_CASE("ClientSession: pushes in counter order, once the statements are here",
          "[sync][session]") {
    Rig rig;
    rig.ledger.wait_with(3);
    rig.ledger.wait_with(5);
    rig.go_to_resuming();
    rig.session->poke(rig.clock.now());
    rig.drain();
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
    Rig rig;
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
    Rig rig;
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
    Rig rig{{.unanswered_pushes_max = 2, .unanswered_bytes_max = 100}};
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
    Rig rig;
    rig.ledger.wait_with(1);
    rig.go_live();
    CHECK(rig.session->is_live());
    CHECK(rig.synced == 0);
    rig.hear(stored(rig.all<Push>().at(0).ticket));
    CHECK(rig.synced == 1);

    SECTION("a poke without anything to send says nothing") {
        rig.session->poke(rig.clock.now());
        rig.drain();
        CHECK(rig.synced == 1);
    }
    SECTION("a new thing to send") {
        rig.ledger.wait_with(2);
        rig.session->poke(rig.clock.now());
        rig.drain();
        CHECK(rig.synced == 1);
        rig.hear(stored(rig.all<Push>().at(1).ticket));
        CHECK(rig.synced == 2);
    }
    SECTION("a live delivery, once the server has nothing left") {
        rig.hear(deliver_batch(9));
        CHECK(rig.synced == 1);
        rig.hear(rig.caught_up(CaughtUp::Phase::everything));
        CHECK(rig.synced == 2);
    }
}
