#include "core/transparency/merkle.hpp"

#include "core/base/codec.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_hasher.hpp"
#include "tests/support/seeded_random.hpp"

#include <bit>
#include <map>

namespace samsyn {
namespace {

const FakeHasher tree_hasher;

Hash leaf(std::uint64_t number) {
    Writer row;
    row.number(number);
    return leaf_hash(row.view(), tree_hasher);
}

/// RFC 9162, section 2.1.1, word for word.
Hash naive_root(std::uint64_t start, std::uint64_t count) {
    if (count == 0) return empty_root(tree_hasher);
    if (count == 1) return leaf(start);
    const std::uint64_t left = std::bit_floor(count - 1);
    return node_hash(naive_root(start, left), naive_root(start + left, count - left), tree_hasher);
}

/// A tree that grew leaf by leaf, with what a storage would keep of it.
class GrownTree final : public TreeNodes {
public:
    void grow() {
        std::vector<TreeNode> made;
        edge.append(leaf(edge.size()), tree_hasher, made);
        for (const TreeNode& node : made) {
            const bool fresh = nodes.emplace(std::pair{node.level, node.index}, node.hash).second;
            REQUIRE(fresh);
        }
    }

    Result<Hash> node(std::uint8_t level, std::uint64_t index) override {
        const auto found = nodes.find({level, index});
        REQUIRE(found != nodes.end());
        return found->second;
    }

    TreeHead head() const { return {edge.size(), edge.root(tree_hasher)}; }

    TreeEdge edge;
    std::map<std::pair<std::uint8_t, std::uint64_t>, Hash> nodes;
};

GrownTree tree_of(std::uint64_t size) {
    GrownTree tree;
    while (tree.edge.size() < size) tree.grow();
    return tree;
}

constexpr std::uint64_t size_max = 70;  // past 64, so that every shape of edge comes up

TreeHead naive_head(std::uint64_t size) {
    return {size, naive_root(0, size)};
}

}  // namespace

TEST_CASE("Merkle: grown by its edge, a tree has the root of the definition at every size",
          "[transparency]") {
    GrownTree tree;
    for (std::uint64_t size = 0; size <= size_max; ++size) {
        CAPTURE(size);
        CHECK(tree.edge.root(tree_hasher) == naive_root(0, size));
        const auto loaded = TreeEdge::load(size, tree);
        REQUIRE(loaded);
        CHECK(loaded->root(tree_hasher) == naive_root(0, size));
        tree.grow();
    }
}

TEST_CASE("Merkle: an append makes few nodes, whatever the size", "[transparency]") {
    GrownTree tree = tree_of(1000);
    CHECK(tree.nodes.size() < 2000);
    std::vector<TreeNode> made;
    tree.edge.append(leaf(1000), tree_hasher, made);
    CHECK(made.size() <= 11);
}

TEST_CASE("Merkle: every leaf of every tree is proved, and proves nothing else", "[transparency]") {
    GrownTree tree;
    for (std::uint64_t size = 1; size <= size_max; ++size) {
        tree.grow();
        const TreeHead head = tree.head();
        for (std::uint64_t index = 0; index < size; ++index) {
            CAPTURE(size, index);
            const auto path = inclusion_path(index, size, tree, tree_hasher);
            REQUIRE(path);
            bool sound = verify_inclusion(leaf(index), index, head, *path, tree_hasher);
            // Another leaf, another place, another tree, a longer or shorter path.
            sound = sound && !verify_inclusion(leaf(index + 1), index, head, *path, tree_hasher);
            sound = sound &&
                    (size == 1 ||
                     !verify_inclusion(leaf(index), (index + 1) % size, head, *path, tree_hasher));
            sound = sound && !verify_inclusion(leaf(index), size, head, *path, tree_hasher);
            sound = sound &&
                    !verify_inclusion(leaf(index), index, naive_head(size + 1), *path, tree_hasher);
            auto changed = *path;
            changed.push_back(leaf(9));
            sound = sound && !verify_inclusion(leaf(index), index, head, changed, tree_hasher);
            if (!path->empty()) {
                changed = *path;
                changed.pop_back();
                sound = sound && !verify_inclusion(leaf(index), index, head, changed, tree_hasher);
            }
            CHECK(sound);
        }
    }
}

TEST_CASE("Merkle: every pair of sizes is proved to be one history", "[transparency]") {
    GrownTree tree = tree_of(size_max);
    for (std::uint64_t size = 0; size <= size_max; ++size) {
        const TreeHead now = naive_head(size);
        for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
            CAPTURE(size, old_size);
            const auto path = consistency_path(old_size, size, tree, tree_hasher);
            REQUIRE(path);
            CHECK(verify_consistency(naive_head(old_size), now, *path, tree_hasher));
        }
    }
}

// A root alone does not say how many leaves it has: that is in the signed checkpoint.
TEST_CASE("Merkle: a proof of one history is refused for any other", "[transparency]") {
    GrownTree tree = tree_of(size_max);
    Hash other = leaf(12345);
    for (std::uint64_t size = 2; size <= size_max; ++size) {
        const TreeHead now = naive_head(size);
        for (std::uint64_t old_size = 1; old_size < size; ++old_size) {
            CAPTURE(size, old_size);
            const TreeHead old = naive_head(old_size);
            const auto path = *consistency_path(old_size, size, tree, tree_hasher);
            bool refused = !verify_consistency({old_size, other}, now, path, tree_hasher);
            refused = refused && !verify_consistency(old, {size, other}, path, tree_hasher);
            // A log that was cut.
            refused = refused && !verify_consistency(now, old, path, tree_hasher);
            for (std::size_t i = 0; i < path.size(); ++i) {
                auto changed = path;
                changed[i] = other;
                refused = refused && !verify_consistency(old, now, changed, tree_hasher);
                changed = path;
                changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
                refused = refused && !verify_consistency(old, now, changed, tree_hasher);
                changed = path;
                changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), other);
                refused = refused && !verify_consistency(old, now, changed, tree_hasher);
            }
            CHECK(refused);
        }
    }
}

TEST_CASE("Merkle: the same size is the same root, and nothing comes before everything",
          "[transparency]") {
    const TreeHead five = naive_head(5);
    CHECK(verify_consistency(five, five, {}, tree_hasher));
    CHECK_FALSE(verify_consistency({5, leaf(1)}, five, {}, tree_hasher));
    CHECK(verify_consistency(naive_head(0), five, {}, tree_hasher));
    CHECK_FALSE(verify_consistency({0, leaf(1)}, five, {}, tree_hasher));
}

TEST_CASE("Merkle: a proof longer than any tree is refused unread", "[transparency]") {
    const std::vector<Hash> path(tree_path_max + 1);
    const TreeHead vast{~std::uint64_t{0}, leaf(1)};
    CHECK_FALSE(verify_inclusion(leaf(0), 0, vast, path, tree_hasher));
    CHECK_FALSE(verify_consistency({1, leaf(1)}, vast, path, tree_hasher));
    // And the greatest sizes are walked without a shift out of range.
    const std::vector<Hash> whole(tree_path_max, leaf(2));
    CHECK_FALSE(verify_inclusion(leaf(0), vast.size - 1, vast, whole, tree_hasher));
    CHECK_FALSE(verify_consistency({vast.size - 1, leaf(1)}, vast, whole, tree_hasher));
}

TEST_CASE("Merkle: a row is no node, and a node no row", "[transparency]") {
    Writer two;
    two.id(leaf(0));
    two.id(leaf(1));
    CHECK(leaf_hash(two.view(), tree_hasher) != node_hash(leaf(0), leaf(1), tree_hasher));
    CHECK(leaf_hash({}, tree_hasher) != empty_root(tree_hasher));
}

}  // namespace samsyn
