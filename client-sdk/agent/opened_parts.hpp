#pragma once

#include "client-sdk/agent/folder.hpp"
#include "core/base/system_clock.hpp"
#include "crypto/at_rest/page_cipher.hpp"
#include "crypto/envelope/sodium_sealer.hpp"
#include "crypto/identity/signing_key.hpp"
#include "crypto/keys/sodium.hpp"

namespace samsyn {

/// In this order: what is used outlives its user.
struct OpenedDevice::Parts {
    explicit Parts(const VaultContents& keys)
        : signing(SigningKey::from_seed(keys.signing_seed.expose())),
          sealer(SealingKey::from_secret(keys.sealing_secrets.front().expose())),
          pages(std::make_unique<SodiumPageCipher>(keys.database.key.duplicate(),
                                                   keys.database.file_id)) {}

    SystemClock clock;
    SodiumRandom random;
    SodiumHasher hasher;
    SodiumVerifier verifier;
    SigningKey signing;
    SodiumSealer sealer;
    std::unique_ptr<SodiumPageCipher> pages;  ///< of the database that counts now
    std::unique_ptr<Device> device;
};

}  // namespace samsyn
