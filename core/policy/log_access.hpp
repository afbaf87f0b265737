#pragma once

#include "core/policy/case_view.hpp"

namespace samsyn {

/// True where the device's user is a log reviewer of the organisation that `disclosing` belongs to,
/// by a certificate of that very organisation: may see who has read what the unit discloses, in
/// every case (consent-rules.md, C-50).
bool may_review_log(const DeviceId& device,
                    const UnitId& disclosing,
                    const Federation& federation,
                    Instant now);

/// May this device see who has read what `disclosing` discloses in the case? Log reviewers of its
/// organisation; and who takes part in the case for that unit as its lead or coordinator, or in
/// any duty where the unit has neither there: somebody must be able to answer the family (C-49).
/// Pure; thread-safe.
bool may_see_log(const DeviceId& device,
                 const UnitId& disclosing,
                 const CaseView& view,
                 const Federation& federation,
                 Instant now);

/// The unit for which a device acts in a case, for what is written about it: `disclosing` where it
/// acts there, else a unit on whose roster its user stands, else one where the user works. None for
/// a device without a user.
UnitId acting_unit(const DeviceId& device,
                   const UnitId& disclosing,
                   const CaseView* view,
                   const Federation& federation,
                   Instant now);

}  // namespace samsyn
