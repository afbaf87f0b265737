#include "tests/oracle/rules/answer.hpp"

#include "tests/oracle/rules/viewers.hpp"

namespace oracle {

namespace {

Answer deny(std::string reason) {
    Answer answer;
    answer.reasons.insert(std::move(reason));
    return answer;
}

Answer permit(std::string reason) {
    Answer answer = deny(std::move(reason));
    answer.outcome = Outcome::permit;
    return answer;
}

/// A restricting statement that this reading does not know, in one of the streams that are read.
bool is_out_of_date(const World& world, const Question& question) {
    if (std::ranges::any_of(world.federation, [](const Said& said) {
            return said.restricting && std::holds_alternative<Unknown>(said.body);
        }))
        return true;
    return std::ranges::any_of(world.of_case, [&](const Said& said) {
        return restricts(world, said) &&
               (said.stream == custody_stream ||
                (said.stream == disclosing_stream && said.of_unit == question.label.unit));
    });
}

bool is_roster_out_of_date(const World& world, const Id& unit) {
    return std::ranges::any_of(world.of_case, [&](const Said& said) {
        return said.stream == roster && said.of_unit == unit && restricts(world, said);
    });
}

template <class Kind>
bool was_said(const World& world) {
    return !standing<Kind>(world).empty();
}

/// Where everybody stands who decides, for all subjects.
struct Standings {
    std::vector<Position> lacking;  ///< of those without whom it does not open

    bool any(std::initializer_list<Stand> stands) const {
        return std::ranges::any_of(lacking, [&](const Position& one) {
            return std::ranges::find(stands, one.stand) != stands.end();
        });
    }

    std::set<std::string> reasons(std::initializer_list<Stand> stands) const {
        std::set<std::string> all;
        for (const Position& one : lacking)
            if (std::ranges::find(stands, one.stand) != stands.end())
                all.insert(one.why.begin(), one.why.end());
        return all;
    }
};

/// Who has come of age is asked anew, and told that what guardians said has lapsed.
void tell_lapsed(const World& world, const Id& subject, Position& position) {
    if (position.why != std::set<std::string>{"consent_missing"}) return;
    each<Consent>(world.of_case, [&](const Said& said, const Consent& body) {
        if (body.subject == subject && body.grantor != subject && has_effect(world, said))
            position.why.insert("guardian_lapsed");
    });
}

/// Rule 6 for one subject: adds to `lacking`, `missing` and what is owed.
void ask_for(const World& world,
             const Question& question,
             const Place& place,
             const Id& subject,
             Standings& standings,
             Answer& answer) {
    const Deciders deciders = deciders_of(world, question, place, subject);
    std::vector<std::pair<Id, Position>> positions;
    bool is_anybody_there = false;
    for (const Id& person : deciders.who) {
        auto position = position_of(world, question, place, person, subject);
        if (deciders.prevented.contains(person) && position.stand != Stand::covers) {
            answer.inform.insert(person);
            continue;
        }
        positions.emplace_back(person, std::move(position));
        // A child who decides together with guardians does not without any of them.
        is_anybody_there |= person != subject || deciders.prevented.empty();
    }
    if (world.is_wrong_about(Planted::closing_of_anybody))
        for (const auto& [said, body] : standing<Closing>(world))
            if (!deciders.who.contains(body->decider) &&
                !closings_of(world, question, place, body->decider, subject).empty())
                positions.emplace_back(body->decider,
                                       Position{.stand = Stand::refused, .why = {"refused"}});

    const bool anyone = std::ranges::any_of(
        positions, [](const auto& one) { return one.second.stand == Stand::covers; });
    const bool one_suffices =
        question.label.sensitivity == low || world.is_wrong_about(Planted::one_guardian_suffices);
    const bool heeds_reservations = world.is_wrong_about(Planted::reservation_refuses_when_low);
    if (!is_anybody_there && !(anyone && one_suffices)) {
        answer.missing.insert({Id{}, subject});
        standings.lacking.push_back({.stand = Stand::needed, .why = {"custody_unknown"}});
    }
    for (auto& [person, position] : positions) {
        if (position.stand == Stand::covers) {
            answer.get_in_writing |= position.by_mouth;
            answer.may_owe_writing |= position.may_be_by_mouth;
        } else if (anyone && one_suffices && position.stand < Stand::refused &&
                   !(position.reserves && heeds_reservations)) {
            answer.inform.insert(person);
        } else {
            if (deciders.came_of_age) tell_lapsed(world, subject, position);
            standings.lacking.push_back(position);
            answer.missing.insert({person, subject});
        }
    }
}

/// Rules 4 to 7: the first that matches.
Answer by_consent(const World& world, const Question& question, const Place& place) {
    Answer answer;
    Standings standings;
    for (const Id& subject : question.label.subjects) {
        ask_for(world, question, place, subject, standings, answer);
        if (world.is_wrong_about(Planted::first_subject_only)) break;
    }
    if (standings.lacking.empty()) {
        answer.outcome = Outcome::permit;
        answer.reasons = {"consent_covers"};
        return answer;
    }
    answer.inform.clear();
    answer.get_in_writing = false;
    answer.may_owe_writing = false;
    const auto denies = [&](std::initializer_list<Stand> stands) {
        if (!standings.any(stands)) return false;
        answer.outcome = Outcome::deny;
        answer.reasons = standings.reasons(stands);
        return true;
    };
    if (denies({Stand::locked}) || denies({Stand::refused})) return answer;
    if (denies({Stand::reserved, Stand::too_short})) {
        for (const auto& why : standings.reasons({Stand::vague})) answer.reasons.insert(why);
        return answer;
    }
    answer.outcome = Outcome::needs;
    answer.is_vague = standings.any({Stand::vague});
    answer.reasons = standings.reasons({Stand::needed, Stand::vague});
    return answer;
}

/// Rules 1 to 7 for a requester at one place.
Answer answer_at(const World& world,
                 const Question& question,
                 const Place& place,
                 const std::vector<Place>& places) {
    const bool own = place.unit.unit == question.label.unit;
    if (own && world.is_wrong_about(Planted::own_unit_before_hard_lock)) return permit("own_unit");
    if (question.label.closed) {
        const auto closed = closed_to(world, question, places);
        if (!closed.empty()) return deny(closed);
    }
    if (own) return permit(question.label.closed ? "audience_named" : "own_unit");
    const bool is_closed = was_said<Closed>(world);
    if (!is_closed && is_opened_by_statute(world, question, place)) return permit("statute_covers");
    if (question.statute && !is_covered_by_direct_access(world, question, place)) {
        Answer answer = deny("not_covered");
        answer.reasons.insert({"case_closed",
                               "override_ended",
                               "second_reader_missing",
                               "must_be_named",
                               "acknowledgement_missing",
                               "blocked",
                               "objected"});
        return answer;
    }
    const auto* row = purpose_of(world, question);
    if (row == nullptr || !row->consent_suffices || !has(row->categories, question.label.category))
        return deny("not_covered");
    if (is_closed) return deny("case_closed");
    if (question.action == contribute && !question.shared_editing_type)
        return deny("only_disclosing_unit_edits");
    return by_consent(world, question, place);
}

/// The units for which the requester takes part now. `or_unclear`: also where a newer program is
/// needed to say whether it is so.
std::vector<Place> places_of(const World& world, const Question& question, bool or_unclear) {
    std::vector<Place> places;
    each<Unit>(world.federation, [&](const Said&, const Unit& unit) {
        const auto role = role_in(world, question.user, unit.unit, question.now);
        if (!role || !acts_in(world, question.device, unit.unit, question.now)) return;
        const bool is_unclear = is_roster_out_of_date(world, unit.unit);
        if (is_unclear ? or_unclear : participates(world, question.user, unit.unit, question.now))
            places.push_back({unit, *role});
    });
    // Where several permit, what is owed is that of the first: in this order on every replica.
    std::ranges::sort(places, {}, [](const Place& place) { return place.unit.unit; });
    return places;
}

/// By which rule it is permitted: at whichever place an earlier one matches, it matches first.
int rule_of(const Answer& answer) {
    if (answer.outcome != Outcome::permit) return 7;
    if (answer.reasons.contains("consent_covers")) return 6;
    return answer.reasons.contains("statute_covers") ? 3 : 2;
}

Answer for_user(const World& world, const Question& question) {
    const auto places = places_of(world, question, false);
    const auto protection = protected_from(world, question, places);
    if (protection == "no_such_thing") return deny(protection);
    if (is_out_of_date(world, question)) return deny("update_needed");
    if (!is_in_good_standing(world, question.device, question.user, question.now))
        return deny("not_in_good_standing");
    if (was_said<Weeded>(world)) return deny("case_weeded");
    if (opening(world) == nullptr) return deny("case_not_opened");
    if (places.empty())
        return deny(places_of(world, question, true).empty() ? "not_participant" : "update_needed");
    if (!protection.empty()) return deny(protection);
    Answer best;
    bool first = true;
    for (const Place& place : places) {
        Answer here = answer_at(world, question, place, places);
        if (first || here.outcome > best.outcome || rule_of(here) < rule_of(best))
            best = std::move(here);
        else if (here.outcome == best.outcome && here.outcome != Outcome::permit)
            best.reasons.insert(here.reasons.begin(), here.reasons.end());
        first = false;
    }
    return best;
}

}  // namespace

Answer answer(const World& world, const Question& question) {
    Question asked = question;
    if (question.viewer) asked.action = show_in_meeting;
    Answer answer = for_user(world, asked);
    if (answer.outcome == Outcome::permit && question.viewer) {
        const auto why = not_for_viewer(world, asked);
        if (!why.empty()) answer = deny(why);
        if (why == "viewer_not_subject" && was_guardian_of_grown_up(world, asked))
            answer.reasons.insert("guardian_lapsed");
    }
    if (answer.outcome != Outcome::permit && sees_hidden_case_by_consent_only(world, question))
        return deny("no_such_thing");
    return answer;
}

}  // namespace oracle
