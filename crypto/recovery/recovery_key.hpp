#pragma once

#include "core/base/ids.hpp"
#include "crypto/envelope/sodium_sealer.hpp"
#include "crypto/recovery/shamir.hpp"

#include <string>
#include <string_view>

namespace samsyn {

/// What is public of one generation of an organisation's recovery key, as the federation log
/// certifies it. The public key is derived from a random 32-byte secret that exists nowhere but in
/// its shares, and for a moment in locked memory when holders put it together.
struct RecoveryTerms {
    OrganisationId organisation;
    std::uint32_t generation = 0;
    SealingPublicKey key;
    std::uint8_t threshold = 0;
    std::vector<Hash> commitments;  ///< to the shares, in the order of their numbers
};

/// One holder's part. Its text says whose it is, so that a person can see what it belongs to and a
/// program can name what is wrong with it. Layout of the content: organisation 16, generation 4,
/// number 1, threshold 1, value 32.
struct RecoveryShare {
    OrganisationId organisation;
    std::uint32_t generation = 0;
    std::uint8_t threshold = 0;
    SharePoint point;
};

inline constexpr std::string_view share_text_prefix = "samsyn1-share-";
inline constexpr std::size_t share_text_bytes_max = 400;  ///< with the spaces people leave in

/// The text of a share: secret. The caller wipes it (`wipe_text`); what the conversion itself left
/// on the heap is wiped by the heap of the program `samsyn`.
std::string to_text(const RecoveryShare& share);

/// Errors: `malformed` naming what is wrong ("checksum": a letter was mistyped), `truncated`,
/// `limit_exceeded`.
Result<RecoveryShare> share_from_text(std::string_view text);

struct NewRecovery {
    RecoveryTerms terms;
    std::vector<RecoveryShare> shares;
};

/// A fresh key. Errors: as `split_secret`; `invalid_argument` for generation 0.
Result<NewRecovery> make_recovery(const OrganisationId& organisation,
                                  std::uint32_t generation,
                                  unsigned needed,
                                  unsigned holders,
                                  Random& random);

/// `BLAKE2b(key = value, recovery_share ‖ organisation ‖ generation ‖ number ‖ threshold)`: tells
/// the right share from any other and, its key being 32 random bytes, nothing of it.
Hash commitment_of(const RecoveryShare& share);

/// Is this share one of those that the terms commit to? Errors, each naming the share:
/// `wrong_federation` of another organisation; `stale_epoch` of an older key, `update_needed` of a
/// newer one than the log here knows; `not_authentic` not the one that was handed out.
Result<void> check_share(const RecoveryShare& share, const RecoveryTerms& terms);

/// The private key. Every share is checked first; any `threshold` of them will do, more are checked
/// and not needed. Errors: those of `check_share`; `already_exists` for one share twice; `no_key`
/// saying how many are missing; `not_authentic` where the certified key is not what was shared.
Result<SealingKey> open_shares(std::span<const RecoveryShare> shares, const RecoveryTerms& terms);

}  // namespace samsyn
