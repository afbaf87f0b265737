#pragma once

#include "core/store/database.hpp"
#include "sync-server/storage/log_records.hpp"

namespace samsyn {

/// The tables of the access log, version 4 of the server's database.
extern const char* const log_schema_sql;

/// `LogRecords` in SQLite. The database must outlive it.
class SqliteLogRecords final : public LogRecords {
public:
    explicit SqliteLogRecords(Database& db) : db_(db) {}

    Result<std::optional<TreeHead>> tree() override;
    Result<void> swap_tree(const std::optional<TreeHead>& expected, const TreeHead& next) override;
    Result<void> append(const StoredLogRow& row) override;
    Result<Bytes> row(std::uint64_t number) override;
    Result<void> put_node(const TreeNode& node) override;
    Result<Hash> node(std::uint8_t level, std::uint64_t index) override;
    Result<std::vector<StoredLogRow>> rows(const LogRange& range,
                                           std::size_t count_max,
                                           std::size_t bytes_max) override;
    Result<ReadChainHead> chain_head(const DeviceId& device) override;
    Result<std::optional<Hash>> read_at(const DeviceId& device, std::uint64_t sequence) override;
    Result<void> put_reads(const DeviceId& device,
                           std::uint64_t first,
                           std::span<const Hash> entries) override;

private:
    Database& db_;
};

}  // namespace samsyn
