#include "core/wire/lists.hpp"
#include "core/wire/statement_bodies.hpp"

namespace samsyn {

namespace {

/// A consent opens: what it opens must be understood in full, so unknown bits are refused. (A
/// closing keeps them: refusing it because it closes more than we know would leave data open.)
Result<Categories> read_known_categories(Reader& in, std::string_view what) {
    const Categories categories{SAMSYN_TRY(in.number<std::uint64_t>(what))};
    if ((categories.bits & ~Categories::known) != 0) return fail(Errc::malformed, what);
    return categories;
}

Result<Actions> read_known_actions(Reader& in) {
    const Actions actions{SAMSYN_TRY(in.number<std::uint8_t>("actions"))};
    if ((actions.bits & ~unsigned{Actions::known}) != 0) return fail(Errc::malformed, "actions");
    return actions;
}

}  // namespace

void write_body(Writer& out, const CaseOpened& body) {
    out.enumerator(body.model);
    out.id(body.unit);
    out.id(body.lead);
}

template <>
Result<CaseOpened> read_body(Reader& in) {
    CaseOpened body;
    body.model = SAMSYN_TRY(in.enumerator(ServiceModel::last, "service model"));
    body.unit = SAMSYN_TRY(in.id<UnitId>("unit"));
    body.lead = SAMSYN_TRY(in.id<UserId>("lead"));
    return body;
}

void write_body(Writer& out, const CaseClosed& body) {
    out.number(body.reason);
}

template <>
Result<CaseClosed> read_body(Reader& in) {
    return CaseClosed{SAMSYN_TRY(in.number<std::uint8_t>("reason"))};
}

void write_body(Writer& out, const ParticipantAdded& body) {
    out.id(body.user);
    out.id(body.unit);
    out.enumerator(body.duty);
    out.instant(body.from);
    out.instant(body.until);
}

template <>
Result<ParticipantAdded> read_body(Reader& in) {
    ParticipantAdded body;
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.unit = SAMSYN_TRY(in.id<UnitId>("unit"));
    body.duty = SAMSYN_TRY(in.enumerator(Duty::last, "duty"));
    body.from = SAMSYN_TRY(in.instant("from"));
    body.until = SAMSYN_TRY(in.instant("until"));
    return body;
}

void write_body(Writer& out, const ParticipantRemoved& body) {
    out.id(body.user);
    out.id(body.unit);
}

template <>
Result<ParticipantRemoved> read_body(Reader& in) {
    ParticipantRemoved body;
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.unit = SAMSYN_TRY(in.id<UnitId>("unit"));
    return body;
}

void write_body(Writer& out, const Custody& body) {
    out.id(body.child);
    write_ids(out, body.guardians);
    out.instant(body.review_at);
    out.instant(body.adult_at);
}

template <>
Result<Custody> read_body(Reader& in) {
    Custody body;
    body.child = SAMSYN_TRY(in.id<PersonId>("child"));
    body.guardians = SAMSYN_TRY(read_sorted_ids<PersonId>(in, custody_guardians_max, "guardians"));
    if (body.guardians.empty()) return fail(Errc::malformed, "guardians");
    body.review_at = SAMSYN_TRY(in.instant("review"));
    body.adult_at = SAMSYN_TRY(in.instant("adult at"));
    return body;
}

void write_body(Writer& out, const AdultRecorded& body) {
    out.id(body.person);
}

template <>
Result<AdultRecorded> read_body(Reader& in) {
    return AdultRecorded{SAMSYN_TRY(in.id<PersonId>("person"))};
}

void write_body(Writer& out, const Consent& body) {
    out.id(body.grantor);
    out.enumerator(body.capacity);
    out.id(body.subject);
    out.id(body.disclosing);
    write_recipient(out, body.recipient);
    out.number(body.categories.bits);
    out.enumerator(body.purpose);
    out.number(body.actions.bits);
    out.instant(body.not_before);
    out.instant(body.not_after);
    out.enumerator(body.reach);
    out.enumerator(body.form);
    out.number(body.reserved.bits);
    out.id(body.evidence);
    write_ids(out, body.names);
}

template <>
Result<Consent> read_body(Reader& in) {
    Consent body;
    body.grantor = SAMSYN_TRY(in.id<PersonId>("grantor"));
    body.capacity = SAMSYN_TRY(in.enumerator(Capacity::last, "capacity"));
    body.subject = SAMSYN_TRY(in.id<PersonId>("subject"));
    body.disclosing = SAMSYN_TRY(in.id<UnitId>("disclosing unit"));
    body.recipient = SAMSYN_TRY(read_recipient(in));
    body.categories = SAMSYN_TRY(read_known_categories(in, "categories"));
    // Purposes are codes of the statute table: which ones exist is data, not format.
    body.purpose = static_cast<Purpose>(SAMSYN_TRY(in.number<std::uint16_t>("purpose")));
    body.actions = SAMSYN_TRY(read_known_actions(in));
    body.not_before = SAMSYN_TRY(in.instant("not before"));
    body.not_after = SAMSYN_TRY(in.instant("not after"));
    body.reach = SAMSYN_TRY(in.enumerator(Reach::last, "reach"));
    body.form = SAMSYN_TRY(in.enumerator(ConsentForm::last, "form"));
    body.reserved = SAMSYN_TRY(read_known_categories(in, "reserved"));
    body.evidence = SAMSYN_TRY(in.id<Hash>("evidence"));
    body.names = SAMSYN_TRY(read_sorted_ids<StatementId>(in, statement_names_max, "names"));
    return body;
}

void write_body(Writer& out, const Confirmation& body) {
    out.id(body.consent);
    write_ids(out, body.names);
}

template <>
Result<Confirmation> read_body(Reader& in) {
    Confirmation body;
    body.consent = SAMSYN_TRY(in.id<StatementId>("consent"));
    body.names = SAMSYN_TRY(read_sorted_ids<StatementId>(in, statement_names_max, "names"));
    return body;
}

void write_body(Writer& out, const Closing& body) {
    out.enumerator(body.kind);
    out.id(body.decider);
    out.id(body.subject);
    write_optional_id(out, body.disclosing);
    out.boolean(body.recipient.has_value());
    if (body.recipient) write_recipient(out, *body.recipient);
    out.number(body.categories.bits);
    out.id(body.evidence);
}

template <>
Result<Closing> read_body(Reader& in) {
    Closing body;
    body.kind = SAMSYN_TRY(in.enumerator(ClosingKind::last, "closing kind"));
    body.decider = SAMSYN_TRY(in.id<PersonId>("decider"));
    body.subject = SAMSYN_TRY(in.id<PersonId>("subject"));
    body.disclosing = SAMSYN_TRY(read_optional_id<UnitId>(in, "disclosing unit"));
    if (SAMSYN_TRY(in.boolean("recipient"))) body.recipient = SAMSYN_TRY(read_recipient(in));
    body.categories.bits = SAMSYN_TRY(in.number<std::uint64_t>("categories"));
    body.evidence = SAMSYN_TRY(in.id<Hash>("evidence"));
    return body;
}

void write_body(Writer& out, const Ended& body) {
    out.id(body.statement);
}

template <>
Result<Ended> read_body(Reader& in) {
    return Ended{SAMSYN_TRY(in.id<StatementId>("ended statement"))};
}

void write_body(Writer& out, const Unknown& body) {
    out.raw(body.body);
}

}  // namespace samsyn
