#pragma once

#include "core/policy/statement_graph.hpp"

namespace samsyn::policy {

/// Who knew what, for some statements of one stream: built in one walk, asked often. As
/// `StatementGraph::knows`, but it follows `previous` only to what sorts before (time, id): who
/// claims a time before that of what it knew is taken not to have known it.
class Ancestry {
public:
    /// Of `log` (in its order), who knew the statements in `asked`.
    Ancestry(std::span<const StatementPtr> log, const std::set<StatementId>& asked);

    /// False for an `earlier` that was not asked for, or where either is not here.
    bool knows(const StatementId& later, const StatementId& earlier) const;

private:
    std::map<StatementId, std::size_t> rows_;
    std::map<StatementId, std::size_t> columns_;
    std::size_t words_ = 0;  ///< of a row
    std::vector<std::uint64_t> bits_;
};

}  // namespace samsyn::policy
