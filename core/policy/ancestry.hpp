#pragma once

#include "core/policy/statement_graph.hpp"

namespace samsyn::policy {

/// Who knew what, for some statements of one stream: as `StatementGraph::knows` within the stream,
/// but worked out in one walk, and asked often.
class Ancestry {
public:
    /// Of the statements in `log`, who knew those in `earlier`, and what those in `later` knew.
    Ancestry(std::span<const StatementPtr> log,
             const std::set<StatementId>& earlier,
             const std::set<StatementId>& later);

    /// False where neither was asked for, or where either is not here.
    bool knows(const StatementId& later, const StatementId& earlier) const;

private:
    /// For each statement of the log, which of some others are before it, or after it.
    struct Table {
        std::map<StatementId, std::size_t> columns;
        std::size_t words = 0;  ///< of a row
        std::vector<std::uint64_t> bits;

        Table(const std::set<StatementId>& asked, std::size_t rows);

        /// Whatever is in row `from`, and `id` of that row.
        void add(std::size_t row, std::size_t from, const StatementId& id);
        bool has(std::size_t row, const StatementId& id) const;
    };

    /// The rows, each after all of its predecessors: by who knew whom, whatever times were claimed.
    std::vector<std::size_t> in_order(std::span<const StatementPtr> log) const;

    std::map<StatementId, std::size_t> rows_;
    Table earlier_;
    Table later_;
};

}  // namespace samsyn::policy
