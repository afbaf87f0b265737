// The schema of the server's database, version by version.

#include "sync-server/storage/sqlite_schema.hpp"

#include "core/wire/log_rows.hpp"
#include "sync-server/storage/sqlite_attachment_records.hpp"
#include "sync-server/storage/sqlite_fleet_records.hpp"
#include "sync-server/storage/sqlite_log_records.hpp"
#include "sync-server/storage/sqlite_unlock_records.hpp"
#include "sync-server/storage/storage.hpp"

#include <array>

namespace samsyn {
namespace {

constexpr int schema_version_now = 7;

// `entries.position` is the order of acceptance over all channels; `channels.last` hands out the
// numbers of a channel without gaps, in the same transaction as the entry.
constexpr const char* schema_sql = R"(
CREATE TABLE channels(
    id INTEGER PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,
    last INTEGER NOT NULL
) STRICT;
CREATE TABLE entries(
    position INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL REFERENCES channels(id),
    number INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    author BLOB NOT NULL,
    counter INTEGER NOT NULL,
    epoch BLOB NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE(channel, number)
) STRICT;
CREATE INDEX entries_of_kind ON entries(kind, position);
CREATE TABLE offers(
    device BLOB NOT NULL,
    counter INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY(device, counter)
) STRICT, WITHOUT ROWID;
CREATE TABLE counters(
    device BLOB PRIMARY KEY,
    greatest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE gaps(
    device BLOB NOT NULL,
    counter INTEGER NOT NULL,
    PRIMARY KEY(device, counter)
) STRICT, WITHOUT ROWID;
CREATE TABLE escrow(
    hash BLOB PRIMARY KEY,
    channel BLOB NOT NULL,
    kind INTEGER NOT NULL,
    author BLOB NOT NULL,
    counter INTEGER NOT NULL,
    epoch BLOB NOT NULL,
    bytes BLOB NOT NULL,
    why INTEGER NOT NULL,
    context TEXT NOT NULL
) STRICT;
CREATE TABLE settings(
    key BLOB PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
)";

// Of a database of version 1 nothing is filled in: what was written there before cannot be
// restated.
constexpr const char* schema_2_sql = R"(
CREATE TABLE item_writes(
    item BLOB NOT NULL,
    field INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    time INTEGER NOT NULL,
    author BLOB NOT NULL,
    PRIMARY KEY(item, field, kind, time, author)
) STRICT, WITHOUT ROWID;
)";

// Which row of the access log says that an entry was taken.
constexpr const char* schema_6_sql = "ALTER TABLE entries ADD COLUMN log_row INTEGER";

/// Of entries that were taken before version 6 the rows themselves say it.
Result<void> fill_log_rows(Database& db) {
    Query rows = SAMSYN_TRY(db.query("SELECT number, bytes FROM log_rows ORDER BY number"));
    while (SAMSYN_TRY(rows.step())) {
        const auto row = decode_log_row(rows.blob(1));
        if (!row) return fail(Errc::malformed, "row of the access log");
        const auto* const accepted = std::get_if<RowAccepted>(&row->act);
        if (accepted == nullptr) continue;
        Query put = SAMSYN_TRY(db.query("UPDATE entries SET log_row = ? WHERE hash = ?"));
        SAMSYN_TRY(put.bind(rows.number(0)).bind(accepted->hash).run());
    }
    return {};
}

}  // namespace

Result<void> migrate_storage(Database& db) {
    struct Step {
        const char* sql = nullptr;
        Result<void> (*fill)(Database& db) = nullptr;
    };

    const std::array steps{Step{schema_sql},
                           Step{schema_2_sql},
                           Step{unlock_schema_sql},
                           Step{log_schema_sql},
                           Step{fleet_schema_sql},
                           Step{schema_6_sql, &fill_log_rows},
                           Step{attachment_schema_sql}};
    static_assert(std::tuple_size_v<decltype(steps)> == schema_version_now);
    int version = SAMSYN_TRY(db.version());
    if (version < 0) return fail(Errc::malformed, "server database version");
    if (version > schema_version_now) return fail(Errc::newer_format, "server database");
    for (; version < schema_version_now; ++version) {
        const Step& step = steps.at(static_cast<std::size_t>(version));
        auto transaction = SAMSYN_TRY(Transaction::begin(db));
        SAMSYN_TRY(db.exec(step.sql));
        if (step.fill != nullptr) SAMSYN_TRY(step.fill(db));
        SAMSYN_TRY(db.set_version(version + 1));
        SAMSYN_TRY(std::move(transaction).commit());
    }
    return {};
}

const int storage_version = schema_version_now;

}  // namespace samsyn
