#pragma once

#include "client-sdk/agent/unlock_message.hpp"
#include "crypto/vault/vault.hpp"

#include <nlohmann/json.hpp>

#include <expected>
#include <functional>

namespace samsyn {

/// Asks the server for its share, with the proof of one counted try at a PIN.
///
/// Errors: `not_authentic` where the server found the proof wrong; `not_permitted` where it gives
/// this device no share any more (wiped, revoked, ten wrong proofs); anything else: it was not
/// asked, and nothing was tried.
using ShareSource = std::function<Result<ServerShare>(const Vault& vault, PinTry& tried)>;

/// Why a folder stays locked: an `error` object with what to do, in both languages.
struct UnlockFailure {
    nlohmann::json error;
    bool drop_share = false;  ///< the supervisor's share is of no more use
};

/// What opened it, for `agent.status` and the person.
struct UnlockSuccess {
    std::optional<ServerShare> share;  ///< to keep: came from the server just now, or was given
};

/// Opens `vault` with what a person typed. Every wrong PIN is counted by the vault before it can be
/// known to be wrong. Blocks for one stretching, and for the server where the share is needed.
std::expected<UnlockSuccess, UnlockFailure> unlock_vault(Vault& vault,
                                                         UnlockMessage message,
                                                         const ShareSource& server);

/// An error of the folder, its vault or its database, as `check_folder`, `Vault::open` and
/// `Device::open` give them, with what to do.
nlohmann::json folder_error(const Error& error);

}  // namespace samsyn
