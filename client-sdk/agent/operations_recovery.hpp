#pragma once

#include <string_view>

namespace samsyn {

/// Why a recovery key may not be put together here, and what to do, in the two languages.
struct RecoveryRefusal {
    std::string_view context;
    std::string_view en, sv;
    std::string_view hint_en, hint_sv;
};

/// Null for the context of any other error.
const RecoveryRefusal* find_recovery_refusal(std::string_view context);

}  // namespace samsyn
