#pragma once

#include "tests/oracle/rules/world.hpp"

namespace oracle {

/// Who decides about one person in one question (rule 0).
struct Deciders {
    std::set<Id> who;
    bool came_of_age = false;     ///< there was custody; the child has come of age
    bool all_suspended = false;   ///< those with custody decide nothing now
    bool child_alone = false;     ///< the child decides, and no guardian
    bool prevented_in_vain = false;  ///< somebody cannot be reached, and it does not help here
};

Deciders deciders_of(const World& world, const Question& question, const Place& place, const Id& subject);

/// Guardians of the child as the custody statements that count now name them, suspended ones too.
std::set<Id> guardians_of(const World& world, const Id& child, Time now);

bool is_suspended(const World& world, const Id& child, const Id& guardian, Time now);

/// True where the person is an adult: recorded as one, come of age, or named as a guardian.
bool is_adult(const World& world, const Id& person, Time now);

/// True where a second reader approved the statement by `now`, not later than `in_time` after it
/// was said, and none disapproved.
bool is_approved(const World& world, const Said& said, Time now, Time in_time = for_ever);

}  // namespace oracle
