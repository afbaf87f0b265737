#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace story {

/// An invented family and what is written about it. Names are long enough to search for.
struct InventedFamily {
    std::string surname;
    std::string child;  ///< full name; the one that the case is about
    std::string sibling;
    std::string mother;
    std::string father;
    std::string birth_date;  ///< of the child, who is 8

    std::string visit_note;
    std::string attendance;
    std::string social;
    std::string health;
    std::string goal;
    std::string goal_office;  ///< what the colleague writes meanwhile
    std::string goal_home;
    std::string commitment;

    /// Everything that only the permitted may ever see.
    std::vector<std::string> secrets() const;
};

InventedFamily invent_family(std::uint64_t seed);

}  // namespace story
