#pragma once

#include <filesystem>
#include <string_view>

namespace samsyn {

// The two processes of `samsyn agent` (DESIGN.md, "One resident process"; docs/AGENT.md).
//
// The *supervisor* owns the folder's lock and the Unix socket and never sees a key or any content.
// It starts the *child*, which owns keys, database and the connection to the server. Ending the
// child is what locking means: nothing of it stays in memory. Both are the same program, started
// again: `samsyn agent --data FOLDER` and `samsyn agent-child --data FOLDER`.

/// What the supervisor runs as its child; the defaults are right for the `samsyn` binary.
struct SupervisorOptions {
    std::filesystem::path executable = "/proc/self/exe";
    std::string_view child_subcommand = "agent-child";
};

/// Runs the supervisor of `folder` in this process until `agent.stop`, SIGTERM or SIGINT; `main`
/// returns what it returns. Closes all descriptors but the standard ones; errors go to stderr.
///
/// 0: stopped; 1: the folder or the socket cannot be used; `exit_conflict`: another agent owns the
/// folder.
int run_supervisor(const std::filesystem::path& folder, const SupervisorOptions& options = {});

inline constexpr int exit_conflict = 3;

/// The descriptor on which a child finds its supervisor.
inline constexpr int child_channel_fd = 3;

/// Runs the child: opens the folder and serves JSON lines on the connections that the supervisor
/// hands over, until SIGTERM or until the supervisor is gone. Of use to the supervisor only.
int run_child(const std::filesystem::path& folder);

}  // namespace samsyn
