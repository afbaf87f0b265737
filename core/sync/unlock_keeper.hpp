#pragma once

#include "core/base/ids.hpp"
#include "core/base/secret.hpp"

#include <optional>

namespace samsyn {

/// What the server is told so that this device can open a restricted session later, and, where it
/// has a PIN without a platform keystore, get the server's secret against a proof of the PIN.
struct UnlockRegistration {
    UnlockToken token;
    std::optional<PinVerifier> verifier;  ///< V of a PIN slot that waits for its secret; else none
    friend bool operator==(const UnlockRegistration&, const UnlockRegistration&) = default;
};

/// The vault as a device's normal session sees it; implemented over the vault by the agent's child.
///
/// The session asks once the statements are here, and again after each `ClientSession::poke`. It
/// never has two things in flight: `unconfirmed` is asked first and confirmed, then `wanted` is
/// registered. An answer that is lost is no loss: a later session asks again, and the server gives
/// the same secret for the same V. Not thread-safe.
class UnlockKeeper {
public:
    virtual ~UnlockKeeper() = default;

    /// V of the PIN slot that is durable here and of which the server was not told yet. None where
    /// nothing is to be told. Errors: of the vault; the session then goes on without.
    virtual Result<std::optional<PinVerifier>> unconfirmed() = 0;

    /// What is to be registered now, none where the server has everything. Registering the token
    /// again is harmless: say it once a session where it is not known whether the server has it.
    virtual Result<std::optional<UnlockRegistration>> wanted() = 0;

    /// The server has taken `registration`, and gives S where that had a V. When this returns, the
    /// new PIN slot is durable, and `unconfirmed` names its V. Errors: of the vault; then the
    /// session asks no more, a later one does.
    virtual Result<void> on_registered(const UnlockRegistration& registration,
                                       const std::optional<PinSecret>& secret) = 0;

    /// The server has dropped what was before `verifier`.
    virtual Result<void> on_confirmed(const PinVerifier& verifier) = 0;

    /// The server took the registration or confirmation in flight not. `not_found`: it does not
    /// know this V (it was restored from a backup, or a later PIN was registered): the PIN opens
    /// cold no more and a new one must be set. `conflict`: the token is another device's.
    /// `not_permitted`: an order to wipe this device is out, and it gets no secret any more.
    virtual void on_refused(Errc why) = 0;
};

}  // namespace samsyn
