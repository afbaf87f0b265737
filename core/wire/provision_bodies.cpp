#include "core/policy/provision_statements.hpp"
#include "core/wire/fields.hpp"
#include "core/wire/statement_bodies.hpp"

namespace samsyn {

namespace {

template <class Archive, SameBody<Countersigned> Body>
Result<void> fields(Archive& archive, Body& body) {
    return archive.id(body.statement, "statement");
}

template <class Archive, SameBody<UnitLease> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.unit, "unit"));
    return archive.number(body.reading_hours, "reading hours");
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

}  // namespace

SAMSYN_BODY(Countersigned)
SAMSYN_BODY(UnitLease)
SAMSYN_BODY(RecoveryUsed)
SAMSYN_BODY(DeviceSuspended)
SAMSYN_BODY(DeviceResumed)

// The order of the commitments says whose share each is: the one list that is not sorted.
void write_body(Writer& out, const RecoveryKeyCertified& body) {
    out.id(body.organisation);
    out.number(body.generation);
    out.id(body.key);
    out.number(body.threshold);
    out.number(static_cast<std::uint8_t>(body.commitments.size()));
    for (const Hash& commitment : body.commitments) out.id(commitment);
}

template <>
Result<RecoveryKeyCertified> read_body(Reader& in) {
    RecoveryKeyCertified body;
    body.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    body.generation = SAMSYN_TRY(in.number<std::uint32_t>("generation"));
    body.key = SAMSYN_TRY(in.id<SealingPublicKey>("recovery key"));
    body.threshold = SAMSYN_TRY(in.number<std::uint8_t>("threshold"));
    const auto count = SAMSYN_TRY(in.number<std::uint8_t>("share count"));
    if (count > recovery_shares_max) return fail(Errc::limit_exceeded, "shares");
    for (std::size_t i = 0; i < count; ++i)
        body.commitments.push_back(SAMSYN_TRY(in.id<Hash>("commitment")));
    return body;
}

}  // namespace samsyn
