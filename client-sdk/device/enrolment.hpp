#pragma once

#include "core/base/checked_text.hpp"

#include <samsyn/device.hpp>

#include <array>
#include <string>
#include <string_view>

namespace samsyn {

/// What a new device answers to its invitation, as parsed. Says nothing until
/// `is_authentic` has said yes.
struct EnrolmentAnswer {
    Nonce invitation;
    SigningPublicKey signing_key;
    SealingPublicKey sealing_key;
    Hash mac;  ///< over the three above, with the invitation's secret
};

/// Layout of the text: "samsyn1-answer-" and base32 of invitation 32 · signing key 32 · sealing
/// key 32 · MAC 32 · checksum 4. Upper case, spaces and dashes are tolerated.
/// Errors: `malformed` naming what is wrong ("checksum": a letter was mistyped); `truncated`.
Result<EnrolmentAnswer> enrolment_answer_from_text(std::string_view text);

/// True where the answer was made by somebody who knew the secret. Takes the same time for every
/// wrong MAC. Whether the invitation is ours, unused and unexpired is the caller's to check.
bool is_authentic(const EnrolmentAnswer& answer,
                  const std::array<std::byte, 16>& secret,
                  const Hasher& hasher);

}  // namespace samsyn
