#include "tests/core/wire/golden_kinds.hpp"

#include <charconv>

namespace samsyn::test {

namespace {

constexpr Instant at(int ms) {
    return Instant{std::chrono::milliseconds{ms}};
}

constexpr Categories all_four{0xf};

Recipient to_role() {
    return {filled<UnitId>(0x41), Role::nurse, {}};
}

template <class Last>
Last number_of(std::string_view digits, int base) {
    Last value{};
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    SAMSYN_ASSERT(error == std::errc{} && end == digits.data() + digits.size());
    return value;
}

std::vector<GoldenKind> federation_kinds() {
    const auto organisation = filled<OrganisationId>(0x11);
    const auto unit = filled<UnitId>(0x12);
    const auto user = filled<UserId>(0x13);
    const auto device = filled<DeviceId>(0x14);
    const auto key = filled<SigningPublicKey>(0x21);
    const auto sealing = filled<SealingPublicKey>(0x22);
    return {
        {0, "founding", Founding{key, filled<Hash>(0x31)}, "21*32 31*32"},
        {1,
         "organisation_admitted",
         OrganisationAdmitted{organisation, at(1), at(2)},
         "11*16 00*7 01 00*7 02"},
        {2,
         "administrator_certified",
         AdministratorCertified{organisation, user, device, key, sealing},
         "11*16 13*16 14*16 21*32 22*32"},
        {3,
         "unit_certified",
         UnitCertified{{organisation, unit, Regime::social}},
         "11*16 12*16 01"},
        {4,
         "user_certified",
         UserCertified{user, organisation, unit, Role::log_reviewer, at(1), at(2)},
         "13*16 11*16 12*16 12 00*7 01 00*7 02"},
        {5,
         "device_certified",
         DeviceCertified{
             device, DeviceKind::loaner, organisation, user, key, sealing, 0x01020304, at(5)},
         "14*16 02 11*16 13*16 21*32 22*32 01 02 03 04 00*7 05"},
        {6, "device_revoked", DeviceRevoked{device}, "14*16"},
        {7,
         "revocation_pinned",
         RevocationPinned{filled<StatementId>(0x31), device, 9, {3, 4}},
         "31*32 14*16 00*7 09 00 02 00*7 03 00*7 04"},
        {8, "user_removed", UserRemoved{user, organisation, at(1)}, "13*16 11*16 00*7 01"},
        {9,
         "server_certified",
         ServerCertified{key, filled<SigningPublicKey>(0x23)},
         "21*32 01 23*32"},
        {10, "device_locked", DeviceLocked{device}, "14*16"},
        {11, "device_wiped", DeviceWiped{device, UnsentWork::discard}, "14*16 01"},
        {12,
         "log_restored",
         LogRestored{filled<Incarnation>(0x15), 7, filled<Hash>(0x31), filled<Incarnation>(0x16)},
         "15*16 00*7 07 31*32 16*16"},
        {13, "countersigned", Countersigned{filled<StatementId>(0x31)}, "31*32"},
        {14, "unit_lease", UnitLease{unit, 168}, "12*16 00 a8"},
        {15,
         "recovery_key_certified",
         RecoveryKeyCertified{
             organisation, 2, sealing, 2, {filled<Hash>(0x33), filled<Hash>(0x32)}},
         "11*16 00*3 02 22*32 02 02 33*32 32*32"},
        {16,
         "recovery_used",
         RecoveryUsed{organisation, 2, device, filled<Hash>(0x31), at(5)},
         "11*16 00*3 02 14*16 31*32 00*7 05"},
        {17, "device_suspended", DeviceSuspended{device}, "14*16"},
        {18,
         "device_resumed",
         DeviceResumed{device, {filled<StatementId>(0x31)}},
         "14*16 00 01 31*32"},
    };
}

std::vector<GoldenKind> consent_kinds() {
    const auto user = filled<UserId>(0x13);
    const auto unit = filled<UnitId>(0x12);
    const auto child = filled<PersonId>(0x17);
    const auto guardian = filled<PersonId>(0x18);
    const auto statement = filled<StatementId>(0x31);
    Consent consent;
    consent.grantor = guardian;
    consent.capacity = Capacity::guardian;
    consent.subject = child;
    consent.disclosing = unit;
    consent.recipient = to_role();
    consent.categories = all_four;
    consent.purpose = static_cast<Purpose>(1001);
    consent.actions.bits = 0x11;
    consent.not_before = at(1);
    consent.not_after = at(2);
    consent.reach = Reach::history;
    consent.form = ConsentForm::electronic;
    consent.reserved = Categories{2};
    consent.evidence = filled<Hash>(0x32);
    consent.names = {statement};
    return {
        {64, "case_opened", CaseOpened{ServiceModel::barnahus, unit, user}, "07 12*16 13*16"},
        {65, "case_closed", CaseClosed{3}, "03"},
        {66,
         "participant_added",
         ParticipantAdded{user, unit, Duty::lead, at(1), instant_max},
         "13*16 12*16 02 00*7 01 7f ff*7"},
        {67, "participant_removed", ParticipantRemoved{user, unit}, "13*16 12*16"},
        {68,
         "custody",
         Custody{child, {guardian, filled<PersonId>(0x19)}, at(1), at(2)},
         "17*16 00 02 18*16 19*16 00*7 01 00*7 02"},
        {69, "adult_recorded", AdultRecorded{child}, "17*16"},
        {70,
         "consent",
         consent,
         "18*16 01 17*16 12*16 41*16 01 03 00 00*7 0f 03 e9 11 00*7 01 00*7 02 02 02 00*7 02 "
         "32*32 00 01 31*32"},
        {71, "confirmation", Confirmation{statement, {statement}}, "31*32 00 01 31*32"},
        {72,
         "closing",
         Closing{ClosingKind::block,
                 guardian,
                 child,
                 unit,
                 Recipient{filled<UnitId>(0x41), {}, user},
                 Categories{1},
                 filled<Hash>(0x32)},
         "03 18*16 17*16 01 12*16 01 41*16 00 01 13*16 00*7 01 32*32"},
        {73, "ended", Ended{statement}, "31*32"},
    };
}

std::vector<GoldenKind> custody_kinds() {
    const auto user = filled<UserId>(0x13);
    const auto unit = filled<UnitId>(0x12);
    const auto child = filled<PersonId>(0x17);
    const auto guardian = filled<PersonId>(0x18);
    const auto other = filled<PersonId>(0x19);
    return {
        {74, "case_weeded", CaseWeeded{at(1)}, "00*7 01"},
        {75, "age_attested", AgeAttested{child, 15}, "17*16 0f"},
        {76,
         "maturity",
         Maturity{child, all_four, true, user, at(1), at(2)},
         "17*16 00*7 0f 01 13*16 00*7 01 00*7 02"},
        {77,
         "guardian_suspended",
         GuardianSuspended{child, guardian, other, at(1), instant_max},
         "17*16 18*16 01 19*16 00*7 01 7f ff*7"},
        {78,
         "representative",
         Representative{child, other, all_four, at(1), at(2)},
         "17*16 19*16 00*7 0f 00*7 01 00*7 02"},
        {79,
         "guardian_prevented",
         GuardianPrevented{child, guardian, PreventedCause::ill, true, at(2)},
         "17*16 18*16 02 01 00*7 02"},
        {80,
         "decision_in_place",
         DecisionInPlace{
             child, guardian, static_cast<Purpose>(1001), unit, filled<Hash>(0x32), at(2), true},
         "17*16 18*16 03 e9 12*16 32*32 00*7 02 01"},
        {81,
         "mandate",
         Mandate{child, other, Regimes{0x1ff}, all_four, at(1), at(2)},
         "17*16 19*16 01 ff 00*7 0f 00*7 01 00*7 02"},
        {82,
         "protection_mark",
         ProtectionMark{child, ProtectionKind::hidden_existence, {user}},
         "17*16 02 00 01 13*16"},
    };
}

std::vector<GoldenKind> secrecy_kinds() {
    const auto user = filled<UserId>(0x13);
    const auto unit = filled<UnitId>(0x12);
    const auto child = filled<PersonId>(0x17);
    const auto statement = filled<StatementId>(0x31);
    const auto audience = filled<AudienceId>(0x1a);
    const auto item = filled<ItemId>(0x1b);
    const auto text = filled<Hash>(0x32);
    Override pierces;
    pierces.statute = 1;
    pierces.subject = child;
    pierces.categories = all_four;
    pierces.selection = audience;
    pierces.items = {item};
    pierces.recipient = to_role();
    pierces.from = at(1);
    pierces.until = at(2);
    pierces.pierced = {statement};
    pierces.justification = text;
    return {
        {83, "audience", Audience{audience, {user}, text}, "1a*16 00 01 13*16 32*32"},
        {84,
         "investigation_lock",
         InvestigationLock{audience, unit, {user}},
         "1a*16 12*16 00 01 13*16"},
        {85, "release", Release{audience, {item}}, "1a*16 00 01 1b*16"},
        {86,
         "override",
         pierces,
         "00 01 17*16 00*7 0f 01 1a*16 00 01 1b*16 41*16 01 03 00 00*7 01 00*7 02 00 01 31*32 "
         "32*32"},
        {87, "second_reader_verdict", SecondReaderVerdict{statement, true, text}, "31*32 01 32*32"},
        {88,
         "investigation_answer",
         InvestigationAnswer{
             2, child, all_four, audience, {item}, to_role(), filled<Hash>(0x33), at(2)},
         "00 02 17*16 00*7 0f 1a*16 00 01 1b*16 41*16 01 03 00 33*32 00*7 02"},
        {89,
         "emergency_opening",
         EmergencyOpening{{item}, text, at(1)},
         "00 01 1b*16 32*32 00*7 01"},
        {90,
         "informed",
         Informed{child, statement, at(1), InformedHow::electronically},
         "17*16 31*32 00*7 01 03"},
        {91, "guest_named", GuestNamed{statement, child}, "31*32 17*16"},
        {92,
         "copied_to_own_record",
         CopiedToOwnRecord{unit, {item}, {statement}},
         "12*16 00 01 1b*16 00 01 31*32"},
        {93, "secrecy_acknowledged", SecrecyAcknowledged{user, unit, text}, "13*16 12*16 32*32"},
        {94,
         "room_session",
         RoomSession{filled<DeviceId>(0x14), user, at(1), at(2)},
         "14*16 13*16 00*7 01 00*7 02"},
    };
}

std::vector<GoldenKind> notice_kinds() {
    const auto text = filled<Hash>(0x32);
    return {
        {95,
         "report_of_concern",
         ReportOfConcern{filled<UnitId>(0x12), filled<UnitId>(0x41)},
         "12*16 41*16"},
        {96,
         "purge_receipt",
         PurgeReceipt{{filled<CompartmentId>(0x34)}, {filled<StatementId>(0x31)}, at(1), at(2)},
         "00 01 34*32 00 01 31*32 00*7 01 00*7 02"},
        {97, "escrow_verdict", EscrowVerdict{filled<Hash>(0x33), true, text}, "33*32 01 32*32"},
        {98,
         "review_verdict",
         ReviewVerdict{
             filled<Hash>(0x33), filled<UserId>(0x13), ReviewOutcome::unfounded_read, text},
         "33*32 13*16 02 32*32"},
    };
}

}  // namespace

std::vector<GoldenKind> golden_kinds() {
    std::vector<GoldenKind> all;
    for (auto part :
         {federation_kinds(), consent_kinds(), custody_kinds(), secrecy_kinds(), notice_kinds()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

Bytes bytes_of(std::string_view notation) {
    Bytes bytes;
    while (!notation.empty()) {
        const auto token = notation.substr(0, notation.find(' '));
        notation.remove_prefix(std::min(token.size() + 1, notation.size()));
        const auto star = token.find('*');
        const auto byte = number_of<std::uint8_t>(token.substr(0, star), 16);
        const auto count =
            star == std::string_view::npos ? 1 : number_of<std::size_t>(token.substr(star + 1), 10);
        bytes.insert(bytes.end(), count, static_cast<std::byte>(byte));
    }
    return bytes;
}

}  // namespace samsyn::test
