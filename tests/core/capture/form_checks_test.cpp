#include "tests/core/capture/form_scene.hpp"

using namespace samsyn;

TEST_CASE("ConsentTemplate: every service model has a row that makes a complete form",
          "[capture]") {
    for (unsigned i = 0; i <= static_cast<unsigned>(ServiceModel::last); ++i) {
        const auto model = static_cast<ServiceModel>(i);
        CAPTURE(key_of(model));
        const FormScene scene;
        const FilledForm form = scene.form(model);
        CHECK(to_text(scene.gaps(form)) == to_text(Gaps{}));
        const ConsentTemplate& row = FormScene::row(model);
        CHECK(row.months >= 1);
        CHECK(row.months <= row.months_max);
        CHECK((row.categories.bits & row.offered.bits) == 0);
        CHECK_FALSE(form.flows.empty());
        for (unsigned c = 0; c <= static_cast<unsigned>(Category::last); ++c)
            if (row.categories.contains(static_cast<Category>(c)))
                CHECK(usual_sensitivity(static_cast<Category>(c)) != Sensitivity::far_reaching);
    }
}

TEST_CASE("ConsentTemplate: the youth clinic's form reaches from now on and stays with one page",
          "[capture]") {
    const FormScene scene;
    const FilledForm form = scene.form(ServiceModel::ungdomsmottagning);
    CHECK(form.reach == Reach::from_now);
    CHECK(agencies_of(form) == std::vector{scene.clinic.unit});
}

TEST_CASE("Form: it is filled in both directions, and what is unticked is on no line",
          "[capture]") {
    FormScene scene;
    CHECK(scene.form().flows.size() == 12);
    scene.wishes.without = {scene.clinic.unit};
    const FilledForm form = scene.form();
    CHECK(form.flows.size() == 6);
    std::vector<UnitId> left{scene.school.unit, scene.social.unit};
    std::ranges::sort(left);
    CHECK(agencies_of(form) == left);
    CHECK(std::ranges::count(form.flows,
                             FormFlow{scene.school.unit, {scene.social.unit, {}, {}}}) == 1);
    CHECK(scene.form(ServiceModel::familjelotsen).flows.size() == 4);
    scene.wishes.not_about.insert(Category::social);
    scene.wishes.also_about.insert(Category::diagnosis);
    CHECK_FALSE(scene.form().categories.contains(Category::social));
    CHECK(scene.form().categories.contains(Category::diagnosis));
}

TEST_CASE("Form: without words on its end it ends as the template says", "[capture]") {
    const FormScene scene;
    CHECK(scene.form().not_after ==
          end_of_day({std::chrono::sys_days{std::chrono::year{2027} / 5 / 4}}));
    CHECK(months_after({std::chrono::sys_days{std::chrono::year{2026} / 8 / 31}}, 6) ==
          Date{std::chrono::sys_days{std::chrono::year{2027} / 2 / 28}});
}

TEST_CASE("C-16: \"all agencies may talk\", no parties, no period: all that is missing is said",
          "[capture][scenario]") {
    FormScene scene;
    FilledForm form = scene.form();
    form.subjects.clear();
    form.flows.clear();
    form.categories = {};
    form.not_after = Instant{};
    FormFacts facts = scene.facts(form);
    CHECK(gaps_in(form, facts) ==
          Gaps{Gap::no_subject, Gap::no_agency, Gap::no_category, Gap::no_end});
    facts.everybody = true;
    const Gaps gaps = gaps_in(form, facts);
    CHECK(gaps == Gaps{Gap::no_subject, Gap::blanket, Gap::no_category, Gap::no_end});
    const std::string text = to_text(gaps);
    CHECK(text.find("\"all may talk\" is no consent") != std::string::npos);
    CHECK(text.find("saknas: vem det handlar om; vilka verksamheter med namn") !=
          std::string::npos);
    CHECK(text.find("till och med när") != std::string::npos);
}

TEST_CASE("C-16: a line without a unit, or about everything, is a blanket", "[capture][scenario]") {
    const FormScene scene;
    FilledForm form = scene.form();
    form.flows.front().disclosing = {};
    CHECK(scene.gaps(form) == Gaps{Gap::blanket});
    FilledForm all = scene.form();
    for (unsigned c = 0; c <= static_cast<unsigned>(Category::contact); ++c)
        all.categories.insert(static_cast<Category>(c));
    CHECK(scene.gaps(all) == Gaps{Gap::everything});
    all.categories.insert(Category::directory);
    CHECK(scene.gaps(all) == Gaps{Gap::everything, Gap::unknown_category});
}

TEST_CASE("Form: its period is at most what the table says, and not over", "[capture]") {
    FormScene scene;
    FilledForm form = scene.form();
    form.not_after += 24h;
    CHECK(scene.gaps(form) == Gaps{Gap::too_long});
    form.not_after = instant_max;
    CHECK(scene.gaps(form) == Gaps{Gap::no_end});
    form.not_before = FormScene::now - 48h;
    form.not_after = FormScene::now - 24h;
    CHECK(scene.gaps(form) == Gaps{Gap::over});
    form.not_before = FormScene::now;
    CHECK(scene.gaps(form) == Gaps{Gap::no_period, Gap::over});
    form = scene.form();
    form.table = 99;
    CHECK(scene.gaps(form) == Gaps{Gap::no_template});
}

TEST_CASE("C-47: a private agency is named as a person", "[capture][scenario]") {
    FormScene scene;
    scene.wishes.with = {{.unit = scene.deacon}};
    CHECK(scene.gaps(scene.form()) == Gaps{Gap::must_be_named});
    scene.wishes.with = {{.unit = scene.deacon, .user = FormScene::id<UserId>(50)}};
    CHECK(scene.gaps(scene.form()).empty());
}

TEST_CASE("Form: nobody known to decide, unknown units and too many agencies are said together",
          "[capture]") {
    FormScene scene;
    scene.forget_custody();
    for (unsigned char i = 0; i < 9; ++i)
        scene.wishes.with.push_back(
            {.unit = {scene.nora,
                      FormScene::id<UnitId>(static_cast<unsigned char>(60 + i)),
                      Regime::social}});
    CHECK(scene.gaps(scene.form()) ==
          Gaps{Gap::nobody_decides, Gap::unknown_agency, Gap::too_many});
}

TEST_CASE("Form: a purpose that consent cannot open is said", "[capture]") {
    const FormScene scene;
    FilledForm form = scene.form();
    form.purpose = static_cast<Purpose>(60'000);
    CHECK(scene.gaps(form) == Gaps{Gap::not_by_consent});
    form.actions = {};
    CHECK(scene.gaps(form) == Gaps{Gap::no_action, Gap::not_by_consent});
}

TEST_CASE("Signature: a far-reaching subject needs writing, unless it is reserved", "[capture]") {
    FormScene scene;
    scene.wishes.also_about.insert(Category::diagnosis);
    const FilledForm form = scene.form();
    FormSignature spoken = scene.yes(form, scene.eva, SignedHow::phone);
    CHECK(gaps_in(form, spoken, "") == Gaps{Gap::must_be_written, Gap::no_words});
    CHECK(gaps_in(form, spoken, "ja") == Gaps{Gap::must_be_written});
    spoken.reserved.insert(Category::diagnosis);
    CHECK(gaps_in(form, spoken, "ja").empty());
    CHECK(gaps_in(form, scene.yes(form, scene.eva), "").empty());
    CHECK(gaps_in(form, scene.yes(form, scene.eva, SignedHow::photographed), "") ==
          Gaps{Gap::no_picture});
}

TEST_CASE("Signature: reservations are about the form and leave something", "[capture]") {
    const FormScene scene;
    const FilledForm form = scene.form();
    FormSignature signature = scene.yes(form, scene.eva);
    signature.reserved.insert(Category::housing);
    CHECK(gaps_in(form, signature, "") == Gaps{Gap::foreign_reservation});
    signature.reserved = form.categories;
    CHECK(gaps_in(form, signature, "") == Gaps{Gap::all_reserved});
    signature.reserved = {};
    signature.not_with = {scene.team.unit};
    CHECK(gaps_in(form, signature, "") == Gaps{Gap::foreign_reservation});
    signature.not_with = agencies_of(form);
    CHECK(gaps_in(form, signature, "") == Gaps{Gap::all_reserved});
}

TEST_CASE("C-20: an oral yes counts fourteen days, one about meetings only to the form's end",
          "[capture][scenario]") {
    const FormScene scene;
    FilledForm form = scene.form();
    const FormSignature spoken = scene.yes(form, scene.eva, SignedHow::oral);
    CHECK(counts_until(form, spoken, current_statute_table()) == spoken.when + 24h * 14);
    CHECK(counts_until(form, scene.yes(form, scene.eva), current_statute_table()) ==
          form.not_after);
    form.categories = {};
    form.categories.insert(Category::meeting);
    CHECK(one_suffices(form));
    CHECK(counts_until(form, spoken, current_statute_table()) == form.not_after);
}
