#include "tests/client-sdk/cli/operations_scene.hpp"

using namespace samsyn;
using nlohmann::json;

TEST_CASE("Operations: a case is opened, filled and shown with names beside ids", "[operations]") {
    Story story;
    const json shown = Story::result(story.run("case.show", {{"case", "FAMILJEN ALM"}}));
    CHECK(shown["case"]["title"] == "Familjen Alm");
    CHECK(shown["persons"].size() == 3);
    for (const json& person : shown["persons"])
        if (person["name"] == "Elin Alm") CHECK(person["guardians"].size() == 2);

    const json item = story.note({{"place", "Hemma"}});
    CHECK(item["type"] == "visit_note");
    CHECK(item["about"][0]["name"] == "Elin Alm");
    CHECK(item["unsent"] == true);
    const json list = Story::result(story.run("item.list", {{"case", "Familjen Alm"}}));
    CHECK_FALSE(list["items"].empty());
}

TEST_CASE("Operations: minutes are written over what one had read, and others' words stay",
          "[operations][text]") {
    Story story;
    const json called = Story::result(story.run("meeting.add",
                                                {{"case", "Familjen Alm"},
                                                 {"about", "Elin Alm"},
                                                 {"title", "Nätverksmöte"},
                                                 {"starts_at", "2026-05-20 13:00"},
                                                 {"fields", {{"minutes", "Beslut:\n"}}}}));
    const std::string id = called["item"]["id"];
    const json before = Story::result(story.run("text.read", {{"item", id}}));
    CHECK(before["field"] == "minutes");
    CHECK(before["text"] == "Beslut:\n");
    Story::result(story.run("text.write", {{"item", id}, {"text", "Närvarande: Anna\nBeslut:\n"}}));
    Story::result(
        story.run("text.write",
                  {{"item", id}, {"before", before["text"]}, {"text", "Beslut: skolan ringer\n"}}));
    CHECK(Story::result(story.run("text.read", {{"item", id}}))["text"] ==
          "Närvarande: Anna\nBeslut: skolan ringer\n");
    CHECK(Story::error(
              story.run("item.edit", {{"item", id}, {"fields", {{"minutes", "x"}}}}))["code"] ==
          "invalid_argument");
    Story::result(story.run("text.write", {{"item", id}, {"text", ""}}));
    CHECK(Story::result(story.run("text.read", {{"item", id}}))["text"] == "");
}

TEST_CASE("Operations: what is no text that several write, or no text at all, is refused",
          "[operations][text]") {
    Story story;
    const json seen = Story::result(story.run(
        "observation.add", {{"case", story.case_id}, {"about", "Elin Alm"}, {"text", "Borta"}}));
    const std::string note = seen["item"]["id"];
    const auto error = [&](json args) {
        return std::string{Story::error(story.run("text.write", args))["code"]};
    };
    CHECK(error({{"item", note}, {"text", "x"}}) == "invalid_argument");
    CHECK(error({{"item", note}, {"field", "text"}, {"text", "x"}}) == "invalid_argument");
    const json called = Story::result(story.run(
        "meeting.add", {{"case", "Familjen Alm"}, {"about", "Elin Alm"}, {"title", "Möte"}}));
    const std::string id = called["item"]["id"];
    CHECK(error({{"item", id}, {"text", 7}}) == "invalid_argument");
    CHECK(error({{"item", id}, {"text", "\xff"}}) == "invalid_argument");
    CHECK(error({{"item", id}, {"text", "x"}, {"before", "\xff"}}) == "invalid_argument");
    CHECK(error({{"item", id}, {"text", std::string(300'000, 'x')}}) == "limit_exceeded");
    CHECK(Story::error(
              story.run("settle", {{"item", id}, {"field", "minutes"}, {"value", "x"}}))["code"] ==
          "invalid_argument");
}

TEST_CASE("Operations: text is stored in NFC", "[operations]") {
    Story story;
    const json item = story.note({{"text", "A\xcc\x8asa"}});
    CHECK(item["title"] == "Åsa");
}

TEST_CASE("Operations: a name that fits two persons is ambiguous, and both are listed",
          "[operations]") {
    Story story;
    Story::result(story.run("person.add", {{"case", story.case_id}, {"name", "elin alm"}}));
    const json error = Story::error(
        story.run("note.add", {{"case", story.case_id}, {"about", "Elin Alm"}, {"text", "x"}}));
    CHECK(error["code"] == "ambiguous");
    CHECK(error["context"] == "about");
    REQUIRE(error["candidates"].size() == 2);
    const json by_id = story.run(
        "note.add",
        {{"case", story.case_id}, {"about", error["candidates"][0]["id"]}, {"text", "x"}});
    Story::result(by_id);
}

TEST_CASE("Operations: the beginning of an id is enough, three digits are not", "[operations]") {
    Story story;
    const std::string id = story.note()["id"];
    CHECK(Story::result(story.run("item.show", {{"item", id.substr(0, 12)}}))["item"]["id"] == id);
    CHECK(Story::error(story.run("item.show", {{"item", id.substr(0, 3)}}))["code"] == "not_found");
    CHECK(Story::error(story.run("case.show", {{"case", "Familjen Okänd"}}))["code"] ==
          "not_found");
}

TEST_CASE("Operations: consent without parties or end is refused, and says what is missing",
          "[operations]") {
    Story story;
    const json error = Story::error(
        story.run("consent.record", {{"case", story.case_id}, {"grantor", "Eva Alm"}}));
    CHECK(error["code"] == "invalid_argument");
    CHECK(error["context"] == "missing: about, from, to, categories, until");
}

TEST_CASE("Operations: consent is recorded until the end of its last day, listed, withdrawn",
          "[operations]") {
    Story story;
    const json args = {{"case", story.case_id},
                       {"grantor", "Eva Alm"},
                       {"about", "Elin Alm"},
                       {"from", story.unit},
                       {"to", json::array({{{"unit", story.unit}, {"role", "school_nurse"}}})},
                       {"categories", {"plan", "attendance"}},
                       {"until", "2026-06-30"}};
    Story::result(story.run("consent.record", args));
    const json listed = Story::result(story.run("consent.list", {{"case", story.case_id}}));
    REQUIRE(listed["consents"].size() == 1);
    CHECK(listed["consents"][0]["until"] == "2026-06-30");
    CHECK(listed["consents"][0]["not_after"] == "2026-06-30T22:00:00Z");
    CHECK(listed["consents"][0]["to"]["role"] == "school_nurse");

    const std::string id = listed["consents"][0]["id"];
    Story::result(
        story.run("consent.withdraw", {{"case", story.case_id}, {"consent", id.substr(0, 10)}}));
    const json after = Story::result(story.run("consent.list", {{"case", story.case_id}}));
    REQUIRE(after["closings"].size() == 1);
    CHECK(after["closings"][0]["kind"] == "withdrawal");
    CHECK(after["closings"][0]["decider"]["name"] == "Eva Alm");
}

TEST_CASE("Operations: a birth date makes the 18th birthday at midnight in Stockholm",
          "[operations]") {
    Story story;
    const json recorded = Story::result(story.run("custody.record",
                                                  {{"case", story.case_id},
                                                   {"child", "Elin Alm"},
                                                   {"guardians", "Eva Alm"},
                                                   {"born", "2017-03-05"}}));
    CHECK(recorded["adult_at"] == "2035-03-04T23:00:00Z");
    const json grown = Story::error(story.run("custody.record",
                                              {{"case", story.case_id},
                                               {"child", "Elin Alm"},
                                               {"guardians", "Eva Alm"},
                                               {"born", "2000-01-01"}}));
    CHECK(grown["context"].get<std::string>().starts_with("born"));
}

TEST_CASE("Operations: fields are edited by key, by choice word, and cleared by null",
          "[operations]") {
    Story story;
    const json added = Story::result(story.run("commitment.add",
                                               {{"case", story.case_id},
                                                {"about", "Elin Alm"},
                                                {"what", "Ringa skolan"},
                                                {"owner", story.user},
                                                {"due", "2026-05-20"}}));
    const std::string id = added["item"]["id"];
    const json edited = Story::result(
        story.run("item.edit", {{"item", id}, {"fields", {{"state", "klart"}, {"due", nullptr}}}}));
    for (const json& field : edited["item"]["fields"]) {
        if (field["key"] != "state") continue;
        CHECK(field["values"][0]["shown"] == "done");
        CHECK(field["values"][0]["shown_sv"] == "klart");
    }
    const json wrong =
        Story::error(story.run("item.edit", {{"item", id}, {"fields", {{"due", "igår"}}}}));
    CHECK(wrong["context"] == "due");
}

TEST_CASE("Operations: whatever is added may be a closed circle's alone", "[operations]") {
    Story story;
    for (const char* operation :
         {"note.add", "observation.add", "commitment.add", "plan.add", "item.add"}) {
        CAPTURE(operation);
        json args{{"case", story.case_id}, {"about", "Elin Alm"}, {"closed", "no circle"}};
        for (const char* needed : {"text", "what", "owner", "goal", "type", "fields"})
            args[needed] = "x";
        for (int left = 0; left < 6; ++left) {  // drops what this operation does not know
            const std::string why = Story::error(story.run(operation, args))["context"];
            if (!why.starts_with("unknown argument: ")) break;
            args.erase(why.substr(18));
        }
        CHECK(args.contains("closed"));
    }
}

TEST_CASE("Operations: hostile arguments are refused by name and change nothing", "[operations]") {
    Story story;
    const json before = Story::result(story.run("item.list", {{"case", story.case_id}}));
    json deep = json::array();
    for (int i = 0; i < 30; ++i) deep = json::array({deep});
    const json hostile[] = {json(5),
                            json(-1),
                            json(18446744073709551615ULL),
                            json(1e300),
                            json(true),
                            json(json::value_t::null),
                            json("\xff\xfe"),
                            json(std::string(100'000, 'x')),
                            json("\x1b[2J"),
                            json(""),
                            json::object({{"unit", 5}}),
                            json::array({json::object()}),
                            json(std::vector<std::string>(1000, "a")),
                            deep};
    const std::pair<const char*, json> requests[] = {
        {"case.open", {{"title", 0}, {"unit", 0}, {"model", 0}}},
        {"case.show", {{"case", 0}}},
        {"person.add", {{"case", story.case_id}, {"name", 0}, {"fields", 0}}},
        {"custody.record", {{"case", story.case_id}, {"child", 0}, {"guardians", 0}, {"born", 0}}},
        {"participant.add", {{"case", story.case_id}, {"user", 0}, {"duty", 0}}},
        {"consent.record",
         {{"case", story.case_id},
          {"grantor", 0},
          {"about", 0},
          {"from", 0},
          {"to", 0},
          {"categories", 0},
          {"until", 0}}},
        {"consent.confirm", {{"case", story.case_id}, {"consent", 0}}},
        {"consent.withdraw", {{"case", story.case_id}, {"consent", 0}}},
        {"consent.list", {{"pending", 0}}},
        {"note.add", {{"case", story.case_id}, {"about", 0}, {"text", 0}, {"date", 0}}},
        {"item.add", {{"case", story.case_id}, {"about", 0}, {"type", 0}, {"fields", 0}}},
        {"item.edit", {{"item", 0}, {"fields", 0}}},
        {"item.list", {{"case", story.case_id}, {"type", 0}}},
        {"settle", {{"item", 0}, {"field", 0}, {"keep", 0}}},
        {"why", {{"case", story.case_id}, {"who", 0}}},
        {"access", {{"case", 0}}},
        {"admin.unit.add", {{"organisation", 0}, {"regime", 0}, {"name", 0}}},
        {"admin.invite", {{"user", 0}, {"hours", 0}}},
        {"admin.invite", {{"room", 0}, {"unit", 0}, {"kind", 0}, {"until", 0}}},
        {"admin.accept", {{"answer", 0}, {"code", 0}}},
        {"admin.bulk.check", {{"rows", 0}}},
        {"admin.bulk.make", {{"row", 0}}},
        {"enrol.compare", {{"reveal", 0}}},
        {"admin.import", {{"statement", 0}}},
        {"admin.device.lock", {{"device", 0}}},
        {"admin.device.wipe", {{"device", 0}, {"discard_unsent", 0}}},
        {"admin.device.revoke", {{"device", 0}}},
    };
    for (const auto& [operation, args] : requests) {
        for (const json& value : hostile) {
            json bad = args;
            for (auto& [key, each] : bad.items())
                if (each != story.case_id) each = value;
            const json answer = story.run(operation, bad);
            CAPTURE(operation, value.dump(-1, ' ', true, json::error_handler_t::replace));
            // A strange text is still a text; all else is refused, or said to be at fault.
            const bool fine = answer.value("ok", false);
            const bool faulty =
                fine && answer["result"].contains("faults") && !answer["result"]["faults"].empty();
            CHECK((!fine || faulty || value.is_string() || value.is_boolean() || value.is_null()));
            if (!fine) CHECK_FALSE(answer["error"]["code"].get<std::string>().empty());
            CHECK_NOTHROW(answer.dump());
        }
    }
    CHECK(Story::error(story.run("case.close", {{"case", story.case_id}, {"reason", "x"}}))
              .at("context")
              .get<std::string>()
              .starts_with("reason: "));
    CHECK(Story::result(story.run("item.list", {{"case", story.case_id}}))["items"].size() ==
          before["items"].size());
}

TEST_CASE("Operations: an unknown operation and unknown arguments are refused", "[operations]") {
    Story story;
    CHECK(Story::error(story.run("case.burn", {}))["code"] == "invalid_argument");
    CHECK(Story::error(story.run("case.list", {{"x", 1}}))["context"] == "unknown argument: x");
    CHECK(Operations::writes("note.add"));
    CHECK_FALSE(Operations::writes("item.list"));
    CHECK_FALSE(Operations::writes("case.burn"));
}

TEST_CASE("Operations: readers and why answer with reasons in both languages", "[operations]") {
    Story story;
    story.note();
    const json readers = Story::result(story.run("readers", {{"case", story.case_id}}));
    REQUIRE_FALSE(readers["compartments"].empty());
    for (const json& row : readers["compartments"]) CHECK(row["mine"]["outcome"] == "permit");
    const json why =
        Story::result(story.run("why", {{"case", story.case_id}, {"category", "parenting"}}));
    REQUIRE(why["compartments"].size() == 1);
    const json reason = why["compartments"][0]["answers"][0]["decision"]["reasons"][0];
    CHECK(reason["key"] == "own_unit");
    CHECK(reason["sv"] == "din egen enhet har skrivit det");
}

TEST_CASE("Operations: why answers about users, units, devices and the family", "[operations]") {
    Story story;
    const json note = story.note();
    const auto answers = [&](const json& who) {
        json args = {{"item", note["id"]}};
        if (!who.is_null()) args["who"] = who;
        return Story::result(story.run("why", args))["compartments"][0]["answers"];
    };
    CHECK(answers(nullptr)[0]["decision"]["outcome"] == "permit");
    CHECK(answers(story.user)[0]["decision"]["outcome"] == "permit");
    CHECK(answers(story.unit)[0]["decision"]["outcome"] == "permit");
    CHECK(answers(to_hex(story.staff_device()))[0]["who"]["device"] ==
          to_hex(story.staff_device()));
    CHECK(answers("Eva Alm")[0]["viewer"] == true);
    CHECK(Story::error(story.run("why", {{"item", note["id"]}, {"who", "Ingen Alls"}}))["code"] ==
          "not_found");
}

TEST_CASE("error_to_json: gives a refusal the reason's words", "[operations]") {
    const json error = error_to_json({Errc::not_permitted, "not_participant"});
    CHECK(error["code"] == "not_permitted");
    CHECK(error["reason"]["sv"] == "deltar inte i ärendet");
    CHECK(error_to_json({Errc::malformed, "\xff"})["context"] == "?");
}

TEST_CASE("Operations: an administrator locks, wipes and revokes a device by its id", "[agent]") {
    Story story;
    const std::string device = to_hex(story.staff_device());
    const json ordered{{"device", device.substr(0, 12)}};
    CHECK(Story::result(story.admin("admin.device.lock", ordered))["device"] == device);
    const json wiped = Story::result(
        story.admin("admin.device.wipe", {{"device", device}, {"discard_unsent", true}}));
    CHECK(wiped["discard_unsent"] == true);
    CHECK(Story::result(story.admin("admin.device.wipe", ordered))["discard_unsent"] == false);
    CHECK(Story::error(story.run("admin.device.lock", ordered))["code"] == "not_permitted");
    CHECK(Story::result(story.admin("admin.device.revoke", ordered))["device"] == device);
    CHECK(Story::error(story.admin("admin.revoke", ordered))["code"] == "already_exists");
    CHECK(Operations::writes("admin.device.wipe"));
}

TEST_CASE("Operations: search finds words of one case in any normal form, and marks them",
          "[operations][search]") {
    Story story;
    story.note({{"text", "Besök på A\xcc\x8asen, sover bättre"}});
    for (const json& words : {json{"Åsen"}, json{"a\xcc\x8asen"}, json{"sov", "åse"}}) {
        const json found =
            Story::result(story.run("search", {{"case", "Familjen Alm"}, {"words", words}}));
        REQUIRE(found["hits"].size() == 1);
        CHECK(found["hits"][0]["item"]["type"] == "visit_note");
        CHECK(found["hits"][0]["snippet"].dump().find("Åsen") != std::string::npos);
        CHECK(found["more"] == false);
    }
    const json none =
        Story::result(story.run("search", {{"case", story.case_id}, {"words", "asen"}}));
    CHECK(none["hits"].empty());
}

TEST_CASE("Operations: words across cases are refused in plain words (C-51)",
          "[operations][search][attack]") {
    Story story;
    story.note({{"text", "missbruk Nora"}});
    for (const json& answer : {story.run("search", {{"words", "missbruk Nora"}}),
                               story.run("find", {{"text", "missbruk Nora"}})}) {
        const json error = Story::error(answer);
        CHECK(error["code"] == "not_permitted");
        CHECK(error["reason"]["key"] == "search_across_cases");
        CHECK(error["reason"]["sv"].get<std::string>().find("personnummer") != std::string::npos);
        CHECK(error["reason"]["en"].get<std::string>().find("personal number") !=
              std::string::npos);
        CHECK(error["hint_sv"].get<std::string>().find("öppnat ärende") != std::string::npos);
    }
    const json found = Story::result(story.run("find", {{"text", "ålund"}}));
    CHECK(found["found"][0]["person"]["name"] == "Per Ålund");
    CHECK(found["found"][0]["by"] == "name");
    CHECK(found["found"][0]["case"]["name"] == "Familjen Alm");
}

TEST_CASE("Operations: a personal number is taken in both forms and refused when it is wrong",
          "[operations][search]") {
    Story story;
    const auto add = [&](const char* name, const char* number) {
        return story.run(
            "person.add",
            {{"case", story.case_id}, {"name", name}, {"fields", {{"personal_number", number}}}});
    };
    const json wrong = Story::error(add("Ola Alm", "20170305-2388"));
    CHECK(wrong["code"] == "invalid_argument");
    CHECK(wrong["context"].get<std::string>().find("2388") == std::string::npos);
    Story::result(add("Ola Alm", "201703052389"));
    for (const char* const number : {"20170305-2389", "201703052389"}) {
        CHECK(Story::result(story.run("find", {{"text", number}}))["found"][0]["person"]["name"] ==
              "Ola Alm");
        CHECK(
            Story::result(story.run("search", {{"case", story.case_id}, {"words", number}}))["hits"]
                .size() == 1);
    }
}

TEST_CASE("Operations: hostile words are text or refused, never a crash or an error of SQL",
          "[operations][search][attack]") {
    Story story;
    story.note();
    for (const json& words : {json{"\" OR text : *"},
                              json{"NEAR(a b, 2)"},
                              json{"names:elin"},
                              json(std::string{"el\0in", 5}),
                              json{"{names} : elin", "^sover"}})
        CHECK(
            Story::result(story.run("search", {{"case", story.case_id}, {"words", words}}))["hits"]
                .empty());
    for (const json& words : {json(std::string(1024 * 1024, 'a')),
                              json(std::string{"\xff\xfe"}),
                              json(17),
                              json::array(),
                              json{""},
                              json(std::vector<std::string>(65, "a"))}) {
        const std::string code =
            Story::error(story.run("search", {{"case", story.case_id}, {"words", words}}))["code"];
        CHECK((code == "limit_exceeded" || code == "invalid_argument"));
    }
}
