#pragma once

#include "core/model/label.hpp"
#include "core/policy/terms.hpp"

#include <optional>
#include <vector>

namespace samsyn {

// The statements of a case beside its consents: who decides, what is locked, what a statute opens,
// and what is told to one addressee (consent-rules.md, "Statements"). Lists are sorted, each
// element once. A hash is that of a sealed text, salted by its own item; none where there is none.

/// To whom: a unit, a role in it, or one user of it.
struct Recipient {
    UnitId unit;
    std::optional<Role> role;
    std::optional<UserId> user;
    friend auto operator<=>(const Recipient&, const Recipient&) = default;
};

inline constexpr std::size_t statement_items_max = 64;  ///< items that one statement names
inline constexpr std::size_t statement_users_max = 32;  ///< users that one statement names

// --- Who decides: custody stream ----------------------------------------------------------------

/// By lead or team, after the case's content was destroyed. Stays for ever: anything later is
/// refused.
struct CaseWeeded {
    Instant weeded_at;
    friend bool operator==(const CaseWeeded&, const CaseWeeded&) = default;
};

/// By lead or team: the child has reached this age. So no birth date is in the clear.
struct AgeAttested {
    PersonId child;
    std::uint8_t years = 0;
    friend bool operator==(const AgeAttested&, const AgeAttested&) = default;
};

/// By lead or team: the child decides in these categories, alone or together with guardians.
struct Maturity {
    PersonId child;
    Categories categories;
    bool alone = false;
    UserId assessor;
    Instant from;
    Instant until;
    friend bool operator==(const Maturity&, const Maturity&) = default;
};

/// By lead or team: the guardian decides nothing meanwhile and is shown nothing; the special
/// representative, where one is appointed, takes the place.
struct GuardianSuspended {
    PersonId child;
    PersonId guardian;
    std::optional<PersonId> special_representative;
    Instant from;
    Instant until;
    friend bool operator==(const GuardianSuspended&, const GuardianSuspended&) = default;
};

/// By lead or team: within the appointment this person decides for an adult.
struct Representative {
    PersonId adult;
    PersonId representative;
    Categories categories;
    Instant from;
    Instant until;
    friend bool operator==(const Representative&, const Representative&) = default;
};

/// By lead or team: the guardian cannot be reached and the matter cannot wait. Counts at most 30
/// days from its time. For far-reaching items only where the child's best manifestly requires it
/// and a second reader approves (`SecondReaderVerdict` in the custody stream).
struct GuardianPrevented {
    PersonId child;
    PersonId guardian;
    PreventedCause cause{};
    bool manifestly_required = false;
    Instant until;
    friend bool operator==(const GuardianPrevented&, const GuardianPrevented&) = default;
};

/// By the case's lead in social services: a board permits one measure at one unit without this
/// guardian. A newer one of the same decision with `stayed` takes it back, and so does each.
struct DecisionInPlace {
    PersonId child;
    PersonId guardian;
    Purpose measure{};
    UnitId unit;    ///< the recipient
    Hash decision;  ///< of the decision's number
    Instant until;
    bool stayed = false;
    friend bool operator==(const DecisionInPlace&, const DecisionInPlace&) = default;
};

/// By lead or team: the agent may see what the principal may see, within this.
struct Mandate {
    PersonId principal;
    PersonId agent;
    Regimes regimes;
    Categories categories;
    Instant from;
    Instant until;
    friend bool operator==(const Mandate&, const Mandate&) = default;
};

/// By lead: only these users read what concerns this person's whereabouts; with
/// `hidden_existence`, anything of this case at all.
struct ProtectionMark {
    PersonId person;
    ProtectionKind kind{};
    std::vector<UserId> users;
    friend bool operator==(const ProtectionMark&, const ProtectionMark&) = default;
};

// --- What is locked, and what a statute opens: disclosing stream ---------------------------------

/// By a participant of the disclosing unit: who reads labels that are closed with this id. Of
/// several with one id, the intersection of those of which neither knew the other.
struct Audience {
    AudienceId id;
    std::vector<UserId> users;
    Hash reason;
    friend bool operator==(const Audience&, const Audience&) = default;
};

/// By a participant of a police or prosecutor unit, in the stream of the unit whose items it locks:
/// labels that are closed with this id are read by that unit and these users only.
struct InvestigationLock {
    AudienceId id;
    UnitId unit;  ///< the author's
    std::vector<UserId> users;
    friend bool operator==(const InvestigationLock&, const InvestigationLock&) = default;
};

/// By the locking unit: these items may move to a label that is not closed.
struct Release {
    AudienceId lock;
    std::vector<ItemId> items;
    friend bool operator==(const Release&, const Release&) = default;
};

/// By a participant of the disclosing unit, on a ground of the statute table: opens for the
/// recipient, past what it names, until its end. With `selection`, only labels closed with that id,
/// to which the items were copied; never the whole case.
struct Override {
    std::uint16_t statute = 0;
    PersonId subject;
    Categories categories;
    std::optional<AudienceId> selection;
    std::vector<ItemId> items;
    Recipient recipient;
    Instant from;
    Instant until;
    std::vector<StatementId> pierced;  ///< blocks that it passes; refusals it passes anyway
    Hash justification;
    friend bool operator==(const Override&, const Override&) = default;
};

/// By another participant of the unit than who said it; in the stream of what it judges.
struct SecondReaderVerdict {
    StatementId statement;
    bool approved = false;
    Hash justification;
    friend bool operator==(const SecondReaderVerdict&, const SecondReaderVerdict&) = default;
};

/// By a participant of the disclosing unit that was asked: named items for an investigation, copied
/// to labels closed with `selection`. Needs no second reader.
struct InvestigationAnswer {
    std::uint16_t statute = 0;
    PersonId subject;
    Categories categories;
    AudienceId selection;
    std::vector<ItemId> items;
    Recipient recipient;
    Hash decision;  ///< of the investigation's number
    Instant until;
    friend bool operator==(const InvestigationAnswer&, const InvestigationAnswer&) = default;
};

/// By a participant of the own unit: somebody opened the contact sheet of an emergency.
struct EmergencyOpening {
    std::vector<ItemId> items;
    Hash reason;
    Instant opened_at;
    friend bool operator==(const EmergencyOpening&, const EmergencyOpening&) = default;
};

/// By a participant: this person was told of a statement, as a low-sensitivity consent by another.
struct Informed {
    PersonId person;
    StatementId about;
    Instant when;
    InformedHow how{};
    friend bool operator==(const Informed&, const Informed&) = default;
};

/// By the author of the consent or a participant of its disclosing unit: whoever consented named
/// this guest (network member, interpreter, safe person), who may be shown what it covers.
struct GuestNamed {
    StatementId consent;
    PersonId guest;
    friend bool operator==(const GuestNamed&, const GuestNamed&) = default;
};

/// By a participant of the recipient unit, at the time of copying: the copy stays theirs.
struct CopiedToOwnRecord {
    UnitId unit;
    std::vector<ItemId> items;
    std::vector<StatementId> by;  ///< the consents that it rests on
    friend bool operator==(const CopiedToOwnRecord&, const CopiedToOwnRecord&) = default;
};

// --- Roster stream ------------------------------------------------------------------------------

/// By lead, team or a participant of the unit: somebody outside public service has acknowledged the
/// duty of secrecy.
struct SecrecyAcknowledged {
    UserId user;
    UnitId unit;
    Hash text;
    friend bool operator==(const SecrecyAcknowledged&, const SecrecyAcknowledged&) = default;
};

/// By a participant of the unit: a room screen shows views of this case. Not read by `decide`.
struct RoomSession {
    DeviceId room;
    UserId presenter;
    Instant from;
    Instant until;
    friend bool operator==(const RoomSession&, const RoomSession&) = default;
};

// --- Notice stream: to the addressee only, not read by `decide` ----------------------------------

/// Outside every case of a family: `stream.case_id` is random and new, `stream.unit` the competent
/// unit's intake. By anybody in good standing.
struct ReportOfConcern {
    UnitId from;    ///< the reporter's unit
    UnitId intake;  ///< of social services
    friend bool operator==(const ReportOfConcern&, const ReportOfConcern&) = default;
};

/// By the device that purged, to the disclosing unit.
struct PurgeReceipt {
    std::vector<CompartmentId> compartments;
    std::vector<StatementId> because;  ///< the closings, removals, ends that denied; may be empty
    Instant noticed_at;  ///< when the device learned of it: reads before count as such
    Instant purged_at;
    friend bool operator==(const PurgeReceipt&, const PurgeReceipt&) = default;
};

/// By the disclosing unit's case lead: what becomes of unsent work held in escrow.
struct EscrowVerdict {
    Hash blob;  ///< of the escrow entry
    bool released = false;
    Hash reason;
    friend bool operator==(const EscrowVerdict&, const EscrowVerdict&) = default;
};

/// By a log reviewer who is not the reviewed.
struct ReviewVerdict {
    Hash sample;  ///< of the rows that were looked at
    UserId reviewed;
    ReviewOutcome outcome{};
    Hash text;
    friend bool operator==(const ReviewVerdict&, const ReviewVerdict&) = default;
};

}  // namespace samsyn
