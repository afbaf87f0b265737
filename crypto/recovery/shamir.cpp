#include "crypto/recovery/shamir.hpp"

#include <sodium.h>

namespace samsyn {

namespace {

/// Keeps the compiler from finding out that a mask has two values, and branching upon it.
unsigned opaque(unsigned value) {
    __asm__ __volatile__("" : "+r"(value));
    return value;
}

/// All ones where the lowest bit is set, else 0.
unsigned mask_of(unsigned bit) {
    return opaque(0U - (bit & 1U));
}

std::uint8_t to_number(std::byte byte) {
    return std::to_integer<std::uint8_t>(byte);
}

Result<void> check_points(std::span<const SharePoint* const> points) {
    if (points.size() < 2) return fail(Errc::invalid_argument, "shares: at least two");
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (points[i]->x == 0) return fail(Errc::invalid_argument, "share number 0");
        for (std::size_t j = 0; j < i; ++j)
            if (points[i]->x == points[j]->x)
                return fail(Errc::invalid_argument, "the same share twice");
    }
    return {};
}

}  // namespace

std::uint8_t gf256_multiply(std::uint8_t a, std::uint8_t b) {
    unsigned shifted = a;
    unsigned product = 0;
    for (unsigned bit = 0; bit < 8; ++bit) {
        product ^= shifted & mask_of(static_cast<unsigned>(b) >> bit);
        const unsigned reduction = 0x11bU & mask_of(shifted >> 7U);
        shifted = shifted << 1U ^ reduction;
    }
    return static_cast<std::uint8_t>(product);
}

std::uint8_t gf256_inverse(std::uint8_t a) {
    // 254 = 2 + 4 + … + 128: the exponent is public, so the steps are always the same.
    std::uint8_t power = a;
    std::uint8_t inverse = 1;
    for (unsigned bit = 1; bit < 8; ++bit) {
        power = gf256_multiply(power, power);
        inverse = gf256_multiply(inverse, power);
    }
    return inverse;
}

Result<std::vector<SharePoint>> split_secret(const Secret<32>& secret,
                                             unsigned needed,
                                             unsigned count,
                                             Random& random) {
    if (needed < 2 || needed > count || count > share_points_max)
        return fail(Errc::invalid_argument, "shares: 2 <= needed <= holders <= 16");
    std::vector<Secret<32>> coefficients;
    coefficients.reserve(needed);
    coefficients.push_back(secret.duplicate());
    for (unsigned degree = 1; degree < needed; ++degree) {
        coefficients.push_back(Secret<32>::random());
        random.fill(coefficients.back().fill());
    }

    std::vector<SharePoint> points;
    points.reserve(count);
    for (unsigned number = 1; number <= count; ++number) {
        const auto x = static_cast<std::uint8_t>(number);
        SharePoint point{.x = x, .y = coefficients.back().duplicate()};
        for (std::size_t degree = needed - 1; degree-- > 0;)  // Horner's rule, byte by byte
            for (std::size_t i = 0; i < point.y.fill().size(); ++i)
                point.y.fill()[i] = std::byte{gf256_multiply(to_number(point.y.expose()[i]), x)} ^
                                    coefficients[degree].expose()[i];
        points.push_back(std::move(point));
    }
    return points;
}

Result<Secret<32>> combine_points(std::span<const SharePoint* const> points) {
    SAMSYN_TRY(check_points(points));
    auto secret = Secret<32>::random();
    sodium_memzero(secret.fill().data(), secret.fill().size());
    for (const SharePoint* point : points) {
        // Lagrange's factor at 0; numbers are public, and minus is plus in this field.
        std::uint8_t factor = 1;
        for (const SharePoint* other : points) {
            if (other == point) continue;
            const auto difference = static_cast<std::uint8_t>(other->x ^ point->x);
            factor = gf256_multiply(factor, gf256_multiply(other->x, gf256_inverse(difference)));
        }
        for (std::size_t i = 0; i < secret.fill().size(); ++i)
            secret.fill()[i] ^= std::byte{gf256_multiply(to_number(point->y.expose()[i]), factor)};
    }
    return secret;
}

}  // namespace samsyn
