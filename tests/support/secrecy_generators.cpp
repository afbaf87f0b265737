#include "tests/support/generators.hpp"

namespace samsyn::gen {

// Who decides, what is locked, what a statute opens, and what is told to one addressee.

rc::Gen<StatementBody> custody_body() {
    return rc::gen::exec([]() -> StatementBody {
        switch (*up_to(8)) {
            case 0:
                return CaseWeeded{*instant()};
            case 1:
                return AgeAttested{*id<PersonId>(), *rc::gen::arbitrary<std::uint8_t>()};
            case 2:
                return Maturity{*id<PersonId>(),
                                *categories(),
                                *rc::gen::arbitrary<bool>(),
                                *id<UserId>(),
                                *instant(),
                                *instant()};
            case 3:
                return GuardianSuspended{*id<PersonId>(),
                                         *id<PersonId>(),
                                         *optional(id<PersonId>()),
                                         *instant(),
                                         *instant()};
            case 4:
                return Representative{
                    *id<PersonId>(), *id<PersonId>(), *categories(), *instant(), *instant()};
            case 5:
                return GuardianPrevented{*id<PersonId>(),
                                         *id<PersonId>(),
                                         *enumerator(PreventedCause::last),
                                         *rc::gen::arbitrary<bool>(),
                                         *instant()};
            case 6:
                return DecisionInPlace{*id<PersonId>(),
                                       *id<PersonId>(),
                                       static_cast<Purpose>(*rc::gen::arbitrary<std::uint16_t>()),
                                       *id<UnitId>(),
                                       *id<Hash>(),
                                       *instant(),
                                       *rc::gen::arbitrary<bool>()};
            case 7:
                return Mandate{*id<PersonId>(),
                               *id<PersonId>(),
                               Regimes{*up_to<std::uint16_t>(Regimes::known)},
                               *categories(),
                               *instant(),
                               *instant()};
            default:
                return ProtectionMark{*id<PersonId>(),
                                      *enumerator(ProtectionKind::last),
                                      *sorted_list(statement_users_max, id<UserId>())};
        }
    });
}

rc::Gen<std::vector<ItemId>> items() {
    return sorted_list(statement_items_max, id<ItemId>());
}

rc::Gen<Override> override_said() {
    return rc::gen::exec([] {
        Override body;
        body.statute = *rc::gen::arbitrary<std::uint16_t>();
        body.subject = *id<PersonId>();
        body.categories = *categories();
        body.selection = *optional(id<AudienceId>());
        body.items = *items();
        body.recipient = *recipient();
        body.from = *instant();
        body.until = *instant();
        body.pierced = *statement_ids(statement_names_max);
        body.justification = *id<Hash>();
        return body;
    });
}

rc::Gen<InvestigationAnswer> investigation_answer() {
    return rc::gen::exec([] {
        InvestigationAnswer body;
        body.statute = *rc::gen::arbitrary<std::uint16_t>();
        body.subject = *id<PersonId>();
        body.categories = *categories();
        body.selection = *id<AudienceId>();
        body.items = *items();
        body.recipient = *recipient();
        body.decision = *id<Hash>();
        body.until = *instant();
        return body;
    });
}

rc::Gen<StatementBody> secrecy_body() {
    return rc::gen::exec([]() -> StatementBody {
        switch (*up_to(11)) {
            case 0:
                return Audience{*id<AudienceId>(),
                                *sorted_list(statement_users_max, id<UserId>()),
                                *id<Hash>()};
            case 1:
                return InvestigationLock{*id<AudienceId>(),
                                         *id<UnitId>(),
                                         *sorted_list(statement_users_max, id<UserId>())};
            case 2:
                return Release{*id<AudienceId>(), *items()};
            case 3:
                return *override_said();
            case 4:
                return SecondReaderVerdict{
                    *id<StatementId>(), *rc::gen::arbitrary<bool>(), *id<Hash>()};
            case 5:
                return *investigation_answer();
            case 6:
                return EmergencyOpening{*items(), *id<Hash>(), *instant()};
            case 7:
                return Informed{*id<PersonId>(),
                                *id<StatementId>(),
                                *instant(),
                                *enumerator(InformedHow::last)};
            case 8:
                return GuestNamed{*id<StatementId>(), *id<PersonId>()};
            case 9:
                return CopiedToOwnRecord{
                    *id<UnitId>(), *items(), *statement_ids(statement_names_max)};
            case 10:
                return SecrecyAcknowledged{*id<UserId>(), *id<UnitId>(), *id<Hash>()};
            default:
                return RoomSession{*id<DeviceId>(), *id<UserId>(), *instant(), *instant()};
        }
    });
}

rc::Gen<StatementBody> notice_body() {
    return rc::gen::exec([]() -> StatementBody {
        switch (*up_to(3)) {
            case 0:
                return ReportOfConcern{*id<UnitId>(), *id<UnitId>()};
            case 1:
                return PurgeReceipt{*sorted_list(statement_items_max, id<CompartmentId>()),
                                    *statement_ids(statement_names_max),
                                    *instant(),
                                    *instant()};
            case 2:
                return EscrowVerdict{*id<Hash>(), *rc::gen::arbitrary<bool>(), *id<Hash>()};
            default:
                return ReviewVerdict{
                    *id<Hash>(), *id<UserId>(), *enumerator(ReviewOutcome::last), *id<Hash>()};
        }
    });
}

}  // namespace samsyn::gen
