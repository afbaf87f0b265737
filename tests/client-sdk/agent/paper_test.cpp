#include "tests/client-sdk/agent/show_scene.hpp"

using namespace samsyn;

namespace {

struct PaperScene : ShowScene {
    std::string paper(const json& person, const char* lang = "sv") {
        const json args = {{"case", to_hex(family.case_id)}, {"person", person}, {"lang", lang}};
        return result("paper", args)["text"];
    }

    static bool has(const std::string& page, std::string_view text) {
        return page.find(text) != std::string::npos;
    }

    std::string meet(json more = json::object()) {
        json args = {{"case", to_hex(family.case_id)},
                     {"about", "Tuva Ekstubbe"},
                     {"title", "Nätverksmöte"},
                     {"starts_at", "2026-05-20 13:00"},
                     {"place", "Biblioteket"},
                     {"kind", "joint"}};
        args.update(more);
        return result("meeting.add", args)["item"]["id"];
    }

    void promise(std::string_view what, const json& more = json::object()) {
        clock.advance(1s);
        json fields = {{"what", what}, {"owner", "Åke Ström"}, {"due", "2026-05-12"}};
        if (more.contains("fields")) fields.update(more["fields"]);
        json args = {
            {"case", to_hex(family.case_id)}, {"about", "Tuva Ekstubbe"}, {"type", "commitment"}};
        args.update(more);
        args["fields"] = fields;
        result("item.add", args);
    }

    /// Something of the clinic's, which lets the team do these things with it.
    void clinic_promises(std::string_view what, std::initializer_list<Action> actions) {
        for (const PersonId& guardian : family.guardians) {
            clock.advance(1s);
            NewConsent wish;
            wish.case_id = family.case_id;
            wish.grantor = guardian;
            wish.capacity = Capacity::guardian;
            wish.subjects = {family.child};
            wish.disclosing = {world.clinic};
            wish.recipients = {Recipient{world.team, std::nullopt, std::nullopt}};
            wish.categories.insert(Category::plan);
            for (const Action action : actions) wish.actions.insert(action);
            wish.not_before = clock.now();
            wish.not_after = clock.now() + 24h * 200;
            wish.form = ConsentForm::written;
            must(psychiatrist->device->record_consent(wish));
        }
        clock.advance(1s);
        NewItem item;
        item.case_id = family.case_id;
        item.type = ItemType::commitment;
        item.about = {family.child};
        item.fields = {{"what", Value{std::string{what}}},
                       {"owner", Value{ReferenceId::from(psychiatrist->user.view())}}};
        must(psychiatrist->device->add_item(item));
        sync_everybody();
    }

    bool reads(std::string_view what) {
        for (const ItemView& item : must(psychologist->device->items(family.case_id)))
            if (item.text("what") == what) return true;
        return false;
    }
};

}  // namespace

TEST_CASE("Paper: says when we meet, about what, and who has promised what", "[paper]") {
    PaperScene scene;
    const std::string id = scene.meet({{"ends_at", "2026-05-20 14:15"}});
    scene.result("meeting.point.add", {{"meeting", id}, {"title", "Halva dagar"}, {"minutes", 15}});
    scene.promise("Ringa skolan");
    scene.promise("Klart för länge sedan", {{"fields", {{"state", "done"}}}});
    const std::string page = scene.paper("Sol Ekstubbe");
    INFO(page);
    CHECK(page.starts_with("Till Sol Ekstubbe\n"));
    CHECK(scene.has(page, "av Ylva Ek"));
    CHECK(scene.has(page, "NÄSTA MÖTE\n  Nätverksmöte (gemensamt)\n"));
    CHECK(scene.has(page, "  onsdag 20 maj 2026 klockan 13:00\n  Till klockan 14:15\n"));
    CHECK(scene.has(page, "  Plats: Biblioteket\n"));
    CHECK(scene.has(page, "  1. Halva dagar (15 minuter)\n"));
    CHECK(scene.has(page, "  - Åke Ström: Ringa skolan. Senast tisdag 12 maj 2026.\n"));
    CHECK_FALSE(scene.has(page, "Klart för länge sedan"));

    const std::string english = scene.paper("Sol Ekstubbe", "en");
    CHECK(scene.has(english, "Wednesday 20 May 2026 at 13:00"));
    CHECK(scene.has(english, "WHO HAS PROMISED WHAT"));
}

TEST_CASE("Paper: the next meeting is the nearest that is not over", "[paper]") {
    PaperScene scene;
    scene.meet({{"title", "Förra mötet"}, {"starts_at", "2026-05-01 13:00"}});
    scene.meet({{"title", "Sommarmötet"}, {"starts_at", "2026-06-20 13:00"}});
    scene.meet({{"title", "Majmötet"}});
    const std::string page = scene.paper("Sol Ekstubbe");
    CHECK(scene.has(page, "Majmötet"));
    CHECK_FALSE(scene.has(page, "Sommarmötet"));
    CHECK_FALSE(scene.has(page, "Förra"));
    // Nothing: also a page.
    PaperScene empty;
    CHECK(empty.has(empty.paper("Sol Ekstubbe"), "Just nu finns inget att visa."));
}

TEST_CASE("Attack: a guardian's paper holds nothing that the young person decides alone",
          "[paper][attack]") {
    PaperScene scene;
    scene.result("maturity.record",
                 {{"case", to_hex(scene.family.case_id)},
                  {"child", "Tuva Ekstubbe"},
                  {"categories", {"health"}},
                  {"until", "2026-12-31"},
                  {"alone", true}});
    const std::string id = scene.meet();
    scene.promise("Ringa skolan");
    const std::string before = scene.paper("Sol Ekstubbe");
    // As a youth clinic writes: a time, a point and a promise of care that guardians know nothing
    // of.
    scene.meet({{"title", "Ungdomsmottagningen"},
                {"starts_at", "2026-05-06 09:00"},
                {"category", "health"}});
    scene.result("item.add",
                 {{"case", to_hex(scene.family.case_id)},
                  {"about", "Tuva Ekstubbe"},
                  {"type", "agenda_point"},
                  {"category", "health"},
                  {"fields", {{"title", "Preventivmedel"}, {"meeting", id}, {"position", 1}}}});
    scene.promise("Skriva ut recept", {{"category", "health"}});
    const std::string page = scene.paper("Sol Ekstubbe");
    CHECK(page == before);  // not a letter tells that more is there
    CHECK(scene.has(page, "Ringa skolan"));
    // The young person's own has it.
    const std::string own = scene.paper("Tuva Ekstubbe");
    CHECK(scene.has(own, "Ungdomsmottagningen"));
    CHECK(scene.has(own, "Skriva ut recept"));
}

TEST_CASE("Attack: a paper holds nothing about the other guardian, or of a closed circle",
          "[paper][attack]") {
    PaperScene scene;
    scene.meet();
    const std::string before = scene.paper("Sol Ekstubbe");
    scene.promise("Prata om arbetet", {{"about", "Ask Ekstubbe"}});
    scene.promise("Prata med båda", {{"about", {"Ask Ekstubbe", "Tuva Ekstubbe"}}});
    const json circle =
        scene.result("audience.close",
                     {{"case", to_hex(scene.family.case_id)}, {"users", {"Ylva Ek", "Åke Ström"}}});
    scene.promise("Skydda adressen", {{"closed", circle.at("closed")}});
    CHECK(scene.reads("Skydda adressen"));
    CHECK(scene.paper("Sol Ekstubbe") == before);
    CHECK(scene.has(scene.paper("Ask Ekstubbe"), "Prata om arbetet"));
}

TEST_CASE("Attack: what a unit lets the team read, and not show, is on no paper",
          "[paper][attack]") {
    PaperScene scene;
    const std::string before = scene.paper("Sol Ekstubbe");
    SECTION("read alone") {
        scene.clinic_promises("Höja dosen", {Action::read});
        REQUIRE(scene.reads("Höja dosen"));
        CHECK_FALSE(scene.has(scene.paper("Sol Ekstubbe"), "Höja dosen"));
    }
    SECTION("read and shown") {
        scene.clinic_promises("Höja dosen", {Action::read, Action::show_in_meeting});
        REQUIRE(scene.reads("Höja dosen"));
        CHECK(scene.has(scene.paper("Sol Ekstubbe"), "Siv Ljung: Höja dosen."));
    }
    CHECK(scene.has(before, "inget att visa"));
}

TEST_CASE("Attack: a text cannot look like another part of the paper", "[paper][attack]") {
    PaperScene scene;
    scene.promise(
        "Ringa\n\nNÄSTA MÖTE\n  Falskt möte\r\x1b[2J\xe2\x80\xae"
        "ednev");
    const std::string page = scene.paper("Sol Ekstubbe");
    CHECK_FALSE(scene.has(page, "\nNÄSTA MÖTE"));
    CHECK_FALSE(scene.has(page, "\n  Falskt möte"));
    CHECK_FALSE(scene.has(page, "\x1b"));
    CHECK_FALSE(scene.has(page, "\xe2\x80\xae"));
    CHECK(scene.has(page, "Falskt möte"));
}

TEST_CASE("Paper: is for a person of the case, and is logged as printed", "[paper]") {
    PaperScene scene;
    scene.promise("Ringa skolan");
    const PersonId stranger =
        must(scene.psychologist->device->add_person(scene.family.case_id, "Moster Alm", {}));
    const std::string id = to_hex(scene.family.case_id);
    CHECK(scene.error("paper", {{"case", id}, {"person", "Moster Alm"}}) == "not_found");
    CHECK(scene.error("paper", {{"case", id}, {"person", "Ingen"}}) == "not_found");
    CHECK(scene.error("paper", {{"case", id}, {"person", to_hex(stranger)}, {"lang", "de"}}) ==
          "invalid_argument");
    scene.paper("Sol Ekstubbe");
    const auto reads = must(scene.psychologist->device->own_reads(scene.family.case_id, 10));
    REQUIRE_FALSE(reads.empty());
    CHECK(reads.front().entry.action == ReadAction::printed);
}
