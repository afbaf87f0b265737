#pragma once

#include "core/store/database.hpp"
#include "core/store/progress.hpp"

#include <string>

namespace samsyn {

// The full-text index: one row of the FTS5 table `search` for each item that has words and is not
// deleted, under the item's own row number. It holds the standing values of the fields that the
// schema marks searchable, those that lose a conflict too; it is derived from `writes` and nothing
// else, in the transaction that changes them.

/// Brings the index in step with one item, there or gone. Reads at most `indexed_bytes_max` of its
/// texts, so that an item with many values in conflict stays cheap to change.
Result<void> index_item(Database& db, std::int64_t item_row);

inline constexpr std::size_t indexed_bytes_max = 128 * 1024;

/// Empties the index and builds it from all items, within the caller's transaction.
Result<void> rebuild_index(Database& db, const Progress& progress);

/// Which version of `schema()` the index was built with; 0 where nobody has built it.
Result<std::uint16_t> indexed_schema(Database& db);

/// Every word of what a person typed as the beginning of a word that must occur, in the language of
/// FTS5. Whatever the text holds (quotes, operators, NUL) is text: each word is quoted, and what is
/// no word finds nothing. Errors: `limit_exceeded` for more than `search_words_max` words or
/// `search_bytes_max` bytes.
Result<std::string> match_expression(std::string_view text);

inline constexpr std::size_t search_words_max = 32;
inline constexpr std::size_t search_bytes_max = 4096;

}  // namespace samsyn
