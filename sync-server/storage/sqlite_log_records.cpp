#include "sync-server/storage/sqlite_log_records.hpp"

namespace samsyn {

// `log_nodes` holds what is above the leaves. `log_state` has one row: the compare-and-swap.
const char* const log_schema_sql = R"(
CREATE TABLE log_rows(
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    case_id BLOB,
    disclosing BLOB,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX log_rows_of_case ON log_rows(case_id, disclosing, number, at)
    WHERE disclosing IS NOT NULL;
CREATE INDEX log_rows_of_unit ON log_rows(disclosing, number, at) WHERE disclosing IS NOT NULL;
CREATE TABLE log_nodes(
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY(level, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_state(
    id INTEGER PRIMARY KEY CHECK(id = 1),
    size INTEGER NOT NULL,
    root BLOB NOT NULL
) STRICT;
CREATE TABLE read_chains(
    device BLOB PRIMARY KEY,
    last INTEGER NOT NULL,
    head BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE read_entries(
    device BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY(device, sequence)
) STRICT, WITHOUT ROWID;
)";

namespace {

template <class IdType>
void bind_or_null(Query& query, const IdType& id) {
    if (id.is_none())
        query.bind_null();
    else
        query.bind(id);
}

/// The rows that a query finds, as many as fit.
Result<std::vector<StoredLogRow>> take_rows(Query& query, std::size_t bytes_max) {
    std::vector<StoredLogRow> rows;
    std::size_t bytes = 0;
    while (SAMSYN_TRY(query.step())) {
        bytes += query.blob(2).size();
        if (!rows.empty() && bytes > bytes_max) break;
        StoredLogRow row;
        row.number = static_cast<std::uint64_t>(query.number(0));
        row.at = Instant{std::chrono::milliseconds{query.number(1)}};
        row.bytes = to_bytes(query.blob(2));
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace

Result<std::optional<TreeHead>> SqliteLogRecords::tree() {
    auto query = SAMSYN_TRY(db_.query("SELECT size, root FROM log_state"));
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    const Hash root = SAMSYN_TRY(query.id<Hash>(1));
    return TreeHead{static_cast<std::uint64_t>(query.number(0)), root};
}

Result<void> SqliteLogRecords::swap_tree(const std::optional<TreeHead>& expected,
                                         const TreeHead& next) {
    if (!expected) {
        auto query =
            SAMSYN_TRY(db_.query("INSERT INTO log_state(id, size, root) VALUES(1, ?, ?) "
                                 "ON CONFLICT(id) DO NOTHING"));
        query.bind_number(next.size).bind(next.root);
        SAMSYN_TRY(query.run());
    } else {
        auto query = SAMSYN_TRY(db_.query(
            "UPDATE log_state SET size = ?, root = ? WHERE id = 1 AND size = ? AND root = ?"));
        query.bind_number(next.size)
            .bind(next.root)
            .bind_number(expected->size)
            .bind(expected->root);
        SAMSYN_TRY(query.run());
    }
    if (db_.changes() != 1) return fail(Errc::conflict, "access log: another process writes to it");
    return {};
}

Result<void> SqliteLogRecords::append(const StoredLogRow& row) {
    auto query = SAMSYN_TRY(db_.query(
        "INSERT INTO log_rows(number, at, case_id, disclosing, bytes) VALUES(?, ?, ?, ?, ?)"));
    query.bind_number(row.number).bind(row.at.time_since_epoch().count());
    bind_or_null(query, row.case_id);
    bind_or_null(query, row.disclosing);
    query.bind(ByteView{row.bytes});
    return query.run();
}

Result<Bytes> SqliteLogRecords::row(std::uint64_t number) {
    auto query = SAMSYN_TRY(db_.query("SELECT bytes FROM log_rows WHERE number = ?"));
    query.bind_number(number);
    if (!SAMSYN_TRY(query.step())) return fail(Errc::malformed, "access log: a row is missing");
    return to_bytes(query.blob(0));
}

Result<void> SqliteLogRecords::put_node(const TreeNode& node) {
    auto query = SAMSYN_TRY(db_.query("INSERT INTO log_nodes(level, place, hash) VALUES(?, ?, ?)"));
    query.bind(static_cast<std::int64_t>(node.level)).bind_number(node.index).bind(node.hash);
    return query.run();
}

Result<Hash> SqliteLogRecords::node(std::uint8_t level, std::uint64_t index) {
    auto query = SAMSYN_TRY(db_.query("SELECT hash FROM log_nodes WHERE level = ? AND place = ?"));
    query.bind(static_cast<std::int64_t>(level)).bind_number(index);
    if (!SAMSYN_TRY(query.step())) return fail(Errc::malformed, "access log: a digest is missing");
    return query.id<Hash>(0);
}

Result<std::vector<StoredLogRow>> SqliteLogRecords::rows(const LogRange& range,
                                                         std::size_t count_max,
                                                         std::size_t bytes_max) {
    const std::int64_t after = range.after ? static_cast<std::int64_t>(*range.after) : -1;
    const auto bind_rest = [&](Query& query) {
        query.bind(range.disclosing)
            .bind(after)
            .bind(range.from.time_since_epoch().count())
            .bind(range.until.time_since_epoch().count())
            .bind(static_cast<std::int64_t>(count_max));
    };
    if (range.case_id.is_none()) {
        auto query =
            SAMSYN_TRY(db_.query("SELECT number, at, bytes FROM log_rows WHERE disclosing = ? "
                                 "AND number > ? AND at >= ? AND at < ? ORDER BY number LIMIT ?"));
        bind_rest(query);
        return take_rows(query, bytes_max);
    }
    auto query = SAMSYN_TRY(
        db_.query("SELECT number, at, bytes FROM log_rows WHERE case_id = ? AND disclosing = ? "
                  "AND number > ? AND at >= ? AND at < ? ORDER BY number LIMIT ?"));
    query.bind(range.case_id);
    bind_rest(query);
    return take_rows(query, bytes_max);
}

Result<ReadChainHead> SqliteLogRecords::chain_head(const DeviceId& device) {
    auto query = SAMSYN_TRY(db_.query("SELECT last, head FROM read_chains WHERE device = ?"));
    query.bind(device);
    if (!SAMSYN_TRY(query.step())) return ReadChainHead{};
    const Hash head = SAMSYN_TRY(query.id<Hash>(1));
    return ReadChainHead{static_cast<std::uint64_t>(query.number(0)), head};
}

Result<std::optional<Hash>> SqliteLogRecords::read_at(const DeviceId& device,
                                                      std::uint64_t sequence) {
    auto query =
        SAMSYN_TRY(db_.query("SELECT hash FROM read_entries WHERE device = ? AND sequence = ?"));
    query.bind(device).bind_number(sequence);
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    return SAMSYN_TRY(query.id<Hash>(0));
}

Result<void> SqliteLogRecords::put_reads(const DeviceId& device,
                                         std::uint64_t first,
                                         std::span<const Hash> entries) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto query = SAMSYN_TRY(
            db_.query("INSERT INTO read_entries(device, sequence, hash) VALUES(?, ?, ?) "
                      "ON CONFLICT(device, sequence) DO UPDATE SET hash = excluded.hash"));
        query.bind(device).bind_number(first + i).bind(entries[i]);
        SAMSYN_TRY(query.run());
    }
    auto query = SAMSYN_TRY(
        db_.query("INSERT INTO read_chains(device, last, head) VALUES(?, ?, ?) "
                  "ON CONFLICT(device) DO UPDATE SET last = excluded.last, head = excluded.head"));
    query.bind(device).bind_number(first + entries.size() - 1).bind(entries.back());
    return query.run();
}

}  // namespace samsyn
