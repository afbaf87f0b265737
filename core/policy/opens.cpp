#include "core/policy/case_view.hpp"

#include <array>

namespace samsyn {

namespace {

struct OpensRow {
    std::size_t index = 0;
    bool opens = false;
    std::string_view why;
};

template <class Kind, std::size_t Index = 0>
constexpr std::size_t index_of() {
    if constexpr (std::is_same_v<std::variant_alternative_t<Index, StatementKinds>, Kind>)
        return Index;
    else
        return index_of<Kind, Index + 1>();
}

template <class Kind>
constexpr OpensRow opening(std::string_view why) {
    return {index_of<Kind>(), true, why};
}

template <class Kind>
constexpr OpensRow denying(std::string_view why) {
    return {index_of<Kind>(), false, why};
}

/// In the order of `StatementBody`'s alternatives, `Unknown` excepted.
constexpr auto opens_table = std::to_array<OpensRow>({
    opening<Founding>("begins the federation"),
    opening<OrganisationAdmitted>("lets an organisation in"),
    opening<AdministratorCertified>("lets somebody certify"),
    opening<UnitCertified>("lets a unit take part"),
    opening<UserCertified>("lets a user work"),
    opening<DeviceCertified>("lets a device read"),
    denying<DeviceRevoked>("ends reading"),
    denying<RevocationPinned>("ends what a revoked device says"),
    denying<UserRemoved>("ends work"),
    opening<ServerCertified>("lets a server speak"),
    denying<DeviceLocked>("an order that cannot wait"),
    denying<DeviceWiped>("an order that cannot wait"),
    opening<LogRestored>("lets the log be shorter"),
    opening<Countersigned>("lets a dangerous statement count"),
    opening<UnitLease>("may lengthen a lease"),
    opening<RecoveryKeyCertified>("lets share holders open"),
    opening<RecoveryUsed>("lets a device open by the recovery key"),
    denying<DeviceSuspended>("ends reading"),
    opening<DeviceResumed>("lets a device read again"),
    opening<CaseOpened>("begins a case"),
    denying<CaseClosed>("ends sharing"),
    opening<ParticipantAdded>("lets a user read"),
    denying<ParticipantRemoved>("ends reading"),
    opening<Custody>("says whose consent suffices"),
    opening<AdultRecorded>("says whose consent suffices"),
    opening<Consent>("an oral one counts from its time"),
    opening<Confirmation>("lets a consent open"),
    denying<Closing>("a no"),
    denying<Ended>("takes back, and counts from no time"),
    denying<CaseWeeded>("ends everything"),
    opening<AgeAttested>("lets a child decide; ahead of time it claims an age not reached"),
    opening<Maturity>("lets a child decide"),
    denying<GuardianSuspended>("the guardian is shown nothing from now; its period is named, "
                               "nothing counts from its time"),
    opening<Representative>("says whose consent suffices"),
    opening<GuardianPrevented>("its 30 days count from its time"),
    opening<DecisionInPlace>("leaves a guardian out; a stay of it is a no"),
    opening<Mandate>("lets an agent see"),
    denying<ProtectionMark>("narrows to named users"),
    denying<Audience>("a closed label opens to nobody without it, and a second one narrows"),
    denying<InvestigationLock>("a closed label opens to nobody without it"),
    opening<Release>("lifts a hard lock"),
    opening<Override>("opens past a no"),
    opening<SecondReaderVerdict>("lets an override open in time; a rejection is a no"),
    opening<InvestigationAnswer>("opens past a no"),
    denying<EmergencyOpening>("a record of what a device did, offline and by any clock"),
    denying<Informed>("a record"),
    opening<GuestNamed>("lets a guest be shown items"),
    denying<CopiedToOwnRecord>("a record of what a device did, offline and by any clock"),
    opening<SecrecyAcknowledged>("lets a private party read"),
    opening<RoomSession>("lets a room show"),
    denying<ReportOfConcern>("a child may be at risk: never refused for a clock"),
    denying<PurgeReceipt>("a record of what a device did, offline and by any clock"),
    opening<EscrowVerdict>("releases unsent work; a rejection only keeps it"),
    denying<ReviewVerdict>("a record"),
});
static_assert(opens_table.size() + 1 == std::variant_size_v<StatementKinds>);
static_assert([] {
    for (std::size_t i = 0; i < opens_table.size(); ++i)
        if (opens_table[i].index != i) return false;
    return true;
}());

}  // namespace

bool opens(const StatementBody& body) {
    if (std::holds_alternative<Unknown>(body)) return false;
    if (const auto* decision = std::get_if<DecisionInPlace>(&body)) return !decision->stayed;
    if (const auto* verdict = std::get_if<SecondReaderVerdict>(&body)) return verdict->approved;
    if (const auto* verdict = std::get_if<EscrowVerdict>(&body)) return verdict->released;
    return opens_table[body.index()].opens;
}

std::string_view why_opens(const StatementBody& body) {
    return std::holds_alternative<Unknown>(body) ? "" : opens_table[body.index()].why;
}

}  // namespace samsyn
