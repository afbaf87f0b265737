#include "tests/oracle/rules/deciders.hpp"

namespace oracle {

namespace {

using CustodyList = std::vector<std::pair<const Said*, const Custody*>>;

/// The custody statements for the child that no other one knew of.
CustodyList newest_custody(const World& world, const Id& child) {
    auto all = current<Custody>(
        world, [](const Custody& a, const Custody& b) { return a.child == b.child; });
    std::erase_if(all, [&](const auto& one) { return one.second->child != child; });
    if (world.is_wrong_about(Planted::custody_by_time) && all.size() > 1) {
        const auto latest = std::ranges::max_element(
            all, [](const auto& a, const auto& b) { return is_after(*b.first, *a.first); });
        all = {*latest};
    }
    return all;
}

/// Is the child assessed for this category, and then: alone? Not where some current assessment
/// wants the guardians too.
std::optional<bool> mature_alone(const World& world, const Question& question, const Id& child) {
    const int category = question.label.category;
    const auto all = current<Maturity>(world, [&](const Maturity& a, const Maturity& b) {
        return a.child == b.child && has(a.categories, category) && has(b.categories, category);
    });
    std::optional<bool> alone;
    for (const auto& [said, body] : all)
        if (body->child == child && has(body->categories, category) &&
            is_within(body->from, question.now, body->until))
            alone = body->alone && alone.value_or(true);
    return alone;
}

/// The age that counts: the least of those attested last.
std::optional<int> age_of(const World& world, const Id& child) {
    std::optional<int> age;
    for (const auto& [said, body] :
         current<Age>(world, [](const Age& a, const Age& b) { return a.child == b.child; }))
        if (body->child == child) age = std::min(age.value_or(body->years), body->years);
    return age;
}

/// A board's decision covers exactly this measure and unit, and no court stays it.
bool is_replaced_by_decision(const World& world,
                             const Question& question,
                             const Place& place,
                             const Id& child,
                             const Id& guardian) {
    const auto* row = purpose_of(world, question);
    if (row == nullptr || !row->is_measure) return false;
    const auto is_same = [](const InPlace& a, const InPlace& b) {
        return a.child == b.child && a.guardian == b.guardian && a.decision == b.decision;
    };
    const auto covers = [&](const InPlace& one) {
        return one.measure == question.purpose && question.now < one.until &&
               (one.unit == place.unit.unit ||
                world.is_wrong_about(Planted::decision_for_every_unit));
    };
    const auto newest = current<InPlace>(world, is_same);
    return std::ranges::any_of(newest, [&](const auto& one) {
        const InPlace& decision = *one.second;
        if (decision.child != child || decision.guardian != guardian || decision.stayed)
            return false;
        bool stayed = false;
        each<InPlace>(world.of_case, [&](const Said& said, const InPlace& other) {
            // A court stays a decision, whichever guardian the statement names.
            stayed |=
                other.stayed && other.decision == decision.decision && has_effect(world, said);
        });
        if (stayed && !world.is_wrong_about(Planted::stay_ignored)) return false;
        // Of several that did not know each other, all must cover it.
        return std::ranges::all_of(newest, [&](const auto& other) {
            return !is_same(*other.second, decision) || other.second->stayed ||
                   covers(*other.second);
        });
    });
}

bool has_said_no(const World& world,
                 const Question& question,
                 const Id& child,
                 const Id& guardian) {
    if (world.is_wrong_about(Planted::prevented_in_spite_of_refusal)) return false;
    const auto all = standing<Closing>(world);
    return std::ranges::any_of(all, [&](const auto& one) {
        const auto& [said, body] = one;
        return body->decider == guardian && body->subject == child &&
               (said->stream == custody_stream || said->of_unit == question.label.unit);
    });
}

bool is_prevented(const World& world,
                  const Question& question,
                  const Id& child,
                  const Id& guardian) {
    auto all = current<Prevented>(world, [](const Prevented& a, const Prevented& b) {
        return a.child == b.child && a.guardian == b.guardian;
    });
    std::erase_if(all, [&](const auto& one) {
        return one.second->child != child || one.second->guardian != guardian;
    });
    if (all.empty() || has_said_no(world, question, child, guardian)) return false;
    return std::ranges::all_of(all, [&](const auto& one) {
        const auto& [said, body] = one;
        const Time end = world.is_wrong_about(Planted::prevented_for_ever)
                             ? body->until
                             : std::min(body->until, said->time + world.statutes.prevented_at_most);
        if (question.now >= end || is_disapproved(world, *said)) return false;
        return question.label.sensitivity != far_reaching ||
               (body->manifestly_required && is_approved(world, *said));
    });
}

std::vector<std::pair<const Said*, const Suspended*>> suspensions(const World& world) {
    return current<Suspended>(world, [](const Suspended& a, const Suspended& b) {
        return a.child == b.child && a.guardian == b.guardian;
    });
}

/// Guardians with custody, less those suspended, and who takes the place of these.
std::set<Id> guardians_of(const World& world, const Id& child, Time now) {
    std::set<Id> guardians;
    for (const auto& [custody, body] : newest_custody(world, child)) {
        if (body->adult_at <= now) continue;
        for (const Id& guardian : body->guardians) {
            if (world.is_wrong_about(Planted::suspended_still_decides) ||
                !is_suspended(world, child, guardian, now)) {
                guardians.insert(guardian);
                continue;
            }
            for (const auto& [said, suspension] : suspensions(world))
                if (suspension->child == child && suspension->guardian == guardian &&
                    suspension->instead && is_within(suspension->from, now, suspension->until) &&
                    (world.is_wrong_about(Planted::suspended_still_decides) ||
                     !is_suspended(world, child, *suspension->instead, now)))
                    guardians.insert(*suspension->instead);
        }
    }
    return guardians;
}

/// The measure is open to the child at its age; where the table says so, only once a board has
/// decided in the place of every guardian.
bool is_old_enough(const World& world, const Question& question, const Id& child) {
    const auto* row = purpose_of(world, question);
    const auto age = age_of(world, child);
    return row != nullptr && row->child_alone_from != 0 && age && *age >= row->child_alone_from;
}

/// A child who does not decide alone: its guardians, and itself where assessed so.
void add_guardians(Deciders& deciders,
                   const World& world,
                   const Question& question,
                   const Place& place,
                   const Id& child,
                   bool together) {
    const auto guardians = guardians_of(world, child, question.now);
    for (const Id& guardian : guardians) {
        if (is_replaced_by_decision(world, question, place, child, guardian)) continue;
        deciders.who.insert(guardian);
        if (is_prevented(world, question, child, guardian)) deciders.prevented.insert(guardian);
    }
    if (guardians.empty()) return;  // nobody is known
    const bool decided_for_all = deciders.who.empty();
    if (together || (decided_for_all && is_old_enough(world, question, child)))
        deciders.who.insert(child);
}

std::set<Id> adults_deciding(const World& world, const Question& question, const Id& adult) {
    const int category = question.label.category;
    const auto all =
        current<Representative>(world, [&](const Representative& a, const Representative& b) {
            return a.adult == b.adult && has(a.categories, category) && has(b.categories, category);
        });
    std::set<Id> who;
    for (const auto& [said, body] : all)
        if (body->adult == adult && has(body->categories, category) &&
            is_within(body->from, question.now, body->until))
            who.insert(body->representative);
    if (who.empty()) who.insert(adult);
    return who;
}

}  // namespace

bool is_approved(const World& world, const Said& said, Time due) {
    const auto all = standing<Verdict>(world);
    return !is_disapproved(world, said) && std::ranges::any_of(all, [&](const auto& one) {
        return one.second->statement == said.id && one.second->approved && one.first->time < due;
    });
}

bool is_disapproved(const World& world, const Said& said) {
    const auto all = standing<Verdict>(world);
    return std::ranges::any_of(all, [&](const auto& one) {
        return one.second->statement == said.id && !one.second->approved;
    });
}

bool is_suspended(const World& world, const Id& child, const Id& guardian, Time now) {
    const auto all = suspensions(world);
    return std::ranges::any_of(all, [&](const auto& one) {
        return one.second->child == child && one.second->guardian == guardian &&
               is_within(one.second->from, now, one.second->until);
    });
}

Recorded recorded(const World& world, const Id& person, Time now) {
    Recorded as;
    const auto own = newest_custody(world, person);
    for (const auto& [said, body] : own) {
        if (body->adult_at <= now) {
            as.came_of_age = true;
        } else {
            as.child = true;
            as.review_due |= body->review_at <= now;
        }
    }
    const auto adults = standing<Adult>(world);
    as.adult = as.came_of_age || std::ranges::any_of(adults, [&](const auto& one) {
                   return one.second->person == person;
               });
    const auto all = current<Custody>(
        world, [](const Custody& a, const Custody& b) { return a.child == b.child; });
    if (own.empty())
        for (const auto& [said, body] : all) as.adult |= contains(body->guardians, person);
    return as;
}

bool is_adult(const World& world, const Id& person, Time now) {
    const auto as = recorded(world, person, now);
    return as.adult && !as.child;
}

bool has_custody(const World& world, const Id& guardian, const Id& child, Time now) {
    const auto all = newest_custody(world, child);
    return !all.empty() && std::ranges::all_of(all, [&](const auto& one) {
        return contains(one.second->guardians, guardian) && now < one.second->review_at &&
               now < one.second->adult_at;
    });
}

bool may_decide_alone(const World& world, const Question& question, const Id& child) {
    const int category = question.label.category;
    const auto all = current<Maturity>(world, [&](const Maturity& a, const Maturity& b) {
        return a.child == b.child && has(a.categories, category) && has(b.categories, category);
    });
    return is_old_enough(world, question, child) || std::ranges::any_of(all, [&](const auto& one) {
               return one.second->child == child && one.second->alone &&
                      has(one.second->categories, category) &&
                      is_within(one.second->from, question.now, one.second->until);
           });
}

const Statutes::Purpose* purpose_of(const World& world, const Question& question) {
    for (const auto& row : world.statutes.purposes)
        if (row.purpose == question.purpose && is_within(row.from, question.now, row.until))
            return &row;
    return nullptr;
}

Deciders deciders_of(const World& world,
                     const Question& question,
                     const Place& place,
                     const Id& subject) {
    Deciders deciders;
    const auto as = recorded(world, subject, question.now);
    deciders.came_of_age = as.came_of_age;
    if (!as.adult || as.child) {
        const auto alone = mature_alone(world, question, subject);
        const auto* row = purpose_of(world, question);
        const bool by_age =
            is_old_enough(world, question, subject) && row != nullptr && !row->needs_decision;
        if (alone.value_or(false) || by_age)
            deciders.who.insert(subject);
        else if (!as.review_due)
            add_guardians(deciders, world, question, place, subject, alone.has_value());
        // Where it is not agreed whether this is a child, nobody decides in place of the others.
        if (deciders.who.empty()) return deciders;
    }
    if (as.adult) deciders.who.merge(adults_deciding(world, question, subject));
    return deciders;
}

}  // namespace oracle
