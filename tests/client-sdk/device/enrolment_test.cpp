#include "client-sdk/device/enrolment.hpp"

#include "core/wire/statement_codec.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_hasher.hpp"
#include "tests/support/fake_signer.hpp"
#include "tests/support/seeded_random.hpp"

using namespace samsyn;

namespace {

constexpr Instant noon{std::chrono::milliseconds{1'780'000'000'000}};

Invitation an_invitation(std::uint64_t seed) {
    SeededRandom random{seed};
    Invitation invitation;
    invitation.server = "samsyn.norra-örebro.example:443";
    invitation.federation = random_id<FederationId>(random);
    invitation.root_key = random_id<SigningPublicKey>(random);
    invitation.server_key = random_id<SigningPublicKey>(random);
    invitation.user = random_id<UserId>(random);
    invitation.kind = DeviceKind::loaner;
    invitation.expires = noon;
    invitation.id = random_id<Nonce>(random);
    random.fill(invitation.secret);
    return invitation;
}

std::string an_answer(const Invitation& invitation) {
    SeededRandom random{7};
    const auto signing = random_id<SigningPublicKey>(random);
    const auto sealing = random_id<SealingPublicKey>(random);
    return make_enrolment_answer(invitation, signing, sealing, FakeHasher{});
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
    REQUIRE(text.starts_with("samsyn1-invite-"));

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
        CHECK(read->kind == original.kind);
        CHECK(read->expires == original.expires);
        CHECK(read->id == original.id);
        CHECK(read->secret == original.secret);
    }
}

TEST_CASE("Invitation: any one mistyped letter is noticed", "[device][enrolment]") {
    const std::string text = to_text(an_invitation(2));
    for (std::size_t at = std::string_view{"samsyn1-invite-"}.size(); at < text.size(); ++at) {
        std::string mistyped = text;
        mistyped[at] = text[at] == 'q' ? 'p' : 'q';
        const auto read = invitation_from_text(mistyped);
        CAPTURE(at);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().code == Errc::malformed);
    }
}

TEST_CASE("Invitation: every beginning of it is refused", "[device][enrolment]") {
    const std::string text = to_text(an_invitation(3));
    for (std::size_t size = 0; size < text.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(invitation_from_text(std::string_view{text}.substr(0, size)).has_value());
    }
}

TEST_CASE("Invitation: an answer, a foreign text and a huge text are refused as such",
          "[device][enrolment]") {
    const Invitation invitation = an_invitation(4);
    const auto answer = invitation_from_text(an_answer(invitation));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().context.starts_with("prefix"));
    CHECK_FALSE(invitation_from_text("").has_value());
    CHECK_FALSE(invitation_from_text("samsyn1-invite-").has_value());
    CHECK(invitation_from_text(std::string(100'000, 'a')).error().code == Errc::limit_exceeded);
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
    std::swap(answer.signing_key.bytes, answer.sealing_key.bytes);
    CHECK_FALSE(is_authentic(answer, invitation.secret, FakeHasher{}));
}

TEST_CASE("Answer: a mistyped letter, an invitation and trailing bytes are refused",
          "[device][enrolment]") {
    const Invitation invitation = an_invitation(7);
    std::string text = an_answer(invitation);
    text[40] = text[40] == 'a' ? 'b' : 'a';
    CHECK(enrolment_answer_from_text(text).error() == Error{Errc::malformed, "checksum"});
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
