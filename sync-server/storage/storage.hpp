#pragma once

#include "core/model/change.hpp"
#include "core/vfs/sealed_vfs.hpp"
#include "core/wire/messages.hpp"
#include "sync-server/storage/attachment_records.hpp"
#include "sync-server/storage/fleet_records.hpp"
#include "sync-server/storage/log_records.hpp"
#include "sync-server/storage/unlock_records.hpp"

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace samsyn {

/// One accepted entry as the server keeps it.
struct LogEntry {
    Channel channel;
    EntryNumber number = 0;
    EntryKind kind{};
    Hash hash;  ///< id of the statement, packet, supplement or batch
    DeviceId author;
    std::uint64_t counter = 0;
    EpochId epoch;  ///< for batches; none otherwise
    Bytes bytes;
};

/// What the server remembers of a device's counters: the greatest, and what is missing below it.
struct CounterState {
    std::uint64_t greatest = 0;
    std::vector<std::uint64_t> gaps;  ///< ascending, at most 256; older gaps count as never coming
};

/// What an accepted change said about one field of one item: that this version of it was written,
/// or that it was replaced.
struct WriteRecord {
    enum class Kind : std::uint8_t { written, replaced };

    ItemId item;
    FieldNumber field{};
    Kind kind{};
    Version version;
};

/// A consistent copy of a storage that goes on being written, made in steps (see `DatabaseCopy`).
/// Belongs to the storage's thread, which must outlive it.
class StorageCopy {
public:
    virtual ~StorageCopy() = default;

    /// At most so many pages, between two groups. True when all is there; then the copy is of this
    /// moment. Errors: those of `Storage`; then what was copied is to be thrown away.
    virtual Result<bool> step(int pages) = 0;

    /// Puts all of it into the file, durably; once `step` was true, on any thread. Until then
    /// nothing is synced, so that whoever waits for the storage's thread does not wait for the
    /// disk.
    virtual Result<void> finish() = 0;

    /// How much is done, of how much; in pages.
    virtual std::pair<int, int> progress() const = 0;
};

/// The server's durable state, one engine behind one interface (SQLite now, PostgreSQL later).
///
/// Belongs to one thread. Writes happen between `begin` and `commit`; the hub groups many sessions'
/// pushes in one transaction and answers only after `commit` returned. Errors: `storage_failed`,
/// `disk_full`, `conflict` (held by another process), `newer_format`, `malformed` (damaged).
class Storage {
public:
    virtual ~Storage() = default;

    virtual Result<void> begin() = 0;
    virtual Result<void> commit() = 0;
    virtual void rollback() = 0;

    /// Appends with the next number of its channel, which is returned.
    virtual Result<EntryNumber> append(const LogEntry& entry) = 0;

    /// The entry with this hash, if it is stored. Without its bytes.
    virtual Result<std::optional<LogEntry>> find(const Hash& hash) = 0;

    /// Which hash a device used this counter for; none if it never came.
    virtual Result<std::optional<Hash>> hash_at(const DeviceId& device, std::uint64_t counter) = 0;

    /// Records counter and hash of anything offered, refused ones too.
    virtual Result<void> record_offer(const DeviceId& device,
                                      std::uint64_t counter,
                                      const Hash& hash) = 0;
    virtual Result<CounterState> counters(const DeviceId& device) = 0;

    /// Entries of a channel after `after` in order, until `bytes_max` is reached (at least one).
    virtual Result<std::vector<LogEntry>> read(const Channel& channel,
                                               EntryNumber after,
                                               std::size_t bytes_max) = 0;
    virtual Result<EntryNumber> last_number(const Channel& channel) = 0;

    /// Keeps something that may not take effect now (DESIGN.md, "Escrow").
    virtual Result<void> put_escrow(const LogEntry& entry, const Error& why) = 0;

    /// Every statement and packet in order of acceptance: how the hub starts.
    virtual Result<void> for_each(EntryKind kind,
                                  const std::function<Result<void>(const LogEntry&)>& visit) = 0;

    /// What is recorded already is left as it is.
    virtual Result<void> put_write(const WriteRecord& write) = 0;
    virtual Result<bool> has_write(const WriteRecord& write) = 0;

    /// Unlock tokens, PINs' verifiers and secrets, answers to orders. As long as the storage.
    virtual UnlockRecords& unlocks() = 0;

    /// Last contacts and reports of devices. As long as the storage.
    virtual FleetRecords& fleet() = 0;

    /// Attached files. As long as the storage.
    virtual AttachmentRecords& attachments() = 0;

    /// The access log. As long as the storage.
    virtual LogRecords& log() = 0;

    /// How many entries of a kind there are.
    virtual Result<std::uint64_t> count(EntryKind kind) = 0;

    /// Where in the access log it stands that the entry was taken.
    virtual Result<void> put_log_row(const Hash& entry, std::uint64_t row) = 0;

    /// None where the entry is not here, or was taken in a row that nobody noted.
    virtual Result<std::optional<std::uint64_t>> log_row(const Hash& entry) = 0;

    /// Begins a copy into a new database `folder`/samsyn-server.db, sealed by `pages`, which must
    /// outlive it. Errors: also `invalid_argument` where the engine cannot.
    virtual Result<std::unique_ptr<StorageCopy>> copy_to(const std::filesystem::path& folder,
                                                         PageCipher& pages) = 0;

    virtual Result<void> put_value(std::string_view key, ByteView value) = 0;
    virtual Result<std::optional<Bytes>> value(std::string_view key) = 0;
};

/// The SQLite engine's files in a folder: the database, and its two tables of pages. While it is
/// open there may be more that begin as the first does.
inline constexpr std::array<std::string_view, 3> storage_file_names{
    "samsyn-server.db", "samsyn-server.db-pages0", "samsyn-server.db-pages1"};

/// Bytes of all of them, for somebody who watches; those that cannot be read count for nothing.
std::uint64_t storage_bytes(const std::filesystem::path& folder);

/// Opens or makes the SQLite engine in `folder`/samsyn-server.db, sealed by `pages`, which must
/// outlive it. Errors: those of `Database`.
Result<std::unique_ptr<Storage>> open_sqlite_storage(const std::filesystem::path& folder,
                                                     PageCipher& pages,
                                                     DatabaseMode mode);

/// The version that this program writes.
extern const int storage_version;

/// The version of the engine's file, which is not migrated. Errors: those of `Database`.
Result<int> read_storage_version(const std::filesystem::path& folder, PageCipher& pages);

/// The same engine without a file, for tests and simulation.
Result<std::unique_ptr<Storage>> open_memory_storage();

}  // namespace samsyn
