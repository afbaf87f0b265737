#include "sync-server/storage/sqlite_fleet_records.hpp"

#include <limits>

namespace samsyn {

// `version` is null where the device never reported.
const char* const fleet_schema_sql = R"(
CREATE TABLE fleet(
    device BLOB PRIMARY KEY,
    last_contact INTEGER NOT NULL,
    version TEXT,
    unsent INTEGER NOT NULL DEFAULT 0,
    oldest_unsent INTEGER NOT NULL DEFAULT 0,
    waiting_keys INTEGER NOT NULL DEFAULT 0,
    owed_receipts INTEGER NOT NULL DEFAULT 0,
    reading_ends INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
)";

namespace {

std::int64_t fleet_column(Instant at) {
    return static_cast<std::int64_t>(at.time_since_epoch().count());
}

Instant fleet_instant(const Query& row, int column) {
    return Instant{std::chrono::milliseconds{row.number(column)}};
}

Result<std::uint32_t> fleet_count(const Query& row, int column) {
    const std::int64_t number = row.number(column);
    if (number < 0 || number > std::numeric_limits<std::uint32_t>::max())
        return fail(Errc::malformed, "fleet record");
    return static_cast<std::uint32_t>(number);
}

}  // namespace

Result<FleetRecord> SqliteFleetRecords::find(const DeviceId& device) {
    auto query =
        SAMSYN_TRY(db_.query("SELECT last_contact, version, unsent, oldest_unsent, waiting_keys, "
                             "owed_receipts, reading_ends FROM fleet WHERE device = ?"));
    query.bind(device);
    FleetRecord record;
    if (!SAMSYN_TRY(query.step())) return record;
    record.last_contact = fleet_instant(query, 0);
    if (query.is_null(1)) return record;
    DeviceReport report;
    report.version = std::string{query.text(1)};
    report.unsent = SAMSYN_TRY(fleet_count(query, 2));
    report.oldest_unsent = fleet_instant(query, 3);
    report.waiting_keys = SAMSYN_TRY(fleet_count(query, 4));
    report.owed_receipts = SAMSYN_TRY(fleet_count(query, 5));
    report.reading_ends = fleet_instant(query, 6);
    record.report = std::move(report);
    return record;
}

Result<void> SqliteFleetRecords::put_contact(const DeviceId& device, Instant at) {
    auto query =
        SAMSYN_TRY(db_.query("INSERT INTO fleet(device, last_contact) VALUES(?, ?) "
                             "ON CONFLICT(device) DO UPDATE SET "
                             "last_contact = max(last_contact, excluded.last_contact)"));
    query.bind(device).bind(fleet_column(at));
    return query.run();
}

Result<void> SqliteFleetRecords::put_report(const DeviceId& device, const DeviceReport& report) {
    auto query = SAMSYN_TRY(
        db_.query("INSERT INTO fleet(device, last_contact, version, unsent, oldest_unsent, "
                  "waiting_keys, owed_receipts, reading_ends) VALUES(?, 0, ?, ?, ?, ?, ?, ?) "
                  "ON CONFLICT(device) DO UPDATE SET version = excluded.version, "
                  "unsent = excluded.unsent, oldest_unsent = excluded.oldest_unsent, "
                  "waiting_keys = excluded.waiting_keys, "
                  "owed_receipts = excluded.owed_receipts, "
                  "reading_ends = excluded.reading_ends"));
    query.bind(device)
        .bind_text(report.version)
        .bind_number(report.unsent)
        .bind(fleet_column(report.oldest_unsent))
        .bind_number(report.waiting_keys)
        .bind_number(report.owed_receipts)
        .bind(fleet_column(report.reading_ends));
    return query.run();
}

}  // namespace samsyn
