#pragma once

#include "core/store/sealed_chunks.hpp"
#include "sync-server/storage/attachment_records.hpp"

namespace samsyn {

/// The tables of attached files, version 7 of the server's database.
extern const char* const attachment_schema_sql;

/// `AttachmentRecords` in SQLite. The database must outlive it.
class SqliteAttachmentRecords final : public AttachmentRecords {
public:
    explicit SqliteAttachmentRecords(Database& db) : db_(db), chunks_(db) {}

    Result<std::optional<AttachmentRecord>> find_whole(const AttachmentPlace& place) override;
    Result<std::optional<AttachmentRecord>> find_begun(const AttachmentPlace& place,
                                                       const DeviceId& by) override;
    Result<AttachmentRecord> begin(const AttachmentPlace& place,
                                   std::uint64_t size,
                                   const DeviceId& by,
                                   Instant now) override;
    Result<void> append(AttachmentRecord& record,
                        ByteView bytes,
                        Instant now,
                        const Hasher& hasher) override;
    Result<AttachmentId> id_of(const AttachmentRecord& record, const Hasher& hasher) override;
    Result<void> set_whole(AttachmentRecord& record) override;
    Result<Bytes> read(const AttachmentRecord& record,
                       std::uint64_t offset,
                       std::size_t bytes_max) override;
    Result<void> erase(const AttachmentRecord& record) override;
    Result<void> reap() override;
    Result<bool> has_erased() override;
    Result<std::uint64_t> unfinished_of(const DeviceId& by) override;
    Result<void> erase_unfinished(Instant since) override;

private:
    Database& db_;
    SealedChunks chunks_;
};

}  // namespace samsyn
