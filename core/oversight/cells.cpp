#include "core/oversight/cells.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace samsyn {

namespace {

struct Cell {
    std::size_t row = 0;
    std::size_t column = 0;
};

/// What a reader does not know: the suppressed cells, as a network between rows and columns. To
/// raise a cell by one without changing a total, others must go down and up in turn around a
/// circle. Whoever may go down is one that is above 0.
class Suppression {
public:
    explicit Suppression(const CountTable& table)
        : table_{table},
          hidden_(table.cells.size(), false),
          known_zero_(table.cells.size(), false) {
        for (std::size_t row = 0; row < table.rows; ++row)
            for (std::size_t column = 0; column < table.columns; ++column)
                known_zero_[index({row, column})] = row_sum(row) == 0 || column_sum(column) == 0;
        for (std::size_t i = 0; i < hidden_.size(); ++i)
            hidden_[i] = !known_zero_[i] && table.cells[i] < cell_min;
    }

    /// Hides more until nothing follows. False if that cannot be done.
    bool protect() {
        for (std::size_t i = 0; i < hidden_.size(); ++i) {
            if (!hidden_[i] || is_open(cell(i))) continue;
            // What it hides changes around the same circle, so it is open as well.
            if (!protect_one(cell(i))) return false;
        }
        return true;
    }

    bool hidden(std::size_t i) const { return hidden_[i]; }

private:
    std::size_t index(Cell c) const { return c.row * table_.columns + c.column; }

    Cell cell(std::size_t i) const { return {i / table_.columns, i % table_.columns}; }

    std::uint64_t row_sum(std::size_t row) const {
        std::uint64_t sum = 0;
        // A table of one column has no row totals that are not cells.
        if (table_.columns == 1) return 1;
        for (std::size_t c = 0; c < table_.columns; ++c) sum += table_.at(row, c);
        return sum;
    }

    std::uint64_t column_sum(std::size_t column) const {
        std::uint64_t sum = 0;
        if (table_.rows == 1) return 1;
        for (std::size_t r = 0; r < table_.rows; ++r) sum += table_.at(r, column);
        return sum;
    }

    bool is_line() const { return table_.rows == 1 || table_.columns == 1; }

    /// Of one trait only the sum is known: another suppressed cell has to take the difference.
    bool is_open_in_line(Cell c) const {
        for (std::size_t i = 0; i < hidden_.size(); ++i)
            if (hidden_[i] && i != index(c) && (table_.cells[i] > 0 || table_.cells[index(c)] > 0))
                return true;
        return false;
    }

    /// Whether the cell could be another number: it can go up, or down.
    bool is_open(Cell c) const {
        if (is_line()) return is_open_in_line(c);
        const bool up = reaches(table_.rows + c.column, c.row, c);
        const bool down = table_.cells[index(c)] > 0 && reaches(c.row, table_.rows + c.column, c);
        return up || down;
    }

    /// Rows are nodes 0.., columns behind them. From row to column a cell goes up, back it goes
    /// down.
    bool reaches(std::size_t from, std::size_t to, Cell without) const {
        std::vector<bool> seen(table_.rows + table_.columns, false);
        std::vector<std::size_t> waiting{from};
        seen[from] = true;
        while (!waiting.empty()) {
            const std::size_t node = waiting.back();
            waiting.pop_back();
            if (node == to) return true;
            const bool is_row = node < table_.rows;
            const std::size_t others = is_row ? table_.columns : table_.rows;
            for (std::size_t other = 0; other < others; ++other) {
                const Cell step = is_row ? Cell{node, other} : Cell{other, node - table_.rows};
                const std::size_t next = is_row ? table_.rows + other : other;
                if (seen[next] || !passes(step, is_row) || index(step) == index(without)) continue;
                seen[next] = true;
                waiting.push_back(next);
            }
        }
        return false;
    }

    bool passes(Cell c, bool up) const {
        return hidden_[index(c)] && (up || table_.cells[index(c)] > 0);
    }

    /// Hides the corners of the rectangle that takes the least from the table, or in a line the
    /// least other cell.
    bool protect_one(Cell c) { return is_line() ? protect_in_line(c) : protect_by_rectangle(c); }

    bool protect_in_line(Cell c) {
        std::optional<std::size_t> best;
        for (std::size_t i = 0; i < hidden_.size(); ++i) {
            if (hidden_[i] || (table_.cells[i] == 0 && table_.cells[index(c)] == 0)) continue;
            if (!best || table_.cells[i] < table_.cells[*best]) best = i;
        }
        if (best) hidden_[*best] = true;
        return best.has_value();
    }

    bool protect_by_rectangle(Cell c) {
        std::optional<std::array<std::size_t, 3>> best;
        std::uint64_t best_cost = 0;
        for (std::size_t row = 0; row < table_.rows; ++row) {
            for (std::size_t column = 0; column < table_.columns; ++column) {
                if (row == c.row || column == c.column) continue;
                const std::array corners{
                    index({c.row, column}), index({row, c.column}), index({row, column})};
                if (!is_protecting(c, corners)) continue;
                const std::uint64_t price = cost(corners);
                if (best && price >= best_cost) continue;
                best = corners;
                best_cost = price;
            }
        }
        if (!best) return false;
        for (const std::size_t corner : *best) hidden_[corner] = true;
        return true;
    }

    bool is_protecting(Cell c, const std::array<std::size_t, 3>& corners) const {
        const auto& cells = table_.cells;
        if (std::ranges::any_of(corners, [&](std::size_t i) { return known_zero_[i]; }))
            return false;
        const bool up = cells[corners[0]] > 0 && cells[corners[1]] > 0;
        const bool down = cells[index(c)] > 0 && cells[corners[2]] > 0;
        return up || down;
    }

    /// What the reader loses: first the number of cells, then their sum.
    std::uint64_t cost(const std::array<std::size_t, 3>& corners) const {
        std::uint64_t sum = 0;
        for (const std::size_t i : corners)
            if (!hidden_[i]) sum += (std::uint64_t{1} << 40U) + table_.cells[i];
        return sum;
    }

    const CountTable& table_;
    std::vector<bool> hidden_;
    std::vector<bool> known_zero_;
};

ShownTable with_totals(const CountTable& table) {
    ShownTable shown{.rows = table.rows,
                     .columns = table.columns,
                     .cells = {table.cells.begin(), table.cells.end()},
                     .row_totals = {},
                     .column_totals = {},
                     .total = std::accumulate(table.cells.begin(), table.cells.end(), 0U)};
    if (table.rows == 1 || table.columns == 1) return shown;
    shown.row_totals.resize(table.rows);
    shown.column_totals.resize(table.columns);
    for (std::size_t row = 0; row < table.rows; ++row)
        for (std::size_t column = 0; column < table.columns; ++column) {
            shown.row_totals[row] += table.at(row, column);
            shown.column_totals[column] += table.at(row, column);
        }
    return shown;
}

/// Nothing but the sum, and that only where it is not a small cell itself.
ShownTable withheld(ShownTable shown) {
    std::ranges::fill(shown.cells, std::nullopt);
    shown.row_totals.clear();
    shown.column_totals.clear();
    if (shown.cells.size() == 1 && *shown.total < cell_min) shown.total.reset();
    return shown;
}

}  // namespace

Result<ShownTable> shown_table(const CountTable& table, TableReader reader) {
    if (table.rows == 0 || table.columns == 0 || table.cells.size() / table.rows != table.columns ||
        table.cells.size() % table.rows != 0)
        return fail(Errc::invalid_argument, "table: rows, columns and cells differ");
    if (table.cells.size() > table_cells_max) return fail(Errc::limit_exceeded, "table: cells");
    const std::uint64_t sum =
        std::accumulate(table.cells.begin(), table.cells.end(), std::uint64_t{0});
    if (sum > std::numeric_limits<std::uint32_t>::max())
        return fail(Errc::limit_exceeded, "table: sum");

    ShownTable shown = with_totals(table);
    if (reader == TableReader::team) return shown;
    if (sum == 0 && table.cells.size() > 1) return shown;  // nobody: the sum says it
    Suppression suppression{table};
    if (!suppression.protect()) return withheld(std::move(shown));
    for (std::size_t i = 0; i < shown.cells.size(); ++i)
        if (suppression.hidden(i)) shown.cells[i].reset();
    return shown;
}

}  // namespace samsyn
