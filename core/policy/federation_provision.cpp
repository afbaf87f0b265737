// What the federation log says about leases, recovery, lost devices and second persons.

#include "core/policy/case_view.hpp"
#include "core/policy/federation_rules.hpp"
#include "core/policy/lease.hpp"
#include "core/policy/two_persons.hpp"

#include <algorithm>

namespace samsyn {

namespace {

/// An author's clock may be ahead of the reader's by so much.
constexpr std::chrono::hours recovery_clock_slack{1};

}  // namespace

Result<void> Federation::may_say(const StatementHeader& header, const StatementBody& body) const {
    if (header.stream.kind != StreamKind::federation)
        return fail(Errc::not_permitted, "not in the federation log");
    if (!signing_key(header.author)) return fail(Errc::unknown_device, "author");
    if (!counts(header.author, header.counter)) return fail(Errc::revoked_device, "author");
    return std::visit(
        FederationRules{*this, header.author, header.time.instant(), header.restricting}, body);
}

Result<void> Federation::may_sign(const StatementHeader& header, const StatementBody& body) const {
    SAMSYN_TRY(may_say(header, body));
    if (opens(body) && is_suspended(header.author))
        return fail(Errc::revoked_device, "the author's device is suspended");
    const auto* word = std::get_if<Countersigned>(&body);
    if (!word) return {};
    const auto may = may_countersign(header.author, word->statement, header.time.instant());
    // Two may confirm at once, and neither know it: the second word changes nothing.
    if (!may && may.error().code == Errc::already_exists) return {};
    return may;
}

Result<void> Federation::may_countersign(const DeviceId& second, const StatementId& id) const {
    const auto found = two_person_acts_.find(id);
    if (found == two_person_acts_.end()) return fail(Errc::not_found, "statement to confirm");
    return may_countersign(second, id, found->second->header.time.instant());
}

Result<void> Federation::may_countersign(const DeviceId& second,
                                         const StatementId& id,
                                         Instant at) const {
    const auto found = two_person_acts_.find(id);
    if (found == two_person_acts_.end()) return fail(Errc::not_found, "statement to confirm");
    const Statement& act = *found->second;
    const auto* known = device(second);
    if (known && (known->revoked || !known->suspensions.empty()))
        return fail(Errc::revoked_device, "second person");
    SAMSYN_TRY(policy::may_be_second(*this, act, second, at));
    const Instant said_at = act.header.time.instant();
    if (at < said_at) return fail(Errc::not_permitted, "before what it confirms");
    if (at > said_at + countersigning_max) return fail(Errc::timed_out, "72 hours to confirm");
    if (!is_waiting(id)) return fail(Errc::already_exists, "the statement has effect");
    return {};
}

bool Federation::is_waiting(const StatementId& id) const {
    return std::ranges::find(waiting_, id, &WaitingAct::statement) != waiting_.end();
}

bool Federation::spoke_as_head(const DeviceId& id, const UnitId& unit, Instant at) const {
    const auto* known = device(id);
    if (!known || !has_unit(known->certificate.organisation, unit) || in_dispute(unit))
        return false;
    const UserId& who = known->certificate.user;
    const auto found = roles_said_.find({who, unit});
    if (found == roles_said_.end()) return false;
    const RoleSaid* newest = nullptr;
    for (const auto& said : found->second)
        if (said.said_at <= at && has_unit(said.membership.organisation, unit)) newest = &said;
    if (!newest || newest->membership.role != Role::head_of_unit) return false;
    const auto& membership = newest->membership;
    if (at < membership.from || at >= membership.until) return false;
    const auto removals = removals_said_.find(who);
    const auto was_removed = [&](const RemovalSaid& removal) {
        return removal.organisation == membership.organisation && removal.from <= at;
    };
    if (removals != removals_said_.end() && std::ranges::any_of(removals->second, was_removed))
        return false;
    return was_seen(id, newest->said);
}

bool Federation::was_seen(const DeviceId& id, const StatementId& role) const {
    const auto* known = device(id);
    return known &&
           (is_some_administrator(id) || seen_with_role_.contains({id, role}) ||
            seen_.contains({id, known->certificate.user, known->certificate.organisation}));
}

bool Federation::was_ever_seen(const DeviceId& id) const {
    const auto with_some_role = seen_with_role_.lower_bound({id, StatementId{}});
    return was_seen(id, {}) ||
           (with_some_role != seen_with_role_.end() && with_some_role->first == id);
}

const RecoveryKey* Federation::recovery_key(const OrganisationId& organisation) const {
    const auto found = recovery_keys_.find(organisation);
    return found == recovery_keys_.end() ? nullptr : &found->second.rbegin()->second;
}

const RecoveryKey* Federation::recovery_key(const OrganisationId& organisation,
                                            std::uint32_t generation) const {
    const auto found = recovery_keys_.find(organisation);
    if (found == recovery_keys_.end()) return nullptr;
    const auto key = found->second.find(generation);
    return key == found->second.end() ? nullptr : &key->second;
}

bool Federation::may_recover(const DeviceId& device,
                             const OrganisationId& organisation,
                             std::uint32_t generation,
                             Instant now) const {
    return in_good_standing(device, now) &&
           std::ranges::any_of(recovery_uses_, [&](const RecoveryUse& use) {
               return use.body.device == device && use.body.organisation == organisation &&
                      use.body.generation == generation && now < use.body.until &&
                      now >= use.said_at - recovery_clock_slack;
           });
}

std::chrono::hours Federation::reading_lease(const DeviceId& device, Instant now) const {
    const UserId who = user_of(device);
    const auto* known = user(who);
    std::optional<std::chrono::hours> shortest;
    if (known) {
        for (const auto& membership : known->memberships) {
            if (!works_in(who, membership.unit, now)) continue;
            const auto lease = leases_.find(membership.unit);
            const auto hours = lease == leases_.end() ? lease_policy.reading : lease->second;
            shortest = shortest ? std::min(*shortest, hours) : hours;
        }
    }
    return shortest.value_or(lease_policy.reading);
}

bool Federation::is_suspended(const DeviceId& id) const {
    const auto* known = device(id);
    return known && !known->suspensions.empty();
}

std::vector<StatementId> Federation::suspensions(const DeviceId& id) const {
    const auto* known = device(id);
    return known ? known->suspensions : std::vector<StatementId>{};
}

std::vector<LogRestored> restores_between(std::span<const LogRestored> all,
                                          const Incarnation& from,
                                          const Incarnation& to,
                                          std::size_t most) {
    std::set<Incarnation> seen{from};
    std::vector<std::vector<LogRestored>> ways(1);
    for (std::size_t i = 0; i < ways.size(); ++i) {
        const std::vector<LogRestored> way = ways[i];
        const Incarnation life = way.empty() ? from : way.back().new_incarnation;
        if (life == to) return way;
        if (way.size() == most) continue;
        for (const LogRestored& restored : all) {
            if (restored.old_incarnation != life || !seen.insert(restored.new_incarnation).second)
                continue;
            ways.push_back(way);
            ways.back().push_back(restored);
        }
    }
    return {};
}

}  // namespace samsyn
