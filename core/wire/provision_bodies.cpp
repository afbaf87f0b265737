#include "core/policy/provision_statements.hpp"
#include "core/wire/fields.hpp"

namespace samsyn {

template <class Archive, SameBody<Countersigned> Body>
Result<void> fields(Archive& archive, Body& body) {
    return archive.id(body.statement, "statement");
}

template <class Archive, SameBody<UnitLease> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.unit, "unit"));
    return archive.number(body.reading_hours, "reading hours");
}

template <class Archive, SameBody<RecoveryKeyCertified> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.organisation, "organisation"));
    SAMSYN_TRY(archive.number(body.generation, "generation"));
    SAMSYN_TRY(archive.id(body.key, "recovery key"));
    SAMSYN_TRY(archive.number(body.threshold, "threshold"));
    // Their order says whose share each is.
    return archive.ids_in_order(body.commitments, recovery_shares_max, "commitments");
}

template <class Archive, SameBody<RecoveryUsed> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.organisation, "organisation"));
    SAMSYN_TRY(archive.number(body.generation, "generation"));
    SAMSYN_TRY(archive.id(body.device, "device"));
    SAMSYN_TRY(archive.id(body.reason, "reason"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<DeviceSuspended> Body>
Result<void> fields(Archive& archive, Body& body) {
    return archive.id(body.device, "device");
}

template <class Archive, SameBody<DeviceResumed> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.device, "device"));
    return archive.ids(body.names, resumed_names_max, "names");
}

SAMSYN_BODY(Countersigned)
SAMSYN_BODY(UnitLease)
SAMSYN_BODY(RecoveryKeyCertified)
SAMSYN_BODY(RecoveryUsed)
SAMSYN_BODY(DeviceSuspended)
SAMSYN_BODY(DeviceResumed)

}  // namespace samsyn
