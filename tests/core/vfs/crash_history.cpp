#include "tests/core/vfs/crash_history.hpp"

#include <sqlite3.h>

#include <cstring>

namespace samsyn {

namespace {

constexpr std::size_t rows_max = 40;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    a = (a ^ b) * 0x9E3779B97F4A7C15U;
    return a ^ (a >> 29U);
}

Bytes content_of(std::uint64_t value, std::uint64_t size) {
    Bytes content(size);
    Dice dice{value};
    for (std::size_t at = 0; at < size; at += 8) {
        const std::uint64_t word = dice.roll();
        std::memcpy(content.data() + at, &word, std::min<std::size_t>(8, size - at));
    }
    return content;
}

std::uint64_t digest_of(std::int64_t id, std::uint64_t value, ByteView content) {
    std::uint64_t digest = mix(mix(static_cast<std::uint64_t>(id), value), content.size());
    for (std::size_t at = 0; at < content.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, content.data() + at, std::min<std::size_t>(8, content.size() - at));
        digest = mix(digest, word);
    }
    return digest;
}

std::string number(std::uint64_t value) {
    return std::to_string(value);
}

/// A prepared statement that is finalized whatever happens.
class Prepared {
public:
    Prepared(Connection& connection, const char* sql) {
        code_ = sqlite3_prepare_v2(connection.handle(), sql, -1, &statement_, nullptr);
    }

    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;

    ~Prepared() { sqlite3_finalize(statement_); }

    sqlite3_stmt* get() const { return statement_; }

    int step() { return code_ == SQLITE_OK ? sqlite3_step(statement_) : code_; }

private:
    sqlite3_stmt* statement_ = nullptr;
    int code_;
};

}  // namespace

History::History(std::uint64_t seed) : dice_(seed), states_{std::make_shared<const State>()} {}

int History::found(Connection& connection) {
    return connection.run(
        "BEGIN IMMEDIATE;"
        "CREATE TABLE rows(id INTEGER PRIMARY KEY, value INTEGER NOT NULL, content BLOB NOT NULL);"
        "CREATE INDEX by_value ON rows(value);"
        "CREATE TABLE last(number INTEGER NOT NULL);"
        "INSERT INTO last VALUES(0);"
        "COMMIT");
}

int History::put(Connection& connection, std::int64_t id, Row row, State& state) {
    const Bytes content = content_of(row.value, row.size);
    Prepared put{connection, "INSERT OR REPLACE INTO rows VALUES(?,?,?)"};
    sqlite3_bind_int64(put.get(), 1, id);
    sqlite3_bind_int64(put.get(), 2, static_cast<std::int64_t>(row.value));
    sqlite3_bind_blob(
        put.get(), 3, content.data(), static_cast<int>(content.size()), SQLITE_STATIC);
    if (const int code = put.step(); code != SQLITE_DONE) return code;
    if (const auto old = state.rows.find(id); old != state.rows.end())
        state.digest -=
            digest_of(id, old->second.value, content_of(old->second.value, old->second.size));
    state.rows[id] = row;
    state.digest += digest_of(id, row.value, content);
    return SQLITE_OK;
}

int History::erase(Connection& connection, std::int64_t id, State& state) {
    const auto found = state.rows.find(id);
    if (found == state.rows.end()) return SQLITE_OK;
    const Row row = found->second;
    state.digest -= digest_of(id, row.value, content_of(row.value, row.size));
    state.rows.erase(found);
    return connection.run("DELETE FROM rows WHERE id = " + std::to_string(id));
}

std::uint64_t History::draw_size() {
    const std::uint64_t draw = dice_.below(100);
    if (draw < 80) return dice_.between(1, 400);
    if (draw < 95) return dice_.between(1000, 5000);
    return dice_.between(9000, 40000);
}

int History::change_rows(Connection& connection, State& state) {
    const std::uint64_t count = dice_.percent(70) ? 1 : dice_.between(2, 12);
    for (std::uint64_t n = 0; n < count; ++n) {
        const auto id = static_cast<std::int64_t>(dice_.between(1, rows_max));
        const bool erases = dice_.percent(25);
        const Row row{dice_.roll() >> 1U, draw_size()};
        const int code = erases ? erase(connection, id, state) : put(connection, id, row, state);
        if (code != SQLITE_OK) return code;
    }
    if (!dice_.percent(3)) return SQLITE_OK;
    state = {};
    return connection.run("DELETE FROM rows");
}

int History::change(Connection& connection, State& state) {
    if (const int code = connection.run("BEGIN IMMEDIATE"); code != SQLITE_OK) return code;
    if (const int code = change_rows(connection, state); code != SQLITE_OK) return code;
    return connection.run("UPDATE last SET number = " + number(begun()));
}

int History::run_next(Connection& connection) {
    if (dice_.percent(8)) {
        State undone = *states_[acknowledged_];
        const int code = change(connection, undone);
        connection.run("ROLLBACK");
        if (code != SQLITE_OK) return code;
    }
    const auto next = std::make_shared<State>(*states_[acknowledged_]);
    states_.push_back(next);
    int code = change(connection, *next);
    if (code != SQLITE_OK)
        states_.pop_back();  // it never came to its COMMIT: nothing is in flight
    else
        code = connection.run("COMMIT");
    if (code == SQLITE_OK)
        ++acknowledged_;
    else
        connection.run("ROLLBACK");
    return code;
}

void History::settle(std::uint64_t number) {
    acknowledged_ = number;
    states_.resize(number + 1);
}

History::Reading History::read(Connection& connection) const {
    Prepared check{connection, "PRAGMA integrity_check"};
    if (check.step() != SQLITE_ROW) return {0, sqlite3_errmsg(connection.handle())};
    const std::string verdict{reinterpret_cast<const char*>(sqlite3_column_text(check.get(), 0))};
    if (verdict != "ok") return {0, "integrity_check: " + verdict};

    Prepared last{connection, "SELECT number FROM last"};
    if (last.step() != SQLITE_ROW) return {0, sqlite3_errmsg(connection.handle())};
    const auto claimed = static_cast<std::uint64_t>(sqlite3_column_int64(last.get(), 0));
    if (claimed >= states_.size())
        return {claimed, "transaction " + number(claimed) + " never was"};

    Prepared rows{connection, "SELECT id, value, content FROM rows"};
    std::uint64_t digest = 0;
    int code = rows.step();
    for (; code == SQLITE_ROW; code = rows.step()) {
        const auto* content = static_cast<const std::byte*>(sqlite3_column_blob(rows.get(), 2));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(rows.get(), 2));
        digest += digest_of(sqlite3_column_int64(rows.get(), 0),
                            static_cast<std::uint64_t>(sqlite3_column_int64(rows.get(), 1)),
                            {content, size});
    }
    if (code != SQLITE_DONE) return {claimed, sqlite3_errmsg(connection.handle())};
    if (digest != states_[claimed]->digest)
        return {claimed, "rows are not those of transaction " + number(claimed)};
    return {claimed, {}};
}

}  // namespace samsyn
