#pragma once

#include "client-sdk/agent/folder.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temporary_folder.hpp"

namespace samsyn::test {

/// A password hash that costs nothing: BLAKE2b. For tests of what is built on top.
class CheapHash final : public PasswordHash {
public:
    bool accepts(const PasswordCost&) const override { return true; }

    Result<Secret<32>> stretch(std::string_view password,
                               const PasswordSalt& salt,
                               const PasswordCost&) const override {
        ++calls;
        const Hash hash = SodiumHasher{}.hash(Domain::pin_key, {as_bytes(password), salt});
        return Secret<32>::from(std::span<const std::byte, 32>{hash.bytes});
    }

    mutable int calls = 0;
};

inline DeviceConfig a_config() {
    SeededRandom random{1};
    return {.server = "samsyn.nora.example:443",
            .federation = random_id<FederationId>(random),
            .root_key = random_id<SigningPublicKey>(random),
            .server_key = random_id<SigningPublicKey>(random),
            .user = random_id<UserId>(random),
            .kind = DeviceKind::loaner};
}

/// A data folder whose vault is cheap to open.
class CheapFolder {
public:
    CheapFolder() : phrase(make_phrase()) {}

    std::filesystem::path path() const { return temporary_ / "device"; }

    Vault::Ports ports(VaultFiles& files) const { return {.files = files, .hash = hash}; }

    Result<void> create(const std::function<Result<void>(OpenedDevice&)>& fill,
                        std::string_view pin = "274093") const {
        return create_device(
            path(), {.config = a_config_, .phrase = phrase, .pin = pin}, {.hash = hash}, fill);
    }

    CheapHash hash;
    Phrase phrase;

private:
    static Phrase make_phrase() {
        REQUIRE(start_sodium());
        return Phrase::random();
    }

    TemporaryFolder temporary_;
    DeviceConfig a_config_ = a_config();
};

}  // namespace samsyn::test
