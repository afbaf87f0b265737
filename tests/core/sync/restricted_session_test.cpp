#include "core/sync/restricted_session.hpp"

#include "core/sync/server_handshake.hpp"
#include "tests/core/sync/ordering_federation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

/// A locked tablet's session, and what a server would say to it.
struct RestrictedRig {
    OrderingFederation world;
    SeededRandom random{1};
    UnlockToken token = id_of<UnlockToken>(60);
    PinVerifier verifier = PinVerifier::from(id_of<Hash>(61).bytes);
    Hash exporter = id_of<Hash>(62);
    Incarnation incarnation = id_of<Incarnation>(63);
    std::optional<RestrictedSession> session;
    std::vector<Message> sent;
    std::vector<RestrictedSession::Output> outputs;
    std::optional<Error> closed;
    int proofs_made = 0;

    explicit RestrictedRig(bool with_pin = true) {
        RestrictedSession::Request request{token, {}};
        if (with_pin)
            request.make_proof = [this](
                                     const Nonce& server, const Nonce& client, const Hash& bound) {
                ++proofs_made;
                return pin_proof(world.hasher, verifier, server, client, bound);
            };
        session.emplace(RestrictedSession::Ports{world.verifier, world.hasher, random},
                        world.pinned,
                        std::move(request),
                        exporter);
        session->on_open(world.clock.now());
        drain();
    }

    void drain() {
        while (auto output = session->poll_output()) {
            REQUIRE_FALSE(closed);  // nothing follows a Close
            if (const auto* send = std::get_if<RestrictedSession::Send>(&*output))
                sent.push_back(decode_message(send->message, message_bytes_max).value());
            if (const auto* close = std::get_if<RestrictedSession::Close>(&*output))
                closed = close->why;
            outputs.push_back(*std::move(output));
        }
    }

    void hear(const Message& message) { hear(encode_message(message)); }

    void hear(const Bytes& bytes) {
        session->on_message(bytes, world.clock.now());
        drain();
    }

    Challenge challenge(FakeSigner& signer, const Hash& bound) {
        Challenge challenge;
        challenge.nonce = id_of<Nonce>(64);
        challenge.time = world.clock.now();
        challenge.incarnation = incarnation;
        challenge.server_key = signer.public_key();
        challenge.signature =
            signer.sign(Domain::session_server,
                        challenge_signed_part(std::get<Hello>(sent[0]).nonce, challenge, bound));
        return challenge;
    }

    void greet() { hear(challenge(world.server, exporter)); }

    template <class Kind>
    std::vector<Kind> all() const {
        std::vector<Kind> found;
        for (const auto& output : outputs)
            if (const auto* one = std::get_if<Kind>(&output)) found.push_back(*one);
        return found;
    }

    Errc why() const { return closed ? closed->code : Errc{}; }

    static RestrictedAnswer answer(RestrictedOutcome outcome, std::uint8_t tries_left = 0) {
        return {outcome, tries_left, {}};
    }
};

}  // namespace

TEST_CASE("RestrictedSession: says who it is only to the pinned server, on this connection",
          "[sync][restricted][attack]") {
    RestrictedRig rig;
    const auto hello = std::get<Hello>(rig.sent.at(0));
    CHECK(hello.purpose == SessionPurpose::restricted);
    CHECK(hello.device.is_none());
    SECTION("the right one") {
        rig.greet();
        const auto& proof = std::get<RestrictedProof>(rig.sent.at(1));
        CHECK(proof.token == rig.token);
        CHECK(
            proof.pin_proof ==
            pin_proof(rig.world.hasher, rig.verifier, id_of<Nonce>(64), hello.nonce, rig.exporter));
        CHECK(rig.proofs_made == 1);
    }
    SECTION("another identity") {
        FakeSigner other{99};
        rig.hear(rig.challenge(other, rig.exporter));
        CHECK(rig.why() == Errc::wrong_server);
    }
    SECTION("a relay, whose connection has another exporter") {
        rig.hear(rig.challenge(rig.world.server, id_of<Hash>(65)));
        CHECK(rig.why() == Errc::bad_signature);
    }
    Challenge changed = rig.challenge(rig.world.server, rig.exporter);
    SECTION("an old challenge: the nonce differs") {
        changed.signature = rig.world.server.sign(
            Domain::session_server, challenge_signed_part(Nonce{}, changed, rig.exporter));
        rig.hear(changed);
        CHECK(rig.why() == Errc::bad_signature);
    }
    SECTION("another version") {
        changed.version = 2;
        rig.hear(changed);
        CHECK(rig.why() == Errc::unsupported_version);
    }
    if (rig.closed) {
        CHECK(rig.sent.size() == 1);
        CHECK(rig.proofs_made == 0);
    }
}

TEST_CASE("RestrictedSession: hands on the secret, the tries left, or that it is destroyed",
          "[sync][restricted]") {
    RestrictedRig rig;
    rig.greet();
    SECTION("right") {
        RestrictedAnswer right = RestrictedRig::answer(RestrictedOutcome::secret);
        right.secret = PinSecret::from(id_of<Hash>(66).bytes);
        rig.hear(right);
        REQUIRE(rig.all<RestrictedSession::GotSecret>().size() == 1);
        CHECK(rig.all<RestrictedSession::GotSecret>()[0].secret == *right.secret);
    }
    SECTION("wrong") {
        rig.hear(RestrictedRig::answer(RestrictedOutcome::wrong, 7));
        REQUIRE(rig.all<RestrictedSession::WrongPin>().size() == 1);
        CHECK(rig.all<RestrictedSession::WrongPin>()[0].tries_left == 7);
    }
    SECTION("destroyed") {
        rig.hear(RestrictedRig::answer(RestrictedOutcome::destroyed));
        CHECK(rig.all<RestrictedSession::SecretDestroyed>().size() == 1);
    }
    CHECK(rig.session->is_live());
    CHECK_FALSE(rig.session->next_deadline());
    rig.hear(RestrictedRig::answer(RestrictedOutcome::wrong, 7));
    CHECK(rig.why() == Errc::unexpected_message);  // one answer
}

TEST_CASE("RestrictedSession: a courier offers no proof and takes no secret",
          "[sync][restricted]") {
    RestrictedRig rig{false};
    rig.greet();
    CHECK_FALSE(std::get<RestrictedProof>(rig.sent.at(1)).pin_proof);
    SECTION("accepted") {
        rig.hear(RestrictedRig::answer(RestrictedOutcome::accepted));
        CHECK(rig.all<RestrictedSession::Accepted>().size() == 1);
    }
    SECTION("an answer to a proof that was never made") {
        rig.hear(RestrictedRig::answer(RestrictedOutcome::wrong, 3));
        CHECK(rig.why() == Errc::unexpected_message);
    }
}

TEST_CASE("RestrictedSession: hands on verified orders, before its answer and after it",
          "[sync][restricted]") {
    RestrictedRig rig;
    rig.greet();
    rig.hear(rig.world.order_by(rig.world.administrator, DeviceLocked{rig.world.pinned.device}));
    rig.hear(RestrictedRig::answer(RestrictedOutcome::destroyed));
    rig.hear(rig.world.wipe());

    const auto orders = rig.all<RestrictedSession::GotOrder>();
    REQUIRE(orders.size() == 2);
    CHECK(orders[0].order.order.kind == OrderKind::lock);
    CHECK(orders[1].order.order.kind == OrderKind::wipe);
    rig.session->answer_order(orders[1].order.order.id, OrderOutcome::keys_erased);
    rig.drain();
    CHECK(std::get<OrderAnswer>(rig.sent.back()) ==
          OrderAnswer{orders[1].order.order.id, OrderOutcome::keys_erased});
}

TEST_CASE("RestrictedSession: ignores and reports what does not verify, and stays up",
          "[sync][restricted][attack]") {
    RestrictedRig rig;
    rig.greet();
    rig.hear(RestrictedRig::answer(RestrictedOutcome::destroyed));
    Order forged = rig.world.wipe();
    forged.statement.back() ^= std::byte{0};
    forged.statement[forged.statement.size() - 3] ^= std::byte{1};
    rig.hear(forged);
    rig.hear(rig.world.order_by(rig.world.administrator, DeviceLocked{id_of<DeviceId>(1)}));
    rig.hear(rig.world.order_by(rig.world.other_administrator,
                                DeviceWiped{rig.world.pinned.device, UnsentWork::discard}));
    rig.hear(Order{Bytes(3), {}});

    CHECK(rig.all<RestrictedSession::GotOrder>().empty());
    const auto ignored = rig.all<RestrictedSession::IgnoredOrder>();
    REQUIRE(ignored.size() == 4);
    CHECK(ignored[0].why.code == Errc::bad_signature);
    CHECK(ignored[1].why.code == Errc::unknown_device);
    CHECK(ignored[2].why.code == Errc::not_permitted);
    CHECK(ignored[3].id.is_none());
    CHECK_FALSE(rig.closed);
    CHECK(std::get<OrderAnswer>(rig.sent.back()).outcome == OrderOutcome::ignored);
}

TEST_CASE("RestrictedSession: takes nothing of a normal session, and no order of a stranger",
          "[sync][restricted][attack]") {
    RestrictedRig rig;
    SECTION("an order before the server is known") {
        rig.hear(Order{Bytes(3), {}});
        CHECK(rig.why() == Errc::unexpected_message);
    }
    SECTION("a large message before the server is known") {
        rig.hear(Bytes(message_bytes_before_proof_max + 1));
        CHECK(rig.why() == Errc::limit_exceeded);
    }
    SECTION("content") {
        rig.greet();
        rig.hear(Deliver{});
        CHECK(rig.why() == Errc::unexpected_message);
    }
    SECTION("a welcome") {
        rig.greet();
        rig.hear(Welcome{});
        CHECK(rig.why() == Errc::unexpected_message);
    }
    SECTION("a second challenge") {
        rig.greet();
        rig.greet();
        CHECK(rig.why() == Errc::unexpected_message);
        CHECK(rig.proofs_made == 1);
    }
}

TEST_CASE("RestrictedSession: gives up on a server that does not answer", "[sync][restricted]") {
    RestrictedRig rig;
    rig.greet();
    REQUIRE(rig.session->next_deadline());
    rig.session->on_timer(*rig.session->next_deadline() - 1ms);
    rig.drain();
    CHECK_FALSE(rig.closed);
    rig.session->on_timer(*rig.session->next_deadline());
    rig.drain();
    CHECK(rig.why() == Errc::timed_out);
}

TEST_CASE("RestrictedSession: no changed byte of a challenge or an answer does harm",
          "[sync][restricted][attack]") {
    RestrictedRig model;
    const Bytes challenge = encode_message(model.challenge(model.world.server, model.exporter));
    for_each_flip(challenge, [&](ByteView changed) {
        RestrictedRig rig;
        rig.hear(to_bytes(changed));
        CHECK(rig.proofs_made == 0);
        CHECK(rig.closed);
    });
}

// --- The server's side of the handshake ----------------------------------------------------------

TEST_CASE("ServerHandshake: a locked device gets the same challenge, and is not judged here",
          "[sync][restricted]") {
    OrderingFederation world;
    SeededRandom random{2};
    const Hash exporter = id_of<Hash>(62);
    const auto federation = world.build();
    ServerHandshake handshake{
        {world.id, id_of<Incarnation>(63), world.server, world.verifier, random, 3}, exporter};
    Hello hello;
    hello.purpose = SessionPurpose::restricted;
    hello.federation = world.id;
    hello.nonce = id_of<Nonce>(70);
    const auto hear = [&](const Message& message) {
        return handshake.on_message(encode_message(message), federation, world.clock.now());
    };
    const auto greeted = hear(hello);
    REQUIRE(greeted.reply);
    const auto challenge = std::get<Challenge>(*decode_message(*greeted.reply, 1024));

    SECTION("a token goes to whoever knows tokens") {
        const auto step = hear(RestrictedProof{id_of<UnlockToken>(60), id_of<Hash>(71)});
        REQUIRE(step.restricted);
        CHECK_FALSE(step.reply);
        CHECK(step.restricted->server_nonce == challenge.nonce);
        CHECK(step.restricted->client_nonce == hello.nonce);
        CHECK(hear(RestrictedProof{}).failed);  // once
    }
    SECTION("a device's proof is not taken in its place") {
        const auto step = hear(Proof{});
        REQUIRE(step.failed);
        CHECK(std::get<Goodbye>(*decode_message(*step.reply, 1024)).why == Errc::not_permitted);
    }
}

TEST_CASE("ServerHandshake: a token is taken in a restricted session only, of this federation",
          "[sync][restricted][attack]") {
    OrderingFederation world;
    SeededRandom random{2};
    const auto federation = world.build();
    ServerHandshake handshake{
        {world.id, id_of<Incarnation>(63), world.server, world.verifier, random, 3}, {}};
    Hello hello;
    hello.federation = world.id;
    SECTION("in a session") {}
    SECTION("of another federation") {
        hello.purpose = SessionPurpose::restricted;
        hello.federation = id_of<FederationId>(9);
    }
    REQUIRE(handshake.on_message(encode_message(hello), federation, world.clock.now()).reply);
    const auto step = handshake.on_message(
        encode_message(RestrictedProof{id_of<UnlockToken>(60), {}}), federation, world.clock.now());
    REQUIRE(step.failed);
    CHECK_FALSE(step.restricted);
    CHECK(*step.reply == encode_message(Goodbye{Errc::not_permitted, ""}));
}
