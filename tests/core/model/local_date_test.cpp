#include "core/model/local_date.hpp"

#include "tests/support/catch.hpp"

using namespace samsyn;

namespace {

Date on(std::string_view text) {
    return date_from_text(text).value();
}

}  // namespace

TEST_CASE("start_of_day: is an hour before UTC in winter and two in summer", "[model][date]") {
    CHECK(to_iso(start_of_day(on("2026-01-15"))) == "2026-01-14T23:00:00Z");
    CHECK(to_iso(start_of_day(on("2026-07-15"))) == "2026-07-14T22:00:00Z");
}

TEST_CASE("start_of_day: the day of the change to summer time has 23 hours", "[model][date]") {
    CHECK(to_iso(start_of_day(on("2026-03-29"))) == "2026-03-28T23:00:00Z");
    CHECK(to_iso(start_of_day(on("2026-03-30"))) == "2026-03-29T22:00:00Z");
    CHECK(end_of_day(on("2026-03-29")) - start_of_day(on("2026-03-29")) == std::chrono::hours{23});
}

TEST_CASE("start_of_day: the day of the change to winter time has 25 hours", "[model][date]") {
    CHECK(to_iso(start_of_day(on("2026-10-25"))) == "2026-10-24T22:00:00Z");
    CHECK(to_iso(start_of_day(on("2026-10-26"))) == "2026-10-25T23:00:00Z");
    CHECK(end_of_day(on("2026-10-25")) - start_of_day(on("2026-10-25")) == std::chrono::hours{25});
}

TEST_CASE("local_date: each instant of a day falls on it, through every day of 30 years",
          "[model][date]") {
    for (Date day = on("2000-01-01"); day < on("2030-01-01"); day.day += std::chrono::days{1}) {
        const bool holds = local_date(start_of_day(day)) == day &&
                           local_date(end_of_day(day) - std::chrono::milliseconds{1}) == day;
        if (!holds) FAIL(to_text(day));
    }
    SUCCEED();
}

TEST_CASE("comes_of_age: at midnight of the 18th birthday, and not a millisecond before",
          "[model][date]") {
    CHECK(to_iso(comes_of_age(on("2008-06-30"))) == "2026-06-29T22:00:00Z");
    CHECK(to_iso(comes_of_age(on("2008-12-01"))) == "2026-11-30T23:00:00Z");
    const Instant midnight = comes_of_age(on("2008-06-30"));
    CHECK(local_date(midnight) == on("2026-06-30"));
    CHECK(local_date(midnight - std::chrono::milliseconds{1}) == on("2026-06-29"));
}

TEST_CASE("comes_of_age: somebody born on 29 February, on the 28th", "[model][date]") {
    CHECK(local_date(comes_of_age(on("2008-02-29"))) == on("2026-02-28"));
}

TEST_CASE("at_local_time: an hour that is skipped is an hour later, one that comes twice the first",
          "[model][date]") {
    using std::chrono::minutes;
    CHECK(to_iso(at_local_time(on("2026-03-29"), minutes{150})) == "2026-03-29T01:30:00Z");
    CHECK(to_iso(at_local_time(on("2026-10-25"), minutes{150})) == "2026-10-25T00:30:00Z");
    CHECK(to_local_text(at_local_time(on("2026-05-04"), minutes{570})) == "2026-05-04 09:30");
}

TEST_CASE("date_from_text: refuses other forms and days that do not exist", "[model][date]") {
    CHECK(to_text(on("2028-02-29")) == "2028-02-29");
    for (const std::string_view wrong : {"",
                                         "2026-6-30",
                                         "2026/06/30",
                                         "30-06-2026",
                                         "2026-02-29",
                                         "2026-13-01",
                                         "2026-00-10",
                                         "2026-06-31",
                                         "9999-01-01",
                                         "1899-12-31",
                                         "+026-06-30",
                                         "2026-06-30 ",
                                         "20260630"}) {
        CAPTURE(wrong);
        const auto date = date_from_text(wrong);
        REQUIRE_FALSE(date.has_value());
        CHECK(date.error().code == Errc::invalid_argument);
    }
}
