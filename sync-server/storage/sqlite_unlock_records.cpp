#include "sync-server/storage/sqlite_unlock_records.hpp"

namespace samsyn {

const char* const unlock_schema_sql = R"(
CREATE TABLE unlock_records(
    device BLOB PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    verifier BLOB,
    secret BLOB,
    pending_verifier BLOB,
    pending_secret BLOB,
    wrong_tries INTEGER NOT NULL
) STRICT;
CREATE TABLE order_answers(
    device BLOB NOT NULL,
    statement BLOB NOT NULL,
    outcome INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY(device, statement)
) STRICT, WITHOUT ROWID;
)";

namespace {

constexpr const char* find_by_device_sql =
    "SELECT device, token_hash, wrong_tries, verifier, secret, pending_verifier, pending_secret "
    "FROM unlock_records WHERE device = ?";
constexpr const char* find_by_token_sql =
    "SELECT device, token_hash, wrong_tries, verifier, secret, pending_verifier, pending_secret "
    "FROM unlock_records WHERE token_hash = ?";

template <class Secret>
Result<Secret> secret_in(ByteView bytes) {
    if (bytes.size() != Secret::size) return fail(Errc::malformed, "unlock record");
    return Secret::from(bytes.first<Secret::size>());
}

/// Columns `at` and `at` + 1; empty where there is none.
Result<std::optional<UnlockRecord::Slot>> slot_in(const Query& row, int at) {
    if (row.blob(at).empty()) return std::nullopt;
    UnlockRecord::Slot slot;
    slot.verifier = SAMSYN_TRY(secret_in<PinVerifier>(row.blob(at)));
    slot.secret = SAMSYN_TRY(secret_in<PinSecret>(row.blob(at + 1)));
    return slot;
}

Result<std::optional<UnlockRecord>> record_in(Query& query) {
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    UnlockRecord record;
    record.device = SAMSYN_TRY(query.id<DeviceId>(0));
    record.token_hash = SAMSYN_TRY(query.id<Hash>(1));
    record.wrong_tries = static_cast<std::uint32_t>(query.number(2));
    record.current = SAMSYN_TRY(slot_in(query, 3));
    record.pending = SAMSYN_TRY(slot_in(query, 5));
    return record;
}

}  // namespace

Result<std::optional<UnlockRecord>> SqliteUnlockRecords::find(const DeviceId& device) {
    auto query = SAMSYN_TRY(db_.query(find_by_device_sql));
    query.bind(device);
    return record_in(query);
}

Result<std::optional<UnlockRecord>> SqliteUnlockRecords::find_by_token(const Hash& token_hash) {
    auto query = SAMSYN_TRY(db_.query(find_by_token_sql));
    query.bind(token_hash);
    return record_in(query);
}

Result<void> SqliteUnlockRecords::put(const UnlockRecord& record) {
    const auto holder = SAMSYN_TRY(find_by_token(record.token_hash));
    if (holder && holder->device != record.device)
        return fail(Errc::conflict, "token of another device");
    auto query = SAMSYN_TRY(
        db_.query("INSERT INTO unlock_records(device, token_hash, wrong_tries, verifier, secret, "
                  "pending_verifier, pending_secret) VALUES(?, ?, ?, ?, ?, ?, ?) "
                  "ON CONFLICT(device) DO UPDATE SET token_hash = excluded.token_hash, "
                  "wrong_tries = excluded.wrong_tries, verifier = excluded.verifier, "
                  "secret = excluded.secret, pending_verifier = excluded.pending_verifier, "
                  "pending_secret = excluded.pending_secret"));
    query.bind(record.device).bind(record.token_hash).bind_number(record.wrong_tries);
    for (const auto* const slot : {&record.current, &record.pending}) {
        if (*slot)
            query.bind((*slot)->verifier.view()).bind((*slot)->secret.view());
        else
            query.bind_null().bind_null();
    }
    return query.run();
}

Result<void> SqliteUnlockRecords::put_order_answer(const DeviceId& device,
                                                   const OrderAnswer& answer,
                                                   Instant at) {
    auto query = SAMSYN_TRY(
        db_.query("INSERT INTO order_answers(device, statement, outcome, time) VALUES(?, ?, ?, ?) "
                  "ON CONFLICT(device, statement) DO UPDATE SET outcome = excluded.outcome, "
                  "time = excluded.time"));
    query.bind(device)
        .bind(answer.order)
        .bind(static_cast<std::int64_t>(answer.outcome))
        .bind(static_cast<std::int64_t>(at.time_since_epoch().count()));
    return query.run();
}

Result<std::vector<OrderAnswer>> SqliteUnlockRecords::order_answers(const DeviceId& device) {
    auto query =
        SAMSYN_TRY(db_.query("SELECT statement, outcome FROM order_answers WHERE device = ?"));
    query.bind(device);
    std::vector<OrderAnswer> answers;
    while (SAMSYN_TRY(query.step())) {
        if (query.number(1) < 0 || query.number(1) > static_cast<std::int64_t>(OrderOutcome::last))
            return fail(Errc::malformed, "order answer");
        answers.push_back(
            {SAMSYN_TRY(query.id<StatementId>(0)), static_cast<OrderOutcome>(query.number(1))});
    }
    return answers;
}

}  // namespace samsyn
