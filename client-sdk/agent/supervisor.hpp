#pragma once

#include "client-sdk/agent/json_lines.hpp"
#include "client-sdk/agent/lock_keeper.hpp"

#include <chrono>
#include <memory>
#include <poll.h>
#include <vector>

namespace samsyn {

/// The keyless half of the agent: one thread around `poll`. Reads the first line of each
/// connection, serves the operations of `is_supervisors` itself, and hands every other connection
/// to the child with the bytes read so far, once the device is unlocked.
///
/// PIN and phrase pass through it: the buffers that held them are overwritten as soon as the child
/// has them.
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
        bool ready = false;  // the child's, as soon as it takes it
        bool asked = false;  // waits for the end of an unlocking; reads no further request
        nlohmann::json id;   // of the request that it waits for
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
          keeper_(std::make_unique<LockKeeper>(folder_, options)) {}

    bool wait();
    void look_at(const std::vector<::pollfd>& polled);
    void on_signal();
    void accept_one();
    void on_readable(Waiting& waiting);
    void take_lines(Waiting& waiting);
    bool serve(Waiting& waiting, AgentRequest& request);
    void unlock(Waiting& waiting, AgentRequest& request);
    void await_unlock(Waiting& waiting, const AgentRequest& request);
    void answer_asked(const nlohmann::json& answer);
    void refuse_ready();
    void hand_over();
    void stop();
    static void send_line(Waiting& waiting, const nlohmann::json& id, const nlohmann::json& answer);

    std::filesystem::path folder_;
    UniqueFd lock_;
    UniqueFd signals_;
    UniqueFd listener_;
    std::unique_ptr<LockKeeper> keeper_;
    std::vector<Waiting> waiting_;
    bool stopping_ = false;
};

}  // namespace samsyn
