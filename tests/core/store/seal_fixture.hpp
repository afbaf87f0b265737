#pragma once

#include "core/store/database.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <vector>

namespace samsyn {

/// The rows of the first column of a query on a plain file.
inline std::vector<std::string> texts_of(sqlite3* plain, const std::string& sql) {
    std::vector<std::string> texts;
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(plain, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        texts.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
    sqlite3_finalize(statement);
    return texts;
}

/// Statements that make a database what the plain one is: schema, rows, numbers.
inline std::vector<std::string> dump_of(sqlite3* plain) {
    auto statements = texts_of(plain,
                               "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL "
                               "AND name NOT LIKE 'sqlite%' ORDER BY rowid");
    auto tables = texts_of(plain,
                           "SELECT name FROM sqlite_schema WHERE type = 'table' "
                           "AND name <> 'sqlite_sequence' ORDER BY rowid");
    statements.emplace_back("DELETE FROM counter");  // what a statement of the schema has put there
    tables.emplace_back("sqlite_sequence");
    for (const std::string& table : tables) {
        std::string columns;
        for (const std::string& name :
             texts_of(plain, "SELECT name FROM pragma_table_info('" + table + "')"))
            columns += (columns.empty() ? "quote(" : ") || ',' || quote(") + name;
        if (table == "sqlite_sequence") statements.emplace_back("DELETE FROM sqlite_sequence");
        for (const std::string& values : texts_of(plain, "SELECT " + columns + ") FROM " + table))
            statements.push_back("INSERT INTO " + table + " VALUES(" + values + ")");
    }
    for (const char* pragma : {"application_id", "user_version"})
        statements.push_back("PRAGMA " + std::string{pragma} + " = " +
                             texts_of(plain, "PRAGMA " + std::string{pragma}).front());
    return statements;
}

/// Copies a plain database of an early version into a sealed one. Databases were plain before they
/// had version 3.
inline void seal_plain(const std::filesystem::path& plain, Database& target) {
    const TemporaryFolder folder;  // a log may be made beside it
    std::filesystem::copy_file(plain, folder / "plain.db");
    sqlite3* source = nullptr;
    REQUIRE(sqlite3_open((folder / "plain.db").c_str(), &source) == SQLITE_OK);
    const auto statements = dump_of(source);
    sqlite3_close(source);
    auto transaction = Transaction::begin(target);
    REQUIRE(transaction.has_value());
    for (const std::string& sql : statements) {
        CAPTURE(sql);
        REQUIRE(target.exec(sql.c_str()).has_value());
    }
    REQUIRE(std::move(*transaction).commit().has_value());
}

}  // namespace samsyn
