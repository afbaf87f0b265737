#include "core/store/read_log.hpp"

namespace samsyn {

Result<void> ReadLog::append(ReadEntry entry, const Hasher& hasher) {
    {
        auto query = SAMSYN_TRY(
            db_.query("SELECT sequence, hash FROM reads ORDER BY sequence DESC LIMIT 1"));
        entry.sequence = 1;
        entry.previous = {};
        if (SAMSYN_TRY(query.step())) {
            entry.sequence = static_cast<std::uint64_t>(query.number(0)) + 1;
            entry.previous = SAMSYN_TRY(query.id<Hash>(1));
        }
    }
    const Bytes bytes = encode_read_entry(entry);
    auto query = SAMSYN_TRY(
        db_.query("INSERT INTO reads(sequence, case_id, entry, hash) VALUES(?, ?, ?, ?)"));
    const Hash hash = read_entry_hash(bytes, hasher);
    query.bind_number(entry.sequence).bind(entry.case_id).bind(ByteView{bytes}).bind(hash);
    return query.run();
}

Result<std::vector<Bytes>> ReadLog::waiting(std::size_t count_max, std::size_t bytes_max) {
    auto query = SAMSYN_TRY(
        db_.query("SELECT entry FROM reads WHERE acknowledged IS NULL ORDER BY sequence LIMIT ?"));
    query.bind(static_cast<std::int64_t>(count_max));
    std::vector<Bytes> entries;
    std::size_t bytes = 0;
    while (SAMSYN_TRY(query.step())) {
        bytes += query.blob(0).size() + sizeof(std::uint32_t);
        if (!entries.empty() && bytes > bytes_max) break;
        entries.push_back(to_bytes(query.blob(0)));
    }
    return entries;
}

Result<std::uint64_t> ReadLog::waiting_count() {
    auto query = SAMSYN_TRY(db_.query("SELECT count(*) FROM reads WHERE acknowledged IS NULL"));
    if (!SAMSYN_TRY(query.step())) return 0;
    return static_cast<std::uint64_t>(query.number(0));
}

Result<void> ReadLog::acknowledge(std::uint64_t last, Instant at) {
    {
        auto query = SAMSYN_TRY(db_.query(
            "UPDATE reads SET acknowledged = ? WHERE sequence <= ? AND acknowledged IS NULL"));
        query.bind(at.time_since_epoch().count()).bind_number(last);
        SAMSYN_TRY(query.run());
    }
    if (last <= reads_kept_max) return {};
    auto query =
        SAMSYN_TRY(db_.query("DELETE FROM reads WHERE sequence <= ? AND acknowledged IS NOT NULL"));
    query.bind_number(last - reads_kept_max);
    return query.run();
}

Result<std::vector<StoredRead>> ReadLog::of_case(const CaseId& case_id, std::size_t count_max) {
    auto query =
        SAMSYN_TRY(db_.query("SELECT entry, hash, acknowledged FROM reads WHERE case_id = ? "
                             "ORDER BY sequence DESC LIMIT ?"));
    query.bind(case_id).bind(static_cast<std::int64_t>(count_max));
    std::vector<StoredRead> reads;
    while (SAMSYN_TRY(query.step())) {
        StoredRead read;
        read.entry = SAMSYN_TRY(decode_read_entry(query.blob(0)));
        read.hash = SAMSYN_TRY(query.id<Hash>(1));
        if (!query.is_null(2))
            read.acknowledged = Instant{std::chrono::milliseconds{query.number(2)}};
        reads.push_back(std::move(read));
    }
    return reads;
}

Result<std::optional<SignedCheckpoint>> ReadLog::checkpoint() {
    auto query = SAMSYN_TRY(db_.query("SELECT checkpoint FROM log_checkpoint"));
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    return SAMSYN_TRY(decode_checkpoint(query.blob(0)));
}

Result<void> ReadLog::put_checkpoint(const SignedCheckpoint& checkpoint) {
    const Bytes bytes = encode_checkpoint(checkpoint);
    auto query =
        SAMSYN_TRY(db_.query("INSERT INTO log_checkpoint(id, checkpoint) VALUES(1, ?) "
                             "ON CONFLICT(id) DO UPDATE SET checkpoint = excluded.checkpoint"));
    query.bind(ByteView{bytes});
    return query.run();
}

Result<void> ReadLog::put_evidence(const LogEvidence& evidence) {
    const Bytes held = encode_checkpoint(evidence.held);
    const Bytes shown = encode_checkpoint(evidence.shown);
    // The time that the server signs may be new each time it says the same.
    auto query = SAMSYN_TRY(
        db_.query("INSERT INTO log_evidence(at, size, root, held, shown) "
                  "SELECT ?1, ?2, ?3, ?4, ?5 WHERE (SELECT count(*) FROM log_evidence) < ?6 "
                  "AND NOT EXISTS(SELECT 1 FROM log_evidence WHERE size = ?2 AND root = ?3 "
                  "AND held = ?4)"));
    query.bind(evidence.at.time_since_epoch().count())
        .bind_number(evidence.shown.checkpoint.tree.size)
        .bind(evidence.shown.checkpoint.tree.root)
        .bind(ByteView{held})
        .bind(ByteView{shown})
        .bind(log_evidence_max);
    return query.run();
}

Result<std::vector<LogEvidence>> ReadLog::evidence() {
    auto query = SAMSYN_TRY(db_.query("SELECT at, held, shown FROM log_evidence ORDER BY id"));
    std::vector<LogEvidence> all;
    while (SAMSYN_TRY(query.step())) {
        LogEvidence one;
        one.at = Instant{std::chrono::milliseconds{query.number(0)}};
        one.held = SAMSYN_TRY(decode_checkpoint(query.blob(1)));
        one.shown = SAMSYN_TRY(decode_checkpoint(query.blob(2)));
        all.push_back(one);
    }
    return all;
}

}  // namespace samsyn
