#pragma once

#include "core/base/result.hpp"
#include "crypto/keys/secret.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace samsyn {

/// What one try at a PIN or a phrase costs whoever tries. In the vault file, beside each slot.
struct PasswordCost {
    std::uint32_t memory_kib = 256 * 1024;
    std::uint32_t passes = 3;

    friend bool operator==(const PasswordCost&, const PasswordCost&) = default;
};

/// The stated cost: 256 MiB, three passes; about 0.6 s on one core of 2020's.
inline constexpr PasswordCost password_cost_stated{};

/// For tablets with little memory. A vault file that names less is refused: with a cheap hash named
/// there, whoever sees the next PIN proof could search the PIN.
inline constexpr PasswordCost password_cost_floor{128 * 1024, 3};

/// More than this is refused too: a planted file must not make us take all memory, or an hour.
inline constexpr PasswordCost password_cost_ceiling{1024 * 1024, 16};

using PasswordSalt = std::array<std::byte, 16>;

/// Turns what a person can remember into a key. The vault's port, so that unit tests need not pay
/// for Argon2id. Thread-safe.
class PasswordHash {
public:
    virtual ~PasswordHash() = default;

    /// False for a cost that no vault file may name.
    virtual bool accepts(const PasswordCost& cost) const = 0;

    /// The same 32 bytes for the same three arguments. `password` is the caller's to wipe. Blocks,
    /// at the stated cost about 0.6 s. Errors: `out_of_memory`, which says how much is needed;
    /// `invalid_argument` for a cost that is not accepted.
    virtual Result<Secret<32>> stretch(std::string_view password,
                                       const PasswordSalt& salt,
                                       const PasswordCost& cost) const = 0;
};

/// Argon2id (RFC 9106, version 0x13, one lane) of libsodium, which wipes and returns its memory.
/// Accepts what lies between `password_cost_floor` and `password_cost_ceiling`.
class Argon2id final : public PasswordHash {
public:
    bool accepts(const PasswordCost& cost) const override;
    Result<Secret<32>> stretch(std::string_view password,
                               const PasswordSalt& salt,
                               const PasswordCost& cost) const override;
};

}  // namespace samsyn
