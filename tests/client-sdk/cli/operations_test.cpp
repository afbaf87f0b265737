#include "client-sdk/agent/operations.hpp"

#include "crypto/envelope/sodium_sealer.hpp"
#include "crypto/identity/signing_key.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/sealed_pages.hpp"
#include "tests/support/seeded_random.hpp"

#include <samsyn/enrolment.hpp>

#include <nlohmann/json.hpp>

using namespace samsyn;
using nlohmann::json;

namespace {

/// One device in memory, with real keys, and its operations.
struct Machine {
    SigningKey signing;
    SodiumSealer sealer;
    SodiumPageCipher pages = test_pages();
    SealingPublicKey sealing;
    std::unique_ptr<Device> device;

    Machine(SigningKey signing_key, SealingKey sealing_key)
        : signing(std::move(signing_key)),
          sealer(std::move(sealing_key)),
          sealing(sealer.public_key()) {}
};

/// The first key that is made: libsodium must have been started.
SigningKey a_root() {
    REQUIRE(start_sodium().has_value());
    return SigningKey::generate();
}

/// A federation with an administrator and a psychologist who has opened a case.
class Story {
public:
    Story() {
        admin_ = std::make_unique<Machine>(SigningKey::generate(), SealingKey::generate());
        staff_ = std::make_unique<Machine>(SigningKey::generate(), SealingKey::generate());
        found();
        enrol();
        case_id = result(run("case.open", {{"title", "Familjen Alm"}}))["case"]["id"];
        for (const char* const name : {"Elin Alm", "Eva Alm", "Per Ålund"})
            result(run("person.add", {{"case", case_id}, {"name", name}}));
        result(run("custody.record",
                   {{"case", case_id},
                    {"child", "elin alm"},
                    {"guardians", {"Eva Alm", "PER ÅLUND"}},
                    {"born", "2017-03-05"}}));
    }

    json run(std::string_view operation, const json& args) {
        return Operations{*staff_->device, clock}.run(operation, args);
    }

    json admin(std::string_view operation, const json& args) {
        return Operations{*admin_->device, clock}.run(operation, args);
    }

    Device& staff() { return *staff_->device; }

    DeviceId staff_device() const { return staff_->device->device(); }

    static json result(const json& answer) {
        INFO(answer.dump(-1, ' ', false, json::error_handler_t::replace));
        REQUIRE(answer.value("ok", false));
        return answer["result"];
    }

    static json error(const json& answer) {
        INFO(answer.dump(-1, ' ', false, json::error_handler_t::replace));
        REQUIRE_FALSE(answer.value("ok", true));
        CHECK_FALSE(answer["error"]["hint"].get<std::string>().empty());
        CHECK_FALSE(answer["error"]["hint_sv"].get<std::string>().empty());
        return answer["error"];
    }

    json note(const json& more = json::object()) {
        json args = {{"case", case_id}, {"about", "Elin Alm"}, {"text", "Sover bättre."}};
        args.update(more);
        return result(run("note.add", args))["item"];
    }

    ManualClock clock;
    std::string case_id;
    std::string unit;
    std::string user;

private:
    Device::Ports ports(Machine& machine) {
        return {.clock = clock,
                .random = random_,
                .hasher = hasher_,
                .verifier = verifier_,
                .signer = machine.signing,
                .sealer = machine.sealer,
                .pages = machine.pages};
    }

    void open(Machine& machine, const UserId& user_id, DeviceKind kind) {
        const DeviceConfig config{.server = "127.0.0.1:1",
                                  .federation = founded_.federation,
                                  .root_key = root_.public_key(),
                                  .server_key = root_.public_key(),
                                  .user = user_id,
                                  .kind = kind};
        auto opened = Device::open_in_memory(config, ports(machine));
        REQUIRE(opened.has_value());
        machine.device = *std::move(opened);
        for (const Bytes& statement : founded_.statements)
            REQUIRE(machine.device->import_statement(statement).has_value());
    }

    void found() {
        const std::vector<std::string> names{"Nora", "Lindesberg"};
        founded_ = found_federation("Norra Örebro län",
                                    names,
                                    root_,
                                    admin_->signing.public_key(),
                                    admin_->sealing,
                                    random_,
                                    hasher_,
                                    clock.now());
        open(*admin_, founded_.administrator, DeviceKind::administrator_machine);
        for (const FoundedOrganisation& each : founded_.organisations)
            REQUIRE(admin_->device->name_organisation(each.id, each.name).has_value());
        unit = result(admin("admin.unit.add",
                            {{"organisation", "Nora"},
                             {"regime", "team"},
                             {"name", "Familjesamverkan"}}))["unit"]["id"];
        user = result(admin("admin.user.add",
                            {{"unit", "nora/familjesamverkan"},
                             {"role", "psychologist"},
                             {"name", "Åsa Ek"}}))["user"]["id"];
    }

    void enrol() {
        const std::string text = result(admin("admin.invite", {{"user", "åsa ek"}}))["invitation"];
        const auto invitation = invitation_from_text(text);
        REQUIRE(invitation.has_value());
        const EnrolmentReply reply = answer_invitation(
            *invitation, staff_->signing.public_key(), staff_->sealing, random_, hasher_);
        const json args = {{"answer", reply.answer}};
        const json revealed = result(admin("admin.accept", args));
        const auto code =
            comparison_code(reply.comparison, revealed.at("reveal").get<std::string>(), hasher_);
        REQUIRE(code.has_value());
        result(admin("admin.accept", {{"answer", reply.answer}, {"code", *code}}));
        CHECK(error(admin("admin.accept", args))["code"] == "already_exists");

        open(*staff_, invitation->user, DeviceKind::staff_tablet);
        const auto outgoing = admin_->device->outgoing_after(0, 1 << 20, clock.now());
        REQUIRE(outgoing.has_value());
        for (const Outgoing& each : *outgoing)
            if (each.kind == EntryKind::statement)
                REQUIRE(staff_->device->import_statement(each.bytes).has_value());
    }

    SodiumRandom random_;
    SodiumHasher hasher_;
    SodiumVerifier verifier_;
    SigningKey root_ = a_root();
    Founded founded_;
    std::unique_ptr<Machine> admin_;
    std::unique_ptr<Machine> staff_;
};

}  // namespace

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
              .at("context") == "reason");
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

namespace {

const json school_question = {{"text", "En elev har stor frånvaro. Hur kallar man till möte?"},
                              {"initiator", "school"},
                              {"difficulty", "school_absence"}};

json with(json args, const json& more) {
    args.update(more);
    return args;
}

/// What the device is going to send, in hexadecimal figures.
std::vector<std::string> to_send(Story& story) {
    std::vector<std::string> entries;
    const auto outgoing = story.staff().outgoing_after(0, 1U << 20U, story.clock.now());
    REQUIRE(outgoing.has_value());
    for (const Outgoing& each : *outgoing) entries.push_back(to_hex(each.bytes));
    return entries;
}

json consultations(Story& story) {
    return Story::result(story.run("consult.list", json::object()))["consultations"];
}

}  // namespace

TEST_CASE("C-27: a consultation that says who it is about is stopped, and what was found is said",
          "[operations][consultation]") {
    Story story;
    const auto before = to_send(story).size();
    const json error = Story::error(story.run(
        "consult.add", with(school_question, {{"text", "Det gäller Zaynab, 640823-3234."}})));
    CHECK(error["code"] == "not_permitted");
    REQUIRE(error["findings"].size() == 2);
    CHECK(error["findings"][0]["text"] == "Zaynab");
    CHECK(error["findings"][0]["kind"] == "name");
    CHECK(error["findings"][1]["kind"] == "personal_number");
    CHECK(error["hint"].get<std::string>().find("Zaynab") != std::string::npos);
    CHECK(consultations(story).empty());
    CHECK(to_send(story).size() == before);  // nothing was signed either
}

TEST_CASE("C-27: a false hit that is marked is saved, another text is not",
          "[operations][consultation]") {
    Story story;
    const json args = with(school_question, {{"text", "Vi har provat Lotus och lekterapi."}});
    CHECK(Story::error(story.run("consult.add", args))["findings"][0]["text"] == "Lotus");
    CHECK(Story::error(story.run("consult.add", with(args, {{"not_a_name", "Komet"}})))["code"] ==
          "not_permitted");
    Story::result(story.run("consult.add", with(args, {{"not_a_name", "Lotus"}})));
    CHECK(consultations(story).size() == 1);
}

TEST_CASE("C-27: no other operation writes into a consultation", "[operations][consultation]") {
    Story story;
    const std::string id = Story::result(story.run("consult.add", school_question))["case"];
    const json item = Story::result(story.run("item.list", {{"case", id}}))["items"][0];
    const json fields = {{"text", "Det gäller Elin Alm."}};
    for (const json& answer :
         {story.run("item.edit", {{"item", item["id"]}, {"fields", fields}}),
          story.run("person.add", {{"case", id}, {"name", "Elin Alm"}}),
          story.run("note.add", {{"case", id}, {"about", id}, {"text", "Elin Alm"}}),
          story.run("item.add",
                    {{"case", story.case_id},
                     {"about", "Elin Alm"},
                     {"type", "consultation"},
                     {"fields", fields}})})
        CHECK(Story::error(answer)["code"] == "invalid_argument");
}

TEST_CASE("C-28: small municipality and rare condition: a warning, and only the group is stored",
          "[operations][consultation]") {
    Story story;
    const json result = Story::result(
        story.run("consult.add",
                  with(school_question,
                       {{"text", "Ett barn i Kopparberg har Prader-Willi. Vem kan stötta?"},
                        {"municipality", "Ljusnarsberg"}})));
    CHECK(result["warning"]["municipality"] == "Ljusnarsberg");
    const json stored = consultations(story)[0];
    CHECK(stored["area"] == "norra Örebro län");
    CHECK(stored["text"] == "Ett barn i norra Örebro län har Prader-Willi. Vem kan stötta?");
    CHECK(Story::error(story.run(
              "consult.add", with(school_question, {{"municipality", "Storgatan 1"}})))["code"] ==
          "invalid_argument");
}

TEST_CASE("C-27: a case that a consultation becomes shares nothing with it",
          "[operations][consultation]") {
    Story story;
    const std::string before = Story::result(story.run("consult.add", school_question))["case"];
    const std::string after = Story::result(
        story.run("consult.convert", {{"case", before}, {"title", "Familjen Berg"}}))["case"]["id"];
    CHECK(before != after);
    Story::result(story.run("person.add", {{"case", after}, {"name", "Elin Berg"}}));

    std::size_t with_before = 0;
    std::size_t with_after = 0;
    for (const std::string& entry : to_send(story)) {
        const bool has_before = entry.find(before) != std::string::npos;
        const bool has_after = entry.find(after) != std::string::npos;
        CHECK_FALSE((has_before && has_after));
        with_before += has_before ? 1 : 0;
        with_after += has_after ? 1 : 0;
    }
    CHECK(with_before > 0);
    CHECK(with_after > 0);
    const json old_items = Story::result(story.run("item.list", {{"case", before}}));
    const json new_items = Story::result(story.run("item.list", {{"case", after}}));
    CHECK(old_items.dump().find(after) == std::string::npos);
    CHECK(old_items.dump().find("Berg") == std::string::npos);
    CHECK(new_items.dump().find(before) == std::string::npos);
    CHECK(new_items.dump().find("frånvaro") == std::string::npos);
}

TEST_CASE("C-30: after twelve months a consultation is counted once, and its text is gone",
          "[operations][consultation]") {
    Story story;
    const std::string id = Story::result(story.run("consult.add", school_question))["case"];
    const auto expire = [&] {
        return Story::result(story.run("consult.expire", json::object()))["destroyed"];
    };
    const auto counted = [&] { return Story::result(story.run("consult.count", json::object())); };
    CHECK(counted()["total"] == 1);
    story.clock.advance(std::chrono::hours{24 * 360});
    CHECK(expire() == 0);
    CHECK(consultations(story).size() == 1);
    story.clock.advance(std::chrono::hours{24 * 7});
    CHECK(expire() == 1);
    CHECK(expire() == 0);
    CHECK(consultations(story).empty());
    CHECK(Story::result(story.run("item.list", {{"case", id}}))["items"].empty());
    const json counts = counted();
    CHECK(counts["total"] == 1);
    CHECK(counts["counts"][0]["initiator"] == "school");
    CHECK(counts["counts"][0]["difficulty"] == "school_absence");
}

TEST_CASE("C-52: counts for readers outside the team hide small numbers and keep the sum",
          "[operations][consultation]") {
    Story story;
    for (int i = 0; i < 6; ++i) Story::result(story.run("consult.add", school_question));
    Story::result(story.run("consult.add", with(school_question, {{"initiator", "guardian"}})));
    const json shown = Story::result(story.run("consult.count", {{"outside", true}}));
    CHECK(shown["total"] == 7);
    CHECK(shown["months"][0]["cells"]["guardian"].is_null());
    CHECK(shown["months"][0]["cells"]["school"] == 6);
}
