#include "tests/core/vfs/committed.hpp"

#include <fstream>
#include <iterator>

namespace samsyn {

namespace {

/// Text of a row, of changing size: some fill a page and more.
std::string text_of(std::int64_t key, std::int64_t transaction) {
    const std::string word =
        "rad " + std::to_string(key) + " av " + std::to_string(transaction) + ", Hällefors; ";
    const auto size = static_cast<std::size_t>(100 + (key * 37 + transaction * 101) % 900) *
                      (key % 11 == 0 ? 10 : 1);
    std::string text;
    while (text.size() < size) text += word;
    return text;
}

constexpr std::array suffixes{"", "-wal", "-pages0", "-pages1"};

}  // namespace

namespace history {

Rows rows_after(std::int64_t transactions) {
    Rows rows;
    for (std::int64_t n = 1; n <= transactions; ++n) {
        for (std::int64_t k = 0; k < 3; ++k) rows[n * 3 + k] = n;
        for (auto& [key, by] : rows)
            if ((key * 7 + n) % 5 == 0) by = n;
        std::erase_if(rows, [&](const auto& row) { return (row.first + n * 3) % 13 == 0; });
    }
    return rows;
}

Result<void> begin(Database& db) {
    SAMSYN_TRY(
        db.exec("CREATE TABLE rows(key INTEGER PRIMARY KEY, by INTEGER, text TEXT);"
                "CREATE INDEX by_text ON rows(text);"
                "CREATE TABLE version(n INTEGER); INSERT INTO version VALUES(0)"));
    return {};
}

Result<void> apply(Database& db, std::int64_t n) {
    const Rows before = rows_after(n - 1);
    const Rows after = rows_after(n);
    Transaction transaction = SAMSYN_TRY(Transaction::begin(db));
    for (const auto& [key, by] : before) {
        if (after.contains(key)) continue;
        Query remove = SAMSYN_TRY(db.query("DELETE FROM rows WHERE key = ?"));
        SAMSYN_TRY(remove.bind(key).run());
    }
    for (const auto& [key, by] : after) {
        const auto old = before.find(key);
        if (old != before.end() && old->second == by) continue;
        Query put = SAMSYN_TRY(db.query("INSERT OR REPLACE INTO rows VALUES(?, ?, ?)"));
        const std::string text = text_of(key, by);
        SAMSYN_TRY(put.bind(key).bind(by).bind_text(text).run());
    }
    Query mark = SAMSYN_TRY(db.query("UPDATE version SET n = ?"));
    SAMSYN_TRY(mark.bind(n).run());
    return std::move(transaction).commit();
}

Result<std::int64_t> observe(Database& db) {
    Query version = SAMSYN_TRY(db.query("SELECT n FROM version"));
    if (!SAMSYN_TRY(version.step())) return fail(Errc::malformed, "no version");
    const std::int64_t n = version.number(0);
    const Rows expected = rows_after(n);
    Rows found;
    Query all = SAMSYN_TRY(db.query("SELECT key, by, text FROM rows"));
    while (SAMSYN_TRY(all.step())) {
        found[all.number(0)] = all.number(1);
        if (all.text(2) != text_of(all.number(0), all.number(1)))
            FAIL("row " << all.number(0) << " was never written so");
    }
    if (found != expected) FAIL("the rows are not those of transaction " << n);
    Query sorted = SAMSYN_TRY(db.query("SELECT count(*), sum(key) FROM rows WHERE text > ''"));
    if (!SAMSYN_TRY(sorted.step())) return fail(Errc::malformed, "no count");
    std::int64_t sum = 0;
    for (const auto& [key, by] : expected) sum += key;
    if (sorted.number(0) != std::ssize(expected) || sorted.number(1) != sum)
        FAIL("the index is not that of transaction " << n);
    Query check = SAMSYN_TRY(db.query("PRAGMA integrity_check"));
    if (!SAMSYN_TRY(check.step())) return fail(Errc::malformed, "no check");
    if (check.text(0) != "ok") return fail(Errc::malformed, "integrity check");
    return n;
}

}  // namespace history

Image image_of(const std::filesystem::path& database) {
    Image image;
    for (const char* suffix : suffixes) {
        const std::filesystem::path file = database.string() + suffix;
        if (!std::filesystem::exists(file)) continue;
        std::ifstream in{file, std::ios::binary};
        image[suffix] = {std::istreambuf_iterator<char>{in}, {}};
    }
    return image;
}

void put_image(const std::filesystem::path& database, const Image& image) {
    for (const char* suffix : suffixes) {
        const std::filesystem::path file = database.string() + suffix;
        std::filesystem::remove(file);
        const auto found = image.find(suffix);
        if (found == image.end()) continue;
        std::ofstream{file, std::ios::binary} << found->second;
    }
}

}  // namespace samsyn
