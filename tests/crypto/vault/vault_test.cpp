#include "tests/crypto/vault/vault_world.hpp"

#include <algorithm>

using namespace samsyn;

TEST_CASE("Vault: gives its contents back to the phrase, after a restart too", "[vault]") {
    VaultWorld world;
    {
        const Vault vault = world.create();
        CHECK(vault.is_open());
        CHECK(vault.status().state == VaultState::creating);
    }
    Vault vault = world.open();
    CHECK_FALSE(vault.is_open());
    CHECK(vault.unlock_with_phrase(phrase_of(first_words)).has_value());
    CHECK(same(vault.contents(), world.contents));
    vault.lock();
    CHECK_FALSE(vault.is_open());
}

TEST_CASE("Vault: no secret of the contents lies in its files in the clear", "[vault]") {
    VaultWorld world;
    world.create_with_pin();
    for (const auto& [copy, bytes] : world.files.disk) {
        const std::string_view text = as_text(bytes);
        for (const Secret<32>* secret : {&world.contents.database.key,
                                         &world.contents.signing_seed,
                                         &world.contents.sealing_secrets[0],
                                         &world.server_secret})
            CHECK(text.find(as_text(secret->expose())) == std::string_view::npos);
        CHECK(text.find("abborre") == std::string_view::npos);
    }
}

TEST_CASE("Vault: a wrong phrase is told so, counted, and costs nothing", "[vault]") {
    VaultWorld world;
    world.create();
    Vault vault = world.open();
    for (std::uint32_t i = 1; i <= 30; ++i) {
        CHECK(vault.unlock_with_phrase(phrase_of(other_words)).error() ==
              Error{Errc::not_authentic, "phrase"});
        CHECK(world.open().status().wrong_phrases == i);
    }
    CHECK_FALSE(vault.is_open());
    CHECK(vault.unlock_with_phrase(phrase_of(first_words)).has_value());
    CHECK(world.open().status().wrong_phrases == 0);
}

TEST_CASE("Vault: a changed phrase opens at once and the old one no more", "[vault]") {
    VaultWorld world;
    world.create();
    Vault vault = world.unlocked();
    REQUIRE(vault.change_phrase(phrase_of(other_words)).has_value());
    CHECK(world.phrase_opens(other_words));
    CHECK_FALSE(world.phrase_opens(first_words));
    vault.lock();
    CHECK(vault.change_phrase(phrase_of(first_words)).error().code == Errc::locked);
}

TEST_CASE("Vault: contents are replaced as a whole and survive", "[vault]") {
    VaultWorld world;
    world.create();
    Vault vault = world.unlocked();
    world.contents.next_database = VaultDatabase::make(2);
    for (std::size_t i = 1; i < vault_sealing_secrets_max; ++i)
        world.contents.sealing_secrets.push_back(Secret<32>::random());
    REQUIRE(vault.replace_contents(world.contents).has_value());
    CHECK(world.phrase_opens(first_words));
    CHECK(world.unlocked().contents().next_database->key == world.contents.next_database->key);

    world.contents.sealing_secrets.push_back(Secret<32>::random());
    CHECK(vault.replace_contents(world.contents).error().code == Errc::invalid_argument);
    world.contents.sealing_secrets.clear();
    CHECK(vault.replace_contents(world.contents).error().code == Errc::invalid_argument);
    vault.lock();
    CHECK(vault.replace_contents(some_contents()).error().code == Errc::locked);
}

TEST_CASE("Vault: no vault, one vault, and a second one are told apart", "[vault]") {
    VaultWorld world;
    CHECK(Vault::exists(world.files).value() == false);
    CHECK(Vault::open(world.ports()).error() == Error{Errc::not_found, "no vault here"});
    world.create();
    CHECK(Vault::exists(world.files).value());
    const auto before = world.files.disk;
    CHECK(Vault::create(world.ports(), world.contents, phrase_of(other_words)).error().code ==
          Errc::already_exists);
    CHECK(world.files.disk == before);

    world.files.disk[VaultCopy::a].resize(3);
    world.files.disk.erase(VaultCopy::b);
    CHECK(Vault::exists(world.files).value());
    CHECK(Vault::create(world.ports(), world.contents, phrase_of(other_words)).error().code ==
          Errc::already_exists);
}

TEST_CASE("Vault: is ready once the database is, and never goes back", "[vault]") {
    VaultWorld world;
    Vault vault = world.create();
    REQUIRE(vault.mark_ready().has_value());
    CHECK(world.open().status().state == VaultState::ready);
    CHECK(world.open().mark_ready().error().code == Errc::locked);
}

TEST_CASE("Vault: counter and done orders are kept without a key", "[vault]") {
    VaultWorld world;
    world.create();
    Vault vault = world.open();
    CHECK(vault.token() == world.open().token());
    CHECK_FALSE(vault.token().is_none());
    REQUIRE(vault.acknowledge_counter(7).has_value());
    REQUIRE(vault.acknowledge_counter(5).has_value());
    CHECK(world.open().acknowledged_counter() == 7);

    StatementId first;
    first.bytes[0] = std::byte{1};
    REQUIRE(vault.mark_order_done(first).has_value());
    CHECK(world.open().is_order_done(first));
    for (std::size_t i = 0; i < vault_done_orders_max; ++i) {
        StatementId order;
        order.bytes[1] = static_cast<std::byte>(i + 1);
        REQUIRE(vault.mark_order_done(order).has_value());
        CHECK(world.open().is_order_done(order));
    }
    CHECK_FALSE(world.open().is_order_done(first));
}

TEST_CASE("Vault: a wipe leaves nothing that PIN or phrase opens", "[vault]") {
    VaultWorld world;
    {
        Vault vault = world.create_with_pin();
        const auto lead = SealingPublicKey::from(Secret<32>::random().expose());
        const auto admin = SealingPublicKey::from(Secret<32>::random().expose());
        REQUIRE(vault.seal_assisted(DeviceId{}, {&lead, 1}, {&admin, 1}).has_value());
        REQUIRE(vault.change_pin(second_pin).has_value());  // waits for the server
    }
    Vault vault = world.open();
    REQUIRE(vault.erase_unlocking_slots().has_value());
    Vault after = world.open();
    const VaultStatus status = after.status();
    CHECK_FALSE(status.has_phrase);
    CHECK_FALSE(status.has_pin);
    CHECK_FALSE(status.pin_pending);
    CHECK_FALSE(status.pin_erased);
    CHECK(status.assisted_case_leads == 1);
    CHECK(after.unlock_with_phrase(phrase_of(first_words)).error().code == Errc::not_found);
    CHECK(world.try_pin(after, first_pin).error().code == Errc::not_found);
    CHECK(after.begin_assisted().has_value());
}

TEST_CASE("Vault: a wipe by another process is not undone by this one's next change", "[vault]") {
    VaultWorld world;
    world.create_with_pin();
    Vault child = world.unlocked();
    Vault supervisor = world.open();
    REQUIRE(supervisor.erase_unlocking_slots().has_value());
    REQUIRE(child.acknowledge_counter(3).has_value());
    REQUIRE(child.replace_contents(world.contents).has_value());
    CHECK_FALSE(world.open().status().has_phrase);
    CHECK_FALSE(world.open().status().has_pin);
    CHECK_FALSE(child.status().has_pin);
    CHECK(child.is_open());
}

TEST_CASE("Vault: a wipe between counting and opening keeps the PIN out", "[vault]") {
    VaultWorld world;
    world.create_with_pin();
    Vault child = world.open();
    auto tried = child.begin_pin_try(first_pin).value();
    REQUIRE(world.open().erase_unlocking_slots().has_value());
    CHECK(tried.open_with(world.server_secret).error().code == Errc::conflict);
    CHECK_FALSE(child.is_open());
}

TEST_CASE("Vault: what another process changed inside is seen after a reload", "[vault]") {
    VaultWorld world;
    world.create();
    Vault one = world.unlocked();
    Vault two = world.unlocked();
    world.contents.database = VaultDatabase::make(2);
    REQUIRE(one.replace_contents(world.contents).has_value());
    CHECK(two.contents().database.number == 1);
    REQUIRE(two.reload().has_value());
    CHECK(two.contents().database.number == 2);
}

TEST_CASE("Vault: too little memory is an error of its own and no wrong try", "[vault]") {
    VaultWorld world;
    world.create_with_pin();
    Vault vault = world.open();
    world.hash.fails = true;
    CHECK(vault.unlock_with_phrase(phrase_of(first_words)).error().code == Errc::out_of_memory);
    CHECK(vault.begin_pin_try(first_pin).error().code == Errc::out_of_memory);
    CHECK(world.open().status().pin_tries_left == pin_tries_max);
}

TEST_CASE("Vault: destroying takes both copies and the keystore's secret", "[vault]") {
    VaultWorld world;
    FakeKeystore keystore;
    world.keystore = &keystore;
    REQUIRE(world.create().change_pin(first_pin).has_value());
    CHECK(keystore.entries.size() == 1);
    REQUIRE(Vault::destroy(world.ports()).has_value());
    CHECK(Vault::exists(world.files).value() == false);
    CHECK(keystore.entries.empty());
    CHECK(Vault::destroy(world.ports()).has_value());
}

TEST_CASE("Argon2id: the stated cost opens a real vault and the floor holds", "[vault][argon2id]") {
    VaultWorld world;
    const Argon2id real;
    CHECK(real.accepts(password_cost_stated));
    CHECK(real.accepts(password_cost_floor));
    CHECK_FALSE(real.accepts({128 * 1024 - 1, 3}));
    CHECK_FALSE(real.accepts({128 * 1024, 2}));
    CHECK_FALSE(real.accepts({1024 * 1024 + 1, 3}));
    CHECK_FALSE(real.accepts({256 * 1024, 17}));
    CHECK(real.stretch("482915", {}, {1024, 1}).error().code == Errc::invalid_argument);

    const Vault::Ports ports{world.files, real, nullptr, password_cost_stated};
    REQUIRE(Vault::create(ports, world.contents, phrase_of(first_words)).has_value());
    Vault vault = Vault::open(ports).value();
    CHECK(vault.unlock_with_phrase(phrase_of(first_words)).has_value());
    CHECK(same(vault.contents(), world.contents));
}

TEST_CASE("Argon2id: is RFC 9106's, as another implementation computes it", "[vault][argon2id]") {
    // The reference implementation's program (argon2 0~20171227):
    // echo -n abborre | argon2 0123456789abcdef -id -t 3 -k 131072 -p 1 -l 32 -r
    REQUIRE(start_sodium().has_value());
    PasswordSalt salt;
    std::ranges::copy(as_bytes("0123456789abcdef"), salt.begin());
    const auto stretched = Argon2id{}.stretch("abborre", salt, password_cost_floor).value();
    CHECK(to_hex(stretched.expose()) ==
          "b7f043a4a7b0015c3ef09082f685875ec32c9bd5df019400580e2814b0825480");
}
