// The life of a device, with real processes: named, seen, lost, found, wiped, revoked, gone.

#include "tests/client-sdk/agent/real_world.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <ctime>
#include <initializer_list>

using namespace samsyn::test;
using story::json;
using story::Tablet;

namespace {

/// `samsyn admin devices` of an organisation; the server is asked each time.
json fleet_of(const std::string& organisation) {
    const json result = RealWorld::only().admin().run(
        {"admin", "devices", "--all", "--organisation", organisation});
    REQUIRE(result.at("offline").is_null());
    REQUIRE(result.at("fleets").size() == 1);
    return result.at("fleets").front();
}

json fleet_row(const std::string& device) {
    const json fleet = fleet_of("Nora");
    for (const json& row : fleet.at("devices"))
        if (row.at("id") == device) return row;
    FAIL("no device " << device);
    return {};
}

json user_row(const std::string& name) {
    const json everything = RealWorld::only().admin().run({"admin", "list"});
    for (const json& row : everything.at("users"))
        if (row.at("name") == name) return row;
    FAIL("no user " << name);
    return {};
}

/// The texts of the notes that a tablet opens in a case.
std::vector<std::string> notes_of(const Tablet& tablet, const std::string& family) {
    std::vector<std::string> texts;
    bool known = false;
    const json listed = tablet.run({"case", "list"});
    for (const json& one : listed.at("cases")) known = known || one.at("id") == family;
    if (!known) return texts;
    const json read = tablet.run({"list", family});
    for (const json& item : read.at("items"))
        if (item.at("type") == "visit_note")
            for (const json& field : item.at("fields"))
                if (field.at("key") == "text")
                    texts.push_back(field.at("values").front().at("value"));
    return texts;
}

/// As 2027-01-31.
std::string day_after(int days) {
    const std::time_t then = std::time(nullptr) + std::time_t{86'400} * days;
    std::tm utc{};
    REQUIRE(::gmtime_r(&then, &utc) != nullptr);
    char text[16];
    REQUIRE(std::strftime(text, sizeof text, "%Y-%m-%d", &utc) > 0);
    return text;
}

bool warns_of(const json& row, const std::string& warning) {
    return std::ranges::find(row.at("warnings"), json(warning)) != row.at("warnings").end();
}

void administer(std::vector<std::string> arguments) {
    RealWorld& world = RealWorld::only();
    arguments.insert(arguments.begin(), "admin");
    (void)world.admin().run(arguments);
    world.admin().sync();
}

/// True once the condition holds, after a few rounds of all of them: a server answers nobody who
/// begins sessions without end.
template <class Condition>
bool after_rounds(std::initializer_list<const Tablet*> tablets, Condition condition) {
    constexpr int rounds_max = 4;
    for (int round = 0; round < rounds_max; ++round) {
        for (const Tablet* const tablet : tablets) tablet->sync();
        if (condition()) return true;
    }
    return false;
}

bool is_locked(const Tablet& tablet) {
    const json status = tablet.status();
    return status.contains("lock") && status.at("lock").value("state", "") == "locked";
}

}  // namespace

TEST_CASE("Life: a tablet is named, seen, lost, found, wiped and revoked",
          "[agent][real][provisioning]") {
    RealWorld& world = RealWorld::only();
    const auto tablet = world.enrol("Lena Liv");
    const std::string device = world.device_of("Lena Liv");
    administer({"device", "rename", device, "Surfplatta 7"});

    json row = fleet_row(device);
    CHECK(row.at("name") == "Surfplatta 7");
    CHECK(row.at("last_contact").is_string());
    REQUIRE(row.at("report").is_object());  // a sync that ends at once is long enough to report
    CHECK(row.at("report").at("unsent") == 0);
    CHECK(row.at("warnings").empty());

    (void)write_canary(*tablet, "Familjen Liv", "osänt");
    administer({"device", "lost", "Surfplatta 7"});
    row = fleet_row(device);
    CHECK(row.at("lost") == true);
    CHECK(row.at("warnings").front() == "lost");
    (void)tablet->refused({"sync"});  // turned away, or locked while it waits
    CHECK(soon([&] { return is_locked(*tablet); }));

    administer({"device", "found", "Surfplatta 7"});
    (void)tablet->unlock_by_pin();
    tablet->sync();
    row = fleet_row(device);
    CHECK(row.at("lost") == false);
    CHECK(row.at("report").at("unsent") == 0);  // what was written meanwhile has arrived

    tablet->lock();
    administer({"device", "wipe", device});
    CHECK(soon([&] { return fleet_row(device).at("emptied") == true; }));
    administer({"device", "revoke", device});
    row = fleet_row(device);
    CHECK(row.at("revoked") == true);
    CHECK_FALSE(warns_of(row, "revoked_not_emptied"));
}

TEST_CASE("Life: the fleet lists a lost tablet before all that nobody doubts",
          "[agent][real][provisioning]") {
    RealWorld& world = RealWorld::only();
    const auto tablet = world.enrol("Frida Först");
    const std::string device = world.device_of("Frida Först");
    administer({"device", "lost", device});
    bool seen = false;
    const json fleet = fleet_of("Nora");
    for (const json& row : fleet.at("devices")) {
        if (row.at("id") == device) seen = true;
        if (!seen) CHECK_FALSE(row.at("warnings").empty());
    }
    CHECK(seen);
    const std::string table = world.admin().shown({"admin", "devices"});
    const std::size_t warned = table.find("admin device found");
    CHECK(warned != std::string::npos);
    CHECK(warned < table.find(device.substr(0, 8)));  // what to do stands above the table
    administer({"device", "found", device});
}

TEST_CASE("Life: a person's second tablet counts when she confirms it on her first",
          "[agent][real][provisioning][two_persons]") {
    RealWorld& world = RealWorld::only();
    const auto first = world.enrol("Tova Två");
    const std::string text = "på båda";
    const std::string family = write_canary(*first, "Familjen Två", text);
    first->sync();

    const auto further = world.empty_tablet("further", "Tova Två");
    const std::string invitation =
        world.admin().run({"admin", "invite", "Tova Två"}).at("invitation");
    const std::string answer = further->make({"enrol", invitation}).at("answer");
    const json revealed = world.admin().run({"admin", "accept", answer});
    const json shown = further->run({"enrol", "compare", revealed.at("reveal")});
    const json accepted =
        world.admin().run({"admin", "accept", answer, "--code", shown.at("code")});
    CHECK(accepted.at("waits") == true);
    world.admin().sync();
    // One administrator alone gives nobody a tablet of hers.
    const json waiting = world.admin().run({"admin", "waiting"}).at("waiting");
    const auto own = std::ranges::find_if(waiting, [](const json& row) {
        return row.at("kind") == "device_certified" && row.at("user").at("name") == "Tova Två";
    });
    REQUIRE(own != waiting.end());
    CHECK(own->at("confirmable") == false);
    const std::string act = own->at("id");
    CHECK(world.admin().refused({"admin", "confirm", act}).at("code") == "not_permitted");
    CHECK(further->refused({"sync"}).at("code") == "not_permitted");

    first->sync();
    const json asked = first->run({"confirm"}).at("waiting");
    REQUIRE(asked.size() == 1);
    CHECK(asked.front().at("kind") == "device_certified");
    CHECK(asked.front().at("confirmable") == true);
    (void)first->run({"confirm", "1"});
    first->sync();
    CHECK(after_rounds({further.get(), first.get()}, [&] {
        return notes_of(*further, family) == std::vector<std::string>{text};
    }));
}

TEST_CASE("Life: a role changes at once, and a move takes along nothing of the old unit",
          "[agent][real][provisioning]") {
    RealWorld& world = RealWorld::only();
    const auto lead = world.enrol("Leo Ledare");
    const auto tablet = world.enrol("Rosa Roll");
    lead->sync();  // who else there is
    const std::string family = write_canary(*lead, "Familjen Roll", "för teamet");
    (void)lead->run({"participant", "add", family, "Rosa Roll"});
    CHECK(after_rounds({lead.get(), tablet.get()},
                       [&] { return notes_of(*tablet, family).size() == 1; }));

    administer({"user", "rename", "Rosa Roll", "Rosa Rolander"});
    administer({"user", "role", "Rosa Rolander", "social_worker"});
    CHECK(user_row("Rosa Rolander").at("role") == "social_worker");
    tablet->sync();
    CHECK(tablet->run({"status"}).at("user").at("name") == "Rosa Rolander");
    CHECK(notes_of(*tablet, family).size() == 1);

    administer(
        {"user", "move", "Rosa Rolander", "--unit", "Skolan", "--role", "school_counsellor"});
    const json moved = user_row("Rosa Rolander");
    REQUIRE(moved.at("units").size() == 1);
    CHECK(moved.at("units").front().at("name") == "Skolan");
    CHECK(after_rounds({tablet.get()}, [&] { return notes_of(*tablet, family).empty(); }));
}

TEST_CASE("Life: a certificate that ends soon is renewed without a person; a loaner's is not",
          "[agent][real][provisioning]") {
    RealWorld& world = RealWorld::only();
    const auto staff = world.empty_tablet("ending", "Rune Ring");
    const auto loaner = world.empty_tablet("loaner", "Lovisa Lån");
    for (const char* const person : {"Rune Ring", "Lovisa Lån"})
        (void)world.admin().run(
            {"admin", "user", "add", person, "--unit", "Teamet", "--role", "psychologist"});
    const std::string last_day = day_after(20);
    story::let_in(
        world.admin(),
        *staff,
        world.admin().run({"admin", "invite", "Rune Ring", "--until", last_day}).at("invitation"));
    story::let_in(
        world.admin(),
        *loaner,
        world.admin()
            .run({"admin", "invite", "Lovisa Lån", "--kind", "loaner", "--until", last_day})
            .at("invitation"));
    world.admin().sync();
    for (const auto* const tablet : {staff.get(), loaner.get()}) tablet->sync();

    world.admin().sync();  // asks who was in contact, and renews
    const json renewed = fleet_row(world.device_of("Rune Ring"));
    CHECK(renewed.at("certificate_ends").get<std::string>() > day_after(360));
    CHECK_FALSE(warns_of(renewed, "certificate_ending"));
    staff->sync();
    const std::string lent = world.device_of("Lovisa Lån");
    CHECK(fleet_row(lent).at("certificate_ends").get<std::string>() < day_after(22));

    administer({"device", "renew", lent, "--days", "100"});
    const json by_hand = fleet_row(lent);
    CHECK(by_hand.at("certificate_ends").get<std::string>() > day_after(99));
    loaner->sync();
}

TEST_CASE("Life: a unit's lease is what its own tablets go by", "[agent][real][provisioning]") {
    RealWorld& world = RealWorld::only();
    const auto school = world.enrol("Kurt Kort", "school_counsellor", "Skolan");
    const auto team = world.enrol("Lovis Lång");
    administer({"unit", "lease", "Skolan", "--hours", "24"});
    school->sync();
    team->sync();
    const auto ends = [&](const std::string& person) {
        const json row = fleet_row(world.device_of(person));
        CHECK(row.at("report").at("reading_ends") <= row.at("lease_ends"));
        return row.at("lease_ends").get<std::string>();
    };
    CHECK(ends("Kurt Kort") < day_after(2));
    CHECK(ends("Lovis Lång") > day_after(5));
    administer({"unit", "lease", "Skolan", "--hours", "168"});
}

TEST_CASE("Life: an organisation joins on a day to come, and its leaving is announced",
          "[agent][real][provisioning]") {
    RealWorld& world = RealWorld::only();
    const std::string joins = day_after(180);
    const json joined =
        world.admin().run({"admin", "organisation", "join", "Hällefors", "--from", joins});
    CHECK(joined.at("from").get<std::string>() > day_after(178));
    const json left = world.admin().run(
        {"admin", "organisation", "leave", "Hällefors", "--until", day_after(600)});
    CHECK(left.at("until").get<std::string>() > day_after(598));
    CHECK(world.admin()
              .refused({"admin", "organisation", "leave", "Hällefors", "--until", day_after(100)})
              .at("code") == "invalid_argument");
    world.admin().sync();
    CHECK(fleet_of("Hällefors").at("devices").empty());
}

TEST_CASE("Life: who has left loses what was read, and the drafts go to the unit's escrow",
          "[agent][real][provisioning]") {
    RealWorld& world = RealWorld::only();
    const auto lead = world.enrol("Linn Lead");
    const auto tablet = world.enrol("Sture Slut");
    lead->sync();  // who else there is
    const std::string family = write_canary(*lead, "Familjen Slut", "hemligt");
    (void)lead->run({"participant", "add", family, "Sture Slut"});
    CHECK(after_rounds({lead.get(), tablet.get()},
                       [&] { return notes_of(*tablet, family).size() == 1; }));
    (void)tablet->run(
        {"note", "add", family, "--about", "Barnet Familjen Slut", "--text", "sista utkastet"});
    administer({"user", "leave", "Sture Slut"});
    CHECK(tablet->refused({"sync"}).at("code") == "not_permitted");
    CHECK(soon([&] { return notes_of(*tablet, family).empty(); }));
    CHECK(warns_of(fleet_row(world.device_of("Sture Slut")), "user_left"));

    json escrow;
    CHECK(after_rounds({lead.get()}, [&] {
        escrow = lead->run({"escrow", "list"}).at("escrow");
        return escrow.size() == 1;
    }));
    REQUIRE(escrow.size() == 1);
    CHECK(escrow.front().dump().find("sista utkastet") == std::string::npos);  // shown when asked
    CHECK(lead->run({"escrow", "show", "1"}).dump().find("sista utkastet") != std::string::npos);
    (void)lead->run({"escrow", "release", "1"});
    const auto notes = notes_of(*lead, family);
    CHECK(std::ranges::find(notes, "sista utkastet") != notes.end());
}
