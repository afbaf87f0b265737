#include "core/store/device_store.hpp"

#include "core/model/schema.hpp"
#include "core/store/attachment_rows.hpp"
#include "core/store/late_words.hpp"
#include "core/store/migrate.hpp"
#include "core/store/rows.hpp"
#include "core/store/search_index.hpp"

namespace samsyn {

namespace {

constexpr std::string_view key_purge = "purge.unfinished";

/// The index knows the searchable fields of the program that built it.
Result<void> refresh_index(Database& db, const Progress& progress) {
    if (SAMSYN_TRY(indexed_schema(db)) == schema_version) return {};
    Transaction transaction = SAMSYN_TRY(Transaction::begin(db));
    SAMSYN_TRY(rebuild_index(db, progress));
    return std::move(transaction).commit();
}

}  // namespace

Result<DeviceStore> DeviceStore::open(Database database) {
    return open(std::move(database), {});
}

Result<DeviceStore> DeviceStore::open(Database database, const Progress& progress) {
    SAMSYN_TRY(migrate(database));
    SAMSYN_TRY(refresh_index(database, progress));
    DeviceStore store{std::move(database)};
    if (AttachmentRows files{store.database_}; SAMSYN_TRY(files.has_unfinished())) {
        Transaction transaction = SAMSYN_TRY(Transaction::begin(store.database_));
        SAMSYN_TRY(files.erase_unfinished());
        SAMSYN_TRY(std::move(transaction).commit());
    }
    store.purge_unfinished_ = SAMSYN_TRY(store.value(key_purge)).has_value();
    // A full disk must not keep the rest from being read: it stays noted and is tried again.
    if (store.purge_unfinished_) (void)store.finish_purge();
    return store;
}

Result<void> DeviceStore::put_value(std::string_view key, ByteView value) {
    Query query =
        SAMSYN_TRY(database_.query("INSERT INTO settings(key, value) VALUES(?, ?) "
                                   "ON CONFLICT DO UPDATE SET value = excluded.value"));
    return query.bind_text(key).bind(value).run();
}

Result<std::optional<Bytes>> DeviceStore::value(std::string_view key) {
    Query query = SAMSYN_TRY(database_.query("SELECT value FROM settings WHERE key = ?"));
    query.bind_text(key);
    if (!SAMSYN_TRY(query.step())) return std::nullopt;
    return to_bytes(query.blob(0));
}

Result<void> DeviceStore::erase_value(std::string_view key) {
    Query query = SAMSYN_TRY(database_.query("DELETE FROM settings WHERE key = ?"));
    return query.bind_text(key).run();
}

Result<std::uint64_t> DeviceStore::take_counter() {
    Query query = SAMSYN_TRY(database_.query("UPDATE counter SET last = last + 1 RETURNING last"));
    if (!SAMSYN_TRY(query.step())) return fail(Errc::malformed, "stored counter");
    return static_cast<std::uint64_t>(query.number(0));
}

Result<std::uint64_t> DeviceStore::last_counter() {
    Query query = SAMSYN_TRY(database_.query("SELECT last FROM counter"));
    if (!SAMSYN_TRY(query.step())) return fail(Errc::malformed, "stored counter");
    return static_cast<std::uint64_t>(query.number(0));
}

Result<bool> DeviceStore::put_statement(const StatementId& id, ByteView bytes) {
    Query query = SAMSYN_TRY(
        database_.query("INSERT INTO statements(id, bytes) VALUES(?, ?) ON CONFLICT DO NOTHING"));
    SAMSYN_TRY(query.bind(id).bind(bytes).run());
    return database_.changes() > 0;
}

Result<void> DeviceStore::for_each_statement(
    const std::function<Result<void>(ByteView bytes)>& visit) {
    // Row by row, each with its own step from the start: `visit` may use this store as it likes.
    std::int64_t after = 0;
    for (;;) {
        Bytes bytes;
        {
            Query query = SAMSYN_TRY(
                database_.query("SELECT arrival, bytes FROM statements WHERE arrival > ? "
                                "ORDER BY arrival LIMIT 1"));
            query.bind(after);
            if (!SAMSYN_TRY(query.step())) return {};
            after = query.number(0);
            bytes = to_bytes(query.blob(1));
        }
        SAMSYN_TRY(visit(bytes));
    }
}

Result<void> DeviceStore::put_cursor(const Incarnation& incarnation,
                                     const Channel& channel,
                                     EntryNumber number) {
    Query query = SAMSYN_TRY(
        database_.query("INSERT INTO cursors(channel, incarnation, number) VALUES(?, ?, ?) "
                        "ON CONFLICT DO UPDATE SET number = excluded.number"));
    const Bytes key = encode_channel(channel);
    return query.bind(ByteView{key}).bind(incarnation).bind_number(number).run();
}

Result<std::vector<Resume::Cursor>> DeviceStore::cursors(const Incarnation& incarnation) {
    Query query =
        SAMSYN_TRY(database_.query("SELECT channel, number FROM cursors WHERE incarnation = ?"));
    query.bind(incarnation);
    std::vector<Resume::Cursor> cursors;
    while (SAMSYN_TRY(query.step())) {
        Reader reader{query.blob(0)};
        const Channel channel = SAMSYN_TRY(intact(decode_channel(reader)));
        SAMSYN_TRY(intact(reader.finish("channel")));
        cursors.push_back({channel, static_cast<EntryNumber>(query.number(1))});
    }
    return cursors;
}

Result<void> DeviceStore::purge(const CompartmentId& compartment) {
    // Writes go with their items. The row of the compartment itself stays while pending changes
    // name it: without its label nobody could seal them for escrow. Positions stay, because the
    // chain of hashes goes on if the device is let in again.
    static constexpr const char* deletes[] = {
        "DELETE FROM search WHERE rowid IN (SELECT row FROM items WHERE compartment = ?)",
        "DELETE FROM items WHERE compartment = ?",
        "DELETE FROM epochs WHERE compartment = ?",
        "DELETE FROM held WHERE compartment = ?",
        R"(DELETE FROM compartments WHERE id = ?1
           AND NOT EXISTS (SELECT 1 FROM pending WHERE compartment = ?1))",
    };
    for (const char* sql : deletes) {
        Query query = SAMSYN_TRY(database_.query(sql));
        SAMSYN_TRY(query.bind(compartment).run());
    }
    {
        Query query = SAMSYN_TRY(
            database_.query("DELETE FROM outgoing WHERE compartment = ? AND outcome IS NOT NULL "
                            "AND kind IN (?, ?)"));
        query.bind(compartment).bind(static_cast<std::int64_t>(EntryKind::packet));
        SAMSYN_TRY(query.bind(static_cast<std::int64_t>(EntryKind::supplement)).run());
    }
    {
        Query query = SAMSYN_TRY(database_.query("DELETE FROM cursors WHERE channel = ?"));
        const Bytes channel = encode_channel(Channel{compartment});
        SAMSYN_TRY(query.bind(ByteView{channel}).run());
    }
    SAMSYN_TRY(AttachmentRows{database_}.erase_of(compartment));
    SAMSYN_TRY(LateRows{database_}.erase_of(compartment));
    return note_purge();
}

Result<void> DeviceStore::note_purge() {
    purge_unfinished_ = true;
    return put_value(key_purge, {});
}

Result<void> DeviceStore::finish_purge() {
    {
        Transaction transaction = SAMSYN_TRY(Transaction::begin(database_));
        SAMSYN_TRY(database_.exec("INSERT INTO search(search) VALUES('optimize')"));
        SAMSYN_TRY(std::move(transaction).commit());
    }
    SAMSYN_TRY(database_.checkpoint());
    // Noted as done only now: whoever is interrupted before begins anew.
    Transaction transaction = SAMSYN_TRY(Transaction::begin(database_));
    SAMSYN_TRY(erase_value(key_purge));
    SAMSYN_TRY(std::move(transaction).commit());
    purge_unfinished_ = false;
    return {};
}

}  // namespace samsyn
