#pragma once

#include "core/base/ports.hpp"
#include "crypto/keys/secret.hpp"

#include <cstdint>
#include <vector>

namespace samsyn {

inline constexpr unsigned share_points_max = 16;

/// One point of the polynomials that hide a secret: `y` is secret, `x` is the holder's number.
struct SharePoint {
    std::uint8_t x = 0;  ///< 1 to `share_points_max`
    Secret<32> y;
};

/// The product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. No table and no branch: its duration says
/// nothing of either factor.
std::uint8_t gf256_multiply(std::uint8_t a, std::uint8_t b);

/// The inverse in the same field, as the 254th power; of 0 it is 0.
std::uint8_t gf256_inverse(std::uint8_t a);

/// Splits a secret among `count` holders, any `needed` of whom put it together (Shamir, "How to
/// share a secret", 1979; each byte by a polynomial of its own over GF(2^8)). Fewer learn nothing,
/// whatever they compute: every secret fits what they have. Coefficients come from `random` and
/// live in locked memory. Errors: `invalid_argument` unless 2 <= `needed` <= `count` <= 16.
Result<std::vector<SharePoint>> split_secret(const Secret<32>& secret,
                                             unsigned needed,
                                             unsigned count,
                                             Random& random);

/// The secret that the points lie around. A wrong point gives another secret, and nothing here
/// tells: that is what commitments are for. Errors: `invalid_argument` for fewer than two points,
/// a number of 0, or the same number twice.
Result<Secret<32>> combine_points(std::span<const SharePoint* const> points);

}  // namespace samsyn
