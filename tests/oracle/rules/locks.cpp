#include "tests/oracle/rules/locks.hpp"

namespace oracle {

namespace {

/// The audiences of one id that no other one of it knew of.
std::vector<std::pair<const Said*, const Audience*>> newest_audiences(const World& world,
                                                                      const Question& question) {
    auto all =
        current<Audience>(world, [](const Audience& a, const Audience& b) { return a.id == b.id; });
    std::erase_if(all, [&](const auto& one) {
        return one.second->id != *question.label.closed ||
               one.first->of_unit != question.label.unit;
    });
    if (world.is_wrong_about(Planted::audience_by_time) && all.size() > 1) {
        const auto latest = std::ranges::max_element(
            all, [](const auto& a, const auto& b) { return is_after(*b.first, *a.first); });
        all = {*latest};
    }
    return all;
}

/// The youth's own consent names this user, and the youth has not taken it back: never a
/// guardian's.
bool is_named_by_the_youth(const World& world,
                           const Question& question,
                           const std::vector<Place>& places,
                           const Id& youth) {
    const auto all = standing<Consent>(world);
    return std::ranges::any_of(all, [&](const auto& one) {
        const auto& [said, body] = one;
        if (body->grantor != youth || body->subject != youth ||
            body->recipient.user != question.user || body->disclosing != question.label.unit ||
            !is_in_force(world, question, *said, *body))
            return false;
        return std::ranges::all_of(places, [&](const Place& place) {
            return reopens(world, *said, *body, closings_of(world, question, place, youth, youth));
        });
    });
}

bool is_named_in_own_unit(const Question& question,
                          const std::vector<Place>& places,
                          const Mark& mark) {
    return contains(mark.users, question.user) &&
           std::ranges::any_of(
               places, [&](const Place& place) { return place.unit.unit == question.label.unit; });
}

bool bears_on(const Mark& mark, const Label& label) {
    const bool whereabouts =
        label.category == housing || label.category == contact || label.category == emergency;
    return mark.kind != hidden_existence && whereabouts && contains(label.subjects, mark.person);
}

const Statutes::Ground* ground_of(const World& world, int statute, Time now) {
    for (const auto& ground : world.statutes.grounds)
        if (ground.statute == statute && is_within(ground.from, now, ground.until)) return &ground;
    return nullptr;
}

bool reaches(const Recipient& to, const Question& question, const Place& place) {
    return to.unit == place.unit.unit && (!to.role || *to.role == place.role) &&
           (!to.user || *to.user == question.user);
}

bool is_ground_for(const World& world,
                   const Statutes::Ground& ground,
                   const Question& question,
                   const Place& place) {
    if (ground.adults_only)
        for (const Id& subject : question.label.subjects)
            if (!is_adult(world, subject, question.now)) return false;
    return has(ground.disclosing, question.label.regime) &&
           has(ground.recipients, place.unit.regime) && has(ground.actions, question.action);
}

/// Blocks and objections that stand, by somebody who decides (by anybody, where nobody is known
/// to), and that the statute's statement does not name.
bool is_stopped_by_soft_locks(const World& world,
                              const Question& question,
                              const Place& place,
                              const Id& subject,
                              const std::vector<Id>& pierced) {
    if (world.is_wrong_about(Planted::block_pierced_unnamed)) return false;
    const auto stops = [&](const Id& person) {
        const auto all = closings_of(world, question, place, person, subject);
        return std::ranges::any_of(all, [&](const ClosingSaid& closing) {
            return (closing.second->kind == block || closing.second->kind == objection) &&
                   !contains(pierced, closing.first->id);
        });
    };
    const auto deciders = deciders_of(world, question, place, subject).who;
    if (!deciders.empty())
        return std::ranges::any_of(deciders, [&](const Id& person) {
            const auto stand = position_of(world, question, place, person, subject).stand;
            return (stand == Stand::locked || stand == Stand::refused) && stops(person);
        });
    const auto all = standing<Closing>(world);
    return std::ranges::any_of(all, [&](const auto& one) { return stops(one.second->decider); });
}

bool has_its_second_reader(const World& world,
                           const Question& question,
                           const Statutes::Ground& ground,
                           const Said& said) {
    using enum Statutes::SecondReader;
    if (world.is_wrong_about(Planted::verdict_not_needed)) return true;
    if (ground.second_reader == none) return !is_disapproved(world, said);
    if (ground.second_reader == before) return is_approved(world, said);
    if (is_disapproved(world, said)) return false;
    const Time due = said.time + ground.read_within;
    return is_approved(world, said, due) || question.now < due;
}

/// What a statement by statute names, and how long it lasts.
struct Opening {
    const Said& said;
    int statute;
    Statutes::Way way;
    Id subject;
    Bits categories;
    std::optional<Id> selection;
    const Recipient& recipient;
    Time from, until;
    std::vector<Id> pierced;
};

bool opens(const World& world,
           const Question& question,
           const Place& place,
           const Id& subject,
           const Opening& by) {
    if (question.statute && *question.statute != by.statute) return false;
    if (question.purpose != 0)
        return false;  // coordination: what a statute opens, it opens for that
    const auto* ground = ground_of(world, by.statute, question.now);
    if (ground == nullptr || ground->way != by.way ||
        !is_ground_for(world, *ground, question, place))
        return false;
    if (by.said.of_unit != question.label.unit || by.subject != subject ||
        !has(by.categories, question.label.category) ||
        (by.selection && by.selection != question.label.closed) ||
        !reaches(by.recipient, question, place))
        return false;
    if (place.unit.regime == private_party &&
        (!by.recipient.user || !has_acknowledged(world, question.user, place.unit.unit)))
        return false;
    const Time until = world.is_wrong_about(Planted::override_without_limit)
                           ? by.until
                           : std::min(by.until, by.from + ground->longest);
    if (!is_within(by.from, question.now, until)) return false;
    return has_its_second_reader(world, question, *ground, by.said) &&
           !is_stopped_by_soft_locks(world, question, place, subject, by.pierced);
}

std::vector<Opening> openings_of(const World& world) {
    std::vector<Opening> all;
    for (const auto& [said, body] : standing<Override>(world))
        all.push_back({*said,
                       body->statute,
                       Statutes::Way::opening,
                       body->subject,
                       body->categories,
                       body->selection,
                       body->recipient,
                       body->from,
                       body->until,
                       body->pierced});
    for (const auto& [said, body] : standing<ToInvestigation>(world))
        all.push_back({*said,
                       body->statute,
                       Statutes::Way::answer,
                       body->subject,
                       body->categories,
                       body->selection,
                       body->recipient,
                       said->time,
                       body->until,
                       {}});
    return all;
}

}  // namespace

std::string closed_to(const World& world,
                      const Question& question,
                      const std::vector<Place>& places) {
    const Id& id = *question.label.closed;
    const bool own = std::ranges::any_of(
        places, [&](const Place& one) { return one.unit.unit == question.label.unit; });
    bool anything = false;
    for (const auto& [said, body] : newest_audiences(world, question)) {
        anything = true;
        if (!contains(body->users, question.user)) return "closed_label";
    }
    for (const auto& [said, body] : standing<Lock>(world)) {
        if (body->id != id || said->of_unit != question.label.unit) continue;
        anything = true;
        const bool locks_it = std::ranges::any_of(
            places, [&](const Place& one) { return one.unit.unit == body->unit; });
        if (!locks_it && !contains(body->users, question.user)) return "investigation_locked";
    }
    bool selected = false;
    bool for_this_one = false;
    for (const auto& by : openings_of(world)) {
        if (by.selection != id || by.said.of_unit != question.label.unit) continue;
        selected = true;
        for_this_one |= own || std::ranges::any_of(places, [&](const Place& one) {
                            return reaches(by.recipient, question, one);
                        });
    }
    if (selected && !for_this_one) return "closed_label";
    return anything || selected ? std::string{} : "closed_label";
}

std::string protected_from(const World& world,
                           const Question& question,
                           const std::vector<Place>& places) {
    std::string reason;
    for (const auto& [said, body] : standing<Mark>(world)) {
        if (body->kind == hidden_existence) {
            if (!is_named_in_own_unit(question, places, *body) &&
                !is_named_by_the_youth(world, question, places, body->person))
                return "no_such_thing";
        } else if (bears_on(*body, question.label) && !contains(body->users, question.user)) {
            reason = "protected_person";
        }
    }
    return reason;
}

bool sees_hidden_case_by_consent_only(const World& world, const Question& question) {
    std::vector<Place> places;
    each<Unit>(world.federation, [&](const Said&, const Unit& unit) {
        if (acts_in(world, question.device, unit.unit, question.now) &&
            participates(world, question.user, unit.unit, question.now))
            places.push_back({unit, 0});
    });
    const auto marks = standing<Mark>(world);
    return std::ranges::any_of(marks, [&](const auto& one) {
        return one.second->kind == hidden_existence &&
               !is_named_in_own_unit(question, places, *one.second);
    });
}

std::string locked_for_viewers(const World& world, const Question& question) {
    std::string reason = question.label.closed ? "closed_label" : "";
    for (const auto& [said, body] : standing<Mark>(world)) {
        if (body->kind == hidden_existence) return "no_such_thing";
        if (reason.empty() && bears_on(*body, question.label)) reason = "protected_person";
    }
    return reason;
}

bool is_opened_by_statute(const World& world, const Question& question, const Place& place) {
    if (question.label.subjects.empty()) return false;
    const auto all = openings_of(world);
    return std::ranges::all_of(question.label.subjects, [&](const Id& subject) {
        return std::ranges::any_of(
            all, [&](const Opening& by) { return opens(world, question, place, subject, by); });
    });
}

bool is_covered_by_direct_access(const World& world, const Question& question, const Place& place) {
    const auto* ground = ground_of(world, *question.statute, question.now);
    return ground != nullptr && ground->way == Statutes::Way::direct_access &&
           is_ground_for(world, *ground, question, place);
}

bool has_acknowledged(const World& world, const Id& user, const Id& unit) {
    const auto all = standing<Acknowledged>(world);
    return std::ranges::any_of(
        all, [&](const auto& one) { return one.second->user == user && one.second->unit == unit; });
}

}  // namespace oracle
