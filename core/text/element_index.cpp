#include "core/text/element_index.hpp"

#include "core/base/result.hpp"

#include <algorithm>

namespace samsyn::text {

ElementIndex::Slot ElementIndex::find(std::uint32_t element) const {
    const std::size_t place =
        !firsts_.empty() && element >= firsts_.back()
            ? firsts_.size() - 1
            : static_cast<std::size_t>(std::ranges::upper_bound(firsts_, element) -
                                       firsts_.begin()) -
                  1;
    const Chunk& chunk = chunks_[order_[place]];
    const std::uint32_t* end = chunk.starts + chunk.count;
    return {
        place,
        static_cast<std::uint32_t>(std::upper_bound(chunk.starts, end, element) - chunk.starts) -
            1};
}

std::uint32_t ElementIndex::leaf_of(std::uint32_t element) const {
    const Slot slot = find(element);
    return chunks_[order_[slot.place]].leaves[slot.at];
}

void ElementIndex::add(std::uint32_t start, std::uint32_t leaf) {
    if (order_.empty() || (start > firsts_.back() && chunks_[order_.back()].count == chunk_max &&
                           start > chunks_[order_.back()].starts[chunk_max - 1])) {
        Chunk& chunk = chunks_.emplace_back();
        chunk.count = 1;
        chunk.starts[0] = start;
        chunk.leaves[0] = leaf;
        order_.push_back(static_cast<std::uint32_t>(chunks_.size() - 1));
        firsts_.push_back(start);
        return;
    }
    Slot slot = find(start);
    if (chunks_[order_[slot.place]].count == chunk_max) {
        constexpr std::uint32_t half = chunk_max / 2;
        Chunk upper;
        Chunk& lower = chunks_[order_[slot.place]];
        upper.count = half;
        std::copy_n(lower.starts + half, half, upper.starts);
        std::copy_n(lower.leaves + half, half, upper.leaves);
        lower.count = half;
        const auto next = static_cast<std::ptrdiff_t>(slot.place) + 1;
        order_.insert(order_.begin() + next, static_cast<std::uint32_t>(chunks_.size()));
        firsts_.insert(firsts_.begin() + next, upper.starts[0]);
        chunks_.push_back(upper);
        slot = find(start);
    }
    Chunk& chunk = chunks_[order_[slot.place]];
    const std::uint32_t at = slot.at + 1;
    std::copy_backward(
        chunk.starts + at, chunk.starts + chunk.count, chunk.starts + chunk.count + 1);
    std::copy_backward(
        chunk.leaves + at, chunk.leaves + chunk.count, chunk.leaves + chunk.count + 1);
    chunk.starts[at] = start;
    chunk.leaves[at] = leaf;
    ++chunk.count;
}

void ElementIndex::move(std::uint32_t start, std::uint32_t leaf) {
    const Slot slot = find(start);
    chunks_[order_[slot.place]].leaves[slot.at] = leaf;
}

void ElementIndex::remove(std::uint32_t start) {
    const Slot slot = find(start);
    Chunk& chunk = chunks_[order_[slot.place]];
    if (chunk.count == 1) {
        // Its memory is left to the next chunk that is made last; spans are seldom removed.
        order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(slot.place));
        firsts_.erase(firsts_.begin() + static_cast<std::ptrdiff_t>(slot.place));
        return;
    }
    std::copy(chunk.starts + slot.at + 1, chunk.starts + chunk.count, chunk.starts + slot.at);
    std::copy(chunk.leaves + slot.at + 1, chunk.leaves + chunk.count, chunk.leaves + slot.at);
    --chunk.count;
    firsts_[slot.place] = chunk.starts[0];
}

void ElementIndex::fill(const std::vector<Item>& spans) {
    constexpr std::uint32_t filled = chunk_max * 3 / 4;
    chunks_.clear();
    order_.clear();
    firsts_.clear();
    for (std::size_t at = 0; at < spans.size(); at += filled) {
        Chunk& chunk = chunks_.emplace_back();
        chunk.count = static_cast<std::uint32_t>(std::min<std::size_t>(filled, spans.size() - at));
        for (std::uint32_t i = 0; i < chunk.count; ++i) {
            chunk.starts[i] = spans[at + i].start;
            chunk.leaves[i] = spans[at + i].leaf;
        }
        order_.push_back(static_cast<std::uint32_t>(chunks_.size() - 1));
        firsts_.push_back(chunk.starts[0]);
    }
}

std::size_t ElementIndex::memory_bytes() const {
    return chunks_.capacity() * sizeof(Chunk) + (order_.capacity() + firsts_.capacity()) * 4;
}

}  // namespace samsyn::text
