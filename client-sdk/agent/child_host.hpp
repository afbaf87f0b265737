#pragma once

#include "client-sdk/agent/child_server.hpp"
#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/operations.hpp"
#include "client-sdk/agent/order_duty.hpp"
#include "client-sdk/agent/pin_keeper.hpp"
#include "client-sdk/agent/vault_operations.hpp"

namespace samsyn {

/// An unlocked device as the child serves it: operations on device, vault and folder, and what the
/// vault learns from the connection. Not thread-safe.
class ChildHost {
public:
    /// What it works on; all outlive it. `channel` leads to the supervisor.
    struct Parts {
        const std::filesystem::path& folder;
        FolderConfig& config;
        Vault& vault;
        const PasswordHash& hash;
        OpenedDevice& opened;
        int channel;
    };

    explicit ChildHost(Parts parts);

    ChildServices services();

    /// The last word of an unlocked device: what is still to be written.
    void close();

    const OrderDuty& orders() const { return orders_; }

    /// Why it ends by itself: a word for `agent.status`; empty where the supervisor ended it.
    const std::string& why() const { return why_; }

private:
    nlohmann::json run(std::string_view operation, const nlohmann::json& args);
    std::optional<nlohmann::json> run_long(std::string_view operation,
                                           const nlohmann::json& args,
                                           const ChildServices::Tell& tell);
    Result<LiveSource> open_live(const std::string& operation, const nlohmann::json& args);
    Result<nlohmann::json> rekey(const nlohmann::json& args, const ChildServices::Tell& tell);
    Result<nlohmann::json> take_server(const nlohmann::json& args);
    bool hear(const nlohmann::json& event);
    bool obey();
    void note_sent(bool all_sent);
    void save_counter();
    void keep_helpers();
    void keep_organisation();

    Parts parts_;
    Operations operations_;
    VaultOperations on_vault_;
    PinKeeper pins_;
    OrderDuty orders_;
    std::uint64_t greatest_counter_ = 0;
    std::optional<bool> all_sent_;
    std::string why_;
};

}  // namespace samsyn
