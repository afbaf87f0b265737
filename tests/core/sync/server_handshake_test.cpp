#include "core/sync/server_handshake.hpp"

#include "tests/core/sync/scripted_ledger.hpp"
#include "tests/core/sync/small_federation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/mutations.hpp"
#include "tests/support/seeded_random.hpp"

using namespace samsyn;

namespace {

/// A server's handshake and a device that tries it.
struct HandshakeRig {
    SmallFederation world;
    FakeSigner server{9};
    FakeVerifier verifier;
    SeededRandom random{1};
    Hash exporter = id_of<Hash>(20);
    ServerHandshake::Identity identity{
        world.id, id_of<Incarnation>(21), server, verifier, random, 3};
    ServerHandshake handshake{identity, exporter};
    FakeSigner device{7};
    Hello hello;

    HandshakeRig() {
        hello.federation = world.id;
        hello.device = device_of(device);
        hello.nonce = id_of<Nonce>(22);
    }

    ServerHandshake::Step hear(ByteView bytes) {
        return handshake.on_message(bytes, world.build(), world.clock.now());
    }

    ServerHandshake::Step hear(const Message& message) { return hear(encode_message(message)); }

    /// Says hello; the challenge.
    Challenge greet() {
        const auto step = hear(hello);
        REQUIRE(step.reply);
        return std::get<Challenge>(decode_message(*step.reply, message_bytes_max).value());
    }

    Proof prove(const Challenge& challenge) {
        Proof proof{{id_of<StatementId>(23)}, {}};
        proof.signature = device.sign(
            Domain::session_device,
            proof_signed_part(challenge.nonce, hello.nonce, exporter, proof.federation_heads));
        return proof;
    }
};

/// What everybody is told who is not let in.
const Bytes generic = encode_message(Goodbye{Errc::not_permitted, ""});

void check_refused(const ServerHandshake::Step& step, Errc why) {
    REQUIRE(step.failed);
    CHECK(step.failed->code == why);
    CHECK(step.reply == generic);
    CHECK_FALSE(step.authenticated);
}

}  // namespace

TEST_CASE("ServerHandshake: lets a certified device in", "[sync][handshake]") {
    HandshakeRig rig;
    const Challenge challenge = rig.greet();
    CHECK(challenge.server_key == rig.server.public_key());
    CHECK(challenge.time == rig.world.clock.now());
    CHECK(challenge.statute_version == 3);

    const auto step = rig.hear(rig.prove(challenge));
    REQUIRE(step.authenticated);
    CHECK(step.authenticated->device == rig.hello.device);
    CHECK(step.authenticated->hello == rig.hello);
    CHECK(step.authenticated->federation_heads.size() == 1);
    CHECK_FALSE(step.reply);
    CHECK_FALSE(step.failed);
}

TEST_CASE("ServerHandshake: agrees with ClientSession on what is signed", "[sync][handshake]") {
    HandshakeRig rig;
    ScriptedLedger ledger;
    ledger.federation_id = rig.world.id;
    ledger.trusted = rig.server.public_key();
    SeededRandom random{2};
    ClientSession session{{ledger, random, rig.verifier}, rig.exporter};
    const Instant now = rig.world.clock.now();
    const auto said = [&] {
        return std::get<ClientSession::Send>(session.poll_output().value()).message;
    };

    session.on_open(now);
    const auto challenged = rig.hear(said());
    REQUIRE(challenged.reply);
    session.on_message(*challenged.reply, now);
    CHECK(rig.hear(said()).authenticated);
}

TEST_CASE("ServerHandshake: unknown, revoked, foreign and forging devices are refused alike",
          "[sync][handshake]") {
    HandshakeRig rig;

    SECTION("unknown device") {
        rig.device = FakeSigner{77};
        rig.hello.device = device_of(rig.device);
        check_refused(rig.hear(rig.prove(rig.greet())), Errc::unknown_device);
    }
    SECTION("revoked device") {
        rig.world.say(rig.world.administrator, DeviceRevoked{rig.hello.device});
        check_refused(rig.hear(rig.prove(rig.greet())), Errc::revoked_device);
    }
    SECTION("another federation") {
        rig.hello.federation = id_of<FederationId>(30);
        check_refused(rig.hear(rig.prove(rig.greet())), Errc::wrong_federation);
    }
    SECTION("somebody else's key") {
        rig.device = FakeSigner{77};
        check_refused(rig.hear(rig.prove(rig.greet())), Errc::bad_signature);
    }
    SECTION("a proof relayed from another connection: the exporter differs") {
        const Challenge challenge = rig.greet();
        rig.exporter = id_of<Hash>(31);
        check_refused(rig.hear(rig.prove(challenge)), Errc::bad_signature);
    }
    SECTION("a proof replayed from an earlier session: the nonce differs") {
        Challenge challenge = rig.greet();
        challenge.nonce = id_of<Nonce>(32);
        check_refused(rig.hear(rig.prove(challenge)), Errc::bad_signature);
    }
    SECTION("the server and the root are no devices") {
        rig.device = rig.world.root;
        rig.hello.device = device_of(rig.device);
        check_refused(rig.hear(rig.prove(rig.greet())), Errc::not_permitted);
    }
}

TEST_CASE("ServerHandshake: a hostile first message gets the generic refusal",
          "[sync][handshake]") {
    HandshakeRig rig;
    Bytes bytes = encode_message(rig.hello);
    Errc expected{};

    SECTION("empty") {
        bytes.clear();
        expected = Errc::truncated;
    }
    SECTION("garbage of the right version") {
        bytes.assign(60, std::byte{1});
        expected = Errc::truncated;
    }
    SECTION("truncated") {
        bytes.pop_back();
        expected = Errc::truncated;
    }
    SECTION("a byte more") {
        bytes.push_back(std::byte{0});
        expected = Errc::trailing_bytes;
    }
    SECTION("oversized") {
        bytes.resize(message_bytes_before_proof_max + 1);
        expected = Errc::limit_exceeded;
    }
    SECTION("a proof first") {
        bytes = encode_message(Proof{});
        expected = Errc::unexpected_message;
    }
    SECTION("a push first") {
        bytes = encode_message(Push{});
        expected = Errc::unexpected_message;
    }
    check_refused(rig.hear(bytes), expected);
    CHECK(rig.hear(encode_message(rig.hello)).failed);  // once refused, always refused
}

TEST_CASE("ServerHandshake: a version that it does not speak is named as such",
          "[sync][handshake]") {
    HandshakeRig rig;
    Bytes bytes;
    SECTION("of the encoding") {
        bytes = encode_message(rig.hello);
        bytes[0] = std::byte{9};
    }
    SECTION("of the session") {
        rig.hello.version_min = 2;
        rig.hello.version_max = 3;
        bytes = encode_message(rig.hello);
    }
    const auto step = rig.hear(bytes);
    REQUIRE(step.failed);
    CHECK(step.reply == encode_message(Goodbye{Errc::unsupported_version, ""}));
}

TEST_CASE("ServerHandshake: a second hello, and anything after the end, is refused",
          "[sync][handshake]") {
    HandshakeRig rig;
    const Challenge challenge = rig.greet();
    SECTION("a second hello") {
        check_refused(rig.hear(rig.hello), Errc::unexpected_message);
    }
    SECTION("after success") {
        REQUIRE(rig.hear(rig.prove(challenge)).authenticated);
        CHECK(rig.hear(rig.prove(challenge)).failed);
    }
}

TEST_CASE("ServerHandshake: no changed hello or proof lets anybody in", "[sync][handshake]") {
    HandshakeRig original;
    const Federation federation = original.world.build();
    const Instant now = original.world.clock.now();
    for_each_flip(encode_message(original.prove(original.greet())), [&](ByteView changed) {
        SeededRandom random{1};
        auto identity = ServerHandshake::Identity{original.world.id,
                                                  original.identity.incarnation,
                                                  original.server,
                                                  original.verifier,
                                                  random,
                                                  3};
        ServerHandshake handshake{identity, original.exporter};
        REQUIRE(handshake.on_message(encode_message(original.hello), federation, now).reply);
        CHECK_FALSE(handshake.on_message(changed, federation, now).authenticated);
    });
}
