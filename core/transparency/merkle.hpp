#pragma once

#include "core/base/ports.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace samsyn {

// The hash tree of the access log (RFC 9162, section 2.1, with our labels in place of 0x00 and
// 0x01). Pure and thread-safe; every input may come from a liar.

/// Hashes that a proof has at most: a log of 2^63 rows. More is refused before it is looked at.
inline constexpr std::size_t tree_path_max = 64;

/// The digest of one row.
Hash leaf_hash(ByteView row, const Hasher& hasher);

Hash node_hash(const Hash& left, const Hash& right, const Hasher& hasher);

/// The root of a log without rows.
Hash empty_root(const Hasher& hasher);

/// A whole subtree: `index` counts the subtrees of its level from the left; level 0 are the leaves.
struct TreeNode {
    std::uint8_t level = 0;
    std::uint64_t index = 0;
    Hash hash;
    friend bool operator==(const TreeNode&, const TreeNode&) = default;
};

/// Where the whole subtrees of a tree are kept. Errors are those of the place.
class TreeNodes {
public:
    virtual ~TreeNodes() = default;

    /// Asked only for subtrees that the tree has.
    virtual Result<Hash> node(std::uint8_t level, std::uint64_t index) = 0;
};

/// The right edge of a growing tree: the whole subtrees that no greater one contains, at most 63
/// hashes. From them alone follow the root and what an append changes. Not thread-safe.
class TreeEdge {
public:
    TreeEdge() = default;

    /// The edge of a stored tree. Errors: of `nodes`.
    static Result<TreeEdge> load(std::uint64_t size, TreeNodes& nodes);

    std::uint64_t size() const { return size_; }

    Hash root(const Hasher& hasher) const;

    /// Adds one leaf and appends to `made` every subtree that became whole with it, the leaf
    /// included: what must be stored. O(log size).
    void append(const Hash& leaf, const Hasher& hasher, std::vector<TreeNode>& made);

private:
    std::uint64_t size_ = 0;
    std::vector<Hash> whole_;  ///< from the greatest subtree to the least
};

/// The path from leaf `index` to the root of the first `size` leaves (section 2.1.3.1).
/// `index` < `size`. Errors: of `nodes`.
Result<std::vector<Hash>> inclusion_path(std::uint64_t index,
                                         std::uint64_t size,
                                         TreeNodes& nodes,
                                         const Hasher& hasher);

/// What shows that the tree of `size` leaves begins with that of `old_size` (section 2.1.4.1).
/// `old_size` <= `size`; empty where one of them is 0 or they are equal. Errors: of `nodes`.
Result<std::vector<Hash>> consistency_path(std::uint64_t old_size,
                                           std::uint64_t size,
                                           TreeNodes& nodes,
                                           const Hasher& hasher);

/// A tree as somebody claims it to be.
struct TreeHead {
    std::uint64_t size = 0;
    Hash root;
    friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

/// True where `leaf` is leaf number `index` of the tree (section 2.1.3.2).
bool verify_inclusion(const Hash& leaf,
                      std::uint64_t index,
                      const TreeHead& tree,
                      std::span<const Hash> path,
                      const Hasher& hasher);

/// True where `tree` begins with all of `old` (section 2.1.4.2): the same size means the same root,
/// a tree of nothing begins every tree, and a smaller tree never follows.
bool verify_consistency(const TreeHead& old,
                        const TreeHead& tree,
                        std::span<const Hash> path,
                        const Hasher& hasher);

}  // namespace samsyn
