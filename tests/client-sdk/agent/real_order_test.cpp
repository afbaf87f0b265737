// Orders of an administrator that reach real devices, locked and unlocked.

#include "tests/client-sdk/agent/real_world.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace samsyn::test;
using story::json;
using story::Tablet;

namespace {

bool has_database(const Tablet& tablet) {
    for (const auto& entry : std::filesystem::directory_iterator{tablet.folder()})
        if (entry.path().filename().string().starts_with("samsyn.")) return true;
    return false;
}

void order(std::vector<std::string> arguments, const std::string& person) {
    RealWorld& world = RealWorld::only();
    arguments.push_back(world.device_of(person));
    arguments.insert(arguments.begin(), {"admin", "device"});
    (void)world.admin().run(arguments);
    world.admin().sync();
}

bool is_locked_by(const Tablet& tablet, const std::string& why) {
    const json lock = lock_of(tablet);
    return lock.at("state") == "locked" && lock.value("why", "") == why;
}

std::vector<std::string> slots_of(const Tablet& tablet) {
    return lock_of(tablet).at("vault").value("slots", std::vector<std::string>{});
}

/// Unlocked and connected, as a tablet in use is.
std::unique_ptr<story::Background> follow(const Tablet& tablet) {
    auto following = std::make_unique<story::Background>(
        SAMSYN_PROGRAM,
        std::vector<std::string>{"--data", tablet.folder().string(), "sync", "--follow"},
        tablet.folder().parent_path() / "follow.log");
    REQUIRE(soon([&] { return tablet.run({"status"}).at("connection").at("state") == "live"; }));
    return following;
}

}  // namespace

TEST_CASE("Order: lock reaches an unlocked tablet, once", "[agent][real][order]") {
    const auto tablet = RealWorld::only().enrol("Lisa Lås");
    const auto following = follow(*tablet);
    order({"lock"}, "Lisa Lås");
    CHECK(soon([&] { return is_locked_by(*tablet, "order: lock"); }));
    (void)tablet->unlock_by_pin();  // it is no revocation
    tablet->sync();
    CHECK(lock_of(*tablet).at("state") == "unlocked");  // done once
}

TEST_CASE("Order: lock reaches a locked tablet and takes nothing", "[agent][real][order]") {
    const auto tablet = RealWorld::only().enrol("Lars Lås");
    tablet->lock();
    order({"lock"}, "Lars Lås");
    CHECK(soon([&] { return is_locked_by(*tablet, "order: lock"); }));
    (void)tablet->unlock_by_pin();
    tablet->sync();
    CHECK(lock_of(*tablet).at("state") == "unlocked");
}

TEST_CASE("Order: a wipe of an unlocked tablet sends its work first, then erases it",
          "[agent][real][order]") {
    const auto tablet = RealWorld::only().enrol("Ulla Ute");
    (void)write_canary(*tablet, "Familjen Ute", "osänt");
    const auto following = follow(*tablet);
    order({"wipe"}, "Ulla Ute");
    CHECK(soon([&] { return lock_of(*tablet).at("state") == "locked" && !has_database(*tablet); }));
    const json error = tablet->refused({"unlock", "--phrase-fd", "0"}, tablet->phrase() + "\n");
    CHECK(error.at("context") == "wiped");
}

TEST_CASE("Order: a wipe of a locked tablet keeps unsent work behind the assisted slot",
          "[agent][real][order]") {
    const auto tablet = RealWorld::only().enrol("Olle Osänd");
    (void)write_canary(*tablet, "Familjen Osänd", "osänt");
    tablet->lock();
    order({"wipe"}, "Olle Osänd");
    CHECK(soon([&] { return is_locked_by(*tablet, "order: wipe"); }));
    CHECK(has_database(*tablet));
    const auto slots = slots_of(*tablet);
    CHECK(std::ranges::find(slots, "phrase") == slots.end());
    CHECK(std::ranges::find(slots, "pin") == slots.end());
    CHECK(tablet->pin_refused().at("code") == "not_found");
    CHECK(tablet->refused({"unlock", "--phrase-fd", "0"}, tablet->phrase() + "\n").at("code") ==
          "not_found");

    order({"wipe", "--discard-unsent"}, "Olle Osänd");
    CHECK(soon([&] { return !has_database(*tablet); }));
}

TEST_CASE("Order: a wipe of a locked tablet that has sent everything erases it",
          "[agent][real][order]") {
    const auto tablet = RealWorld::only().enrol("Alma Allt");
    (void)write_canary(*tablet, "Familjen Allt", "sänt");
    tablet->sync();
    tablet->lock();
    order({"wipe"}, "Alma Allt");
    CHECK(soon([&] { return !has_database(*tablet); }));
}

TEST_CASE("Order: a revocation locks, takes PIN and phrase, and keeps the data",
          "[agent][real][order]") {
    const bool unlocked = GENERATE(true, false);
    const std::string person = unlocked ? "Rita Röd" : "Rolf Röd";
    const auto tablet = RealWorld::only().enrol(person);
    (void)write_canary(*tablet, "Familjen " + person, "osänt");
    std::unique_ptr<story::Background> following;
    if (unlocked) following = follow(*tablet);
    if (!unlocked) tablet->lock();
    order({"revoke"}, person);
    CHECK(soon(
        [&] { return lock_of(*tablet).at("state") == "locked" && slots_of(*tablet).size() < 2; }));
    CHECK(has_database(*tablet));
    CHECK(tablet->refused({"unlock", "--phrase-fd", "0"}, tablet->phrase() + "\n").at("code") ==
          "not_found");
    CHECK(lock_of(*tablet).at("has_share") == false);
}
