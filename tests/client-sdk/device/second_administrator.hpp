#pragma once

#include "tests/client-sdk/device/device_scene.hpp"

#include <samsyn/provisioning.hpp>

#include <array>

namespace samsyn {

/// One more municipality joins, with an administrator of its own, who can be a second person.
inline std::unique_ptr<Person> admit_administrator(DeviceScene& scene, std::string_view name) {
    constexpr std::uint64_t root_counter = 8;  // of `Founded4`: founding, three members, a server
    auto person = std::make_unique<Person>(name);
    person->user = random_id<UserId>(scene.world.random());
    const auto organisation = random_id<OrganisationId>(scene.world.random());
    const SigningPublicKey& key = person->signing.public_key();
    const auto device = hash_to<DeviceId>(scene.world.hasher(), Domain::device_id, {key.view()});
    scene.clock.advance(1s);
    const std::array<StatementBody, 2> bodies{
        StatementBody{
            OrganisationAdmitted{.organisation = organisation, .from = scene.clock.now()}},
        StatementBody{AdministratorCertified{
            organisation, person->user, device, key, person->sealer.public_key()}}};
    Device& admin = *scene.world.administrator().device;
    for (const Bytes& statement : sign_as_root(scene.world.federation(),
                                               bodies,
                                               root_counter,
                                               admin.federation_heads(),
                                               scene.world.root_key(),
                                               scene.world.hasher(),
                                               scene.clock.now()))
        must(admin.import_statement(statement));
    scene.sync(scene.world.administrator());
    person->device = must(Device::open_in_memory({"localhost:4430",
                                                  scene.world.federation(),
                                                  scene.world.root_key().public_key(),
                                                  scene.world.server_key().public_key(),
                                                  person->user,
                                                  DeviceKind::administrator_machine},
                                                 {scene.clock,
                                                  scene.world.random(),
                                                  scene.world.hasher(),
                                                  scene.world.verifier(),
                                                  person->signing,
                                                  person->sealer,
                                                  person->pages}));
    scene.sync(*person);
    return person;
}

}  // namespace samsyn
