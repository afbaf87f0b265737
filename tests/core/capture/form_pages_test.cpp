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

TEST_CASE("print pages", "[.print]") {
    const FormScene scene;
    const FilledForm form = scene.form();
    for (const FamilyLanguage language : {FamilyLanguage::swedish, FamilyLanguage::english}) {
        std::puts(page_of(scene, form, language).c_str());
        FormSignature signature = scene.yes(form, scene.eva, SignedHow::oral);
        signature.reserved.insert(Category::parenting);
        signature.not_with = {scene.clinic.unit};
        std::puts(receipt_of(scene, form, signature, language).c_str());
    }
}
