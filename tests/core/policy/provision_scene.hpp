#pragma once

#include "tests/core/policy/scene.hpp"

namespace samsyn::test {

/// The scene, with what administrators do about devices: waiting, confirmed, lost and found.
struct ProvisionScene : Scene {
    /// Of social services: may confirm a further device of those who work there.
    Staff head = staff(social, Role::head_of_unit);
    const DeviceId& admin = administrator(lindesberg);
    const DeviceId& other_admin = administrator(region);

    /// A further tablet of somebody's, which nobody has confirmed.
    StatementPtr further(const Staff& who) {
        return say(administrator(who.unit.organisation), draft_tablet(who, fresh_key()));
    }

    StatementPtr say(const DeviceId& author,
                     StatementBody body,
                     std::optional<std::vector<StatementId>> previous = {}) {
        return sign(author, federation_stream(), std::move(body), std::move(previous));
    }

    /// As `say`, with another time claimed.
    StatementPtr say_at(Instant time,
                        const DeviceId& author,
                        StatementBody body,
                        std::optional<std::vector<StatementId>> previous = {}) {
        const auto today = now;
        now = time;
        auto said = say(author, std::move(body), std::move(previous));
        now = today;
        return said;
    }

    /// A further machine that the root certifies, which nobody has confirmed.
    StatementPtr further_machine(const OrganisationId& organisation, const UserId& user) {
        const auto key = fresh_key();
        return say(root,
                   AdministratorCertified{.organisation = organisation,
                                          .user = user,
                                          .device = device_of(key),
                                          .signing_key = key,
                                          .sealing_key = fresh<SealingPublicKey>()});
    }

    /// A certified server, which can pin.
    DeviceId server() {
        const auto key = fresh_key();
        say(root, ServerCertified{.key = key, .successor = {}});
        return device_of(key);
    }

    StatementPtr role(const Staff& who, Role role) {
        return say(administrator(who.unit.organisation),
                   UserCertified{.user = who.user,
                                 .organisation = who.unit.organisation,
                                 .unit = who.unit.unit,
                                 .role = role,
                                 .from = long_ago});
    }

    RecoveryKeyCertified recovery_key(std::uint32_t generation) {
        return {.organisation = lindesberg,
                .generation = generation,
                .key = fresh<SealingPublicKey>(),
                .threshold = 2,
                .commitments = {fresh<Hash>(), fresh<Hash>(), fresh<Hash>()}};
    }

    static DeviceId device_in(const StatementPtr& said) {
        return std::get<DeviceCertified>(said->body).device;
    }

    bool has_effect(const StatementPtr& said) const {
        const auto members = federation();
        return std::ranges::find(members.without_effect(), said->id) ==
               members.without_effect().end();
    }

    bool waits(const StatementPtr& said) const {
        return federation().is_waiting(said->id) && !has_effect(said);
    }

    bool stands(const DeviceId& device) const { return federation().in_good_standing(device, now); }
};

inline const std::vector<StatementId> knowing_nothing_at_all;

}  // namespace samsyn::test
