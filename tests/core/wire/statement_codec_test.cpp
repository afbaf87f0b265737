#include "core/wire/statement_codec.hpp"

#include "tests/core/wire/fakes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/generators.hpp"
#include "tests/support/mutations.hpp"

using namespace samsyn;
using namespace samsyn::test;

namespace {

StatementHeader small_header() {
    StatementHeader header;
    header.federation.bytes.fill(std::byte{1});
    header.author.bytes.fill(std::byte{2});
    header.counter = 7;
    return header;
}

Bytes encoded(const StatementHeader& header, const StatementBody& body) {
    FakeSigner signer{1};
    return encode_statement(sign_statement(header, body, signer, hasher));
}

/// The statement as it would travel without the sorting that `sign_statement` does.
Bytes encoded_as_is(const StatementHeader& header, const StatementBody& body) {
    Writer out;
    out.blob(encode_signed_part(header, body));
    out.id(Signature{});
    out.boolean(false);
    return std::move(out).take();
}

Errc error_of(const Bytes& bytes) {
    const auto decoded = decode_statement(bytes, hasher);
    return decoded ? Errc{} : decoded.error().code;
}

std::vector<StatementId> descending_ids(std::size_t count) {
    std::vector<StatementId> ids(count);
    for (std::size_t i = 0; i < count; ++i) ids[i].bytes.fill(static_cast<std::byte>(count - i));
    return ids;
}

}  // namespace

TEST_CASE("Statement: what was encoded decodes to the same, byte for byte", "[wire][statement]") {
    CHECK(rc::check("round trip", [] {
        const Statement statement = *gen::statement();
        const Bytes bytes = encode_statement(statement);
        const auto decoded = decode_statement(bytes, hasher);
        RC_ASSERT(decoded.has_value());
        RC_ASSERT(decoded->id == statement.id);
        RC_ASSERT(decoded->header == statement.header);
        RC_ASSERT(decoded->body == statement.body);
        RC_ASSERT(decoded->second == statement.second);
        RC_ASSERT(encode_statement(*decoded) == bytes);
    }));
}

TEST_CASE("Statement: no prefix of one is one", "[wire][statement]") {
    CHECK(rc::check("prefixes", [] {
        const Bytes bytes = encode_statement(*gen::statement());
        for_each_prefix(bytes, [](ByteView prefix) {
            RC_ASSERT(!decode_statement(prefix, hasher).has_value());
        });
    }));
}

TEST_CASE("Statement: a changed byte is refused, or fails to verify, or keeps one spelling",
          "[wire][statement]") {
    CHECK(rc::check("flips", [] {
        const Statement original = *gen::statement();
        const SigningPublicKey key = FakeSigner{1}.public_key();
        for_each_flip(encode_statement(original), [&](ByteView changed) {
            const auto decoded = decode_statement(changed, hasher);
            if (!decoded) return;
            RC_ASSERT(equal(encode_statement(*decoded), changed));
            const bool as_signed = !decoded->second && decoded->id == original.id;
            const bool verified = verify_statement(*decoded, key, verifier);
            RC_ASSERT((as_signed || !verified));
        });
    }));
}

TEST_CASE("Statement: random bytes are refused without harm", "[wire][statement]") {
    CHECK(rc::check("garbage",
                    [] { RC_ASSERT(!decode_statement(*gen::bytes(300), hasher).has_value()); }));
}

TEST_CASE("Statement: an unknown kind survives byte for byte and keeps its number",
          "[wire][statement]") {
    StatementHeader header = small_header();
    header.restricting = true;
    const Unknown unknown{4711, to_bytes(as_bytes("något nytt"))};
    const Bytes bytes = encoded(header, unknown);

    const auto decoded = decode_statement(bytes, hasher);
    REQUIRE(decoded.has_value());
    CHECK(decoded->body == StatementBody{unknown});
    CHECK(decoded->header.restricting);
    CHECK(encode_statement(*decoded) == bytes);
    CHECK(statement_kind(decoded->body) == 4711);
    CHECK(kind_name(decoded->body) == "unknown");
}

TEST_CASE("Statement: kinds keep their numbers and words", "[wire][statement]") {
    CHECK(statement_kind(Founding{}) == 0);
    CHECK(statement_kind(ServerCertified{}) == 9);
    CHECK(statement_kind(DeviceLocked{}) == 10);
    CHECK(statement_kind(DeviceWiped{}) == 11);
    CHECK(kind_name(DeviceWiped{}) == "device_wiped");
    CHECK(statement_kind(CaseOpened{}) == 64);
    CHECK(statement_kind(Consent{}) == 70);
    CHECK(statement_kind(Ended{}) == 73);
    CHECK(kind_name(Consent{}) == "consent");
    CHECK(kind_name(RevocationPinned{}) == "revocation_pinned");
}

TEST_CASE("Statement: its signed part has the documented layout", "[wire][statement]") {
    const Bytes part = encode_signed_part(small_header(), AdultRecorded{});
    CHECK(part.size() == 32 + 33 + 16 + 1 + 8 + 2 + 8 + 1 + 2 + 4 + 16);
}

TEST_CASE("Statement: lists out of order, doubled or too long are refused", "[wire][statement]") {
    StatementHeader header = small_header();

    SECTION("previous out of order") {
        header.previous = descending_ids(2);
        CHECK(error_of(encoded_as_is(header, AdultRecorded{})) == Errc::malformed);
        CHECK(error_of(encoded(header, AdultRecorded{})) == Errc{});
    }
    SECTION("previous doubled") {
        header.previous = {StatementId{}, StatementId{}};
        CHECK(error_of(encoded_as_is(header, AdultRecorded{})) == Errc::malformed);
    }
    SECTION("more than 16 previous") {
        header.previous = gen::sorted(descending_ids(17));
        CHECK(error_of(encoded(header, AdultRecorded{})) == Errc::limit_exceeded);
    }
    SECTION("more than 32 names") {
        const Confirmation confirmation{{}, gen::sorted(descending_ids(33))};
        CHECK(error_of(encoded(header, confirmation)) == Errc::limit_exceeded);
    }
    SECTION("no guardian") {
        CHECK(error_of(encoded(header, Custody{})) == Errc::malformed);
    }
}

TEST_CASE("Statement: a consent with bits that we do not know is refused, a closing is kept",
          "[wire][statement]") {
    Consent consent;
    Closing closing;

    SECTION("categories") {
        consent.categories.bits = Categories::known + 1;
        CHECK(error_of(encoded(small_header(), consent)) == Errc::malformed);
    }
    SECTION("reserved") {
        consent.reserved.bits = std::uint64_t{1} << 63;
        CHECK(error_of(encoded(small_header(), consent)) == Errc::malformed);
    }
    SECTION("actions") {
        consent.actions.bits = Actions::known + 1;
        CHECK(error_of(encoded(small_header(), consent)) == Errc::malformed);
    }
    SECTION("closing: refusing it would leave open what it closes") {
        closing.categories.bits = ~std::uint64_t{0};
        CHECK(error_of(encoded(small_header(), closing)) == Errc{});
    }
}

TEST_CASE("Statement: a stream has one spelling", "[wire][statement]") {
    StatementHeader header = small_header();
    CaseId case_id;
    case_id.bytes.fill(std::byte{3});

    header.stream = {StreamKind::federation, case_id, {}};
    CHECK(error_of(encoded(header, AdultRecorded{})) == Errc::malformed);
    header.stream = {StreamKind::custody, {}, {}};
    CHECK(error_of(encoded(header, AdultRecorded{})) == Errc::malformed);
    header.stream = {StreamKind::disclosing, case_id, {}};
    CHECK(error_of(encoded(header, AdultRecorded{})) == Errc::malformed);
    header.stream = {StreamKind::custody, case_id, {}};
    CHECK(error_of(encoded(header, AdultRecorded{})) == Errc{});
}

TEST_CASE("Statement: trailing bytes and 8 KiB are the end", "[wire][statement]") {
    Bytes bytes = encoded(small_header(), AdultRecorded{});
    bytes.push_back(std::byte{0});
    CHECK(error_of(bytes) == Errc::trailing_bytes);

    const Unknown large{4711, Bytes(statement_bytes_max)};
    CHECK(error_of(encoded(small_header(), large)) == Errc::limit_exceeded);
}

TEST_CASE("Statement: the founding one is verified by the key in it", "[wire][statement]") {
    FakeSigner root{5};
    const Statement founding =
        sign_statement(small_header(), Founding{root.public_key(), {}}, root, hasher);
    CHECK(verify_statement(founding, SigningPublicKey{}, verifier));

    FakeSigner other{6};
    const Statement forged =
        sign_statement(small_header(), Founding{root.public_key(), {}}, other, hasher);
    CHECK_FALSE(verify_statement(forged, other.public_key(), verifier));
}

TEST_CASE("Statement: a second signature counts only where it can be checked",
          "[wire][statement]") {
    FakeSigner author{1};
    FakeSigner second{2};
    Statement statement = sign_statement(small_header(), AdultRecorded{}, author, hasher);
    const Bytes part = encode_signed_part(statement.header, statement.body);
    statement.second = SecondSignature{{}, second.sign(Domain::second_signature, part)};
    const SigningPublicKey second_key = second.public_key();

    CHECK(verify_statement(statement, author.public_key(), verifier, &second_key));
    CHECK_FALSE(verify_statement(statement, author.public_key(), verifier));
    statement.second->signature = second.sign(Domain::statement, part);
    CHECK_FALSE(verify_statement(statement, author.public_key(), verifier, &second_key));
}
