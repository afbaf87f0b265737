#include "core/policy/ancestry.hpp"

namespace samsyn::policy {

namespace {

constexpr std::size_t word_bits = 64;

}  // namespace

Ancestry::Table::Table(const std::set<StatementId>& asked, std::size_t rows)
    : words((asked.size() + word_bits - 1) / word_bits),
      bits(rows * words) {
    for (const auto& id : asked) columns.emplace(id, columns.size());
}

void Ancestry::Table::add(std::size_t row, std::size_t from, const StatementId& id) {
    for (std::size_t word = 0; word < words; ++word)
        bits[row * words + word] |= bits[from * words + word];
    if (const auto column = columns.find(id); column != columns.end())
        bits[row * words + column->second / word_bits] |= std::uint64_t{1}
                                                          << (column->second % word_bits);
}

bool Ancestry::Table::has(std::size_t row, const StatementId& id) const {
    const auto column = columns.find(id);
    if (column == columns.end()) return false;
    const auto word = bits[row * words + column->second / word_bits];
    return (word >> (column->second % word_bits) & 1U) != 0;
}

/// The log is in the order of the times that were claimed, and whoever lies about that must not
/// seem to have known less: so tables are filled in the order of who knew whom.
Ancestry::Ancestry(std::span<const StatementPtr> log,
                   const std::set<StatementId>& earlier,
                   const std::set<StatementId>& later)
    : earlier_(earlier, log.size()),
      later_(later, log.size()) {
    if (earlier.empty() && later.empty()) return;
    for (std::size_t row = 0; row < log.size(); ++row) rows_.emplace(log[row]->id, row);
    const auto order = in_order(log);
    const auto each_before = [&](std::size_t row, const auto& apply) {
        for (const auto& previous : log[row]->header.previous)
            if (const auto before = rows_.find(previous); before != rows_.end())
                apply(before->second);
    };
    for (const auto row : order)
        each_before(row, [&](std::size_t before) { earlier_.add(row, before, log[before]->id); });
    for (auto row = order.rbegin(); row != order.rend(); ++row)
        each_before(*row, [&](std::size_t before) { later_.add(before, *row, log[*row]->id); });
}

std::vector<std::size_t> Ancestry::in_order(std::span<const StatementPtr> log) const {
    std::vector<std::size_t> missing(log.size());
    std::vector<std::vector<std::size_t>> waiting(log.size());
    std::vector<std::size_t> order;
    for (std::size_t row = 0; row < log.size(); ++row) {
        for (const auto& previous : log[row]->header.previous) {
            const auto before = rows_.find(previous);
            if (before == rows_.end()) continue;
            waiting[before->second].push_back(row);
            ++missing[row];
        }
        if (missing[row] == 0) order.push_back(row);
    }
    for (std::size_t done = 0; done < order.size(); ++done)
        for (const auto later : waiting[order[done]])
            if (--missing[later] == 0) order.push_back(later);
    return order;
}

bool Ancestry::knows(const StatementId& later, const StatementId& earlier) const {
    const auto after = rows_.find(later);
    const auto before = rows_.find(earlier);
    return after != rows_.end() && before != rows_.end() &&
           (earlier_.has(after->second, earlier) || later_.has(before->second, later));
}

}  // namespace samsyn::policy
