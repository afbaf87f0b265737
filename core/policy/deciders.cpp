#include "core/policy/deciders.hpp"

#include "core/policy/contains.hpp"

#include <algorithm>

namespace samsyn::policy {

Deciders who_decides(const PersonId& subject, const CustodyFacts& custody, Instant now) {
    std::set<PersonId> people;
    Deciders answer;
    bool is_child = false;
    bool is_guardian = false;
    for (const auto& [id, author, time, body] : custody.custody) {
        is_guardian = is_guardian || contains(body.guardians, subject);
        if (body.child != subject) continue;
        is_child = true;
        if (body.adult_at <= now) {
            people.insert(subject);
            answer.came_of_age = true;
        } else if (now < body.review_at) {
            people.insert(body.guardians.begin(), body.guardians.end());
        } else {
            return {};  // a review is due: of several statements, none stands in for a lapsed one
        }
    }
    const bool adult = custody.adults.contains(subject) || (is_guardian && !is_child);
    if (adult) people.insert(subject);
    answer.people.assign(people.begin(), people.end());
    return answer;
}

}  // namespace samsyn::policy
