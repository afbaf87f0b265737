#pragma once

#include "core/text/text_document.hpp"

namespace samsyn::text {

/// Few changes that make `before` into `after`, both well-formed UTF-8, to be applied one after
/// another. Never part of a grapheme cluster: a changed accent changes its letter too.
///
/// The fewest changes where few suffice (some hundred); beyond, line by line, and what differs in
/// more than that becomes one change. So time is bounded: linear, times at most 600.
std::vector<TextPatch> difference(std::string_view before, std::string_view after);

}  // namespace samsyn::text
