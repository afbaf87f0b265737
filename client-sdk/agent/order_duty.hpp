#pragma once

#include "crypto/vault/vault.hpp"

#include <samsyn/device.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace samsyn {

/// Carries out the orders that reach an unlocked device in its normal sessions (security.md,
/// "Wipe"). Each is done once: the vault remembers. Not thread-safe.
///
/// lock: locks. revoke: erases every slot but the assisted one, locks, keeps unsent work. wipe:
/// sends unsent work first, for a bounded time, then erases slots and, where everything is sent or
/// given up, the data. The server is told by the courier, once the device is locked.
class OrderDuty {
public:
    /// `now` is any clock that does not go back. All outlive it.
    OrderDuty(Vault& vault, Device& device, std::function<std::chrono::milliseconds()> now)
        : vault_(vault),
          device_(device),
          now_(std::move(now)) {}

    /// Looks for orders, and carries out what is due. True where this process has to end now.
    bool look();

    /// The server has everything that was written here.
    bool is_all_sent();

    /// A wipe waits for unsent work: `look` is to be called again by then.
    std::optional<std::chrono::milliseconds> deadline() const { return deadline_; }

    /// Why it ends: a word for `agent.status`.
    const std::string& why() const { return why_; }

    /// The data is to be erased once the database is closed.
    bool erases_data() const { return erases_data_; }

    /// How long a wipe waits for unsent work to be sent.
    static constexpr std::chrono::seconds send_max{30};

private:
    Result<bool> carry_out(const DeviceOrder& order);
    Result<bool> wipe(const DeviceOrder& order);
    Result<void> finish(const DeviceOrder& order);

    Vault& vault_;
    Device& device_;
    std::function<std::chrono::milliseconds()> now_;
    std::optional<std::chrono::milliseconds> deadline_;
    std::string why_;
    bool erases_data_ = false;
};

}  // namespace samsyn
