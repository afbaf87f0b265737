#pragma once

#include "client-sdk/agent/unlock_message.hpp"
#include "core/sync/unlock_keeper.hpp"
#include "crypto/vault/vault.hpp"

#include <functional>

namespace samsyn {

/// The vault as a session sees it: registers the unlock token, and a PIN that waits for the
/// server's secret (security.md, "Unlock"). Not thread-safe.
class PinKeeper final : public UnlockKeeper {
public:
    /// The supervisor's copy of the share: it must be gone before the slot that it opens is.
    struct Shares {
        std::function<void()> drop;
        std::function<void(const ServerShare&)> keep;
    };

    /// `vault` outlives it.
    PinKeeper(Vault& vault, Shares shares) : vault_(vault), shares_(std::move(shares)) {}

    Result<std::optional<PinVerifier>> unconfirmed() override;
    Result<std::optional<UnlockRegistration>> wanted() override;
    Result<void> on_registered(const UnlockRegistration& registration,
                               const std::optional<PinSecret>& secret) override;
    Result<void> on_confirmed(const PinVerifier& verifier) override;
    void on_refused(Errc why) override;

    /// A session has begun: the server may have been restored since, so the token is said again.
    void on_session() { token_known_ = false; }

private:
    Vault& vault_;
    Shares shares_;
    bool token_known_ = false;
};

}  // namespace samsyn
