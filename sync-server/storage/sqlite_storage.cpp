#include "core/store/database.hpp"
#include "sync-server/storage/sqlite_attachment_records.hpp"
#include "sync-server/storage/sqlite_fleet_records.hpp"
#include "sync-server/storage/sqlite_log_records.hpp"
#include "sync-server/storage/sqlite_schema.hpp"
#include "sync-server/storage/sqlite_unlock_records.hpp"
#include "sync-server/storage/storage.hpp"

namespace samsyn {
namespace {

constexpr std::size_t gaps_max = 256;
constexpr std::size_t entry_overhead = 16;  // number, kind and length around each entry on the wire

/// In the order of the primary key of `item_writes`.
void bind(Query& query, const WriteRecord& write) {
    query.bind(write.item)
        .bind(static_cast<std::int64_t>(write.field))
        .bind(static_cast<std::int64_t>(write.kind))
        .bind_number(write.version.time.value)
        .bind(write.version.device);
}

Result<Channel> channel_of(ByteView name) {
    Reader in{name};
    auto channel = decode_channel(in);
    if (!channel) return fail(Errc::malformed, "channel name");
    if (!in.at_end()) return fail(Errc::malformed, "channel name");
    return channel;
}

/// Columns 0 to 5: number, kind, hash, author, counter, epoch.
Result<LogEntry> entry_of(const Query& row, Channel channel) {
    if (row.number(1) < 0 || row.number(1) > static_cast<std::int64_t>(EntryKind::last))
        return fail(Errc::malformed, "entry kind");
    LogEntry entry;
    entry.channel = channel;
    entry.number = static_cast<EntryNumber>(row.number(0));
    entry.kind = static_cast<EntryKind>(row.number(1));
    entry.hash = SAMSYN_TRY(row.id<Hash>(2));
    entry.author = SAMSYN_TRY(row.id<DeviceId>(3));
    entry.counter = static_cast<std::uint64_t>(row.number(4));
    entry.epoch = SAMSYN_TRY(row.id<EpochId>(5));
    return entry;
}

/// The engine for one process: all sessions share its one connection and one transaction.
class SqliteStorage final : public Storage {
public:
    static Result<std::unique_ptr<Storage>> open(Database db) {
        SAMSYN_TRY(migrate_storage(db));
        return std::unique_ptr<Storage>{new SqliteStorage{std::move(db)}};
    }

    Result<void> begin() override;
    Result<void> commit() override;

    void rollback() override { transaction_.reset(); }

    Result<EntryNumber> append(const LogEntry& entry) override;
    Result<std::optional<LogEntry>> find(const Hash& hash) override;
    Result<std::optional<Hash>> hash_at(const DeviceId& device, std::uint64_t counter) override;
    Result<void> record_offer(const DeviceId& device,
                              std::uint64_t counter,
                              const Hash& hash) override;
    Result<CounterState> counters(const DeviceId& device) override;
    Result<std::vector<LogEntry>> read(const Channel& channel,
                                       EntryNumber after,
                                       std::size_t bytes_max) override;
    Result<EntryNumber> last_number(const Channel& channel) override;
    Result<void> put_escrow(const LogEntry& entry, const Error& why) override;
    Result<void> for_each(EntryKind kind,
                          const std::function<Result<void>(const LogEntry&)>& visit) override;
    Result<void> put_write(const WriteRecord& write) override;
    Result<bool> has_write(const WriteRecord& write) override;

    UnlockRecords& unlocks() override { return unlocks_; }

    FleetRecords& fleet() override { return fleet_; }

    AttachmentRecords& attachments() override { return attachments_; }

    LogRecords& log() override { return log_; }

    Result<std::uint64_t> count(EntryKind kind) override;
    Result<void> put_log_row(const Hash& entry, std::uint64_t row) override;
    Result<std::optional<std::uint64_t>> log_row(const Hash& entry) override;
    Result<std::unique_ptr<StorageCopy>> copy_to(const std::filesystem::path& folder,
                                                 PageCipher& pages) override;

    Result<void> put_value(std::string_view key, ByteView value) override;
    Result<std::optional<Bytes>> value(std::string_view key) override;

private:
    explicit SqliteStorage(Database db) : db_(std::move(db)) {}

    struct ChannelRow {
        std::int64_t id = 0;
        EntryNumber last = 0;
    };

    Result<std::optional<ChannelRow>> find_channel(const Channel& channel);
    Result<ChannelRow> next_in_channel(const Channel& channel);
    Result<void> move_greatest(const DeviceId& device, std::uint64_t from, std::uint64_t to);

    Database db_;
    SqliteUnlockRecords unlocks_{db_};
    SqliteFleetRecords fleet_{db_};
    SqliteAttachmentRecords attachments_{db_};
    SqliteLogRecords log_{db_};
    std::optional<Transaction> transaction_;  // after db_: it rolls back before the close
};

Result<void> SqliteStorage::begin() {
    SAMSYN_ASSERT(!transaction_);
    auto transaction = SAMSYN_TRY(Transaction::begin(db_));
    transaction_.emplace(std::move(transaction));
    return {};
}

Result<void> SqliteStorage::commit() {
    SAMSYN_ASSERT(transaction_.has_value());
    const auto done = std::move(*transaction_).commit();
    transaction_.reset();  // a failed commit is undone here, so that nothing of it can stay
    return done;
}

Result<std::optional<SqliteStorage::ChannelRow>> SqliteStorage::find_channel(
    const Channel& channel) {
    const Bytes name = encode_channel(channel);
    auto query = SAMSYN_TRY(db_.query("SELECT id, last FROM channels WHERE name = ?"));
    query.bind(ByteView{name});
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    return ChannelRow{query.number(0), static_cast<EntryNumber>(query.number(1))};
}

Result<SqliteStorage::ChannelRow> SqliteStorage::next_in_channel(const Channel& channel) {
    const Bytes name = encode_channel(channel);
    auto query =
        SAMSYN_TRY(db_.query("INSERT INTO channels(name, last) VALUES(?, 1) "
                             "ON CONFLICT(name) DO UPDATE SET last = last + 1 RETURNING id, last"));
    query.bind(ByteView{name});
    if (!SAMSYN_TRY(query.step())) return fail(Errc::storage_failed, "channel number");
    const ChannelRow row{query.number(0), static_cast<EntryNumber>(query.number(1))};
    SAMSYN_TRY(query.run());
    return row;
}

Result<EntryNumber> SqliteStorage::append(const LogEntry& entry) {
    const ChannelRow channel = SAMSYN_TRY(next_in_channel(entry.channel));
    auto query = SAMSYN_TRY(
        db_.query("INSERT INTO entries(channel, number, kind, hash, author, counter, epoch, bytes) "
                  "VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
    query.bind(channel.id)
        .bind_number(channel.last)
        .bind(static_cast<std::int64_t>(entry.kind))
        .bind(entry.hash)
        .bind(entry.author)
        .bind_number(entry.counter)
        .bind(entry.epoch)
        .bind(ByteView{entry.bytes});
    SAMSYN_TRY(query.run());
    return channel.last;
}

Result<std::optional<LogEntry>> SqliteStorage::find(const Hash& hash) {
    auto query = SAMSYN_TRY(
        db_.query("SELECT e.number, e.kind, e.hash, e.author, e.counter, e.epoch, c.name "
                  "FROM entries e JOIN channels c ON c.id = e.channel WHERE e.hash = ?"));
    query.bind(hash);
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    const Channel channel = SAMSYN_TRY(channel_of(query.blob(6)));
    return SAMSYN_TRY(entry_of(query, channel));
}

Result<std::optional<Hash>> SqliteStorage::hash_at(const DeviceId& device, std::uint64_t counter) {
    auto query = SAMSYN_TRY(db_.query("SELECT hash FROM offers WHERE device = ? AND counter = ?"));
    query.bind(device).bind_number(counter);
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    return SAMSYN_TRY(query.id<Hash>(0));
}

Result<void> SqliteStorage::record_offer(const DeviceId& device,
                                         std::uint64_t counter,
                                         const Hash& hash) {
    {
        auto query = SAMSYN_TRY(
            db_.query("INSERT OR IGNORE INTO offers(device, counter, hash) VALUES(?, ?, ?)"));
        query.bind(device).bind_number(counter).bind(hash);
        SAMSYN_TRY(query.run());
    }
    std::uint64_t greatest = 0;
    {
        auto query = SAMSYN_TRY(db_.query("SELECT greatest FROM counters WHERE device = ?"));
        query.bind(device);
        if (SAMSYN_TRY(query.step())) greatest = static_cast<std::uint64_t>(query.number(0));
    }
    if (counter > greatest) return move_greatest(device, greatest, counter);
    auto query = SAMSYN_TRY(db_.query("DELETE FROM gaps WHERE device = ? AND counter = ?"));
    query.bind(device).bind_number(counter);
    return query.run();
}

Result<void> SqliteStorage::move_greatest(const DeviceId& device,
                                          std::uint64_t from,
                                          std::uint64_t to) {
    {
        auto query =
            SAMSYN_TRY(db_.query("INSERT INTO counters(device, greatest) VALUES(?, ?) "
                                 "ON CONFLICT(device) DO UPDATE SET greatest = excluded.greatest"));
        query.bind(device).bind_number(to);
        SAMSYN_TRY(query.run());
    }
    if (to == from + 1) return {};
    // A leap of any size costs at most 256 rows.
    const std::uint64_t first = to - from - 1 > gaps_max ? to - gaps_max : from + 1;
    for (std::uint64_t gap = first; gap < to; ++gap) {
        auto query = SAMSYN_TRY(db_.query("INSERT INTO gaps(device, counter) VALUES(?, ?)"));
        query.bind(device).bind_number(gap);
        SAMSYN_TRY(query.run());
    }
    auto query = SAMSYN_TRY(
        db_.query("DELETE FROM gaps WHERE device = ?1 AND counter NOT IN "
                  "(SELECT counter FROM gaps WHERE device = ?1 ORDER BY counter DESC LIMIT 256)"));
    query.bind(device);
    return query.run();
}

Result<CounterState> SqliteStorage::counters(const DeviceId& device) {
    CounterState state;
    {
        auto query = SAMSYN_TRY(db_.query("SELECT greatest FROM counters WHERE device = ?"));
        query.bind(device);
        if (!SAMSYN_TRY(query.step())) return state;
        state.greatest = static_cast<std::uint64_t>(query.number(0));
    }
    auto query =
        SAMSYN_TRY(db_.query("SELECT counter FROM gaps WHERE device = ? ORDER BY counter"));
    query.bind(device);
    while (SAMSYN_TRY(query.step()))
        state.gaps.push_back(static_cast<std::uint64_t>(query.number(0)));
    return state;
}

Result<std::vector<LogEntry>> SqliteStorage::read(const Channel& channel,
                                                  EntryNumber after,
                                                  std::size_t bytes_max) {
    std::vector<LogEntry> entries;
    const auto row = SAMSYN_TRY(find_channel(channel));
    if (!row || after >= row->last) return entries;
    auto query = SAMSYN_TRY(
        db_.query("SELECT number, kind, hash, author, counter, epoch, bytes FROM entries "
                  "WHERE channel = ? AND number > ? ORDER BY number"));
    query.bind(row->id).bind_number(after);
    std::size_t bytes = 0;
    while (SAMSYN_TRY(query.step())) {
        bytes += query.blob(6).size() + entry_overhead;
        if (!entries.empty() && bytes > bytes_max) break;
        LogEntry entry = SAMSYN_TRY(entry_of(query, channel));
        entry.bytes = to_bytes(query.blob(6));
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<EntryNumber> SqliteStorage::last_number(const Channel& channel) {
    const auto row = SAMSYN_TRY(find_channel(channel));
    return row ? row->last : 0;
}

Result<void> SqliteStorage::put_escrow(const LogEntry& entry, const Error& why) {
    const Bytes channel = encode_channel(entry.channel);
    // Offered again after a lost answer: it is there already.
    auto query =
        SAMSYN_TRY(db_.query("INSERT OR IGNORE INTO escrow"
                             "(hash, channel, kind, author, counter, epoch, bytes, why, context) "
                             "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    query.bind(entry.hash)
        .bind(ByteView{channel})
        .bind(static_cast<std::int64_t>(entry.kind))
        .bind(entry.author)
        .bind_number(entry.counter)
        .bind(entry.epoch)
        .bind(ByteView{entry.bytes})
        .bind(static_cast<std::int64_t>(why.code))
        .bind_text(why.context);
    return query.run();
}

Result<void> SqliteStorage::for_each(EntryKind kind,
                                     const std::function<Result<void>(const LogEntry&)>& visit) {
    auto query = SAMSYN_TRY(
        db_.query("SELECT e.number, e.kind, e.hash, e.author, e.counter, e.epoch, c.name, e.bytes "
                  "FROM entries e JOIN channels c ON c.id = e.channel "
                  "WHERE e.kind = ? ORDER BY e.position"));
    query.bind(static_cast<std::int64_t>(kind));
    while (SAMSYN_TRY(query.step())) {
        const Channel channel = SAMSYN_TRY(channel_of(query.blob(6)));
        LogEntry entry = SAMSYN_TRY(entry_of(query, channel));
        entry.bytes = to_bytes(query.blob(7));
        SAMSYN_TRY(visit(entry));
    }
    return {};
}

Result<void> SqliteStorage::put_write(const WriteRecord& write) {
    auto query =
        SAMSYN_TRY(db_.query("INSERT OR IGNORE INTO item_writes(item, field, kind, time, author) "
                             "VALUES(?, ?, ?, ?, ?)"));
    bind(query, write);
    return query.run();
}

Result<bool> SqliteStorage::has_write(const WriteRecord& write) {
    auto query =
        SAMSYN_TRY(db_.query("SELECT 1 FROM item_writes WHERE item = ? AND field = ? AND kind = ? "
                             "AND time = ? AND author = ?"));
    bind(query, write);
    return query.step();
}

Result<std::uint64_t> SqliteStorage::count(EntryKind kind) {
    auto query = SAMSYN_TRY(db_.query("SELECT count(*) FROM entries WHERE kind = ?"));
    query.bind(static_cast<std::int64_t>(kind));
    if (!SAMSYN_TRY(query.step())) return 0;
    return static_cast<std::uint64_t>(query.number(0));
}

Result<void> SqliteStorage::put_log_row(const Hash& entry, std::uint64_t row) {
    auto query = SAMSYN_TRY(db_.query("UPDATE entries SET log_row = ? WHERE hash = ?"));
    return query.bind_number(row).bind(entry).run();
}

Result<std::optional<std::uint64_t>> SqliteStorage::log_row(const Hash& entry) {
    auto query =
        SAMSYN_TRY(db_.query("SELECT log_row FROM entries WHERE hash = ? AND log_row IS NOT NULL"));
    query.bind(entry);
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    return static_cast<std::uint64_t>(query.number(0));
}

/// The target's connection and the copy into it, which goes first.
class SqliteStorageCopy final : public StorageCopy {
public:
    static Result<std::unique_ptr<StorageCopy>> begin(Database& source, Database target) {
        std::unique_ptr<SqliteStorageCopy> copy{new SqliteStorageCopy{std::move(target)}};
        // Nor may SQLite move the log by itself: without a sync nothing would say that it has.
        SAMSYN_TRY(copy->target_.exec("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0"));
        copy->copy_.emplace(SAMSYN_TRY(DatabaseCopy::begin(source, copy->target_)));
        return std::unique_ptr<StorageCopy>{std::move(copy)};
    }

    Result<bool> step(int pages) override { return copy_->step(pages); }

    Result<void> finish() override {
        SAMSYN_TRY(target_.exec("PRAGMA synchronous = FULL"));
        return target_.checkpoint();
    }

    std::pair<int, int> progress() const override {
        return {copy_->pages_total() - copy_->pages_left(), copy_->pages_total()};
    }

private:
    explicit SqliteStorageCopy(Database target) : target_(std::move(target)) {}

    Database target_;
    std::optional<DatabaseCopy> copy_;
};

Result<std::unique_ptr<StorageCopy>> SqliteStorage::copy_to(const std::filesystem::path& folder,
                                                            PageCipher& pages) {
    return SqliteStorageCopy::begin(
        db_, SAMSYN_TRY(Database::create(folder / storage_file_names[0], pages)));
}

Result<void> SqliteStorage::put_value(std::string_view key, ByteView value) {
    auto query =
        SAMSYN_TRY(db_.query("INSERT INTO settings(key, value) VALUES(?, ?) "
                             "ON CONFLICT(key) DO UPDATE SET value = excluded.value"));
    query.bind(as_bytes(key)).bind(value);
    return query.run();
}

Result<std::optional<Bytes>> SqliteStorage::value(std::string_view key) {
    auto query = SAMSYN_TRY(db_.query("SELECT value FROM settings WHERE key = ?"));
    query.bind(as_bytes(key));
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    return to_bytes(query.blob(0));
}

}  // namespace

Result<std::unique_ptr<Storage>> open_sqlite_storage(const std::filesystem::path& folder,
                                                     PageCipher& pages,
                                                     DatabaseMode mode) {
    const auto file = folder / storage_file_names[0];
    return SqliteStorage::open(SAMSYN_TRY(mode == DatabaseMode::create
                                              ? Database::create(file, pages)
                                              : Database::open(file, pages)));
}

Result<int> read_storage_version(const std::filesystem::path& folder, PageCipher& pages) {
    Database db = SAMSYN_TRY(Database::open(folder / storage_file_names[0], pages));
    return db.version();
}

Result<std::unique_ptr<Storage>> open_memory_storage() {
    return SqliteStorage::open(SAMSYN_TRY(Database::open_in_memory()));
}

}  // namespace samsyn
