#include "tests/client-sdk/agent/show_scene.hpp"

using namespace samsyn;

namespace {

/// 13:00 in Sweden, on the day on which the scene's clock starts.
constexpr Instant one_o_clock{std::chrono::sys_days{std::chrono::year{2026} / 5 / 4} + 11h};

/// The school may read what is about meetings; the clinic may not.
struct MeetingScene : ShowScene {
    MeetingScene() { share(world.school, {Category::meeting}); }

    json call(json more = json::object()) {
        json args = {{"case", to_hex(family.case_id)},
                     {"about", "Tuva Ekstubbe"},
                     {"title", "Gemensamt möte"},
                     {"starts_at", "2026-05-20 13:00"}};
        args.update(more);
        return result("meeting.add", args)["item"];
    }

    std::string id_of(const json& item) { return item.at("id"); }

    json show(const std::string& meeting) {
        return result("meeting.show", {{"meeting", meeting}})["meeting"];
    }

    std::string point(const std::string& meeting, std::string_view title, int minutes) {
        const json args = {{"meeting", meeting}, {"title", title}, {"minutes", minutes}};
        const json written = result("meeting.point.add", args)["meeting"];
        return written.at("agenda").back().at("id");
    }

    /// The titles of the agenda, in order.
    std::string titles(const std::string& meeting, const char* list = "agenda") {
        std::string titles;
        const json shown = show(meeting);
        for (const json& each : shown.at(list))
            titles.append(titles.empty() ? "" : " ").append(each.at("title").get<std::string>());
        return titles;
    }

    json line_of(const std::string& meeting, std::string_view name) {
        const json shown = show(meeting);
        for (const json& line : shown.at("roster"))
            if (line.at("user").at("name") == name) return line;
        return {};
    }

    bool attends(const std::string& meeting, std::string_view name) {
        const json line = line_of(meeting, name);
        return line.is_object() && line.at("attended").get<bool>();
    }

    json let_in(const std::string& meeting, std::string_view who) {
        return result("meeting.let_in", {{"meeting", meeting}, {"who", who}});
    }
};

}  // namespace

TEST_CASE("Meeting: who enters is there until they leave", "[meeting][presence]") {
    MeetingScene scene;
    const std::string id = scene.id_of(scene.call());
    CHECK(scene.show(id)["here"].empty());
    const json here = scene.result("meeting.enter", {{"meeting", id}})["here"];
    REQUIRE(here.size() == 1);
    CHECK(here[0]["own"] == true);
    CHECK(scene.show(id)["here"] == here);
    CHECK(scene.result("meeting.leave", {{"meeting", id}})["here"].empty());
    CHECK(scene.show(id)["here"].empty());
}

TEST_CASE("Meeting: a template fills in agenda, end and those who may read it", "[meeting]") {
    MeetingScene scene;
    const std::string id = scene.id_of(scene.call({{"kind", "gemensamt"}, {"template", "own"}}));
    const json meeting = scene.show(id);
    CHECK(meeting["kind"] == "joint");
    CHECK(meeting["kind_sv"] == "gemensamt");
    REQUIRE(meeting["agenda"].size() == 6);
    CHECK(meeting["agenda"][0]["title"] == "Vad vi ska hinna i dag");
    CHECK(meeting["agenda"][1]["starts"] == "2026-05-20T11:05:00Z");
    CHECK(meeting["ends_at"] == "2026-05-20T12:15:00Z");
    CHECK(meeting["times"]["planned_minutes"] == 75);

    const json school = scene.line_of(id, "Mårten Öst");
    CHECK(school["invited"] == true);
    CHECK(school["role_title_sv"] == "kurator");
    CHECK_FALSE(school["unit"]["name"].get<std::string>().empty());
    CHECK(scene.line_of(id, "Åke Ström")["invited"] == true);
    // To name the clinic would tell the school that it takes part.
    CHECK(scene.line_of(id, "Siv Ljung")["invited"] == false);
    CHECK(meeting["family"].size() == 3);
}

TEST_CASE("Meeting: a colleague of the own unit who has no tablet yet is called", "[meeting]") {
    MeetingScene scene;
    Person& admin = scene.world.administrator();
    const UserId bo = must(admin.device->add_user(scene.world.team, Role::nurse, "Bo Ås"));
    scene.sync(admin);
    scene.sync(*scene.psychologist);
    must(scene.psychologist->device->add_participant(
        scene.family.case_id, bo, scene.world.team, Duty::member, scene.clock.now() + 24h * 30));
    CHECK(scene.line_of(scene.id_of(scene.call()), "Bo Ås")["invited"] == true);
    // In a closed circle only those whom it names are.
    const json circle =
        scene.result("audience.close",
                     {{"case", to_hex(scene.family.case_id)}, {"users", {"Ylva Ek", "Åke Ström"}}});
    const std::string closed = scene.id_of(scene.call({{"closed", circle.at("closed")}}));
    CHECK(scene.line_of(closed, "Åke Ström")["invited"] == true);
    CHECK(scene.line_of(closed, "Bo Ås")["invited"] == false);
}

TEST_CASE("Meeting: of the family alone calls nobody from elsewhere", "[meeting]") {
    MeetingScene scene;
    const std::string id =
        scene.id_of(scene.call({{"kind", "family only"}, {"template", "own"}, {"lang", "en"}}));
    CHECK(scene.show(id)["agenda"][0]["title"] == "Why we meet");
    CHECK(scene.line_of(id, "Åke Ström")["invited"] == true);
    CHECK(scene.line_of(id, "Mårten Öst")["invited"] == false);
}

TEST_CASE("Meeting: points are added, changed, moved, treated and parked", "[meeting]") {
    MeetingScene scene;
    const std::string id = scene.id_of(scene.call());
    const std::string a = scene.point(id, "A", 10);
    const std::string b = scene.point(id, "B", 20);
    const std::string c = scene.point(id, "C", 5);
    CHECK(scene.titles(id) == "A B C");
    scene.result("meeting.point.move", {{"point", c}, {"place", 1}});
    CHECK(scene.titles(id) == "C A B");
    scene.result("meeting.point.move", {{"point", c}, {"place", 99}});
    CHECK(scene.titles(id) == "A B C");
    scene.result("meeting.point.edit",
                 {{"point", b}, {"minutes", 25}, {"presenter", "Mårten Öst"}});
    CHECK(scene.show(id)["agenda"][1]["minutes"] == 25);
    CHECK(scene.show(id)["agenda"][1]["presenter"]["name"] == "Mårten Öst");
    scene.result("meeting.point.treat", {{"point", a}, {"outcome", "Vi provar"}});
    CHECK(scene.show(id)["agenda"][0]["state"] == "treated");
    CHECK(scene.show(id)["agenda"][0]["outcome"] == "Vi provar");
    scene.result("meeting.point.park", {{"point", b}});
    CHECK(scene.titles(id) == "A C");
    CHECK(scene.titles(id, "parked") == "B");
    CHECK(scene.error("meeting.point.move", {{"point", b}, {"place", 1}}) == "conflict");
    scene.result("meeting.point.reopen", {{"point", b}});
    CHECK(scene.titles(id) == "A B C");
}

TEST_CASE("Meeting: running over time is visible, at a point and at the end", "[meeting]") {
    MeetingScene scene;
    const std::string id = scene.id_of(
        scene.call({{"starts_at", "2026-05-04 13:00"}, {"ends_at", "2026-05-04 13:30"}}));
    const std::string a = scene.point(id, "A", 10);
    const std::string b = scene.point(id, "B", 15);
    CHECK(scene.show(id)["times"]["on"].is_null());
    scene.clock.set(one_o_clock + 14min);
    json times = scene.show(id)["times"];
    CHECK(times["on"] == a);
    CHECK(times["over_minutes"] == 4);
    scene.result("meeting.point.treat", {{"point", a}});
    scene.clock.set(one_o_clock + 42min);
    times = scene.show(id)["times"];
    CHECK(times["on"] == b);
    CHECK(times["late_minutes"] == 4);
    CHECK(times["over_minutes"] == 13);
    CHECK(times["past_end_minutes"] == 12);
    CHECK(times["expected"] == "2026-05-04T11:42:00Z");
}

TEST_CASE("Meeting: the next one takes up what was parked, once", "[meeting]") {
    MeetingScene scene;
    const std::string id = scene.id_of(
        scene.call({{"kind", "joint"}, {"place", "Biblioteket"}, {"ends_at", "2026-05-20 14:00"}}));
    scene.point(id, "Behandlad", 10);
    const std::string parked = scene.point(id, "Halva dagar", 20);
    scene.result("meeting.point.park", {{"point", parked}});
    const json next = scene.result("meeting.next",
                                   {{"meeting", id},
                                    {"starts_at", "2026-06-17 13:00"},
                                    {"unit", to_hex(scene.world.team)}})["meeting"];
    CHECK(next["title"] == "Gemensamt möte");
    CHECK(next["kind"] == "joint");
    CHECK(next["place"] == "Biblioteket");
    CHECK(next["ends_at"] == "2026-06-17T12:00:00Z");
    REQUIRE(next["agenda"].size() == 1);
    CHECK(next["agenda"][0]["title"] == "Halva dagar");
    CHECK(next["agenda"][0]["minutes"] == 20);
    CHECK(next["agenda"][0]["state"] == "open");
    CHECK(scene.show(id)["next"] == next["id"]);
    CHECK(scene.titles(id, "parked") == "Halva dagar");
    CHECK(scene.error("meeting.next", {{"meeting", id}}) == "already_exists");
}

TEST_CASE("Meeting: shows its decisions, its promises, and the open ones from before",
          "[meeting]") {
    MeetingScene scene;
    const std::string before = scene.id_of(scene.call({{"starts_at", "2026-05-06 13:00"}}));
    const std::string id = scene.id_of(scene.call());
    const auto promise = [&](const std::string& meeting, const char* what, const char* state) {
        scene.clock.advance(1s);
        scene.result(
            "item.add",
            {{"case", to_hex(scene.family.case_id)},
             {"about", "Tuva Ekstubbe"},
             {"type", "commitment"},
             {"fields",
              {{"what", what}, {"owner", "Åke Ström"}, {"state", state}, {"meeting", meeting}}}});
    };
    promise(before, "Ringa skolan", "promised");
    promise(before, "Skicka papper", "done");
    promise(id, "Boka lokal", "promised");
    const json decision =
        scene.result("meeting.decide",
                     {{"meeting", id}, {"text", "Halva dagar till jul"}, {"by", "Mårten Öst"}});
    CHECK(decision["item"]["type"] == "decision");
    CHECK(decision["item"]["about"][0]["name"] == "Tuva Ekstubbe");
    CHECK(decision["item"]["sensitivity"] == "normal");
    const json meeting = scene.show(id);
    REQUIRE(meeting["decisions"].size() == 1);
    CHECK(meeting["decisions"][0]["title"] == "Halva dagar till jul");
    REQUIRE(meeting["commitments"].size() == 1);
    CHECK(meeting["commitments"][0]["title"] == "Boka lokal");
    REQUIRE(meeting["earlier_commitments"].size() == 1);
    CHECK(meeting["earlier_commitments"][0]["title"] == "Ringa skolan");
    CHECK(scene.show(before)["earlier_commitments"].empty());
}

TEST_CASE("Meeting: the list has those to come, of every case, and counts as read", "[meeting]") {
    MeetingScene scene;
    const std::string past = scene.id_of(scene.call({{"starts_at", "2026-05-01 13:00"}}));
    const std::string today = scene.id_of(scene.call({{"starts_at", "2026-05-04 08:00"}}));
    const std::string later = scene.id_of(scene.call());
    scene.clock.advance(12h);
    Device& device = *scene.psychologist->device;
    const json list = scene.result("meeting.list")["meetings"];
    REQUIRE(list.size() == 2);
    CHECK(list[0]["id"] == today);
    CHECK(list[1]["id"] == later);
    CHECK(list[0]["case"]["name"] == "Familjen Ekstubbe");
    const auto reads = must(device.own_reads(scene.family.case_id, 1000));
    CHECK(reads.front().entry.action == ReadAction::list_shown);
    const json all = scene.result("meeting.list", {{"all", true}})["meetings"];
    REQUIRE(all.size() == 3);
    CHECK(all[0]["id"] == past);
}

TEST_CASE("Meeting: without a showing, letting in notes who attends and nothing else",
          "[meeting]") {
    MeetingScene scene;
    const std::string id = scene.id_of(scene.call());
    CHECK(scene.let_in(id, "Mårten Öst")["attends"] == true);
    CHECK(scene.let_in(id, "Sol Ekstubbe")["attends"] == true);
    scene.result("meeting.let_in", {{"meeting", id}, {"who", "Tolken Amir"}, {"as", "guest"}});
    CHECK(scene.attends(id, "Mårten Öst"));
    CHECK_FALSE(scene.attends(id, "Åke Ström"));
    json meeting = scene.show(id);
    CHECK(meeting["guests"] == json::array({"Tolken Amir"}));
    for (const json& line : meeting["family"])
        CHECK(line["attended"] == (line["person"]["name"] == "Sol Ekstubbe"));

    scene.result("meeting.let_out", {{"meeting", id}, {"who", "Mårten Öst"}});
    scene.result("meeting.let_out", {{"meeting", id}, {"who", "Tolken Amir"}, {"as", "guest"}});
    CHECK_FALSE(scene.attends(id, "Mårten Öst"));
    meeting = scene.show(id);
    CHECK(meeting["guests"].empty());
    CHECK(meeting.dump().find("Sol Ekstubbe") != std::string::npos);
    CHECK(scene.error("meeting.let_in", {{"meeting", id}, {"who", "Nobody"}}) == "not_found");
}

TEST_CASE("Attack: nobody attends before the screen has dropped what they may not see",
          "[meeting][show][attack]") {
    MeetingScene scene;
    scene.add("Medicinen är utbytt", Category::health);
    const std::string id = scene.id_of(scene.call());
    scene.open();
    CHECK(scene.shows("Medicinen"));
    const json first = scene.let_in(id, "Mårten Öst");
    CHECK(first["attends"] == false);
    CHECK(first["preview"]["disappearing"].dump().find("Medicinen") != std::string::npos);
    CHECK_FALSE(scene.attends(id, "Mårten Öst"));
    CHECK(scene.neutral());
    // Asked again at the door, it is the same answer.
    CHECK(scene.let_in(id, "Mårten Öst") == first);
    CHECK_FALSE(scene.attends(id, "Mårten Öst"));

    SECTION("admitted, but the screen still has the page from before") {
        scene.result("show.admit");
        CHECK(scene.let_in(id, "Mårten Öst")["attends"] == false);
        CHECK_FALSE(scene.attends(id, "Mårten Öst"));
        CHECK_FALSE(scene.shows("Medicinen"));  // the screen asks, and has dropped it
        CHECK(scene.let_in(id, "Mårten Öst")["attends"] == true);
        CHECK(scene.attends(id, "Mårten Öst"));
        // Out again: the page grows, and they have attended.
        scene.result("meeting.let_out", {{"meeting", id}, {"who", "Mårten Öst"}});
        CHECK(scene.shows("Medicinen"));
        CHECK(scene.attends(id, "Mårten Öst"));
    }
    SECTION("who waits outside does not attend") {
        scene.result("show.wait");
        CHECK(scene.shows("Medicinen"));
        CHECK_FALSE(scene.attends(id, "Mårten Öst"));
    }
    SECTION("who goes away from the door does not attend") {
        scene.result("meeting.let_out", {{"meeting", id}, {"who", "Mårten Öst"}});
        CHECK(scene.shows("Medicinen"));
        CHECK_FALSE(scene.attends(id, "Mårten Öst"));
    }
    SECTION("a page that was closed first lets in as well") {
        scene.result("show.close_first");
        CHECK(scene.neutral());
        CHECK(scene.let_in(id, "Mårten Öst")["attends"] == true);
        CHECK(scene.neutral());
    }
}

TEST_CASE("Attack: a meeting of another case than is shown lets nobody in",
          "[meeting][show][attack]") {
    MeetingScene scene;
    const std::string id = scene.id_of(scene.call());
    const json other = scene.result(
        "case.open", {{"title", "Familjen Alm"}, {"unit", to_hex(scene.world.team)}})["case"];
    scene.result("show.open", {{"case", other.at("id")}});
    CHECK(scene.error("meeting.let_in", {{"meeting", id}, {"who", "Mårten Öst"}}) == "conflict");
    CHECK_FALSE(scene.attends(id, "Mårten Öst"));
}

TEST_CASE("Meeting: who shows is there without a door", "[meeting][show]") {
    MeetingScene scene;
    const std::string id = scene.id_of(scene.call());
    scene.open();
    CHECK(scene.let_in(id, "Ylva Ek")["attends"] == true);
    CHECK(scene.shows("Skolgången"));
}

TEST_CASE("Attack: a guest sees the time of a meeting, not what is talked about",
          "[meeting][show][attack]") {
    MeetingScene scene;
    const std::string id = scene.id_of(scene.call({{"place", "Biblioteket"}}));
    const std::string point = scene.point(id, "Oron för Tuva", 10);
    scene.result("meeting.point.treat", {{"point", point}, {"outcome", "Ny utredning"}});
    scene.result("show.open",
                 {{"case", to_hex(scene.family.case_id)}, {"guests", {"Tolken Amir"}}});
    CHECK(scene.shows("Biblioteket"));
    CHECK_FALSE(scene.shows("Oron"));
    CHECK_FALSE(scene.shows("Ny utredning"));
}

TEST_CASE("Meeting: what makes no sense is refused", "[meeting]") {
    MeetingScene scene;
    const std::string id = scene.id_of(scene.call());
    const json base = {{"case", to_hex(scene.family.case_id)},
                       {"about", "Tuva Ekstubbe"},
                       {"title", "Möte"},
                       {"starts_at", "2026-05-20 13:00"}};
    const auto with = [&](const json& more) {
        json args = base;
        args.update(more);
        return args;
    };
    CHECK(scene.error("meeting.add", with({{"ends_at", "2026-05-20 13:00"}})) ==
          "invalid_argument");
    CHECK(scene.error("meeting.add", with({{"kind", "kaffe"}})) == "invalid_argument");
    CHECK(scene.error("meeting.add", with({{"template", "kaffe"}})) == "invalid_argument");
    CHECK(scene.error("meeting.add", with({{"template", "ungdomsmottagning"}})) == "not_found");
    const std::string note = to_hex(scene.social);
    CHECK(scene.error("meeting.show", {{"meeting", note}}) == "invalid_argument");
    CHECK(scene.error("meeting.decide", {{"meeting", note}, {"text", "x"}}) == "invalid_argument");
    CHECK(scene.error("meeting.point.add", {{"meeting", note}, {"title", "x"}}) ==
          "invalid_argument");
    CHECK(scene.error("meeting.let_in", {{"meeting", note}, {"who", "Mårten Öst"}}) ==
          "invalid_argument");
    CHECK(scene.error("meeting.point.treat", {{"point", id}}) == "invalid_argument");
    CHECK(
        scene.error("meeting.point.add", {{"meeting", id}, {"title", "x"}, {"minutes", 100000}}) ==
        "invalid_argument");
}
