#pragma once

#include "core/text/element_index.hpp"

#include <array>
#include <string>
#include <string_view>

namespace samsyn::text {

/// Elements are the inserted code points in the order in which they came to this replica.
using Element = std::uint32_t;
inline constexpr Element no_element = 0xffff'ffffU;  ///< before the first, after the last

/// Elements that follow each other in number and in the text, from one insertion, all shown or all
/// erased.
struct Span {
    static constexpr std::uint32_t bytes_max = 2048;

    Element element = 0;
    std::uint32_t offset = 0;  ///< of their UTF-8 in the content
    std::uint16_t count = 0;
    std::uint16_t bytes : 14 = 0;
    std::uint16_t erased : 1 = 0;
    std::uint16_t head : 1 = 0;  ///< its first element is the first of its insertion
};

/// All elements in the order of the text, the erased ones included, in a tree that counts the shown
/// ones. Finding a position or an element and changing the tree cost a walk from root to leaf.
///
/// Single-threaded.
class SpanTree {
public:
    /// A place in the tree, valid until the next change: the element `within` the span, or the gap
    /// before it.
    struct At {
        std::uint32_t leaf = 0;
        std::uint32_t slot = 0;
        std::uint32_t within = 0;
    };

    SpanTree();

    std::uint32_t shown() const { return shown_; }

    Element elements() const { return elements_; }

    const Span& span(At at) const { return leaves_[at.leaf].spans[at.slot]; }

    Element element(At at) const { return span(at).element + at.within; }

    /// The shown element at `position`, which is below `shown()`. Quickest in the span of the time
    /// before.
    At at_position(std::uint32_t position) const;

    At at_element(Element element) const;

    /// The first element of the text; false where there is none.
    bool first(At& at) const;

    /// To the first element of the next span; false, and `at` unspecified, after the last.
    bool step(At& at) const;

    Element next_element(At at) const;

    /// How many shown elements are before this one.
    std::uint32_t position(At at) const;

    /// Whether one stands before another.
    bool before(At a, At b) const;

    /// New elements, numbered from `elements()` on, into the gap before `gap`; `head` as in `Span`.
    /// A text of more than `Span::bytes_max` becomes several spans. Returns where they begin.
    At insert(At gap, std::string_view utf8, std::uint32_t count, bool head);

    /// As `insert` where the new ones follow `last` and belong to its insertion.
    At append(At last, std::string_view utf8, std::uint32_t count);

    /// The gap after an element.
    static At after(At at) { return {at.leaf, at.slot, at.within + 1}; }

    /// Marks up to `count` elements erased from `at` on, within its span. Returns how many; they
    /// were shown.
    std::uint32_t erase(At at, std::uint32_t count);

    std::string_view utf8(const Span& span) const {
        return std::string_view{content_}.substr(span.offset, span.bytes);
    }

    /// Calls `take(span)` for each in the order of the text.
    template <class Take>
    void each(Take take) const {
        for (std::uint32_t leaf = 0; leaf != none; leaf = leaves_[leaf].next)
            for (std::uint32_t slot = 0; slot < leaves_[leaf].count; ++slot)
                take(leaves_[leaf].spans[slot]);
    }

    /// A tree of these spans in this order, which cover `elements` elements, each once.
    static SpanTree build(const std::vector<Span>& spans, std::string content, Element elements);

    std::size_t memory_bytes() const;

private:
    static constexpr std::uint32_t none = 0xffff'ffffU;
    static constexpr std::uint32_t leaf_max = 32;
    static constexpr std::uint32_t inner_max = 32;

    struct Leaf {
        std::uint32_t parent = none;
        std::uint32_t next = none;
        std::uint32_t count = 0;
        std::array<Span, leaf_max> spans;
    };

    struct Inner {
        std::uint32_t parent = none;
        std::uint32_t count = 0;
        bool above_leaves = true;
        std::array<std::uint32_t, inner_max> children{};
        std::array<std::uint32_t, inner_max> shown{};
    };

    At find_position(std::uint32_t position) const;
    std::uint32_t slot_of(const Inner& parent, std::uint32_t child) const;
    void add_shown(std::uint32_t leaf, std::int64_t difference);
    std::uint32_t shown_before(const Leaf& leaf, std::uint32_t slot) const;

    void build_above();
    At make_gap(At gap);
    void put(At at, const Span& span);
    void split_leaf(std::uint32_t leaf);
    void add_child(std::uint32_t parent,
                   std::uint32_t left,
                   std::uint32_t right,
                   std::uint32_t right_shown,
                   bool above_leaves);
    void drop(std::uint32_t leaf, std::uint32_t slot);
    void join_erased(std::uint32_t leaf, std::uint32_t slot);
    Span tail_of(const Span& span, std::uint32_t from) const;
    void cut(Span& span, std::uint32_t count) const;

    std::vector<Leaf> leaves_;
    std::vector<Inner> inners_;
    std::uint32_t root_ = none;  ///< of `inners_`; none while there is one leaf
    ElementIndex index_;
    std::string content_;
    std::uint32_t shown_ = 0;
    Element elements_ = 0;

    /// The shown span that was found last, until anything but its own end changes.
    struct Last {
        At at;
        std::uint32_t begin = 0;
        bool known = false;
    };

    mutable Last last_;
};

}  // namespace samsyn::text
