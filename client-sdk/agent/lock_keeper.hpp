#pragma once

#include "client-sdk/agent/agent.hpp"
#include "client-sdk/agent/child_process.hpp"
#include "client-sdk/agent/unlock_message.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace samsyn {

/// Whether the device is locked, and the processes that make it so: the child while it is being
/// unlocked and after, the courier while there is no child that serves. Keeps the server's share
/// between unlockings. Single-threaded.
class LockKeeper {
public:
    enum class State {
        locked,
        unlocking,  ///< the child works on it
        assisting,  ///< the child waits for the answers of two helpers
        unlocked
    };

    LockKeeper(const std::filesystem::path& folder, const SupervisorOptions& options);

    /// Starts a child with what the person typed; `on_child_readable` tells how it went. An
    /// assisted try that waits for answers is given up. Errors: `conflict` while another try is
    /// under way or the device is unlocked; `system_failed`.
    Result<void> unlock(UnlockMessage message);

    /// Hands helpers' answers to the child that asked for them. Errors: `unexpected_message` where
    /// none did.
    Result<void> answer_assisted(const nlohmann::json& answers);

    /// Ends the child. `why` is a word for `agent.status`.
    void lock(std::string_view why);

    /// Ends everything.
    void stop();

    /// Takes what the child says. Some answer: how an unlocking ended, or what an assisted one
    /// waits for.
    std::optional<nlohmann::json> on_child_readable();

    /// Takes what the courier says. True where an order has locked the device.
    bool on_courier_readable();

    /// What is due: a courier to start again, a share too old to keep.
    void on_time();
    std::chrono::milliseconds next_time() const;

    State state() const { return state_; }

    ChildProcess& child() { return child_; }

    int courier_channel() const { return courier_.channel(); }

    /// The members of `agent.status`.
    nlohmann::json status() const;

    /// Answers an operation `proxy.…`. Errors: `invalid_argument` where there are none.
    nlohmann::json serve_proxy(std::string_view operation, const nlohmann::json& args) const;

    /// How long a locked device keeps the share.
    static constexpr std::chrono::milliseconds share_max = std::chrono::hours{24};

private:
    std::optional<nlohmann::json> on_child_told(const nlohmann::json& told);
    nlohmann::json on_child_ended();
    void fall_back(std::string_view why);
    void start_courier();
    bool obey(const nlohmann::json& order);
    void drop_old_share();

    LockedFolder folder_;
    ChildProcess child_;
    ChildProcess courier_;
    bool has_courier_;
    State state_ = State::locked;
    std::string why_ = "started";
    std::optional<ServerShare> share_;
    bool all_sent_ = false;  // the server has everything that was written, as far as is known
    std::chrono::milliseconds locked_at_;
    std::chrono::milliseconds courier_due_{};
    nlohmann::json connection_;  // what the courier said last; null where it has not
};

/// `{"ok": false, "error": …}` with what to do, in both languages.
nlohmann::json locked_answer();

}  // namespace samsyn
