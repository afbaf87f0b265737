#pragma once

#include "core/text/document_state.hpp"
#include "core/text/varint.hpp"

#include <algorithm>

namespace samsyn::text {

// What writing and reading a saved history share.

/// The columns of a saved history, each with its length before it.
struct Columns {
    Bytes writers;       ///< in the order of operations: index and how many in a row
    Bytes kinds;         ///< count · 2 + erases
    Bytes lefts;         ///< of insertions, from where their writer's cursor stood
    Bytes rights;        ///< of insertions: 0 as expected, 1 none, from the element after `lefts`
    Bytes targets;       ///< of erasures, their last as `lefts`
    Bytes span_kinds;    ///< count · 2 + erased
    Bytes span_jumps;    ///< from where the span before ended
    Bytes seen_at;       ///< how many operations of all were there, from the sight before
    Bytes seen_writers;  ///< who saw
    Bytes seen_numbers;  ///< before which of its operations, from its sight before
    Bytes seen_less;  ///< how many writers of whom it saw less than that; which, and how much less
    Bytes erased;     ///< UTF-8 of the erased, in the order of the text

    template <class Take>
    void each(Take take) {
        for (Bytes* column : {&writers,
                              &kinds,
                              &lefts,
                              &rights,
                              &targets,
                              &span_kinds,
                              &span_jumps,
                              &seen_at,
                              &seen_writers,
                              &seen_numbers,
                              &seen_less,
                              &erased})
            take(*column);
    }
};

inline constexpr std::size_t columns_count = 12;

/// What is likely of a writer's next operation: it goes on where the writer's cursor stands.
class Expectation {
public:
    explicit Expectation(std::size_t writers) : hands_(writers) {}

    /// The element before the cursor; -1 at the beginning.
    std::int64_t cursor(WriterIndex writer) const { return hands_[writer].cursor; }

    Element right(WriterIndex writer, std::int64_t left) const {
        const Hand& hand = hands_[writer];
        return hand.typing && left == hand.cursor ? hand.right : static_cast<Element>(left + 1);
    }

    void add(const Operation& operation) {
        const std::int64_t first = operation.element;
        Hand& hand = hands_[operation.writer];
        hand.cursor = operation.erases ? first - 1 : first + operation.count - 1;
        hand.right = operation.right;
        hand.typing = !operation.erases;
    }

private:
    struct Hand {
        std::int64_t cursor = -1;
        Element right = no_element;
        bool typing = true;
    };

    std::vector<Hand> hands_;
};

/// How many operations of each writer there were when there were so many of all, which only grows.
class Counts {
public:
    explicit Counts(const History& history)
        : operations_(history.operations()),
          counts_(history.writers()) {}

    const std::vector<std::uint32_t>& at(std::uint32_t all) {
        while (all_ < all && next_ < operations_.size()) {
            const Operation& operation = operations_[next_];
            const std::uint32_t step = std::min(all - all_, operation.count - within_);
            counts_[operation.writer] += step;
            all_ += step;
            within_ += step;
            if (within_ == operation.count) {
                within_ = 0;
                ++next_;
            }
        }
        return counts_;
    }

private:
    const std::vector<Operation>& operations_;
    std::vector<std::uint32_t> counts_;
    std::size_t next_ = 0;
    std::uint32_t within_ = 0;
    std::uint32_t all_ = 0;
};

}  // namespace samsyn::text
