#include "tests/core/text/fugue_oracle.hpp"

#include <algorithm>
#include <stdexcept>

namespace oracle {

void FugueTree::walk(const Node& node, std::vector<const Node*>& order) const {
    for (const Node* child : node.lefts) walk(*child, order);
    if (&node != &root_) order.push_back(&node);
    for (const Node* child : node.rights) walk(*child, order);
}

std::vector<const FugueTree::Node*> FugueTree::order() const {
    std::vector<const Node*> order;
    walk(root_, order);
    return order;
}

std::size_t FugueTree::place(const std::optional<Id>& id, std::size_t if_none) const {
    if (!id) return if_none;
    const auto all = order();
    return static_cast<std::size_t>(
        std::ranges::find_if(all, [&](const Node* node) { return node->made.id == *id; }) -
        all.begin());
}

FugueTree::Insertion FugueTree::make(std::size_t position, const Id& id, char32_t letter) const {
    const auto all = order();
    std::size_t right = 0;
    std::optional<Id> left;
    for (std::size_t i = 0, shown = 0; i < all.size() && shown < position; ++i)
        if (!all[i]->erased && ++shown == position) {
            left = all[i]->made.id;
            right = i + 1;
        }
    if (right < all.size()) return {id, left, all[right]->made.id, letter};
    return {id, left, std::nullopt, letter};
}

FugueTree::Id FugueTree::at(std::size_t position) const {
    for (const Node* node : order())
        if (!node->erased && position-- == 0) return node->made.id;
    throw std::out_of_range{"position"};
}

// A left child of what stands to its right if that came into the same gap, else a right child of
// what stands to its left. Right children stand in the reverse order of their right neighbours.
void FugueTree::apply(const Insertion& insertion) {
    if (has(insertion.id)) return;
    Node* left = insertion.left ? nodes_.at(*insertion.left).get() : &root_;
    Node* right = insertion.right ? nodes_.at(*insertion.right).get() : nullptr;
    auto node = std::make_unique<Node>();
    node->made = insertion;
    node->is_left = right && right->made.left == insertion.left;
    node->parent = node->is_left ? right : left;
    auto& siblings = node->is_left ? node->parent->lefts : node->parent->rights;
    const auto stands_before = [&](const Node* a, const Node* b) {
        if (!node->is_left) {
            const std::size_t end = nodes_.size() + 1;
            const std::size_t a_right = place(a->made.right, end);
            const std::size_t b_right = place(b->made.right, end);
            if (a_right != b_right) return a_right > b_right;
        }
        return a->made.id < b->made.id;
    };
    siblings.insert(std::ranges::upper_bound(siblings, node.get(), stands_before), node.get());
    nodes_.emplace(insertion.id, std::move(node));
}

void FugueTree::erase(const Id& id) {
    nodes_.at(id)->erased = true;
}

std::u32string FugueTree::text() const {
    std::u32string shown;
    for (const Node* node : order())
        if (!node->erased) shown.push_back(node->made.letter);
    return shown;
}

}  // namespace oracle
