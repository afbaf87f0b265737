#pragma once

#include "crypto/keys/sodium.hpp"
#include "crypto/vault/vault.hpp"
#include "tests/support/catch.hpp"

#include <functional>
#include <map>
#include <stdexcept>

namespace samsyn {

/// A hash as cheap as a hash can be, with the production's idea of costs, so that unit tests may
/// try many PINs. What it does not do is being slow.
class CheapHash final : public PasswordHash {
public:
    bool accepts(const PasswordCost& cost) const override { return Argon2id{}.accepts(cost); }

    Result<Secret<32>> stretch(std::string_view password,
                               const PasswordSalt& salt,
                               const PasswordCost& cost) const override {
        ++calls;
        if (before_stretching) before_stretching();
        if (fails) return fail(Errc::out_of_memory, "test");
        const std::array<std::uint32_t, 2> numbers{cost.memory_kib, cost.passes};
        const Hash hash = SodiumHasher{}.hash(
            Domain::evidence, {as_bytes(password), salt, std::as_bytes(std::span{numbers})});
        return Secret<32>::from(hash.bytes);
    }

    mutable int calls = 0;
    std::function<void()> before_stretching;
    bool fails = false;
};

/// The power went.
struct PowerCut : std::runtime_error {
    PowerCut() : std::runtime_error("power cut") {}
};

/// Two files in memory on a disk that can lose power or fail at any step. A write has two steps:
/// before anything, and after the content is durable.
class FakeVaultFiles final : public VaultFiles {
public:
    class FakeLock final : public Lock {
    public:
        explicit FakeLock(int& held) : held_(held) { ++held_; }

        ~FakeLock() override { --held_; }

    private:
        int& held_;
    };

    Result<std::unique_ptr<Lock>> lock() override {
        SAMSYN_ASSERT(held == 0);  // a second one would wait for ever
        return std::make_unique<FakeLock>(held);
    }

    Result<std::optional<Bytes>> read(VaultCopy copy) override {
        if (const auto found = read_errors.find(copy); found != read_errors.end())
            return std::unexpected{found->second};
        const auto found = disk.find(copy);
        if (found == disk.end()) return std::optional<Bytes>{};
        return found->second;
    }

    Result<void> write(VaultCopy copy, ByteView content) override {
        SAMSYN_TRY(step());
        disk[copy] = to_bytes(content);
        if (observe) observe(copy);
        return step();
    }

    Result<void> remove(VaultCopy copy) override {
        disk.erase(copy);
        return {};
    }

    Result<void> step() {
        const int now = steps_done++;
        if (cut_at && *cut_at == now) throw PowerCut{};
        if (fail_at && *fail_at == now) return fail(Errc::disk_full, "test");
        return {};
    }

    /// Forgets all plans, as after power-on.
    void calm() {
        cut_at.reset();
        fail_at.reset();
        steps_done = 0;
        held = 0;
    }

    std::map<VaultCopy, Bytes> disk;
    std::map<VaultCopy, Error> read_errors;
    std::function<void(VaultCopy)> observe;
    std::optional<int> cut_at;
    std::optional<int> fail_at;
    int steps_done = 0;
    int held = 0;
};

/// A platform's keystore in memory.
class FakeKeystore final : public PlatformKeystore {
public:
    Result<Secret<32>> create(const KeystoreId& id) override {
        auto secret = Secret<32>::random();
        entries.insert_or_assign(id, secret.duplicate());
        return secret;
    }

    Result<Secret<32>> load(const KeystoreId& id) override {
        const auto found = entries.find(id);
        if (found == entries.end()) return fail(Errc::not_found, "keystore");
        return found->second.duplicate();
    }

    Result<void> erase(const KeystoreId& id) override {
        if (erase_fails) return fail(Errc::system_failed, "keystore");
        entries.erase(id);
        return {};
    }

    std::map<KeystoreId, Secret<32>> entries;
    bool erase_fails = false;
};

inline Phrase phrase_of(std::string_view text) {
    return Phrase::parse(text).value();
}

inline VaultContents some_contents() {
    VaultContents contents{VaultDatabase::make(1), std::nullopt, Secret<32>::random(), {}};
    contents.sealing_secrets.push_back(Secret<32>::random());
    return contents;
}

inline bool same(const VaultContents& a, const VaultContents& b) {
    return a.database.key == b.database.key && a.database.file_id == b.database.file_id &&
           a.database.number == b.database.number && a.signing_seed == b.signing_seed &&
           a.sealing_secrets == b.sealing_secrets &&
           a.next_database.has_value() == b.next_database.has_value();
}

inline constexpr std::string_view first_words = "abborre blomma citron fjord öken";
inline constexpr std::string_view other_words = "abborre blomma citron fjord över";
inline constexpr std::string_view first_pin = "482915";
inline constexpr std::string_view second_pin = "771032";

/// One device's vault on a fake disk.
struct VaultWorld {
    VaultWorld() { REQUIRE(start_sodium().has_value()); }

    Vault::Ports ports() { return {files, hash, keystore, password_cost_stated}; }

    Vault create() { return Vault::create(ports(), contents, phrase_of(first_words)).value(); }

    Vault open() { return Vault::open(ports()).value(); }

    Vault unlocked() {
        Vault vault = open();
        REQUIRE(vault.unlock_with_phrase(phrase_of(first_words)).has_value());
        return vault;
    }

    /// With a PIN slot that the server's secret `server_secret` opens.
    Vault create_with_pin(std::string_view pin = first_pin) {
        Vault vault = create();
        set_pin(vault, pin);
        return vault;
    }

    void set_pin(Vault& vault, std::string_view pin) {
        REQUIRE(vault.change_pin(pin).has_value());
        const auto registration = vault.pin_registration().value();
        REQUIRE(registration.has_value());
        REQUIRE(vault.on_server_secret(registration->verifier, server_secret).has_value());
    }

    Result<void> try_pin(Vault& vault, std::string_view pin) {
        auto tried = vault.begin_pin_try(pin);
        if (!tried) return std::unexpected{tried.error()};
        return tried->needs_server() ? tried->open_with(server_secret)
                                     : tried->open_with_keystore();
    }

    bool phrase_opens(std::string_view words) {
        Vault vault = open();
        return vault.unlock_with_phrase(phrase_of(words)).has_value() &&
               same(vault.contents(), contents);
    }

    FakeVaultFiles files;
    CheapHash hash;
    PlatformKeystore* keystore = nullptr;
    VaultContents contents = (SAMSYN_ASSERT(start_sodium().has_value()), some_contents());
    Secret<32> server_secret = Secret<32>::random();
};

}  // namespace samsyn
