#pragma once

#include "core/transparency/merkle.hpp"
#include "core/transparency/read_chain.hpp"

#include <optional>
#include <vector>

namespace samsyn {

/// A row of the access log as it is stored: what it says, and what it is found by.
struct StoredLogRow {
    std::uint64_t number = 0;  ///< from 0
    Instant at;
    CaseId case_id;     ///< none where it concerns no case
    UnitId disclosing;  ///< none where it is about nobody's content
    Bytes bytes;
};

/// Which rows about what a unit discloses; `until` is exclusive.
struct LogRange {
    CaseId case_id;  ///< none: of every case
    UnitId disclosing;
    Instant from;
    Instant until;
    std::optional<std::uint64_t> after;  ///< number of a row
};

/// Where a device's chain of reads ends, as the server knows it.
struct ReadChainHead {
    std::uint64_t last = 0;  ///< sequence; 0 before the first
    Hash head;               ///< of that entry; none before the first
};

/// The part of the server's storage that is the access log. Nothing in it is ever changed or
/// removed but by a restore. Same thread, transactions and errors as `Storage`.
///
/// Of the tree this keeps the whole subtrees above the leaves: a leaf's digest is taken from its
/// row, so that a row that was changed proves nothing.
class LogRecords {
public:
    virtual ~LogRecords() = default;

    /// Size and root as of the last commit, none where there was none.
    virtual Result<std::optional<TreeHead>> tree() = 0;

    /// Replaces `expected` (none: nothing yet) by `next`. Errors: also `conflict` where the log is
    /// not what was expected: another process writes to it.
    virtual Result<void> swap_tree(const std::optional<TreeHead>& expected,
                                   const TreeHead& next) = 0;

    /// Errors: also `conflict` where there is a row with this number.
    virtual Result<void> append(const StoredLogRow& row) = 0;

    /// Errors: also `malformed` where it is not there: the log is damaged.
    virtual Result<Bytes> row(std::uint64_t number) = 0;

    /// A whole subtree of level 1 or more.
    virtual Result<void> put_node(const TreeNode& node) = 0;
    virtual Result<Hash> node(std::uint8_t level, std::uint64_t index) = 0;

    /// At most `count_max` rows and `bytes_max` bytes of rows (at least one), by number.
    virtual Result<std::vector<StoredLogRow>> rows(const LogRange& range,
                                                   std::size_t count_max,
                                                   std::size_t bytes_max) = 0;

    virtual Result<ReadChainHead> chain_head(const DeviceId& device) = 0;

    /// The hash of an entry of a device's chain; none where it never came.
    virtual Result<std::optional<Hash>> read_at(const DeviceId& device, std::uint64_t sequence) = 0;

    /// The chain goes on with these entries (at least one), or begins anew where it was broken.
    virtual Result<void> put_reads(const DeviceId& device,
                                   std::uint64_t first,
                                   std::span<const Hash> entries) = 0;
};

}  // namespace samsyn
