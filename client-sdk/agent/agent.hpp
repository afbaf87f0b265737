#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace samsyn {

// The processes of `samsyn agent` (DESIGN.md, "One resident process"; docs/AGENT.md).
//
// The *supervisor* owns the folder's lock and the Unix socket and never sees a key or any content.
// It starts locked. `unlock` starts the *child* with what the person typed; the child owns keys,
// database and the connection to the server, and ending it is what locking means: nothing of it
// stays in memory. While locked, the *courier*, as keyless as the supervisor, asks the server for
// signed orders. All three are the same program, started again: `samsyn agent`, `agent-child` and
// `agent-courier`.

/// What the supervisor can find out and do about a folder without any key. Called on its thread.
struct LockedFolder {
    /// Public facts for `agent.status`, an object; null where there are none.
    std::function<nlohmann::json()> facts;

    /// Has the order (statement id, hex) been done before? Then it must do nothing again.
    std::function<bool(const std::string& statement)> is_done;

    /// Obeys an order that the courier has verified: its kind (`lock`, `revoke`, `wipe`,
    /// `wipe_discard`) and statement id (hex). `all_sent`: the child said that the server has
    /// everything. Durable when it returns: "done", "keys_erased" (the file waits for its unsent
    /// work), or "failed": the courier asks again later.
    std::function<std::string(const std::string& kind, const std::string& statement, bool all_sent)>
        obey;

    /// Serves an operation `proxy.…`: the whole answer. Empty: there are none.
    std::function<nlohmann::json(std::string_view operation, const nlohmann::json& args)> proxy{};
};

/// What the supervisor runs; the defaults are right for the `samsyn` binary.
struct SupervisorOptions {
    std::filesystem::path executable = "/proc/self/exe";
    std::string child_subcommand = "agent-child";
    std::string courier_subcommand = "agent-courier";  ///< empty: none
    LockedFolder locked_folder{};
};

/// Runs the supervisor of `folder` in this process until `agent.stop`, SIGTERM or SIGINT; `main`
/// returns what it returns. Closes all descriptors but the standard ones; errors go to stderr.
///
/// 0: stopped; 1: the folder or the socket cannot be used, or memory cannot be locked;
/// `exit_conflict`: another agent owns the folder.
int run_supervisor(const std::filesystem::path& folder, const SupervisorOptions& options = {});

inline constexpr int exit_conflict = 3;

/// The descriptor on which a child finds its supervisor.
inline constexpr int child_channel_fd = 3;

/// The supervisor as `samsyn agent` runs it: knows the folder's vault, locked.
int run_agent(const std::filesystem::path& folder);

/// Runs the child: unlocks the folder with what its supervisor says and serves JSON lines on the
/// connections that it hands over, until SIGTERM or until the supervisor is gone. Of use to the
/// supervisor only.
int run_child(const std::filesystem::path& folder);

/// Runs the courier. Of use to the supervisor only.
int run_courier(const std::filesystem::path& folder);

}  // namespace samsyn
