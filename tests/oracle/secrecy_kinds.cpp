#include "tests/oracle/scene_maker.hpp"

namespace samsyn::test {

void SceneMaker::say_age() {
    sign(some_lead().device,
         World::custody_stream(id_),
         AgeAttested{.child = some_child(),
                     .years = static_cast<std::uint8_t>(dice_.between(10, 16))});
}

void SceneMaker::say_maturity() {
    sign(some_lead().device,
         World::custody_stream(id_),
         Maturity{.child = some_child(),
                  .categories = some_categories(),
                  .alone = dice_.percent(50),
                  .assessor = staff_.front().user,
                  .from = some_time(),
                  .until = some_end()});
}

void SceneMaker::say_suspended() {
    GuardianSuspended suspended{.child = some_child(),
                                .guardian = some_guardian(),
                                .special_representative = {},
                                .from = some_time(),
                                .until = some_end()};
    if (dice_.percent(60)) suspended.special_representative = people_[4];
    sign(some_lead().device, World::custody_stream(id_), suspended);
}

void SceneMaker::say_representative() {
    sign(some_lead().device,
         World::custody_stream(id_),
         Representative{.adult = dice_.percent(80) ? people_[4] : some_person(),
                        .representative = some_person(),
                        .categories = some_categories(),
                        .from = some_time(),
                        .until = some_end()});
}

void SceneMaker::say_prevented() {
    sign(some_lead().device,
         World::custody_stream(id_),
         GuardianPrevented{.child = some_child(),
                           .guardian = some_guardian(),
                           .cause = PreventedCause::abroad,
                           .manifestly_required = dice_.percent(50),
                           .until = some_end()});
}

void SceneMaker::say_decision_in_place() {
    // Of the lead acting for a social unit, where the scene has one who does.
    const auto social = some_of(units_[1]);
    sign(dice_.percent(80) ? social.device : some_staff().device,
         World::custody_stream(id_),
         DecisionInPlace{.child = some_child(),
                         .guardian = some_guardian(),
                         .measure = some_purpose(),
                         .unit = some_recipient().unit,
                         .decision = any(decisions_),
                         .until = some_end(),
                         .stayed = dice_.percent(25)});
}

void SceneMaker::say_mandate() {
    Mandate mandate{.principal = some_person(),
                    .agent = some_person(),
                    .regimes = {},
                    .categories = some_categories(),
                    .from = some_time(),
                    .until = some_end()};
    for (const auto& unit : units_)
        if (dice_.percent(60)) mandate.regimes.insert(unit.regime);
    sign(some_lead().device, World::custody_stream(id_), mandate);
}

void SceneMaker::say_mark() {
    sign(some_lead().device,
         World::custody_stream(id_),
         ProtectionMark{.person = some_person(),
                        .kind = static_cast<ProtectionKind>(dice_.below(3)),
                        .users = some_users()});
}

void SceneMaker::say_audience() {
    const auto unit = some_disclosing();
    sign(dice_.percent(85) ? some_of(unit).device : some_staff().device,
         World::disclosing_stream(id_, unit.unit),
         Audience{.id = any(circles_), .users = some_users(), .reason = {}});
}

void SceneMaker::say_lock() {
    const auto unit = units_.size() > 4 ? units_[4] : some_unit();
    sign(some_of(unit).device,
         World::disclosing_stream(id_, some_disclosing().unit),
         InvestigationLock{.id = any(circles_), .unit = unit.unit, .users = some_users()});
}

void SceneMaker::say_override() {
    const auto unit = some_disclosing();
    Override opened{.statute = some_statute(),
                    .subject = dice_.percent(75) ? people_[0] : some_person(),
                    .categories = some_categories(),
                    .selection = {},
                    .items = {},
                    .recipient = some_recipient(),
                    .from = dice_.percent(50) ? base_ - std::chrono::days{3} : some_time(),
                    .until = some_end(),
                    .pierced = {},
                    .justification = world_.fresh<Hash>()};
    if (dice_.percent(15)) {
        opened.selection = any(circles_);
        opened.items = {world_.fresh<ItemId>()};
    }
    for (const auto& one : said<Closing>())
        if (dice_.percent(40)) opened.pierced.push_back(one->id);
    std::ranges::sort(opened.pierced);
    sign(dice_.percent(90) ? some_of(unit).device : some_staff().device,
         World::disclosing_stream(id_, unit.unit),
         opened);
}

void SceneMaker::say_verdict() {
    std::vector<StatementPtr> judged = said<Override>();
    for (const auto& one : said<GuardianPrevented>()) judged.push_back(one);
    if (judged.empty()) return;
    const auto one = any(judged);
    const bool custody = one->header.stream.kind == StreamKind::custody;
    const auto unit =
        custody ? units_[0] : *std::ranges::find(units_, one->header.stream.unit, &UnitRef::unit);
    auto reader = some_of(unit);
    if (dice_.percent(10)) reader = some_staff();
    sign(dice_.percent(20) ? one->header.author : reader.device,
         one->header.stream,
         SecondReaderVerdict{.statement = one->id,
                             .approved = dice_.percent(85),
                             .justification = world_.fresh<Hash>()});
}

void SceneMaker::say_answer() {
    const auto unit = some_disclosing();
    sign(some_of(unit).device,
         World::disclosing_stream(id_, unit.unit),
         InvestigationAnswer{.statute = some_statute(),
                             .subject = dice_.percent(75) ? people_[0] : some_person(),
                             .categories = some_categories(),
                             .selection = any(circles_),
                             .items = {world_.fresh<ItemId>()},
                             .recipient = some_recipient(),
                             .decision = any(decisions_),
                             .until = some_end()});
}

void SceneMaker::say_guest() {
    const auto consents = said<Consent>();
    if (consents.empty()) return;
    const auto consent = any(consents);
    sign(dice_.percent(70) ? consent->header.author : some_staff().device,
         consent->header.stream,
         GuestNamed{.consent = consent->id, .guest = some_person()});
}

void SceneMaker::say_acknowledged() {
    const auto who = units_.size() > 4 ? some_of(units_.back()) : some_staff();
    sign(
        dice_.percent(50) ? who.device : some_lead().device,
        World::roster_stream(id_, who.unit.unit),
        SecrecyAcknowledged{.user = who.user, .unit = who.unit.unit, .text = world_.fresh<Hash>()});
}

void SceneMaker::say_weeded() {
    sign(some_lead().device, World::custody_stream(id_), CaseWeeded{.weeded_at = world_.now});
}

}  // namespace samsyn::test
