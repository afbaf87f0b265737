#pragma once

#include "core/base/ids.hpp"
#include "crypto/keys/secret.hpp"
#include "crypto/vault/password_hash.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace samsyn {

// When PIN and phrase are both forgotten: a case lead of the unit and an administrator together
// open the vault, and nobody else. The key of the assisted slot is split into two shares (XOR, each
// alone is random bytes); the first is sealed to case leads' devices, the second to
// administrators'. The locked device makes one request for each kind of helper; a helper's device
// answers with its share, sealed to a key that the locked device made for this one occasion. Texts
// travel by any road.

/// Whose share it is.
enum class HelperKind : std::uint8_t { case_lead, administrator, last = administrator };

/// Boxes for one kind of helper at most.
inline constexpr std::size_t assisted_recipients_max = 8;

/// Random, new whenever the assisted slot is sealed.
using AssistedSlotId = Id<struct AssistedSlotTag, 16>;
using VaultFileId = Id<struct VaultFileTag, 16>;

/// A share for one recipient: a sealed box of context hash and share. The context names vault file,
/// device, slot, kind and recipient.
struct AssistedBox {
    SealingPublicKey recipient;
    std::array<std::byte, 112> box{};

    friend bool operator==(const AssistedBox&, const AssistedBox&) = default;
};

/// What a locked device asks of one helper. All of it is public. Text: "samsyn1-assist-" and base32
/// of file id 16 · device 16 · slot 16 · kind 1 · nonce 32 · one-time key 32 · boxes (count 2, each
/// recipient 32 · box 112) · checksum 4. With one box about 430 letters.
struct AssistedRequest {
    VaultFileId file_id;
    DeviceId device;  ///< whose vault it is; the share opens for no other
    AssistedSlotId slot;
    HelperKind kind{};
    Nonce nonce;
    SealingPublicKey one_time_key;
    std::vector<AssistedBox> boxes;
};

std::string to_text(const AssistedRequest& request);

/// Errors: `malformed`, `truncated`, `trailing_bytes`, `limit_exceeded`.
Result<AssistedRequest> assisted_request_from_text(std::string_view text);

/// Eight digits as "1234 5678" that the locked device and the helper's both show; the two people
/// compare them *before* the helper agrees, by a road other than the text's. Whoever swaps the
/// one-time key on the way must find one with the same number; each guess costs one stretching at
/// `password_cost_floor`, as this call does (blocks about 0.3 s). Errors: `out_of_memory`.
Result<std::string> comparison_number(const AssistedRequest& request, const PasswordHash& hash);

/// On the helper's device, after the person has compared the numbers and seen whose device it is
/// (`request.device`, which the caller looks up; not for a revoked one): opens the own share and
/// seals it for the request. `secrets`: the helper's sealing secrets, any of which may fit. The
/// text begins with "samsyn1-help-". Errors: `not_found` where the request holds no box for any of
/// them; `not_authentic` where the box is of another device, slot, file or kind; `weak_key`.
Result<std::string> answer_assisted(const AssistedRequest& request,
                                    std::span<const Secret<32>> secrets);

/// The locked device's side of one occasion. Holds the one-time secret in memory only: when it is
/// gone, so is the use of every answer. Made by `Vault::begin_assisted`; move-only.
class AssistedSession {
public:
    /// The request for a helper of this kind; `to_text` makes it a text.
    const AssistedRequest& request(HelperKind kind) const {
        return kind == HelperKind::case_lead ? for_case_lead_ : for_administrator_;
    }

    /// Both shares joined, the key of the assisted slot: needs one answer of each kind, in any
    /// order. Used by `Vault::unlock_assisted`. Errors: `invalid_argument` for two answers of one
    /// kind; `not_authentic` for one to another request, or changed on the way; those of a text.
    Result<Secret<32>> join(std::string_view answer_1, std::string_view answer_2) const;

    /// For `Vault::begin_assisted`: adds kind, nonce and one-time key to what both requests share.
    static AssistedSession begin(const AssistedRequest& common,
                                 std::vector<AssistedBox> case_leads,
                                 std::vector<AssistedBox> administrators);

private:
    AssistedSession(Secret<32> secret, AssistedRequest for_case_lead, AssistedRequest for_admin);

    Secret<32> one_time_secret_;
    AssistedRequest for_case_lead_;
    AssistedRequest for_administrator_;
};

}  // namespace samsyn
