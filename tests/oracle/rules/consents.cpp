#include "tests/oracle/rules/consents.hpp"

#include "tests/oracle/rules/locks.hpp"

#include <array>

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

/// What was said by mouth counts for a while only, unless the matter is small.
bool is_spoken_too_long_ago(const World& world,
                            const Question& question,
                            const Said& said,
                            const Consent& consent) {
    return consent.form == oral && question.label.sensitivity != low &&
           !world.is_wrong_about(Planted::oral_without_end) &&
           question.now >= said.time + world.statutes.oral_normal;
}

/// Consent ends with the case; that the case goes on does not bring it back.
bool ended_with_the_case(const World& world, const Said& consent) {
    bool later = false;
    each<Closed>(world.of_case, [&](const Said& closing, const Closed&) {
        later |= consent.order <= closing.order && has_effect(world, closing);
    });
    return later;
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

/// Every field in which a consent does not reach; none: it opens.
std::set<std::string> failing_fields(const World& world,
                                     const Question& question,
                                     const Place& place,
                                     const ConsentSaid& consent) {
    const auto& [said, body] = consent;
    const Recipient& to = body->recipient;
    std::set<std::string> failing;
    const auto check = [&](bool reaches, const char* field) {
        if (!reaches) failing.insert(field);
    };
    const auto wrong = [&](Planted error) { return world.is_wrong_about(error); };
    const int category = question.label.category;
    check(to.unit == place.unit.unit, "other_recipient_unit");
    check(!to.role || *to.role == place.role || wrong(Planted::role_ignored), "other_role");
    check(!to.user || *to.user == question.user, "other_user");
    const auto unit = unit_of(world, to.unit);
    check(unit && unit->regime == place.unit.regime, "other_regime");
    check(has(body->categories, category), "other_category");
    check(!has(body->reserved, category), "reserved");
    check(body->purpose == question.purpose, "other_purpose");
    check(has(body->actions, question.action) || wrong(Planted::action_ignored), "other_action");
    check(is_in_period(world, *body, question.now), "outside_period");
    const bool too_far = body->form == oral && question.label.sensitivity == far_reaching;
    check(!too_far || wrong(Planted::oral_without_end), "writing_needed");
    check(question.now >= body->not_after || !is_spoken_too_long_ago(world, question, *said, *body),
          "writing_needed");
    check(is_confirmed(world, *said), "confirmation_missing");
    check(counts(world, *said), "withdrawn");
    check(!ended_with_the_case(world, *said) || wrong(Planted::reopening_revives),
          "case_was_closed");
    if (place.unit.regime == private_party) {
        if (!to.user)
            failing.insert("must_be_named");
        else
            check(has_acknowledged(world, question.user, place.unit.unit),
                  "acknowledgement_missing");
    }
    return failing;
}

/// What other consents in the same matter, which neither name nor are named, take from this one.
void narrow(const World& world,
            const Question& question,
            const std::vector<ConsentSaid>& all,
            const ConsentSaid& consent,
            std::set<std::string>& failing) {
    if (world.is_wrong_about(Planted::concurrent_consents_add_up)) return;
    for (const ConsentSaid& other : all) {
        if (other.first == consent.first || !is_same_matter(*other.second, *consent.second) ||
            !has(other.second->categories, question.label.category) ||
            !is_in_period(world, *other.second, question.now) ||
            is_spoken_too_long_ago(world, question, *other.first, *other.second) ||
            is_lifted(world, all, other, question.label.category))
            continue;
        if (world.is_wrong_about(Planted::ended_stops_narrowing) && !counts(world, *other.first))
            continue;
        if (has(other.second->reserved, question.label.category)) failing.insert("reserved");
        if (!has(other.second->actions, question.action) &&
            !world.is_wrong_about(Planted::action_ignored))
            failing.insert("other_action");
    }
}

bool can_still_be_had(const std::set<std::string>& failing) {
    return std::ranges::all_of(failing, [](const std::string& field) {
        return field == "confirmation_missing" || field == "writing_needed";
    });
}

/// Adds what one more consent, which does not cover, says of where the person stands.
void take(Position& position, const std::set<std::string>& failing, bool is_first) {
    position.why.insert(failing.begin(), failing.end());
    auto stand = can_still_be_had(failing) ? Stand::needed : Stand::too_short;
    if (failing == std::set<std::string>{"reserved"}) {
        stand = Stand::reserved;
        position.reserves = true;
    }
    if (is_first)
        position.stand = stand;
    else if ((position.stand == Stand::needed) != (stand == Stand::needed))
        position.stand = Stand::vague;
    else if (position.stand != Stand::vague)
        position.stand = std::max(position.stand, stand);
}

}  // namespace

bool is_confirmed(const World& world, const Said& consent) {
    if (world.is_wrong_about(Planted::confirmation_not_needed)) return true;
    if (acted_in(world, consent.author, consent.of_unit, consent.time)) return true;
    const auto all = standing<Confirmation>(world);
    return std::ranges::any_of(all, [&](const auto& one) {
        return one.second->consent == consent.id &&
               (one.first->of_unit == consent.of_unit ||
                world.is_wrong_about(Planted::anybody_confirms));
    });
}

bool is_in_force(const World& world,
                 const Question& question,
                 const Said& said,
                 const Consent& consent) {
    return counts(world, said) && is_confirmed(world, said) &&
           (!ended_with_the_case(world, said) ||
            world.is_wrong_about(Planted::reopening_revives)) &&
           is_in_period(world, consent, question.now) &&
           !is_spoken_too_long_ago(world, question, said, consent);
}

std::set<std::string> narrowed_by_others(const World& world,
                                         const Question& question,
                                         const Said& said,
                                         const Consent& consent) {
    std::set<std::string> failing;
    const auto all = consents_of(world, question, consent.grantor, consent.subject);
    narrow(world, question, all, {&said, &consent}, failing);
    return failing;
}

bool reopens(const World& world,
             const Said& said,
             const Consent& consent,
             const std::vector<ClosingSaid>& closings) {
    return std::ranges::all_of(closings, [&](const ClosingSaid& closing) {
        const Id& no = closing.first->id;
        if (contains(consent.names, no)) return true;
        if (world.is_wrong_about(Planted::newer_consent_reopens))
            return is_after(said, *closing.first);
        if (knew(world.of_case, *closing.first, said.id) &&
            !world.is_wrong_about(Planted::older_consent_reopens))
            return false;  // it is no newer one
        const auto confirmations = standing<Confirmation>(world);
        return std::ranges::any_of(confirmations, [&](const auto& one) {
            return one.second->consent == said.id && one.first->of_unit == said.of_unit &&
                   contains(one.second->names, no);
        });
    });
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
        // No category named is no limit: a no errs on the side of closing.
        if (body->categories != 0 && !has(body->categories, question.label.category) &&
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
    Position position;
    bool covered = false;
    bool in_writing = false;
    bool limited = false;
    bool unlimited = false;
    bool first = true;
    for (const ConsentSaid& consent : all) {
        if (is_replaced(all, consent, question.label.category)) continue;
        auto failing = failing_fields(world, question, place, consent);
        narrow(world, question, all, consent, failing);
        if (!failing.empty()) {
            take(position, failing, first);
            first = false;
        } else if (reopens(world, *consent.first, *consent.second, closings)) {
            covered = true;
            in_writing |= consent.second->form != oral;
            // By mouth counts to its end where that comes before the limit.
            const Time limit = consent.first->time + world.statutes.oral_normal;
            (consent.second->not_after > limit ? limited : unlimited) = true;
        }
    }
    limited = limited && !in_writing && question.label.sensitivity != low;
    if (covered)
        return {.stand = Stand::covers,
                .by_mouth = limited && !unlimited,
                .may_be_by_mouth = limited && unlimited};
    if (!closings.empty()) {
        position = {.stand = Stand::refused};
        for (const auto& [said, body] : closings) {
            static constexpr std::array words{"refused", "withdrawn", "objected", "blocked"};
            position.why.insert(words.at(static_cast<std::size_t>(body->kind)));
            if (body->kind == block || body->kind == objection) position.stand = Stand::locked;
        }
    }
    if (position.why.empty()) position.why.insert("consent_missing");
    return position;
}

}  // namespace oracle
