#include "tests/oracle/rules/deciders.hpp"

namespace oracle {

namespace {

using CustodyList = std::vector<std::pair<const Said*, const Custody*>>;

/// The custody statements for the child that no other one knew of.
CustodyList newest_custody(const World& world, const Id& child) {
    CustodyList newest;
    const auto all = standing<Custody>(world);
    for (const auto& one : all) {
        if (one.second->child != child) continue;
        const bool known = std::ranges::any_of(all, [&](const auto& other) {
            if (other.second->child != child || other.first == one.first) return false;
            if (world.is_wrong_about(Planted::custody_by_time))
                return is_after(*other.first, *one.first);
            return knew(world.of_case, *other.first, one.first->id);
        });
        if (!known) newest.push_back(one);
    }
    return newest;
}

bool came_of_age(const CustodyList& custody, Time now) {
    return std::ranges::any_of(custody,
                               [&](const auto& one) { return one.second->adult_at <= now; });
}

/// Is the child assessed for this category? `together` where some assessment that no newer one
/// replaced wants the guardians too.
std::optional<bool> mature_alone(const World& world, const Question& question, const Id& child) {
    const auto all = standing<Maturity>(world);
    const auto is_about = [&](const Maturity& one) {
        return one.child == child && has(one.categories, question.label.category) &&
               is_within(one.from, question.now, one.until);
    };
    std::optional<bool> alone;
    for (const auto& one : all) {
        if (!is_about(*one.second)) continue;
        const bool replaced = std::ranges::any_of(all, [&](const auto& other) {
            return other.first != one.first && is_about(*other.second) &&
                   knew(world.of_case, *other.first, one.first->id);
        });
        if (!replaced) alone = one.second->alone && alone.value_or(true);
    }
    return alone;
}

bool is_old_enough(const World& world, const Question& question, const Id& child) {
    const auto row = std::ranges::find(
        world.statutes.purposes, question.purpose, &Statutes::Purpose::purpose);
    if (row == world.statutes.purposes.end() || !row->child_alone_from) return false;
    const auto ages = standing<Age>(world);
    return std::ranges::any_of(ages, [&](const auto& one) {
        return one.second->child == child && one.second->years >= *row->child_alone_from;
    });
}

/// A board's decision covers exactly this measure and unit, and no court stays it.
bool is_replaced_by_decision(const World& world,
                             const Question& question,
                             const Place& place,
                             const Id& child,
                             const Id& guardian) {
    const auto all = standing<InPlace>(world);
    return std::ranges::any_of(all, [&](const auto& one) {
        const InPlace& decision = *one.second;
        if (decision.stayed || decision.child != child || decision.guardian != guardian ||
            decision.measure != question.purpose || question.now >= decision.until)
            return false;
        if (decision.unit != place.unit.unit &&
            !world.is_wrong_about(Planted::decision_for_every_unit))
            return false;
        if (world.is_wrong_about(Planted::stay_ignored)) return true;
        return std::ranges::none_of(all, [&](const auto& other) {
            return other.second->stayed && other.second->decision == decision.decision;
        });
    });
}

bool has_refused(const World& world, const Id& child, const Id& guardian) {
    if (world.is_wrong_about(Planted::prevented_in_spite_of_refusal)) return false;
    const auto all = standing<Closing>(world);
    return std::ranges::any_of(all, [&](const auto& one) {
        return one.second->kind == refusal && one.second->decider == guardian &&
               one.second->subject == child;
    });
}

enum class Reach { no, in_vain, yes };

Reach is_prevented(const World& world,
                   const Question& question,
                   const Id& child,
                   const Id& guardian) {
    Reach prevented = Reach::no;
    for (const auto& [said, body] : standing<Prevented>(world)) {
        if (body->child != child || body->guardian != guardian) continue;
        const Time longest = world.is_wrong_about(Planted::prevented_for_ever)
                                 ? for_ever - said->time
                                 : world.statutes.prevented_at_most;
        if (question.now >= std::min(body->until, said->time + longest)) continue;
        const bool may = question.label.sensitivity != far_reaching ||
                         (body->manifestly_required && is_approved(world, *said, question.now));
        prevented = std::max(prevented, may ? Reach::yes : Reach::in_vain);
    }
    if (prevented == Reach::yes && has_refused(world, child, guardian)) return Reach::no;
    return prevented;
}

/// Takes out the guardians who decide nothing here, and puts in who takes their place.
void leave_out(Deciders& deciders,
               const World& world,
               const Question& question,
               const Place& place,
               const Id& child) {
    const std::set<Id> guardians = deciders.who;
    std::set<Id> instead;
    std::size_t suspended = 0;
    for (const Id& guardian : guardians) {
        if (!world.is_wrong_about(Planted::suspended_still_decides) &&
            is_suspended(world, child, guardian, question.now)) {
            ++suspended;
            deciders.who.erase(guardian);
            for (const auto& [said, body] : standing<Suspended>(world))
                if (body->child == child && body->guardian == guardian && body->instead &&
                    is_within(body->from, question.now, body->until))
                    instead.insert(*body->instead);
            continue;
        }
        if (is_replaced_by_decision(world, question, place, child, guardian)) {
            deciders.who.erase(guardian);
            continue;
        }
        const Reach prevented = is_prevented(world, question, child, guardian);
        deciders.prevented_in_vain |= prevented == Reach::in_vain;
        if (prevented == Reach::yes) deciders.who.erase(guardian);
    }
    deciders.who.insert(instead.begin(), instead.end());
    deciders.all_suspended = suspended > 0 && deciders.who.empty();
}

}  // namespace

bool is_approved(const World& world, const Said& said, Time now, Time in_time) {
    bool approved = false;
    bool disapproved = false;
    for (const auto& [verdict, body] : standing<Verdict>(world)) {
        if (body->statement != said.id) continue;
        if (!body->approved)
            disapproved = true;
        else if (verdict->time <= now &&
                 (in_time == for_ever || verdict->time <= said.time + in_time))
            approved = true;
    }
    return approved && !disapproved;
}

std::set<Id> guardians_of(const World& world, const Id& child, Time now) {
    std::set<Id> guardians;
    for (const auto& [said, body] : newest_custody(world, child))
        if (now < std::min(body->review_at, body->adult_at))
            guardians.insert(body->guardians.begin(), body->guardians.end());
    return guardians;
}

bool is_suspended(const World& world, const Id& child, const Id& guardian, Time now) {
    const auto all = standing<Suspended>(world);
    return std::ranges::any_of(all, [&](const auto& one) {
        return one.second->child == child && one.second->guardian == guardian &&
               is_within(one.second->from, now, one.second->until);
    });
}

bool is_adult(const World& world, const Id& person, Time now) {
    const auto recorded = standing<Adult>(world);
    if (std::ranges::any_of(recorded,
                            [&](const auto& one) { return one.second->person == person; }))
        return true;
    if (came_of_age(newest_custody(world, person), now)) return true;
    const auto custody = standing<Custody>(world);
    return std::ranges::any_of(custody, [&](const auto& one) {
        const auto newest = newest_custody(world, one.second->child);
        return contains(one.second->guardians, person) &&
               std::ranges::any_of(newest,
                                   [&](const auto& other) { return other.first == one.first; });
    });
}

Deciders deciders_of(const World& world,
                     const Question& question,
                     const Place& place,
                     const Id& subject) {
    Deciders deciders;
    if (is_adult(world, subject, question.now)) {
        deciders.came_of_age = came_of_age(newest_custody(world, subject), question.now);
        for (const auto& [said, body] : standing<Representative>(world))
            if (body->adult == subject && has(body->categories, question.label.category) &&
                is_within(body->from, question.now, body->until))
                deciders.who.insert(body->representative);
        if (deciders.who.empty()) deciders.who.insert(subject);
        return deciders;
    }
    const auto alone = mature_alone(world, question, subject);
    if (alone.value_or(false) || is_old_enough(world, question, subject)) {
        deciders.child_alone = true;
        deciders.who.insert(subject);
        return deciders;
    }
    deciders.who = guardians_of(world, subject, question.now);
    const bool anybody = !deciders.who.empty();
    leave_out(deciders, world, question, place, subject);
    // Assessed to decide together with guardians: not without any who is known.
    if (alone && anybody && !deciders.all_suspended) deciders.who.insert(subject);
    return deciders;
}

}  // namespace oracle
