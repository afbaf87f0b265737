#pragma once

#include "core/policy/federation.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace samsyn {

// One author's closing statements in more than five cases within an hour take effect and alarm the
// case leads (consent-rules.md, "Closing is by scope").

inline constexpr std::size_t mass_closing_cases_max = 5;  ///< more than these alarm
inline constexpr std::chrono::hours mass_closing_window{1};

/// That a user closed something in a case.
struct ClosingSaid {
    UserId author;
    CaseId case_id;
    Instant at;
    friend auto operator<=>(const ClosingSaid&, const ClosingSaid&) = default;
};

/// An alarm. Windows of an hour that overlap are one.
struct MassClosing {
    UserId author;
    std::vector<CaseId> cases;  ///< sorted, each once: more than five
    Instant from;               ///< the first of these closings
    Instant to;                 ///< the last
    friend bool operator==(const MassClosing&, const MassClosing&) = default;
};

/// None for a statement of another kind, and for an author whose user is not known. The devices of
/// one user count together. Pure; thread-safe.
std::optional<ClosingSaid> closing_said(const Statement& statement, const Federation& federation);

/// In the order (author, from). In whatever order they are given. Pure; thread-safe.
std::vector<MassClosing> mass_closings(std::vector<ClosingSaid> said);

}  // namespace samsyn
