#include "core/wire/statement_bodies.hpp"

#include "core/wire/statement_codec.hpp"

#include <algorithm>
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

#define SAMSYN_ROW(Kind, number, name) KindRow{number, name, &read_as<Kind>},
constexpr auto kind_table = std::to_array<KindRow>({SAMSYN_STATEMENT_TABLE(SAMSYN_ROW)});
#undef SAMSYN_ROW

#define SAMSYN_ROW(Kind, number, name) Kind,
static_assert(
    std::is_same_v<std::variant<SAMSYN_STATEMENT_TABLE(SAMSYN_ROW) Unknown>, StatementKinds>);
#undef SAMSYN_ROW

// The bytes of a kind that we do not know are all that it has.
void write_body(Writer& out, const Unknown& body) {
    out.raw(body.body);
}

void sort_lists(Unknown&) {}

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
