#include "core/policy/closing.hpp"

#include "core/policy/contains.hpp"

#include <algorithm>

namespace samsyn::policy {

Closings closings_in_scope(const Question& question,
                           const Place& place,
                           const PersonId& decider,
                           const PersonId& subject) {
    Closings found;
    const auto collect = [&](const std::vector<Signed<Closing>>& closings) {
        for (const auto& closing : closings) {
            const auto& scope = closing.body;
            if (scope.decider != decider || scope.subject != subject) continue;
            if (scope.recipient && !means(*scope.recipient, question, place)) continue;
            // No categories named is no limit: a closing errs on the side of closing.
            if (!scope.categories.empty() && !scope.categories.contains(question.label.category))
                continue;
            found.push_back(&closing);
        }
    };
    collect(question.disclosing().closings);
    collect(question.view.custody().closings);
    return found;
}

bool reopens(const Signed<Consent>& consent,
             const Closings& closings,
             const DisclosingFacts& facts) {
    const auto confirmed = facts.confirmed.find(consent.id);
    const auto vain = facts.not_reopened.find(consent.id);
    return std::ranges::all_of(closings, [&](const auto* closing) {
        if (vain != facts.not_reopened.end() && vain->second.contains(closing->id)) return false;
        return contains(consent.body.names, closing->id) ||
               (confirmed != facts.confirmed.end() && confirmed->second.contains(closing->id));
    });
}

Reason reason_of(ClosingKind kind) {
    switch (kind) {
        case ClosingKind::block:
            return Reason::blocked;
        case ClosingKind::objection:
            return Reason::objected;
        case ClosingKind::refusal:
            return Reason::refused;
        case ClosingKind::withdrawal:
            break;
    }
    return Reason::withdrawn;
}

}  // namespace samsyn::policy
