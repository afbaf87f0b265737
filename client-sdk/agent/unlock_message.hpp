#pragma once

#include "client-sdk/agent/secret_text.hpp"
#include "core/base/result.hpp"
#include "crypto/keys/secret.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace samsyn {

// What is secret between supervisor and child. It travels on their channel only, as one message of
// bytes: never on a command line, in the environment or in a file. Everything else there is JSON.

/// The server's share of the PIN slot: useless without the PIN. The supervisor keeps it from one
/// unlocking to the next, until power off (security.md, "Unlock").
using ServerShare = Secret<32>;

/// How a person opens the device.
enum class UnlockWith : std::uint8_t { pin = 1, phrase, assisted, last = assisted };

/// The first message to a child.
struct UnlockMessage {
    UnlockWith with{};
    SecretText text;  ///< empty where two helpers will open it
    std::optional<ServerShare> share;
};

/// False where the child is gone.
bool send_unlock(int channel, const UnlockMessage& message);

/// Waits for it. Errors: `timed_out`; `link_lost` where the supervisor is gone; `malformed`.
Result<UnlockMessage> receive_unlock(int channel, std::chrono::milliseconds time_max);

/// From the child: keep this from now on.
bool send_share(int channel, const ServerShare& share);

/// The share in a message of the child's; none where it is another message. Wipes `bytes` if so.
std::optional<ServerShare> take_share(std::string& bytes);

}  // namespace samsyn
