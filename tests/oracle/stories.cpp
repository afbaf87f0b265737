#include "tests/oracle/scene_maker.hpp"

namespace samsyn::test {

// Random statements seldom meet in what takes four of them. These do, and are mixed with the
// others.

StatementPtr SceneMaker::sign_knowing(const DeviceId& author,
                                      const Stream& stream,
                                      StatementBody body) {
    of_case_.push_back(world_.sign(author, stream, std::move(body)));
    return of_case_.back();
}

void SceneMaker::say_story() {
    auto consent = draft();
    consent.subject = people_[0];
    consent.disclosing = units_[1].unit;
    consent.recipient = {.unit = units_[2 + dice_.below(2)].unit, .role = {}, .user = {}};
    consent.categories = every_category();
    consent.reserved = {};
    consent.actions.bits = Actions::known;
    consent.purpose = Purpose::coordination;
    consent.form = ConsentForm::written;
    consent.not_before = base_ - std::chrono::days{40};
    consent.not_after = base_ + std::chrono::days{100};
    consent.names = {};
    consent.grantor = people_[2];
    static constexpr std::array<void (SceneMaker::*)(Consent), 5> stories{
        &SceneMaker::tell_of_old_consent,
        &SceneMaker::tell_of_narrow_consent,
        &SceneMaker::tell_of_decision,
        &SceneMaker::tell_of_block,
        &SceneMaker::tell_of_circle};
    (this->*any(stories))(consent);
}

/// Both consent, the mother withdraws, and somebody confirms her consent, naming the withdrawal.
void SceneMaker::tell_of_old_consent(Consent consent) {
    const auto stream = World::disclosing_stream(id_, consent.disclosing);
    const auto officer = some_of(units_[1]).device;
    const auto mothers = sign_knowing(officer, stream, consent);
    consent.grantor = people_[3];
    sign_knowing(officer, stream, consent);
    const auto withdrawal = sign_knowing(officer,
                                         stream,
                                         Closing{.kind = static_cast<ClosingKind>(dice_.below(4)),
                                                 .decider = people_[2],
                                                 .subject = consent.subject,
                                                 .disclosing = consent.disclosing,
                                                 .recipient = {},
                                                 .categories = consent.categories,
                                                 .evidence = {}});
    sign_knowing(officer, stream, Confirmation{.consent = mothers->id, .names = {withdrawal->id}});
}

/// Both consent; the mother also to less, without either naming the other; and that is ended.
void SceneMaker::tell_of_narrow_consent(Consent consent) {
    const auto stream = World::disclosing_stream(id_, consent.disclosing);
    const auto officer = some_of(units_[1]).device;
    sign_knowing(officer, stream, consent);
    auto narrow = consent;
    narrow.actions.bits = 1U << static_cast<unsigned>(Action::keep_offline);
    const auto less = sign_knowing(officer, stream, narrow);
    consent.grantor = people_[3];
    sign_knowing(officer, stream, consent);
    sign_knowing(officer, stream, Ended{less->id});
}

/// The mother consents to a measure; a board decides in the place of the father, and perhaps a
/// court stays it.
void SceneMaker::tell_of_decision(Consent consent) {
    const auto chief = some_of(units_[1]);
    sign_knowing(staff_.front().device,
                 World::roster_stream(id_, chief.unit.unit),
                 ParticipantAdded{.user = chief.user,
                                  .unit = chief.unit.unit,
                                  .duty = Duty::lead,
                                  .from = world_.long_ago});
    consent.purpose = measure_referral;
    sign_knowing(chief.device, World::disclosing_stream(id_, consent.disclosing), consent);
    DecisionInPlace decision{
        .child = consent.subject,
        .guardian = people_[3],
        .measure = consent.purpose,
        .unit = dice_.percent(60) ? consent.recipient.unit : units_[2 + dice_.below(2)].unit,
        .decision = world_.fresh<Hash>(),
        .until = base_ + std::chrono::days{50}};
    sign_knowing(chief.device, World::custody_stream(id_), decision);
    if (!dice_.percent(60)) return;
    decision.stayed = true;
    sign(chief.device, World::custody_stream(id_), decision);
}

/// The mother blocks; the unit opens by a statute, and perhaps names the block.
void SceneMaker::tell_of_block(Consent consent) {
    const auto stream = World::disclosing_stream(id_, consent.disclosing);
    const auto officer = some_of(units_[1]).device;
    const auto block = sign_knowing(officer,
                                    stream,
                                    Closing{.kind = ClosingKind::block,
                                            .decider = people_[2],
                                            .subject = consent.subject,
                                            .disclosing = consent.disclosing,
                                            .recipient = {},
                                            .categories = consent.categories,
                                            .evidence = {}});
    Override opened{.statute = dice_.percent(50) ? statute_emergency : statute_necessary_disclosure,
                    .subject = consent.subject,
                    .categories = consent.categories,
                    .selection = {},
                    .items = {},
                    .recipient = consent.recipient,
                    .from = base_ - std::chrono::days{1},
                    .until = base_ + std::chrono::days{1},
                    .pierced = {},
                    .justification = world_.fresh<Hash>()};
    if (dice_.percent(30)) opened.pierced = {block->id};
    sign_knowing(officer, stream, opened);
}

/// Two say who is in a circle, and know nothing of each other.
void SceneMaker::tell_of_circle(Consent consent) {
    const auto stream = World::disclosing_stream(id_, consent.disclosing);
    const Staff officer = some_of(units_[1]);
    for (const bool with_officer : {dice_.percent(50), dice_.percent(50)}) {
        Audience audience{.id = circles_[0], .users = some_users(), .reason = {}};
        std::erase(audience.users, officer.user);
        if (with_officer) audience.users.push_back(officer.user);
        std::ranges::sort(audience.users);
        of_case_.push_back(
            world_.sign(officer.device, stream, audience, std::vector<StatementId>{}));
    }
}

}  // namespace samsyn::test
