#pragma once

#include <algorithm>
#include <functional>
#include <vector>

namespace samsyn {

/// The one spelling of a set as a list.
template <class Element>
bool is_sorted_once(const std::vector<Element>& elements) {
    return std::ranges::adjacent_find(elements, std::ranges::greater_equal{}) == elements.end();
}

}  // namespace samsyn
