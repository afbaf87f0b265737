#include "client-sdk/device/engine.hpp"

#include <samsyn/audience.hpp>

#include <algorithm>

namespace samsyn {

namespace {

/// The item as it is, and what its label may be besides.
std::vector<NewItem> candidates(const NewItem& item, const std::vector<AudienceId>& circles) {
    std::vector<NewItem> all{item};
    for (const AudienceId& circle : circles) {
        all.push_back(item);
        all.back().closed = circle;
    }
    if (!item.sensitivity) {
        all.push_back(item);
        all.back().sensitivity = Sensitivity::far_reaching;
    }
    return all;
}

}  // namespace

Result<std::vector<AudienceChoice>> Audiences::choices(const NewItem& item) {
    Device::Impl& my = *device_.impl_;
    const Device::Impl::Draft usual = SAMSYN_TRY(my.draft_of(item));
    (void)SAMSYN_TRY(my.contributable(usual));
    const Instant now = my.now();
    const Instant at = my.decision_time(now);
    const CaseView& view = my.view(item.case_id);
    std::vector<AudienceId> circles;
    if (!item.closed)
        for (const auto& [circle, users] : view.disclosing(usual.label.disclosing.unit).audiences)
            if (users.contains(my.config.user)) circles.push_back(circle);

    std::vector<AudienceChoice> choices;
    for (const NewItem& candidate : candidates(item, circles)) {
        const auto draft = my.draft_of(candidate);
        const auto compartment = draft ? my.contributable(*draft)
                                       : Result<StoredCompartment>{std::unexpected{draft.error()}};
        if (!compartment) continue;
        AudienceChoice choice{.sensitivity = draft->label.sensitivity,
                              .closed = draft->label.closed,
                              .readers = {},
                              .without = {}};
        std::set<UserId> users;
        for (const DeviceId& device : my.permitted(*compartment, now))
            users.insert(my.user_of(device));
        users.erase(UserId{});
        choice.readers.assign(users.begin(), users.end());
        const auto same = [&](const AudienceChoice& other) {
            return other.readers == choice.readers;
        };
        if (std::ranges::any_of(choices, same)) continue;
        for (const UnitId& unit : view.roster_units()) {
            const auto& roster = view.roster(unit);
            const auto takes_part = [&](const UserId& user) {
                return roster.participates(user, at);
            };
            const bool any = std::ranges::any_of(
                my.federation().users(), takes_part, [](const auto& user) { return user.first; });
            if (any && std::ranges::none_of(users, takes_part)) choice.without.push_back(unit);
        }
        choices.push_back(std::move(choice));
        if (choices.size() == choices_max) break;
    }
    return choices;
}

}  // namespace samsyn
