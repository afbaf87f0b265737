#pragma once

#include <algorithm>
#include <functional>
#include <vector>

namespace samsyn {

// The one spelling of a set as a list: each element greater than the one before it.

template <class Element>
void sort_and_drop_doubles(std::vector<Element>& list) {
    std::ranges::sort(list);
    const auto doubles = std::ranges::unique(list);
    list.erase(doubles.begin(), doubles.end());
}

/// True where every element is greater than the one before it.
template <class Range, class Projection = std::identity>
bool ascends(const Range& range, Projection projection = {}) {
    return std::ranges::adjacent_find(range, std::ranges::greater_equal{}, projection) ==
           range.end();
}

}  // namespace samsyn
