#include "client-sdk/device/fleet_ranking.hpp"

#include "core/policy/lease.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/world.hpp"

#include <set>

namespace samsyn {
namespace {

using namespace std::chrono_literals;

FleetDevice device_with(unsigned char first, std::vector<FleetWarning> warnings) {
    FleetDevice device;
    device.id.bytes[0] = std::byte{first};
    device.warnings = std::move(warnings);
    return device;
}

std::vector<int> order_of(const std::vector<FleetDevice>& devices) {
    std::vector<int> order;
    for (const FleetDevice& device : devices)
        order.push_back(std::to_integer<int>(device.id.bytes[0]));
    return order;
}

}  // namespace

TEST_CASE("Fleet: versions are compared as numbers, part by part", "[fleet]") {
    CHECK(is_older_version("0.9.0", "0.10.0"));
    CHECK_FALSE(is_older_version("0.10.0", "0.9.0"));
    CHECK_FALSE(is_older_version("1.2.0", "1.2.0"));
    CHECK(is_older_version("1.2", "1.2.1"));
    CHECK_FALSE(is_older_version("1.2.0", "1.2"));
    CHECK_FALSE(is_older_version("1.2.0+b7", "1.2.0~rc1"));
    CHECK_FALSE(is_older_version("", "1.0"));
    CHECK(is_older_version("99999999999999999999999.1", "1.0.0.0.0.0"));  // no number
    CHECK(is_older_version("....", "0.0.0.0.1"));
    CHECK(is_older_version("abc", "1.0"));
}

TEST_CASE("Fleet: the worst warning places a device, then the next ones, then the silence",
          "[fleet]") {
    std::vector<FleetDevice> devices{
        device_with(1, {}),
        device_with(2, {FleetWarning::never_seen}),
        device_with(3, {FleetWarning::lost, FleetWarning::lease_over}),
        device_with(4, {FleetWarning::lost}),
        device_with(5, {FleetWarning::revoked_not_emptied}),
        device_with(6, {FleetWarning::lease_over, FleetWarning::old_version}),
        device_with(7, {FleetWarning::lease_over, FleetWarning::long_silent}),
        device_with(8, {}),
        device_with(9, {})};
    devices[0].last_contact = Instant{2h};
    devices[7].last_contact = Instant{1h};
    devices[8].retired = true;
    sort_by_trust(devices);
    CHECK(order_of(devices) == std::vector{5, 3, 4, 7, 6, 2, 8, 1, 9});
}

TEST_CASE("Fleet: a device that lies is believed where it looks worse, and nowhere else",
          "[fleet][attack]") {
    test::World world;
    const UnitRef team = world.unit(world.organisation(), Regime::team);
    const DeviceId tablet = world.staff(team, Role::psychologist).device;
    const Federation members = world.federation();
    const Instant seen = world.now;
    const FleetMeasure measure{members, seen + lease_policy.reading + 24h, "0.1.0"};
    const auto judged = [&](const FleetRow& row) { return judge_device(measure, tablet, &row); };
    const auto warns = [](const FleetDevice& device, FleetWarning warning) {
        return std::ranges::count(device.warnings, warning) == 1;
    };
    FleetRow row{.device = tablet,
                 .last_contact = seen,
                 .unconfirmed = 0,
                 .emptied = false,
                 .reported = true,
                 .report = {.version = "0.1.0",
                            .unsent = 0,
                            .oldest_unsent = {},
                            .waiting_keys = 0,
                            .owed_receipts = 0,
                            .reading_ends = measure.now + 100h}};

    // It says that it shows content still, and owes nothing: the server knows when it was there.
    row.unconfirmed = 2;
    CHECK(judged(row).lease_ends == seen + lease_policy.reading);
    CHECK(warns(judged(row), FleetWarning::lease_over));
    CHECK(warns(judged(row), FleetWarning::purges_unconfirmed));
    // It says what makes it look worse.
    row.unconfirmed = 0;
    CHECK_FALSE(warns(judged(row), FleetWarning::purges_unconfirmed));
    row.report.owed_receipts = 1;
    CHECK(warns(judged(row), FleetWarning::purges_unconfirmed));
    row.report.reading_ends = seen + 24h;
    CHECK(judged(row).lease_ends == seen + 24h);
    // It says what cannot be.
    CHECK_FALSE(warns(judged(row), FleetWarning::doubtful_report));
    row.report.reading_ends = measure.now + 24h * 400;
    CHECK(warns(judged(row), FleetWarning::doubtful_report));
    // A server says that it was there tomorrow.
    row.last_contact = measure.now + 24h;
    CHECK(judged(row).last_contact == measure.now);
}

TEST_CASE("Fleet: a report that cannot be true is doubtful, up to a clock that is a day off",
          "[fleet][attack]") {
    test::World world;
    const auto organisation = world.organisation();
    const UnitRef team = world.unit(organisation, Regime::team);
    const DeviceId tablet = world.staff(team, Role::psychologist).device;
    const Federation before = world.federation();
    const Instant now = world.now;
    FleetRow row{.device = tablet,
                 .last_contact = now,
                 .unconfirmed = 0,
                 .emptied = false,
                 .reported = true,
                 .report = {.version = "0.1.0",
                            .unsent = 1,
                            .oldest_unsent = now + 24h,
                            .waiting_keys = 0,
                            .owed_receipts = 0,
                            .reading_ends = now + unit_lease_max + 24h}};
    const auto warnings = [&](const Federation& members) {
        const FleetMeasure measure{members, now, "0.1.0"};
        return judge_device(measure, tablet, &row).warnings;
    };
    const std::vector doubtful{FleetWarning::doubtful_report};
    CHECK(warnings(before).empty());

    SECTION("work that was written the day after tomorrow") {
        row.report.oldest_unsent += 1ms;
        CHECK(warnings(before) == doubtful);
    }
    SECTION("content that is shown for longer than any lease") {
        row.report.reading_ends += 1ms;
        CHECK(warnings(before) == doubtful);
    }
    SECTION("a program without a version, which is not said to be an old one") {
        row.report.version.clear();
        CHECK(warnings(before) == doubtful);
    }
    SECTION("nothing is said of what no device has reported") {
        row.report.version.clear();
        row.reported = false;
        CHECK(warnings(before).empty());
    }
    SECTION("nor of the work on a device that is revoked") {
        row.report.version.clear();
        world.revoke(tablet, organisation);
        CHECK(warnings(world.federation()) == std::vector{FleetWarning::revoked_not_emptied});
    }
}

TEST_CASE("Fleet: every warning has a word of its own", "[fleet]") {
    std::set<std::string_view> words;
    for (unsigned number = 0; number <= static_cast<unsigned>(FleetWarning::last); ++number)
        words.insert(key_of(static_cast<FleetWarning>(number)));
    CHECK(words.size() == static_cast<std::size_t>(FleetWarning::last) + 1);
    CHECK_FALSE(words.contains("unknown"));
}

}  // namespace samsyn
