#pragma once

#include "core/text/text_document.hpp"

namespace samsyn::text {

/// What somebody did who had `before` in front of them and made `after` of it, as changes of `now`,
/// which `before` has become meanwhile: what came in stays, what went is not brought back. All
/// well-formed UTF-8; bounds as of `difference`.
std::vector<TextPatch> rebase(std::string_view before,
                              std::string_view after,
                              std::string_view now);

}  // namespace samsyn::text
