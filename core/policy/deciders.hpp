#pragma once

#include "core/policy/question.hpp"

namespace samsyn::policy {

/// Rule 0: who decides for a subject at `now`. Everyone named must agree; nobody means unknown.
struct Deciders {
    std::vector<PersonId> people;  ///< sorted
    /// Those of them who cannot be reached: where they are silent, the others suffice, and they are
    /// told afterwards. Sorted.
    std::vector<PersonId> prevented;
    bool came_of_age = false;  ///< a child until now: the guardians' consents have lapsed
};

/// For this label, measure and recipient.
Deciders who_decides(const Question& question, const Place& place, const PersonId& subject);

/// What is recorded of a person at an instant: both where statements disagree.
struct Standing {
    bool adult = false;
    bool child = false;
    bool review_due = false;   ///< of some custody statement about the child
    bool came_of_age = false;  ///< an adult whose custody statement says since when
};

Standing standing_of(const PersonId& person, const CustodyFacts& custody, Instant now);

/// True where any assessment in force says that the child decides alone in this category, or the
/// table opens the measure that is asked for to a child of the attested age: a guardian's view ends
/// there, even where another assessment disagrees.
bool may_decide_alone(const Question& question, const PersonId& child);

/// True while any suspension of this guardian for this child is in force.
bool is_suspended(const PersonId& child,
                  const PersonId& guardian,
                  const CustodyFacts& custody,
                  Instant now);

/// Until when this counts: its end, at most so long after it was said.
Instant end_of(const Signed<GuardianPrevented>& prevented, const StatuteTable& table);

}  // namespace samsyn::policy
