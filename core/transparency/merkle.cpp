#include "core/transparency/merkle.hpp"

#include <algorithm>
#include <bit>

namespace samsyn {

namespace {

/// The greatest power of two below `count`, which is at least 2: where RFC 9162 splits a tree.
std::uint64_t split_of(std::uint64_t count) {
    return std::bit_floor(count - 1);
}

/// Leaves of a tree, as a proof walks down to them: `start` is a multiple of the least power of
/// two that is not below `count`.
struct Range {
    std::uint64_t start = 0;
    std::uint64_t count = 0;

    Range left() const { return {start, split_of(count)}; }

    Range right() const { return {start + split_of(count), count - split_of(count)}; }
};

/// The root over at least one leaf: its whole subtrees, folded from the right.
Result<Hash> root_of(Range range, TreeNodes& nodes, const Hasher& hasher) {
    std::vector<Hash> whole;
    while (range.count > 0) {
        const std::uint64_t size = std::bit_floor(range.count);
        const auto level = static_cast<std::uint8_t>(std::countr_zero(size));
        whole.push_back(SAMSYN_TRY(nodes.node(level, range.start >> level)));
        range = {range.start + size, range.count - size};
    }
    Hash root = whole.back();
    for (auto at = whole.rbegin() + 1; at != whole.rend(); ++at)
        root = node_hash(*at, root, hasher);
    return root;
}

}  // namespace

Hash leaf_hash(ByteView row, const Hasher& hasher) {
    return hasher.hash(Domain::log_leaf, {row});
}

Hash node_hash(const Hash& left, const Hash& right, const Hasher& hasher) {
    return hasher.hash(Domain::log_node, {left.view(), right.view()});
}

Hash empty_root(const Hasher& hasher) {
    return hasher.hash(Domain::log_node, {});
}

// --- Growing -------------------------------------------------------------------------------------

Result<TreeEdge> TreeEdge::load(std::uint64_t size, TreeNodes& nodes) {
    TreeEdge edge;
    edge.size_ = size;
    std::uint64_t start = 0;
    while (start < size) {
        const std::uint64_t whole = std::bit_floor(size - start);
        const auto level = static_cast<std::uint8_t>(std::countr_zero(whole));
        edge.whole_.push_back(SAMSYN_TRY(nodes.node(level, start >> level)));
        start += whole;
    }
    return edge;
}

Hash TreeEdge::root(const Hasher& hasher) const {
    if (whole_.empty()) return empty_root(hasher);
    Hash root = whole_.back();
    for (auto at = whole_.rbegin() + 1; at != whole_.rend(); ++at)
        root = node_hash(*at, root, hasher);
    return root;
}

void TreeEdge::append(const Hash& leaf, const Hasher& hasher, std::vector<TreeNode>& made) {
    TreeNode node{0, size_, leaf};
    made.push_back(node);
    // As a binary counter carries: each trailing 1 of the size is a left neighbour to join with.
    for (std::uint64_t rest = size_; (rest & 1U) != 0; rest >>= 1U) {
        node = {static_cast<std::uint8_t>(node.level + 1),
                node.index >> 1U,
                node_hash(whole_.back(), node.hash, hasher)};
        whole_.pop_back();
        made.push_back(node);
    }
    whole_.push_back(node.hash);
    ++size_;
}

// --- Proofs --------------------------------------------------------------------------------------

Result<std::vector<Hash>> inclusion_path(std::uint64_t index,
                                         std::uint64_t size,
                                         TreeNodes& nodes,
                                         const Hasher& hasher) {
    SAMSYN_ASSERT(index < size);
    std::vector<Hash> path;
    Range range{0, size};
    while (range.count > 1) {
        const bool goes_left = index < range.right().start;
        path.push_back(
            SAMSYN_TRY(root_of(goes_left ? range.right() : range.left(), nodes, hasher)));
        range = goes_left ? range.left() : range.right();
    }
    std::ranges::reverse(path);
    return path;
}

Result<std::vector<Hash>> consistency_path(std::uint64_t old_size,
                                           std::uint64_t size,
                                           TreeNodes& nodes,
                                           const Hasher& hasher) {
    SAMSYN_ASSERT(old_size <= size);
    std::vector<Hash> path;
    if (old_size == 0 || old_size == size) return path;
    Range range{0, size};
    bool from_the_start = true;
    while (range.start + range.count != old_size) {
        const bool goes_left = old_size <= range.right().start;
        path.push_back(
            SAMSYN_TRY(root_of(goes_left ? range.right() : range.left(), nodes, hasher)));
        if (!goes_left) from_the_start = false;
        range = goes_left ? range.left() : range.right();
    }
    if (!from_the_start) path.push_back(SAMSYN_TRY(root_of(range, nodes, hasher)));
    std::ranges::reverse(path);
    return path;
}

bool verify_inclusion(const Hash& leaf,
                      std::uint64_t index,
                      const TreeHead& tree,
                      std::span<const Hash> path,
                      const Hasher& hasher) {
    if (index >= tree.size || path.size() > tree_path_max) return false;
    std::uint64_t node = index;
    std::uint64_t last = tree.size - 1;
    Hash root = leaf;
    for (const Hash& sibling : path) {
        if (last == 0) return false;
        if ((node & 1U) != 0 || node == last) {
            root = node_hash(sibling, root, hasher);
            while ((node & 1U) == 0 && node != 0) {
                node >>= 1U;
                last >>= 1U;
            }
        } else {
            root = node_hash(root, sibling, hasher);
        }
        node >>= 1U;
        last >>= 1U;
    }
    return last == 0 && root == tree.root;
}

bool verify_consistency(const TreeHead& old,
                        const TreeHead& tree,
                        std::span<const Hash> path,
                        const Hasher& hasher) {
    if (old.size > tree.size || path.size() > tree_path_max) return false;
    if (old.size == tree.size) return path.empty() && old.root == tree.root;
    if (old.size == 0) return path.empty() && old.root == empty_root(hasher);

    // A tree of a power of two leaves is a whole subtree of the new one: the proof leaves it out.
    const bool whole = std::has_single_bit(old.size);
    if (path.empty() && !whole) return false;
    Hash old_root = whole ? old.root : path.front();
    Hash new_root = old_root;
    std::uint64_t node = old.size - 1;
    std::uint64_t last = tree.size - 1;
    while ((node & 1U) != 0) {
        node >>= 1U;
        last >>= 1U;
    }
    for (const Hash& sibling : path.subspan(whole ? 0 : 1)) {
        if (last == 0) return false;
        if ((node & 1U) != 0 || node == last) {
            old_root = node_hash(sibling, old_root, hasher);
            new_root = node_hash(sibling, new_root, hasher);
            while ((node & 1U) == 0 && node != 0) {
                node >>= 1U;
                last >>= 1U;
            }
        } else {
            new_root = node_hash(new_root, sibling, hasher);
        }
        node >>= 1U;
        last >>= 1U;
    }
    return last == 0 && old_root == old.root && new_root == tree.root;
}

}  // namespace samsyn
