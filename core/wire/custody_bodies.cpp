#include "core/wire/fields.hpp"

namespace samsyn {

template <class Archive, SameBody<CaseWeeded> Body>
Result<void> fields(Archive& archive, Body& body) {
    return archive.instant(body.weeded_at, "weeded at");
}

template <class Archive, SameBody<AgeAttested> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.child, "child"));
    return archive.number(body.years, "years");
}

template <class Archive, SameBody<Maturity> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.child, "child"));
    SAMSYN_TRY(archive.bits(body.categories.bits, Categories::known, "categories"));
    SAMSYN_TRY(archive.flag(body.alone, "alone"));
    SAMSYN_TRY(archive.id(body.assessor, "assessor"));
    SAMSYN_TRY(archive.instant(body.from, "from"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<GuardianSuspended> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.child, "child"));
    SAMSYN_TRY(archive.id(body.guardian, "guardian"));
    SAMSYN_TRY(archive.id(body.special_representative, "special representative"));
    SAMSYN_TRY(archive.instant(body.from, "from"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<Representative> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.adult, "adult"));
    SAMSYN_TRY(archive.id(body.representative, "representative"));
    SAMSYN_TRY(archive.bits(body.categories.bits, Categories::known, "categories"));
    SAMSYN_TRY(archive.instant(body.from, "from"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<GuardianPrevented> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.child, "child"));
    SAMSYN_TRY(archive.id(body.guardian, "guardian"));
    SAMSYN_TRY(archive.enumerator(body.cause, PreventedCause::last, "cause"));
    SAMSYN_TRY(archive.flag(body.manifestly_required, "manifestly required"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<DecisionInPlace> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.child, "child"));
    SAMSYN_TRY(archive.id(body.guardian, "guardian"));
    SAMSYN_TRY(archive.purpose(body.measure, "measure"));
    SAMSYN_TRY(archive.id(body.unit, "unit"));
    SAMSYN_TRY(archive.id(body.decision, "decision"));
    SAMSYN_TRY(archive.instant(body.until, "until"));
    return archive.flag(body.stayed, "stayed");
}

template <class Archive, SameBody<Mandate> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.principal, "principal"));
    SAMSYN_TRY(archive.id(body.agent, "agent"));
    SAMSYN_TRY(archive.bits(body.regimes.bits, Regimes::known, "regimes"));
    SAMSYN_TRY(archive.bits(body.categories.bits, Categories::known, "categories"));
    SAMSYN_TRY(archive.instant(body.from, "from"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<ProtectionMark> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.person, "person"));
    SAMSYN_TRY(archive.enumerator(body.kind, ProtectionKind::last, "protection"));
    return archive.ids(body.users, statement_users_max, "users");
}

SAMSYN_BODY(CaseWeeded)
SAMSYN_BODY(AgeAttested)
SAMSYN_BODY(Maturity)
SAMSYN_BODY(GuardianSuspended)
SAMSYN_BODY(Representative)
SAMSYN_BODY(GuardianPrevented)
SAMSYN_BODY(DecisionInPlace)
SAMSYN_BODY(Mandate)
SAMSYN_BODY(ProtectionMark)

}  // namespace samsyn
