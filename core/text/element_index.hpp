#pragma once

#include <cstdint>
#include <vector>

namespace samsyn::text {

/// In which leaf of the tree the span is that starts with an element. Spans cover all elements
/// without a gap, so that the last start not above an element is that of its span.
///
/// Sorted, in chunks: finding is two binary searches, adding moves at most one chunk.
class ElementIndex {
public:
    std::uint32_t leaf_of(std::uint32_t element) const;

    /// The first to be added is 0.
    void add(std::uint32_t start, std::uint32_t leaf);

    /// The span that starts with `start` is now in another leaf.
    void move(std::uint32_t start, std::uint32_t leaf);

    void remove(std::uint32_t start);

    /// As `add` for each of `spans`, which are sorted by start, to an empty index.
    struct Item {
        std::uint32_t start;
        std::uint32_t leaf;
    };

    void fill(const std::vector<Item>& spans);

    std::size_t memory_bytes() const;

private:
    static constexpr std::uint32_t chunk_max = 128;

    struct Chunk {
        std::uint32_t count = 0;
        std::uint32_t starts[chunk_max]{};
        std::uint32_t leaves[chunk_max]{};
    };

    struct Slot {
        std::size_t place;  ///< in `order_`
        std::uint32_t at;
    };

    /// The last slot whose start is not above `element`.
    Slot find(std::uint32_t element) const;

    std::vector<Chunk> chunks_;
    std::vector<std::uint32_t> order_;   ///< chunks by start
    std::vector<std::uint32_t> firsts_;  ///< the first start of each, in that order
};

}  // namespace samsyn::text
