#include "tests/core/capture/form_scene.hpp"

#include <set>

using namespace samsyn;

TEST_CASE("Signers: each guardian of each child, an adult for themselves", "[capture]") {
    FormScene scene;
    scene.wishes.subjects = {scene.eva, scene.child, scene.child};
    const FilledForm form = scene.form();
    CHECK(form.subjects == std::vector{scene.child, scene.eva});
    const FormSigners signers = scene.signers(form);
    REQUIRE(signers.people.size() == 2);
    CHECK(signers.find(scene.eva)->subjects ==
          std::vector<DecidesFor>{{scene.child, Capacity::guardian}, {scene.eva, Capacity::self}});
    CHECK(signers.find(scene.per)->subjects ==
          std::vector<DecidesFor>{{scene.child, Capacity::guardian}});
    CHECK(signers.find(scene.child) == nullptr);
}

TEST_CASE("Signers: a change of custody changes who is missing, and nobody known is said",
          "[capture]") {
    FormScene scene;
    const FilledForm form = scene.form();
    scene.decide_for(scene.child, {scene.per});
    const FormSigners signers = scene.signers(form);
    REQUIRE(signers.people.size() == 1);
    CHECK(signers.people.front().person == scene.per);
    scene.forget_custody();
    CHECK(scene.signers(form).nobody_for == std::vector{scene.child});
    CHECK(scene.signers(form).people.empty());
}

TEST_CASE("Signers: a youth assessed as mature answers alone, or beside the guardians",
          "[capture]") {
    for (const bool alone : {true, false}) {
        FormScene scene;
        const FilledForm form = scene.form(ServiceModel::ungdomsmottagning);
        Maturity said;
        said.child = scene.child;
        said.categories = form.categories;
        said.alone = alone;
        said.assessor = scene.lead.user;
        said.from = FormScene::now - 1h;
        said.until = FormScene::now + 24h * 100;
        scene.say(said);
        const FormSigners signers = scene.signers(form);
        REQUIRE(signers.find(scene.child) != nullptr);
        CHECK(signers.find(scene.child)->subjects.front().capacity == Capacity::self);
        CHECK((signers.find(scene.eva) == nullptr) == alone);
    }
}

TEST_CASE("Signers: a special representative takes the place of a suspended guardian",
          "[capture]") {
    FormScene scene;
    const auto other = FormScene::id<PersonId>(4);
    scene.say(GuardianSuspended{.child = scene.child,
                                .guardian = scene.per,
                                .special_representative = other,
                                .from = FormScene::now - 1h,
                                .until = FormScene::now + 24h * 100});
    const FormSigners signers = scene.signers(scene.form());
    CHECK(signers.find(scene.per) == nullptr);
    REQUIRE(signers.find(other) != nullptr);
    CHECK(signers.find(other)->subjects.front().capacity == Capacity::special_representative);
}

TEST_CASE("Signature: yields one consent for each subject and line, and nothing wider",
          "[capture]") {
    FormScene scene;
    scene.wishes.subjects = {scene.child, scene.eva};
    const FilledForm form = scene.form();
    const FormSignature signature = scene.yes(form, scene.eva, SignedHow::oral);
    const auto consents = statements_for(form, signature);
    CHECK(consents.size() == form.flows.size() * 2);
    std::set<std::pair<PersonId, FormFlow>> said;
    for (const Consent& consent : consents) {
        said.insert({consent.subject, {consent.disclosing, consent.recipient}});
        CHECK(check_complete(consent).has_value());
        CHECK(consent.grantor == scene.eva);
        CHECK(consent.capacity ==
              (consent.subject == scene.eva ? Capacity::self : Capacity::guardian));
        CHECK(consent.categories == form.categories);
        CHECK(consent.actions == form.actions);
        CHECK(consent.purpose == form.purpose);
        CHECK(consent.not_after == form.not_after);
        CHECK(consent.form == ConsentForm::oral);
        CHECK(consent.evidence == signature.evidence);
        CHECK(std::ranges::count(form.flows, FormFlow{consent.disclosing, consent.recipient}) == 1);
    }
    CHECK(said.size() == consents.size());
    CHECK(refusals_for(form, signature).empty());
    CHECK(statements_for(form, scene.yes(form, scene.per)).size() == form.flows.size());
}

TEST_CASE("Signature: what is reserved narrows, who is excluded is refused", "[capture]") {
    const FormScene scene;
    const FilledForm form = scene.form();
    FormSignature signature = scene.yes(form, scene.per);
    signature.reserved.insert(Category::parenting);
    signature.not_with = {scene.clinic.unit};
    const auto consents = statements_for(form, signature);
    CHECK(consents.size() == 6);
    for (const Consent& consent : consents) {
        CHECK(consent.reserved == signature.reserved);
        CHECK(consent.disclosing != scene.clinic.unit);
        CHECK(consent.recipient.unit != scene.clinic.unit);
    }
    const auto refusals = refusals_for(form, signature);
    CHECK(refusals.size() == 6);
    for (const Closing& no : refusals) {
        CHECK(no.kind == ClosingKind::refusal);
        CHECK(no.decider == scene.per);
        CHECK((no.disclosing == scene.clinic.unit || no.recipient->unit == scene.clinic.unit));
    }
}

TEST_CASE("Signature: a no refuses every line and consents to none", "[capture]") {
    const FormScene scene;
    const FilledForm form = scene.form();
    FormSignature signature = scene.yes(form, scene.per);
    signature.answer = FormAnswer::no;
    CHECK(statements_for(form, signature).empty());
    CHECK(refusals_for(form, signature).size() == form.flows.size());
    signature.answer = FormAnswer::informed;
    CHECK(statements_for(form, signature).empty());
    CHECK(refusals_for(form, signature).empty());
    CHECK(gaps_in(form, signature, "").empty());
}

TEST_CASE("SignedHow: keys go both ways and say what the consent is", "[capture]") {
    for (unsigned i = 0; i <= static_cast<unsigned>(SignedHow::last); ++i) {
        const auto how = static_cast<SignedHow>(i);
        CHECK(find_signed_how(key_of(how)) == how);
        CHECK_FALSE(title_of(how).sv.empty());
    }
    CHECK(consent_form_of(SignedHow::phone) == ConsentForm::oral);
    CHECK(consent_form_of(SignedHow::photographed) == ConsentForm::written);
    CHECK(consent_form_of(SignedHow::electronic) == ConsentForm::electronic);
    CHECK_FALSE(find_signed_how("fax").has_value());
}
