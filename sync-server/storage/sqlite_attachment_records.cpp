#include "sync-server/storage/sqlite_attachment_records.hpp"

#include <vector>

namespace samsyn {

// `changed`: when the last bytes came, in milliseconds since 1970.
const char* const attachment_schema_sql = R"(
CREATE TABLE attachments(
    number INTEGER PRIMARY KEY,
    compartment BLOB NOT NULL,
    id BLOB NOT NULL,
    size INTEGER NOT NULL,
    have INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    author BLOB NOT NULL,
    changed INTEGER NOT NULL,
    UNIQUE(compartment, id)
) STRICT;
CREATE INDEX attachments_unfinished ON attachments(author) WHERE whole = 0;
CREATE TABLE sealed_chunks(
    place INTEGER PRIMARY KEY,
    hash BLOB,
    bytes BLOB NOT NULL
) STRICT;
)";

namespace {

std::int64_t attachment_time(Instant at) {
    return static_cast<std::int64_t>(at.time_since_epoch().count());
}

}  // namespace

Result<std::optional<AttachmentRecord>> SqliteAttachmentRecords::find(
    const AttachmentPlace& place) {
    Query query =
        SAMSYN_TRY(db_.query("SELECT number, size, have, whole FROM attachments "
                             "WHERE compartment = ? AND id = ?"));
    if (!SAMSYN_TRY(query.bind(place.compartment).bind(place.attachment).step()))
        return std::optional<AttachmentRecord>{};
    AttachmentRecord record;
    record.number = query.number(0);
    record.size = static_cast<std::uint64_t>(query.number(1));
    record.have = static_cast<std::uint64_t>(query.number(2));
    record.whole = query.number(3) != 0;
    if (record.have > record.size) return fail(Errc::malformed, "record of an attachment");
    return std::optional{record};
}

Result<AttachmentRecord> SqliteAttachmentRecords::begin(const AttachmentPlace& place,
                                                        std::uint64_t size,
                                                        const DeviceId& by,
                                                        Instant now) {
    {
        Query put = SAMSYN_TRY(db_.query(
            "INSERT INTO attachments(compartment, id, size, have, whole, author, changed) "
            "VALUES(?, ?, ?, 0, 0, ?, ?)"));
        put.bind(place.compartment).bind(place.attachment).bind_number(size).bind(by);
        SAMSYN_TRY(put.bind(attachment_time(now)).run());
    }
    const auto begun = SAMSYN_TRY(find(place));
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
    Query put = SAMSYN_TRY(db_.query("UPDATE attachments SET whole = 1 WHERE number = ?"));
    return put.bind(record.number).run();
}

Result<Bytes> SqliteAttachmentRecords::read(const AttachmentRecord& record,
                                            std::uint64_t offset,
                                            std::size_t bytes_max) {
    return chunks_.read(record.number, offset, bytes_max);
}

Result<void> SqliteAttachmentRecords::erase(const AttachmentRecord& record) {
    SAMSYN_TRY(chunks_.erase(record.number));
    Query gone = SAMSYN_TRY(db_.query("DELETE FROM attachments WHERE number = ?"));
    return gone.bind(record.number).run();
}

Result<std::uint64_t> SqliteAttachmentRecords::unfinished_of(const DeviceId& by) {
    Query query =
        SAMSYN_TRY(db_.query("SELECT count(*) FROM attachments WHERE author = ? AND whole = 0"));
    if (!SAMSYN_TRY(query.bind(by).step())) return fail(Errc::malformed, "count");
    return static_cast<std::uint64_t>(query.number(0));
}

Result<void> SqliteAttachmentRecords::erase_unfinished(Instant since) {
    std::vector<AttachmentRecord> old;
    {
        Query query =
            SAMSYN_TRY(db_.query("SELECT number FROM attachments WHERE whole = 0 AND changed < ?"));
        query.bind(attachment_time(since));
        while (SAMSYN_TRY(query.step())) old.push_back({.number = query.number(0)});
    }
    for (const AttachmentRecord& record : old) SAMSYN_TRY(erase(record));
    return {};
}

}  // namespace samsyn
