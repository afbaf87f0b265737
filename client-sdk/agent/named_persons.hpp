#pragma once

#include <samsyn/device.hpp>

namespace samsyn {

/// Persons of the case whom an item's texts name, and who are not among those it is about: whoever
/// reads about the one then reads about the other. By the first name (also with a genitive's s), or
/// by all of it where one of those it is about has the same first name. A hint, not a search:
/// nicknames and "her mother" are not found.
std::vector<PersonView> named_beside(const ItemView& item, const std::vector<PersonView>& persons);

}  // namespace samsyn
