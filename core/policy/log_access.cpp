#include "core/policy/log_access.hpp"

#include <algorithm>

namespace samsyn {

namespace {

bool leads(Duty duty) {
    return duty == Duty::lead || duty == Duty::coordinator;
}

/// Has the unit somebody in this case who is there to answer for it?
bool has_lead(const RosterFacts& roster, Instant now) {
    return std::ranges::any_of(roster.added, [&](const Signed<ParticipantAdded>& added) {
        const auto duty = roster.duty_of(added.body.user, now);
        return duty && leads(*duty);
    });
}

}  // namespace

bool may_review_log(const DeviceId& device,
                    const UnitId& disclosing,
                    const Federation& federation,
                    Instant now) {
    const UnitRef* const of = federation.unit(disclosing);
    const Federation::User* const user = federation.user(federation.user_of(device));
    if (of == nullptr || user == nullptr) return false;
    return std::ranges::any_of(user->memberships, [&](const Federation::Membership& membership) {
        return membership.organisation == of->organisation &&
               federation.role_in(federation.user_of(device), membership.unit, now) ==
                   Role::log_reviewer &&
               federation.acts_in(device, membership.unit, now);
    });
}

bool may_see_log(const DeviceId& device,
                 const UnitId& disclosing,
                 const CaseView& view,
                 const Federation& federation,
                 Instant now) {
    if (may_review_log(device, disclosing, federation, now)) return true;
    if (!federation.acts_in(device, disclosing, now)) return false;
    const RosterFacts& roster = view.roster(disclosing);
    const auto duty = roster.duty_of(federation.user_of(device), now);
    return duty && (leads(*duty) || !has_lead(roster, now));
}

UnitId acting_unit(const DeviceId& device,
                   const UnitId& disclosing,
                   const CaseView* view,
                   const Federation& federation,
                   Instant now) {
    const UserId id = federation.user_of(device);
    const Federation::User* const user = federation.user(id);
    if (user == nullptr) return {};
    if (!disclosing.is_none() && federation.acts_in(device, disclosing, now)) return disclosing;
    UnitId works;
    for (const Federation::Membership& membership : user->memberships) {
        if (!federation.acts_in(device, membership.unit, now)) continue;
        if (view != nullptr && view->roster(membership.unit).participates(id, now))
            return membership.unit;
        if (works.is_none()) works = membership.unit;
    }
    return works;
}

}  // namespace samsyn
