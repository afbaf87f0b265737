#include "core/policy/two_persons.hpp"

#include <algorithm>

namespace samsyn::policy {

namespace {

constexpr std::string_view nobody_confirms = "no second person is wanted";

struct SecondRules {
    const Federation& federation;
    const DeviceId& author;
    const DeviceId& second;
    Instant at;

    UserId user() const { return federation.user_of(second); }

    /// Somebody, on a device that counts, and not who signed.
    bool is_another_person() const {
        const auto* device = federation.device(second);
        return device && device->rivals.empty() && at < device->certificate.until &&
               !user().is_none() && second != author && user() != federation.user_of(author);
    }

    bool administrates(const OrganisationId& organisation) const {
        return std::ranges::any_of(federation.organisations(), [&](const auto& admitted) {
            return federation.is_administrator(second, admitted.first) &&
                   (admitted.first == organisation || federation.is_member(admitted.first, at));
        });
    }

    bool heads(const UnitId& unit) const { return federation.spoke_as_head(second, unit, at); }

    bool heads_some_unit_of(const OrganisationId& organisation) const {
        return std::ranges::any_of(federation.units(), [&](const auto& unit) {
            return unit.second.organisation == organisation && heads(unit.first);
        });
    }

    bool heads_some_unit_of(const UserId& who, const OrganisationId& organisation) const {
        const auto* known = federation.user(who);
        return known && std::ranges::any_of(known->memberships, [&](const auto& membership) {
                   return membership.organisation == organisation && heads(membership.unit);
               });
    }

    static Result<void> require(bool may, std::string_view rule) {
        if (may) return {};
        return fail(Errc::not_permitted, rule);
    }

    Result<void> operator()(const AdministratorCertified& body) const {
        return require(
            user() != body.user && second != body.device && administrates(body.organisation),
            "an administrator confirms, not the one certified");
    }

    Result<void> operator()(const UserCertified& body) const {
        if (!is_dangerous(body.role)) return fail(Errc::not_permitted, nobody_confirms);
        return require(
            user() != body.user && (administrates(body.organisation) || heads(body.unit)),
            "an administrator or the head of the unit confirms");
    }

    Result<void> operator()(const DeviceCertified& body) const {
        return require(!body.user.is_none() &&
                           (federation.is_device_of(second, body.user, body.organisation) ||
                            administrates(body.organisation) ||
                            heads_some_unit_of(body.user, body.organisation)),
                       "the user, an administrator or a head of the user's unit confirms");
    }

    Result<void> operator()(const RecoveryKeyCertified& body) const {
        return recovery(body.organisation);
    }

    Result<void> operator()(const RecoveryUsed& body) const { return recovery(body.organisation); }

    Result<void> recovery(const OrganisationId& organisation) const {
        return require(administrates(organisation) || heads_some_unit_of(organisation),
                       "an administrator or a head of a unit confirms");
    }

    Result<void> operator()(const LogRestored&) const {
        for (const auto& [organisation, admitted] : federation.organisations()) {
            if (!federation.is_administrator(author, organisation)) continue;
            for (const auto& [other, other_admitted] : federation.organisations())
                if (other != organisation && federation.is_administrator(second, other) &&
                    federation.is_member(organisation, at) && federation.is_member(other, at))
                    return {};
        }
        return fail(Errc::not_permitted, "administrators of two organisations sign this");
    }

    template <class Other>
    Result<void> operator()(const Other&) const {
        return fail(Errc::not_permitted, nobody_confirms);
    }
};

/// Words, what they confirm, what ends a suspension, and rival certificates.
std::set<StatementId> asked_whether_known(std::span<const StatementPtr> log) {
    std::set<StatementId> asked = rival_certificates(log);
    for (const auto& statement : log) {
        if (statement->second || std::holds_alternative<DeviceResumed>(statement->body))
            asked.insert(statement->id);
        if (const auto* word = std::get_if<Countersigned>(&statement->body))
            asked.insert({statement->id, word->statement});
    }
    return asked;
}

/// What may end the effect of all that an administrator's machine said, and who confirmed a head.
std::set<StatementId> asked_what_they_knew(std::span<const StatementPtr> log) {
    std::set<DeviceId> machines;
    std::set<StatementId> heads;
    for (const auto& statement : log) {
        if (const auto* machine = std::get_if<AdministratorCertified>(&statement->body))
            machines.insert(machine->device);
        const auto* user = std::get_if<UserCertified>(&statement->body);
        if (user && user->role == Role::head_of_unit) heads.insert(statement->id);
    }
    std::set<StatementId> asked;
    for (const auto& statement : log) {
        const auto& body = statement->body;
        const auto* revoked = std::get_if<DeviceRevoked>(&body);
        const auto* suspended = std::get_if<DeviceSuspended>(&body);
        const auto* word = std::get_if<Countersigned>(&body);
        if ((revoked && machines.contains(revoked->device)) ||
            (suspended && machines.contains(suspended->device)) ||
            (word && heads.contains(word->statement)) ||
            (statement->second && heads.contains(statement->id)))
            asked.insert(statement->id);
    }
    return asked;
}

}  // namespace

bool is_two_person_kind(const StatementBody& body) {
    if (const auto* user = std::get_if<UserCertified>(&body)) return is_dangerous(user->role);
    if (const auto* device = std::get_if<DeviceCertified>(&body)) return !device->user.is_none();
    return std::holds_alternative<AdministratorCertified>(body) ||
           std::holds_alternative<RecoveryKeyCertified>(body) ||
           std::holds_alternative<RecoveryUsed>(body) || std::holds_alternative<LogRestored>(body);
}

bool is_dangerous(Role role) {
    return role == Role::log_reviewer || role == Role::administrator || role == Role::head_of_unit;
}

Result<void> may_be_second(const Federation& federation,
                           const Statement& act,
                           const DeviceId& second,
                           Instant at) {
    const SecondRules rules{federation, act.header.author, second, at};
    if (!rules.is_another_person())
        return fail(Errc::not_permitted, "another person than the author confirms");
    return std::visit(rules, act.body);
}

std::set<StatementId> rival_certificates(std::span<const StatementPtr> log) {
    using Key = std::pair<DeviceId, SealingPublicKey>;

    struct Held {
        std::set<Key> keys;
        std::vector<StatementId> certificates;
    };

    std::map<std::pair<OrganisationId, UserId>, Held> held;
    const auto note = [&](const auto& body, const StatementId& id) {
        auto& hers = held[{body.organisation, body.user}];
        hers.keys.insert({body.device, body.sealing_key});
        hers.certificates.push_back(id);
    };
    for (const auto& statement : log) {
        if (const auto* device = std::get_if<DeviceCertified>(&statement->body))
            note(*device, statement->id);
        if (const auto* machine = std::get_if<AdministratorCertified>(&statement->body))
            note(*machine, statement->id);
    }
    std::set<StatementId> rivals;
    for (const auto& [holder, hers] : held)
        if (!holder.second.is_none() && hers.keys.size() > 1)
            rivals.insert(hers.certificates.begin(), hers.certificates.end());
    return rivals;
}

TwoPersons::TwoPersons(std::span<const StatementPtr> log)
    : ancestry_(log, asked_whether_known(log), asked_what_they_knew(log)) {
    for (const auto& statement : log) {
        if (statement->second)
            words_[statement->id].push_back({statement->second->device, statement});
        if (const auto* word = std::get_if<Countersigned>(&statement->body))
            words_[word->statement].push_back({statement->header.author, statement});
    }
}

bool TwoPersons::is_confirmed(const Statement& act, const Federation& federation) const {
    return std::ranges::any_of(words(act.id),
                               [&](const auto& word) { return confirms(word, act, federation); });
}

bool TwoPersons::confirms(const SecondWord& word,
                          const Statement& act,
                          const Federation& federation) const {
    const Instant at = word.said->header.time.instant();
    if (word.said->id != act.id) {
        const auto* said = std::get_if<Countersigned>(&word.said->body);
        if (!said || said->statement != act.id || !knows(word.said->id, act.id)) return false;
        const Instant from = act.header.time.instant();
        if (at < from || at > from + countersigning_max) return false;
        if (!federation.counts(word.device, word.said->header.counter)) return false;
    }
    return stands(word.device, *word.said, federation) &&
           may_be_second(federation, act, word.device, at).has_value();
}

bool TwoPersons::stands(const DeviceId& device,
                        const Statement& said,
                        const Federation& federation) const {
    const auto knew_it = [&](const StatementId& denial) { return knows(denial, said.id); };
    const auto all_knew_it = [&](const auto& denials) {
        const auto found = denials.find(device);
        return found == denials.end() || std::ranges::all_of(found->second, knew_it);
    };
    if (!all_knew_it(federation.suspensions_)) return false;
    // A pin vouches for what the device said itself; a second signature has no counter.
    const bool pinned = said.header.author == device && federation.pins_.contains(device);
    return pinned || all_knew_it(federation.revoked_);
}

}  // namespace samsyn::policy
