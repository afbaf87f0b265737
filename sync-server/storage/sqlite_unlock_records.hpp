#pragma once

#include "core/store/database.hpp"
#include "sync-server/storage/unlock_records.hpp"

namespace samsyn {

/// The tables of unlocking, version 3 of the server's database.
extern const char* const unlock_schema_sql;

/// `UnlockRecords` in SQLite. The database must outlive it.
class SqliteUnlockRecords final : public UnlockRecords {
public:
    explicit SqliteUnlockRecords(Database& db) : db_(db) {}

    Result<std::optional<UnlockRecord>> find(const DeviceId& device) override;
    Result<std::optional<UnlockRecord>> find_by_token(const Hash& token_hash) override;
    Result<void> put(const UnlockRecord& record) override;
    Result<void> put_order_answer(const DeviceId& device,
                                  const OrderAnswer& answer,
                                  Instant at) override;
    Result<std::vector<OrderAnswer>> order_answers(const DeviceId& device) override;

private:
    Database& db_;
};

}  // namespace samsyn
