#include "tests/core/wire/golden_kinds.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/generators.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;
using namespace samsyn::test;

namespace {

template <class Kind>
Errc body_error_of(const Kind& body) {
    const auto decoded = decode_body(statement_kind(body), encode_body(body));
    return decoded ? Errc{} : decoded.error().code;
}

void count_up(std::uint64_t& number, std::size_t to) {
    number = to;
}

template <class Tag, std::size_t Size>
void count_up(Id<Tag, Size>& id, std::size_t to) {
    id.bytes[Size - 2] = static_cast<std::byte>(to >> 8);
    id.bytes[Size - 1] = static_cast<std::byte>(to & 0xff);
}

template <class Element>
std::vector<Element> ascending(std::size_t count) {
    std::vector<Element> list(count);
    for (std::size_t i = 0; i < count; ++i) count_up(list[i], i + 1);
    return list;
}

/// A list in each of a body's sorted lists: `max` passes, one more, out of order and doubled do
/// not, unless they are sorted before.
template <class Kind, class Element>
void check_list(Kind body, std::vector<Element> Kind::* list, std::size_t max) {
    INFO(kind_name(body));
    body.*list = ascending<Element>(max);
    CHECK(body_error_of(body) == Errc{});
    body.*list = ascending<Element>(max + 1);
    CHECK(body_error_of(body) == Errc::limit_exceeded);
    body.*list = ascending<Element>(2);
    std::ranges::reverse(body.*list);
    CHECK(body_error_of(body) == Errc::malformed);
    (body.*list).push_back((body.*list).front());
    StatementBody sorted{body};
    normalise(sorted);
    CHECK(std::get<Kind>(sorted).*list == ascending<Element>(2));
    (body.*list) = {(body.*list)[0], (body.*list)[0]};
    CHECK(body_error_of(body) == Errc::malformed);
}

/// One past the last enumerator is refused.
template <class Kind, class Enum>
void check_last(Kind body, Enum Kind::* field) {
    INFO(kind_name(body));
    body.*field = Enum::last;
    CHECK(body_error_of(body) == Errc{});
    body.*field = static_cast<Enum>(std::to_underlying(Enum::last) + 1);
    CHECK(body_error_of(body) == Errc::malformed);
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
    check_list(RevocationPinned{}, &RevocationPinned::gaps, pin_gaps_max);
    check_list(DeviceResumed{}, &DeviceResumed::names, resumed_names_max);
    check_list(Custody{}, &Custody::guardians, custody_guardians_max);
    check_list(Consent{}, &Consent::names, statement_names_max);
    check_list(Confirmation{}, &Confirmation::names, statement_names_max);
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

TEST_CASE("Kinds: sorting leaves alone what has its order or has none", "[wire]") {
    for (const auto& golden : golden_kinds()) {
        INFO(golden.name);
        StatementBody body = golden.body;
        normalise(body);
        CHECK(body == golden.body);
    }
    StatementBody unknown = Unknown{4711, bytes_of("02 01 01")};
    normalise(unknown);
    CHECK(encode_body(unknown) == bytes_of("02 01 01"));
}

TEST_CASE("Kinds: a recovery key has so many shares and no more", "[wire]") {
    RecoveryKeyCertified body;
    body.commitments.resize(recovery_shares_max);
    CHECK(body_error_of(body) == Errc{});
    body.commitments.resize(recovery_shares_max + 1);
    CHECK(body_error_of(body) == Errc::limit_exceeded);
}

TEST_CASE("Kinds: custody names somebody, and is written whole where it does not", "[wire]") {
    CHECK(body_error_of(Custody{}) == Errc::malformed);
    CHECK(encode_body(Custody{}).size() == PersonId::size + 2 + 2 * sizeof(std::uint64_t));
}

TEST_CASE("Kinds: a list that claims more than there is costs nothing", "[wire]") {
    // 64 items are claimed, none is there.
    const Bytes bytes = bytes_of("1a*16 00 40");
    const auto decoded = decode_body(statement_kind(Release{}), bytes);
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().code == Errc::truncated);
}

TEST_CASE("Kinds: enumerators and bits that are not known are refused", "[wire]") {
    check_last(UserCertified{}, &UserCertified::role);
    check_last(DeviceCertified{}, &DeviceCertified::kind);
    check_last(DeviceWiped{}, &DeviceWiped::unsent);
    check_last(CaseOpened{}, &CaseOpened::model);
    check_last(ParticipantAdded{}, &ParticipantAdded::duty);
    check_last(Consent{}, &Consent::capacity);
    check_last(Consent{}, &Consent::reach);
    check_last(Consent{}, &Consent::form);
    check_last(Closing{}, &Closing::kind);
    check_last(GuardianPrevented{}, &GuardianPrevented::cause);
    check_last(ProtectionMark{}, &ProtectionMark::kind);
    check_last(Informed{}, &Informed::how);
    check_last(ReviewVerdict{}, &ReviewVerdict::outcome);

    const Categories unknown{Categories::known + 1};
    Maturity maturity;
    maturity.categories = unknown;
    CHECK(body_error_of(maturity) == Errc::malformed);
    Representative representative;
    representative.categories = unknown;
    CHECK(body_error_of(representative) == Errc::malformed);
    Override pierces;
    pierces.categories = unknown;
    CHECK(body_error_of(pierces) == Errc::malformed);
    InvestigationAnswer answer;
    answer.categories = unknown;
    CHECK(body_error_of(answer) == Errc::malformed);
    Mandate mandate;
    mandate.categories = unknown;
    CHECK(body_error_of(mandate) == Errc::malformed);
    mandate.categories = {};
    mandate.regimes.bits = Regimes::known + 1;
    CHECK(body_error_of(mandate) == Errc::malformed);
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
             {9, "21*32 02 23*32"},
             {72, "03 18*16 17*16 01 12*16 02 41*16 00 01 13*16 00*7 01 32*32"},
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
