#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace oracle {

/// A slow, obviously correct text for several writers: the tree of the paper, one node a letter,
/// one child list a side, and nothing else. Shares no line with the program.
///
/// M. Weidner, M. Kleppmann: "The Art of the Fugue", the variant FugueMax.
class FugueTree {
public:
    /// Writer (compared as the program compares devices) and number of the operation.
    using Id = std::pair<std::string, std::uint32_t>;

    struct Insertion {
        Id id;
        std::optional<Id> left;   ///< none: the beginning
        std::optional<Id> right;  ///< none: the end
        char32_t letter = 0;
    };

    /// What a person at `position` of this replica's text types.
    Insertion make(std::size_t position, const Id& id, char32_t letter) const;
    Id at(std::size_t position) const;

    void apply(const Insertion& insertion);
    void erase(const Id& id);

    bool has(const Id& id) const { return nodes_.contains(id); }

    std::u32string text() const;

private:
    struct Node {
        Insertion made;
        Node* parent = nullptr;
        bool is_left = false;
        bool erased = false;
        std::vector<Node*> lefts;
        std::vector<Node*> rights;
    };

    void walk(const Node& node, std::vector<const Node*>& order) const;
    std::vector<const Node*> order() const;
    std::size_t place(const std::optional<Id>& id, std::size_t if_none) const;

    Node root_;
    std::map<Id, std::unique_ptr<Node>> nodes_;
};

}  // namespace oracle
