#pragma once

#include "core/store/database.hpp"
#include "sync-server/storage/fleet_records.hpp"

namespace samsyn {

/// The table of the fleet, version 5 of the server's database.
extern const char* const fleet_schema_sql;

/// `FleetRecords` in SQLite. The database must outlive it.
class SqliteFleetRecords final : public FleetRecords {
public:
    explicit SqliteFleetRecords(Database& db) : db_(db) {}

    Result<FleetRecord> find(const DeviceId& device) override;
    Result<void> put_contact(const DeviceId& device, Instant at) override;
    Result<void> put_report(const DeviceId& device, const DeviceReport& report) override;

private:
    Database& db_;
};

}  // namespace samsyn
