#include "sync-server/hub/access_log.hpp"

namespace samsyn {

namespace {

/// The tree as it is stored: what is above the leaves, and rows.
class StoredNodes final : public TreeNodes {
public:
    StoredNodes(LogRecords& records, const Hasher& hasher) : records_(records), hasher_(hasher) {}

    Result<Hash> node(std::uint8_t level, std::uint64_t index) override {
        if (level > 0) return records_.node(level, index);
        return leaf_hash(SAMSYN_TRY(records_.row(index)), hasher_);
    }

private:
    LogRecords& records_;
    const Hasher& hasher_;
};

}  // namespace

Result<AccessLog> AccessLog::load(LogRecords& records, const Hasher& hasher) {
    AccessLog log{records, hasher};
    log.stored_ = SAMSYN_TRY(records.tree());
    if (!log.stored_) return log;
    StoredNodes nodes{records, hasher};
    log.committed_ = SAMSYN_TRY(TreeEdge::load(log.stored_->size, nodes));
    log.edge_ = log.committed_;
    if (log.head() != *log.stored_) return fail(Errc::malformed, "access log: not what it was");
    return log;
}

Result<void> AccessLog::append(const LogRow& row) {
    const Bytes bytes = encode_log_row(row);
    SAMSYN_ASSERT(bytes.size() <= log_row_bytes_max);
    std::vector<TreeNode> made;
    const std::uint64_t number = edge_.size();
    edge_.append(leaf_hash(bytes, *hasher_), *hasher_, made);
    SAMSYN_TRY(records_->append({number, row.at, row.case_id, row.disclosing, bytes}));
    for (const TreeNode& node : made)
        if (node.level > 0) SAMSYN_TRY(records_->put_node(node));
    return {};
}

Result<void> AccessLog::seal() {
    if (!has_news()) return {};
    return records_->swap_tree(stored_, {edge_.size(), edge_.root(*hasher_)});
}

void AccessLog::committed() {
    if (!has_news()) return;
    committed_ = edge_;
    stored_ = head();
}

void AccessLog::rolled_back() {
    edge_ = committed_;
}

TreeHead AccessLog::head() const {
    return {committed_.size(), committed_.root(*hasher_)};
}

Result<std::vector<Hash>> AccessLog::prove_growth(std::uint64_t size) const {
    StoredNodes nodes{*records_, *hasher_};
    return consistency_path(size, committed_.size(), nodes, *hasher_);
}

Result<std::vector<Hash>> AccessLog::prove_row(std::uint64_t number) const {
    StoredNodes nodes{*records_, *hasher_};
    return inclusion_path(number, committed_.size(), nodes, *hasher_);
}

}  // namespace samsyn
