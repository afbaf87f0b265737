#include "tests/oracle/rules/world.hpp"

namespace oracle {

namespace {

bool is_root(const World& world, const Id& author) {
    bool found = false;
    each<Founding>(world.federation,
                   [&](const Said& said, const Founding&) { found |= said.author == author; });
    return found;
}

bool administers(const World& world, const Id& author, const Id& organisation) {
    bool found = false;
    each<Administrator>(world.federation, [&](const Said& said, const Administrator& who) {
        found |=
            is_root(world, said.author) && who.device == author && who.organisation == organisation;
    });
    return found;
}

bool is_member(const World& world, const Id& organisation, Time at) {
    bool found = false;
    each<Admitted>(world.federation, [&](const Said& said, const Admitted& who) {
        found |= is_root(world, said.author) && who.organisation == organisation &&
                 is_within(who.from, at, who.until);
    });
    return found;
}

bool was_removed(const World& world, const Id& user, const Id& organisation, Time at) {
    bool found = false;
    each<MemberRemoved>(world.federation, [&](const Said& said, const MemberRemoved& who) {
        found |= administers(world, said.author, who.organisation) && who.user == user &&
                 who.organisation == organisation && who.from <= at;
    });
    return found;
}

bool is_revoked(const World& world, const Device& device) {
    bool found = false;
    each<Revoked>(world.federation, [&](const Said& said, const Revoked& which) {
        found |=
            which.device == device.device && administers(world, said.author, device.organisation);
    });
    return found;
}

/// The certificates of this user for this unit, by an administrator of the unit's organisation.
std::vector<Member> memberships(const World& world, const Id& user, const Id& unit) {
    std::vector<Member> all;
    const auto where = unit_of(world, unit);
    if (!where) return all;
    each<Member>(world.federation, [&](const Said& said, const Member& who) {
        if (who.user == user && who.unit == unit && who.organisation == where->organisation &&
            administers(world, said.author, who.organisation))
            all.push_back(who);
    });
    return all;
}

std::vector<Id> units(const World& world) {
    std::vector<Id> all;
    each<Unit>(world.federation, [&](const Said&, const Unit& unit) { all.push_back(unit.unit); });
    return all;
}

}  // namespace

std::optional<Unit> unit_of(const World& world, const Id& unit) {
    std::optional<Unit> found;
    each<Unit>(world.federation, [&](const Said& said, const Unit& one) {
        if (one.unit == unit && administers(world, said.author, one.organisation)) found = one;
    });
    return found;
}

std::optional<Device> device_of(const World& world, const Id& device) {
    std::optional<Device> found;
    each<Device>(world.federation, [&](const Said& said, const Device& one) {
        if (one.device == device && administers(world, said.author, one.organisation)) found = one;
    });
    return found;
}

std::optional<int> role_in(const World& world, const Id& user, const Id& unit, Time at) {
    for (const Member& who : memberships(world, user, unit))
        if (is_within(who.from, at, who.until) && is_member(world, who.organisation, at) &&
            !was_removed(world, user, who.organisation, at))
            return who.role;
    return std::nullopt;
}

bool is_in_good_standing(const World& world, const Id& device, const Id& user, Time now) {
    const auto certificate = device_of(world, device);
    if (!certificate || certificate->user != user || is_revoked(world, *certificate) ||
        now >= certificate->until)
        return false;
    return std::ranges::any_of(
        units(world), [&](const Id& unit) { return role_in(world, user, unit, now).has_value(); });
}

bool acted_in(const World& world, const Id& device, const Id& unit, Time at) {
    const auto certificate = device_of(world, device);
    const auto where = unit_of(world, unit);
    return certificate && where && certificate->organisation == where->organisation &&
           at < certificate->until && role_in(world, certificate->user, unit, at).has_value();
}

bool acts_in(const World& world, const Id& device, const Id& unit, Time now) {
    const auto certificate = device_of(world, device);
    return acted_in(world, device, unit, now) && !is_revoked(world, *certificate);
}

bool acted_somewhere(const World& world, const Id& device, Time at) {
    return std::ranges::any_of(units(world),
                               [&](const Id& unit) { return acted_in(world, device, unit, at); });
}

bool ever_acted_in(const World& world, const Id& device, const Id& unit) {
    const auto certificate = device_of(world, device);
    const auto where = unit_of(world, unit);
    return certificate && where && certificate->organisation == where->organisation &&
           !memberships(world, certificate->user, unit).empty();
}

bool ever_acted_somewhere(const World& world, const Id& device) {
    return std::ranges::any_of(units(world),
                               [&](const Id& unit) { return ever_acted_in(world, device, unit); });
}

bool knew(const std::vector<Said>& all, const Said& later, const Id& earlier) {
    std::set<Id> seen;
    std::vector<Id> open = later.previous;
    while (!open.empty()) {
        const Id next = open.back();
        open.pop_back();
        if (next == earlier) return true;
        if (!seen.insert(next).second) continue;
        for (const Said& said : all)
            if (said.id == next)
                open.insert(open.end(), said.previous.begin(), said.previous.end());
    }
    return false;
}

}  // namespace oracle
