#pragma once

#include "core/policy/case_view.hpp"

#include <string_view>

namespace samsyn {

/// In which order the statements of a case can be judged, each resting on those of lower rank: 0
/// opens the case; 1 says who takes part in it; 2 rests on both; 3 rests on what others said.
/// Pure; thread-safe.
int authority_rank(const StatementBody& body);

/// One rule for each kind: who may say it in the streams of a case. Private to core/policy.
///
/// What opens something needs an author who had the place at the time claimed: no later removal
/// takes it back, an earlier one does. What only denies (closings, removals, locks, marks, closing
/// a case), and a record of what has happened, needs one who ever had it: so that no later removal
/// of a user takes back a no that the user wrote down. To *end* what denies opens again: that needs
/// one who has the place then.
struct SignRules {
    const StatementHeader& header;
    const CaseView& view;
    const Federation& federation;
    bool ending = false;  ///< who may end what has this body, instead of say it

    // --- Places ------------------------------------------------------------------------------

    Instant at() const { return header.time.instant(); }

    static Result<void> require(bool met, std::string_view rule);

    Result<void> in(StreamKind kind, const UnitId& unit = {}) const;

    Result<void> lead_or_team() const;
    Result<void> lead_or_team_once() const;

    /// The case's own lead, or somebody with the duty of lead on a roster.
    Result<void> lead() const;
    Result<void> lead_once() const;

    /// The author's duty in the unit at the time claimed, on a device of the unit.
    std::optional<Duty> duty_for(const UnitId& unit) const;

    /// True where somebody of the unit was put on its roster, on a device of the unit.
    bool took_part_for(const UnitId& unit) const;

    Result<void> participant_of(const UnitId& unit) const;
    Result<void> participant_of_once(const UnitId& unit) const;

    /// Of any unit, or the lead or team.
    Result<void> participant() const;
    Result<void> participant_once() const;

    /// True where the unit is known and works under one of these regimes.
    bool has_regime(const UnitId& unit, std::initializer_list<Regime> regimes) const;

    // --- The rules ---------------------------------------------------------------------------

    Result<void> operator()(const CaseOpened& body) const;
    Result<void> operator()(const CaseClosed& body) const;
    Result<void> operator()(const ParticipantAdded& body) const;
    Result<void> operator()(const ParticipantRemoved& body) const;
    Result<void> operator()(const Custody& body) const;
    Result<void> operator()(const AdultRecorded& body) const;
    Result<void> operator()(const Consent& body) const;
    Result<void> operator()(const Confirmation& body) const;
    Result<void> operator()(const Closing& body) const;

    Result<void> operator()(const CaseWeeded& body) const;
    Result<void> operator()(const AgeAttested& body) const;
    Result<void> operator()(const Maturity& body) const;
    Result<void> operator()(const GuardianSuspended& body) const;
    Result<void> operator()(const Representative& body) const;
    Result<void> operator()(const GuardianPrevented& body) const;
    Result<void> operator()(const DecisionInPlace& body) const;
    Result<void> operator()(const Mandate& body) const;
    Result<void> operator()(const ProtectionMark& body) const;

    Result<void> operator()(const Audience& body) const;
    Result<void> operator()(const InvestigationLock& body) const;
    Result<void> operator()(const Release& body) const;
    Result<void> operator()(const Override& body) const;
    Result<void> operator()(const SecondReaderVerdict& body) const;
    Result<void> operator()(const InvestigationAnswer& body) const;
    Result<void> operator()(const EmergencyOpening& body) const;
    Result<void> operator()(const Informed& body) const;
    Result<void> operator()(const GuestNamed& body) const;
    Result<void> operator()(const CopiedToOwnRecord& body) const;

    Result<void> operator()(const SecrecyAcknowledged& body) const;
    Result<void> operator()(const RoomSession& body) const;

    Result<void> operator()(const ReportOfConcern& body) const;
    Result<void> operator()(const PurgeReceipt& body) const;
    Result<void> operator()(const EscrowVerdict& body) const;
    Result<void> operator()(const ReviewVerdict& body) const;

    /// Answered by `may_sign` itself, which knows what is ended.
    Result<void> operator()(const Ended&) const { return {}; }

    /// Nobody here knows who may say a kind that nobody here knows: every known author. One that
    /// stops all reading is believed only of those who can stop it in other ways too.
    Result<void> operator()(const Unknown& body) const;

    template <class OfTheFederation>
    Result<void> operator()(const OfTheFederation&) const {
        return fail(Errc::not_permitted, "a statement of the federation in a case");
    }
};

}  // namespace samsyn
