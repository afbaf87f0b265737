#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace samsyn {

/// Cells below this stand for so few that a reader may know whom (C-52).
inline constexpr std::uint32_t cell_min = 5;

/// Who reads a table of counts.
enum class TableReader : std::uint8_t { team, outside };

/// Counts by two traits, row by row. One trait is a table of one row.
struct CountTable {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<std::uint32_t> cells;  ///< rows × columns

    std::uint32_t at(std::size_t row, std::size_t column) const {
        return cells[row * columns + column];
    }
};

/// A table as a reader may have it. Totals are kept, but where there is one row or one column its
/// totals across are the cells themselves and are left out, as are all but the whole sum of a
/// table that no choice of cells protects.
struct ShownTable {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<std::optional<std::uint32_t>> cells;  ///< none: suppressed
    std::vector<std::uint32_t> row_totals;            ///< empty: left out
    std::vector<std::uint32_t> column_totals;         ///< empty: left out
    std::optional<std::uint32_t> total;
};

/// Applies C-52. Inside the team nothing is suppressed. For readers outside it every cell below
/// `cell_min` is, and as many others as it takes that no suppressed cell follows from the cells
/// and totals shown and from counts being no less than 0. A row or column whose total is 0 is
/// shown as zeros: its total says so. What follows is a value; that a cell is small may show.
///
/// Errors: `invalid_argument` where the number of cells is not rows × columns or there is none;
/// `limit_exceeded` for more than `table_cells_max` or a sum beyond 32 bits.
Result<ShownTable> shown_table(const CountTable& table, TableReader reader);

inline constexpr std::size_t table_cells_max = 1024;

/// Whether a single count may be shown (C-14: an aggregate is permitted by the rule of C-52; what
/// is about one person is a matter of `decide`).
constexpr bool may_show_count(std::uint32_t count, TableReader reader) {
    return reader == TableReader::team || count >= cell_min;
}

}  // namespace samsyn
