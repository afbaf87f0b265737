#pragma once

#include "core/base/ports.hpp"
#include "core/wire/attachment_messages.hpp"

#include <optional>

namespace samsyn {

/// An attached file as far as the server has it.
struct AttachmentRecord {
    std::int64_t number = 0;  ///< of the record
    std::uint64_t size = 0;
    std::uint64_t have = 0;  ///< bytes, from the first on
    bool whole = false;      ///< and verified against its id
    friend bool operator==(const AttachmentRecord&, const AttachmentRecord&) = default;
};

/// The part of the server's storage that holds attached files: sealed bytes by compartment. Same
/// thread, transactions and errors as `Storage`.
class AttachmentRecords {
public:
    virtual ~AttachmentRecords() = default;

    virtual Result<std::optional<AttachmentRecord>> find(const AttachmentPlace& place) = 0;

    /// Begins a file of which nothing is here.
    virtual Result<AttachmentRecord> begin(const AttachmentPlace& place,
                                           std::uint64_t size,
                                           const DeviceId& by,
                                           Instant now) = 0;

    /// Adds what comes next, not beyond the size.
    virtual Result<void> append(AttachmentRecord& record,
                                ByteView bytes,
                                Instant now,
                                const Hasher& hasher) = 0;

    /// What all the bytes of a file that is here to its end amount to.
    virtual Result<AttachmentId> id_of(const AttachmentRecord& record, const Hasher& hasher) = 0;
    virtual Result<void> set_whole(AttachmentRecord& record) = 0;

    /// At most so many bytes from `offset` on; perhaps fewer, but one at least if it is here.
    virtual Result<Bytes> read(const AttachmentRecord& record,
                               std::uint64_t offset,
                               std::size_t bytes_max) = 0;
    virtual Result<void> erase(const AttachmentRecord& record) = 0;

    /// How many that are not whole a device has begun.
    virtual Result<std::uint64_t> unfinished_of(const DeviceId& by) = 0;

    /// Erases those that are not whole and got nothing since.
    virtual Result<void> erase_unfinished(Instant since) = 0;
};

}  // namespace samsyn
