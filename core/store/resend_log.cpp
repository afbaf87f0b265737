#include "core/store/resend_log.hpp"

#include "core/store/rows.hpp"

namespace samsyn {

namespace {

// Statements (0) are kept by themselves; escrow is gone from here once it is taken.
#define SAMSYN_KEPT "outcome IN (0, 1) AND kind IN (1, 2, 3)"

static_assert(static_cast<int>(AnswerOutcome::stored) == 0);
static_assert(static_cast<int>(AnswerOutcome::duplicate) == 1);
static_assert(static_cast<int>(EntryKind::packet) == 1);
static_assert(static_cast<int>(EntryKind::supplement) == 2);
static_assert(static_cast<int>(EntryKind::batch) == 3);

constexpr std::size_t sql_rows_max = 1'000'000;

Result<EntryKind> kept_kind(const Query& query, int column) {
    constexpr auto last = static_cast<std::int64_t>(EntryKind::batch);
    return static_cast<EntryKind>(
        SAMSYN_TRY(number_within(query.number(column), last, "stored kind")));
}

}  // namespace

Result<std::vector<KeptEntry>> ResendLog::without_receipt(std::uint64_t counter,
                                                          std::size_t count_max) {
    Query query = SAMSYN_TRY(
        database_.query("SELECT counter, kind, bytes FROM outgoing WHERE " SAMSYN_KEPT
                        " AND log_row IS NULL AND counter > ? ORDER BY counter LIMIT ?"));
    query.bind_number(counter).bind_number(std::min(count_max, sql_rows_max));
    std::vector<KeptEntry> entries;
    while (SAMSYN_TRY(query.step())) {
        KeptEntry entry;
        entry.counter = static_cast<std::uint64_t>(query.number(0));
        entry.kind = SAMSYN_TRY(kept_kind(query, 1));
        entry.bytes = to_bytes(query.blob(2));
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<void> ResendLog::put_receipt(std::uint64_t counter, std::uint64_t row, ByteView receipt) {
    Query query = SAMSYN_TRY(
        database_.query("UPDATE outgoing SET log_row = ?, receipt = ? WHERE counter = ?"));
    return query.bind_number(row).bind(receipt).bind_number(counter).run();
}

Result<void> ResendLog::drop_backed_up(std::uint64_t size) {
    Query query =
        SAMSYN_TRY(database_.query("DELETE FROM outgoing WHERE " SAMSYN_KEPT " AND log_row < ?"));
    return query.bind_number(size).run();
}

Result<void> ResendLog::drop_older(Instant since) {
    Query query =
        SAMSYN_TRY(database_.query("DELETE FROM outgoing WHERE " SAMSYN_KEPT " AND made < ?"));
    return query.bind(std::int64_t{since.time_since_epoch().count()}).run();
}

Result<void> ResendLog::queue_all(std::uint64_t size) {
    SAMSYN_TRY(database_.exec("DELETE FROM resends"));
    SAMSYN_TRY(
        database_.exec("INSERT INTO resends(kind, counter, statement) "
                       "SELECT 0, 0, id FROM statements ORDER BY arrival"));
    {
        Query query = SAMSYN_TRY(database_.query(
            "INSERT INTO resends(kind, counter) SELECT kind, counter FROM outgoing "
            "WHERE " SAMSYN_KEPT " AND (log_row IS NULL OR log_row >= ?) ORDER BY counter"));
        SAMSYN_TRY(query.bind_number(size).run());
    }
    // Where they will stand in the new log is asked anew; the old receipt stays until then.
    Query query = SAMSYN_TRY(database_.query("UPDATE outgoing SET log_row = NULL WHERE " SAMSYN_KEPT
                                             " AND log_row >= ?"));
    return query.bind_number(size).run();
}

Result<std::vector<QueuedResend>> ResendLog::queued_after(std::uint64_t place,
                                                          std::size_t bytes_max) {
    Query query = SAMSYN_TRY(database_.query(
        "SELECT r.place, r.kind, r.counter, coalesce(s.bytes, o.bytes), o.receipt FROM resends r "
        "LEFT JOIN statements s ON s.id = r.statement "
        "LEFT JOIN outgoing o ON r.kind > 0 AND o.counter = r.counter "
        "WHERE r.place > ? AND coalesce(s.bytes, o.bytes) IS NOT NULL ORDER BY r.place"));
    query.bind_number(place);
    std::vector<QueuedResend> queued;
    std::size_t bytes = 0;
    while (SAMSYN_TRY(query.step())) {
        bytes += query.blob(3).size() + query.blob(4).size();
        if (!queued.empty() && bytes > bytes_max) break;
        QueuedResend one;
        one.place = static_cast<std::uint64_t>(query.number(0));
        one.kind = SAMSYN_TRY(kept_kind(query, 1));
        one.counter = static_cast<std::uint64_t>(query.number(2));
        one.bytes = to_bytes(query.blob(3));
        one.receipt = to_bytes(query.blob(4));
        queued.push_back(std::move(one));
    }
    return queued;
}

Result<std::uint64_t> ResendLog::queued_count() {
    Query query = SAMSYN_TRY(database_.query("SELECT count(*) FROM resends"));
    if (!SAMSYN_TRY(query.step())) return 0;
    return static_cast<std::uint64_t>(query.number(0));
}

Result<std::uint64_t> ResendLog::kept_count() {
    Query query = SAMSYN_TRY(database_.query("SELECT count(*) FROM outgoing WHERE " SAMSYN_KEPT));
    if (!SAMSYN_TRY(query.step())) return 0;
    return static_cast<std::uint64_t>(query.number(0));
}

Result<void> ResendLog::settle(std::uint64_t place) {
    Query query = SAMSYN_TRY(database_.query("DELETE FROM resends WHERE place = ?"));
    return query.bind_number(place).run();
}

Result<std::uint64_t> ResendLog::put_off(std::uint64_t place, bool last) {
    std::uint64_t next = place;
    if (last) {
        Query query = SAMSYN_TRY(database_.query("SELECT max(place) FROM resends"));
        if (SAMSYN_TRY(query.step())) next = static_cast<std::uint64_t>(query.number(0)) + 1;
    }
    {
        Query query = SAMSYN_TRY(
            database_.query("UPDATE resends SET tries = tries + 1, place = ? WHERE place = ?"));
        SAMSYN_TRY(query.bind_number(next).bind_number(place).run());
    }
    Query query = SAMSYN_TRY(database_.query("DELETE FROM resends WHERE place = ? AND tries >= ?"));
    SAMSYN_TRY(query.bind_number(next).bind(std::int64_t{resend_tries_max}).run());
    return next;
}

#undef SAMSYN_KEPT

}  // namespace samsyn
