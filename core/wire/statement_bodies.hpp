#pragma once

#include "core/base/codec.hpp"
#include "core/policy/statement.hpp"

namespace samsyn {

// The bodies of statements, kind by kind. Private to core/wire.

inline constexpr std::size_t pin_gaps_max = 256;
inline constexpr std::size_t custody_guardians_max = 8;

/// Every kind but `Unknown`, in the order of `StatementKinds`: its number on the wire, which never
/// changes, and the word for it.
// clang-format off: one row a line, so that a new one is a line of its own
#define SAMSYN_STATEMENT_TABLE(row) \
    row(Founding, 0, "founding") \
    row(OrganisationAdmitted, 1, "organisation_admitted") \
    row(AdministratorCertified, 2, "administrator_certified") \
    row(UnitCertified, 3, "unit_certified") \
    row(UserCertified, 4, "user_certified") \
    row(DeviceCertified, 5, "device_certified") \
    row(DeviceRevoked, 6, "device_revoked") \
    row(RevocationPinned, 7, "revocation_pinned") \
    row(UserRemoved, 8, "user_removed") \
    row(ServerCertified, 9, "server_certified") \
    row(DeviceLocked, 10, "device_locked") \
    row(DeviceWiped, 11, "device_wiped") \
    row(LogRestored, 12, "log_restored") \
    row(Countersigned, 13, "countersigned") \
    row(UnitLease, 14, "unit_lease") \
    row(RecoveryKeyCertified, 15, "recovery_key_certified") \
    row(RecoveryUsed, 16, "recovery_used") \
    row(DeviceSuspended, 17, "device_suspended") \
    row(DeviceResumed, 18, "device_resumed") \
    row(CaseOpened, 64, "case_opened") \
    row(CaseClosed, 65, "case_closed") \
    row(ParticipantAdded, 66, "participant_added") \
    row(ParticipantRemoved, 67, "participant_removed") \
    row(Custody, 68, "custody") \
    row(AdultRecorded, 69, "adult_recorded") \
    row(Consent, 70, "consent") \
    row(Confirmation, 71, "confirmation") \
    row(Closing, 72, "closing") \
    row(Ended, 73, "ended") \
    row(CaseWeeded, 74, "case_weeded") \
    row(AgeAttested, 75, "age_attested") \
    row(Maturity, 76, "maturity") \
    row(GuardianSuspended, 77, "guardian_suspended") \
    row(Representative, 78, "representative") \
    row(GuardianPrevented, 79, "guardian_prevented") \
    row(DecisionInPlace, 80, "decision_in_place") \
    row(Mandate, 81, "mandate") \
    row(ProtectionMark, 82, "protection_mark") \
    row(Audience, 83, "audience") \
    row(InvestigationLock, 84, "investigation_lock") \
    row(Release, 85, "release") \
    row(Override, 86, "override") \
    row(SecondReaderVerdict, 87, "second_reader_verdict") \
    row(InvestigationAnswer, 88, "investigation_answer") \
    row(EmergencyOpening, 89, "emergency_opening") \
    row(Informed, 90, "informed") \
    row(GuestNamed, 91, "guest_named") \
    row(CopiedToOwnRecord, 92, "copied_to_own_record") \
    row(SecrecyAcknowledged, 93, "secrecy_acknowledged") \
    row(RoomSession, 94, "room_session") \
    row(ReportOfConcern, 95, "report_of_concern") \
    row(PurgeReceipt, 96, "purge_receipt") \
    row(EscrowVerdict, 97, "escrow_verdict") \
    row(ReviewVerdict, 98, "review_verdict")
// clang-format on

/// The fields of one body, in the order of the struct's members (docs/PROTOCOL.md).
template <class Body>
void write_body(Writer& out, const Body& body);

/// Errors: `truncated`, `malformed`, `limit_exceeded`. Bytes may be left.
template <class Body>
Result<Body> read_body(Reader& in);

/// Sorts the lists that `read_body` wants sorted, and leaves each element once.
template <class Body>
void sort_lists(Body& body);

// `SAMSYN_BODY` instantiates them where a kind's fields are. Without `extern` a file that is
// compiled together with `fields.hpp` would do so, too, and not find the fields.
#define SAMSYN_ROW(Kind, number, name)                     \
    extern template void write_body(Writer&, const Kind&); \
    extern template Result<Kind> read_body(Reader&);       \
    extern template void sort_lists(Kind&);
SAMSYN_STATEMENT_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW

Bytes encode_body(const StatementBody& body);

/// A kind that is not in the table becomes `Unknown` with the bytes as they are.
/// Errors: `truncated`, `malformed`, `limit_exceeded`, `trailing_bytes`.
Result<StatementBody> decode_body(std::uint16_t kind, ByteView bytes);

/// `sort_lists` for whatever kind it is.
void normalise(StatementBody& body);

}  // namespace samsyn
