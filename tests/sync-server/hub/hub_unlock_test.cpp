// A locked device and the server: PINs. What the server hands out, to whom, and how often it can be
// asked.

#include "tests/support/forwarding_storage.hpp"
#include "tests/sync-server/hub/locked_client.hpp"

namespace samsyn {
namespace {

/// Fails the n-th commit from now, as a server does that dies between counting and answering.
class DyingStorage final : public ForwardingStorage {
public:
    using ForwardingStorage::ForwardingStorage;

    bool dies = false;

    Result<void> commit() override {
        if (!dies) return ForwardingStorage::commit();
        rollback();
        return fail(Errc::storage_failed, "commit");
    }
};

}  // namespace

TEST_CASE("Hub: a right PIN brings the secret, also after a restart; a wrong one the tries left",
          "[hub][unlock]") {
    PinScene scene;
    CHECK(scene.unlock(scene.pin) == scene.secret);
    CHECK_FALSE(scene.unlock(scene.wrong));
    REQUIRE(scene.locked.last<RestrictedSession::WrongPin>() != nullptr);
    CHECK(scene.locked.last<RestrictedSession::WrongPin>()->tries_left == 9);
    scene.world.restart();
    CHECK(scene.unlock(scene.pin) == scene.secret);
    CHECK(scene.record().wrong_tries == 0);
}

TEST_CASE("Hub: keeps of a token only its hash, and of a PIN nothing but V", "[hub][unlock]") {
    PinScene scene;
    const UnlockRecord record = scene.record();
    CHECK(record.token_hash ==
          scene.world.hasher.hash(Domain::unlock_token, {scene.locked.token.view()}));
    CHECK(record.current == UnlockRecord::Slot{scene.pin, scene.secret});
    CHECK_FALSE(record.pending);
    CHECK_FALSE(scene.secret == PinSecret{});
}

TEST_CASE("Hub: the old PIN holds until the new one is confirmed, and not after", "[hub][unlock]") {
    PinScene scene;
    const PinVerifier next = PinScene::verifier_of(0x33);
    const PinSecret fresh = scene.enrol(next);
    CHECK_FALSE(fresh == scene.secret);
    CHECK(scene.unlock(scene.pin) == scene.secret);
    CHECK(scene.unlock(next) == fresh);
    CHECK(scene.enrol(next) == fresh);  // the answer was lost
    CHECK(scene.confirm(next) == Errc{});
    CHECK(scene.confirm(next) == Errc{});  // that answer too
    CHECK_FALSE(scene.unlock(scene.pin));
    CHECK(scene.unlock(next) == fresh);
    CHECK(scene.confirm(scene.pin) == Errc::not_found);
}

TEST_CASE("Attack: all PINs are tried at the server; it stops at ten, across restarts",
          "[hub][unlock][attack]") {
    PinScene scene;
    for (unsigned i = 1; i < 10; ++i) {
        CHECK_FALSE(scene.unlock(scene.wrong));
        CHECK(scene.locked.last<RestrictedSession::WrongPin>()->tries_left == 10 - i);
        if (i % 3 == 0) scene.world.restart();
    }
    CHECK_FALSE(scene.unlock(scene.wrong));
    CHECK(scene.locked.count<RestrictedSession::SecretDestroyed>() == 1);
    const UnlockRecord record = scene.record();
    CHECK_FALSE(record.current);
    CHECK_FALSE(record.pending);
    CHECK_FALSE(scene.unlock(scene.pin));  // right, and too late
    CHECK(scene.locked.count<RestrictedSession::SecretDestroyed>() == 1);

    // The person comes back by phrase and sets a new PIN, with ten tries.
    scene.session.start();
    const PinVerifier next = PinScene::verifier_of(0x33);
    const PinSecret fresh = scene.enrol(next);
    CHECK_FALSE(fresh == scene.secret);
    CHECK_FALSE(scene.unlock(scene.wrong));
    CHECK(scene.locked.last<RestrictedSession::WrongPin>()->tries_left == 9);
    CHECK(scene.unlock(next) == fresh);
}

TEST_CASE("Attack: a change of PIN under way gives no further tries", "[hub][unlock][attack]") {
    PinScene scene;
    scene.enrol(PinScene::verifier_of(0x33));
    for (unsigned i = 0; i < 10; ++i) CHECK_FALSE(scene.unlock(scene.wrong));
    CHECK_FALSE(scene.record().current);
    CHECK_FALSE(scene.record().pending);
}

TEST_CASE("Attack: no answer leaves before its try is counted for good", "[hub][unlock][attack]") {
    auto engine = std::make_unique<DyingStorage>(*open_memory_storage());
    DyingStorage& storage = *engine;
    PinScene scene{std::move(engine)};
    for (const PinVerifier& verifier : {scene.wrong, scene.pin}) {
        scene.locked.connect([&](const Nonce& server, const Nonce& client, const Hash& exporter) {
            storage.dies = true;  // with the group in which the proof is judged
            return pin_proof(scene.world.hasher, verifier, server, client, exporter);
        });
        CHECK(scene.locked.closed);
        CHECK(scene.locked.outputs.size() == 1);  // that it is over, and nothing else
        storage.dies = false;
    }
    CHECK(scene.record().wrong_tries == 0);  // nothing was told, nothing was counted
    CHECK_FALSE(scene.unlock(scene.wrong));
    CHECK(scene.record().wrong_tries == 1);
}

TEST_CASE("Attack: several tries in one group are each counted", "[hub][unlock][attack]") {
    PinScene scene;
    HubWorld& world = scene.world;

    struct Try {
        LinkId link;
        Hash exporter;
        Nonce server_nonce;
    };

    std::vector<Try> tries;
    const Nonce client_nonce = world.fresh<Nonce>();
    for (std::uint64_t i = 0; i < 2; ++i) {
        const auto link = static_cast<LinkId>(20 + i);
        const auto exporter = world.fresh<Hash>();
        world.hub->on_open(link, exporter, world.now);
        Hello hello;
        hello.purpose = SessionPurpose::restricted;
        hello.federation = world.federation_id;
        hello.nonce = client_nonce;
        REQUIRE(world.hub->begin_group());
        world.hub->on_message(link, encode_message(hello), world.now);
        REQUIRE(world.hub->end_group(world.now));
        const auto next = world.hub->next_message(link, world.now);
        const auto challenge = std::get<Challenge>(*decode_message(*next.message, 1024));
        tries.push_back({link, exporter, challenge.nonce});
    }
    REQUIRE(world.hub->begin_group());
    for (const Try& one : tries)
        world.hub->on_message(
            one.link,
            encode_message(RestrictedProof{
                scene.locked.token,
                pin_proof(
                    world.hasher, scene.wrong, one.server_nonce, client_nonce, one.exporter)}),
            world.now);
    REQUIRE(world.hub->end_group(world.now));
    CHECK(scene.record().wrong_tries == 2);
}

TEST_CASE("Attack: a proof of the PIN holds on its own connection only", "[hub][unlock][attack]") {
    PinScene scene;
    HubWorld& world = scene.world;
    const auto wrong_with = [&](const RestrictedSession::MakeProof& make_proof) {
        scene.locked.connect(make_proof);
        CHECK(scene.locked.count<RestrictedSession::GotSecret>() == 0);
        CHECK(scene.locked.count<RestrictedSession::WrongPin>() == 1);
    };
    SECTION("made for another TLS connection, by a relay") {
        wrong_with([&](const Nonce& server, const Nonce& client, const Hash&) {
            return pin_proof(world.hasher, scene.pin, server, client, world.fresh<Hash>());
        });
    }
    SECTION("made for another challenge") {
        wrong_with([&](const Nonce&, const Nonce& client, const Hash& exporter) {
            return pin_proof(world.hasher, scene.pin, world.fresh<Nonce>(), client, exporter);
        });
    }
    SECTION("made for another hello") {
        wrong_with([&](const Nonce& server, const Nonce&, const Hash& exporter) {
            return pin_proof(world.hasher, scene.pin, server, world.fresh<Nonce>(), exporter);
        });
    }
    SECTION("recorded and replayed") {
        Hash recorded;
        scene.locked.connect([&](const Nonce& server, const Nonce& client, const Hash& exporter) {
            recorded = pin_proof(world.hasher, scene.pin, server, client, exporter);
            return recorded;
        });
        REQUIRE(scene.locked.count<RestrictedSession::GotSecret>() == 1);
        wrong_with([&](const Nonce&, const Nonce&, const Hash&) { return recorded; });
    }
}

TEST_CASE("Attack: the secret never leaves without a proof", "[hub][unlock][attack]") {
    PinScene scene;
    scene.locked.unlock(std::nullopt);
    CHECK(scene.locked.count<RestrictedSession::Accepted>() == 1);
    CHECK(scene.locked.outputs.size() == 1);
    CHECK_FALSE(scene.locked.closed);
}

TEST_CASE("Attack: a stranger's token gets what an unknown device gets", "[hub][unlock][attack]") {
    PinScene scene;
    Party nobody{77};
    ScriptedClient stranger{scene.world, nobody, 6};
    CHECK_FALSE(stranger.connect());
    const Bytes refusal = encode_message(*stranger.last<Goodbye>());

    scene.locked.token.bytes.fill(std::byte{0x7b});
    scene.locked.unlock(scene.pin);
    REQUIRE(scene.locked.closed);
    CHECK(encode_message(Goodbye{scene.locked.closed->code, scene.locked.closed->context}) ==
          refusal);
    CHECK(scene.locked.outputs.size() == 1);  // the end of it
    scene.locked.unlock(std::nullopt);
    CHECK(scene.locked.closed->code == Errc::not_permitted);
}

TEST_CASE("Attack: a token of another device gets nothing of this one's PIN",
          "[hub][unlock][attack]") {
    PinScene scene;
    ScriptedClient lead{scene.world, scene.world.lead, 3};
    lead.start();
    LockedClient lead_locked{scene.world, scene.world.lead, 4};
    SECTION("with this one's PIN") {
        lead.send(UnlockRegister{lead_locked.token, PinScene::verifier_of(0x44)});
        lead.pull();
        lead_locked.unlock(scene.pin);
        CHECK(lead_locked.count<RestrictedSession::WrongPin>() == 1);
        CHECK(scene.record().wrong_tries == 0);
    }
    SECTION("by registering it as its own") {
        lead.send(UnlockRegister{scene.locked.token, PinScene::verifier_of(0x44)});
        lead.pull();
        REQUIRE(lead.last<UnlockRegistered>() != nullptr);
        CHECK(lead.last<UnlockRegistered>()->refused == Errc::conflict);
        CHECK_FALSE(lead.last<UnlockRegistered>()->secret);
        CHECK(scene.unlock(scene.pin) == scene.secret);
    }
    SECTION("by confirming it") {
        lead.send(UnlockConfirm{scene.pin});
        lead.pull();
        CHECK(lead.last<UnlockConfirmed>()->refused == Errc::not_found);
    }
}

TEST_CASE("Attack: a restricted session pushes nothing and resumes nothing",
          "[hub][unlock][attack]") {
    PinScene scene;
    scene.locked.unlock(scene.pin);
    const auto counted = scene.world.hub->counts();
    SECTION("push") {
        scene.locked.send_raw(Push{1, EntryKind::statement, Bytes(10)});
    }
    SECTION("resume") {
        scene.locked.send_raw(Resume{});
    }
    SECTION("register another PIN") {
        scene.locked.send_raw(UnlockRegister{scene.locked.token, scene.wrong});
    }
    SECTION("confirm") {
        scene.locked.send_raw(UnlockConfirm{scene.pin});
    }
    SECTION("a second proof") {
        scene.locked.send_raw(RestrictedProof{scene.locked.token, Hash{}});
    }
    SECTION("a device's proof") {
        scene.locked.send_raw(Proof{});
    }
    SECTION("an answer to an order that it was never sent") {
        scene.locked.send_raw(OrderAnswer{scene.world.fresh<StatementId>(), OrderOutcome::done});
    }
    REQUIRE(scene.locked.closed);
    CHECK(scene.locked.closed->code == Errc::unexpected_message);
    CHECK(scene.world.hub->counts().stored == counted.stored);
    CHECK(scene.record().current == UnlockRecord::Slot{scene.pin, scene.secret});
    CHECK(scene.record().wrong_tries == 0);
}

TEST_CASE("Attack: nothing is registered before a device has proved who it is",
          "[hub][unlock][attack]") {
    PinScene scene;
    scene.world.hub->on_open(LinkId{30}, scene.world.fresh<Hash>(), scene.world.now);
    REQUIRE(scene.world.hub->begin_group());
    scene.world.hub->on_message(LinkId{30},
                                encode_message(UnlockRegister{scene.locked.token, scene.wrong}),
                                scene.world.now);
    REQUIRE(scene.world.hub->end_group(scene.world.now));
    const auto next = scene.world.hub->next_message(LinkId{30}, scene.world.now);
    REQUIRE(next.message);
    CHECK(std::get<Goodbye>(*decode_message(*next.message, 1024)).why == Errc::not_permitted);
    CHECK(next.close);
    CHECK(scene.record().current == UnlockRecord::Slot{scene.pin, scene.secret});
}

TEST_CASE("Attack: a revoked or wiped device has no secret behind its PIN any more",
          "[hub][unlock][attack]") {
    PinScene scene;
    scene.enrol(PinScene::verifier_of(0x33));
    const DeviceId device = scene.world.counsellor.device;
    SECTION("revoked") {
        scene.say(scene.world.lindesberg_admin, DeviceRevoked{device});
    }
    SECTION("wiped") {
        scene.say(scene.world.lindesberg_admin, DeviceWiped{device, UnsentWork::keep});
        // Unlocked, it is still here to send its work; but it gets no new secret.
        scene.session.send(UnlockRegister{scene.locked.token, PinScene::verifier_of(0x55)});
        scene.session.pull();
        CHECK(scene.session.last<UnlockRegistered>()->refused == Errc::not_permitted);
    }
    CHECK_FALSE(scene.record().current);
    CHECK_FALSE(scene.record().pending);
    CHECK_FALSE(scene.unlock(scene.pin));
    CHECK_FALSE(scene.unlock(PinScene::verifier_of(0x33)));
    CHECK(scene.locked.count<RestrictedSession::SecretDestroyed>() == 1);
    CHECK(scene.locked.count<RestrictedSession::GotOrder>() == 1);
}

TEST_CASE("Hub: a locked device keeps its secret: it is to come back", "[hub][unlock]") {
    PinScene scene;
    scene.say(scene.world.lindesberg_admin, DeviceLocked{scene.world.counsellor.device});
    CHECK(scene.unlock(scene.pin) == scene.secret);
}

TEST_CASE("Hub: a locked device that says goodbye is let go", "[hub][unlock]") {
    PinScene scene;
    scene.locked.unlock(std::nullopt);
    REQUIRE_FALSE(scene.locked.closed);
    scene.locked.send_raw(Goodbye{});
    REQUIRE(scene.locked.closed);
    CHECK(scene.locked.closed->code == Errc::link_lost);
}

TEST_CASE("Attack: restricted sessions are few a device, and cost no tries past their rate",
          "[hub][unlock][attack]") {
    PinScene scene;
    LockedClient second{scene.world, scene.world.counsellor, 41};
    LockedClient third{scene.world, scene.world.counsellor, 42};
    scene.locked.unlock(std::nullopt);
    second.unlock(std::nullopt);
    CHECK_FALSE(scene.locked.closed);
    third.unlock(std::nullopt);
    scene.locked.run();
    CHECK(scene.locked.closed);
    CHECK_FALSE(second.closed);

    std::size_t sessions = 3;
    while (sessions < 100) {
        ++sessions;
        third.unlock(std::nullopt);
        if (third.closed) break;
    }
    CHECK(sessions == static_cast<std::size_t>(scene.world.limits.restricted_rate.burst) + 1);
    CHECK(third.closed->code == Errc::rate_limited);
    CHECK_FALSE(scene.unlock(scene.wrong));
    CHECK(scene.record().wrong_tries == 0);
    scene.world.now += std::chrono::seconds{10};
    CHECK(scene.unlock(scene.pin) == scene.secret);
}

}  // namespace samsyn
