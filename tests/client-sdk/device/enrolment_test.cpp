#include "client-sdk/device/enrolment.hpp"

#include "core/wire/statement_codec.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_hasher.hpp"
#include "tests/support/fake_signer.hpp"
#include "tests/support/seeded_random.hpp"

#include <samsyn/device.hpp>

using namespace samsyn;

namespace {

constexpr Instant noon{std::chrono::milliseconds{1'780'000'000'000}};

/// What the administrator's machine draws.
RevealNonce a_nonce(std::uint8_t first = 1) {
    RevealNonce nonce{};
    for (std::size_t i = 0; i < nonce.size(); ++i) nonce[i] = static_cast<std::byte>(first + i);
    return nonce;
}

Invitation an_invitation(std::uint64_t seed) {
    SeededRandom random{seed};
    Invitation invitation;
    invitation.server = "samsyn.norra-örebro.example:443";
    invitation.federation = random_id<FederationId>(random);
    invitation.root_key = random_id<SigningPublicKey>(random);
    invitation.server_key = random_id<SigningPublicKey>(random);
    invitation.user = random_id<UserId>(random);
    invitation.name = "Åsa Ek";
    invitation.kind = DeviceKind::loaner;
    invitation.until = noon + std::chrono::hours{24 * 100};
    invitation.expires = noon;
    invitation.id = random_id<Nonce>(random);
    invitation.commitment = commit_to(a_nonce(), invitation.id, FakeHasher{});
    random.fill(invitation.secret);
    return invitation;
}

EnrolmentReply a_reply(const Invitation& invitation, std::uint64_t seed = 7) {
    SeededRandom random{seed};
    const auto signing = random_id<SigningPublicKey>(random);
    const auto sealing = random_id<SealingPublicKey>(random);
    return answer_invitation(invitation, signing, sealing, random, FakeHasher{});
}

std::string an_answer(const Invitation& invitation) {
    return a_reply(invitation).answer;
}

Error mistyped_text() {
    return {Errc::malformed, std::string{enrolment_mistyped}};
}

}  // namespace

TEST_CASE("Base32: gives the test vectors of RFC 4648, in lower case", "[device][enrolment]") {
    CHECK(to_base32(as_bytes("")).empty());
    CHECK(to_base32(as_bytes("f")) == "my");
    CHECK(to_base32(as_bytes("foob")) == "mzxw6yq");
    CHECK(to_base32(as_bytes("foobar")) == "mzxw6ytboi");
    CHECK(as_text(from_base32("MZXW 6YTB-oi").value()) == "foobar");
}

TEST_CASE("Base32: refuses foreign letters, impossible lengths and bits left over",
          "[device][enrolment]") {
    CHECK(from_base32("m1").error() == Error{Errc::malformed, "base32 letter"});
    CHECK(from_base32("mzx\xc3\xa5").error().code == Errc::malformed);
    CHECK(from_base32("m").error() == Error{Errc::malformed, "base32 length"});
    CHECK(from_base32("mz").error() == Error{Errc::malformed, "base32 end"});
}

TEST_CASE("Invitation: survives being a text, in capitals and in groups too",
          "[device][enrolment]") {
    const Invitation original = an_invitation(1);
    std::string text = to_text(original);
    REQUIRE(text.starts_with("samsyn2-invite-"));

    std::string shouted;
    for (std::size_t i = 0; i < text.size(); ++i) {
        shouted.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(text[i]))));
        if (i % 8 == 7) shouted.append(i % 16 == 15 ? "\r\n" : " - ");
    }
    for (const std::string& form : {text, shouted}) {
        const auto read = invitation_from_text(form);
        REQUIRE(read.has_value());
        CHECK(read->server == original.server);
        CHECK(read->federation == original.federation);
        CHECK(read->root_key == original.root_key);
        CHECK(read->server_key == original.server_key);
        CHECK(read->user == original.user);
        CHECK(read->name == original.name);
        CHECK(read->until == original.until);
        CHECK(read->commitment == original.commitment);
        CHECK(read->kind == original.kind);
        CHECK(read->expires == original.expires);
        CHECK(read->id == original.id);
        CHECK(read->secret == original.secret);
    }
}

TEST_CASE("Invitation: any one mistyped letter is noticed", "[device][enrolment]") {
    const std::string text = to_text(an_invitation(2));
    for (std::size_t at = std::string_view{"samsyn2-invite-"}.size(); at < text.size(); ++at) {
        std::string mistyped = text;
        mistyped[at] = text[at] == 'q' ? 'p' : 'q';
        const auto read = invitation_from_text(mistyped);
        CAPTURE(at);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error() == mistyped_text());
    }
}

TEST_CASE("Invitation: every beginning of it is refused", "[device][enrolment]") {
    const std::string text = to_text(an_invitation(3));
    for (std::size_t size = 0; size < text.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(invitation_from_text(std::string_view{text}.substr(0, size)).has_value());
    }
}

TEST_CASE("Invitation: another text of the enrolment, an older one and a huge one say so",
          "[device][enrolment]") {
    const Invitation invitation = an_invitation(4);
    const auto wrong = [](std::string_view text) { return invitation_from_text(text).error(); };
    const Error other{Errc::malformed, std::string{enrolment_other_text}};
    CHECK(wrong(an_answer(invitation)) == other);
    CHECK(wrong(reveal_text(a_nonce())) == other);
    CHECK(wrong("samsyn1-invite-aaaaaaaaaaaa") ==
          Error{Errc::unsupported_version, std::string{enrolment_older_text}});
    CHECK(wrong("") == mistyped_text());
    CHECK(wrong("samsyn2-invite-") == mistyped_text());
    CHECK(wrong(std::string(100'000, 'a')).code == Errc::limit_exceeded);
}

TEST_CASE(
    "Invitation: a name that is too long, a kind that does not exist and bytes behind it are "
    "refused under a right checksum",
    "[device][enrolment]") {
    Invitation invitation = an_invitation(4);
    CHECK(decode_invitation(encode_invitation(invitation)).has_value());
    invitation.name.assign(invitation_name_bytes_max + 1, 'a');
    CHECK(invitation_from_text(to_text(invitation)).error().code == Errc::limit_exceeded);
    invitation.name = "a";
    invitation.kind = static_cast<DeviceKind>(77);
    CHECK(invitation_from_text(to_text(invitation)).error().code == Errc::malformed);
    Bytes longer = encode_invitation(an_invitation(4));
    longer.push_back(std::byte{0});
    CHECK(decode_invitation(longer).error().code == Errc::trailing_bytes);
}

TEST_CASE("Fingerprint: four groups that depend on federation and root key alone",
          "[device][enrolment]") {
    const FakeHasher hasher;
    const Invitation a = an_invitation(11);
    Invitation b = an_invitation(12);
    b.federation = a.federation;
    b.root_key = a.root_key;
    const std::string print = federation_fingerprint(a.federation, a.root_key, hasher);
    REQUIRE(print.size() == 19);
    for (const std::size_t at : {4U, 9U, 14U}) CHECK(print[at] == ' ');
    CHECK(federation_fingerprint(b.federation, b.root_key, hasher) == print);
    b.root_key.bytes[31] ^= std::byte{1};
    CHECK(federation_fingerprint(b.federation, b.root_key, hasher) != print);
    CHECK_FALSE(is_fingerprint(federation_fingerprint(b.federation, b.root_key, hasher), print));

    std::string typed = print;
    for (char& c : typed) c = c == ' ' ? '-' : static_cast<char>(std::toupper(c));
    CHECK(is_fingerprint(typed, print));
    CHECK_FALSE(is_fingerprint(print.substr(0, 14), print));
    CHECK_FALSE(is_fingerprint("", print));
}

TEST_CASE("Comparison: both sides compute one code of six digits", "[device][enrolment]") {
    const FakeHasher hasher;
    const Invitation invitation = an_invitation(21);
    const EnrolmentReply reply = a_reply(invitation);
    const auto answer = enrolment_answer_from_text(reply.answer).value();
    const auto shown = comparison_code(reply.comparison, reveal_text(a_nonce()), hasher);
    REQUIRE(shown.has_value());
    CHECK(shown->size() == 6);
    CHECK(shown->find_first_not_of("0123456789") == std::string::npos);
    CHECK(code_of(enrolment_transcript(invitation, answer, hasher), a_nonce(), hasher) == *shown);
    // It survives the restart between answer and reveal.
    CHECK(decode_comparison(encode_comparison(reply.comparison)).value() == reply.comparison);
    CHECK_FALSE(decode_comparison(ByteView{encode_comparison(reply.comparison)}.first(95)));
}

TEST_CASE("Comparison: another nonce than the one committed to opens nothing",
          "[device][enrolment][attack]") {
    const FakeHasher hasher;
    const EnrolmentReply reply = a_reply(an_invitation(22));
    CHECK(comparison_code(reply.comparison, reveal_text(a_nonce(2)), hasher).error() ==
          Error{Errc::not_authentic, std::string{enrolment_wrong_reveal}});
    std::string text = reveal_text(a_nonce());
    text[20] = text[20] == 'a' ? 'b' : 'a';
    CHECK(comparison_code(reply.comparison, text, hasher).error() == mistyped_text());
    const std::string longer = to_checked_text("samsyn2-reveal-", Bytes(17));
    CHECK(comparison_code(reply.comparison, longer, hasher).error() == mistyped_text());
}

TEST_CASE("Comparison: the code depends on every byte of invitation, keys and nonces",
          "[device][enrolment][attack]") {
    const FakeHasher hasher;
    const Invitation invitation = an_invitation(23);
    const auto answer = enrolment_answer_from_text(an_answer(invitation)).value();
    const Hash honest = enrolment_transcript(invitation, answer, hasher);
    const Bytes content = encode_invitation(invitation);
    for (std::size_t at = 0; at < content.size(); ++at) {
        Bytes changed = content;
        changed[at] ^= std::byte{1};
        const auto other = decode_invitation(changed);
        if (!other) continue;  // a length or an enumeration: no invitation at all
        CAPTURE(at);
        CHECK(enrolment_transcript(*other, answer, hasher) != honest);
    }
    auto other = answer;
    other.signing_key.bytes[0] ^= std::byte{1};
    CHECK(enrolment_transcript(invitation, other, hasher) != honest);
    other = answer;
    other.sealing_key.bytes[31] ^= std::byte{1};
    CHECK(enrolment_transcript(invitation, other, hasher) != honest);
    other = answer;
    other.nonce.bytes[7] ^= std::byte{1};
    CHECK(enrolment_transcript(invitation, other, hasher) != honest);
    CHECK(a_reply(invitation, 7).comparison.transcript !=
          a_reply(invitation, 8).comparison.transcript);
}

TEST_CASE("Answer: is authentic with the invitation's secret and with no other",
          "[device][enrolment]") {
    const Invitation invitation = an_invitation(5);
    const auto answer = enrolment_answer_from_text(an_answer(invitation));
    REQUIRE(answer.has_value());
    CHECK(answer->invitation == invitation.id);
    CHECK(is_authentic(*answer, invitation.secret, FakeHasher{}));

    for (std::size_t i = 0; i < invitation.secret.size(); ++i) {
        auto wrong = invitation.secret;
        wrong[i] ^= std::byte{1};
        CHECK_FALSE(is_authentic(*answer, wrong, FakeHasher{}));
    }
}

TEST_CASE("Answer: keys that were exchanged on the way do not authenticate",
          "[device][enrolment]") {
    const Invitation invitation = an_invitation(6);
    auto answer = enrolment_answer_from_text(an_answer(invitation)).value();
    const auto honest = answer;
    std::swap(answer.signing_key.bytes, answer.sealing_key.bytes);
    CHECK_FALSE(is_authentic(answer, invitation.secret, FakeHasher{}));
    answer = honest;
    answer.nonce.bytes[0] ^= std::byte{1};
    CHECK_FALSE(is_authentic(answer, invitation.secret, FakeHasher{}));
    answer = honest;
    answer.federation.bytes[0] ^= std::byte{1};
    CHECK_FALSE(is_authentic(answer, invitation.secret, FakeHasher{}));
}

TEST_CASE("Answer: a mistyped letter, an invitation and trailing bytes are refused",
          "[device][enrolment]") {
    const Invitation invitation = an_invitation(7);
    std::string text = an_answer(invitation);
    text[40] = text[40] == 'a' ? 'b' : 'a';
    CHECK(enrolment_answer_from_text(text).error() == mistyped_text());
    CHECK_FALSE(enrolment_answer_from_text(to_text(invitation)).has_value());
    CHECK_FALSE(enrolment_answer_from_text(an_answer(invitation) + "aaaaaaaa").has_value());
}

TEST_CASE("Founding: a chain of statements by the root, the first of which names the federation",
          "[device][founding]") {
    SeededRandom random{8};
    const FakeHasher hasher;
    FakeSigner root{1};
    FakeSigner admin{2};
    const auto sealing = random_id<SealingPublicKey>(random);
    const std::vector<std::string> names{"Nora", "Lindesberg", "Region Örebro län"};
    const Founded founded = found_federation(
        "Norra Örebro län", names, root, admin.public_key(), sealing, random, hasher, noon);

    REQUIRE(founded.statements.size() == 7);
    REQUIRE(founded.organisations.size() == 3);
    CHECK(founded.organisations[2].name == "Region Örebro län");

    std::vector<StatementId> previous;
    std::uint64_t counter = 0;
    HybridTime time;
    const auto root_device =
        hash_to<DeviceId>(hasher, Domain::device_id, {root.public_key().view()});
    for (const Bytes& bytes : founded.statements) {
        const auto statement = decode_statement(bytes, hasher);
        REQUIRE(statement.has_value());
        CHECK(verify_statement(*statement, root.public_key(), FakeVerifier{}));
        CHECK(statement->header.author == root_device);
        CHECK(statement->header.counter == ++counter);
        CHECK(statement->header.previous == previous);
        CHECK(statement->header.time > time);
        CHECK(statement->header.federation == (counter == 1 ? FederationId{} : founded.federation));
        if (counter == 1) CHECK(statement->id.view()[0] == founded.federation.view()[0]);
        previous = {statement->id};
        time = statement->header.time;
    }

    const Bytes certified = certify_server(
        founded.federation, root.public_key(), counter, previous, root, hasher, noon);
    const auto statement = decode_statement(certified, hasher);
    REQUIRE(statement.has_value());
    CHECK(statement->header.counter == counter + 1);
    CHECK(statement->header.previous == previous);
    CHECK(std::get<ServerCertified>(statement->body).key == root.public_key());
}
