#pragma once

#include "core/base/ports.hpp"
#include "core/policy/statement_graph.hpp"

#include <map>
#include <set>
#include <vector>

namespace samsyn {

namespace policy {
class TwoPersons;
}

enum class OrderKind : std::uint8_t { lock, wipe, revoke, last = revoke };

/// A statement of the federation log that tells a device to do something at once, whether or not it
/// is unlocked.
struct DeviceOrder {
    StatementId id;
    OrderKind kind{};
    UnsentWork unsent{};  ///< of a wipe
    DeviceId device;
    friend bool operator==(const DeviceOrder&, const DeviceOrder&) = default;
};

/// The order in a statement's body, if it is one.
std::optional<DeviceOrder> order_in(const StatementId& id, const StatementBody& body);

/// The restores that lead from one life of the log to another, oldest first: the shortest way, of
/// `most` at most. Empty where none leads there. A backup may be restored twice: then two lead on
/// from one life.
std::vector<LogRestored> restores_between(std::span<const LogRestored> all,
                                          const Incarnation& from,
                                          const Incarnation& to,
                                          std::size_t most);

/// A recovery key of an organisation, as certified (`RecoveryKeyCertified`).
struct RecoveryKey {
    std::uint32_t generation = 0;
    SealingPublicKey key;
    std::uint8_t threshold = 0;
    std::vector<Hash> commitments;
    friend bool operator==(const RecoveryKey&, const RecoveryKey&) = default;
};

/// A statement that its author may make and that has no effect until a second person confirms it,
/// which counts if it claims a time up to the deadline. It is listed for ever if nobody did.
struct WaitingAct {
    StatementId statement;
    Instant deadline;
    friend bool operator==(const WaitingAct&, const WaitingAct&) = default;
};

/// Who belongs to the federation: a pure function of its statements.
///
/// The root admits organisations, certifies their administrators and the server; administrators
/// certify units, users and devices *of their own organisation*. A statement by somebody who may
/// not sign it has no effect and is listed in `without_effect`. So is one that wants a second
/// person (`core/policy/two_persons.hpp`) as long as none has confirmed it; but that one *may* be
/// signed, is stored and replicated, and is listed in `waiting_acts` too. What has effect does not
/// depend on
/// the order of arrival: kinds are read in the order in which they rest on one another. Revocations
/// and removals are never taken back, not even when their own author is revoked later.
///
/// A device's id is the hash of its signing key, or its certificate has no effect. Where several
/// organisations certify the same device or the same unit, the time that they claim decides
/// nothing: an organisation all of whose statements knew of another one's yields to that one. Those
/// that knew nothing of each other are in dispute, and their statements are listed in
/// `without_effect`: such a device reads nothing, such a unit opens nothing and nobody reads for
/// it, until it is certified under a new id. What was said before stands: what a device in dispute
/// signed goes on counting for each claimant's own units (a claim opens nothing that the claimant
/// could not open anyway), and what somebody of a unit in dispute denied stays denied.
/// Immutable once built; thread-safe.
class Federation {
public:
    /// One time in a unit. A certificate takes the place of what it finds that is not over when it
    /// begins: who left and comes back has two, and what lies between is in neither.
    struct Membership {
        OrganisationId organisation;
        UnitId unit;
        Role role{};
        Instant from;
        Instant until;
    };

    struct User {
        std::vector<Membership> memberships;  ///< of one unit, the newest last
        std::vector<UserRemoved> removals;
    };

    struct Device {
        DeviceCertified certificate;
        bool revoked = false;
        /// After a pinned revocation: the greatest counter that still has effect.
        std::optional<RevocationPinned> pin;
        /// Of a device in dispute, the certificates by the other organisations.
        std::vector<DeviceCertified> rivals{};
        /// What says that it is lost, and has not been ended; sorted.
        std::vector<StatementId> suspensions{};
    };

    /// Errors: `malformed` where `graph` lacks the one founding statement `id`.
    static Result<Federation> build(const StatementGraph& graph,
                                    const FederationId& id,
                                    const Hasher& hasher);

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

    /// True where the organisation is a member at `now`.
    bool is_member(const OrganisationId& organisation, Instant now) const;

    /// True where the device's user was certified as head of the unit at `at`, by the newest
    /// certificate of then (a later change of role or removal takes back nothing that was confirmed
    /// before), and a second person has seen the device: who confirmed the device, or knew its
    /// certificate when confirming the role. A first device is one administrator's word alone.
    bool spoke_as_head(const DeviceId& device, const UnitId& unit, Instant at) const;

    /// True where the device is certified, neither revoked nor suspended, not past its end, and its
    /// user works in at least one unit (or it has none, as a room screen, or it is an
    /// administrator's).
    bool in_good_standing(const DeviceId& device, Instant now) const;

    /// True where the device may act for the unit at `now`: in good standing, its user works there,
    /// and the unit's own organisation certified the device. So no organisation can make a device
    /// for a user of another one and read what that user reads.
    bool acts_in(const DeviceId& device, const UnitId& unit, Instant now) const;

    /// The same for something signed at the time `at`, which a later revocation leaves standing.
    bool acted_in(const DeviceId& author, const UnitId& unit, Instant at) const;

    /// True where the device acted in some unit at `at`, even one that is in dispute: enough for
    /// what may narrow, and opens nothing by itself.
    bool acted_somewhere(const DeviceId& author, Instant at) const;

    /// True where the unit's organisation certified the device for a user who was ever certified in
    /// the unit, whatever has ended since: enough for what only denies.
    bool ever_acted_in(const DeviceId& author, const UnitId& unit) const;
    bool ever_acted_somewhere(const DeviceId& author) const;

    /// True where `organisation` certified the device for the user.
    bool is_device_of(const DeviceId& device,
                      const UserId& user,
                      const OrganisationId& organisation) const;

    /// True for one device, and for two of the same user of the same organisation, neither of them
    /// in dispute.
    bool are_of_one_user(const DeviceId& a, const DeviceId& b) const;

    /// True where several organisations certified the unit and none knew of the other.
    bool in_dispute(const UnitId& unit) const { return disputed_units_.contains(unit); }

    /// True where the organisation certified the unit, in dispute or not.
    bool has_unit(const OrganisationId& organisation, const UnitId& unit) const;

    /// The user of a device; none for a room screen, or for a device not known here.
    UserId user_of(const DeviceId& device) const;

    /// May this author say this in the federation log? Not whether it has effect: what wants a
    /// second person may be signed, and waits for that. Errors: `unknown_device`; `not_permitted`
    /// naming the rule; `revoked_device` where the counter is past the author's pin, or where the
    /// author is suspended and the statement does not deny; those of `may_countersign`.
    Result<void> may_sign(const StatementHeader& header, const StatementBody& body) const;

    /// `may_sign`, also by an author who is suspended since.
    Result<void> may_say(const StatementHeader& header, const StatementBody& body) const;

    /// May this device confirm this statement as its second person? Judged by the dates of the
    /// statement's own time. Errors: `not_found` for a statement that is not here, or wants nobody;
    /// `already_exists` where it has effect; `not_permitted` naming the rule; `revoked_device` for
    /// a device that is revoked or suspended.
    Result<void> may_countersign(const DeviceId& second, const StatementId& statement) const;

    /// The same at the time `at`. Errors: also `timed_out` past the deadline.
    Result<void> may_countersign(const DeviceId& second,
                                 const StatementId& statement,
                                 Instant at) const;

    /// What waits for a second person, in the order (time, id).
    const std::vector<WaitingAct>& waiting_acts() const { return waiting_; }

    bool is_waiting(const StatementId& statement) const;

    /// The organisation's recovery key of the greatest generation, or of the one named. Null
    /// without.
    const RecoveryKey* recovery_key(const OrganisationId& organisation) const;
    const RecoveryKey* recovery_key(const OrganisationId& organisation,
                                    std::uint32_t generation) const;

    /// True while two persons let the device open what is sealed to that recovery key, and it is in
    /// good standing.
    bool may_recover(const DeviceId& device,
                     const OrganisationId& organisation,
                     std::uint32_t generation,
                     Instant now) const;

    /// How long the device shows content without fresh signed time: the shortest lease of the units
    /// in which its user works at `now`; `lease_policy.reading` for a unit, or a device, without.
    std::chrono::hours reading_lease(const DeviceId& device, Instant now) const;

    /// True where the device is said to be lost, and not to be found again.
    bool is_suspended(const DeviceId& device) const;

    /// What says so: the statements that a `DeviceResumed` has to name; sorted.
    std::vector<StatementId> suspensions(const DeviceId& device) const;

    /// False where the author's device is revoked with a pin below `counter` or a gap at it: such a
    /// statement or batch goes to escrow and has no effect.
    bool counts(const DeviceId& author, std::uint64_t counter) const;

    bool is_administrator(const DeviceId& device, const OrganisationId& organisation) const;
    bool is_some_administrator(const DeviceId& device) const;
    bool is_root(const DeviceId& author) const;
    bool is_certified_server(const DeviceId& author) const;

    /// Every order about the device that has effect, in the order (time, id). What of it is done
    /// the device knows.
    std::vector<DeviceOrder> orders_for(const DeviceId& device) const;

    /// True where an unknown restricting kind is in the federation log: decide nothing but Deny.
    bool update_needed() const { return update_needed_; }

    /// The next instant after `now` at which anything dated here begins or ends.
    Instant next_boundary(Instant now) const;

    /// The same, for what concerns one device and its user only.
    Instant next_boundary(const DeviceId& device, Instant now) const;

    /// Every restore of the server that was signed by those who may, in the order (time, id).
    const std::vector<LogRestored>& restores() const { return restores_; }

    const std::vector<StatementId>& without_effect() const { return without_effect_; }

private:
    friend class FederationBuilder;
    friend class policy::TwoPersons;

    struct RoleSaid {
        StatementId said;
        Instant said_at;
        Membership membership;
    };

    struct RemovalSaid {
        OrganisationId organisation;
        Instant from;  ///< not before the statement's own time
    };

    struct SeenDevice {
        DeviceId device;
        UserId user;
        OrganisationId organisation;
        friend auto operator<=>(const SeenDevice&, const SeenDevice&) = default;
    };

    struct RecoveryUse {
        RecoveryUsed body;
        Instant said_at;
    };

    bool acted_for(const DeviceCertified& certificate, const UnitId& unit, Instant at) const;

    /// True for an administrator's machine, and where a second person confirmed the device, or knew
    /// it when confirming `role`, of the device's user.
    bool was_seen(const DeviceId& device, const StatementId& role) const;

    /// The same for any role.
    bool was_ever_seen(const DeviceId& device) const;

    FederationId id_;
    SigningPublicKey root_key_;
    DeviceId root_device_;
    std::map<OrganisationId, OrganisationAdmitted> organisations_;
    std::map<OrganisationId, std::set<DeviceId>> administrators_;
    std::map<UnitId, UnitRef> units_;
    /// Of every unit in dispute, the organisations that claim it.
    std::map<UnitId, std::set<OrganisationId>> disputed_units_;
    std::map<UserId, User> users_;
    /// Every role that was ever certified, in the order (time, id).
    std::map<std::pair<UserId, UnitId>, std::vector<RoleSaid>> roles_said_;
    std::map<UserId, std::vector<RemovalSaid>> removals_said_;
    std::set<SeenDevice> seen_;  ///< confirmed by another person, or on a device that was seen
    /// Devices that were known to who confirmed a role of a head, with the statement of that role.
    std::set<std::pair<DeviceId, StatementId>> seen_with_role_;
    std::map<DeviceId, Device> devices_;
    std::map<DeviceId, SigningPublicKey> servers_;
    std::vector<SigningPublicKey> server_keys_;
    std::map<DeviceId, std::vector<StatementId>> revoked_;      ///< by which statements
    std::map<DeviceId, std::vector<StatementId>> suspensions_;  ///< those that stand
    std::map<DeviceId, RevocationPinned> pins_;
    std::map<DeviceId, std::vector<DeviceOrder>> orders_;
    std::vector<Instant> boundaries_;  ///< sorted
    std::vector<LogRestored> restores_;
    std::map<UnitId, std::chrono::hours> leases_;
    std::map<OrganisationId, std::map<std::uint32_t, RecoveryKey>> recovery_keys_;
    std::vector<RecoveryUse> recovery_uses_;
    /// Every statement that wants a second person, confirmed or not.
    std::map<StatementId, StatementPtr> two_person_acts_;
    std::vector<WaitingAct> waiting_;
    std::vector<StatementId> without_effect_;
    bool update_needed_ = false;
};

}  // namespace samsyn
