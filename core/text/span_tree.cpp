#include "core/text/span_tree.hpp"

#include "core/text/varint.hpp"

#include <algorithm>

namespace samsyn::text {

SpanTree::SpanTree() : leaves_(1) {}

std::uint32_t SpanTree::slot_of(const Inner& parent, std::uint32_t child) const {
    std::uint32_t slot = 0;
    while (parent.children[slot] != child) ++slot;
    return slot;
}

void SpanTree::add_shown(std::uint32_t leaf, std::int64_t difference) {
    const auto change = static_cast<std::uint32_t>(difference);
    shown_ += change;
    std::uint32_t child = leaf;
    for (std::uint32_t at = leaves_[leaf].parent; at != none;) {
        Inner& inner = inners_[at];
        inner.shown[slot_of(inner, child)] += change;
        child = at;
        at = inner.parent;
    }
}

std::uint32_t SpanTree::shown_before(const Leaf& leaf, std::uint32_t slot) const {
    std::uint32_t sum = 0;
    for (std::uint32_t i = 0; i < slot; ++i) sum += leaf.spans[i].erased ? 0U : leaf.spans[i].count;
    return sum;
}

SpanTree::At SpanTree::at_position(std::uint32_t position) const {
    if (last_.known && position - last_.begin < span(last_.at).count)
        return {last_.at.leaf, last_.at.slot, position - last_.begin};
    const At at = find_position(position);
    last_ = {{at.leaf, at.slot, 0}, position - at.within, true};
    return at;
}

SpanTree::At SpanTree::find_position(std::uint32_t position) const {
    std::uint32_t node = root_;
    std::uint32_t leaf_number = 0;
    while (node != none) {
        const Inner& inner = inners_[node];
        std::uint32_t slot = 0;
        while (position >= inner.shown[slot]) position -= inner.shown[slot++];
        leaf_number = inner.children[slot];
        node = inner.above_leaves ? none : leaf_number;
    }
    const Leaf& leaf = leaves_[leaf_number];
    for (std::uint32_t slot = 0;; ++slot) {
        const Span& span = leaf.spans[slot];
        if (span.erased) continue;
        if (position < span.count) return {leaf_number, slot, position};
        position -= span.count;
    }
}

SpanTree::At SpanTree::at_element(Element element) const {
    const std::uint32_t number = index_.leaf_of(element);
    const Leaf& leaf = leaves_[number];
    for (std::uint32_t slot = 0;; ++slot) {
        const std::uint32_t within = element - leaf.spans[slot].element;
        if (within < leaf.spans[slot].count) return {number, slot, within};
    }
}

bool SpanTree::first(At& at) const {
    at = {};
    return elements_ > 0;
}

bool SpanTree::step(At& at) const {
    at.within = 0;
    if (++at.slot < leaves_[at.leaf].count) return true;
    at.slot = 0;
    at.leaf = leaves_[at.leaf].next;
    return at.leaf != none;
}

Element SpanTree::next_element(At at) const {
    if (at.within + 1 < span(at).count) return element(at) + 1;
    return step(at) ? element(at) : no_element;
}

std::uint32_t SpanTree::position(At at) const {
    const Leaf& leaf = leaves_[at.leaf];
    std::uint32_t sum = shown_before(leaf, at.slot) + (span(at).erased ? 0 : at.within);
    std::uint32_t child = at.leaf;
    for (std::uint32_t node = leaf.parent; node != none;) {
        const Inner& inner = inners_[node];
        for (std::uint32_t slot = 0; inner.children[slot] != child; ++slot)
            sum += inner.shown[slot];
        child = node;
        node = inner.parent;
    }
    return sum;
}

bool SpanTree::before(At a, At b) const {
    if (a.leaf == b.leaf) return a.slot != b.slot ? a.slot < b.slot : a.within < b.within;
    std::uint32_t left = a.leaf;
    std::uint32_t right = b.leaf;
    std::uint32_t left_parent = leaves_[left].parent;
    std::uint32_t right_parent = leaves_[right].parent;
    while (left_parent != right_parent) {  // all leaves are equally deep
        left = left_parent;
        right = right_parent;
        left_parent = inners_[left].parent;
        right_parent = inners_[right].parent;
    }
    const Inner& inner = inners_[left_parent];
    return slot_of(inner, left) < slot_of(inner, right);
}

Span SpanTree::tail_of(const Span& span, std::uint32_t from) const {
    Span tail = span;
    const std::uint32_t bytes = span.bytes == span.count ? from : bytes_of_points(utf8(span), from);
    tail.element += from;
    tail.offset += bytes;
    tail.count = static_cast<std::uint16_t>(span.count - from);
    tail.bytes = static_cast<std::uint16_t>(span.bytes - bytes) & 0x3fffU;
    tail.head = 0;
    return tail;
}

void SpanTree::cut(Span& span, std::uint32_t count) const {
    const std::uint32_t bytes =
        span.bytes == span.count ? count : bytes_of_points(utf8(span), count);
    span.count = static_cast<std::uint16_t>(count);
    span.bytes = static_cast<std::uint16_t>(bytes) & 0x3fffU;
}

// Makes room for two more spans in the gap's leaf and lets no span reach over the gap.
SpanTree::At SpanTree::make_gap(At gap) {
    last_.known = false;
    if (leaves_[gap.leaf].count + 2 > leaf_max) {
        const std::uint32_t half = leaves_[gap.leaf].count / 2;
        split_leaf(gap.leaf);
        if (gap.slot >= half) gap = {leaves_[gap.leaf].next, gap.slot - half, gap.within};
    }
    if (gap.within == 0) return gap;
    Span& span = leaves_[gap.leaf].spans[gap.slot];
    if (gap.within < span.count) {
        const Span tail = tail_of(span, gap.within);
        cut(span, gap.within);
        put({gap.leaf, gap.slot + 1, 0}, tail);
    }
    return {gap.leaf, gap.slot + 1, 0};
}

void SpanTree::put(At at, const Span& span) {
    Leaf& leaf = leaves_[at.leaf];
    const auto begin = leaf.spans.begin() + at.slot;
    const auto end = leaf.spans.begin() + leaf.count;
    std::copy_backward(begin, end, end + 1);
    *begin = span;
    ++leaf.count;
    index_.add(span.element, at.leaf);
}

SpanTree::At SpanTree::insert(At gap, std::string_view utf8, std::uint32_t count, bool head) {
    At begin = gap;
    bool first = true;
    while (count > 0) {
        std::uint32_t points = count;
        auto bytes = static_cast<std::uint32_t>(utf8.size());
        if (bytes > Span::bytes_max) {  // a quarter of it has at most that many bytes
            points = std::min(count, Span::bytes_max / 4);
            bytes = bytes_of_points(utf8, points);
        }
        Span span;
        span.element = elements_;
        span.offset = static_cast<std::uint32_t>(content_.size());
        span.count = static_cast<std::uint16_t>(points);
        span.bytes = static_cast<std::uint16_t>(bytes) & 0x3fffU;
        span.head = head && first ? 1 : 0;
        content_ += utf8.substr(0, bytes);
        gap = make_gap(gap);
        put(gap, span);
        add_shown(gap.leaf, points);
        elements_ += points;
        if (first) begin = gap;
        first = false;
        gap.within = points;
        utf8.remove_prefix(bytes);
        count -= points;
    }
    return begin;
}

SpanTree::At SpanTree::append(At last, std::string_view utf8, std::uint32_t count) {
    Span& span = leaves_[last.leaf].spans[last.slot];
    const std::size_t bytes = span.bytes + utf8.size();
    if (span.erased || span.offset + span.bytes != content_.size() || bytes > Span::bytes_max ||
        span.element + span.count != elements_ || last.within + 1 != span.count) {
        return insert(after(last), utf8, count, false);
    }
    span.count = static_cast<std::uint16_t>(span.count + count);
    span.bytes = static_cast<std::uint16_t>(bytes) & 0x3fffU;
    content_ += utf8;
    elements_ += count;
    add_shown(last.leaf, count);
    if (last_.at.leaf != last.leaf || last_.at.slot != last.slot) last_.known = false;
    return after(last);
}

std::uint32_t SpanTree::erase(At at, std::uint32_t count) {
    count = std::min<std::uint32_t>(count, span(at).count - at.within);
    at = make_gap(at);
    if (leaves_[at.leaf].spans[at.slot].count > count) {
        const Span tail = tail_of(leaves_[at.leaf].spans[at.slot], count);
        cut(leaves_[at.leaf].spans[at.slot], count);
        put({at.leaf, at.slot + 1, 0}, tail);
    }
    leaves_[at.leaf].spans[at.slot].erased = 1;
    add_shown(at.leaf, -std::int64_t{count});
    join_erased(at.leaf, at.slot + 1);
    join_erased(at.leaf, at.slot);
    return count;
}

// Erased letter by letter, a word is one span again.
void SpanTree::join_erased(std::uint32_t number, std::uint32_t slot) {
    Leaf& leaf = leaves_[number];
    if (slot == 0 || slot >= leaf.count) return;
    Span& left = leaf.spans[slot - 1];
    const Span& right = leaf.spans[slot];
    const std::uint32_t bytes = left.bytes + right.bytes;
    if (!left.erased || !right.erased || right.head || left.element + left.count != right.element ||
        left.offset + left.bytes != right.offset || bytes > Span::bytes_max)
        return;
    left.count = static_cast<std::uint16_t>(left.count + right.count);
    left.bytes = static_cast<std::uint16_t>(bytes) & 0x3fffU;
    drop(number, slot);
}

void SpanTree::drop(std::uint32_t number, std::uint32_t slot) {
    Leaf& leaf = leaves_[number];
    index_.remove(leaf.spans[slot].element);
    std::copy(
        leaf.spans.begin() + slot + 1, leaf.spans.begin() + leaf.count, leaf.spans.begin() + slot);
    --leaf.count;
}

void SpanTree::split_leaf(std::uint32_t number) {
    const auto added = static_cast<std::uint32_t>(leaves_.size());
    leaves_.emplace_back();
    Leaf& left = leaves_[number];
    Leaf& right = leaves_[added];
    const std::uint32_t half = left.count / 2;
    right.count = left.count - half;
    std::copy_n(left.spans.begin() + half, right.count, right.spans.begin());
    left.count = half;
    right.next = left.next;
    left.next = added;
    for (std::uint32_t i = 0; i < right.count; ++i) index_.move(right.spans[i].element, added);
    add_child(left.parent, number, added, shown_before(right, right.count), true);
}

// Puts `right` after `left`, its shown elements taken from those of `left`.
void SpanTree::add_child(std::uint32_t parent,
                         std::uint32_t left,
                         std::uint32_t right,
                         std::uint32_t right_shown,
                         bool above_leaves) {
    const auto parent_of = [&](std::uint32_t child) -> std::uint32_t& {
        return above_leaves ? leaves_[child].parent : inners_[child].parent;
    };
    if (parent == none) {
        root_ = static_cast<std::uint32_t>(inners_.size());
        Inner& root = inners_.emplace_back();
        root.above_leaves = above_leaves;
        root.count = 1;
        root.children[0] = left;
        root.shown[0] = shown_;
        parent_of(left) = root_;
        parent = root_;
    }
    if (inners_[parent].count == inner_max) {
        const auto added = static_cast<std::uint32_t>(inners_.size());
        inners_.emplace_back();
        Inner& lower = inners_[parent];
        Inner& upper = inners_[added];
        constexpr std::uint32_t half = inner_max / 2;
        upper.above_leaves = above_leaves;
        upper.count = inner_max - half;
        std::copy_n(lower.children.begin() + half, upper.count, upper.children.begin());
        std::copy_n(lower.shown.begin() + half, upper.count, upper.shown.begin());
        lower.count = half;
        std::uint32_t moved = 0;
        for (std::uint32_t i = 0; i < upper.count; ++i) {
            moved += upper.shown[i];
            parent_of(upper.children[i]) = added;
        }
        const std::uint32_t grandparent = lower.parent;
        add_child(grandparent, parent, added, moved, false);
        parent = parent_of(left);
    }
    Inner& inner = inners_[parent];
    const std::uint32_t slot = slot_of(inner, left);
    for (std::uint32_t i = inner.count; i > slot + 1; --i) {
        inner.children[i] = inner.children[i - 1];
        inner.shown[i] = inner.shown[i - 1];
    }
    inner.children[slot + 1] = right;
    inner.shown[slot + 1] = right_shown;
    inner.shown[slot] -= right_shown;
    ++inner.count;
    parent_of(right) = parent;
}

SpanTree SpanTree::build(const std::vector<Span>& spans, std::string content, Element elements) {
    constexpr std::uint32_t filled = leaf_max * 3 / 4;
    SpanTree tree;
    tree.content_ = std::move(content);
    tree.elements_ = elements;
    std::vector<ElementIndex::Item> items;
    items.reserve(spans.size());
    for (std::size_t at = 0; at < spans.size(); at += filled) {
        const auto number = static_cast<std::uint32_t>(at / filled);
        if (number > 0) {
            tree.leaves_.emplace_back();
            tree.leaves_[number - 1].next = number;
        }
        Leaf& leaf = tree.leaves_[number];
        leaf.count = static_cast<std::uint32_t>(std::min<std::size_t>(filled, spans.size() - at));
        std::copy_n(
            spans.begin() + static_cast<std::ptrdiff_t>(at), leaf.count, leaf.spans.begin());
        for (std::uint32_t i = 0; i < leaf.count; ++i)
            items.push_back({leaf.spans[i].element, number});
    }
    std::ranges::sort(items, {}, &ElementIndex::Item::start);
    tree.index_.fill(items);
    tree.build_above();
    return tree;
}

// The levels above the leaves, each three quarters full.
void SpanTree::build_above() {
    constexpr std::uint32_t filled = inner_max * 3 / 4;
    std::vector<std::uint32_t> level(leaves_.size());
    std::vector<std::uint32_t> shown(leaves_.size());
    for (std::uint32_t i = 0; i < level.size(); ++i) {
        level[i] = i;
        shown[i] = shown_before(leaves_[i], leaves_[i].count);
        shown_ += shown[i];
    }
    for (bool above_leaves = true; level.size() > 1; above_leaves = false) {
        std::vector<std::uint32_t> above;
        std::vector<std::uint32_t> above_shown;
        for (std::size_t i = 0; i < level.size(); ++i) {
            if (i % filled == 0) {
                above.push_back(static_cast<std::uint32_t>(inners_.size()));
                above_shown.push_back(0);
                inners_.emplace_back().above_leaves = above_leaves;
            }
            Inner& inner = inners_[above.back()];
            inner.children[inner.count] = level[i];
            inner.shown[inner.count++] = shown[i];
            above_shown.back() += shown[i];
            (above_leaves ? leaves_[level[i]].parent : inners_[level[i]].parent) = above.back();
        }
        level = std::move(above);
        shown = std::move(above_shown);
        root_ = level[0];
    }
}

std::size_t SpanTree::memory_bytes() const {
    return leaves_.capacity() * sizeof(Leaf) + inners_.capacity() * sizeof(Inner) +
           index_.memory_bytes() + content_.capacity();
}

}  // namespace samsyn::text
