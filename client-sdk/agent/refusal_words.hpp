#pragma once

#include <string_view>

namespace samsyn {

/// Why something was refused that no decision of the policy refused, and what to do about it, in
/// the two languages.
struct RefusalWords {
    std::string_view context;  ///< of the error
    std::string_view en;
    std::string_view sv;
    std::string_view hint_en;
    std::string_view hint_sv;
};

/// Null for the context of any other error.
const RefusalWords* find_refusal_words(std::string_view context);

}  // namespace samsyn
