#include "core/policy/federation.hpp"

#include "core/policy/contains.hpp"

#include <algorithm>

namespace samsyn {

namespace {

template <class Map, class Key>
auto find_in(const Map& map, const Key& key) -> const typename Map::mapped_type* {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

bool within(Instant from, Instant now, Instant until) {
    return from <= now && now < until;
}

template <class Predicate>
bool any_certificate(const Federation::Device* device, Predicate predicate) {
    return device &&
           (predicate(device->certificate) || std::ranges::any_of(device->rivals, predicate));
}

template <class Predicate>
bool any_membership(const Federation::User* user, Predicate predicate) {
    return user && std::ranges::any_of(user->memberships, predicate);
}

}  // namespace

std::optional<DeviceOrder> order_in(const StatementId& id, const StatementBody& body) {
    if (const auto* locked = std::get_if<DeviceLocked>(&body))
        return DeviceOrder{id, OrderKind::lock, {}, locked->device};
    if (const auto* wiped = std::get_if<DeviceWiped>(&body))
        return DeviceOrder{id, OrderKind::wipe, wiped->unsent, wiped->device};
    if (const auto* revoked = std::get_if<DeviceRevoked>(&body))
        return DeviceOrder{id, OrderKind::revoke, {}, revoked->device};
    return std::nullopt;
}

const UnitRef* Federation::unit(const UnitId& id) const {
    return find_in(units_, id);
}

const Federation::User* Federation::user(const UserId& id) const {
    return find_in(users_, id);
}

const Federation::Device* Federation::device(const DeviceId& id) const {
    return find_in(devices_, id);
}

UserId Federation::user_of(const DeviceId& id) const {
    const auto* known = device(id);
    return known ? known->certificate.user : UserId{};
}

bool Federation::is_server(const SigningPublicKey& key) const {
    return policy::contains(server_keys_, key);
}

const SigningPublicKey* Federation::signing_key(const DeviceId& author) const {
    if (is_root(author)) return &root_key_;
    if (const auto* known = device(author)) return &known->certificate.signing_key;
    return find_in(servers_, author);
}

Role Federation::role_in(const UserId& id, const UnitId& unit, Instant now) const {
    if (!works_in(id, unit, now)) return Role::none;
    for (const auto& membership : user(id)->memberships)
        if (membership.unit == unit && within(membership.from, now, membership.until))
            return membership.role;
    return Role::none;
}

bool Federation::works_in(const UserId& id, const UnitId& unit, Instant now) const {
    const auto* known = user(id);
    if (!known) return false;
    return std::ranges::any_of(known->memberships, [&](const Membership& membership) {
        if (membership.unit != unit || !within(membership.from, now, membership.until))
            return false;
        if (!is_member(membership.organisation, now)) return false;
        return std::ranges::none_of(known->removals, [&](const UserRemoved& removal) {
            return removal.organisation == membership.organisation && removal.from <= now;
        });
    });
}

bool Federation::is_member(const OrganisationId& id, Instant now) const {
    const auto* organisation = find_in(organisations_, id);
    return organisation && within(organisation->from, now, organisation->until);
}

bool Federation::in_good_standing(const DeviceId& id, Instant now) const {
    const auto* known = device(id);
    if (!known || known->revoked || !known->rivals.empty() || !known->suspensions.empty() ||
        now >= known->certificate.until)
        return false;
    const auto& certificate = known->certificate;
    if (!is_member(certificate.organisation, now)) return false;
    if (certificate.user.is_none() || certificate.kind == DeviceKind::administrator_machine)
        return true;
    const auto* who = user(certificate.user);
    return who && std::ranges::any_of(who->memberships, [&](const Membership& membership) {
               return works_in(certificate.user, membership.unit, now);
           });
}

bool Federation::acted_for(const DeviceCertified& certificate,
                           const UnitId& unit,
                           Instant at) const {
    return at < certificate.until && has_unit(certificate.organisation, unit) &&
           works_in(certificate.user, unit, at);
}

bool Federation::acted_in(const DeviceId& author, const UnitId& id, Instant at) const {
    const auto acted = [&](const auto& certificate) { return acted_for(certificate, id, at); };
    return !in_dispute(id) && any_certificate(device(author), acted);
}

bool Federation::acted_somewhere(const DeviceId& author, Instant at) const {
    return any_certificate(device(author), [&](const auto& certificate) {
        return any_membership(user(certificate.user), [&](const auto& membership) {
            return acted_for(certificate, membership.unit, at);
        });
    });
}

bool Federation::ever_acted_in(const DeviceId& author, const UnitId& id) const {
    return any_certificate(device(author), [&](const auto& certificate) {
        return any_membership(user(certificate.user), [&](const auto& membership) {
            return membership.unit == id && membership.organisation == certificate.organisation;
        });
    });
}

bool Federation::ever_acted_somewhere(const DeviceId& author) const {
    return any_certificate(device(author), [&](const auto& certificate) {
        return any_membership(user(certificate.user), [&](const auto& membership) {
            return membership.organisation == certificate.organisation;
        });
    });
}

bool Federation::is_device_of(const DeviceId& id,
                              const UserId& user,
                              const OrganisationId& organisation) const {
    return !user.is_none() && any_certificate(device(id), [&](const auto& certificate) {
        return certificate.user == user && certificate.organisation == organisation;
    });
}

bool Federation::are_of_one_user(const DeviceId& a, const DeviceId& b) const {
    if (a == b) return true;
    const auto* one = device(a);
    const auto* other = device(b);
    if (!one || !other || !one->rivals.empty() || !other->rivals.empty()) return false;
    return is_device_of(b, one->certificate.user, one->certificate.organisation);
}

bool Federation::has_unit(const OrganisationId& organisation, const UnitId& id) const {
    if (const auto* claimants = find_in(disputed_units_, id))
        return claimants->contains(organisation);
    const auto* known = unit(id);
    return known && known->organisation == organisation;
}

bool Federation::acts_in(const DeviceId& id, const UnitId& unit, Instant now) const {
    return in_good_standing(id, now) && acted_in(id, unit, now);
}

bool Federation::counts(const DeviceId& author, std::uint64_t counter) const {
    const auto* pin = find_in(pins_, author);
    return !pin || (counter <= pin->counter && !policy::contains(pin->gaps, counter));
}

bool Federation::is_administrator(const DeviceId& device,
                                  const OrganisationId& organisation) const {
    const auto* machines = find_in(administrators_, organisation);
    return machines && machines->contains(device);
}

bool Federation::is_some_administrator(const DeviceId& device) const {
    return std::ranges::any_of(
        administrators_, [&](const auto& machines) { return machines.second.contains(device); });
}

bool Federation::is_root(const DeviceId& author) const {
    return author == root_device_;
}

bool Federation::is_certified_server(const DeviceId& author) const {
    return servers_.contains(author);
}

std::vector<DeviceOrder> Federation::orders_for(const DeviceId& device) const {
    const auto* orders = find_in(orders_, device);
    return orders ? *orders : std::vector<DeviceOrder>{};
}

Instant Federation::next_boundary(Instant now) const {
    const auto next = std::ranges::upper_bound(boundaries_, now);
    return next == boundaries_.end() ? instant_max : *next;
}

Instant Federation::next_boundary(const DeviceId& id, Instant now) const {
    auto next = instant_max;
    const auto consider = [&](Instant at) {
        if (at > now) next = std::min(next, at);
    };
    const auto consider_organisation = [&](const OrganisationId& organisation) {
        if (const auto* admitted = find_in(organisations_, organisation)) {
            consider(admitted->from);
            consider(admitted->until);
        }
    };
    const auto* known = device(id);
    if (!known) return next;
    consider(known->certificate.until);
    consider_organisation(known->certificate.organisation);
    for (const auto& use : recovery_uses_)
        if (use.body.device == id) consider(use.body.until);
    const auto* who = user(known->certificate.user);
    if (!who) return next;
    for (const auto& membership : who->memberships) {
        consider(membership.from);
        consider(membership.until);
        consider_organisation(membership.organisation);
    }
    for (const auto& removal : who->removals) consider(removal.from);
    return next;
}

}  // namespace samsyn
