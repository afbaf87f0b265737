// The life of a device, with real processes: named, seen, lost, found, wiped, revoked, gone.

#include "tests/client-sdk/agent/real_world.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace samsyn::test;
using story::json;
using story::Tablet;

namespace {

/// The row of a device in `samsyn admin devices`; the server is asked each time.
json fleet_row(const std::string& device) {
    const json result = RealWorld::only().admin().run({"admin", "devices", "--all"});
    REQUIRE(result.at("offline").is_null());
    for (const json& fleet : result.at("fleets"))
        for (const json& row : fleet.at("devices"))
            if (row.at("id") == device) return row;
    FAIL("no device " << device);
    return {};
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

TEST_CASE("Life: a tablet whose user has left purges when it connects",
          "[agent][real][provisioning]") {
    RealWorld& world = RealWorld::only();
    const auto tablet = world.enrol("Sture Slut");
    const std::string family = write_canary(*tablet, "Familjen Slut", "hemligt");
    tablet->sync();
    administer({"user", "leave", "Sture Slut"});
    CHECK(tablet->refused({"sync"}).at("code") == "not_permitted");
    CHECK(soon([&] {
        const json items = tablet->run({"item", "list", family});
        return items.at("items").empty();
    }));
    CHECK(warns_of(fleet_row(world.device_of("Sture Slut")), "user_left"));
}
