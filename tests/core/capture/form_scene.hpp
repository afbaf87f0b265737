#pragma once

#include "core/capture/form_pages.hpp"
#include "core/model/local_date.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_hasher.hpp"
#include "tests/support/world.hpp"

#include <algorithm>

namespace samsyn {

using namespace std::chrono_literals;

/// A family of one child with two guardians, a team and three agencies, and the form that a
/// service model's template gives for them.
struct FormScene {
    template <class IdType>
    static IdType id(unsigned char number) {
        IdType result;
        result.bytes.fill(std::byte{number});
        return result;
    }

    static constexpr Instant now = std::chrono::sys_days{std::chrono::year{2026} / 5 / 4} + 9h;

    PersonId child = id<PersonId>(1);
    PersonId eva = id<PersonId>(2);
    PersonId per = id<PersonId>(3);
    test::World world;
    OrganisationId nora = world.organisation();
    UnitRef team = world.unit(nora, Regime::team);
    UnitRef school = world.unit(nora, Regime::school_pupil_health);
    UnitRef social = world.unit(nora, Regime::social);
    UnitRef clinic = world.unit(nora, Regime::health);
    UnitRef deacon = world.unit(nora, Regime::private_party);
    test::Staff lead = world.staff(team, Role::psychologist);
    CaseId case_id = world.open_case(lead);
    FormWishes wishes;

    FormScene() {
        wishes.item = id<ItemId>(20);
        wishes.case_id = case_id;
        wishes.unit = team;
        wishes.subjects = {child};
        wishes.taking_part = {school, social, clinic};
        wishes.now = now;
        decide_for(child, {eva, per});
    }

    void decide_for(const PersonId& about, std::vector<PersonId> guardians) {
        world.custody(case_id, lead, about, std::move(guardians));
    }

    void say(StatementBody body) {
        world.sign(lead.device, test::World::custody_stream(case_id), std::move(body));
    }

    /// From here on the form is about a case in which nothing is recorded of custody.
    void forget_custody() {
        case_id = world.open_case(lead);
        wishes.case_id = case_id;
    }

    static const ConsentTemplate& row(ServiceModel model = ServiceModel::famsam) {
        const ConsentTemplate* found = find_template(current_templates(), model);
        REQUIRE(found != nullptr);
        return *found;
    }

    FilledForm form(ServiceModel model = ServiceModel::famsam) const {
        return fill_form(row(model), current_templates().version, wishes);
    }

    FormSigners signers(const FilledForm& form) const {
        const Federation members = world.federation();
        const CaseView view = CaseView::build(case_id, world.cases.at(case_id), members);
        return signers_of(form, {members, view, current_statute_table(), now});
    }

    FormFacts facts(const FilledForm& form) const {
        FormFacts known{
            .units = {}, .signers = signers(form), .statutes = current_statute_table(), .now = now};
        for (const UnitRef& unit : {team, school, social, clinic, deacon})
            known.units[unit.unit] = unit.regime;
        return known;
    }

    Gaps gaps(const FilledForm& form) const { return gaps_in(form, facts(form)); }

    FormSignature yes(const FilledForm& form,
                      const PersonId& person,
                      SignedHow how = SignedHow::drawn) const {
        FormSignature signature;
        signature.form = form_hash(FakeHasher{}, form);
        signature.person = person;
        const FormSigners all = signers(form);
        if (const FormSigner* signer = all.find(person)) signature.subjects = signer->subjects;
        signature.how = how;
        signature.evidence = id<Hash>(40);
        signature.evidence_item = id<ItemId>(41);
        signature.when = now + 30min;
        signature.witness = id<UserId>(42);
        return signature;
    }

    SheetNames names() const {
        return {.persons = {{child, "Elin Alm"}, {eva, "Eva Alm"}, {per, "Per Ålund"}},
                .units = {{team.unit, "Familjesamverkan, Nora"},
                          {school.unit, "Elevhälsan, Lindesberg"},
                          {social.unit, "Socialtjänsten, Lindesberg"},
                          {clinic.unit, "BUP, Region Örebro län"},
                          {deacon.unit, "Svenska kyrkan, Nora"}},
                .users = {{id<UserId>(42), "Åsa Ek"}}};
    }

    static std::size_t lines_of(std::string_view page) {
        return static_cast<std::size_t>(std::ranges::count(page, '\n'));
    }
};

}  // namespace samsyn
