#include "tests/client-sdk/agent/forms_scene.hpp"

using namespace samsyn;
using nlohmann::json;

namespace {

bool says(const json& error, std::string_view words) {
    return error["context"].get<std::string>().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("Forms: content that another device damaged is a clear error, and answers stand",
          "[forms][attack]") {
    FormsScene scene;
    const std::string id = scene.begin();
    scene.sign(*scene.psychologist, id, scene.sol);
    scene.sync_everybody();
    const FormView good =
        must(ConsentForms{*scene.psychologist->device}.form(ItemId::from(must(from_hex(id)))));
    FilledForm other = good.form;
    other.item.bytes.front() ^= std::byte{1};
    FilledForm elsewhere = good.form;
    elsewhere.case_id.bytes.front() ^= std::byte{1};
    for (const std::string& content : {std::string{"\x1b[2J skräp"},
                                       std::string(20'000, 'a'),
                                       std::string{"samsyn1-form-aaaa"},
                                       form_to_text(other),
                                       form_to_text(elsewhere)}) {
        scene.write_field(*scene.worker, id, "content", Value{content});
        scene.sync_everybody();
        const json listed = scene.say(*scene.psychologist, "form.list", {{"case", scene.title}});
        REQUIRE(listed["forms"].size() == 1);
        CHECK(listed["forms"][0].contains("damaged"));
        const json pending = scene.say(*scene.psychologist, "form.pending", {});
        CHECK(pending["damaged"].size() == 1);
        for (const char* const operation : {"form.sign", "form.refuse"}) {
            const json error = scene.refused(
                *scene.psychologist, operation, {{"form", id}, {"person", scene.ask}});
            CHECK(error["code"] == "malformed");
        }
        CHECK(scene.refused(*scene.psychologist, "form.read", {{"form", id}}).contains("hint"));
        CHECK(scene.say(*scene.psychologist, "consent.list", {{"case", scene.title}})["consents"]
                  .size() == 6);
    }
    // Written as it was, all is as before.
    scene.write_field(*scene.worker, id, "content", Value{form_to_text(good.form)});
    scene.sync_everybody();
    CHECK(scene.standing(*scene.psychologist, id, scene.sol) == "yes");
    scene.sign(*scene.psychologist, id, scene.ask);
}

TEST_CASE("Forms: a form that was changed after it was read is not signed", "[forms][attack]") {
    FormsScene scene;
    const std::string id = scene.begin();
    scene.sync_everybody();
    FormView view =
        must(ConsentForms{*scene.worker->device}.form(ItemId::from(must(from_hex(id)))));
    view.form.categories.insert(Category::finances);
    scene.write_field(*scene.worker, id, "content", Value{form_to_text(view.form)});
    scene.sync_everybody();
    const json error =
        scene.refused(*scene.psychologist, "form.sign", {{"form", id}, {"person", scene.sol}});
    CHECK(says(error, "inte den som lästes upp"));
    CHECK(scene.say(*scene.psychologist, "consent.list", {{"case", scene.title}})["consents"]
              .empty());
}

TEST_CASE("Forms: two contents that contradict are shown, and neither is signed",
          "[forms][attack]") {
    FormsScene scene;
    const std::string id = scene.begin();
    scene.sync_everybody();
    FormView view =
        must(ConsentForms{*scene.worker->device}.form(ItemId::from(must(from_hex(id)))));
    view.form.reach = Reach::history;
    scene.write_field(*scene.worker, id, "content", Value{form_to_text(view.form)});
    view.form.reach = Reach::from_now;
    scene.write_field(*scene.psychologist, id, "content", Value{form_to_text(view.form)});
    scene.sync_everybody();
    const json error =
        scene.refused(*scene.psychologist, "form.sign", {{"form", id}, {"person", scene.sol}});
    CHECK(says(error, "contradict"));
}

TEST_CASE("Forms: a line on the form without statements behind it is no answer",
          "[forms][attack]") {
    FormsScene scene;
    const std::string id = scene.begin();
    scene.sync_everybody();
    const FormView view =
        must(ConsentForms{*scene.worker->device}.form(ItemId::from(must(from_hex(id)))));
    FormSignature forged;
    forged.form = view.hash;
    forged.person = view.people.front().person;
    forged.subjects = view.people.front().subjects;
    forged.evidence = view.hash;
    forged.when = scene.clock.now();
    scene.write_field(*scene.worker, id, "signed", Value{signature_to_text(forged)});
    scene.write_field(*scene.worker, id, "signed", Value{std::string{"skräp"}});
    forged.form = {};
    scene.write_field(*scene.worker, id, "signed", Value{signature_to_text(forged)});
    scene.sync_everybody();
    const json listed = scene.say(*scene.psychologist, "form.list", {{"case", scene.title}});
    CHECK(listed["forms"][0]["unreadable"] == 2);
    std::vector<std::string> standings;
    for (const json& row : scene.missing(*scene.psychologist)) standings.push_back(row["standing"]);
    std::ranges::sort(standings);
    CHECK(standings == std::vector<std::string>{"missing", "unproven"});
    // And the person can answer as if nothing had been there.
    scene.sign(*scene.psychologist, id, scene.sol);
    scene.sign(*scene.psychologist, id, scene.ask);
    CHECK(scene.missing(*scene.psychologist).empty());
}

TEST_CASE("Forms: hostile arguments are refused by name and change nothing", "[forms][attack]") {
    FormsScene scene;
    const std::string id = scene.begin();
    const json hostile[] = {json(5),
                            json(true),
                            json("\xff\xfe"),
                            json(std::string(100'000, 'x')),
                            json::array({json::object()}),
                            json::object({{"unit", 5}}),
                            json(std::vector<std::string>(1000, "a"))};
    for (const json& value : hostile) {
        for (const char* const argument : {"template",
                                           "about",
                                           "with",
                                           "with_person",
                                           "without",
                                           "also",
                                           "not_about",
                                           "until",
                                           "from_day",
                                           "reach",
                                           "unit",
                                           "lang"})
            CHECK_FALSE(scene
                            .run(*scene.psychologist,
                                 "form.new",
                                 {{"case", scene.title}, {argument, value}})["ok"]
                            .get<bool>());
        for (const char* const argument :
             {"person", "how", "code", "picture", "except", "not_with"}) {
            json args = {{"form", id}, {"person", scene.sol}};
            args[argument] = value;
            CHECK_FALSE(scene.run(*scene.psychologist, "form.sign", args)["ok"].get<bool>());
        }
        CHECK_FALSE(
            scene.run(*scene.psychologist, "form.receipt", {{"of", value}})["ok"].get<bool>());
    }
    CHECK(scene.say(*scene.psychologist, "form.list", {})["forms"].size() == 1);
    CHECK(scene.say(*scene.psychologist, "consent.list", {})["consents"].empty());
}
