#pragma once

#include <algorithm>
#include <functional>

namespace samsyn::policy {

/// `std::ranges::contains`, which g++ 12 does not have yet.
template <class Range, class Value, class Projection = std::identity>
bool contains(const Range& range, const Value& value, Projection projection = {}) {
    return std::ranges::find(range, value, projection) != std::ranges::end(range);
}

}  // namespace samsyn::policy
