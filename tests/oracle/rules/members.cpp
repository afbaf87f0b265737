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

// Further devices of somebody, as docs/PROTOCOL.md, "Two persons". In these worlds nobody is the
// head of a unit, every administrator is the first of an organisation, and nobody rotates a key.

constexpr Time time_to_confirm = 72 * hour;

std::optional<Device> claimed(const World& world, const Id& device) {
    std::optional<Device> found;
    each<Device>(world.federation, [&](const Said& said, const Device& one) {
        if (one.device == device && administers(world, said.author, one.organisation)) found = one;
    });
    return found;
}

/// Whose device it is, administrators' machines included; empty where nobody's.
Id person_at(const World& world, const Id& device) {
    Id person;
    each<Administrator>(world.federation, [&](const Said& said, const Administrator& who) {
        if (who.device == device && is_root(world, said.author)) person = who.user;
    });
    const auto certificate = claimed(world, device);
    return person.empty() && certificate ? certificate->user : person;
}

bool is_lost(const World& world, const Id& device, const Said* before) {
    const auto certificate = claimed(world, device);
    bool lost = false;
    each<Lost>(world.federation, [&](const Said& said, const Lost& which) {
        if (which.device != device || !certificate ||
            !administers(world, said.author, certificate->organisation))
            return;
        bool found = before != nullptr && knew(world.federation, said, before->id);
        each<Found>(world.federation, [&](const Said& by, const Found& again) {
            found |= again.device == device && contains(again.names, said.id) &&
                     administers(world, by.author, certificate->organisation);
        });
        lost |= !found;
    });
    return lost;
}

bool was_revoked_before(const World& world, const Id& device, const Said& word) {
    const auto certificate = claimed(world, device);
    bool revoked = false;
    each<Revoked>(world.federation, [&](const Said& said, const Revoked& which) {
        revoked |= which.device == device && certificate &&
                   administers(world, said.author, certificate->organisation) &&
                   !knew(world.federation, said, word.id);
    });
    return revoked;
}

bool administers_a_member(const World& world, const Id& author, Time at) {
    bool found = false;
    each<Admitted>(world.federation, [&](const Said&, const Admitted& who) {
        found |=
            administers(world, author, who.organisation) && is_member(world, who.organisation, at);
    });
    return found;
}

bool is_known(const World& world, const Device& device, std::set<Id> asked);

bool is_confirmed(const World& world,
                  const Said& act,
                  const Device& device,
                  const std::set<Id>& asked) {
    bool confirmed = false;
    each<Confirmed>(world.federation, [&](const Said& word, const Confirmed& what) {
        if (what.statement != act.id || !knew(world.federation, word, act.id) ||
            word.time < act.time || word.time > act.time + time_to_confirm ||
            is_lost(world, word.author, &word) || was_revoked_before(world, word.author, word))
            return;
        const Id second = person_at(world, word.author);
        if (second.empty() || second == person_at(world, act.author)) return;
        const auto own = claimed(world, word.author);
        const bool by_user = own && own->user == device.user &&
                             own->organisation == device.organisation && word.time < own->until &&
                             is_known(world, *own, asked);
        confirmed |= by_user || administers_a_member(world, word.author, word.time);
    });
    return confirmed;
}

/// Is it the user's first device, or has somebody confirmed it? `asked`: whose word is being
/// weighed already, and carries nothing.
bool is_known(const World& world, const Device& device, std::set<Id> asked) {
    if (world.is_wrong_about(Planted::further_needs_nobody)) return true;
    if (!asked.insert(device.device).second) return false;
    bool known = false;
    each<Device>(world.federation, [&](const Said& said, const Device& one) {
        if (one.device != device.device || !administers(world, said.author, one.organisation))
            return;
        bool is_first = true;
        each<Device>(world.federation, [&](const Said& later, const Device& other) {
            const bool rivals = other.device != one.device && other.user == one.user &&
                                other.organisation == one.organisation &&
                                administers(world, later.author, other.organisation);
            if (rivals) is_first &= knew(world.federation, later, said.id);
        });
        known |= is_first || is_confirmed(world, said, one, asked);
    });
    return known;
}

bool is_lost_now(const World& world, const Id& device) {
    return !world.is_wrong_about(Planted::lost_still_reads) && is_lost(world, device, nullptr);
}

/// The times of this user in this unit, as an administrator of the unit's organisation certified
/// them: a certificate takes the place of every earlier one that is not over when it begins.
std::vector<Member> memberships(const World& world, const Id& user, const Id& unit) {
    std::vector<std::pair<const Said*, Member>> all;
    const auto where = unit_of(world, unit);
    if (!where) return {};
    each<Member>(world.federation, [&](const Said& said, const Member& who) {
        if (who.user == user && who.unit == unit && who.organisation == where->organisation &&
            administers(world, said.author, who.organisation))
            all.emplace_back(&said, who);
    });
    std::vector<Member> standing;
    for (const auto& one : all) {
        const bool is_replaced = std::ranges::any_of(all, [&](const auto& other) {
            return is_after(*other.first, *one.first) && one.second.until > other.second.from;
        });
        if (!is_replaced) standing.push_back(one.second);
    }
    return standing;
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
    const auto certificate = claimed(world, device);
    if (!certificate || !is_known(world, *certificate, {})) return std::nullopt;
    return certificate;
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
        is_lost_now(world, device) || now >= certificate->until)
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
    return acted_in(world, device, unit, now) && !is_revoked(world, *certificate) &&
           !is_lost_now(world, device);
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
