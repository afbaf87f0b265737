// DeviceStore: items as rows of writes. A row with a value is standing, one without is replaced;
// joining rows is joining `FieldState`s, in any order, twice or once.

#include "core/store/device_store.hpp"
#include "core/store/item_rows.hpp"
#include "core/store/rows.hpp"
#include "core/store/search_index.hpp"

#include <algorithm>

namespace samsyn {

Result<Value> stored_value(ByteView bytes) {
    std::vector<Value> values = SAMSYN_TRY(intact(decode_values(bytes, 1)));
    return std::move(values.front());
}

namespace {

/// The row of an item, made where it is missing. An item may occur in two compartments only where
/// somebody lies about its id: then both live on, apart.
Result<std::int64_t> row_of_item(Database& db,
                                 const CompartmentId& compartment,
                                 const ChangeHeader& header,
                                 bool& changed) {
    const auto type = static_cast<std::int64_t>(header.type);
    std::int64_t row = 0;
    std::int64_t stored_type = 0;
    {
        Query find =
            SAMSYN_TRY(db.query("SELECT row, type FROM items WHERE id = ? AND compartment = ?"));
        if (!SAMSYN_TRY(find.bind(header.item).bind(compartment).step())) {
            Query make = SAMSYN_TRY(
                db.query("INSERT INTO items(id, compartment, type) VALUES(?, ?, ?) RETURNING row"));
            if (!SAMSYN_TRY(make.bind(header.item).bind(compartment).bind(type).step()))
                return fail(Errc::storage_failed, "item row");
            changed = true;
            return make.number(0);
        }
        row = find.number(0);
        stored_type = find.number(1);
    }
    if (type < stored_type) {  // a lie again: the smallest wins everywhere
        Query correct = SAMSYN_TRY(db.query("UPDATE items SET type = ? WHERE row = ?"));
        SAMSYN_TRY(correct.bind(type).bind(row).run());
        changed = true;
    }
    return row;
}

Result<bool> replace_version(Database& db, const WritePlace& place, const Version& version) {
    Query query = SAMSYN_TRY(
        db.query("INSERT INTO writes(item, field, time, device, value) VALUES(?, ?, ?, ?, NULL) "
                 "ON CONFLICT DO UPDATE SET value = NULL WHERE value IS NOT NULL"));
    query.bind(place.row).bind(place.field).bind_number(version.time.value).bind(version.device);
    SAMSYN_TRY(query.run());
    return db.changes() > 0;
}

/// Puts the author's own word in the place of what somebody else said it was. A version that is
/// replaced stays replaced.
Result<std::optional<bool>> overrule_restater(Database& db,
                                              const WritePlace& place,
                                              const Version& version,
                                              ByteView encoded) {
    bool differs = false;
    {
        Query query = SAMSYN_TRY(
            db.query("SELECT value FROM writes WHERE item = ? AND field = ? AND time = ? "
                     "AND device = ? AND restater IS NOT NULL AND value IS NOT NULL"));
        query.bind(place.row).bind(place.field).bind_number(version.time.value);
        if (!SAMSYN_TRY(query.bind(version.device).step())) return std::nullopt;
        differs = !std::ranges::equal(query.blob(0), encoded);
    }
    Query query =
        SAMSYN_TRY(db.query("UPDATE writes SET value = ?, restater = NULL "
                            "WHERE item = ? AND field = ? AND time = ? AND device = ?"));
    query.bind(encoded).bind(place.row).bind(place.field).bind_number(version.time.value);
    SAMSYN_TRY(query.bind(version.device).run());
    return differs;
}

Result<bool> is_known(Database& db, const WritePlace& place, const Version& version) {
    Query query =
        SAMSYN_TRY(db.query("SELECT 1 FROM writes "
                            "WHERE item = ? AND field = ? AND time = ? AND device = ?"));
    query.bind(place.row).bind(place.field).bind_number(version.time.value);
    return query.bind(version.device).step();
}

/// Keeps the greater value where somebody wrote two under one version, as `FieldState` does.
Result<bool> settle_double(Database& db,
                           const WritePlace& place,
                           const Version& version,
                           const Value& value,
                           ByteView encoded) {
    {
        Query query =
            SAMSYN_TRY(db.query("SELECT value FROM writes "
                                "WHERE item = ? AND field = ? AND time = ? AND device = ?"));
        query.bind(place.row).bind(place.field).bind_number(version.time.value);
        if (!SAMSYN_TRY(query.bind(version.device).step()) || query.is_null(0)) return false;
        const Value stored = SAMSYN_TRY(stored_value(query.blob(0)));
        if (!(stored < value)) return false;
    }
    Query query =
        SAMSYN_TRY(db.query("UPDATE writes SET value = ? "
                            "WHERE item = ? AND field = ? AND time = ? AND device = ?"));
    query.bind(encoded).bind(place.row).bind(place.field).bind_number(version.time.value);
    SAMSYN_TRY(query.bind(version.device).run());
    return true;
}

Result<bool> add_write(Database& db,
                       const WritePlace& place,
                       const Version& version,
                       const Value& value) {
    const Bytes encoded = encode_values({value});
    {
        Query query = SAMSYN_TRY(
            db.query("INSERT INTO writes(item, field, time, device, value) VALUES(?, ?, ?, ?, ?) "
                     "ON CONFLICT DO NOTHING"));
        query.bind(place.row).bind(place.field).bind_number(version.time.value);
        SAMSYN_TRY(query.bind(version.device).bind(ByteView{encoded}).run());
        if (db.changes() > 0) return true;
    }
    if (const auto differed = SAMSYN_TRY(overrule_restater(db, place, version, encoded)))
        return *differed;
    return settle_double(db, place, version, value, encoded);
}

bool only_texts(const ChangeHeader& header) {
    return std::ranges::all_of(header.writes, [](const FieldWrite& write) {
        return merge_kind(write.field) == MergeKind::text;
    });
}

Result<bool> is_recalled(Database& db, std::int64_t row) {
    Query query =
        SAMSYN_TRY(db.query("SELECT 1 FROM writes "
                            "WHERE item = ? AND field = ? AND value IS NOT NULL LIMIT 1"));
    return query.bind(row).bind(static_cast<std::int64_t>(recalled_field)).step();
}

/// Nothing that was written in an item stays; which versions there were does.
Result<void> drop_values(Database& db, std::int64_t row) {
    {
        Query query =
            SAMSYN_TRY(db.query("UPDATE writes SET value = NULL, restater = NULL "
                                "WHERE item = ? AND field NOT IN (?, ?) AND value IS NOT NULL"));
        query.bind(row).bind(static_cast<std::int64_t>(deleted_field));
        SAMSYN_TRY(query.bind(static_cast<std::int64_t>(recalled_field)).run());
    }
    Query texts = SAMSYN_TRY(db.query("DELETE FROM texts WHERE item = ?"));
    return texts.bind(row).run();
}

/// What a merge leaves to be done for an item that it has changed, or has not.
Result<void> after_merge(Database& db, std::int64_t row, const ChangeHeader& header, bool changed) {
    if (SAMSYN_TRY(is_recalled(db, row)))
        SAMSYN_TRY(drop_values(db, row));
    else if (only_texts(header))
        return {};  // a text is indexed once for all its runs, by `fold_texts`
    return changed ? index_item(db, row) : Result<void>{};
}

}  // namespace

Result<void> load_state(Database& db, std::int64_t row, StoredItem& item) {
    Query query =
        SAMSYN_TRY(db.query("SELECT field, time, device, value, restater FROM writes "
                            "WHERE item = ? ORDER BY field"));
    query.bind(row);
    std::map<FieldNumber, FieldState> fields;
    std::optional<FieldNumber> field;
    std::map<Version, Value> standing;
    std::set<Version> replaced;
    const auto finish_field = [&] {
        if (field) fields.emplace(*field, FieldState::restore(standing, replaced));
        standing.clear();
        replaced.clear();
    };
    std::vector<FieldNumber> texts;
    while (SAMSYN_TRY(query.step())) {
        const auto number = SAMSYN_TRY(number_within(query.number(0), 0xffff, "stored field"));
        if (field != FieldNumber{static_cast<std::uint16_t>(number)}) {
            finish_field();
            field = FieldNumber{static_cast<std::uint16_t>(number)};
            if (merge_kind(*field) == MergeKind::text) texts.push_back(*field);
        }
        const HybridTime time{static_cast<std::uint64_t>(query.number(1))};
        const Version version{time, SAMSYN_TRY(query.id<DeviceId>(2))};
        if (query.is_null(3))
            replaced.insert(version);
        else
            standing.emplace(version, SAMSYN_TRY(stored_value(query.blob(3))));
        if (!query.is_null(3) && !query.is_null(4))
            item.restaters.emplace(std::pair{*field, version}, SAMSYN_TRY(query.id<DeviceId>(4)));
    }
    finish_field();
    item.state = ItemState::restore(std::move(fields));
    if (item.state.is_recalled()) return {};  // what was written in it is gone
    for (const FieldNumber text : texts)
        item.texts[text] = SAMSYN_TRY(stored_text(db, {row, static_cast<std::int64_t>(text)}));
    return {};
}

namespace {

/// What `query` selects: row, id, compartment, type.
Result<std::vector<StoredItem>> load_items(Database& db, Query query) {
    std::vector<StoredItem> items;
    while (SAMSYN_TRY(query.step())) {
        StoredItem item;
        item.id = SAMSYN_TRY(query.id<ItemId>(1));
        item.compartment = SAMSYN_TRY(query.id<CompartmentId>(2));
        const auto type = SAMSYN_TRY(number_within(query.number(3), 0xffff, "stored type"));
        item.type = static_cast<ItemType>(type);
        SAMSYN_TRY(load_state(db, query.number(0), item));
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace

Result<bool> DeviceStore::add(const WritePlace& place, const Version& version, const Value& value) {
    if (merge_kind(FieldNumber{static_cast<std::uint16_t>(place.field)}) != MergeKind::text)
        return add_write(database_, place, version, value);
    unfolded_.emplace(place.row, place.field);
    return add_run(database_, place, version, value);
}

Result<bool> DeviceStore::merge(const CompartmentId& compartment,
                                const Change& change,
                                const DeviceId& author) {
    const ChangeHeader& header = change.header;
    if (header.writes.size() != change.values.size())
        return fail(Errc::invalid_argument, "a change needs one value for each write");
    const Version version{header.time, header.restated_author.value_or(author)};

    bool changed = false;
    WritePlace place{SAMSYN_TRY(row_of_item(database_, compartment, header, changed)), 0};
    for (std::size_t i = 0; i < header.writes.size(); ++i) {
        place.field = static_cast<std::int64_t>(header.writes[i].field);
        for (const Version& old : header.writes[i].replaces)
            changed |= SAMSYN_TRY(replace_version(database_, place, old));
        changed |= SAMSYN_TRY(add(place, version, change.values[i]));
    }
    SAMSYN_TRY(after_merge(database_, place.row, header, changed));
    return changed;
}

Result<bool> DeviceStore::merge_restated(const CompartmentId& compartment,
                                         const Change& change,
                                         const DeviceId& restater) {
    const ChangeHeader& header = change.header;
    if (header.writes.size() != change.values.size() || !header.restated_author)
        return fail(Errc::invalid_argument, "a restated change");
    const Version version{header.time, *header.restated_author};

    bool changed = false;
    WritePlace place{SAMSYN_TRY(row_of_item(database_, compartment, header, changed)), 0};
    for (std::size_t i = 0; i < header.writes.size(); ++i) {
        place.field = static_cast<std::int64_t>(header.writes[i].field);
        // Of a known write it may add what that replaced: who was away sees no conflict that the
        // others have settled. Only older writes: nothing newer is ever taken away in its name.
        const bool known = SAMSYN_TRY(is_known(database_, place, version));
        for (const Version& old : header.writes[i].replaces) {
            if (known && !(old < version)) continue;
            changed |= SAMSYN_TRY(replace_version(database_, place, old));
        }
        if (known) continue;
        (void)SAMSYN_TRY(add(place, version, change.values[i]));
        Query mark =
            SAMSYN_TRY(database_.query("UPDATE writes SET restater = ? "
                                       "WHERE item = ? AND field = ? AND time = ? AND device = ?"));
        mark.bind(restater).bind(place.row).bind(place.field).bind_number(version.time.value);
        SAMSYN_TRY(mark.bind(version.device).run());
        changed = true;
    }
    SAMSYN_TRY(after_merge(database_, place.row, header, changed));
    return changed;
}

Result<std::optional<StoredItem>> DeviceStore::item(const ItemId& id) {
    Query query = SAMSYN_TRY(database_.query(
        "SELECT row, id, compartment, type FROM items WHERE id = ? ORDER BY row LIMIT 1"));
    query.bind(id);
    auto items = SAMSYN_TRY(load_items(database_, std::move(query)));
    if (items.empty()) return std::nullopt;
    return std::move(items.front());
}

Result<std::optional<CompartmentId>> DeviceStore::compartment_of(const ItemId& id) {
    Query query = SAMSYN_TRY(
        database_.query("SELECT compartment FROM items WHERE id = ? ORDER BY row LIMIT 1"));
    if (!SAMSYN_TRY(query.bind(id).step())) return std::optional<CompartmentId>{};
    return std::optional{SAMSYN_TRY(query.id<CompartmentId>(0))};
}

Result<std::optional<DeviceId>> DeviceStore::recalled_by(const CompartmentId& compartment,
                                                         const ItemId& id) {
    Query query = SAMSYN_TRY(database_.query(
        "SELECT writes.device FROM items JOIN writes ON writes.item = items.row "
        "WHERE items.id = ? AND compartment = ? AND field = ? AND value IS NOT NULL "
        "ORDER BY time, writes.device LIMIT 1"));
    query.bind(id).bind(compartment).bind(static_cast<std::int64_t>(recalled_field));
    if (!SAMSYN_TRY(query.step())) return std::optional<DeviceId>{};
    return std::optional{SAMSYN_TRY(query.id<DeviceId>(0))};
}

Result<std::vector<StoredItem>> DeviceStore::items(const CompartmentId& compartment) {
    Query query = SAMSYN_TRY(database_.query(
        "SELECT row, id, compartment, type FROM items WHERE compartment = ? ORDER BY row"));
    query.bind(compartment);
    return load_items(database_, std::move(query));
}

Result<std::vector<StoredItem>> DeviceStore::items_of_case(const CaseId& case_id) {
    Query query = SAMSYN_TRY(database_.query(
        "SELECT row, items.id, compartment, type FROM compartments "
        "JOIN items ON items.compartment = compartments.id WHERE case_id = ? ORDER BY row"));
    query.bind(case_id);
    return load_items(database_, std::move(query));
}

Result<void> DeviceStore::forget_version(const ItemId& item, const Version& version) {
    std::vector<std::int64_t> rows;
    {
        Query query = SAMSYN_TRY(database_.query("SELECT row FROM items WHERE id = ?"));
        query.bind(item);
        while (SAMSYN_TRY(query.step())) rows.push_back(query.number(0));
    }
    {
        Query query = SAMSYN_TRY(
            database_.query("DELETE FROM writes WHERE item IN (SELECT row FROM items WHERE id = ?) "
                            "AND time = ? AND device = ?"));
        SAMSYN_TRY(query.bind(item).bind_number(version.time.value).bind(version.device).run());
    }
    {
        Query query = SAMSYN_TRY(
            database_.query("DELETE FROM items WHERE id = ? "
                            "AND NOT EXISTS (SELECT 1 FROM writes WHERE writes.item = items.row) "
                            "AND NOT EXISTS (SELECT 1 FROM texts WHERE texts.item = items.row)"));
        SAMSYN_TRY(query.bind(item).run());
    }
    for (const std::int64_t row : rows) SAMSYN_TRY(index_item(database_, row));
    return {};
}

}  // namespace samsyn
