#pragma once

#include "client-sdk/agent/folder.hpp"
#include "client-sdk/agent/unlocking.hpp"
#include "core/sync/order.hpp"

#include <chrono>

namespace samsyn {

/// What a locked device knows of its federation: `config.json`. Errors: `not_found` where it knows
/// no server yet.
Result<PinnedFederation> pinned_federation(const FolderConfig& config);

/// Asks the server of `config` in a restricted session of its own, by the way that `folder` has.
/// Blocks for at most `time_max`: a person waits. Both must outlive it.
ShareSource server_share(const std::filesystem::path& folder,
                         const FolderConfig& config,
                         std::chrono::seconds time_max = std::chrono::seconds{8});

}  // namespace samsyn
