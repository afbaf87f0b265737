#pragma once

#include "core/store/database.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sealed_pages.hpp"
#include "tests/support/temporary_folder.hpp"

#include <map>
#include <string>

namespace samsyn {

/// The value, or a failed test that says why.
template <class T>
T must(Result<T> result) {
    if (!result) FAIL(to_string(result.error()));
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// What a database holds after so many transactions: by key, the transaction that wrote last. The
/// rest of a row follows from both, so that a row of another state, or half a row, is seen.
using Rows = std::map<std::int64_t, std::int64_t>;

/// A history of transactions of which every prefix is known: each writes new rows, changes old
/// ones all over the file and deletes some, so that pages are rewritten, freed and used again.
namespace history {

/// The rows after `transactions`. Zero: an empty table.
Rows rows_after(std::int64_t transactions);

/// Makes the table; version 0.
Result<void> begin(Database& db);

/// Transaction number `n`, from 1.
Result<void> apply(Database& db, std::int64_t n);

/// Reads everything, by rowid and by index, and checks every byte of it against the state that the
/// database claims to have. Gives back how many transactions it holds; fails the test where what it
/// read is no state that ever was; an error where the database answers with one, to its own
/// integrity check too.
Result<std::int64_t> observe(Database& db);

}  // namespace history

/// The files of one database as they lie on the disk, by the end of their names: "", "-wal",
/// "-pages0", "-pages1". Taken while the database is open it is what a killed process leaves.
using Image = std::map<std::string, std::string>;

Image image_of(const std::filesystem::path& database);
void put_image(const std::filesystem::path& database, const Image& image);

inline void flip(std::string& bytes, std::size_t at, std::size_t bit = 0) {
    bytes.at(at) = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit % 8));
}

}  // namespace samsyn
