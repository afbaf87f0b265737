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
          pages(keys.database.key.duplicate(), keys.database.file_id) {}

    SystemClock clock;
    SodiumRandom random;
    SodiumHasher hasher;
    SodiumVerifier verifier;
    SigningKey signing;
    SodiumSealer sealer;
    SodiumPageCipher pages;
    std::unique_ptr<Device> device;
};

OpenedDevice::OpenedDevice(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

OpenedDevice::~OpenedDevice() = default;

Result<std::unique_ptr<OpenedDevice>> OpenedDevice::open(const std::filesystem::path& folder,
                                                         const DeviceConfig& config,
                                                         const VaultContents& keys,
                                                         DatabaseMode mode) {
    auto parts = std::make_unique<Parts>(keys);
    std::unique_ptr<OpenedDevice> opened{new OpenedDevice{std::move(parts)}};
    opened->parts_->device = SAMSYN_TRY(
        Device::open(database_path(folder, keys.database.number), mode, config, opened->ports()));
    return opened;
}

Device& OpenedDevice::device() {
    return *parts_->device;
}

Device::Ports OpenedDevice::ports() {
    return {.clock = parts_->clock,
            .random = parts_->random,
            .hasher = parts_->hasher,
            .verifier = parts_->verifier,
            .signer = parts_->signing,
            .sealer = parts_->sealer,
            .pages = parts_->pages};
}

const SigningPublicKey& OpenedDevice::signing_key() const {
    return parts_->signing.public_key();
}

const SealingPublicKey& OpenedDevice::sealing_key() const {
    return parts_->sealer.public_key();
}

}  // namespace samsyn
