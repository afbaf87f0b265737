#include "tests/core/wire/golden_kinds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/generators.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;
using namespace samsyn::test;

namespace {

template <class Kind>
Errc error_of(const Kind& body) {
    const auto decoded = decode_body(statement_kind(body), encode_body(body));
    return decoded ? Errc{} : decoded.error().code;
}

template <class IdType>
std::vector<IdType> ascending(std::size_t count) {
    std::vector<IdType> ids(count);
    for (std::size_t i = 0; i < count; ++i) ids[i].bytes.back() = static_cast<std::byte>(i + 1);
    return ids;
}

/// A list in each of a body's sorted lists: `max` passes, one more, out of order and doubled do
/// not.
template <class Kind, class IdType>
void check_list(Kind body, std::vector<IdType> Kind::* list, std::size_t max) {
    INFO(kind_name(body));
    body.*list = ascending<IdType>(max);
    CHECK(error_of(body) == Errc{});
    body.*list = ascending<IdType>(max + 1);
    CHECK(error_of(body) == Errc::limit_exceeded);
    body.*list = ascending<IdType>(2);
    std::ranges::reverse(body.*list);
    CHECK(error_of(body) == Errc::malformed);
    (body.*list)[1] = (body.*list)[0];
    CHECK(error_of(body) == Errc::malformed);
}

/// What is one past the last enumerator this version knows.
template <class Enum>
Enum past(Enum last) {
    return static_cast<Enum>(std::to_underlying(last) + 1);
}

}  // namespace

TEST_CASE("Kinds: each has the number, word and bytes that it will always have", "[wire]") {
    std::set<std::size_t> seen;
    for (const auto& golden : golden_kinds()) {
        INFO(golden.name);
        seen.insert(golden.body.index());
        const Bytes bytes = bytes_of(golden.bytes);
        CHECK(statement_kind(golden.body) == golden.kind);
        CHECK(kind_name(golden.body) == golden.name);
        CHECK(encode_body(golden.body) == bytes);
        const auto decoded = decode_body(golden.kind, bytes);
        REQUIRE(decoded.has_value());
        CHECK(*decoded == golden.body);
    }
    CHECK(seen.size() + 1 == std::variant_size_v<StatementKinds>);  // all but `Unknown`
}

TEST_CASE("Kinds: no prefix of a body is one, and nothing may follow it", "[wire]") {
    for (const auto& golden : golden_kinds()) {
        INFO(golden.name);
        Bytes bytes = bytes_of(golden.bytes);
        for_each_prefix(bytes, [&](ByteView prefix) {
            const auto decoded = decode_body(golden.kind, prefix);
            REQUIRE_FALSE(decoded.has_value());
            CHECK(decoded.error().code == Errc::truncated);
        });
        bytes.push_back(std::byte{0});
        const auto longer = decode_body(golden.kind, bytes);
        REQUIRE_FALSE(longer.has_value());
        CHECK(longer.error().code == Errc::trailing_bytes);
    }
}

TEST_CASE("Kinds: a changed byte is refused or has one spelling", "[wire]") {
    for (const auto& golden : golden_kinds()) {
        INFO(golden.name);
        for_each_flip(bytes_of(golden.bytes), [&](ByteView changed) {
            const auto decoded = decode_body(golden.kind, changed);
            if (decoded) CHECK(equal(encode_body(*decoded), changed));
        });
    }
}

TEST_CASE("Kinds: any body of any kind survives a round trip", "[wire]") {
    CHECK(rc::check("round trip", [] {
        const StatementBody body = *rc::gen::oneOf(gen::federation_body(),
                                                   gen::case_body(),
                                                   gen::custody_body(),
                                                   gen::secrecy_body(),
                                                   gen::notice_body());
        const Bytes bytes = encode_body(body);
        const auto decoded = decode_body(statement_kind(body), bytes);
        RC_ASSERT(decoded.has_value());
        RC_ASSERT(*decoded == body);
        RC_ASSERT(encode_body(*decoded) == bytes);
    }));
}

TEST_CASE("Kinds: lists are sorted, distinct and bounded", "[wire]") {
    check_list(ProtectionMark{}, &ProtectionMark::users, statement_users_max);
    check_list(Audience{}, &Audience::users, statement_users_max);
    check_list(InvestigationLock{}, &InvestigationLock::users, statement_users_max);
    check_list(Release{}, &Release::items, statement_items_max);
    check_list(Override{}, &Override::items, statement_items_max);
    check_list(Override{}, &Override::pierced, statement_names_max);
    check_list(InvestigationAnswer{}, &InvestigationAnswer::items, statement_items_max);
    check_list(EmergencyOpening{}, &EmergencyOpening::items, statement_items_max);
    check_list(CopiedToOwnRecord{}, &CopiedToOwnRecord::items, statement_items_max);
    check_list(CopiedToOwnRecord{}, &CopiedToOwnRecord::by, statement_names_max);
    check_list(PurgeReceipt{}, &PurgeReceipt::compartments, statement_items_max);
    check_list(PurgeReceipt{}, &PurgeReceipt::because, statement_names_max);
}

TEST_CASE("Kinds: what signs a body sorts its lists first", "[wire]") {
    StatementBody body = Override{};
    auto& said = std::get<Override>(body);
    said.items = ascending<ItemId>(3);
    std::ranges::reverse(said.items);
    said.items.push_back(said.items.front());
    said.pierced = ascending<StatementId>(2);
    std::ranges::reverse(said.pierced);
    normalise(body);
    CHECK(said.items == ascending<ItemId>(3));
    CHECK(said.pierced == ascending<StatementId>(2));
    CHECK(error_of(said) == Errc{});
}

TEST_CASE("Kinds: a list that claims more than there is costs nothing", "[wire]") {
    // 64 items are claimed, none is there.
    const Bytes bytes = bytes_of("1a*16 00 40");
    const auto decoded = decode_body(statement_kind(Release{}), bytes);
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().code == Errc::truncated);
}

TEST_CASE("Kinds: enumerators and bits that are not known are refused", "[wire]") {
    GuardianPrevented prevented;
    prevented.cause = past(PreventedCause::last);
    CHECK(error_of(prevented) == Errc::malformed);
    ProtectionMark mark;
    mark.kind = past(ProtectionKind::last);
    CHECK(error_of(mark) == Errc::malformed);
    Informed informed;
    informed.how = past(InformedHow::last);
    CHECK(error_of(informed) == Errc::malformed);
    ReviewVerdict verdict;
    verdict.outcome = past(ReviewOutcome::last);
    CHECK(error_of(verdict) == Errc::malformed);

    const Categories unknown{Categories::known + 1};
    Maturity maturity;
    maturity.categories = unknown;
    CHECK(error_of(maturity) == Errc::malformed);
    Representative representative;
    representative.categories = unknown;
    CHECK(error_of(representative) == Errc::malformed);
    Override pierces;
    pierces.categories = unknown;
    CHECK(error_of(pierces) == Errc::malformed);
    InvestigationAnswer answer;
    answer.categories = unknown;
    CHECK(error_of(answer) == Errc::malformed);
    Mandate mandate;
    mandate.categories = unknown;
    CHECK(error_of(mandate) == Errc::malformed);
    mandate.categories = {};
    mandate.regimes.bits = Regimes::known + 1;
    CHECK(error_of(mandate) == Errc::malformed);
}

TEST_CASE("Kinds: a measure that this version does not know keeps its number", "[wire]") {
    DecisionInPlace decision;
    decision.measure = static_cast<Purpose>(0xfffe);
    const auto decoded = decode_body(statement_kind(decision), encode_body(decision));
    REQUIRE(decoded.has_value());
    CHECK(*decoded == StatementBody{decision});
}

TEST_CASE("Kinds: a flag is 0 or 1", "[wire]") {
    for (const auto& [kind, bytes] : std::vector<std::pair<std::uint16_t, std::string_view>>{
             {76, "17*16 00*7 0f 02 13*16 00*7 01 00*7 02"},
             {77, "17*16 18*16 02 19*16 00*7 01 00*7 02"},
             {79, "17*16 18*16 02 02 00*7 02"},
             {80, "17*16 18*16 03 e9 12*16 32*32 00*7 02 02"},
             {87, "31*32 02 32*32"},
             {97, "33*32 ff 32*32"}}) {
        INFO(kind);
        const auto decoded = decode_body(kind, bytes_of(bytes));
        REQUIRE_FALSE(decoded.has_value());
        CHECK(decoded.error().code == Errc::malformed);
    }
}
