#pragma once

#include "crypto/vault/vault.hpp"

#include <samsyn/device.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace samsyn {

/// The operations on the vault of an unlocked device (docs/AGENT.md, "PIN, phrase, idle lock and
/// helpers"). Those that stretch a secret block for about 0.6 s each. Not thread-safe.
class VaultOperations {
public:
    /// All outlive it.
    VaultOperations(Vault& vault, const PasswordHash& hash, Device& device)
        : vault_(vault),
          hash_(hash),
          device_(device) {}

    /// The answer; none where the operation is not one of these.
    std::optional<nlohmann::json> run(std::string_view operation, const nlohmann::json& args);

    /// Has the operation left something to tell the server?
    static bool writes(std::string_view operation);

    /// How long nobody may have asked for anything before it locks; none: for ever.
    std::optional<std::chrono::milliseconds> idle_max();

    static constexpr std::chrono::minutes idle_default{10};
    static constexpr std::chrono::minutes idle_limit{12 * 60};

private:
    Result<nlohmann::json> change_pin(const nlohmann::json& args);
    static Result<nlohmann::json> new_phrase();
    Result<nlohmann::json> change_phrase(const nlohmann::json& args);
    Result<nlohmann::json> lock_after(const nlohmann::json& args);
    Result<nlohmann::json> answer_helper(const nlohmann::json& args);
    nlohmann::json describe(const AssistedRequest& request);

    Vault& vault_;
    const PasswordHash& hash_;
    Device& device_;
};

/// The public part of a vault, for `agent.status` and `status`.
nlohmann::json to_json(const VaultStatus& status);

}  // namespace samsyn
