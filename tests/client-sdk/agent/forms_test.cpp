#include "tests/client-sdk/agent/forms_scene.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace samsyn;
using nlohmann::json;

TEST_CASE("Forms: two guardians, three agencies: four commands, and few keystrokes", "[forms]") {
    FormsScene scene;
    const auto officer = scene.world.enrol("Bo Ek", scene.world.social, Role::case_officer);
    scene.sync(scene.world.administrator());
    scene.sync(*scene.psychologist);
    must(scene.psychologist->device->add_participant(scene.family.case_id,
                                                     officer->user,
                                                     scene.world.social,
                                                     Duty::member,
                                                     scene.clock.now() + 24h * 300));
    const std::string id = scene.begin();
    const json first = scene.sign(*scene.psychologist, scene.title, scene.sol);
    CHECK(first["form"]["agencies"].size() == 3);
    CHECK(first["consents"].size() == 12);
    CHECK(scene.missing(*scene.psychologist).size() == 1);
    const json second = scene.sign(*scene.psychologist, scene.title, scene.ask);
    CHECK(second["receipt"]["text"].get<std::string>().find("Ask Ekstubbe") != std::string::npos);
    CHECK(scene.missing(*scene.psychologist).empty());
    CHECK(scene.standing(*scene.psychologist, id, scene.sol) == "yes");

    // What a person types for the same (docs/OPERATIONS.md, "A family's consent").
    const std::vector<std::string> typed{
        R"(samsyn consent new "Familjen Ekstubbe")",
        R"(samsyn consent read "Familjen Ekstubbe")",
        R"(samsyn consent sign "Familjen Ekstubbe" --person "Sol Ekstubbe")",
        R"(samsyn consent sign "Familjen Ekstubbe" --person "Ask Ekstubbe")"};
    std::size_t keystrokes = 0;
    for (const std::string& line : typed) keystrokes += line.size() + 1;
    CHECK(typed.size() <= 8);
    CHECK(keystrokes <= 250);
}

TEST_CASE(
    "Forms: the other guardian answers later, to a colleague, on another tablet, by phone and "
    "then on paper; nothing is entered again",
    "[forms]") {
    FormsScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Delas med skolan");
    const std::string id = scene.begin();
    scene.sign(*scene.psychologist, id, scene.sol);
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "-");

    Person& colleague = *scene.worker;
    const json missing = scene.missing(colleague);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0]["person"]["name"] == scene.ask);
    CHECK(missing[0]["standing"] == "missing");
    CHECK(missing[0]["since"].get<std::string>().starts_with("2026-05-04T"));
    CHECK(scene.standing(colleague, id, scene.sol) == "yes");

    const std::string page = scene.say(colleague, "form.read", {{"form", id}})["page"];
    CHECK(page.find("Ask Ekstubbe") != std::string::npos);
    const json phone =
        scene.sign(colleague, id, scene.ask, {{"how", "phone"}, {"evidence", "Sa ja i telefon."}});
    CHECK(phone["counts_until"] == "2026-05-18");
    CHECK(phone["receipt"]["text"].get<std::string>().find("2026-05-18") != std::string::npos);
    REQUIRE(scene.missing(colleague).size() == 1);
    CHECK(scene.missing(colleague)[0]["standing"] == "oral");
    CHECK(scene.missing(colleague)[0]["write_by"] == "2026-05-18");
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "Delas med skolan");

    scene.sign(
        colleague, id, scene.ask, {{"how", "photographed"}, {"picture", std::string(64, 'a')}});
    CHECK(scene.missing(colleague).empty());
    scene.sync_everybody();
    CHECK(scene.missing(*scene.psychologist).empty());
    CHECK(scene.standing(*scene.psychologist, id, scene.ask) == "yes");
    scene.clock.advance(24h * 20);
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "Delas med skolan");
}

TEST_CASE("C-20: an oral yes that nobody wrote down is missing again after fourteen days",
          "[forms][scenario]") {
    FormsScene scene;
    const std::string id = scene.begin();
    scene.sign(*scene.psychologist, id, scene.sol, {{"how", "oral"}, {"evidence", "Ja."}});
    CHECK(scene.standing(*scene.psychologist, id, scene.sol) == "oral");
    scene.clock.advance(24h * 15);
    scene.sync(*scene.psychologist);
    CHECK(scene.standing(*scene.psychologist, id, scene.sol) == "oral_ended");
    scene.sign(*scene.psychologist, id, scene.sol);
    CHECK(scene.standing(*scene.psychologist, id, scene.sol) == "yes");
}

TEST_CASE("C-16: all that a form lacks is said at once, in both languages, and nothing is stored",
          "[forms][scenario]") {
    FormsScene scene;
    const json error = scene.refused(
        *scene.psychologist,
        "form.new",
        {{"case", scene.title},
         {"with", "alla"},
         {"without", {"Elevhälsan", "BUP"}},
         {"not_about",
          {"attendance", "school_adaptation", "social", "parenting", "plan", "meeting"}},
         {"until", "2028-06-30"}});
    CHECK(error["code"] == "invalid_argument");
    const std::string context = error["context"];
    for (const char* const part : {"\"all may talk\" is no consent",
                                   "about what",
                                   "a shorter time",
                                   "saknas:",
                                   "alla får prata",
                                   "en kortare tid"})
        CHECK(context.find(part) != std::string::npos);
    CHECK(scene.say(*scene.psychologist, "form.list", {})["forms"].empty());
    scene.say(*scene.psychologist, "form.new", {{"case", scene.title}, {"preview", true}});
    CHECK(scene.say(*scene.psychologist, "form.list", {})["forms"].empty());
}

TEST_CASE("Forms: unread, another code, somebody who does not decide, twice, closed: clear errors",
          "[forms]") {
    FormsScene scene;
    Person& person = *scene.psychologist;
    const std::string id = scene.say(person, "form.new", {{"case", scene.title}})["form"]["id"];
    const auto sign = [&](const char* who, json more = json::object()) {
        more.update({{"form", id}, {"person", who}});
        return scene.refused(person, "form.sign", more);
    };
    const auto says = [](const json& error, std::string_view words) {
        return error["context"].get<std::string>().find(words) != std::string::npos;
    };
    CHECK(says(sign(scene.sol), "läs upp den först"));
    CHECK(says(sign(scene.sol, {{"code", "0000-0000"}}), "inte sidan som lästes upp"));
    const std::string code = scene.say(person, "form.read", {{"form", id}})["code"];
    CHECK(sign("Tuva Ekstubbe")["code"] == "not_permitted");
    CHECK(says(sign(scene.sol, {{"how", "oral"}}), "vad som sades"));
    CHECK(says(sign(scene.sol, {{"how", "photographed"}}), "bilden"));
    scene.sign(person, code, scene.sol, {{"code", code}});
    CHECK(sign(scene.sol)["code"] == "already_exists");
    scene.say(person, "form.close", {{"form", id}});
    CHECK(says(sign(scene.ask), "avslutad"));
    CHECK(scene.missing(person).empty());
    CHECK(scene.run(person,
                    "form.sign",
                    {{"form", "ffff"}, {"person", scene.ask}})["error"]["code"] == "not_found");
}

TEST_CASE("Forms: a far-reaching subject is not signed orally", "[forms]") {
    FormsScene scene;
    const std::string id = scene.begin({{"also", "diagnosis"}});
    const json error =
        scene.refused(*scene.psychologist,
                      "form.sign",
                      {{"form", id}, {"person", scene.sol}, {"how", "phone"}, {"evidence", "ja"}});
    CHECK(error["context"].get<std::string>().find("skriftligt") != std::string::npos);
    scene.sign(*scene.psychologist,
               id,
               scene.sol,
               {{"how", "phone"}, {"evidence", "ja"}, {"except", "diagnosis"}});
}

TEST_CASE("Forms: a no on the form closes, and is opened again only by who was asked", "[forms]") {
    FormsScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Delas med skolan");
    const std::string id = scene.begin();
    scene.sign(*scene.psychologist, id, scene.sol);
    const json no =
        scene.say(*scene.psychologist, "form.refuse", {{"form", id}, {"person", scene.ask}});
    CHECK(no["closings"].size() == 6);
    CHECK(no["receipt"]["text"].get<std::string>().find("Du sa nej") != std::string::npos);
    CHECK(scene.standing(*scene.psychologist, id, scene.ask) == "no");
    CHECK(scene.missing(*scene.psychologist).empty());
    const json error =
        scene.refused(*scene.psychologist, "form.sign", {{"form", id}, {"person", scene.ask}});
    CHECK(error["context"].get<std::string>().find("--reopen") != std::string::npos);
    // Nothing of the attempt is left: not its evidence, not a consent.
    CHECK(scene.say(*scene.psychologist, "consent.list", {{"case", scene.title}})["consents"]
              .size() == 6);
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "-");

    const json spoken{{"reopen", true}, {"how", "phone"}, {"evidence", "Ja, nu går det bra."}};
    scene.sign(*scene.psychologist, id, scene.ask, spoken);
    CHECK(scene.standing(*scene.psychologist, id, scene.ask) == "oral");
    // Written down later, it needs no second asking.
    scene.sign(*scene.psychologist, id, scene.ask);
    CHECK(scene.standing(*scene.psychologist, id, scene.ask) == "yes");
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "Delas med skolan");
}

TEST_CASE("Forms: a withdrawal is shown where the person stands, and on the receipt", "[forms]") {
    FormsScene scene;
    const std::string id = scene.begin();
    const json signed_form = scene.sign(*scene.psychologist, id, scene.sol);
    scene.say(*scene.psychologist,
              "consent.withdraw",
              {{"case", scene.title}, {"consent", signed_form["consents"]}});
    CHECK(scene.standing(*scene.psychologist, id, scene.sol) == "withdrawn");
    const json receipts =
        scene.say(*scene.psychologist, "form.receipt", {{"of", id}, {"lang", "en"}})["receipts"];
    REQUIRE(receipts.size() == 1);
    CHECK(receipts[0]["ended"] == true);
    CHECK(receipts[0]["text"].get<std::string>().find("taken it back") != std::string::npos);
    const std::string consent = signed_form["consents"][0];
    const json one =
        scene.say(*scene.psychologist, "form.receipt", {{"of", consent.substr(0, 16)}});
    CHECK(one["receipts"][0]["text"].get<std::string>().find("Sol Ekstubbe") != std::string::npos);
}

TEST_CASE("Forms: a change of custody changes who is missing", "[forms]") {
    FormsScene scene;
    const std::string id = scene.begin();
    scene.sign(*scene.psychologist, id, scene.ask);
    CHECK(scene.missing(*scene.psychologist).size() == 1);
    scene.say(*scene.psychologist, "person.add", {{"case", scene.title}, {"name", "Mo Ek"}});
    scene.say(*scene.psychologist,
              "custody.record",
              {{"case", scene.title},
               {"child", "Tuva Ekstubbe"},
               {"guardians", {scene.sol, "Mo Ek"}},
               {"born", "2018-03-05"}});
    std::vector<std::string> names;
    for (const json& row : scene.missing(*scene.psychologist))
        names.push_back(row["person"]["name"]);
    std::ranges::sort(names);
    CHECK(names == std::vector<std::string>{"Mo Ek", "Sol Ekstubbe"});
    CHECK(scene.standing(*scene.psychologist, id, scene.ask) == "left");
    CHECK(scene.refused(*scene.psychologist,
                        "form.sign",
                        {{"form", id}, {"person", scene.ask}})["code"] == "not_permitted");
}

TEST_CASE("C-01b: about meetings one yes is enough, and the other guardian is told",
          "[forms][scenario]") {
    FormsScene scene;
    const std::string id = scene.begin(
        {{"not_about", {"attendance", "school_adaptation", "social", "parenting", "plan"}}});
    const json early =
        scene.refused(*scene.psychologist, "form.inform", {{"form", id}, {"person", scene.ask}});
    CHECK(early["code"] == "invalid_argument");
    scene.sign(*scene.psychologist, id, scene.sol, {{"how", "oral"}, {"evidence", "Ja."}});
    CHECK(scene.standing(*scene.psychologist, id, scene.ask) == "to_inform");
    scene.say(*scene.psychologist,
              "form.inform",
              {{"form", id}, {"person", scene.ask}, {"how", "phone"}});
    CHECK(scene.standing(*scene.psychologist, id, scene.ask) == "informed");
    CHECK(scene.missing(*scene.psychologist).empty());
}

TEST_CASE("Forms: what is excluded by one person is not shared, the rest is", "[forms]") {
    FormsScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Delas med skolan");
    const std::string id = scene.begin();
    scene.sign(*scene.psychologist, id, scene.sol, {{"not_with", "BUP"}});
    scene.sign(*scene.psychologist, id, scene.ask);
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "Delas med skolan");
    CHECK(scene.text(*scene.psychiatrist, note, "text") == "-");
}

TEST_CASE("Forms: a device that dies between two signatures loses neither form nor answer",
          "[forms][durability]") {
    const TemporaryFolder folder;
    FormsScene scene{folder.path()};
    Person& person = *scene.psychologist;
    const std::string id = scene.begin();
    scene.sign(person, id, scene.sol);
    person.device.reset();  // nothing was sent
    DeviceConfig config;
    config.server = "localhost:4430";
    config.federation = scene.world.federation();
    config.user = person.user;
    config.kind = DeviceKind::staff_tablet;
    person.device = must(Device::open(folder.path() / person.name / "samsyn.db",
                                      DatabaseMode::existing,
                                      config,
                                      {scene.clock,
                                       scene.world.random(),
                                       scene.world.hasher(),
                                       scene.world.verifier(),
                                       person.signing,
                                       person.sealer,
                                       person.pages}));
    CHECK(scene.standing(person, id, scene.sol) == "yes");
    // That the page was read is remembered too.
    scene.sign(person, id, scene.ask);
    CHECK(scene.missing(person).empty());
}
