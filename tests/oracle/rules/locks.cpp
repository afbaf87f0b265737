#include "tests/oracle/rules/locks.hpp"

namespace oracle {

namespace {

/// Of all statements about one lock, those that no other of them knew of.
template <class Kind>
std::vector<std::pair<const Said*, const Kind*>> newest(const World& world, const Id& id) {
    std::vector<std::pair<const Said*, const Kind*>> kept;
    const auto all = standing<Kind>(world);
    for (const auto& one : all) {
        if (one.second->id != id) continue;
        const bool known = std::ranges::any_of(all, [&](const auto& other) {
            if (other.first == one.first || other.second->id != id) return false;
            if (world.is_wrong_about(Planted::audience_by_time))
                return is_after(*other.first, *one.first);
            return knew(world.of_case, *other.first, one.first->id);
        });
        if (!known) kept.push_back(one);
    }
    return kept;
}

/// The youth's own consent names this user: never a guardian's.
bool is_named_by_the_youth(const World& world, const Question& question, const Id& youth) {
    const auto all = standing<Consent>(world);
    return std::ranges::any_of(all, [&](const auto& one) {
        return one.second->grantor == youth && one.second->subject == youth &&
               one.second->recipient.user == question.user &&
               one.second->disclosing == question.label.unit &&
               is_in_force(world, *one.first, *one.second, question.now);
    });
}

const Statutes::Ground* ground_of(const World& world, int statute) {
    for (const auto& ground : world.statutes.grounds)
        if (ground.statute == statute) return &ground;
    return nullptr;
}

bool reaches(const Recipient& to, const Question& question, const Place& place) {
    return to.unit == place.unit.unit && (!to.role || *to.role == place.role) &&
           (!to.user || *to.user == question.user);
}

bool is_ground_for(const Statutes::Ground& ground, const Question& question, const Place& place) {
    return has(ground.disclosing_regimes, question.label.regime) &&
           has(ground.recipient_regimes, place.unit.regime) &&
           has(ground.categories, question.label.category);
}

/// Blocks and objections that stand, by somebody who decides, and are not passed.
bool is_stopped_by_soft_locks(const World& world,
                              const Question& question,
                              const Place& place,
                              const Statutes::Ground& ground,
                              const std::vector<Id>& pierced) {
    if (world.is_wrong_about(Planted::block_pierced_unnamed)) return false;
    for (const Id& subject : question.label.subjects)
        for (const Id& person : deciders_of(world, question, place, subject).who) {
            if (position_of(world, question, place, person, subject).stand != Stand::locked)
                continue;
            for (const auto& [said, body] :
                 closings_of(world, question, place, person, subject))
                if ((body->kind == block || body->kind == objection) &&
                    !(ground.passes_blocks && contains(pierced, said->id)))
                    return true;
        }
    return false;
}

bool has_its_second_reader(const World& world,
                           const Question& question,
                           const Statutes::Ground& ground,
                           const Said& said) {
    using enum Statutes::SecondReader;
    if (world.is_wrong_about(Planted::verdict_not_needed)) return true;
    if (ground.second_reader == none) return true;
    if (is_approved(world, said, question.now, ground.second_reader == before ? for_ever : 72 * hour))
        return true;
    if (ground.second_reader == before) return false;
    bool disapproved = false;
    for (const auto& [verdict, body] : standing<Verdict>(world))
        disapproved |= body->statement == said.id && !body->approved;
    return !disapproved && question.now < said.time + 72 * hour;
}

bool opens(const World& world,
           const Question& question,
           const Place& place,
           const Id& subject,
           const Said& said,
           const Override& body) {
    const auto* ground = ground_of(world, body.statute);
    if (ground == nullptr || !is_ground_for(*ground, question, place)) return false;
    if (body.subject != subject || !has(body.categories, question.label.category)) return false;
    if (body.selection != question.label.closed) return false;
    if (!reaches(body.recipient, question, place)) return false;
    const Time longest = world.is_wrong_about(Planted::override_without_limit)
                             ? for_ever - said.time
                             : ground->longest;
    if (!is_within(body.from, question.now, std::min(body.until, body.from + longest)))
        return false;
    return has_its_second_reader(world, question, *ground, said) &&
           !is_stopped_by_soft_locks(world, question, place, *ground, body.pierced);
}

}  // namespace

bool is_in_closed_circle(const World& world, const Question& question, const Place& place) {
    const Id& id = *question.label.closed;
    const auto audiences = newest<Audience>(world, id);
    const auto locks = newest<Lock>(world, id);
    if (audiences.empty() && locks.empty()) return false;
    for (const auto& [said, body] : audiences)
        if (said->of_unit != question.label.unit || !contains(body->users, question.user))
            return false;
    for (const auto& [said, body] : locks)
        if (place.unit.unit != body->unit && !contains(body->users, question.user)) return false;
    return true;
}

std::string protected_from(const World& world, const Question& question) {
    for (const auto& [said, body] : standing<Mark>(world)) {
        if (contains(body->users, question.user)) continue;
        if (body->kind == hidden_existence) {
            if (!is_named_by_the_youth(world, question, body->person)) return "no_such_thing";
            continue;
        }
        const bool whereabouts =
            question.label.category == housing || question.label.category == contact;
        if (whereabouts && contains(question.label.subjects, body->person))
            return "protected_person";
    }
    return {};
}

bool is_opened_by_statute(const World& world, const Question& question, const Place& place) {
    if (question.label.subjects.empty()) return false;
    return std::ranges::all_of(question.label.subjects, [&](const Id& subject) {
        const auto all = standing<Override>(world);
        return std::ranges::any_of(all, [&](const auto& one) {
            return opens(world, question, place, subject, *one.first, *one.second);
        });
    });
}

bool has_acknowledged(const World& world, const Id& user, const Id& unit) {
    const auto all = standing<Acknowledged>(world);
    return std::ranges::any_of(
        all, [&](const auto& one) { return one.second->user == user && one.second->unit == unit; });
}

}  // namespace oracle
