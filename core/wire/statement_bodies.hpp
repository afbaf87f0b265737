#pragma once

#include "core/base/codec.hpp"
#include "core/policy/statement.hpp"

namespace samsyn {

// The bodies of statements, kind by kind. Private to core/wire.

inline constexpr std::size_t pin_gaps_max = 256;
inline constexpr std::size_t custody_guardians_max = 8;

/// The fields of one body, in the order of the struct's members (docs/PROTOCOL.md).
void write_body(Writer& out, const Founding& body);
void write_body(Writer& out, const OrganisationAdmitted& body);
void write_body(Writer& out, const AdministratorCertified& body);
void write_body(Writer& out, const UnitCertified& body);
void write_body(Writer& out, const UserCertified& body);
void write_body(Writer& out, const DeviceCertified& body);
void write_body(Writer& out, const DeviceRevoked& body);
void write_body(Writer& out, const RevocationPinned& body);
void write_body(Writer& out, const UserRemoved& body);
void write_body(Writer& out, const ServerCertified& body);
void write_body(Writer& out, const DeviceLocked& body);
void write_body(Writer& out, const DeviceWiped& body);
void write_body(Writer& out, const LogRestored& body);
void write_body(Writer& out, const Countersigned& body);
void write_body(Writer& out, const UnitLease& body);
void write_body(Writer& out, const RecoveryKeyCertified& body);
void write_body(Writer& out, const RecoveryUsed& body);
void write_body(Writer& out, const DeviceSuspended& body);
void write_body(Writer& out, const DeviceResumed& body);
void write_body(Writer& out, const CaseOpened& body);
void write_body(Writer& out, const CaseClosed& body);
void write_body(Writer& out, const ParticipantAdded& body);
void write_body(Writer& out, const ParticipantRemoved& body);
void write_body(Writer& out, const Custody& body);
void write_body(Writer& out, const AdultRecorded& body);
void write_body(Writer& out, const Consent& body);
void write_body(Writer& out, const Confirmation& body);
void write_body(Writer& out, const Closing& body);
void write_body(Writer& out, const Ended& body);
void write_body(Writer& out, const CaseWeeded& body);
void write_body(Writer& out, const AgeAttested& body);
void write_body(Writer& out, const Maturity& body);
void write_body(Writer& out, const GuardianSuspended& body);
void write_body(Writer& out, const Representative& body);
void write_body(Writer& out, const GuardianPrevented& body);
void write_body(Writer& out, const DecisionInPlace& body);
void write_body(Writer& out, const Mandate& body);
void write_body(Writer& out, const ProtectionMark& body);
void write_body(Writer& out, const Audience& body);
void write_body(Writer& out, const InvestigationLock& body);
void write_body(Writer& out, const Release& body);
void write_body(Writer& out, const Override& body);
void write_body(Writer& out, const SecondReaderVerdict& body);
void write_body(Writer& out, const InvestigationAnswer& body);
void write_body(Writer& out, const EmergencyOpening& body);
void write_body(Writer& out, const Informed& body);
void write_body(Writer& out, const GuestNamed& body);
void write_body(Writer& out, const CopiedToOwnRecord& body);
void write_body(Writer& out, const SecrecyAcknowledged& body);
void write_body(Writer& out, const RoomSession& body);
void write_body(Writer& out, const ReportOfConcern& body);
void write_body(Writer& out, const PurgeReceipt& body);
void write_body(Writer& out, const EscrowVerdict& body);
void write_body(Writer& out, const ReviewVerdict& body);
void write_body(Writer& out, const Unknown& body);

/// Errors: `truncated`, `malformed`, `limit_exceeded`. Bytes may be left.
template <class Body>
Result<Body> read_body(Reader& in);

template <>
Result<Founding> read_body(Reader& in);
template <>
Result<OrganisationAdmitted> read_body(Reader& in);
template <>
Result<AdministratorCertified> read_body(Reader& in);
template <>
Result<UnitCertified> read_body(Reader& in);
template <>
Result<UserCertified> read_body(Reader& in);
template <>
Result<DeviceCertified> read_body(Reader& in);
template <>
Result<DeviceRevoked> read_body(Reader& in);
template <>
Result<RevocationPinned> read_body(Reader& in);
template <>
Result<UserRemoved> read_body(Reader& in);
template <>
Result<ServerCertified> read_body(Reader& in);
template <>
Result<DeviceLocked> read_body(Reader& in);
template <>
Result<DeviceWiped> read_body(Reader& in);
template <>
Result<LogRestored> read_body(Reader& in);
template <>
Result<Countersigned> read_body(Reader& in);
template <>
Result<UnitLease> read_body(Reader& in);
template <>
Result<RecoveryKeyCertified> read_body(Reader& in);
template <>
Result<RecoveryUsed> read_body(Reader& in);
template <>
Result<DeviceSuspended> read_body(Reader& in);
template <>
Result<DeviceResumed> read_body(Reader& in);
template <>
Result<CaseOpened> read_body(Reader& in);
template <>
Result<CaseClosed> read_body(Reader& in);
template <>
Result<ParticipantAdded> read_body(Reader& in);
template <>
Result<ParticipantRemoved> read_body(Reader& in);
template <>
Result<Custody> read_body(Reader& in);
template <>
Result<AdultRecorded> read_body(Reader& in);
template <>
Result<Consent> read_body(Reader& in);
template <>
Result<Confirmation> read_body(Reader& in);
template <>
Result<Closing> read_body(Reader& in);
template <>
Result<Ended> read_body(Reader& in);
template <>
Result<CaseWeeded> read_body(Reader& in);
template <>
Result<AgeAttested> read_body(Reader& in);
template <>
Result<Maturity> read_body(Reader& in);
template <>
Result<GuardianSuspended> read_body(Reader& in);
template <>
Result<Representative> read_body(Reader& in);
template <>
Result<GuardianPrevented> read_body(Reader& in);
template <>
Result<DecisionInPlace> read_body(Reader& in);
template <>
Result<Mandate> read_body(Reader& in);
template <>
Result<ProtectionMark> read_body(Reader& in);
template <>
Result<Audience> read_body(Reader& in);
template <>
Result<InvestigationLock> read_body(Reader& in);
template <>
Result<Release> read_body(Reader& in);
template <>
Result<Override> read_body(Reader& in);
template <>
Result<SecondReaderVerdict> read_body(Reader& in);
template <>
Result<InvestigationAnswer> read_body(Reader& in);
template <>
Result<EmergencyOpening> read_body(Reader& in);
template <>
Result<Informed> read_body(Reader& in);
template <>
Result<GuestNamed> read_body(Reader& in);
template <>
Result<CopiedToOwnRecord> read_body(Reader& in);
template <>
Result<SecrecyAcknowledged> read_body(Reader& in);
template <>
Result<RoomSession> read_body(Reader& in);
template <>
Result<ReportOfConcern> read_body(Reader& in);
template <>
Result<PurgeReceipt> read_body(Reader& in);
template <>
Result<EscrowVerdict> read_body(Reader& in);
template <>
Result<ReviewVerdict> read_body(Reader& in);

Bytes encode_body(const StatementBody& body);

/// A kind that is not in the table becomes `Unknown` with the bytes as they are.
/// Errors: `truncated`, `malformed`, `limit_exceeded`, `trailing_bytes`.
Result<StatementBody> decode_body(std::uint16_t kind, ByteView bytes);

/// Sorts the lists that a decoder wants sorted.
void normalise(StatementBody& body);

}  // namespace samsyn
