#include "core/wire/statement_bodies.hpp"

#include "core/wire/lists.hpp"
#include "core/wire/statement_codec.hpp"

#include <array>

namespace samsyn {

namespace {

// --- Parts ---------------------------------------------------------------------------------------

template <class IdType>
void write_optional_id(Writer& out, const std::optional<IdType>& id) {
    out.boolean(id.has_value());
    if (id) out.id(*id);
}

template <class IdType>
Result<std::optional<IdType>> read_optional_id(Reader& in, std::string_view what) {
    if (!SAMSYN_TRY(in.boolean(what))) return std::nullopt;
    return SAMSYN_TRY(in.id<IdType>(what));
}

void write(Writer& out, const Recipient& recipient) {
    out.id(recipient.unit);
    out.boolean(recipient.role.has_value());
    if (recipient.role) out.enumerator(*recipient.role);
    write_optional_id(out, recipient.user);
}

Result<Recipient> read_recipient(Reader& in) {
    Recipient recipient;
    recipient.unit = SAMSYN_TRY(in.id<UnitId>("recipient unit"));
    if (SAMSYN_TRY(in.boolean("recipient role")))
        recipient.role = SAMSYN_TRY(in.enumerator(Role::last, "recipient role"));
    recipient.user = SAMSYN_TRY(read_optional_id<UserId>(in, "recipient user"));
    return recipient;
}

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

// --- The federation log --------------------------------------------------------------------------

template <class Body>
Result<Body> read(Reader& in);

void write(Writer& out, const Founding& body) {
    out.id(body.root_key);
    out.id(body.name_hash);
}

template <>
Result<Founding> read(Reader& in) {
    Founding body;
    body.root_key = SAMSYN_TRY(in.id<SigningPublicKey>("root key"));
    body.name_hash = SAMSYN_TRY(in.id<Hash>("name hash"));
    return body;
}

void write(Writer& out, const OrganisationAdmitted& body) {
    out.id(body.organisation);
    out.instant(body.from);
    out.instant(body.until);
}

template <>
Result<OrganisationAdmitted> read(Reader& in) {
    OrganisationAdmitted body;
    body.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    body.from = SAMSYN_TRY(in.instant("from"));
    body.until = SAMSYN_TRY(in.instant("until"));
    return body;
}

void write(Writer& out, const AdministratorCertified& body) {
    out.id(body.organisation);
    out.id(body.user);
    out.id(body.device);
    out.id(body.signing_key);
    out.id(body.sealing_key);
}

template <>
Result<AdministratorCertified> read(Reader& in) {
    AdministratorCertified body;
    body.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    body.signing_key = SAMSYN_TRY(in.id<SigningPublicKey>("signing key"));
    body.sealing_key = SAMSYN_TRY(in.id<SealingPublicKey>("sealing key"));
    return body;
}

void write(Writer& out, const UnitCertified& body) {
    encode(out, body.unit);
}

template <>
Result<UnitCertified> read(Reader& in) {
    return UnitCertified{SAMSYN_TRY(decode_unit(in))};
}

void write(Writer& out, const UserCertified& body) {
    out.id(body.user);
    out.id(body.organisation);
    out.id(body.unit);
    out.enumerator(body.role);
    out.instant(body.from);
    out.instant(body.until);
}

template <>
Result<UserCertified> read(Reader& in) {
    UserCertified body;
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    body.unit = SAMSYN_TRY(in.id<UnitId>("unit"));
    body.role = SAMSYN_TRY(in.enumerator(Role::last, "role"));
    body.from = SAMSYN_TRY(in.instant("from"));
    body.until = SAMSYN_TRY(in.instant("until"));
    return body;
}

void write(Writer& out, const DeviceCertified& body) {
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
Result<DeviceCertified> read(Reader& in) {
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

void write(Writer& out, const DeviceRevoked& body) {
    out.id(body.device);
}

template <>
Result<DeviceRevoked> read(Reader& in) {
    return DeviceRevoked{SAMSYN_TRY(in.id<DeviceId>("device"))};
}

void write(Writer& out, const RevocationPinned& body) {
    out.id(body.revocation);
    out.id(body.device);
    out.number(body.counter);
    write_numbers(out, body.gaps);
}

template <>
Result<RevocationPinned> read(Reader& in) {
    RevocationPinned body;
    body.revocation = SAMSYN_TRY(in.id<StatementId>("revocation"));
    body.device = SAMSYN_TRY(in.id<DeviceId>("device"));
    body.counter = SAMSYN_TRY(in.number<std::uint64_t>("counter"));
    body.gaps = SAMSYN_TRY(read_ascending(in, pin_gaps_max, "gaps"));
    return body;
}

void write(Writer& out, const UserRemoved& body) {
    out.id(body.user);
    out.id(body.organisation);
    out.instant(body.from);
}

template <>
Result<UserRemoved> read(Reader& in) {
    UserRemoved body;
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.organisation = SAMSYN_TRY(in.id<OrganisationId>("organisation"));
    body.from = SAMSYN_TRY(in.instant("from"));
    return body;
}

void write(Writer& out, const ServerCertified& body) {
    out.id(body.key);
    write_optional_id(out, body.successor);
}

template <>
Result<ServerCertified> read(Reader& in) {
    ServerCertified body;
    body.key = SAMSYN_TRY(in.id<SigningPublicKey>("server key"));
    body.successor = SAMSYN_TRY(read_optional_id<SigningPublicKey>(in, "successor"));
    return body;
}

// --- The streams of a case -----------------------------------------------------------------------

void write(Writer& out, const CaseOpened& body) {
    out.enumerator(body.model);
    out.id(body.unit);
    out.id(body.lead);
}

template <>
Result<CaseOpened> read(Reader& in) {
    CaseOpened body;
    body.model = SAMSYN_TRY(in.enumerator(ServiceModel::last, "service model"));
    body.unit = SAMSYN_TRY(in.id<UnitId>("unit"));
    body.lead = SAMSYN_TRY(in.id<UserId>("lead"));
    return body;
}

void write(Writer& out, const CaseClosed& body) {
    out.number(body.reason);
}

template <>
Result<CaseClosed> read(Reader& in) {
    return CaseClosed{SAMSYN_TRY(in.number<std::uint8_t>("reason"))};
}

void write(Writer& out, const ParticipantAdded& body) {
    out.id(body.user);
    out.id(body.unit);
    out.enumerator(body.duty);
    out.instant(body.from);
    out.instant(body.until);
}

template <>
Result<ParticipantAdded> read(Reader& in) {
    ParticipantAdded body;
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.unit = SAMSYN_TRY(in.id<UnitId>("unit"));
    body.duty = SAMSYN_TRY(in.enumerator(Duty::last, "duty"));
    body.from = SAMSYN_TRY(in.instant("from"));
    body.until = SAMSYN_TRY(in.instant("until"));
    return body;
}

void write(Writer& out, const ParticipantRemoved& body) {
    out.id(body.user);
    out.id(body.unit);
}

template <>
Result<ParticipantRemoved> read(Reader& in) {
    ParticipantRemoved body;
    body.user = SAMSYN_TRY(in.id<UserId>("user"));
    body.unit = SAMSYN_TRY(in.id<UnitId>("unit"));
    return body;
}

void write(Writer& out, const Custody& body) {
    out.id(body.child);
    write_ids(out, body.guardians);
    out.instant(body.review_at);
    out.instant(body.adult_at);
}

template <>
Result<Custody> read(Reader& in) {
    Custody body;
    body.child = SAMSYN_TRY(in.id<PersonId>("child"));
    body.guardians = SAMSYN_TRY(read_sorted_ids<PersonId>(in, custody_guardians_max, "guardians"));
    if (body.guardians.empty()) return fail(Errc::malformed, "guardians");
    body.review_at = SAMSYN_TRY(in.instant("review"));
    body.adult_at = SAMSYN_TRY(in.instant("adult at"));
    return body;
}

void write(Writer& out, const AdultRecorded& body) {
    out.id(body.person);
}

template <>
Result<AdultRecorded> read(Reader& in) {
    return AdultRecorded{SAMSYN_TRY(in.id<PersonId>("person"))};
}

void write(Writer& out, const Consent& body) {
    out.id(body.grantor);
    out.enumerator(body.capacity);
    out.id(body.subject);
    out.id(body.disclosing);
    write(out, body.recipient);
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
Result<Consent> read(Reader& in) {
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

void write(Writer& out, const Confirmation& body) {
    out.id(body.consent);
    write_ids(out, body.names);
}

template <>
Result<Confirmation> read(Reader& in) {
    Confirmation body;
    body.consent = SAMSYN_TRY(in.id<StatementId>("consent"));
    body.names = SAMSYN_TRY(read_sorted_ids<StatementId>(in, statement_names_max, "names"));
    return body;
}

void write(Writer& out, const Closing& body) {
    out.enumerator(body.kind);
    out.id(body.decider);
    out.id(body.subject);
    write_optional_id(out, body.disclosing);
    out.boolean(body.recipient.has_value());
    if (body.recipient) write(out, *body.recipient);
    out.number(body.categories.bits);
    out.id(body.evidence);
}

template <>
Result<Closing> read(Reader& in) {
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

void write(Writer& out, const Ended& body) {
    out.id(body.statement);
}

template <>
Result<Ended> read(Reader& in) {
    return Ended{SAMSYN_TRY(in.id<StatementId>("ended statement"))};
}

void write(Writer& out, const Unknown& body) {
    out.raw(body.body);
}

// --- The table of kinds --------------------------------------------------------------------------

struct KindRow {
    std::uint16_t kind = 0;
    std::string_view name;
    Result<StatementBody> (*read)(Reader&) = nullptr;
};

template <class Body>
Result<StatementBody> read_as(Reader& in) {
    return StatementBody{SAMSYN_TRY(read<Body>(in))};
}

template <std::size_t Index>
constexpr KindRow row(std::uint16_t kind, std::string_view name) {
    return {kind, name, &read_as<std::variant_alternative_t<Index, StatementBody>>};
}

/// In the order of `StatementBody`'s alternatives, `Unknown` excepted. Kinds never change.
constexpr auto kind_table = std::to_array<KindRow>({
    row<0>(0, "founding"),
    row<1>(1, "organisation_admitted"),
    row<2>(2, "administrator_certified"),
    row<3>(3, "unit_certified"),
    row<4>(4, "user_certified"),
    row<5>(5, "device_certified"),
    row<6>(6, "device_revoked"),
    row<7>(7, "revocation_pinned"),
    row<8>(8, "user_removed"),
    row<9>(9, "server_certified"),
    row<10>(64, "case_opened"),
    row<11>(65, "case_closed"),
    row<12>(66, "participant_added"),
    row<13>(67, "participant_removed"),
    row<14>(68, "custody"),
    row<15>(69, "adult_recorded"),
    row<16>(70, "consent"),
    row<17>(71, "confirmation"),
    row<18>(72, "closing"),
    row<19>(73, "ended"),
});
static_assert(kind_table.size() + 1 == std::variant_size_v<StatementBody>);
static_assert(std::is_same_v<std::variant_alternative_t<19, StatementBody>, Ended>);

}  // namespace

std::uint16_t statement_kind(const StatementBody& body) {
    if (const auto* unknown = std::get_if<Unknown>(&body)) return unknown->kind;
    return kind_table[body.index()].kind;
}

std::string_view kind_name(const StatementBody& body) {
    return std::holds_alternative<Unknown>(body) ? "unknown" : kind_table[body.index()].name;
}

Bytes encode_body(const StatementBody& body) {
    Writer out;
    std::visit([&](const auto& one) { write(out, one); }, body);
    return std::move(out).take();
}

Result<StatementBody> decode_body(std::uint16_t kind, ByteView bytes) {
    const auto* found = std::ranges::find(kind_table, kind, &KindRow::kind);
    if (found == kind_table.end()) return Unknown{kind, to_bytes(bytes)};
    Reader in{bytes};
    StatementBody body = SAMSYN_TRY(found->read(in));
    SAMSYN_TRY(in.finish(found->name));
    return body;
}

void normalise(StatementBody& body) {
    if (auto* custody = std::get_if<Custody>(&body)) sort_and_drop_doubles(custody->guardians);
    if (auto* consent = std::get_if<Consent>(&body)) sort_and_drop_doubles(consent->names);
    if (auto* confirmation = std::get_if<Confirmation>(&body))
        sort_and_drop_doubles(confirmation->names);
    if (auto* pinned = std::get_if<RevocationPinned>(&body)) sort_and_drop_doubles(pinned->gaps);
}

}  // namespace samsyn
