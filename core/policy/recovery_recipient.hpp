#pragma once

#include "core/model/label.hpp"
#include "core/policy/federation.hpp"

namespace samsyn {

/// The recovery key that is a recipient of the keys of such a compartment: that of the organisation
/// whose unit discloses it, and no other's (DESIGN.md, "Recovery"). Null where it has none.
/// Devices, their auditor and the server ask the same at the heads that a packet names.
inline const RecoveryKey* recovery_recipient(const Label& label, const Federation& federation) {
    const UnitRef* unit = federation.unit(label.disclosing.unit);
    if (unit == nullptr || unit->organisation != label.disclosing.organisation) return nullptr;
    return federation.recovery_key(unit->organisation);
}

/// True while two persons let the device open one of the organisation's newest recovery keys.
/// Enough for the server, which cannot tell for which of them a box was sealed: a box opens for its
/// own generation only.
inline bool may_recover_something(const DeviceId& device,
                                  const OrganisationId& organisation,
                                  const Federation& federation,
                                  Instant now) {
    constexpr std::uint32_t generations_max = 8;
    const RecoveryKey* newest = federation.recovery_key(organisation);
    if (newest == nullptr) return false;
    for (std::uint32_t back = 0; back < generations_max && back < newest->generation; ++back)
        if (federation.may_recover(device, organisation, newest->generation - back, now))
            return true;
    return false;
}

}  // namespace samsyn
