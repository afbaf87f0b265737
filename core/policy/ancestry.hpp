#pragma once

#include "core/policy/statement_graph.hpp"

namespace samsyn::policy {

/// Who knew what, for some statements of one stream: as `StatementGraph::knows` within the stream,
/// but worked out in one walk, and asked often.
class Ancestry {
public:
    /// Of the statements in `log`, who knew those in `asked`.
    Ancestry(std::span<const StatementPtr> log, const std::set<StatementId>& asked);

    /// False for an `earlier` that was not asked for, or where either is not here.
    bool knows(const StatementId& later, const StatementId& earlier) const;

private:
    void fill(std::size_t row, const Statement& statement);

    std::map<StatementId, std::size_t> rows_;
    std::map<StatementId, std::size_t> columns_;
    std::size_t words_ = 0;  ///< of a row
    std::vector<std::uint64_t> bits_;
};

}  // namespace samsyn::policy
