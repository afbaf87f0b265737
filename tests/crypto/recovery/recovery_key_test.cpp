#include "crypto/recovery/recovery_key.hpp"

#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded_random.hpp"

using namespace samsyn;

namespace {

OrganisationId organisation_of(unsigned char number) {
    OrganisationId id;
    id.bytes[0] = std::byte{number};
    return id;
}

NewRecovery make(const OrganisationId& organisation,
                 std::uint32_t generation = 1,
                 unsigned needed = 3,
                 unsigned holders = 5,
                 std::uint64_t seed = 7) {
    REQUIRE(start_sodium());
    SeededRandom random{seed};
    auto made = make_recovery(organisation, generation, needed, holders, random);
    REQUIRE(made);
    return *std::move(made);
}

RecoveryShare copy(const RecoveryShare& share) {
    return {.organisation = share.organisation,
            .generation = share.generation,
            .threshold = share.threshold,
            .point = {.x = share.point.x, .y = share.point.y.duplicate()}};
}

std::vector<RecoveryShare> chosen(const NewRecovery& from, const std::vector<std::size_t>& which) {
    std::vector<RecoveryShare> shares;
    for (const std::size_t index : which) shares.push_back(copy(from.shares.at(index)));
    return shares;
}

}  // namespace

TEST_CASE("Recovery key: the needed shares open what was sealed to it", "[crypto][recovery]") {
    const auto made = make(organisation_of(1));
    SodiumSealer author{SealingKey::generate()};
    const ContentKey key = author.random_key();
    const Hash context{};
    const auto box = author.seal_key(made.terms.key, context, key);
    REQUIRE(box);
    for (const auto& which :
         std::vector<std::vector<std::size_t>>{{0, 1, 2}, {4, 2, 0}, {1, 3, 4}, {0, 1, 2, 3, 4}}) {
        auto opened = open_shares(chosen(made, which), made.terms);
        REQUIRE(opened);
        SodiumSealer holder{*std::move(opened)};
        const auto again = holder.open_key(*box, context);
        REQUIRE(again);
        CHECK(equal(again->expose(), key.expose()));
    }
}

TEST_CASE("Recovery key: a share's text is taken as people copy it", "[crypto][recovery]") {
    const auto made = make(organisation_of(1));
    const std::string text = to_text(made.shares[2]);
    std::string copied;
    for (const char c : text) {
        copied.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
        if (copied.size() % 6 == 5) copied += " \n";
    }
    const auto read = share_from_text(copied);
    REQUIRE(read);
    CHECK(read->organisation == organisation_of(1));
    CHECK(read->generation == 1);
    CHECK(read->threshold == 3);
    CHECK(read->point.x == 3);
    CHECK(read->point.y == made.shares[2].point.y);
    CHECK(check_share(*read, made.terms));
}

TEST_CASE("Recovery key: each mistyped letter of a share is noticed",
          "[crypto][recovery][attack]") {
    const auto made = make(organisation_of(1));
    const std::string text = to_text(made.shares[0]);
    for (std::size_t i = share_text_prefix.size(); i < text.size(); ++i) {
        std::string typed = text;
        typed[i] = typed[i] == 'a' ? 'b' : 'a';
        const auto read = share_from_text(typed);
        CAPTURE(i);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == Errc::malformed);
    }
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE(share_from_text(std::string_view{text}.substr(0, size)));
    CHECK_FALSE(share_from_text(text + text));
    CHECK_FALSE(share_from_text(std::string(share_text_bytes_max + 1, ' ')));
}

TEST_CASE("Recovery key: a wrong share is named, and why", "[crypto][recovery][attack]") {
    const auto made = make(organisation_of(1), 2);
    SECTION("another's value under this number") {
        auto shares = chosen(made, {0, 1, 2});
        shares[1].point.y = Secret<32>::random();
        const auto opened = open_shares(shares, made.terms);
        REQUIRE_FALSE(opened);
        CHECK(opened.error().code == Errc::not_authentic);
        CHECK(opened.error().context == "share 2 is not the one that was handed out");
    }
    SECTION("one holder under another's number") {
        auto shares = chosen(made, {0, 1, 2});
        shares[2].point.x = 4;
        CHECK(open_shares(shares, made.terms).error().context ==
              "share 4 is not the one that was handed out");
    }
    SECTION("a number that nobody has") {
        auto shares = chosen(made, {0, 1, 2});
        shares[2].point.x = 6;
        CHECK(open_shares(shares, made.terms).error().code == Errc::not_authentic);
    }
    SECTION("of another organisation") {
        const auto other = make(organisation_of(2), 2, 3, 5, 8);
        CHECK(check_share(other.shares[0], made.terms).error().code == Errc::wrong_federation);
        auto relabelled = copy(other.shares[0]);
        relabelled.organisation = organisation_of(1);
        CHECK(check_share(relabelled, made.terms).error().code == Errc::not_authentic);
    }
    SECTION("of an older and of a newer key") {
        const auto older = make(organisation_of(1), 1, 3, 5, 8);
        CHECK(check_share(older.shares[0], made.terms).error().code == Errc::stale_epoch);
        const auto newer = make(organisation_of(1), 3, 3, 5, 9);
        CHECK(check_share(newer.shares[0], made.terms).error().code == Errc::update_needed);
        auto relabelled = copy(older.shares[0]);
        relabelled.generation = 2;
        CHECK(check_share(relabelled, made.terms).error().code == Errc::not_authentic);
    }
    SECTION("claiming that fewer are needed") {
        auto share = copy(made.shares[0]);
        share.threshold = 2;
        CHECK(check_share(share, made.terms).error().code == Errc::not_authentic);
    }
}

TEST_CASE("Recovery key: too few, or one twice, open nothing", "[crypto][recovery][attack]") {
    const auto made = make(organisation_of(1));
    CHECK(open_shares({}, made.terms).error().code == Errc::no_key);
    const auto two = open_shares(chosen(made, {0, 3}), made.terms);
    REQUIRE_FALSE(two);
    CHECK(two.error().code == Errc::no_key);
    CHECK(two.error().context == "2 of 3 shares");
    CHECK(open_shares(chosen(made, {0, 3, 0}), made.terms).error().code == Errc::already_exists);
    auto lowered = made.terms;  // whoever lowers the threshold gets another key
    lowered.threshold = 2;
    CHECK(open_shares(chosen(made, {0, 3}), lowered).error().code == Errc::not_authentic);
}

TEST_CASE("Recovery key: organisation and generation are in the key itself",
          "[crypto][recovery][attack]") {
    const auto one = make(organisation_of(1), 1, 2, 2, 5);
    const auto other = make(organisation_of(2), 1, 2, 2, 5);  // the same random bytes
    const auto next = make(organisation_of(1), 2, 2, 2, 5);
    CHECK(one.shares[0].point.y == other.shares[0].point.y);
    CHECK(one.terms.key != other.terms.key);
    CHECK(one.terms.key != next.terms.key);
    CHECK(one.terms.commitments[0] != other.terms.commitments[0]);
}

TEST_CASE("Recovery key: nothing is left in the arena afterwards", "[crypto][recovery]") {
    REQUIRE(start_sodium());
    const std::size_t before = SecretArena::in_use();
    {
        const auto made = make(organisation_of(1));
        REQUIRE(open_shares(chosen(made, {0, 1, 2}), made.terms));
        CHECK(SecretArena::in_use() > before);
    }
    CHECK(SecretArena::in_use() == before);
}
