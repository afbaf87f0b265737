#pragma once

#include "core/policy/statement.hpp"

#include <map>
#include <set>
#include <span>
#include <vector>

namespace samsyn {

/// A grow-only set of verified statements with their order: the federation's, or one case's.
///
/// Adding is idempotent and commutes. A statement whose predecessors have not arrived is kept and
/// counts: knowing more never takes it back. Not thread-safe; copies share the statements.
class StatementGraph {
public:
    /// False if it was there already.
    bool add(StatementPtr statement);

    StatementPtr find(const StatementId& id) const;

    std::size_t size() const { return by_id_.size(); }

    /// Statements of one stream in the order (time, id): a linear extension of what their authors
    /// knew, equal on every replica that holds the same set. Valid until the next `add`.
    std::span<const StatementPtr> in(const Stream& stream) const;

    /// Every stream of which at least one statement is here.
    std::vector<Stream> streams() const;

    /// The statements of `stream` that no other statement of it names as previous, sorted by id, at
    /// most `statement_previous_max` of them (the newest). One that a *different* stream names
    /// stays a head: who lacks that stream must find the same heads.
    std::vector<StatementId> heads(const Stream& stream) const;

    /// The statements reachable from `heads` by their `previous` lists. Errors: `missing_parent`
    /// naming the first statement that is not here.
    Result<StatementGraph> at(std::span<const StatementId> heads) const;

    /// True where the author of `later` knew `earlier`: it is reached by `previous` lists, as far
    /// as they are here. What cannot be followed is taken as not known.
    bool knows(const StatementId& later, const StatementId& earlier) const;

    /// Everything that the authors of these knew, in one walk; one of these where another knew it.
    std::set<StatementId> known_to(std::span<const StatementId> later) const;

    /// Statements named as previous by one that is here, and not here themselves.
    std::vector<StatementId> missing() const;

private:
    std::map<StatementId, StatementPtr> by_id_;
    std::map<Stream, std::vector<StatementPtr>> by_stream_;
};

}  // namespace samsyn
