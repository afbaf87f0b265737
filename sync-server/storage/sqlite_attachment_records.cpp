#include "sync-server/storage/sqlite_attachment_records.hpp"

#include <utility>

namespace samsyn {

// `state`: 0 begun, 1 whole, 2 erased. `changed`: when the last bytes came, in milliseconds since
// 1970. A number is never used again: chunks go by it.
const char* const attachment_schema_sql = R"(
CREATE TABLE attachments(
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    compartment BLOB NOT NULL,
    id BLOB NOT NULL,
    size INTEGER NOT NULL,
    have INTEGER NOT NULL,
    state INTEGER NOT NULL,
    author BLOB NOT NULL,
    changed INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX attachments_whole ON attachments(compartment, id) WHERE state = 1;
CREATE UNIQUE INDEX attachments_begun ON attachments(author, compartment, id) WHERE state = 0;
CREATE INDEX attachments_erased ON attachments(number) WHERE state = 2;
CREATE TABLE sealed_chunks(
    place INTEGER PRIMARY KEY,
    hash BLOB,
    bytes BLOB NOT NULL
) STRICT;
)";

namespace {

constexpr int chunks_reaped = 16;  // at a time: a mebibyte

std::int64_t attachment_time(Instant at) {
    return static_cast<std::int64_t>(at.time_since_epoch().count());
}

Result<std::optional<AttachmentRecord>> read_record(Query query) {
    if (!SAMSYN_TRY(query.step())) return std::optional<AttachmentRecord>{};
    AttachmentRecord record;
    record.number = query.number(0);
    record.size = static_cast<std::uint64_t>(query.number(1));
    record.have = static_cast<std::uint64_t>(query.number(2));
    record.whole = query.number(3) == 1;
    if (record.have > record.size) return fail(Errc::malformed, "record of an attachment");
    return std::optional{record};
}

}  // namespace

Result<std::optional<AttachmentRecord>> SqliteAttachmentRecords::find_whole(
    const AttachmentPlace& place) {
    Query query =
        SAMSYN_TRY(db_.query("SELECT number, size, have, state FROM attachments "
                             "WHERE compartment = ? AND id = ? AND state = 1"));
    query.bind(place.compartment).bind(place.attachment);
    return read_record(std::move(query));
}

Result<std::optional<AttachmentRecord>> SqliteAttachmentRecords::find_begun(
    const AttachmentPlace& place, const DeviceId& by) {
    Query query =
        SAMSYN_TRY(db_.query("SELECT number, size, have, state FROM attachments "
                             "WHERE author = ? AND compartment = ? AND id = ? AND state = 0"));
    query.bind(by).bind(place.compartment).bind(place.attachment);
    return read_record(std::move(query));
}

Result<AttachmentRecord> SqliteAttachmentRecords::begin(const AttachmentPlace& place,
                                                        std::uint64_t size,
                                                        const DeviceId& by,
                                                        Instant now) {
    {
        Query put = SAMSYN_TRY(db_.query(
            "INSERT INTO attachments(compartment, id, size, have, state, author, changed) "
            "VALUES(?, ?, ?, 0, 0, ?, ?)"));
        put.bind(place.compartment).bind(place.attachment).bind_number(size).bind(by);
        SAMSYN_TRY(put.bind(attachment_time(now)).run());
    }
    const auto begun = SAMSYN_TRY(find_begun(place, by));
    SAMSYN_ASSERT(begun);
    return *begun;
}

Result<void> SqliteAttachmentRecords::append(AttachmentRecord& record,
                                             ByteView bytes,
                                             Instant now,
                                             const Hasher& hasher) {
    SAMSYN_TRY(chunks_.append(record.number, record.have, record.size, bytes, hasher));
    record.have += bytes.size();
    Query put =
        SAMSYN_TRY(db_.query("UPDATE attachments SET have = ?, changed = ? WHERE number = ?"));
    return put.bind_number(record.have).bind(attachment_time(now)).bind(record.number).run();
}

Result<AttachmentId> SqliteAttachmentRecords::id_of(const AttachmentRecord& record,
                                                    const Hasher& hasher) {
    return chunks_.id_of(record.number, record.size, hasher);
}

Result<void> SqliteAttachmentRecords::set_whole(AttachmentRecord& record) {
    record.whole = true;
    Query put = SAMSYN_TRY(db_.query("UPDATE attachments SET state = 1 WHERE number = ?"));
    return put.bind(record.number).run();
}

Result<Bytes> SqliteAttachmentRecords::read(const AttachmentRecord& record,
                                            std::uint64_t offset,
                                            std::size_t bytes_max) {
    return chunks_.read(record.number, offset, bytes_max);
}

Result<void> SqliteAttachmentRecords::erase(const AttachmentRecord& record) {
    Query gone = SAMSYN_TRY(db_.query("UPDATE attachments SET state = 2 WHERE number = ?"));
    return gone.bind(record.number).run();
}

Result<void> SqliteAttachmentRecords::reap() {
    std::int64_t number = 0;
    {
        Query query = SAMSYN_TRY(
            db_.query("SELECT number FROM attachments WHERE state = 2 ORDER BY number LIMIT 1"));
        if (!SAMSYN_TRY(query.step())) return {};
        number = query.number(0);
    }
    if (SAMSYN_TRY(chunks_.erase_some(number, chunks_reaped))) return {};
    Query gone = SAMSYN_TRY(db_.query("DELETE FROM attachments WHERE number = ?"));
    return gone.bind(number).run();
}

Result<bool> SqliteAttachmentRecords::has_erased() {
    return SAMSYN_TRY(db_.query("SELECT 1 FROM attachments WHERE state = 2 LIMIT 1")).step();
}

Result<std::uint64_t> SqliteAttachmentRecords::unfinished_of(const DeviceId& by) {
    Query query =
        SAMSYN_TRY(db_.query("SELECT count(*) FROM attachments WHERE author = ? AND state = 0"));
    if (!SAMSYN_TRY(query.bind(by).step())) return fail(Errc::malformed, "count");
    return static_cast<std::uint64_t>(query.number(0));
}

Result<void> SqliteAttachmentRecords::erase_unfinished(Instant since) {
    Query query =
        SAMSYN_TRY(db_.query("UPDATE attachments SET state = 2 WHERE state = 0 AND changed < ?"));
    return query.bind(attachment_time(since)).run();
}

}  // namespace samsyn
