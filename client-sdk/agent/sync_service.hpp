#pragma once

#include "client-sdk/net/backoff.hpp"
#include "client-sdk/net/link.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace samsyn {

/// When the agent is connected, and who waits for it: one session at a time, shared by all callers
/// of `sync`; kept, and made again with growing pauses, while following.
///
/// Single-threaded, on the thread of `io`. What it was given must outlive it.
class SyncService final : private Link::Listener {
public:
    struct Parts {
        boost::asio::io_context& io;
        Link::Ports link;
        std::function<std::string()> server;  ///< host:port, asked before each connection
        std::function<nlohmann::json(const Error&)> describe;
        std::function<void(const nlohmann::json& event)> emit;
        std::function<Result<Route>(const std::string& server)> route{};  ///< empty: directly
        std::chrono::seconds progress_max{60};  ///< without any, a waiting `sync` is `timed_out`
        LinkLimits limits{};
        BackoffLimits backoff{};
    };

    using Done = std::function<void(const Result<void>&)>;

    explicit SyncService(Parts parts);
    ~SyncService() override;

    /// Calls `done` once everything written here before is answered and everything that the server
    /// has for this device is applied, or with the error of the attempt.
    void sync(Done done);

    /// Stays connected from now on.
    void follow();

    /// Ends following, and the connection unless a `sync` still needs it.
    void stop_following();

    /// Something was written that wants to be sent: if connected, soon.
    void poke();

    /// `{"state", "since", "following", "last_error", "failing_since", "way"}`.
    nlohmann::json connection() const;

    std::size_t waiting() const { return waiting_.size(); }

private:
    enum class State { offline, connecting, live };

    void on_live() override;
    void on_synced() override;
    void on_changed() override;

    void on_progressed() override { expect_progress(); }

    void on_answered(const ClientSession::Answered& answered) override;
    void on_closed(const Error& why) override;

    void connect();
    Result<Route> choose_way(const std::string& server) const;
    void disconnect();
    void end_session(const Error& why);

    /// Turned away: once in this process's life it hands in what a revoked device may. False where
    /// that is not the case.
    bool hand_in_after(const Error& why);
    void wait_to_reconnect();
    void expect_progress();
    void finish(const Result<void>& result);
    void enter(State state);

    Parts parts_;
    Backoff backoff_;
    boost::asio::steady_timer reconnect_;
    boost::asio::steady_timer progress_;
    std::unique_ptr<Link> link_;
    std::vector<Done> waiting_;
    State state_ = State::offline;
    Instant since_;
    bool following_ = false;
    bool synced_ = false;  // and nothing written since
    bool handed_in_ = false;
    std::optional<Error> handing_in_;  // and why the session before it ended
    std::optional<Error> last_error_;
    std::optional<Instant> failing_since_;  // the first failure after the last live session
    Route way_;                             // the one tried last
};

}  // namespace samsyn
