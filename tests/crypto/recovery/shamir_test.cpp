#include "crypto/recovery/shamir.hpp"

#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded_random.hpp"

#include <algorithm>
#include <array>
#include <set>

using namespace samsyn;

namespace {

/// Long multiplication and long division of polynomials, as one does on paper.
unsigned multiply_on_paper(unsigned a, unsigned b) {
    unsigned product = 0;
    for (unsigned bit = 0; bit < 8; ++bit)
        if ((b >> bit & 1U) != 0) product ^= a << bit;
    for (int bit = 15; bit >= 8; --bit)
        if ((product >> bit & 1U) != 0) product ^= 0x11bU << (bit - 8);
    return product;
}

Secret<32> secret_of(std::byte value) {
    auto secret = Secret<32>::random();
    std::ranges::fill(secret.fill(), value);
    return secret;
}

/// Every coefficient's bytes are the next one of these.
class ChosenRandom final : public Random {
public:
    explicit ChosenRandom(std::vector<std::byte> values) : values_(std::move(values)) {}

    void fill(std::span<std::byte> target) override {
        std::ranges::fill(target, values_.at(next_++));
    }

private:
    std::vector<std::byte> values_;
    std::size_t next_ = 0;
};

std::vector<SharePoint> shares(const Secret<32>& secret, unsigned needed, unsigned count) {
    REQUIRE(start_sodium());
    SeededRandom random{needed * 100 + count};
    auto points = split_secret(secret, needed, count, random);
    REQUIRE(points);
    return *std::move(points);
}

Result<Secret<32>> combine(const std::vector<SharePoint>& points,
                           const std::vector<unsigned>& chosen) {
    std::vector<const SharePoint*> those;
    for (const unsigned index : chosen) those.push_back(&points.at(index));
    return combine_points(those);
}

}  // namespace

TEST_CASE("Shamir: every product of the field is the one worked out on paper",
          "[crypto][recovery]") {
    for (unsigned a = 0; a < 256; ++a)
        for (unsigned b = 0; b < 256; ++b) {
            const unsigned product =
                gf256_multiply(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b));
            if (product != multiply_on_paper(a, b)) FAIL(a << " times " << b);
        }
    CHECK(gf256_multiply(0x57, 0x83) == 0xc1);  // the example of FIPS 197, section 4.2
}

TEST_CASE("Shamir: an element times its inverse is one", "[crypto][recovery]") {
    for (unsigned a = 1; a < 256; ++a) {
        const auto element = static_cast<std::uint8_t>(a);
        CHECK(gf256_multiply(element, gf256_inverse(element)) == 1);
    }
    CHECK(gf256_inverse(0) == 0);
    CHECK(gf256_inverse(0x53) == 0xca);  // FIPS 197, section 5.1.1
}

TEST_CASE("Shamir: any k of n shares make the secret, in any order", "[crypto][recovery]") {
    REQUIRE(start_sodium());
    const auto secret = Secret<32>::random();
    const auto points = shares(secret, 3, 5);
    for (unsigned a = 0; a < 5; ++a)
        for (unsigned b = 0; b < 5; ++b)
            for (unsigned c = 0; c < 5; ++c) {
                if (a == b || b == c || a == c) continue;
                const auto combined = combine(points, {a, b, c});
                REQUIRE(combined);
                CHECK(*combined == secret);
            }
    const auto all = combine(points, {4, 3, 2, 1, 0});
    REQUIRE(all);
    CHECK(*all == secret);
}

TEST_CASE("Shamir: 2 to 16 holders, and thresholds up to all of them", "[crypto][recovery]") {
    REQUIRE(start_sodium());
    const auto secret = Secret<32>::random();
    for (unsigned count = 2; count <= share_points_max; ++count)
        for (unsigned needed = 2; needed <= count; ++needed) {
            const auto points = shares(secret, needed, count);
            std::vector<unsigned> last;
            for (unsigned i = count - needed; i < count; ++i) last.push_back(i);
            const auto combined = combine(points, last);
            REQUIRE(combined);
            CHECK(*combined == secret);
        }
}

// Not a sample: all polynomials. Whatever the secret, one share takes each value for exactly one of
// them, so it is as likely under each secret.
TEST_CASE("Shamir: one share of two says nothing of the secret", "[crypto][recovery][attack]") {
    REQUIRE(start_sodium());
    for (const unsigned hidden : {0x00U, 0x01U, 0x7fU, 0xffU}) {
        const auto secret = secret_of(std::byte(hidden));
        std::array<std::array<unsigned, 256>, 2> seen{};
        for (unsigned coefficient = 0; coefficient < 256; ++coefficient) {
            ChosenRandom random{{std::byte(coefficient)}};
            const auto points = split_secret(secret, 2, 2, random);
            REQUIRE(points);
            for (std::size_t i = 0; i < 2; ++i)
                ++seen[i][std::to_integer<std::size_t>((*points)[i].y.expose()[0])];
        }
        for (const auto& share : seen)
            CHECK(std::ranges::all_of(share, [](unsigned times) { return times == 1; }));
    }
}

// The same of two shares of three: each pair of values comes from exactly one polynomial.
TEST_CASE("Shamir: two shares of three say nothing of the secret", "[crypto][recovery][attack]") {
    REQUIRE(start_sodium());
    for (const unsigned hidden : {0x00U, 0xa5U}) {
        const auto secret = secret_of(std::byte(hidden));
        std::set<std::pair<std::byte, std::byte>> seen;
        for (unsigned first = 0; first < 256; ++first)
            for (unsigned second = 0; second < 256; ++second) {
                ChosenRandom random{{std::byte(first), std::byte(second)}};
                const auto points = split_secret(secret, 3, 3, random);
                if (!points) FAIL("split");
                seen.emplace((*points)[0].y.expose()[0], (*points)[2].y.expose()[0]);
            }
        CHECK(seen.size() == 256U * 256U);
    }
}

TEST_CASE("Shamir: fewer shares than needed make another secret", "[crypto][recovery][attack]") {
    REQUIRE(start_sodium());
    const auto secret = Secret<32>::random();
    const auto points = shares(secret, 3, 5);
    for (unsigned a = 0; a < 5; ++a)
        for (unsigned b = 0; b < a; ++b) {
            const auto combined = combine(points, {a, b});
            REQUIRE(combined);
            CHECK_FALSE(*combined == secret);
        }
}

TEST_CASE("Shamir: refuses what is no set of shares", "[crypto][recovery]") {
    REQUIRE(start_sodium());
    const auto secret = Secret<32>::random();
    SeededRandom random{1};
    for (const auto& [needed, count] : {std::pair{0U, 3U}, {1U, 3U}, {4U, 3U}, {2U, 17U}})
        CHECK(split_secret(secret, needed, count, random).error().code == Errc::invalid_argument);
    auto points = shares(secret, 2, 3);
    CHECK(combine(points, {0}).error().code == Errc::invalid_argument);
    CHECK(combine(points, {1, 1}).error().code == Errc::invalid_argument);
    points[2].x = 0;
    CHECK(combine(points, {0, 2}).error().code == Errc::invalid_argument);
}
