#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace samsyn {

/// The list in order, so that a word is found in a few steps.
template <std::size_t n>
consteval std::array<std::string_view, n> in_order(std::array<std::string_view, n> list) {
    std::ranges::sort(list);
    return list;
}

template <std::size_t n>
bool holds(const std::array<std::string_view, n>& list, std::string_view word) {
    return std::ranges::binary_search(list, word);
}

template <std::size_t n>
bool ends_with_one_of(const std::array<std::string_view, n>& endings, std::string_view word) {
    return std::ranges::any_of(endings, [word](std::string_view ending) {
        return word.size() > ending.size() + 1 && word.ends_with(ending);
    });
}

}  // namespace samsyn
