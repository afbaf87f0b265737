#include "core/wire/fields.hpp"

namespace samsyn {

template <class Archive, SameBody<CaseOpened> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.enumerator(body.model, ServiceModel::last, "service model"));
    SAMSYN_TRY(archive.id(body.unit, "unit"));
    return archive.id(body.lead, "lead");
}

template <class Archive, SameBody<CaseClosed> Body>
Result<void> fields(Archive& archive, Body& body) {
    return archive.number(body.reason, "reason");
}

template <class Archive, SameBody<ParticipantAdded> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.user, "user"));
    SAMSYN_TRY(archive.id(body.unit, "unit"));
    SAMSYN_TRY(archive.enumerator(body.duty, Duty::last, "duty"));
    SAMSYN_TRY(archive.instant(body.from, "from"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<ParticipantRemoved> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.user, "user"));
    return archive.id(body.unit, "unit");
}

template <class Archive, SameBody<Custody> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.child, "child"));
    SAMSYN_TRY(archive.ids(body.guardians, custody_guardians_max, "guardians"));
    SAMSYN_TRY(archive.check(!body.guardians.empty(), "guardians"));
    SAMSYN_TRY(archive.instant(body.review_at, "review"));
    return archive.instant(body.adult_at, "adult at");
}

template <class Archive, SameBody<AdultRecorded> Body>
Result<void> fields(Archive& archive, Body& body) {
    return archive.id(body.person, "person");
}

template <class Archive, SameBody<Consent> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.grantor, "grantor"));
    SAMSYN_TRY(archive.enumerator(body.capacity, Capacity::last, "capacity"));
    SAMSYN_TRY(archive.id(body.subject, "subject"));
    SAMSYN_TRY(archive.id(body.disclosing, "disclosing unit"));
    SAMSYN_TRY(archive.recipient(body.recipient));
    // What a consent opens must be understood in full: bits that we do not know are refused.
    SAMSYN_TRY(archive.bits(body.categories.bits, Categories::known, "categories"));
    SAMSYN_TRY(archive.purpose(body.purpose, "purpose"));
    SAMSYN_TRY(archive.bits(body.actions.bits, Actions::known, "actions"));
    SAMSYN_TRY(archive.instant(body.not_before, "not before"));
    SAMSYN_TRY(archive.instant(body.not_after, "not after"));
    SAMSYN_TRY(archive.enumerator(body.reach, Reach::last, "reach"));
    SAMSYN_TRY(archive.enumerator(body.form, ConsentForm::last, "form"));
    SAMSYN_TRY(archive.bits(body.reserved.bits, Categories::known, "reserved"));
    SAMSYN_TRY(archive.id(body.evidence, "evidence"));
    return archive.ids(body.names, statement_names_max, "names");
}

template <class Archive, SameBody<Confirmation> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.consent, "consent"));
    return archive.ids(body.names, statement_names_max, "names");
}

template <class Archive, SameBody<Closing> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.enumerator(body.kind, ClosingKind::last, "closing kind"));
    SAMSYN_TRY(archive.id(body.decider, "decider"));
    SAMSYN_TRY(archive.id(body.subject, "subject"));
    SAMSYN_TRY(archive.id(body.disclosing, "disclosing unit"));
    SAMSYN_TRY(archive.recipient(body.recipient));
    // Bits that we do not know are kept: refusing it because it closes more than that would leave
    // data open.
    SAMSYN_TRY(archive.number(body.categories.bits, "categories"));
    return archive.id(body.evidence, "evidence");
}

template <class Archive, SameBody<Ended> Body>
Result<void> fields(Archive& archive, Body& body) {
    return archive.id(body.statement, "ended statement");
}

SAMSYN_BODY(CaseOpened)
SAMSYN_BODY(CaseClosed)
SAMSYN_BODY(ParticipantAdded)
SAMSYN_BODY(ParticipantRemoved)
SAMSYN_BODY(Custody)
SAMSYN_BODY(AdultRecorded)
SAMSYN_BODY(Consent)
SAMSYN_BODY(Confirmation)
SAMSYN_BODY(Closing)
SAMSYN_BODY(Ended)

}  // namespace samsyn
