#include "core/store/search_index.hpp"

#include "core/base/codec.hpp"
#include "core/model/schema.hpp"
#include "core/store/item_rows.hpp"
#include "core/store/rows.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::string_view key_schema = "search.schema";
constexpr std::uint64_t rows_between_reports = 256;

/// The columns of `search`.
struct Words {
    std::string names;
    std::string number;
    std::string text;

    bool empty() const { return names.empty() && number.empty() && text.empty(); }
};

/// Control characters part words and mean nothing else: what marks a hit in a snippet must not
/// occur in the text.
void append_line(std::string& lines, std::string_view text) {
    if (!lines.empty()) lines.push_back('\n');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        lines.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);
    }
}

/// To so many bytes, never inside a code point.
void shorten(std::string& utf8, std::size_t bytes_max) {
    if (utf8.size() <= bytes_max) return;
    while (bytes_max > 0 && (static_cast<unsigned char>(utf8[bytes_max]) & 0xc0U) == 0x80)
        --bytes_max;
    utf8.resize(bytes_max);
}

std::string& column_for(Words& words, const FieldInfo& field) {
    if (field.finds == Finds::name) return words.names;
    return field.finds == Finds::personal_number ? words.number : words.text;
}

Result<const TypeInfo*> type_of(Database& db, std::int64_t item_row) {
    Query query = SAMSYN_TRY(db.query("SELECT type FROM items WHERE row = ?"));
    if (!SAMSYN_TRY(query.bind(item_row).step())) return nullptr;
    const auto number = SAMSYN_TRY(number_within(query.number(0), 0xffff, "stored type"));
    return find_type(static_cast<ItemType>(number));
}

Result<bool> is_deleted(Database& db, std::int64_t item_row) {
    {
        Query query = SAMSYN_TRY(db.query(
            "SELECT 1 FROM writes WHERE item = ? AND field = ? AND value IS NOT NULL LIMIT 1"));
        query.bind(item_row).bind(static_cast<std::int64_t>(deleted_field));
        if (!SAMSYN_TRY(query.step())) return false;
    }
    StoredItem item;
    SAMSYN_TRY(load_state(db, item_row, item));
    return item.state.presence() == ItemState::Presence::deleted;
}

/// The words of an item as they stand; none where it is deleted or not there.
Result<Words> words_of(Database& db, std::int64_t item_row) {
    Words words;
    const TypeInfo* type = SAMSYN_TRY(type_of(db, item_row));
    if (type == nullptr || SAMSYN_TRY(is_deleted(db, item_row))) return words;
    // The shown value of a field first, then those that lose.
    Query query =
        SAMSYN_TRY(db.query("SELECT field, value FROM writes WHERE item = ? AND value IS NOT NULL "
                            "ORDER BY field, time DESC, device DESC"));
    query.bind(item_row);
    std::size_t bytes = 0;
    while (SAMSYN_TRY(query.step())) {
        const auto number = SAMSYN_TRY(number_within(query.number(0), 0xffff, "stored field"));
        const FieldInfo* field = find_field(*type, FieldNumber{static_cast<std::uint16_t>(number)});
        if (field == nullptr || !field->searchable) continue;
        const Value value = SAMSYN_TRY(stored_value(query.blob(1)));
        const auto* text = std::get_if<std::string>(&value);
        if (text == nullptr || !is_utf8(as_bytes(*text))) continue;
        bytes += text->size();
        if (bytes > indexed_bytes_max) break;
        append_line(column_for(words, *field), *text);
    }
    for (const FieldInfo& field : type->fields) {
        if (!field.searchable || field.kind != ValueKind::document) continue;
        auto stored = stored_text(db, {item_row, static_cast<std::int64_t>(field.number)});
        if (!stored && db.failed()) return std::unexpected{stored.error()};
        std::string text = std::move(stored).value_or("");  // one that cannot be read has no words
        shorten(text, indexed_bytes_max - std::min(bytes, indexed_bytes_max));
        bytes += text.size();
        if (!text.empty()) append_line(words.text, text);
    }
    return words;
}

Result<void> put_words(Database& db, std::int64_t item_row, const Words& words) {
    if (words.empty()) {
        Query erase = SAMSYN_TRY(db.query("DELETE FROM search WHERE rowid = ?"));
        return erase.bind(item_row).run();
    }
    Query put = SAMSYN_TRY(
        db.query("INSERT OR REPLACE INTO search(rowid, names, number, text) VALUES(?, ?, ?, ?)"));
    put.bind(item_row).bind_text(words.names).bind_text(words.number).bind_text(words.text);
    return put.run();
}

Result<std::int64_t> next_item_row(Database& db, std::int64_t after) {
    Query query = SAMSYN_TRY(db.query("SELECT row FROM items WHERE row > ? ORDER BY row LIMIT 1"));
    if (!SAMSYN_TRY(query.bind(after).step())) return 0;
    return query.number(0);
}

Result<std::uint64_t> count_items(Database& db) {
    Query query = SAMSYN_TRY(db.query("SELECT count(*) FROM items"));
    if (!SAMSYN_TRY(query.step())) return fail(Errc::malformed, "stored items");
    return static_cast<std::uint64_t>(query.number(0));
}

bool is_space(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f;
}

}  // namespace

Result<void> index_item(Database& db, std::int64_t item_row) {
    return put_words(db, item_row, SAMSYN_TRY(words_of(db, item_row)));
}

Result<void> rebuild_index(Database& db, const Progress& progress) {
    SAMSYN_TRY(db.exec("DELETE FROM search"));
    const std::uint64_t total = SAMSYN_TRY(count_items(db));
    std::uint64_t done = 0;
    std::int64_t row = std::numeric_limits<std::int64_t>::min();
    while ((row = SAMSYN_TRY(next_item_row(db, row))) != 0) {
        SAMSYN_TRY(index_item(db, row));
        if (++done % rows_between_reports == 0) SAMSYN_TRY(report(progress, done, total));
    }
    Writer built_with;
    built_with.number(schema_version);
    Query note =
        SAMSYN_TRY(db.query("INSERT INTO settings(key, value) VALUES(?, ?) "
                            "ON CONFLICT DO UPDATE SET value = excluded.value"));
    SAMSYN_TRY(note.bind_text(key_schema).bind(built_with.view()).run());
    return report(progress, total, total);
}

Result<std::uint16_t> indexed_schema(Database& db) {
    Query query = SAMSYN_TRY(db.query("SELECT value FROM settings WHERE key = ?"));
    if (!SAMSYN_TRY(query.bind_text(key_schema).step())) return std::uint16_t{0};
    Reader in{query.blob(0)};
    return intact(in.number<std::uint16_t>("schema of the search index"));
}

Result<std::string> match_expression(std::string_view text) {
    if (text.size() > search_bytes_max) return fail(Errc::limit_exceeded, "words");
    std::string expression;
    std::size_t words = 0;
    while (!text.empty()) {
        if (is_space(text.front())) {
            text.remove_prefix(1);
            continue;
        }
        if (++words > search_words_max) return fail(Errc::limit_exceeded, "words");
        if (!expression.empty()) expression.push_back(' ');
        expression.push_back('"');
        while (!text.empty() && !is_space(text.front())) {
            if (text.front() == '"') expression.push_back('"');
            expression.push_back(text.front());
            text.remove_prefix(1);
        }
        expression.append("\" *");
    }
    return expression;
}

}  // namespace samsyn
