#include "core/base/codec.hpp"
#include "crypto/vault/sealing.hpp"
#include "tests/crypto/vault/vault_world.hpp"

using namespace samsyn;

TEST_CASE("PIN: opens with the server's secret, and with nothing less", "[vault][pin]") {
    VaultWorld world;
    world.create_with_pin();
    Vault vault = world.open();
    CHECK(vault.status().has_pin);
    CHECK(vault.status().pin_needs_server);
    CHECK(world.try_pin(vault, first_pin).has_value());
    CHECK(same(vault.contents(), world.contents));

    Vault other = world.open();
    auto tried = other.begin_pin_try(first_pin).value();
    CHECK(tried.open_with(Secret<32>::random()).error() == Error{Errc::not_authentic, "PIN"});
    CHECK_FALSE(other.is_open());
    CHECK(tried.open_with(world.server_secret).error().code == Errc::conflict);  // one try each
}

TEST_CASE("PIN: what the server stores and what it hands out do not open without the PIN",
          "[vault][pin]") {
    // V and S are all that a server has; the slot's key needs Argon2id(PIN) itself.
    VaultWorld world;
    Vault vault = world.create();
    REQUIRE(vault.change_pin(first_pin).has_value());
    const auto registration = std::move(*vault.pin_registration().value());
    REQUIRE(vault.on_server_secret(registration.verifier, world.server_secret).has_value());

    Secret<32> stretched = Secret<32>::random();

    class Recording final : public PasswordHash {
    public:
        explicit Recording(Secret<32>& out) : out_(out) {}

        bool accepts(const PasswordCost& cost) const override { return inner_.accepts(cost); }

        Result<Secret<32>> stretch(std::string_view pin,
                                   const PasswordSalt& with,
                                   const PasswordCost& cost) const override {
            auto result = inner_.stretch(pin, with, cost);
            out_ = result->duplicate();
            return result;
        }

    private:
        CheapHash inner_;
        Secret<32>& out_;
    };

    const Recording recording{stretched};
    Vault locked = Vault::open({world.files, recording, nullptr, password_cost_stated}).value();
    auto tried = locked.begin_pin_try(first_pin).value();

    // V is one-way from the stretched PIN and differs from every key that the slot could have.
    CHECK_FALSE((tried.verifier() == stretched));
    CHECK((tried.verifier() == derive(Domain::pin_verifier, {stretched.expose()})));
    CHECK_FALSE((tried.verifier() == derive(Domain::pin_key, {stretched.expose()})));

    // A vault whose hash yields V in place of Argon2id(PIN) is what server and thief could build.
    class Replaying final : public PasswordHash {
    public:
        explicit Replaying(const Secret<32>& verifier) : verifier_(verifier) {}

        bool accepts(const PasswordCost&) const override { return true; }

        Result<Secret<32>> stretch(std::string_view,
                                   const PasswordSalt&,
                                   const PasswordCost&) const override {
            return verifier_.duplicate();
        }

    private:
        const Secret<32>& verifier_;
    };

    const Replaying replaying{registration.verifier};
    Vault stolen = Vault::open({world.files, replaying, nullptr, password_cost_stated}).value();
    auto attack = stolen.begin_pin_try(first_pin).value();
    CHECK(attack.open_with(world.server_secret).error().code == Errc::not_authentic);
    CHECK(tried.open_with(world.server_secret).has_value());
}

TEST_CASE("PIN: every wrong one is on the disk before it is tried", "[vault][pin]") {
    VaultWorld world;
    world.create_with_pin();
    Vault vault = world.open();
    std::uint32_t left_on_disk = 0;
    world.hash.before_stretching = [&] { left_on_disk = world.open().status().pin_tries_left; };
    auto tried = vault.begin_pin_try(second_pin).value();
    CHECK(left_on_disk == pin_tries_max - 1);
    CHECK(tried.open_with(world.server_secret).error().code == Errc::not_authentic);
    CHECK(world.open().status().pin_tries_left == pin_tries_max - 1);
    CHECK(world.try_pin(vault, first_pin).has_value());
    CHECK(world.open().status().pin_tries_left == pin_tries_max);
}

TEST_CASE("PIN: power lost between count and answer leaves the try counted", "[vault][pin]") {
    VaultWorld world;
    world.create_with_pin();
    for (std::uint32_t i = 1; i <= pin_tries_max; ++i) {
        Vault vault = world.open();
        world.hash.before_stretching = [] { throw PowerCut{}; };
        CHECK_THROWS_AS(vault.begin_pin_try(first_pin), PowerCut);
        world.files.calm();
        CHECK(world.open().status().pin_tries_left == pin_tries_max - i);
    }
    world.hash.before_stretching = nullptr;
    Vault vault = world.open();
    CHECK(world.try_pin(vault, first_pin).error().code == Errc::not_found);
    CHECK(world.open().status().pin_erased);
    CHECK(world.phrase_opens(first_words));
}

TEST_CASE("PIN: where the count cannot be written nothing is tried", "[vault][pin]") {
    VaultWorld world;
    world.create_with_pin();
    Vault vault = world.open();
    for (const int step : {0, 1, 2, 3}) {
        world.files.calm();
        world.files.fail_at = step;
        const int calls = world.hash.calls;
        CHECK(vault.begin_pin_try(first_pin).error().code == Errc::disk_full);
        CHECK(world.hash.calls == calls);
    }
}

TEST_CASE("PIN: the tenth wrong one erases the slot and no data", "[vault][pin]") {
    VaultWorld world;
    world.create_with_pin();
    for (std::uint32_t i = 1; i <= pin_tries_max; ++i) {
        Vault vault = world.open();
        CHECK(vault.status().pin_tries_left == pin_tries_max - i + 1);
        CHECK(world.try_pin(vault, second_pin).error().code == Errc::not_authentic);
        CHECK(world.open().status().has_pin == (i < pin_tries_max));
    }
    CHECK(world.open().status().pin_erased);
    CHECK(world.open().status().pin_tries_left == 0);
    Vault vault = world.open();
    CHECK(world.try_pin(vault, first_pin).error().code == Errc::not_found);
    CHECK(world.phrase_opens(first_words));

    // A new PIN starts afresh.
    Vault opened = world.unlocked();
    world.set_pin(opened, second_pin);
    CHECK(world.open().status().pin_tries_left == pin_tries_max);
    Vault again = world.open();
    CHECK(world.try_pin(again, second_pin).has_value());
}

TEST_CASE("PIN: nine wrong ones and a right one are forgotten, by the phrase too", "[vault][pin]") {
    VaultWorld world;
    world.create_with_pin();
    Vault vault = world.open();
    for (int i = 0; i < 9; ++i) CHECK_FALSE(world.try_pin(vault, second_pin).has_value());
    CHECK(world.try_pin(vault, first_pin).has_value());
    CHECK(world.open().status().pin_tries_left == pin_tries_max);
    for (int i = 0; i < 9; ++i) CHECK_FALSE(world.try_pin(vault, second_pin).has_value());
    world.unlocked();
    CHECK(world.open().status().pin_tries_left == pin_tries_max);
}

TEST_CASE("PIN: what cannot be a PIN is not counted", "[vault][pin]") {
    VaultWorld world;
    world.create_with_pin();
    Vault vault = world.open();
    CHECK(vault.begin_pin_try("12345").error().code == Errc::invalid_argument);
    CHECK(vault.begin_pin_try("abcdef").error().code == Errc::invalid_argument);
    CHECK(world.open().status().pin_tries_left == pin_tries_max);
}

TEST_CASE("PIN: a try that could not be made is given back, but not after a proof",
          "[vault][pin]") {
    VaultWorld world;
    world.create_with_pin();
    Vault vault = world.open();
    {
        auto tried = vault.begin_pin_try(first_pin).value();
        CHECK(tried.give_back().has_value());
        CHECK(tried.give_back().error().code == Errc::conflict);
        CHECK(tried.open_with(world.server_secret).error().code == Errc::conflict);
    }
    CHECK(world.open().status().pin_tries_left == pin_tries_max);
    auto tried = vault.begin_pin_try(first_pin).value();
    (void)tried.proof(Nonce{}, Nonce{}, Hash{});
    CHECK(tried.give_back().error().code == Errc::conflict);
    CHECK(world.open().status().pin_tries_left == pin_tries_max - 1);
    CHECK(tried.open_with(world.server_secret).has_value());
}

TEST_CASE("PIN: the proof is what the server computes from V, and bound to the session",
          "[vault][pin]") {
    VaultWorld world;
    Vault vault = world.create();
    REQUIRE(vault.change_pin(first_pin).has_value());
    const auto registration = std::move(*vault.pin_registration().value());
    REQUIRE(vault.on_server_secret(registration.verifier, world.server_secret).has_value());
    CHECK(registration.token == vault.token());

    const auto server = Nonce::from(Secret<32>::random().expose());
    const auto client = Nonce::from(Secret<32>::random().expose());
    const auto exporter = Hash::from(Secret<32>::random().expose());
    auto tried = vault.begin_pin_try(first_pin).value();
    const Hash proof = tried.proof(server, client, exporter);
    CHECK(proof ==
          SodiumHasher{}.hash(
              Domain::pin_proof,
              {registration.verifier.expose(), server.view(), client.view(), exporter.view()}));
    CHECK(proof == pin_proof(registration.verifier, server, client, exporter));
    CHECK(proof != tried.proof(client, server, exporter));
    CHECK(proof != tried.proof(server, client, Hash{}));
    CHECK(proof != vault.begin_pin_try(second_pin).value().proof(server, client, exporter));
}

TEST_CASE("PIN: the old one opens until the server's secret for the new one is here",
          "[vault][pin]") {
    VaultWorld world;
    {
        Vault vault = world.create_with_pin();
        const auto first = std::move(*vault.unconfirmed_pin().value());
        REQUIRE(vault.on_pin_confirmed(first).has_value());
        CHECK_FALSE(vault.unconfirmed_pin().value().has_value());
        REQUIRE(vault.change_pin(second_pin).has_value());
    }
    Vault before = world.open();
    CHECK(before.status().pin_pending);
    CHECK(world.try_pin(before, second_pin).error().code == Errc::not_authentic);
    CHECK(world.try_pin(before, first_pin).has_value());

    const auto registration = std::move(*before.pin_registration().value());
    const auto new_secret = Secret<32>::random();
    CHECK(before.on_server_secret(Secret<32>::random(), new_secret).error().code == Errc::conflict);
    REQUIRE(before.on_server_secret(registration.verifier, new_secret).has_value());
    CHECK_FALSE(before.pin_registration().value().has_value());
    CHECK(before.on_server_secret(registration.verifier, new_secret).error().code ==
          Errc::conflict);

    Vault after = world.open();
    CHECK_FALSE(after.status().pin_pending);
    CHECK(after.begin_pin_try(first_pin).value().open_with(world.server_secret).error().code ==
          Errc::not_authentic);
    CHECK(after.begin_pin_try(second_pin).value().open_with(new_secret).has_value());
    CHECK((*after.unconfirmed_pin().value() == registration.verifier));
    CHECK(after.on_pin_confirmed(Secret<32>::random()).has_value());  // of another: nothing
    CHECK(after.unconfirmed_pin().value().has_value());
    REQUIRE(after.on_pin_confirmed(registration.verifier).has_value());
    CHECK_FALSE(world.unlocked().unconfirmed_pin().value().has_value());
}

TEST_CASE("PIN: a second change before the server answers leaves only the last", "[vault][pin]") {
    VaultWorld world;
    Vault vault = world.create();
    REQUIRE(vault.change_pin(first_pin).has_value());
    const auto first = std::move(*vault.pin_registration().value());
    REQUIRE(vault.change_pin(second_pin).has_value());
    const auto second = std::move(*vault.pin_registration().value());
    CHECK(vault.on_server_secret(first.verifier, world.server_secret).error().code ==
          Errc::conflict);
    CHECK_FALSE(vault.status().has_pin);
    CHECK(vault.on_server_secret(second.verifier, world.server_secret).has_value());
    CHECK(vault.change_pin("111111").error().code == Errc::invalid_argument);
}

TEST_CASE("PIN: with a keystore it opens cold, without the server", "[vault][keystore]") {
    VaultWorld world;
    FakeKeystore keystore;
    world.keystore = &keystore;
    REQUIRE(world.create().change_pin(first_pin).has_value());
    Vault vault = world.open();
    CHECK(vault.status().has_pin);
    CHECK_FALSE(vault.status().pin_needs_server);
    CHECK_FALSE(vault.status().pin_pending);
    {
        auto tried = vault.begin_pin_try(first_pin).value();
        CHECK_FALSE(tried.needs_server());
        CHECK(tried.open_with(world.server_secret).error().code == Errc::invalid_argument);
        CHECK(tried.open_with_keystore().has_value());
    }
    CHECK(same(vault.contents(), world.contents));

    // On another machine, without that keystore, the disk is of no use.
    FakeKeystore foreign;
    world.keystore = &foreign;
    Vault stolen = world.open();
    CHECK(world.try_pin(stolen, first_pin).error().code == Errc::not_found);
    foreign.entries.emplace(keystore.entries.begin()->first, Secret<32>::random());
    CHECK(world.try_pin(stolen, first_pin).error().code == Errc::not_authentic);
    world.keystore = nullptr;
    CHECK_FALSE(world.open().status().has_pin);
}

TEST_CASE("PIN: a new one, ten wrong ones and a wipe erase the keystore's secret",
          "[vault][keystore]") {
    VaultWorld world;
    FakeKeystore keystore;
    world.keystore = &keystore;
    Vault vault = world.create();
    REQUIRE(vault.change_pin(first_pin).has_value());
    const KeystoreId first = keystore.entries.begin()->first;

    keystore.erase_fails = true;  // the platform is busy: it is tried again at the next opening
    REQUIRE(vault.change_pin(second_pin).has_value());
    CHECK(keystore.entries.size() == 2);
    keystore.erase_fails = false;
    Vault reopened = world.open();
    CHECK(keystore.entries.size() == 1);
    CHECK_FALSE(keystore.entries.contains(first));
    CHECK(world.try_pin(reopened, first_pin).error().code == Errc::not_authentic);
    CHECK(world.try_pin(reopened, second_pin).has_value());

    for (std::uint32_t i = 0; i < pin_tries_max; ++i)
        CHECK(world.try_pin(reopened, first_pin).error().code == Errc::not_authentic);
    CHECK(keystore.entries.empty());
    CHECK(world.phrase_opens(first_words));

    Vault again = world.unlocked();
    REQUIRE(again.change_pin(second_pin).has_value());
    CHECK(keystore.entries.size() == 1);
    REQUIRE(world.open().erase_unlocking_slots().has_value());
    CHECK(keystore.entries.empty());
}

TEST_CASE("PIN: a keystore that appears takes over from the server's secret", "[vault][keystore]") {
    VaultWorld world;
    Vault vault = world.create_with_pin();
    FakeKeystore keystore;
    world.keystore = &keystore;
    Vault with_keystore = world.unlocked();
    CHECK(with_keystore.status().pin_needs_server);
    REQUIRE(with_keystore.change_pin(second_pin).has_value());
    Vault after = world.open();
    CHECK_FALSE(after.status().pin_needs_server);
    CHECK(world.try_pin(after, second_pin).has_value());
}

TEST_CASE("PIN: erasing its slot leaves the phrase", "[vault][pin]") {
    VaultWorld world;
    world.create_with_pin();
    REQUIRE(world.open().erase_pin_slot().has_value());
    CHECK_FALSE(world.open().status().has_pin);
    CHECK(world.phrase_opens(first_words));
}
