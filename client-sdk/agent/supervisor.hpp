#pragma once

#include "client-sdk/agent/child_process.hpp"
#include "client-sdk/agent/json_lines.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace samsyn {

/// The keyless half of the agent: one thread around `poll`. Reads the first line of each
/// connection, serves `agent.status`, `agent.stop`, `lock` and `unlock` itself, and hands every
/// other connection to the child with the bytes read so far.
class Supervisor {
public:
    /// Errors: `conflict` where another agent owns the folder; `system_failed`.
    static Result<Supervisor> open(const std::filesystem::path& folder,
                                   const SupervisorOptions& options);

    /// Serves until stopped; the exit status.
    int run();

private:
    struct Waiting {
        UniqueFd socket;
        std::string input;
        std::chrono::steady_clock::time_point deadline;
        bool ready = false;       // the child's, as soon as it serves
        nlohmann::json first_id;  // of the request that made it ready
    };

    Supervisor(std::filesystem::path folder,
               const SupervisorOptions& options,
               UniqueFd lock,
               UniqueFd signals,
               UniqueFd listener)
        : folder_(std::move(folder)),
          lock_(std::move(lock)),
          signals_(std::move(signals)),
          listener_(std::move(listener)),
          child_(std::make_unique<ChildProcess>(folder_, options)) {}

    bool wait();
    void on_signal();
    void on_child();
    void accept_one();
    void on_readable(Waiting& waiting);
    void take_lines(Waiting& waiting);
    Result<void> start_child();
    bool serve(Waiting& waiting, const AgentRequest& request);
    void unlock(Waiting& waiting, const AgentRequest& request);
    void refuse(Waiting& waiting, const nlohmann::json& answer);
    void answer_ready(const nlohmann::json& answer);
    void hand_over();
    void stop();
    static void send_line(Waiting& waiting, const nlohmann::json& id, const nlohmann::json& answer);

    std::filesystem::path folder_;
    UniqueFd lock_;
    UniqueFd signals_;
    UniqueFd listener_;
    std::unique_ptr<ChildProcess> child_;
    std::vector<Waiting> waiting_;
    bool locked_ = false;
    bool stopping_ = false;
};

}  // namespace samsyn
