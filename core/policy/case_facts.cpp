#include "core/policy/case_facts.hpp"

#include <algorithm>

namespace samsyn {

std::set<UnitId> DisclosingFacts::named_units() const {
    std::set<UnitId> units;
    for (const auto& consent : consents) units.insert(consent.body.recipient.unit);
    for (const auto& opening : overrides) units.insert(opening.body.recipient.unit);
    for (const auto& answer : answers) units.insert(answer.body.recipient.unit);
    for (const auto& [id, locks_of_id] : locks)
        for (const auto& lock : locks_of_id) units.insert(lock.body.unit);
    return units;
}

bool RosterFacts::participates(const UserId& user, Instant now) const {
    return duty_of(user, now).has_value();
}

std::optional<Duty> RosterFacts::duty_of(const UserId& user, Instant now) const {
    std::optional<Duty> duty;
    for (const auto& addition : added) {
        const auto& body = addition.body;
        if (body.user != user || now < body.from || now >= body.until) continue;
        if (ended.contains(addition.id)) continue;
        const bool taken_back = std::ranges::any_of(removed, [&](const auto& removal) {
            return removal.body.user == user &&
                   std::tie(removal.time, removal.id) > std::tie(addition.time, addition.id);
        });
        if (!taken_back) duty = body.duty;  // the newest one counts
    }
    return duty;
}

bool CustodyFacts::hidden() const {
    return std::ranges::any_of(
        marks, [](const auto& mark) { return mark.body.kind == ProtectionKind::hidden_existence; });
}

}  // namespace samsyn
