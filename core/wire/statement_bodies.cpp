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
    row<12>(64, "case_opened"),
    row<13>(65, "case_closed"),
    row<14>(66, "participant_added"),
    row<15>(67, "participant_removed"),
    row<16>(68, "custody"),
    row<17>(69, "adult_recorded"),
    row<18>(70, "consent"),
    row<19>(71, "confirmation"),
    row<20>(72, "closing"),
    row<21>(73, "ended"),
});
static_assert(kind_table.size() + 1 == std::variant_size_v<StatementBody>);
static_assert(std::is_same_v<std::variant_alternative_t<21, StatementBody>, Ended>);

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
    if (auto* custody = std::get_if<Custody>(&body)) sort_and_drop_doubles(custody->guardians);
    if (auto* consent = std::get_if<Consent>(&body)) sort_and_drop_doubles(consent->names);
    if (auto* confirmation = std::get_if<Confirmation>(&body))
        sort_and_drop_doubles(confirmation->names);
    if (auto* pinned = std::get_if<RevocationPinned>(&body)) sort_and_drop_doubles(pinned->gaps);
}

}  // namespace samsyn
