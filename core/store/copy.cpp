#include "core/store/copy.hpp"

#include "core/store/migrate.hpp"
#include "core/store/search_index.hpp"

#include <algorithm>
#include <optional>

namespace samsyn {

namespace {

constexpr int rows_at_once = 256;

struct Table {
    std::string name;
    std::string columns;  ///< their names, commas between
    int column_count = 0;
    std::uint64_t rows = 0;

    friend bool operator==(const Table& a, const Table& b) {
        return a.name == b.name && a.columns == b.columns;
    }
};

/// Names come from `sqlite_schema`: ours, or those of a damaged file.
std::string name_in_sql(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) text.append(c == '"' ? "\"\"" : std::string(1, c));
    return text + "\"";
}

Result<std::uint64_t> count_rows(Database& db, const std::string& table) {
    Query query = SAMSYN_TRY(db.query_made("SELECT count(*) FROM " + name_in_sql(table)));
    if (!SAMSYN_TRY(query.step())) return fail(Errc::malformed, "table");
    return static_cast<std::uint64_t>(query.number(0));
}

/// All tables but SQLite's own and those of the search index, in the order in which they were made:
/// a table refers only to earlier ones.
Result<std::vector<Table>> tables_of(Database& db) {
    std::vector<Table> tables;
    {
        Query query = SAMSYN_TRY(
            db.query("SELECT list.name, (SELECT group_concat(columns.name) "
                     "FROM pragma_table_info(list.name) AS columns), ncol "
                     "FROM pragma_table_list AS list "
                     "JOIN sqlite_schema AS made ON made.name = list.name "
                     "WHERE list.schema = 'main' AND list.type = 'table' "
                     "AND list.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY made.rowid"));
        while (SAMSYN_TRY(query.step()))
            tables.push_back({.name = std::string{query.text(0)},
                              .columns = std::string{query.text(1)},
                              .column_count = static_cast<int>(query.number(2))});
    }
    for (Table& table : tables) table.rows = SAMSYN_TRY(count_rows(db, table.name));
    return tables;
}

/// Rows done of all that there are, over tables and index.
struct Work {
    const Progress& progress;
    std::uint64_t done = 0;
    std::uint64_t total = 0;

    Result<void> tell() const { return report(progress, done, total); }
};

Result<void> copy_row(Database& target, const std::string& insert, const Query& row, int columns) {
    Query put = SAMSYN_TRY(target.query_made(insert));
    for (int column = 0; column < columns; ++column) put.bind_column(row, column);
    return put.run();
}

Result<void> copy_table(Database& source, Database& target, const Table& table, Work& work) {
    std::string insert = "INSERT INTO " + name_in_sql(table.name) + " VALUES(?";
    for (int column = 1; column < table.column_count; ++column) insert += ", ?";
    insert += ")";
    Query rows = SAMSYN_TRY(source.query_made("SELECT * FROM " + name_in_sql(table.name)));
    for (bool more = true; more;) {
        Transaction transaction = SAMSYN_TRY(Transaction::begin(target));
        for (int count = 0; count < rows_at_once; ++count) {
            more = SAMSYN_TRY(rows.step());
            if (!more) break;
            SAMSYN_TRY(copy_row(target, insert, rows, table.column_count));
            ++work.done;
        }
        SAMSYN_TRY(std::move(transaction).commit());
        SAMSYN_TRY(work.tell());
    }
    return {};
}

/// The rows that a new schema begins with give way to those of the source.
Result<void> empty_tables(Database& target, const std::vector<Table>& tables) {
    if (SAMSYN_TRY(count_rows(target, "items")) != 0)
        return fail(Errc::invalid_argument, "the target is not new");
    Transaction transaction = SAMSYN_TRY(Transaction::begin(target));
    for (const Table& table : tables) {
        Query query = SAMSYN_TRY(target.query_made("DELETE FROM " + name_in_sql(table.name)));
        SAMSYN_TRY(query.run());
    }
    return std::move(transaction).commit();
}

/// The greatest number ever given in each table with AUTOINCREMENT, which may be of a row that is
/// gone.
Result<void> copy_sequences(Database& source, Database& target) {
    Transaction transaction = SAMSYN_TRY(Transaction::begin(target));
    SAMSYN_TRY(target.exec("DELETE FROM sqlite_sequence"));
    {
        Query rows = SAMSYN_TRY(source.query("SELECT name, seq FROM sqlite_sequence"));
        while (SAMSYN_TRY(rows.step()))
            SAMSYN_TRY(
                copy_row(target, "INSERT INTO sqlite_sequence(name, seq) VALUES(?, ?)", rows, 2));
    }
    return std::move(transaction).commit();
}

Result<void> build_index(Database& target, Work& work) {
    Transaction transaction = SAMSYN_TRY(Transaction::begin(target));
    const std::uint64_t before = work.done;
    const auto add = [&](std::uint64_t done, std::uint64_t) -> Result<void> {
        work.done = before + done;
        return work.tell();
    };
    SAMSYN_TRY(rebuild_index(target, add));
    return std::move(transaction).commit();
}

/// Everything that was there at the start is in the target.
Result<void> check_copy(Database& target, const std::vector<Table>& tables) {
    for (const Table& table : tables)
        if (SAMSYN_TRY(count_rows(target, table.name)) != table.rows)
            return fail(Errc::malformed, "copy of table " + table.name);
    return {};
}

}  // namespace

Result<void> copy_into(Database& source, Database& target, const Progress& progress) {
    if (SAMSYN_TRY(source.version()) != schema_of_this_version())
        return fail(Errc::malformed, "schema of the source");
    SAMSYN_TRY(migrate(target));
    const auto tables = SAMSYN_TRY(tables_of(source));
    if (tables != SAMSYN_TRY(tables_of(target))) return fail(Errc::malformed, "tables");

    Work work{.progress = progress};
    for (const Table& table : tables)
        work.total += table.name == "items" ? 2 * table.rows : table.rows;
    SAMSYN_TRY(empty_tables(target, tables));
    for (const Table& table : tables) SAMSYN_TRY(copy_table(source, target, table, work));
    SAMSYN_TRY(copy_sequences(source, target));
    SAMSYN_TRY(build_index(target, work));
    SAMSYN_TRY(check_copy(target, tables));
    return target.checkpoint();
}

}  // namespace samsyn
