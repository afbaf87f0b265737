#include "core/sync/unlock_keeper.hpp"

#include "tests/core/sync/session_rig.hpp"

using namespace samsyn;

namespace {

PinVerifier verifier_of(std::byte fill) {
    PinVerifier verifier;
    verifier.bytes.fill(fill);
    return verifier;
}

PinSecret secret_of(std::byte fill) {
    PinSecret secret;
    secret.bytes.fill(fill);
    return secret;
}

/// A vault as its session sees it.
struct ScriptedKeeper final : UnlockKeeper {
    Result<std::optional<PinVerifier>> unconfirmed() override {
        if (broken) return fail(Errc::storage_failed, "vault");
        return waits_for_confirmation;
    }

    Result<std::optional<UnlockRegistration>> wanted() override { return wants; }

    Result<void> on_registered(const UnlockRegistration& registration,
                               const std::optional<PinSecret>& secret) override {
        registered.push_back(registration);
        if (secret) {
            secrets.push_back(*secret);
            waits_for_confirmation = registration.verifier;
            wants->verifier.reset();
        }
        return {};
    }

    Result<void> on_confirmed(const PinVerifier& verifier) override {
        confirmed.push_back(verifier);
        waits_for_confirmation.reset();
        return {};
    }

    void on_refused(Errc why) override { refused = why; }

    std::optional<PinVerifier> waits_for_confirmation;
    std::optional<UnlockRegistration> wants;
    std::vector<UnlockRegistration> registered;
    std::vector<PinSecret> secrets;
    std::vector<PinVerifier> confirmed;
    std::optional<Errc> refused;
    bool broken = false;
};

/// Made before the session, which is given it.
struct ItsKeeper {
    ScriptedKeeper keeper;
};

/// A session that has a keeper.
struct UnlockRig : ItsKeeper, SessionRig {
    UnlockRig() : SessionRig({}, &keeper) {
        UnlockToken token;
        token.bytes.fill(std::byte{3});
        keeper.wants = UnlockRegistration{token, verifier_of(std::byte{1})};
    }

    template <class Kind>
    std::size_t count() const {
        return all<Kind>().size();
    }
};

}  // namespace

TEST_CASE("ClientSession: registers a PIN, keeps its secret, confirms, and is synced after that",
          "[sync][unlock]") {
    UnlockRig rig;
    rig.go_live();
    REQUIRE(rig.count<UnlockRegister>() == 1);
    CHECK(rig.synced == 0);
    rig.hear(UnlockRegistered{{}, secret_of(std::byte{7})});
    CHECK(rig.keeper.secrets == std::vector{secret_of(std::byte{7})});
    REQUIRE(rig.count<UnlockConfirm>() == 1);
    CHECK(std::get<UnlockConfirm>(rig.sent.back()).verifier == verifier_of(std::byte{1}));
    CHECK(rig.synced == 0);
    rig.hear(UnlockConfirmed{});
    CHECK(rig.keeper.confirmed == std::vector{verifier_of(std::byte{1})});

    // The token alone is said once more, and not again.
    rig.hear(UnlockRegistered{});
    CHECK(rig.synced == 1);
    rig.poke();
    CHECK(rig.count<UnlockRegister>() == 2);
    CHECK_FALSE(rig.closed);
}

TEST_CASE("ClientSession: has one thing for unlocking in flight, and first what is unconfirmed",
          "[sync][unlock]") {
    UnlockRig rig;
    rig.keeper.waits_for_confirmation = verifier_of(std::byte{2});
    rig.go_live();
    CHECK(rig.count<UnlockConfirm>() == 1);
    CHECK(rig.count<UnlockRegister>() == 0);
    rig.poke();
    CHECK(rig.count<UnlockConfirm>() == 1);
    rig.hear(UnlockConfirmed{});
    CHECK(rig.count<UnlockRegister>() == 1);
    rig.poke();
    CHECK(rig.count<UnlockRegister>() == 1);
}

TEST_CASE("ClientSession: says nothing about a PIN before the statements are here",
          "[sync][unlock]") {
    UnlockRig rig;
    rig.go_to_welcome();
    rig.poke();
    CHECK(rig.count<UnlockRegister>() == 0);
    rig.hear(rig.caught_up(CaughtUp::Phase::statements));
    CHECK(rig.count<UnlockRegister>() == 1);
}

TEST_CASE("ClientSession: a refused registration and a broken vault disturb nothing else",
          "[sync][unlock]") {
    UnlockRig rig;
    SECTION("refused") {
        rig.go_live();
        rig.hear(UnlockRegistered{Errc::conflict, {}});
        CHECK(rig.keeper.refused == Errc::conflict);
        CHECK(rig.keeper.registered.empty());
    }
    SECTION("a V that the server does not know") {
        rig.keeper.waits_for_confirmation = verifier_of(std::byte{2});
        rig.go_live();
        rig.hear(UnlockConfirmed{Errc::not_found});
        CHECK(rig.keeper.refused == Errc::not_found);
        CHECK(rig.keeper.confirmed.empty());
    }
    SECTION("broken") {
        rig.keeper.broken = true;
        rig.go_live();
        CHECK(rig.count<UnlockRegister>() == 0);
    }
    CHECK(rig.synced == 1);
    CHECK_FALSE(rig.closed);
}

TEST_CASE("ClientSession: an answer about unlocking that nobody asked for ends the session",
          "[sync][unlock][attack]") {
    UnlockRig rig;
    SECTION("a secret out of the blue") {
        rig.keeper.wants.reset();
        rig.go_live();
        rig.hear(UnlockRegistered{{}, secret_of(std::byte{7})});
    }
    SECTION("a secret for a token") {
        rig.keeper.wants->verifier.reset();
        rig.go_live();
        rig.hear(UnlockRegistered{{}, secret_of(std::byte{7})});
    }
    SECTION("no secret for a PIN") {
        rig.go_live();
        rig.hear(UnlockRegistered{});
    }
    SECTION("a confirmation out of the blue") {
        rig.keeper.wants.reset();
        rig.go_live();
        rig.hear(UnlockConfirmed{});
    }
    SECTION("an order") {
        rig.go_live();
        rig.hear(Order{});
    }
    REQUIRE(rig.closed);
    CHECK(rig.closed->code == Errc::unexpected_message);
    CHECK(rig.keeper.secrets.empty());
}
