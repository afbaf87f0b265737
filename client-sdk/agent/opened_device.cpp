#include "client-sdk/agent/opened_parts.hpp"

namespace samsyn {

OpenedDevice::OpenedDevice(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

OpenedDevice::~OpenedDevice() = default;

Result<std::unique_ptr<OpenedDevice>> OpenedDevice::open(const std::filesystem::path& folder,
                                                         const DeviceConfig& config,
                                                         const VaultContents& keys,
                                                         DatabaseMode mode) {
    // What an interrupted rekey has left beside the one that counts; tried again at the next
    // opening.
    if (mode == DatabaseMode::existing) (void)remove_databases_but(folder, keys.database.number);
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
            .pages = *parts_->pages};
}

const SigningPublicKey& OpenedDevice::signing_key() const {
    return parts_->signing.public_key();
}

const SealingPublicKey& OpenedDevice::sealing_key() const {
    return parts_->sealer.public_key();
}

}  // namespace samsyn
