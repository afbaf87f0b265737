#pragma once

#include "tests/core/policy/provision_scene.hpp"

namespace samsyn::test {

/// Lindesberg has a second administrator, whom only the first one confirmed. The second has let a
/// newcomer in, and the region has confirmed a head who has no device yet.
struct TwoAdministrators : ProvisionScene {
    StatementPtr first_certificate;  ///< the newcomer's, by the second administrator
    DeviceId colleague = confirmed_machine();
    Staff newcomer = let_in_by_colleague();
    Staff absent_head = head_without_device();
    DeviceId own_server = server();  ///< which the first administrator runs

    DeviceId confirmed_machine() {
        const auto said = further_machine(lindesberg, fresh<UserId>());
        confirm(said, admin);
        return std::get<AdministratorCertified>(said->body).device;
    }

    Staff let_in_by_colleague() {
        Staff who{.user = fresh<UserId>(), .device = {}, .unit = social};
        join(who.user, social, Role::case_officer);
        first_certificate = say(colleague, draft_tablet(who, fresh_key()));
        who.device = device_in(first_certificate);
        return who;
    }

    Staff head_without_device() {
        const Staff who{.user = fresh<UserId>(), .device = {}, .unit = social};
        confirm(role(who, Role::head_of_unit), other_admin);
        return who;
    }

    /// As if its author had seen nothing since the founding.
    std::vector<StatementId> the_founding() const {
        return {federation_log.in(federation_stream()).front()->id};
    }
};

}  // namespace samsyn::test
