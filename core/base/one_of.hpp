#pragma once

#include <type_traits>
#include <variant>

namespace samsyn {

/// True for the alternatives of a variant.
template <class Kind, class Variant>
inline constexpr bool is_one_of = false;

template <class Kind, class... Kinds>
inline constexpr bool is_one_of<Kind, std::variant<Kinds...>> =
    (std::is_same_v<Kind, Kinds> || ...);

}  // namespace samsyn
