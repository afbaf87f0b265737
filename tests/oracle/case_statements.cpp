#include "tests/oracle/scene_maker.hpp"

namespace samsyn::test {

void SceneMaker::say_participant() {
    const Staff who = some_staff();
    sign(some_lead().device,
         World::roster_stream(id_, who.unit.unit),
         ParticipantAdded{.user = who.user,
                          .unit = who.unit.unit,
                          .duty = static_cast<Duty>(dice_.below(3)),
                          .from = some_time(),
                          .until = some_end()});
}

void SceneMaker::say_removal() {
    const Staff who = some_staff();
    sign(some_lead().device,
         World::roster_stream(id_, who.unit.unit),
         ParticipantRemoved{.user = who.user, .unit = who.unit.unit});
}

void SceneMaker::say_custody() {
    const auto child = some_child();
    std::vector<PersonId> guardians;
    for (std::size_t i = 2; i < people_.size(); ++i)
        if (dice_.percent(50)) guardians.push_back(people_[i]);
    if (guardians.empty()) guardians.push_back(people_[2]);
    std::ranges::sort(guardians);
    sign(some_lead().device,
         World::custody_stream(id_),
         Custody{.child = child,
                 .guardians = guardians,
                 .review_at = dice_.percent(80) ? base_ + std::chrono::days{300} : some_end(),
                 .adult_at = dice_.percent(85) ? base_ + std::chrono::days{3000} : some_end()});
}

void SceneMaker::say_adult() {
    sign(some_lead().device,
         World::custody_stream(id_),
         AdultRecorded{dice_.percent(80) ? people_[4] : some_person()});
}

Consent SceneMaker::draft() {
    Consent consent{.grantor = some_guardian(),
                    .capacity = Capacity::guardian,
                    .subject = dice_.percent(75) ? people_[0] : some_person(),
                    .disclosing = some_disclosing().unit,
                    .recipient = some_recipient(),
                    .categories = some_categories(),
                    .purpose = Purpose::coordination,
                    .actions = {},
                    .not_before = dice_.percent(80) ? base_ - std::chrono::days{40} : some_time(),
                    .not_after = dice_.percent(70) ? base_ + std::chrono::days{100} : some_end(),
                    .reach = Reach::present,
                    .form = dice_.percent(75) ? ConsentForm::written : ConsentForm::oral,
                    .reserved = {},
                    .evidence = {},
                    .names = some_names()};
    if (dice_.percent(15)) consent.grantor = consent.subject;
    if (dice_.percent(8)) consent.purpose = static_cast<Purpose>(dice_.below(3));
    if (dice_.percent(92)) consent.actions.insert(Action::read);
    for (unsigned action = 1; action < 5; ++action)
        if (dice_.percent(45)) consent.actions.insert(static_cast<Action>(action));
    if (dice_.percent(8)) consent.reserved = some_categories();
    return consent;
}

std::vector<StatementId> SceneMaker::some_names() {
    std::vector<StatementId> names;
    for (const auto& one : of_case_) {
        const bool is_closing = std::holds_alternative<Closing>(one->body);
        const bool is_consent = std::holds_alternative<Consent>(one->body);
        if (is_closing ? dice_.percent(35) : is_consent && dice_.percent(10))
            names.push_back(one->id);
    }
    std::ranges::sort(names);
    return names;
}

void SceneMaker::say_consent() {
    const auto consent = draft();
    const auto own = some_of(*std::ranges::find(units_, consent.disclosing, &UnitRef::unit));
    sign(dice_.percent(60) ? own.device : some_staff().device,
         World::disclosing_stream(id_, consent.disclosing),
         consent);
}

/// Mother and father agree: what most families do.
void SceneMaker::say_consents_of_both() {
    auto consent = draft();
    consent.subject = some_child();
    if (dice_.percent(25)) {
        const std::array measures{measure_referral, measure_counselling_from_15};
        consent.purpose = any(measures);
    }
    const auto own = some_of(*std::ranges::find(units_, consent.disclosing, &UnitRef::unit));
    for (std::size_t guardian = 2; guardian < 4; ++guardian) {
        consent.grantor = people_[guardian];
        sign(dice_.percent(80) ? own.device : some_staff().device,
             World::disclosing_stream(id_, consent.disclosing),
             consent);
    }
}

/// A consent in the matter of an earlier one, which it names or does not.
void SceneMaker::say_consent_again() {
    const auto earlier = said<Consent>();
    if (earlier.empty()) return say_consent();
    const auto old = any(earlier);
    const auto& before = std::get<Consent>(old->body);
    auto consent = draft();
    consent.grantor = before.grantor;
    consent.subject = before.subject;
    consent.disclosing = before.disclosing;
    if (dice_.percent(85)) consent.recipient = before.recipient;
    if (dice_.percent(90)) consent.purpose = before.purpose;
    if (dice_.percent(50)) {
        consent.names.push_back(old->id);
        std::ranges::sort(consent.names);
        consent.names.erase(std::ranges::unique(consent.names).begin(), consent.names.end());
    }
    const auto own = some_of(*std::ranges::find(units_, consent.disclosing, &UnitRef::unit));
    sign(dice_.percent(70) ? own.device : some_staff().device,
         World::disclosing_stream(id_, consent.disclosing),
         consent);
}

void SceneMaker::say_confirmation() {
    const auto consents = said<Consent>();
    if (consents.empty()) return;
    const auto consent = any(consents);
    const auto& unit = consent->header.stream.unit;
    Confirmation confirmation{.consent = consent->id, .names = {}};
    if (dice_.percent(40))
        for (const auto& one : said<Closing>())
            if (dice_.percent(60)) confirmation.names.push_back(one->id);
    std::ranges::sort(confirmation.names);
    const auto own = some_of(*std::ranges::find(units_, unit, &UnitRef::unit));
    sign(
        dice_.percent(80) ? own.device : some_staff().device, consent->header.stream, confirmation);
}

void SceneMaker::say_closing() {
    Closing closing{.kind = static_cast<ClosingKind>(dice_.below(4)),
                    .decider = some_guardian(),
                    .subject = dice_.percent(75) ? people_[0] : some_person(),
                    .disclosing = {},
                    .recipient = {},
                    .categories = some_categories(),
                    .evidence = {}};
    if (dice_.percent(10)) closing.decider = closing.subject;
    if (dice_.percent(70)) closing.disclosing = some_disclosing().unit;
    if (dice_.percent(60)) closing.recipient = some_recipient();
    sign(some_staff().device,
         closing.disclosing ? World::disclosing_stream(id_, *closing.disclosing)
                            : World::custody_stream(id_),
         closing);
}

void SceneMaker::say_ended() {
    const auto ended = any(of_case_);
    const bool by_author = dice_.percent(50);
    sign(by_author ? ended->header.author : some_lead().device,
         ended->header.stream,
         Ended{ended->id});
}

void SceneMaker::say_case_closed() {
    sign(some_lead().device, World::custody_stream(id_), CaseClosed{});
}

void SceneMaker::say_unknown() {
    const auto& like = any(of_case_)->header.stream;
    of_case_.push_back(world_.sign(
        some_staff().device, like, Unknown{700, {}}, some_knowledge(like), dice_.percent(50)));
}

}  // namespace samsyn::test
