#include "core/policy/statement.hpp"

namespace samsyn {

StatementBody::StatementBody() = default;
StatementBody::StatementBody(const StatementBody& other) = default;
StatementBody::StatementBody(StatementBody&& other) noexcept = default;
StatementBody& StatementBody::operator=(const StatementBody& other) = default;
StatementBody& StatementBody::operator=(StatementBody&& other) noexcept = default;
StatementBody::~StatementBody() = default;

bool operator==(const StatementBody& a, const StatementBody& b) {
    return static_cast<const StatementKinds&>(a) == static_cast<const StatementKinds&>(b);
}

template <class Kind>
    requires is_one_of<Kind, StatementKinds>
StatementBody::StatementBody(Kind kind) : StatementKinds(std::move(kind)) {}

// Every kind, or it does not link.
template StatementBody::StatementBody(Founding);
template StatementBody::StatementBody(OrganisationAdmitted);
template StatementBody::StatementBody(AdministratorCertified);
template StatementBody::StatementBody(UnitCertified);
template StatementBody::StatementBody(UserCertified);
template StatementBody::StatementBody(DeviceCertified);
template StatementBody::StatementBody(DeviceRevoked);
template StatementBody::StatementBody(RevocationPinned);
template StatementBody::StatementBody(UserRemoved);
template StatementBody::StatementBody(ServerCertified);
template StatementBody::StatementBody(DeviceLocked);
template StatementBody::StatementBody(DeviceWiped);
template StatementBody::StatementBody(LogRestored);
template StatementBody::StatementBody(Countersigned);
template StatementBody::StatementBody(UnitLease);
template StatementBody::StatementBody(RecoveryKeyCertified);
template StatementBody::StatementBody(RecoveryUsed);
template StatementBody::StatementBody(DeviceSuspended);
template StatementBody::StatementBody(DeviceResumed);
template StatementBody::StatementBody(CaseOpened);
template StatementBody::StatementBody(CaseClosed);
template StatementBody::StatementBody(ParticipantAdded);
template StatementBody::StatementBody(ParticipantRemoved);
template StatementBody::StatementBody(Custody);
template StatementBody::StatementBody(AdultRecorded);
template StatementBody::StatementBody(Consent);
template StatementBody::StatementBody(Confirmation);
template StatementBody::StatementBody(Closing);
template StatementBody::StatementBody(Ended);
template StatementBody::StatementBody(CaseWeeded);
template StatementBody::StatementBody(AgeAttested);
template StatementBody::StatementBody(Maturity);
template StatementBody::StatementBody(GuardianSuspended);
template StatementBody::StatementBody(Representative);
template StatementBody::StatementBody(GuardianPrevented);
template StatementBody::StatementBody(DecisionInPlace);
template StatementBody::StatementBody(Mandate);
template StatementBody::StatementBody(ProtectionMark);
template StatementBody::StatementBody(Audience);
template StatementBody::StatementBody(InvestigationLock);
template StatementBody::StatementBody(Release);
template StatementBody::StatementBody(Override);
template StatementBody::StatementBody(SecondReaderVerdict);
template StatementBody::StatementBody(InvestigationAnswer);
template StatementBody::StatementBody(EmergencyOpening);
template StatementBody::StatementBody(Informed);
template StatementBody::StatementBody(GuestNamed);
template StatementBody::StatementBody(CopiedToOwnRecord);
template StatementBody::StatementBody(SecrecyAcknowledged);
template StatementBody::StatementBody(RoomSession);
template StatementBody::StatementBody(ReportOfConcern);
template StatementBody::StatementBody(PurgeReceipt);
template StatementBody::StatementBody(EscrowVerdict);
template StatementBody::StatementBody(ReviewVerdict);
template StatementBody::StatementBody(Unknown);

}  // namespace samsyn
