#include "core/oversight/cells.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/dice.hpp"

#include <algorithm>
#include <cmath>

using namespace samsyn;

namespace {

/// What a reader with pencil and paper can do: for each suppressed cell an unknown, for each line
/// an equation. Elimination; an unknown whose row ends up with itself alone has been recovered.
class PencilReader {
public:
    explicit PencilReader(const ShownTable& shown) : shown_{shown} {
        for (std::size_t i = 0; i < shown.cells.size(); ++i)
            if (!shown.cells[i]) unknowns_.push_back(i);
        if (!shown.row_totals.empty())
            for (std::size_t r = 0; r < shown.rows; ++r)
                add([&](std::size_t i) { return i / shown.columns == r; }, shown.row_totals[r]);
        if (!shown.column_totals.empty())
            for (std::size_t c = 0; c < shown.columns; ++c)
                add([&](std::size_t i) { return i % shown.columns == c; }, shown.column_totals[c]);
        if (shown.total) add([](std::size_t) { return true; }, *shown.total);
        eliminate();
    }

    bool recovers_any() const {
        return std::ranges::any_of(equations_, [](const std::vector<double>& equation) {
            const auto set = std::count_if(
                equation.begin(), equation.end() - 1, [](double v) { return std::abs(v) > 1e-9; });
            return set == 1;
        });
    }

private:
    template <class InLine>
    void add(InLine in_line, std::uint32_t total) {
        std::vector<double> equation(unknowns_.size() + 1, 0);
        double left = total;
        for (std::size_t i = 0; i < shown_.cells.size(); ++i)
            if (in_line(i) && shown_.cells[i]) left -= *shown_.cells[i];
        for (std::size_t u = 0; u < unknowns_.size(); ++u)
            equation[u] = in_line(unknowns_[u]) ? 1 : 0;
        equation.back() = left;
        equations_.push_back(std::move(equation));
    }

    void eliminate() {
        std::size_t rank = 0;
        for (std::size_t u = 0; u < unknowns_.size() && rank < equations_.size(); ++u) {
            const auto pivot = std::ranges::find_if(
                equations_.begin() + static_cast<std::ptrdiff_t>(rank),
                equations_.end(),
                [&](const auto& equation) { return std::abs(equation[u]) > 1e-9; });
            if (pivot == equations_.end()) continue;
            std::iter_swap(equations_.begin() + static_cast<std::ptrdiff_t>(rank), pivot);
            const double lead = equations_[rank][u];
            for (double& v : equations_[rank]) v /= lead;
            for (std::size_t e = 0; e < equations_.size(); ++e) {
                const double factor = equations_[e][u];
                if (e == rank || std::abs(factor) < 1e-9) continue;
                for (std::size_t k = 0; k < equations_[e].size(); ++k)
                    equations_[e][k] -= factor * equations_[rank][k];
            }
            ++rank;
        }
    }

    const ShownTable& shown_;
    std::vector<std::size_t> unknowns_;
    std::vector<std::vector<double>> equations_;
};

CountTable random_table(Dice& dice, std::size_t side_max, std::uint32_t small_percent) {
    CountTable table{
        .rows = dice.between(1, side_max), .columns = dice.between(1, side_max), .cells = {}};
    for (std::size_t i = 0; i < table.rows * table.columns; ++i)
        table.cells.push_back(static_cast<std::uint32_t>(
            dice.percent(small_percent) ? dice.below(5) : dice.between(5, 60)));
    return table;
}

/// Every table of the same shape with the shown cells and totals, counts from 0; says of each
/// suppressed cell whether it takes more than one value. For small tables only.
void fill_in(const ShownTable& shown,
             std::size_t i,
             std::vector<std::uint32_t>& cells,
             std::vector<std::pair<std::uint32_t, std::uint32_t>>& bounds) {
    if (i == shown.cells.size()) {
        std::uint32_t sum = 0;
        std::vector<std::uint32_t> rows(shown.rows, 0);
        std::vector<std::uint32_t> columns(shown.columns, 0);
        for (std::size_t k = 0; k < cells.size(); ++k) {
            sum += cells[k];
            rows[k / shown.columns] += cells[k];
            columns[k % shown.columns] += cells[k];
        }
        const bool fits = (!shown.total || sum == *shown.total) &&
                          (shown.row_totals.empty() || rows == shown.row_totals) &&
                          (shown.column_totals.empty() || columns == shown.column_totals);
        if (!fits) return;
        for (std::size_t k = 0; k < cells.size(); ++k) {
            bounds[k].first = std::min(bounds[k].first, cells[k]);
            bounds[k].second = std::max(bounds[k].second, cells[k]);
        }
        return;
    }
    const std::uint32_t top = shown.cells[i] ? 0 : shown.total.value_or(6);
    for (std::uint32_t v = 0; v <= top; ++v) {
        cells[i] = shown.cells[i] ? *shown.cells[i] : v;
        fill_in(shown, i + 1, cells, bounds);
    }
}

}  // namespace

TEST_CASE("C-52: inside the team every cell is shown", "[oversight]") {
    const CountTable table{.rows = 1, .columns = 4, .cells = {22, 5, 4, 4}};
    const auto shown = shown_table(table, TableReader::team).value();
    CHECK(std::ranges::all_of(shown.cells, [](const auto& cell) { return cell.has_value(); }));
    CHECK(shown.total == 35);
}

TEST_CASE("C-52: families by municipality: both cells of four are suppressed, the sum is kept",
          "[oversight]") {
    const CountTable table{.rows = 1, .columns = 4, .cells = {22, 5, 4, 4}};
    const auto shown = shown_table(table, TableReader::outside).value();
    CHECK(shown.cells == std::vector<std::optional<std::uint32_t>>{22, 5, {}, {}});
    CHECK(shown.total == 35);
}

TEST_CASE("C-52: one family in a cell takes a second cell with it", "[oversight]") {
    const CountTable line{.rows = 1, .columns = 3, .cells = {20, 9, 1}};
    CHECK(shown_table(line, TableReader::outside)->cells ==
          std::vector<std::optional<std::uint32_t>>{20, {}, {}});

    const CountTable table{.rows = 3, .columns = 3, .cells = {20, 11, 30, 9, 1, 12, 8, 7, 40}};
    const auto shown = shown_table(table, TableReader::outside).value();
    CHECK_FALSE(shown.cells[4].has_value());
    CHECK(std::ranges::count(shown.cells, std::optional<std::uint32_t>{}) == 4);
    CHECK(shown.row_totals == std::vector<std::uint32_t>{61, 22, 55});
    CHECK(shown.column_totals == std::vector<std::uint32_t>{37, 19, 82});
    CHECK(shown.total == 138);
}

TEST_CASE("C-52: a table that no choice protects shows its sum only", "[oversight]") {
    const CountTable single{.rows = 1, .columns = 1, .cells = {3}};
    CHECK_FALSE(shown_table(single, TableReader::outside)->total.has_value());

    const CountTable table{.rows = 2, .columns = 2, .cells = {1, 0, 0, 0}};
    const auto shown = shown_table(table, TableReader::outside).value();
    CHECK(!shown.cells[0].has_value());
}

TEST_CASE("C-52: what is no table is refused", "[oversight]") {
    CHECK(shown_table({.rows = 0, .columns = 0, .cells = {}}, TableReader::outside).error().code ==
          Errc::invalid_argument);
    CHECK(shown_table({.rows = 2, .columns = 2, .cells = {1, 2, 3}}, TableReader::team)
              .error()
              .code == Errc::invalid_argument);
    CHECK(shown_table({.rows = 1, .columns = 2000, .cells = std::vector<std::uint32_t>(2000)},
                      TableReader::team)
              .error()
              .code == Errc::limit_exceeded);
    CHECK(shown_table({.rows = 1, .columns = 2, .cells = {0xffffffffU, 2}}, TableReader::team)
              .error()
              .code == Errc::limit_exceeded);
}

TEST_CASE("C-52 property: no suppressed cell is recovered by solving for it", "[oversight]") {
    Dice dice{52};
    std::size_t suppressed = 0;
    for (int round = 0; round < 4000; ++round) {
        const CountTable table = random_table(dice, 7, static_cast<std::uint32_t>(dice.below(60)));
        const auto shown = shown_table(table, TableReader::outside).value();
        CAPTURE(table.rows, table.columns, table.cells);
        CHECK_FALSE(PencilReader{shown}.recovers_any());
        for (std::size_t i = 0; i < table.cells.size(); ++i) {
            if (!shown.cells[i]) {
                ++suppressed;
                continue;
            }
            REQUIRE(*shown.cells[i] == table.cells[i]);
            // A small cell that is shown is a zero, and its total says so.
            if (table.cells[i] < cell_min) REQUIRE(table.cells[i] == 0);
        }
    }
    CHECK(suppressed > 10'000);
}

TEST_CASE("C-52 property: counts being no less than zero recovers no cell either", "[oversight]") {
    Dice dice{14};
    for (int round = 0; round < 1500; ++round) {
        CountTable table{.rows = dice.between(1, 2), .columns = dice.between(2, 3), .cells = {}};
        for (std::size_t i = 0; i < table.rows * table.columns; ++i)
            table.cells.push_back(static_cast<std::uint32_t>(dice.below(dice.percent(50) ? 2 : 4)));
        if (dice.percent(40)) table.cells[dice.below(table.cells.size())] = 5;
        const auto shown = shown_table(table, TableReader::outside).value();
        if (shown.total.value_or(0) > 9) continue;  // the enumeration below grows with it
        std::vector<std::uint32_t> cells(table.cells.size());
        std::vector<std::pair<std::uint32_t, std::uint32_t>> bounds(table.cells.size(), {~0U, 0});
        fill_in(shown, 0, cells, bounds);
        CAPTURE(table.rows, table.columns, table.cells);
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (!shown.cells[i]) CHECK(bounds[i].first < bounds[i].second);
    }
}

TEST_CASE("C-14: an aggregate is shown by the rule of C-52", "[oversight]") {
    CHECK(may_show_count(5, TableReader::outside));
    CHECK_FALSE(may_show_count(4, TableReader::outside));
    CHECK_FALSE(may_show_count(0, TableReader::outside));
    CHECK(may_show_count(1, TableReader::team));
}
