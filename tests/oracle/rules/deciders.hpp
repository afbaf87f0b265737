#pragma once

#include "tests/oracle/rules/world.hpp"

namespace oracle {

/// Who decides about one person in one question (rule 0).
struct Deciders {
    std::set<Id> who;
    bool came_of_age = false;  ///< there was custody; the child has come of age
    /// Guardians among them who cannot be reached: without their consent the others suffice, and
    /// they are told afterwards.
    std::set<Id> prevented;
};

Deciders deciders_of(const World& world,
                     const Question& question,
                     const Place& place,
                     const Id& subject);

bool is_suspended(const World& world, const Id& child, const Id& guardian, Time now);

/// True where the person is an adult, and nothing says that it is a child.
bool is_adult(const World& world, const Id& person, Time now);

/// The row of what is asked for, as it is law now; null without one.
const Statutes::Purpose* purpose_of(const World& world, const Question& question);

/// True where a second reader approved the statement, before `due`, and none disapproved.
bool is_approved(const World& world, const Said& said, Time due = for_ever);
bool is_disapproved(const World& world, const Said& said);

/// True where the child may decide alone: some assessment says so, or the measure is open at its
/// age.
bool may_decide_alone(const World& world, const Question& question, const Id& child);

/// As recorded: a child, an adult, or both where statements disagree.
struct Recorded {
    bool child = false, adult = false, review_due = false, came_of_age = false;
};

Recorded recorded(const World& world, const Id& person, Time now);

/// Named in every custody statement about the child that counts, and all of them in force.
bool has_custody(const World& world, const Id& guardian, const Id& child, Time now);

}  // namespace oracle
