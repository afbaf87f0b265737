#include "core/policy/question.hpp"

namespace samsyn::policy {

Places places_of(const Question& question) {
    Places places;
    for (const auto& unit : question.view.roster_units()) {
        const auto& roster = question.view.roster(unit);
        const auto& user = question.requester.user;
        if (!roster.update_needed && roster.participates(user, question.now) &&
            question.federation.acts_in(question.requester.device, unit, question.now))
            places.push_back({*question.federation.unit(unit),
                              question.federation.role_in(user, unit, question.now)});
    }
    return places;
}

std::optional<Reason> not_bound(const Recipient& recipient,
                                const Question& question,
                                const Place& place) {
    if (place.unit.regime != Regime::private_party) return {};
    if (!recipient.user) return Reason::must_be_named;
    const auto& roster = question.view.roster(place.unit.unit);
    if (!roster.acknowledged.contains(question.requester.user))
        return Reason::acknowledgement_missing;
    return {};
}

}  // namespace samsyn::policy
