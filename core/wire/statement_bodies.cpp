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
    return {kind, name, &read_as<std::variant_alternative_t<Index, StatementKinds>>};
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
    row<13>(13, "countersigned"),
    row<14>(14, "unit_lease"),
    row<15>(15, "recovery_key_certified"),
    row<16>(16, "recovery_used"),
    row<17>(17, "device_suspended"),
    row<18>(18, "device_resumed"),
    row<19>(64, "case_opened"),
    row<20>(65, "case_closed"),
    row<21>(66, "participant_added"),
    row<22>(67, "participant_removed"),
    row<23>(68, "custody"),
    row<24>(69, "adult_recorded"),
    row<25>(70, "consent"),
    row<26>(71, "confirmation"),
    row<27>(72, "closing"),
    row<28>(73, "ended"),
    row<29>(74, "case_weeded"),
    row<30>(75, "age_attested"),
    row<31>(76, "maturity"),
    row<32>(77, "guardian_suspended"),
    row<33>(78, "representative"),
    row<34>(79, "guardian_prevented"),
    row<35>(80, "decision_in_place"),
    row<36>(81, "mandate"),
    row<37>(82, "protection_mark"),
    row<38>(83, "audience"),
    row<39>(84, "investigation_lock"),
    row<40>(85, "release"),
    row<41>(86, "override"),
    row<42>(87, "second_reader_verdict"),
    row<43>(88, "investigation_answer"),
    row<44>(89, "emergency_opening"),
    row<45>(90, "informed"),
    row<46>(91, "guest_named"),
    row<47>(92, "copied_to_own_record"),
    row<48>(93, "secrecy_acknowledged"),
    row<49>(94, "room_session"),
    row<50>(95, "report_of_concern"),
    row<51>(96, "purge_receipt"),
    row<52>(97, "escrow_verdict"),
    row<53>(98, "review_verdict"),
});
static_assert(kind_table.size() + 1 == std::variant_size_v<StatementKinds>);
static_assert(std::is_same_v<std::variant_alternative_t<28, StatementKinds>, Ended>);

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

void normalise(StatementBody& body) {
    std::visit([](auto& one) { sort_lists(one); }, body);
}

}  // namespace samsyn
