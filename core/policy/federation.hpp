#pragma once

#include "core/policy/statement_graph.hpp"

#include <map>
#include <set>
#include <vector>

namespace samsyn {

/// Who belongs to the federation: a pure function of its statements.
///
/// The root admits organisations, certifies their administrators and the server; administrators
/// certify units, users and devices *of their own organisation*. A statement by somebody who may
/// not sign it has no effect and is listed in `without_effect`. Immutable once built; thread-safe.
class Federation {
public:
    struct Membership {
        OrganisationId organisation;
        UnitId unit;
        Role role{};
        Instant from;
        Instant until;
    };

    struct User {
        std::vector<Membership> memberships;
        std::vector<UserRemoved> removals;
    };

    struct Device {
        DeviceCertified certificate;
        bool revoked = false;
        /// After a pinned revocation: the greatest counter that still has effect.
        std::optional<RevocationPinned> pin;
    };

    /// Errors: `malformed` where `graph` lacks the one founding statement `id`.
    static Result<Federation> build(const StatementGraph& graph, const FederationId& id);

    const FederationId& id() const { return id_; }

    const SigningPublicKey& root_key() const { return root_key_; }

    /// Null where the federation does not know them.
    const UnitRef* unit(const UnitId& id) const;
    const User* user(const UserId& id) const;
    const Device* device(const DeviceId& id) const;

    const std::map<UnitId, UnitRef>& units() const { return units_; }

    const std::map<UserId, User>& users() const { return users_; }

    const std::map<DeviceId, Device>& devices() const { return devices_; }

    const std::map<OrganisationId, OrganisationAdmitted>& organisations() const {
        return organisations_;
    }

    /// True for a server key that the root certified, or a named successor of one.
    bool is_server(const SigningPublicKey& key) const;

    /// The key that verifies what `author` signs: root, administrator, device or server. Null if
    /// unknown.
    const SigningPublicKey* signing_key(const DeviceId& author) const;

    /// True while the user is certified in the unit at `now`, has not been removed, and the
    /// organisation is a member.
    bool works_in(const UserId& user, const UnitId& unit, Instant now) const;

    /// The role certified for the user in the unit at `now`; `Role::none` without one.
    Role role_in(const UserId& user, const UnitId& unit, Instant now) const;

    /// True where the device is certified, not revoked, not past its end, and its user works in at
    /// least one unit (or it has none, as a room screen, or it is an administrator's).
    bool in_good_standing(const DeviceId& device, Instant now) const;

    /// False where the author's device is revoked with a pin below `counter` or a gap at it: such a
    /// statement or batch goes to escrow and has no effect.
    bool counts(const DeviceId& author, std::uint64_t counter) const;

    bool is_administrator(const DeviceId& device, const OrganisationId& organisation) const;
    bool is_root(const DeviceId& author) const;

    /// True where an unknown restricting kind is in the federation log: decide nothing but Deny.
    bool update_needed() const { return update_needed_; }

    /// The next instant after `now` at which anything dated here begins or ends.
    Instant next_boundary(Instant now) const;

    const std::vector<StatementId>& without_effect() const { return without_effect_; }

private:
    friend class FederationBuilder;

    FederationId id_;
    SigningPublicKey root_key_;
    DeviceId root_device_;
    std::map<OrganisationId, OrganisationAdmitted> organisations_;
    std::map<OrganisationId, std::set<DeviceId>> administrators_;
    std::map<UnitId, UnitRef> units_;
    std::map<UserId, User> users_;
    std::map<DeviceId, Device> devices_;
    std::map<DeviceId, SigningPublicKey> servers_;
    std::vector<StatementId> without_effect_;
    bool update_needed_ = false;
};

}  // namespace samsyn
