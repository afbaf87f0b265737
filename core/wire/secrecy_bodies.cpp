#include "core/wire/fields.hpp"

namespace samsyn {

template <class Archive, SameBody<Audience> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.id, "audience"));
    SAMSYN_TRY(archive.ids(body.users, statement_users_max, "users"));
    return archive.id(body.reason, "reason");
}

template <class Archive, SameBody<InvestigationLock> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.id, "audience"));
    SAMSYN_TRY(archive.id(body.unit, "unit"));
    return archive.ids(body.users, statement_users_max, "users");
}

template <class Archive, SameBody<Release> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.lock, "lock"));
    return archive.ids(body.items, statement_items_max, "items");
}

template <class Archive, SameBody<Override> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.number(body.statute, "statute"));
    SAMSYN_TRY(archive.id(body.subject, "subject"));
    SAMSYN_TRY(archive.bits(body.categories.bits, Categories::known, "categories"));
    SAMSYN_TRY(archive.id(body.selection, "selection"));
    SAMSYN_TRY(archive.ids(body.items, statement_items_max, "items"));
    SAMSYN_TRY(archive.recipient(body.recipient));
    SAMSYN_TRY(archive.instant(body.from, "from"));
    SAMSYN_TRY(archive.instant(body.until, "until"));
    SAMSYN_TRY(archive.ids(body.pierced, statement_names_max, "pierced"));
    return archive.id(body.justification, "justification");
}

template <class Archive, SameBody<SecondReaderVerdict> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.statement, "statement"));
    SAMSYN_TRY(archive.flag(body.approved, "approved"));
    return archive.id(body.justification, "justification");
}

template <class Archive, SameBody<InvestigationAnswer> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.number(body.statute, "statute"));
    SAMSYN_TRY(archive.id(body.subject, "subject"));
    SAMSYN_TRY(archive.bits(body.categories.bits, Categories::known, "categories"));
    SAMSYN_TRY(archive.id(body.selection, "selection"));
    SAMSYN_TRY(archive.ids(body.items, statement_items_max, "items"));
    SAMSYN_TRY(archive.recipient(body.recipient));
    SAMSYN_TRY(archive.id(body.decision, "decision"));
    return archive.instant(body.until, "until");
}

template <class Archive, SameBody<EmergencyOpening> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.ids(body.items, statement_items_max, "items"));
    SAMSYN_TRY(archive.id(body.reason, "reason"));
    return archive.instant(body.opened_at, "opened at");
}

template <class Archive, SameBody<Informed> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.person, "person"));
    SAMSYN_TRY(archive.id(body.about, "about"));
    SAMSYN_TRY(archive.instant(body.when, "when"));
    return archive.enumerator(body.how, InformedHow::last, "how");
}

template <class Archive, SameBody<GuestNamed> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.consent, "consent"));
    return archive.id(body.guest, "guest");
}

template <class Archive, SameBody<CopiedToOwnRecord> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.unit, "unit"));
    SAMSYN_TRY(archive.ids(body.items, statement_items_max, "items"));
    return archive.ids(body.by, statement_names_max, "by");
}

template <class Archive, SameBody<SecrecyAcknowledged> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.user, "user"));
    SAMSYN_TRY(archive.id(body.unit, "unit"));
    return archive.id(body.text, "text");
}

template <class Archive, SameBody<RoomSession> Body>
Result<void> fields(Archive& archive, Body& body) {
    SAMSYN_TRY(archive.id(body.room, "room"));
    SAMSYN_TRY(archive.id(body.presenter, "presenter"));
    SAMSYN_TRY(archive.instant(body.from, "from"));
    return archive.instant(body.until, "until");
}

SAMSYN_BODY(Audience)
SAMSYN_BODY(InvestigationLock)
SAMSYN_BODY(Release)
SAMSYN_BODY(Override)
SAMSYN_BODY(SecondReaderVerdict)
SAMSYN_BODY(InvestigationAnswer)
SAMSYN_BODY(EmergencyOpening)
SAMSYN_BODY(Informed)
SAMSYN_BODY(GuestNamed)
SAMSYN_BODY(CopiedToOwnRecord)
SAMSYN_BODY(SecrecyAcknowledged)
SAMSYN_BODY(RoomSession)

}  // namespace samsyn
