#include "core/wire/fields.hpp"

namespace samsyn {

template <class Archive, SameBody<Founding> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.root_key, "root key"));
    return archive.id(body.name_hash, "name hash");
}

template <class Archive, SameBody<OrganisationAdmitted> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.organisation, "organisation"));
    SAMSYN_TRY(archive.instant(body.from, "from"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<AdministratorCertified> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.organisation, "organisation"));
    SAMSYN_TRY(archive.id(body.user, "user"));
    SAMSYN_TRY(archive.id(body.device, "device"));
    SAMSYN_TRY(archive.id(body.signing_key, "signing key"));
    return archive.id(body.sealing_key, "sealing key");
}

template <class Archive, SameBody<UnitCertified> Body>
Result<void> fields(Archive& archive, Body& body) {
    return archive.unit(body.unit);
}

template <class Archive, SameBody<UserCertified> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.user, "user"));
    SAMSYN_TRY(archive.id(body.organisation, "organisation"));
    SAMSYN_TRY(archive.id(body.unit, "unit"));
    SAMSYN_TRY(archive.enumerator(body.role, Role::last, "role"));
    SAMSYN_TRY(archive.instant(body.from, "from"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<DeviceCertified> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.device, "device"));
    SAMSYN_TRY(archive.enumerator(body.kind, DeviceKind::last, "device kind"));
    SAMSYN_TRY(archive.id(body.organisation, "organisation"));
    SAMSYN_TRY(archive.id(body.user, "user"));
    SAMSYN_TRY(archive.id(body.signing_key, "signing key"));
    SAMSYN_TRY(archive.id(body.sealing_key, "sealing key"));
    SAMSYN_TRY(archive.number(body.sealing_epoch, "sealing epoch"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<DeviceRevoked> Body>
Result<void> fields(Archive& archive, Body& body) {
    return archive.id(body.device, "device");
}

template <class Archive, SameBody<RevocationPinned> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.revocation, "revocation"));
    SAMSYN_TRY(archive.id(body.device, "device"));
    SAMSYN_TRY(archive.number(body.counter, "counter"));
    return archive.numbers(body.gaps, pin_gaps_max, "gaps");
}

template <class Archive, SameBody<UserRemoved> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.user, "user"));
    SAMSYN_TRY(archive.id(body.organisation, "organisation"));
    return archive.instant(body.from, "from");
}

template <class Archive, SameBody<ServerCertified> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.key, "server key"));
    return archive.id(body.successor, "successor");
}

template <class Archive, SameBody<DeviceLocked> Body>
Result<void> fields(Archive& archive, Body& body) {
    return archive.id(body.device, "device");
}

template <class Archive, SameBody<DeviceWiped> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.device, "device"));
    return archive.enumerator(body.unsent, UnsentWork::last, "unsent work");
}

template <class Archive, SameBody<LogRestored> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.old_incarnation, "old incarnation"));
    SAMSYN_TRY(archive.number(body.size, "size"));
    SAMSYN_TRY(archive.id(body.root, "root"));
    return archive.id(body.new_incarnation, "new incarnation");
}

SAMSYN_BODY(Founding)
SAMSYN_BODY(OrganisationAdmitted)
SAMSYN_BODY(AdministratorCertified)
SAMSYN_BODY(UnitCertified)
SAMSYN_BODY(UserCertified)
SAMSYN_BODY(DeviceCertified)
SAMSYN_BODY(DeviceRevoked)
SAMSYN_BODY(RevocationPinned)
SAMSYN_BODY(UserRemoved)
SAMSYN_BODY(ServerCertified)
SAMSYN_BODY(DeviceLocked)
SAMSYN_BODY(DeviceWiped)
SAMSYN_BODY(LogRestored)

}  // namespace samsyn
