#include "core/policy/ancestry.hpp"

namespace samsyn::policy {

namespace {

constexpr std::size_t word_bits = 64;

}  // namespace

/// The log is in the order of the times that were claimed, and whoever lies about that must not
/// seem to have known less: so a row is filled as soon as all of its predecessors are.
Ancestry::Ancestry(std::span<const StatementPtr> log, const std::set<StatementId>& asked) {
    if (asked.empty()) return;
    for (const auto& id : asked) columns_.emplace(id, columns_.size());
    words_ = (columns_.size() + word_bits - 1) / word_bits;
    bits_.resize(log.size() * words_);
    for (std::size_t row = 0; row < log.size(); ++row) rows_.emplace(log[row]->id, row);

    std::vector<std::size_t> missing(log.size());
    std::vector<std::vector<std::size_t>> waiting(log.size());
    std::vector<std::size_t> ready;
    for (std::size_t row = 0; row < log.size(); ++row) {
        for (const auto& previous : log[row]->header.previous) {
            const auto before = rows_.find(previous);
            if (before == rows_.end()) continue;
            waiting[before->second].push_back(row);
            ++missing[row];
        }
        if (missing[row] == 0) ready.push_back(row);
    }
    while (!ready.empty()) {
        const auto row = ready.back();
        ready.pop_back();
        fill(row, *log[row]);
        for (const auto later : waiting[row])
            if (--missing[later] == 0) ready.push_back(later);
    }
}

void Ancestry::fill(std::size_t row, const Statement& statement) {
    for (const auto& previous : statement.header.previous) {
        const auto before = rows_.find(previous);
        if (before == rows_.end()) continue;
        for (std::size_t word = 0; word < words_; ++word)
            bits_[row * words_ + word] |= bits_[before->second * words_ + word];
        if (const auto column = columns_.find(previous); column != columns_.end())
            bits_[row * words_ + column->second / word_bits] |= std::uint64_t{1}
                                                                << (column->second % word_bits);
    }
}

bool Ancestry::knows(const StatementId& later, const StatementId& earlier) const {
    const auto row = rows_.find(later);
    const auto column = columns_.find(earlier);
    if (row == rows_.end() || column == columns_.end()) return false;
    const auto word = bits_[row->second * words_ + column->second / word_bits];
    return (word >> (column->second % word_bits) & 1U) != 0;
}

}  // namespace samsyn::policy
