#pragma once

#include "core/transparency/checkpoint.hpp"
#include "core/wire/log_rows.hpp"
#include "sync-server/storage/log_records.hpp"

namespace samsyn {

/// The server's access log: rows, and a hash tree over them that shows whether any was changed,
/// left out or put elsewhere (security.md, "Access log").
///
/// Rows are added while the storage has a transaction open; `seal` must be the last thing before
/// its commit, and then either `committed` or `rolled_back`. Heads, proofs and rows that leave the
/// server are of what is committed. Not thread-safe. The records and the hasher must outlive it.
class AccessLog {
public:
    /// Errors: those of the storage; `malformed` where the tree and its rows do not fit together.
    static Result<AccessLog> load(LogRecords& records, const Hasher& hasher);

    /// Errors: those of the storage; then the transaction must be undone.
    Result<void> append(const LogRow& row);

    /// Puts the tree of what was appended in place of the one that was there, if it is still the
    /// same. Errors: also `conflict`: another process writes to this log.
    Result<void> seal();
    void committed();
    void rolled_back();

    /// Is there anything to `seal`?
    bool has_news() const { return edge_.size() != committed_.size(); }

    TreeHead head() const;

    /// Of the row that is appended next.
    std::uint64_t next_number() const { return edge_.size(); }

    /// That the log begins with its first `size` rows, at most `head().size`.
    Result<std::vector<Hash>> prove_growth(std::uint64_t size) const;

    /// The path of a row to `head()`.
    Result<std::vector<Hash>> prove_row(std::uint64_t number) const;

    LogRecords& records() const { return *records_; }

private:
    AccessLog(LogRecords& records, const Hasher& hasher) : records_(&records), hasher_(&hasher) {}

    LogRecords* records_;
    const Hasher* hasher_;
    TreeEdge edge_;
    TreeEdge committed_;
    std::optional<TreeHead> stored_;  ///< none: nothing was ever written
};

}  // namespace samsyn
