#include "tests/core/capture/form_scene.hpp"

using namespace samsyn;

namespace {

std::string page_of(const FormScene& scene, const FilledForm& form, FamilyLanguage language) {
    const auto page = read_aloud_page(
        form, form_hash(FakeHasher{}, form), scene.signers(form), scene.names(), language);
    REQUIRE(page.has_value());
    return *page;
}

std::string receipt_of(const FormScene& scene,
                       const FilledForm& form,
                       const FormSignature& signature,
                       FamilyLanguage language) {
    const auto page =
        receipt({.form = form,
                 .signature = signature,
                 .code = form_code(signature.form),
                 .how = title_of(signature.how),
                 .counts_until = counts_until(form, signature, current_statute_table()),
                 .alone = false},
                scene.names(),
                language);
    REQUIRE(page.has_value());
    return *page;
}

}  // namespace

namespace {

constexpr std::string_view page_sv =
    R"(SAMTYCKE                                                  Blankett CODE
Familjesamverkan, Nora
  Vi läser det här för dig innan du bestämmer. Fråga när du vill.

Vem det handlar om
  Elin Alm.

Vem som får berätta för vem
  Alla de här får berätta för varandra:
  - Familjesamverkan, Nora
  - BUP, Region Örebro län
  - Elevhälsan, Lindesberg
  - Socialtjänsten, Lindesberg

Vad de får berätta om
  Skolnärvaro, anpassningar i skolan, socialtjänst, föräldraskap, plan och
  möten.
  Inget annat.

Varför, och vad de får göra
  För att stödet som du får ska hänga ihop.
  De får läsa det, visa det på möten, skriva i planen och ha det i en
  surfplatta.

Hur länge
  Från och med 2026-05-04 till och med 2027-05-04. Sedan slutar det av sig
  självt. Det som gäller i dag, och det som skrivs sedan.

Du bestämmer
  Du får säga ja eller nej, eller ja till en del. Du får stöd även om du
  säger nej.
  Du får ta tillbaka ditt ja när du vill. Du behöver inte säga varför. Säg
  det till någon av oss.
  Det som någon redan har skrivit i sin egen journal blir kvar där.
  Du får fråga vem som har läst.
  Lagen kräver ibland att någon berättar utan att fråga, som när ett barn
  far illa.

Ditt svar
  Det börjar när alla här har sagt ja.
  Eva Alm                         [ ] ja  [ ] nej  ______________________
  Per Ålund                       [ ] ja  [ ] nej  ______________________
)";

constexpr std::string_view receipt_en =
    R"(RECEIPT                                                       Form CODE
Eva Alm
  You said yes: 2026-05-04 11:30, said in person.
  Åsa Ek took your answer.

Whom it is about
  Elin Alm.

Who may tell whom
  All of these may tell each other:
  - Familjesamverkan, Nora
  - BUP, Region Örebro län
  - Elevhälsan, Lindesberg
  - Socialtjänsten, Lindesberg

About what
  School attendance, adaptations in school, social services, parenting, plan
  and meetings.
  But not about: parenting.
  But not with: BUP, Region Örebro län.
  So that the support you get fits together.

How long
  From 2026-05-04 to 2027-05-04. Then it ends by itself. What holds today,
  and what is written from now on.
  You said it, you did not sign it: it counts to 2026-05-18. After that we
  need it in writing.
  It begins when everybody who decides has said yes.

If you change your mind
  Take your yes back when you like, all of it or a part. You need not say
  why.
  Then the sharing ends. What somebody has written in a record of their own
  stays.
  Tell any of us, or Familjesamverkan, Nora.
  You may ask who has read.
)";

std::string with_code(std::string_view golden, const FilledForm& form) {
    std::string text{golden};
    return text.replace(text.find("CODE"), 4, form_code(form_hash(FakeHasher{}, form)));
}

}  // namespace

TEST_CASE("Sheet: the page that is read aloud in Swedish, word for word", "[capture][golden]") {
    const FormScene scene;
    const FilledForm form = scene.form();
    CHECK(page_of(scene, form, FamilyLanguage::swedish) == with_code(page_sv, form));
}

TEST_CASE("Sheet: the receipt in English, word for word", "[capture][golden]") {
    const FormScene scene;
    const FilledForm form = scene.form();
    FormSignature signature = scene.yes(form, scene.eva, SignedHow::oral);
    signature.reserved.insert(Category::parenting);
    signature.not_with = {scene.clinic.unit};
    CHECK(receipt_of(scene, form, signature, FamilyLanguage::english) ==
          with_code(receipt_en, form));
}

TEST_CASE("Sheet: every service model's page and receipts fit one sheet in both languages",
          "[capture]") {
    for (unsigned i = 0; i <= static_cast<unsigned>(ServiceModel::last); ++i) {
        const auto model = static_cast<ServiceModel>(i);
        CAPTURE(key_of(model));
        const FormScene scene;
        const FilledForm form = scene.form(model);
        for (const auto language : {FamilyLanguage::swedish, FamilyLanguage::english}) {
            CHECK(FormScene::lines_of(page_of(scene, form, language)) <= sheet_lines_max);
            FormSignature no = scene.yes(form, scene.per, SignedHow::phone);
            no.answer = FormAnswer::no;
            CHECK(FormScene::lines_of(receipt_of(scene, form, no, language)) <= sheet_lines_max);
        }
    }
}

TEST_CASE("Sheet: the largest form that the checks let through fits, with the longest names",
          "[capture]") {
    FormScene scene;
    SheetNames names = scene.names();
    const std::string long_name(60, 'W');
    scene.wishes.taking_part.clear();
    for (std::size_t i = 0; i < form_agencies_max; ++i) {
        const UnitRef unit = scene.world.unit(scene.nora, Regime::social);
        scene.wishes.taking_part.push_back(unit);
        names.units[unit.unit] = long_name;
    }
    const auto statements = [&] {
        return scene.form().flows.size() * scene.wishes.subjects.size();
    };
    while (scene.wishes.subjects.size() < form_subjects_max &&
           statements() + scene.form().flows.size() <= form_statements_max) {
        const auto child = scene.world.fresh<PersonId>();
        scene.wishes.subjects.push_back(child);
        names.persons[child] = long_name;
        scene.decide_for(child, {scene.eva, scene.per});
    }
    for (const Category category : {Category::health, Category::diagnosis, Category::finances})
        scene.wishes.also_about.insert(category);
    const FilledForm form = scene.form();
    for (const auto language : {FamilyLanguage::swedish, FamilyLanguage::english}) {
        const auto page = read_aloud_page(form, Hash{}, scene.signers(form), names, language);
        REQUIRE(page.has_value());
        CHECK(FormScene::lines_of(*page) <= sheet_lines_max);
    }
}

TEST_CASE("Sheet: what does not fit is an error and never left out", "[capture]") {
    FormScene scene;
    for (int i = 0; i < 40; ++i)
        scene.wishes.taking_part.push_back(scene.world.unit(scene.nora, Regime::social));
    const FilledForm form = scene.form();
    const auto page =
        read_aloud_page(form, Hash{}, scene.signers(form), scene.names(), FamilyLanguage::swedish);
    REQUIRE_FALSE(page.has_value());
    CHECK(page.error().code == Errc::limit_exceeded);
}

TEST_CASE("Sheet: lines that are not all mutual are said one by one, roles and persons named",
          "[capture]") {
    FormScene scene;
    scene.wishes.with = {{.unit = scene.deacon, .user = FormScene::id<UserId>(42)}};
    scene.wishes.without = {scene.clinic.unit, scene.social.unit};
    const std::string lots =
        page_of(scene, scene.form(ServiceModel::familjelotsen), FamilyLanguage::swedish);
    CHECK(lots.find("- Familjesamverkan, Nora får berätta för Elevhälsan, Lindesberg och") !=
          std::string::npos);
    CHECK(lots.find("(bara Åsa Ek)") != std::string::npos);
    CHECK(lots.find("- Elevhälsan, Lindesberg får berätta för Familjesamverkan, Nora.") !=
          std::string::npos);
    CHECK(lots.find("Alla de här") == std::string::npos);
}

TEST_CASE("Sheet: a name can move no cursor and end no line", "[capture][attack]") {
    FormScene scene;
    const FilledForm form = scene.form();
    SheetNames names = scene.names();
    names.persons[scene.eva] = "Eva\n[x] ja\x1b[2J\u202e\u009b1m\x7f";
    const auto page =
        read_aloud_page(form, Hash{}, scene.signers(form), names, FamilyLanguage::swedish);
    REQUIRE(page.has_value());
    CHECK(page->find("Eva [x] ja [2J  1m ") != std::string::npos);
    CHECK(page->find('\x1b') == std::string::npos);
    CHECK(sheet_name("\xff\xfe\n").find('\n') == std::string::npos);
    CHECK(columns_of(sheet_name(std::string(500, 'x'))) <= 41);
}

TEST_CASE("Sheet: a name that is missing is shown as the beginning of its id", "[capture]") {
    const FormScene scene;
    const FilledForm form = scene.form();
    const auto page =
        read_aloud_page(form, Hash{}, scene.signers(form), {}, FamilyLanguage::english);
    REQUIRE(page.has_value());
    CHECK(page->find("02020202") != std::string::npos);
}
