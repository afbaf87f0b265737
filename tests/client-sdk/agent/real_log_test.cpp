// Reads on real tablets, offline and online, and the log of a real server.

#include "tests/client-sdk/agent/real_world.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn::test;
using story::json;
using story::Tablet;

TEST_CASE("C-48: an item read offline twice is two rows of a real server's log",
          "[agent][real][log][scenario]") {
    RealWorld& world = RealWorld::only();
    const auto lead = world.enrol("Lena Ledare");
    const std::string case_id = write_canary(*lead, "Familjen Logg", "läst två gånger");
    lead->sync();
    const json items = lead->run({"list", case_id}).at("items");
    std::string note;
    for (const json& item : items)
        if (item.at("type") == "visit_note") note = item.at("id");
    REQUIRE(!note.empty());
    lead->sync();

    world.stop_server();
    (void)lead->run({"open", note});
    (void)lead->run({"open", note});
    world.start_server();

    const json log = lead->run({"log", case_id});
    CHECK(log.at("complete") == true);
    CHECK(log.at("refused").empty());
    std::size_t opened = 0;
    for (const json& row : log.at("rows")) {
        if (row.at("what") != "opened") continue;
        ++opened;
        CHECK(row.at("items") == json::array({note}));
        CHECK(row.at("user").at("name") == "Lena Ledare");
        CHECK(row.at("server_time").is_string());
        CHECK(row.at("device_time").is_string());
    }
    CHECK(opened == 2);
    CHECK(lead->run({"log", "evidence"}).at("evidence").empty());
    CHECK(lead->shown({"log", case_id}).find("Lena Ledare") != std::string::npos);

    // C-49: for the family.
    const json extract =
        lead->run({"log", "extract", case_id, "--subject", "Barnet Familjen Logg"});
    CHECK(extract.at("lines").size() >= 2);
    for (const json& line : extract.at("lines")) CHECK(line.size() == 4);
}

TEST_CASE("A colleague who takes no part in a case gets no log of it", "[agent][real][log]") {
    RealWorld& world = RealWorld::only();
    const auto lead = world.enrol("Lisa Ledare");
    const auto other = world.enrol("Olle Utanför");
    const std::string case_id = write_canary(*lead, "Familjen Stängd", "inte för alla");
    lead->sync();
    const json log = other->run({"log", case_id, "--unit", "Teamet"});
    CHECK(log.at("rows").empty());
    CHECK(log.at("refused").size() == 1);
    const json none = other->run({"log", std::string(32, '7'), "--unit", "Teamet"});
    CHECK(none.at("rows") == log.at("rows"));
    CHECK(none.at("refused") == log.at("refused"));
}

TEST_CASE("A note in the wrong family is taken back, and one sees who read it and where it is gone",
          "[agent][real][log][recall]") {
    RealWorld& world = RealWorld::only();
    const auto lead = world.enrol("Lotta Ledare");
    const auto other = world.enrol("Otto Kollega");
    const std::string case_id = write_canary(*lead, "Familjen Fel", "hör till en annan familj");
    lead->sync();  // to know the colleague
    (void)lead->run({"participant", "add", case_id, "Otto Kollega", "--unit", "Teamet"});
    std::string note;
    for (int round = 0; round < 5 && note.empty(); ++round) {
        lead->sync();
        other->sync();
        const json list = other->run({"list", case_id});
        for (const json& item : list.at("items"))
            if (item.at("type") == "visit_note") note = item.at("id");
    }
    REQUIRE(!note.empty());
    (void)other->run({"open", note});
    other->sync();

    const json recalled = lead->run({"recall", note, "--reason", "wrong_family"}).at("recalled");
    CHECK(recalled.at("reason") == "wrong_family");
    CHECK(recalled.at("readers").size() == 2);
    lead->sync();
    other->sync();
    for (const Tablet* tablet : {lead.get(), other.get()}) {
        const json there = tablet->run({"list", case_id});
        for (const json& item : there.at("items")) CHECK(item.at("id") != note);
        CHECK(tablet->shown({"open", note}).find("annan familj") == std::string::npos);
        CHECK(tablet->run({"search", case_id, "annan"}).at("hits").empty());
    }
    const json list = lead->run({"recalls", case_id});
    CHECK(list.at("log_asked") == true);
    CHECK(list.at("log_complete") == true);
    const json& one = list.at("recalled").at(0);
    CHECK(one.at("removed").size() == 2);
    bool otto = false;
    for (const json& user : one.at("opened")) otto = otto || user.at("name") == "Otto Kollega";
    CHECK(otto);
    CHECK(lead->shown({"recalls", case_id}).find("Otto Kollega") != std::string::npos);

    // Moved instead: it stands in the right family, and only there.
    const std::string right = write_canary(*lead, "Familjen Rätt", "första besöket");
    const json again =
        lead->run({"note", "add", case_id, "flyttas strax", "--about", "Barnet Familjen Fel"});
    const std::string misplaced = again.at("item").at("id");
    const json moved = lead->run({"move", misplaced, right, "--about", "Barnet Familjen Rätt"});
    CHECK(moved.at("recalled").at("reason") == "moved");
    CHECK(lead->run({"search", right, "flyttas"}).at("hits").size() == 1);
    CHECK(lead->run({"search", case_id, "flyttas"}).at("hits").empty());
}
