#include "core/wire/statement_bodies.hpp"

#include "core/wire/lists.hpp"
#include "core/wire/statement_codec.hpp"

#include <array>

namespace samsyn {

namespace {

struct KindRow {
    std::uint16_t kind = 0;
    std::string_view name;
    Result<StatementBody> (*read)(Reader&) = nullptr;
};

template <class Body>
Result<StatementBody> read_as(Reader& in) {
    return StatementBody{SAMSYN_TRY(read_body<Body>(in))};
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
    row<10>(10, "device_locked"),
    row<11>(11, "device_wiped"),
    row<12>(12, "log_restored"),
    row<13>(64, "case_opened"),
    row<14>(65, "case_closed"),
    row<15>(66, "participant_added"),
    row<16>(67, "participant_removed"),
    row<17>(68, "custody"),
    row<18>(69, "adult_recorded"),
    row<19>(70, "consent"),
    row<20>(71, "confirmation"),
    row<21>(72, "closing"),
    row<22>(73, "ended"),
    row<23>(74, "case_weeded"),
    row<24>(75, "age_attested"),
    row<25>(76, "maturity"),
    row<26>(77, "guardian_suspended"),
    row<27>(78, "representative"),
    row<28>(79, "guardian_prevented"),
    row<29>(80, "decision_in_place"),
    row<30>(81, "mandate"),
    row<31>(82, "protection_mark"),
    row<32>(83, "audience"),
    row<33>(84, "investigation_lock"),
    row<34>(85, "release"),
    row<35>(86, "override"),
    row<36>(87, "second_reader_verdict"),
    row<37>(88, "investigation_answer"),
    row<38>(89, "emergency_opening"),
    row<39>(90, "informed"),
    row<40>(91, "guest_named"),
    row<41>(92, "copied_to_own_record"),
    row<42>(93, "secrecy_acknowledged"),
    row<43>(94, "room_session"),
    row<44>(95, "report_of_concern"),
    row<45>(96, "purge_receipt"),
    row<46>(97, "escrow_verdict"),
    row<47>(98, "review_verdict"),
});
static_assert(kind_table.size() + 1 == std::variant_size_v<StatementBody>);
static_assert(std::is_same_v<std::variant_alternative_t<22, StatementBody>, Ended>);

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
    std::visit([&](const auto& one) { write_body(out, one); }, body);
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

namespace {

/// The sorted lists of a body, as far as its kind has them.
template <class Body>
void sort_lists(Body& body) {
    if constexpr (requires { body.guardians; }) sort_and_drop_doubles(body.guardians);
    if constexpr (requires { body.names; }) sort_and_drop_doubles(body.names);
    if constexpr (requires { body.gaps; }) sort_and_drop_doubles(body.gaps);
    if constexpr (requires { body.users; }) sort_and_drop_doubles(body.users);
    if constexpr (requires { body.items; }) sort_and_drop_doubles(body.items);
    if constexpr (requires { body.pierced; }) sort_and_drop_doubles(body.pierced);
    if constexpr (requires { body.by; }) sort_and_drop_doubles(body.by);
    if constexpr (requires { body.compartments; }) sort_and_drop_doubles(body.compartments);
    if constexpr (requires { body.because; }) sort_and_drop_doubles(body.because);
}

}  // namespace

void normalise(StatementBody& body) {
    std::visit([](auto& one) { sort_lists(one); }, body);
}

}  // namespace samsyn
