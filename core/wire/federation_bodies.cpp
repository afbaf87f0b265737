#include "core/wire/lists.hpp"
#include "core/wire/statement_bodies.hpp"

namespace samsyn {

void write_body(Writer& out, const Founding& body) {
    out.id(body.root_key);
    out.id(body.name_hash);
}

template <>
Result<Founding> read_body(Reader& in) {
    Founding body;
    body.root_key = SAMSYN_TRY(in.id<SigningPublicKey>("root key"));
    body.name_hash = SAMSYN_TRY(in.id<Hash>("name hash"));
    return body;
}

void write_body(Writer& out, const OrganisationAdmitted& body) {
    out.id(body.organisation);
    out.instant(body.from);
    out.instant(body.until);
}

template <>
Result<OrganisationAdmitted> read_body(Reader& in) {
    OrganisationAdmitted body;
    body.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    body.from = SAMSYN_TRY(in.instant("from"));
    body.until = SAMSYN_TRY(in.instant("until"));
    return body;
}

void write_body(Writer& out, const AdministratorCertified& body) {
    out.id(body.organisation);
    out.id(body.user);
    out.id(body.device);
    out.id(body.signing_key);
    out.id(body.sealing_key);
}

template <>
Result<AdministratorCertified> read_body(Reader& in) {
    AdministratorCertified body;
    body.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    body.signing_key = SAMSYN_TRY(in.id<SigningPublicKey>("signing key"));
    body.sealing_key = SAMSYN_TRY(in.id<SealingPublicKey>("sealing key"));
    return body;
}

void write_body(Writer& out, const UnitCertified& body) {
    encode(out, body.unit);
}

template <>
Result<UnitCertified> read_body(Reader& in) {
    return UnitCertified{SAMSYN_TRY(decode_unit(in))};
}

void write_body(Writer& out, const UserCertified& body) {
    out.id(body.user);
    out.id(body.organisation);
    out.id(body.unit);
    out.enumerator(body.role);
    out.instant(body.from);
    out.instant(body.until);
}

template <>
Result<UserCertified> read_body(Reader& in) {
    UserCertified body;
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    body.unit = SAMSYN_TRY(in.id<UnitId>("unit"));
    body.role = SAMSYN_TRY(in.enumerator(Role::last, "role"));
    body.from = SAMSYN_TRY(in.instant("from"));
    body.until = SAMSYN_TRY(in.instant("until"));
    return body;
}

void write_body(Writer& out, const DeviceCertified& body) {
    out.id(body.device);
    out.enumerator(body.kind);
    out.id(body.organisation);
    out.id(body.user);
    out.id(body.signing_key);
    out.id(body.sealing_key);
    out.number(body.sealing_epoch);
    out.instant(body.until);
}

template <>
Result<DeviceCertified> read_body(Reader& in) {
    DeviceCertified body;
    body.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    body.kind = SAMSYN_TRY(in.enumerator(DeviceKind::last, "device kind"));
    body.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.signing_key = SAMSYN_TRY(in.id<SigningPublicKey>("signing key"));
    body.sealing_key = SAMSYN_TRY(in.id<SealingPublicKey>("sealing key"));
    body.sealing_epoch = SAMSYN_TRY(in.number<std::uint32_t>("sealing epoch"));
    body.until = SAMSYN_TRY(in.instant("until"));
    return body;
}

void write_body(Writer& out, const DeviceRevoked& body) {
    out.id(body.device);
}

template <>
Result<DeviceRevoked> read_body(Reader& in) {
    return DeviceRevoked{SAMSYN_TRY(in.id<DeviceId>("device"))};
}

void write_body(Writer& out, const RevocationPinned& body) {
    out.id(body.revocation);
    out.id(body.device);
    out.number(body.counter);
    write_numbers(out, body.gaps);
}

template <>
Result<RevocationPinned> read_body(Reader& in) {
    RevocationPinned body;
    body.revocation = SAMSYN_TRY(in.id<StatementId>("revocation"));
    body.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    body.counter = SAMSYN_TRY(in.number<std::uint64_t>("counter"));
    body.gaps = SAMSYN_TRY(read_ascending(in, pin_gaps_max, "gaps"));
    return body;
}

void write_body(Writer& out, const UserRemoved& body) {
    out.id(body.user);
    out.id(body.organisation);
    out.instant(body.from);
}

template <>
Result<UserRemoved> read_body(Reader& in) {
    UserRemoved body;
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    body.from = SAMSYN_TRY(in.instant("from"));
    return body;
}

void write_body(Writer& out, const ServerCertified& body) {
    out.id(body.key);
    write_optional_id(out, body.successor);
}

template <>
Result<ServerCertified> read_body(Reader& in) {
    ServerCertified body;
    body.key = SAMSYN_TRY(in.id<SigningPublicKey>("server key"));
    body.successor = SAMSYN_TRY(read_optional_id<SigningPublicKey>(in, "successor"));
    return body;
}

void write_body(Writer& out, const DeviceLocked& body) {
    out.id(body.device);
}

template <>
Result<DeviceLocked> read_body(Reader& in) {
    return DeviceLocked{SAMSYN_TRY(in.id<DeviceId>("device"))};
}

void write_body(Writer& out, const DeviceWiped& body) {
    out.id(body.device);
    out.enumerator(body.unsent);
}

template <>
Result<DeviceWiped> read_body(Reader& in) {
    DeviceWiped body;
    body.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    body.unsent = SAMSYN_TRY(in.enumerator(UnsentWork::last, "unsent work"));
    return body;
}

void write_body(Writer& out, const LogRestored& body) {
    out.id(body.old_incarnation);
    out.number(body.size);
    out.id(body.root);
    out.id(body.new_incarnation);
}

template <>
Result<LogRestored> read_body(Reader& in) {
    LogRestored body;
    body.old_incarnation = SAMSYN_TRY(in.id<Incarnation>("old incarnation"));
    body.size = SAMSYN_TRY(in.number<std::uint64_t>("size"));
    body.root = SAMSYN_TRY(in.id<Hash>("root"));
    body.new_incarnation = SAMSYN_TRY(in.id<Incarnation>("new incarnation"));
    return body;
}

}  // namespace samsyn
