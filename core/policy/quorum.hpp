#pragma once

#include "core/policy/closing.hpp"

namespace samsyn::policy {

/// Where one person who decides stands for one subject of the label.
struct Position {
    enum class Kind : std::uint8_t {
        consents,
        silent,       ///< no consent at all, or one that still lacks a confirmation or writing
        falls_short,  ///< a consent does not reach
        closed,       ///< something in scope closes it
        informed,     ///< is prevented from deciding, and told afterwards
    };

    PersonId decider;
    PersonId subject;
    Kind kind{};
    std::vector<Reason> reasons;               ///< why not; in the order of the page
    Closings closings;                         ///< of `closed`
    const Signed<Consent>* consent = nullptr;  ///< of `consents`
};

/// Where everyone who decides stands, subject by subject. A subject for whom nobody is known to
/// decide has one silent position of nobody.
std::vector<Position> positions(const Question& question, const Place& place);

/// Rule 6: every subject covered by everyone who decides; for low sensitivity one of them suffices.
/// Answers always: permit, needs or deny. Expects that no position is closed.
Decision quorum(const Question& question, const std::vector<Position>& positions);

/// The consents that would have to be obtained where these positions do not suffice. Sorted.
std::vector<MissingConsent> missing_consents(const Question& question,
                                             const std::vector<Position>& positions);

/// Until when an oral consent counts for this label; its end otherwise.
Instant end_of(const Signed<Consent>& consent, const Question& question);

}  // namespace samsyn::policy
