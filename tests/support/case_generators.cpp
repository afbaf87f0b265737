#include "tests/support/generators.hpp"

namespace samsyn::gen {

// The case itself, its participants, consents and closings.

rc::Gen<Consent> consent() {
    return rc::gen::exec([] {
        Consent body;
        body.grantor = *id<PersonId>();
        body.capacity = *enumerator(Capacity::last);
        body.subject = *id<PersonId>();
        body.disclosing = *id<UnitId>();
        body.recipient = *recipient();
        body.categories = *categories();
        body.purpose = static_cast<Purpose>(*rc::gen::arbitrary<std::uint16_t>());
        body.actions.bits = *up_to<std::uint8_t>(Actions::known);
        body.not_before = *instant();
        body.not_after = *instant();
        body.reach = *enumerator(Reach::last);
        body.form = *enumerator(ConsentForm::last);
        body.reserved = *categories();
        body.evidence = *id<Hash>();
        body.names = *statement_ids(statement_names_max);
        return body;
    });
}

rc::Gen<Closing> closing() {
    return rc::gen::exec([] {
        Closing body;
        body.kind = *enumerator(ClosingKind::last);
        body.decider = *id<PersonId>();
        body.subject = *id<PersonId>();
        body.disclosing = *optional(id<UnitId>());
        body.recipient = *optional(recipient());
        body.categories.bits = *rc::gen::arbitrary<std::uint64_t>();
        body.evidence = *id<Hash>();
        return body;
    });
}

rc::Gen<StatementBody> case_body() {
    return rc::gen::exec([]() -> StatementBody {
        switch (*up_to(10)) {
            case 0:
                return CaseOpened{*enumerator(ServiceModel::last), *id<UnitId>(), *id<UserId>()};
            case 1:
                return CaseClosed{*rc::gen::arbitrary<std::uint8_t>()};
            case 2:
                return ParticipantAdded{
                    *id<UserId>(), *id<UnitId>(), *enumerator(Duty::last), *instant(), *instant()};
            case 3:
                return ParticipantRemoved{*id<UserId>(), *id<UnitId>()};
            case 4: {
                auto guardians = *list(7, id<PersonId>());
                guardians.push_back(*id<PersonId>());
                return Custody{*id<PersonId>(), sorted(guardians), *instant(), *instant()};
            }
            case 5:
                return AdultRecorded{*id<PersonId>()};
            case 6:
                return *consent();
            case 7:
                return Confirmation{*id<StatementId>(), *statement_ids(statement_names_max)};
            case 8:
                return *closing();
            case 9:
                return Ended{*id<StatementId>()};
            default:
                return Unknown{*rc::gen::inRange<std::uint16_t>(200, 9000), *bytes(64)};
        }
    });
}

}  // namespace samsyn::gen
