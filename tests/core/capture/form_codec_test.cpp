#include "tests/core/capture/form_scene.hpp"
#include "tests/support/generators.hpp"

using namespace samsyn;

namespace {

FilledForm with_everything(const FormScene& scene) {
    FilledForm form = scene.form();
    form.subjects.push_back(scene.eva);
    form.flows.push_back(
        {scene.clinic.unit, {scene.deacon.unit, Role::nurse, FormScene::id<UserId>(5)}});
    std::ranges::sort(form.subjects);
    std::ranges::sort(form.flows);
    return form;
}

}  // namespace

TEST_CASE("Form: what is encoded decodes to the same, as bytes and as text", "[capture][codec]") {
    const FormScene scene;
    for (const FilledForm& form : {scene.form(), with_everything(scene), FilledForm{}}) {
        const auto back = decode_form(encode_form(form));
        REQUIRE(back.has_value());
        CHECK(*back == form);
        const auto read = form_from_text(form_to_text(form));
        REQUIRE(read.has_value());
        CHECK(*read == form);
    }
}

TEST_CASE("Form: whatever bytes decode encode back to the same bytes", "[capture][codec][attack]") {
    const FormScene scene;
    const Bytes good = encode_form(with_everything(scene));
    const bool held =
        rc::check([&](const std::vector<std::pair<std::uint16_t, std::uint8_t>>& changes) {
            Bytes bytes = good;
            for (const auto& [at, value] : changes) bytes[at % bytes.size()] = std::byte{value};
            if (const auto form = decode_form(bytes)) RC_ASSERT(encode_form(*form) == bytes);
        });
    CHECK(held);
}

TEST_CASE("Form: cut short, prolonged, unsorted, of a newer format: each is refused",
          "[capture][codec][attack]") {
    const FormScene scene;
    const Bytes good = encode_form(with_everything(scene));
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_FALSE(decode_form(ByteView{good}.first(size)).has_value());
    Bytes longer = good;
    longer.push_back(std::byte{0});
    CHECK(decode_form(longer).error().code == Errc::trailing_bytes);
    Bytes newer = good;
    newer.front() = std::byte{2};
    CHECK(decode_form(newer).error().code == Errc::unsupported_version);
    FilledForm unsorted = scene.form();
    std::ranges::reverse(unsorted.flows);
    CHECK(decode_form(encode_form(unsorted)).error().code == Errc::malformed);
    FilledForm twice = scene.form();
    twice.subjects = {scene.child, scene.child};
    CHECK(decode_form(encode_form(twice)).error().code == Errc::malformed);
    FilledForm many = scene.form();
    many.flows.assign(form_flows_max + 1, many.flows.front());
    CHECK(decode_form(encode_form(many)).error().code == Errc::limit_exceeded);
}

TEST_CASE("Form: a text with a wrong letter, prefix or length is refused",
          "[capture][codec][attack]") {
    const FormScene scene;
    std::string text = form_to_text(scene.form());
    CHECK(form_from_text("samsyn1-signed-" + text).error().code == Errc::malformed);
    CHECK(form_from_text("").error().code == Errc::malformed);
    CHECK(form_from_text(std::string(20'000, 'a')).error().code == Errc::limit_exceeded);
    text[20] = text[20] == 'a' ? 'b' : 'a';
    CHECK(form_from_text(text).error().code == Errc::malformed);
}

TEST_CASE("Form: another form, item or period has another hash and code", "[capture][codec]") {
    const FormScene scene;
    const FilledForm form = scene.form();
    const Hash hash = form_hash(FakeHasher{}, form);
    FilledForm other = form;
    other.item = FormScene::id<ItemId>(99);
    CHECK(form_hash(FakeHasher{}, other) != hash);
    other = form;
    other.not_after += 1ms;
    CHECK(form_hash(FakeHasher{}, other) != hash);
    other = form;
    other.flows.pop_back();
    CHECK(form_hash(FakeHasher{}, other) != hash);
    CHECK(form_code(hash).size() == 9);
    CHECK(form_code(hash)[4] == '-');
}

TEST_CASE("Signature: what is encoded decodes to the same, and damaged texts are refused",
          "[capture][codec][attack]") {
    const FormScene scene;
    FormSignature signature = scene.yes(scene.form(), scene.per, SignedHow::photographed);
    signature.reserved.insert(Category::social);
    signature.not_with = {scene.clinic.unit};
    signature.picture = FormScene::id<Hash>(3);
    const std::string text = signature_to_text(signature);
    const auto back = signature_from_text(text);
    REQUIRE(back.has_value());
    CHECK(*back == signature);
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string bad = text;
        bad[at] = bad[at] == 'a' ? 'b' : 'a';
        CHECK_FALSE(signature_from_text(bad).has_value());
        CHECK_FALSE(signature_from_text(text.substr(0, at)).has_value());
    }
    signature.not_with = {scene.clinic.unit, scene.school.unit};
    std::ranges::sort(signature.not_with, std::ranges::greater{});
    CHECK(signature_from_text(signature_to_text(signature)).error().code == Errc::malformed);
}
