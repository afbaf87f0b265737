#include "tests/oracle/rules/consents.hpp"

namespace oracle {

namespace {

using ConsentSaid = std::pair<const Said*, const Consent*>;

/// Ended ones too: the caller asks.
std::vector<ConsentSaid> consents_of(const World& world,
                                     const Question& question,
                                     const Id& person,
                                     const Id& subject) {
    std::vector<ConsentSaid> all;
    each<Consent>(world.of_case, [&](const Said& said, const Consent& body) {
        if (body.grantor == person && body.subject == subject &&
            body.disclosing == question.label.unit && has_effect(world, said))
            all.emplace_back(&said, &body);
    });
    return all;
}

bool is_in_period(const World& world, const Consent& consent, Time now) {
    if (world.is_wrong_about(Planted::not_after_inclusive))
        return consent.not_before <= now && now <= consent.not_after;
    return is_within(consent.not_before, now, consent.not_after);
}

bool is_same_matter(const Consent& a, const Consent& b) {
    return a.grantor == b.grantor && a.subject == b.subject && a.disclosing == b.disclosing &&
           a.recipient == b.recipient && a.purpose == b.purpose;
}

/// A newer consent in the same matter names it and speaks of this category.
bool is_replaced(const std::vector<ConsentSaid>& all, const ConsentSaid& old, int category) {
    return std::ranges::any_of(all, [&](const ConsentSaid& newer) {
        return contains(newer.second->names, old.first->id) &&
               is_same_matter(*newer.second, *old.second) &&
               has(newer.second->categories, category);
    });
}

/// The same by a confirmed one: then it does not narrow either.
bool is_lifted(const World& world,
               const std::vector<ConsentSaid>& all,
               const ConsentSaid& old,
               int category) {
    return std::ranges::any_of(all, [&](const ConsentSaid& newer) {
        return is_confirmed(world, *newer.first) && is_replaced({newer}, old, category);
    });
}

/// The first field that does not reach; empty where all do. In the order that the rules give.
std::string failing_field(const World& world,
                          const Question& question,
                          const Place& place,
                          const Consent& consent) {
    const Recipient& to = consent.recipient;
    if (to.unit != place.unit.unit) return "other_recipient_unit";
    if (to.role && *to.role != place.role && !world.is_wrong_about(Planted::role_ignored))
        return "other_role";
    if (to.user && *to.user != question.user) return "other_user";
    if (!has(consent.categories, question.label.category)) return "other_category";
    if (consent.purpose != question.purpose) return "other_purpose";
    if (!has(consent.actions, question.action) && !world.is_wrong_about(Planted::action_ignored))
        return "other_action";
    return {};
}

/// Every closing in scope is named by the consent, or by a confirmation of it; a consent that the
/// closing's author knew is not newer than it, whoever names it.
bool reopens(const World& world,
             const ConsentSaid& consent,
             const std::vector<ClosingSaid>& closings) {
    return std::ranges::all_of(closings, [&](const ClosingSaid& closing) {
        const Id& no = closing.first->id;
        if (contains(consent.second->names, no)) return true;
        const bool older = knew(world.of_case, *closing.first, consent.first->id);
        if (world.is_wrong_about(Planted::newer_consent_reopens))
            return is_after(*consent.first, *closing.first);
        if (older) return false;
        const auto confirmations = standing<Confirmation>(world);
        return std::ranges::any_of(confirmations, [&](const auto& one) {
            return one.second->consent == consent.first->id && contains(one.second->names, no);
        });
    });
}

/// What another consent in the same matter, which neither names nor is named, leaves of this one.
/// Empty where it leaves what is asked for.
std::string narrowed_by_others(const World& world,
                               const Question& question,
                               const std::vector<ConsentSaid>& all,
                               const ConsentSaid& consent) {
    if (world.is_wrong_about(Planted::concurrent_consents_add_up)) return {};
    for (const ConsentSaid& other : all) {
        if (other.first == consent.first || !is_same_matter(*other.second, *consent.second) ||
            !has(other.second->categories, question.label.category) ||
            !is_in_period(world, *other.second, question.now) ||
            is_lifted(world, all, other, question.label.category))
            continue;
        if (world.is_wrong_about(Planted::ended_stops_narrowing) && !counts(world, *other.first))
            continue;
        if (has(other.second->reserved, question.label.category)) return "reserved";
        if (!has(other.second->actions, question.action)) return "other_action";
    }
    return {};
}

/// What is wrong with the form of a consent that otherwise reaches.
bool is_good_in_form(const World& world, const Question& question, const ConsentSaid& consent) {
    if (consent.second->form != oral || question.label.sensitivity == low) return true;
    if (world.is_wrong_about(Planted::oral_without_end)) return true;
    return question.label.sensitivity == normal &&
           question.now < consent.first->time + world.statutes.oral_normal;
}

/// How one consent stands to the question by itself.
Position judge(const World& world,
               const Question& question,
               const Place& place,
               const std::vector<ConsentSaid>& all,
               const ConsentSaid& consent) {
    const auto& [said, body] = consent;
    if (!is_in_period(world, *body, question.now) || !counts(world, *said) ||
        is_replaced(all, consent, question.label.category))
        return {};
    if (!is_confirmed(world, *said)) return {.stand = Stand::unconfirmed};
    const auto field = failing_field(world, question, place, *body);
    if (!field.empty()) return {.stand = Stand::reaches_not, .why = field};
    if (has(body->reserved, question.label.category)) return {.stand = Stand::reserved};
    const auto narrowed = narrowed_by_others(world, question, all, consent);
    if (narrowed == "reserved") return {.stand = Stand::reserved};
    if (!narrowed.empty()) return {.stand = Stand::reaches_not, .why = narrowed};
    if (place.unit.regime == private_party && !body->recipient.user)
        return {.stand = Stand::reaches_not, .why = "must_be_named"};
    if (!is_good_in_form(world, question, consent)) return {.stand = Stand::by_mouth};
    return {.stand = Stand::covers,
            .by_mouth = body->form == oral && question.label.sensitivity == normal};
}

/// How far a consent gets, where none covers: the one that gets furthest is told.
int progress(const Position& position) {
    static const std::vector<std::string> fields{"other_recipient_unit",
                                                 "other_role",
                                                 "other_user",
                                                 "other_category",
                                                 "other_purpose",
                                                 "other_action",
                                                 "must_be_named"};
    if (position.stand == Stand::covers) return 100;
    if (position.stand == Stand::by_mouth) return 90;
    if (position.stand == Stand::reserved) return 80;
    if (position.stand == Stand::reaches_not)
        return 10 + static_cast<int>(std::ranges::find(fields, position.why) - fields.begin());
    return position.stand == Stand::unconfirmed ? 5 : 0;
}

}  // namespace

bool is_confirmed(const World& world, const Said& consent) {
    if (world.is_wrong_about(Planted::confirmation_not_needed)) return true;
    if (acted_in(world, consent.author, consent.of_unit, consent.time)) return true;
    const auto all = standing<Confirmation>(world);
    return std::ranges::any_of(all,
                               [&](const auto& one) { return one.second->consent == consent.id; });
}

bool is_in_force(const World& world, const Said& said, const Consent& consent, Time now) {
    return counts(world, said) && is_confirmed(world, said) && is_in_period(world, consent, now);
}

std::vector<ClosingSaid> closings_of(const World& world,
                                     const Question& question,
                                     const Place& place,
                                     const Id& person,
                                     const Id& subject) {
    std::vector<ClosingSaid> all;
    for (const auto& [said, body] : standing<Closing>(world)) {
        if (body->decider != person || body->subject != subject) continue;
        if (body->disclosing && *body->disclosing != question.label.unit) continue;
        if (body->recipient) {
            const Recipient& to = *body->recipient;
            if (to.unit != place.unit.unit || (to.role && *to.role != place.role) ||
                (to.user && *to.user != question.user))
                continue;
        }
        if (!has(body->categories, question.label.category) &&
            !world.is_wrong_about(Planted::withdrawal_ignores_scope))
            continue;
        if (body->kind == objection && question.label.sensitivity == low &&
            world.is_wrong_about(Planted::objection_ignored_when_low))
            continue;
        all.emplace_back(said, body);
    }
    return all;
}

Position position_of(const World& world,
                     const Question& question,
                     const Place& place,
                     const Id& person,
                     const Id& subject) {
    const auto closings = closings_of(world, question, place, person, subject);
    const auto all = consents_of(world, question, person, subject);
    Position best;
    bool is_open = closings.empty();
    for (const ConsentSaid& consent : all) {
        if (!reopens(world, consent, closings)) continue;
        if (is_in_force(world, *consent.first, *consent.second, question.now)) is_open = true;
        const Position position = judge(world, question, place, all, consent);
        if (progress(position) > progress(best)) best = position;
    }
    if (is_open) return best;
    const bool soft = std::ranges::any_of(closings, [](const ClosingSaid& closing) {
        return closing.second->kind == block || closing.second->kind == objection;
    });
    return {.stand = soft ? Stand::locked : Stand::refused};
}

}  // namespace oracle
