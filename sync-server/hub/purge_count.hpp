#pragma once

#include "sync-server/hub/registry.hpp"

#include <map>
#include <set>

namespace samsyn {

/// How many devices have lost keys and not confirmed that those are gone, as a number to watch: it
/// is found case by case, a few at a time, so that it never holds up what the hub is for. A case
/// that something was said about comes first; every other one comes round in turn, since time alone
/// ends permissions too. Not thread-safe.
class PurgeCount {
public:
    void on_touched(const std::set<Channel>& channels, const Registry& registry);

    /// Looks at up to `cases_at_once` cases.
    void go_on(const Registry& registry, Instant now);

    std::uint64_t total() const { return total_; }

private:
    static constexpr std::size_t cases_at_once = 4;

    void look_at(const CaseId& id, const Registry& registry, Instant now);

    std::set<CaseId> touched_;
    CaseId last_;                            ///< in turn
    std::map<CaseId, std::uint64_t> found_;  ///< those with any
    std::uint64_t total_ = 0;
};

}  // namespace samsyn
