#include "core/policy/signing_keys.hpp"

namespace samsyn {

void collect_signing_keys(const StatementBody& body, const Hasher& hasher, SigningKeys& keys) {
    const auto add = [&](const SigningPublicKey& key) {
        keys.emplace(hash_to<DeviceId>(hasher, Domain::device_id, {key.view()}), key);
    };
    if (const auto* founding = std::get_if<Founding>(&body)) add(founding->root_key);
    if (const auto* machine = std::get_if<AdministratorCertified>(&body)) add(machine->signing_key);
    if (const auto* device = std::get_if<DeviceCertified>(&body)) add(device->signing_key);
    if (const auto* server = std::get_if<ServerCertified>(&body)) {
        add(server->key);
        if (server->successor) add(*server->successor);
    }
}

}  // namespace samsyn
