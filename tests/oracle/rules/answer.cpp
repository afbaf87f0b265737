#include "tests/oracle/rules/answer.hpp"

#include "tests/oracle/rules/locks.hpp"

namespace oracle {

namespace {

Answer deny(std::string reason) {
    return {.outcome = Outcome::deny, .reason = std::move(reason), .missing = {}, .inform = {}};
}

Answer permit(std::string reason) {
    return {.outcome = Outcome::permit, .reason = std::move(reason), .missing = {}, .inform = {}};
}

/// A restricting statement that this reading does not know, in one of the streams that are read.
bool is_out_of_date(const World& world, const Question& question, const Id& place) {
    const auto restricts = [](const Said& said) {
        return said.restricting && std::holds_alternative<Unknown>(said.body);
    };
    if (std::ranges::any_of(world.federation, restricts)) return true;
    return std::ranges::any_of(world.of_case, [&](const Said& said) {
        if (!restricts(said)) return false;
        return said.stream == custody_stream ||
               (said.stream == disclosing_stream && said.of_unit == question.label.unit) ||
               (said.stream == roster && said.of_unit == place);
    });
}

template <class Kind>
bool was_said(const World& world) {
    return !standing<Kind>(world).empty();
}

struct Worst {
    Stand stand = Stand::covers;
    std::string why;

    void take(const Position& position) {
        if (position.stand <= stand) return;
        stand = position.stand;
        why = position.why;
    }
};

/// The name of where a person stands, as a reason.
std::string reason_of(const Worst& worst) {
    switch (worst.stand) {
        case Stand::covers: return "consent_covers";
        case Stand::silent: return "consent_missing";
        case Stand::unconfirmed: return "confirmation_missing";
        case Stand::by_mouth: return "writing_needed";
        case Stand::reaches_not: return worst.why;
        case Stand::reserved: return "reserved";
        case Stand::refused: return "refused";
        case Stand::locked: return "blocked";
    }
    return {};
}

/// Rule 6 for one subject: adds to `worst`, `missing` and what is owed.
void ask_for(const World& world,
             const Question& question,
             const Place& place,
             const Id& subject,
             Worst& worst,
             Answer& answer) {
    const Deciders deciders = deciders_of(world, question, place, subject);
    if (deciders.who.empty()) {
        answer.missing.insert({Id{}, subject});
        worst.take({.stand = Stand::silent});
        return;
    }
    std::vector<std::pair<Id, Position>> positions;
    for (const Id& person : deciders.who)
        positions.emplace_back(person, position_of(world, question, place, person, subject));
    if (world.is_wrong_about(Planted::closing_of_anybody))
        for (const auto& [said, body] : standing<Closing>(world))
            if (!deciders.who.contains(body->decider) &&
                !closings_of(world, question, place, body->decider, subject).empty())
                positions.emplace_back(body->decider, Position{.stand = Stand::refused});

    const bool anyone = std::ranges::any_of(
        positions, [](const auto& one) { return one.second.stand == Stand::covers; });
    const bool one_suffices =
        question.label.sensitivity == low || world.is_wrong_about(Planted::one_guardian_suffices);
    for (const auto& [person, position] : positions) {
        if (position.stand == Stand::covers) {
            answer.get_in_writing |= position.by_mouth;
        } else if (anyone && one_suffices && position.stand < Stand::reserved) {
            answer.inform.insert(person);
        } else {
            worst.take(position);
            answer.missing.insert({person, subject});
        }
    }
}

Answer by_consent(const World& world, const Question& question, const Place& place) {
    Answer answer;
    Worst worst;
    for (const Id& subject : question.label.subjects) {
        ask_for(world, question, place, subject, worst, answer);
        if (world.is_wrong_about(Planted::first_subject_only)) break;
    }
    answer.reason = reason_of(worst);
    if (worst.stand == Stand::covers)
        answer.outcome = Outcome::permit;
    else
        answer.outcome = worst.stand >= Stand::reaches_not ? Outcome::deny : Outcome::needs;
    if (answer.outcome != Outcome::permit) {
        answer.inform.clear();
        answer.get_in_writing = false;
    }
    return answer;
}

/// Rules 1 to 7 for a requester at one place.
Answer answer_at(const World& world, const Question& question, const Place& place) {
    if (is_out_of_date(world, question, place.unit.unit)) return deny("update_needed");
    const bool own = place.unit.unit == question.label.unit;
    if (own && world.is_wrong_about(Planted::own_unit_before_hard_lock)) return permit("own_unit");
    const auto statute = [&] { return is_opened_by_statute(world, question, place); };
    if (question.label.closed && !is_in_closed_circle(world, question, place))
        return statute() ? permit("statute_covers") : deny("closed_label");
    if (own) {
        if (question.action == contribute && was_said<Closed>(world)) return deny("case_closed");
        return permit("own_unit");
    }
    if (question.action == contribute && was_said<Closed>(world)) return deny("case_closed");
    if (question.action == contribute && !question.shared_editing_type)
        return deny("only_disclosing_unit_edits");
    if (place.unit.regime == private_party &&
        !has_acknowledged(world, question.user, place.unit.unit))
        return deny("acknowledgement_missing");
    if (statute()) return permit("statute_covers");
    if (question.statute) return deny("not_covered");
    const auto row = std::ranges::find(
        world.statutes.purposes, question.purpose, &Statutes::Purpose::purpose);
    if (row == world.statutes.purposes.end() || !row->consent_suffices) return deny("not_covered");
    return by_consent(world, question, place);
}

}  // namespace

Answer answer(const World& world, const Question& question) {
    if (!is_in_good_standing(world, question.device, question.user, question.now))
        return deny("not_in_good_standing");
    if (is_out_of_date(world, question, {})) return deny("update_needed");
    if (opening(world) == nullptr) return deny("case_not_opened");
    if (was_said<Weeded>(world)) return deny("case_weeded");
    const auto protection = protected_from(world, question);
    if (!protection.empty()) return deny(protection);

    Answer best = deny("not_participant");
    bool first = true;
    each<Unit>(world.federation, [&](const Said&, const Unit& unit) {
        const auto role = role_in(world, question.user, unit.unit, question.now);
        if (!role || !acts_in(world, question.device, unit.unit, question.now) ||
            !participates(world, question.user, unit.unit, question.now))
            return;
        Answer here = answer_at(world, question, {unit, *role});
        if (first || here.outcome > best.outcome) best = std::move(here);
        first = false;
    });
    return best;
}

}  // namespace oracle
