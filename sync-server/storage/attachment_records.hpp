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

    /// The whole file; none while nobody has sent all of it.
    virtual Result<std::optional<AttachmentRecord>> find_whole(const AttachmentPlace& place) = 0;

    /// What this device has sent of it so far. Each has its own: nobody spoils another's.
    virtual Result<std::optional<AttachmentRecord>> find_begun(const AttachmentPlace& place,
                                                               const DeviceId& by) = 0;

    /// Begins a file of which this device has sent nothing.
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

    /// It is not found any more. Its bytes go by and by: `reap`.
    virtual Result<void> erase(const AttachmentRecord& record) = 0;

    /// Removes a few bytes of what was erased, so many that nobody waits for it.
    virtual Result<void> reap() = 0;
    virtual Result<bool> has_erased() = 0;  ///< of which something is still here

    /// How many that are not whole a device has begun.
    virtual Result<std::uint64_t> unfinished_of(const DeviceId& by) = 0;

    /// Erases those that are not whole and got nothing since.
    virtual Result<void> erase_unfinished(Instant since) = 0;
};

}  // namespace samsyn
