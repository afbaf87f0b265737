#pragma once

#include "core/policy/statement.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace samsyn {

// What the statements of a case come to, sorted out for `decide`: only statements whose author may
// sign them, only those that nobody ended. "Current" ones are those of one matter that no other one
// of it knew of: a newer statement replaces those that it knew, and of several that knew nothing of
// each other the one that denies stands, which is for the rules to see to.

/// A statement with its body already known to be of kind `Body`.
template <class Body>
struct Signed {
    StatementId id;
    DeviceId author;
    HybridTime time;
    Body body;
};

/// What second readers said of one statement.
struct Verdicts {
    std::optional<Instant> approved_at;  ///< the earliest, as claimed
    bool disapproved = false;            ///< stands, whatever others say

    bool approved() const { return approved_at && !disapproved; }
};

/// What one disclosing stream says.
struct DisclosingFacts {
    std::vector<Signed<Consent>> consents;
    std::vector<Signed<Confirmation>> confirmations;
    std::vector<Signed<Closing>> closings;
    /// Consents that somebody ended: they open nothing, and still narrow the others.
    std::set<StatementId> ended;
    /// Consents confirmed by the disclosing unit, with the closing statements that the
    /// confirmations name. The author's own work in that unit is a confirmation that names none.
    std::map<StatementId, std::set<StatementId>> confirmed;
    /// Of each consent that a newer one in the same matter names, the categories of those newer
    /// ones: there it opens nothing any more.
    std::map<StatementId, Categories> replaced;
    /// The same, of confirmed newer ones only: there it does not narrow the others either.
    std::map<StatementId, Categories> lifted;
    /// Of each consent, the closings that it, or its confirmation, names in vain: withdrawals that
    /// it calls a mistake without the hands that this needs, and those whose author knew the
    /// consent.
    std::map<StatementId, std::set<StatementId>> not_reopened;
    /// Of each consent the guests whom the grantor named.
    std::map<StatementId, std::set<PersonId>> guests;

    /// Of each audience the users whom every current statement of it names.
    std::map<AudienceId, std::set<UserId>> audiences;
    std::map<AudienceId, std::vector<Signed<InvestigationLock>>> locks;
    std::vector<Signed<Release>> releases;
    std::vector<Signed<Override>> overrides;
    std::vector<Signed<InvestigationAnswer>> answers;
    std::map<StatementId, Verdicts> verdicts;
    bool update_needed = false;        ///< an unknown restricting statement is in the stream
    std::set<DeviceId> restricted_by;  ///< who said so

    /// The units that consents, overrides, answers and investigation locks here name: whose rosters
    /// a decision about this unit's items can read.
    std::set<UnitId> named_units() const;
};

struct RosterFacts {
    std::vector<Signed<ParticipantAdded>> added;
    std::vector<Signed<ParticipantRemoved>> removed;
    /// Additions that somebody ended: what such a participant signed before stands.
    std::set<StatementId> ended;
    std::set<UserId> acknowledged;  ///< the duty of secrecy
    bool update_needed = false;
    std::set<DeviceId> restricted_by;

    /// True while an addition stands that no later removal (by time, id) took back.
    bool participates(const UserId& user, Instant now) const;
    std::optional<Duty> duty_of(const UserId& user, Instant now) const;
};

struct CustodyFacts {
    std::optional<Signed<CaseOpened>> opened;  ///< the earliest, by (time, id)
    /// Those that no other one for the same child knew of: more than one is a disagreement.
    std::vector<Signed<Custody>> custody;
    std::set<PersonId> adults;
    std::map<PersonId, std::uint8_t> ages;  ///< attested; of several current ones the least
    /// Current ones by child and category: `body.categories` holds those in which it is current.
    std::vector<Signed<Maturity>> maturity;
    std::vector<Signed<GuardianSuspended>> suspended;     ///< current by child and guardian
    std::vector<Signed<Representative>> representatives;  ///< current as `maturity`, by adult
    std::vector<Signed<GuardianPrevented>> prevented;     ///< current by child and guardian
    /// Current by child, guardian and decision; none of a decision that any statement stays.
    std::vector<Signed<DecisionInPlace>> in_place;
    std::set<DeviceId> stayed_by;               ///< who stayed any
    std::vector<Signed<Mandate>> mandates;      ///< current by principal and agent
    std::vector<Signed<ProtectionMark>> marks;  ///< all that stand: each limits
    std::map<StatementId, Verdicts> verdicts;
    std::vector<Signed<Closing>> closings;  ///< those that name no disclosing unit
    bool closed = false;
    /// When it was last closed, also where it is open again: consent given before has ended with
    /// the case.
    std::optional<HybridTime> closed_at;
    bool weeded = false;
    bool update_needed = false;

    /// Whether consent of this time was given after the case was last closed, or it never was.
    bool outlives_closing(HybridTime given) const { return !closed_at || *closed_at < given; }

    /// True where a mark hides that the case exists.
    bool hidden() const;
};

/// Reports of concern: such a "case" has nothing else that counts.
using ConcernFacts = std::vector<Signed<ReportOfConcern>>;

}  // namespace samsyn
