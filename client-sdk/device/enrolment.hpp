#pragma once

#include "core/base/checked_text.hpp"

#include <samsyn/enrolment.hpp>

#include <array>
#include <string>
#include <string_view>

namespace samsyn {

/// The administrator's nonce: 128 bits hide and bind as well as the commitment's hash does.
using RevealNonce = std::array<std::byte, 16>;

/// What a new device answers to its invitation, as parsed. Says nothing until `is_authentic` has
/// said yes.
struct EnrolmentAnswer {
    Nonce invitation;
    FederationId federation;
    SigningPublicKey signing_key;
    SealingPublicKey sealing_key;
    Nonce nonce;  ///< the device's; drawn after it saw the administrator's commitment
    Hash mac;     ///< over all above, with the invitation's secret
};

/// Layout of the text: "samsyn2-answer-" and base32 of invitation 32 · federation 32 · signing key
/// 32 · sealing key 32 · nonce 32 · MAC 32 · checksum 4. Upper case, spaces and dashes are
/// tolerated. Errors: those of `invitation_from_text`.
Result<EnrolmentAnswer> enrolment_answer_from_text(std::string_view text);

/// True where the answer was made by somebody who knew the secret. Takes the same time for every
/// wrong MAC. Whether the invitation is ours, unused and unexpired is the caller's to check.
bool is_authentic(const EnrolmentAnswer& answer,
                  const std::array<std::byte, 16>& secret,
                  const Hasher& hasher);

/// The invitation's bytes, as its text carries them.
Bytes encode_invitation(const Invitation& invitation);
Result<Invitation> decode_invitation(ByteView bytes);

/// "samsyn2-reveal-" and base32 of nonce 16 · checksum 4.
std::string reveal_text(const RevealNonce& nonce);

Hash commit_to(const RevealNonce& nonce, const Nonce& invitation, const Hasher& hasher);

/// Everything that both sides must have seen alike, before the administrator's nonce.
Hash enrolment_transcript(const Invitation& invitation,
                          const EnrolmentAnswer& answer,
                          const Hasher& hasher);

/// Six digits of a hash of the transcript and the administrator's nonce.
std::string code_of(const Hash& transcript, const RevealNonce& nonce, const Hasher& hasher);

}  // namespace samsyn
