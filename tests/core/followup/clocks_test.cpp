#include "core/followup/clocks.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/dates.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <random>

using namespace samsyn;
using samsyn::test::date;

namespace {

using namespace std::chrono_literals;

template <class T>
T id_of(int number) {
    T id;
    id.bytes[0] = static_cast<std::byte>(number);
    return id;
}

/// 21:00 on a Monday in Nora.
const Instant opening = at_local_time(date("2026-05-04"), 21h);

WatchedCase crisis() {
    return {.model = ServiceModel::familjesupporten, .opened = opening};
}

WatchedCase team() {
    return {.model = ServiceModel::famsam, .opened = opening};
}

std::optional<CaseClock> clock_in(const WatchedCase& watched, ClockKind kind, Instant now) {
    const auto clocks = clocks_of(watched, now);
    const auto found = std::ranges::find(clocks, kind, &CaseClock::kind);
    return found == clocks.end() ? std::nullopt : std::optional{*found};
}

/// What a clock of the kind says, or "-" where none goes.
std::string alarm(const WatchedCase& watched, ClockKind kind, Instant now) {
    const auto clock = clock_in(watched, kind, now);
    return clock ? std::string{key_of(clock->alarm)} : "-";
}

WatchedCase any_case() {
    const auto at = [] { return opening + 1h * *rc::gen::inRange(-400, 2000); };
    const auto day = [&] { return local_date(at()); };
    const auto about = [] { return std::vector{id_of<PersonId>(*rc::gen::inRange(1, 3))}; };
    WatchedCase watched;
    watched.model = static_cast<ServiceModel>(*rc::gen::inRange(0, 8));
    watched.opened = opening;
    watched.closed = *rc::gen::inRange(0, 9) == 0;
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) watched.contacts.push_back(at());
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        watched.reports.push_back({id_of<ItemId>(i), day(), about()});
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) watched.decisions.push_back({day(), about()});
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        watched.goals.push_back({id_of<ItemId>(10 + i), day(), *rc::gen::inRange(0, 2) == 0});
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        watched.consents.push_back({id_of<StatementId>(i), at()});
    return watched;
}

}  // namespace

TEST_CASE("Clocks: every kind has one rule in its place, with words in both languages",
          "[followup]") {
    for (const ClockRule& rule : clock_rules()) {
        CHECK(&clock_rule(rule.kind) == &rule);
        CHECK_FALSE(rule.title.en.empty());
        CHECK_FALSE(rule.title.sv.empty());
        CHECK_FALSE(rule.stopped_by.en.empty());
        CHECK_FALSE(rule.stopped_by.sv.empty());
    }
}

TEST_CASE("Clocks: the crisis team has twelve hours for the first contact, day or night",
          "[followup]") {
    constexpr auto kind = ClockKind::first_contact;
    CHECK(clock_in(crisis(), kind, opening)->ends == opening + 12h);
    CHECK(alarm(crisis(), kind, opening + 7h) == "running");
    CHECK(alarm(crisis(), kind, opening + 8h) == "soon");
    CHECK(alarm(crisis(), kind, opening + 12h - 1ms) == "soon");
    CHECK(alarm(crisis(), kind, opening + 12h) == "passed");
    CHECK(alarm(team(), kind, opening + 12h) == "-");
}

TEST_CASE("Clocks: a visit stops the first contact's; a meeting to come, or an older one, does not",
          "[followup]") {
    constexpr auto kind = ClockKind::first_contact;
    WatchedCase watched = crisis();
    watched.contacts = {opening + 30h};
    CHECK(alarm(watched, kind, opening + 13h) == "passed");
    CHECK(alarm(watched, kind, opening + 30h) == "-");
    watched.contacts = {opening - 24h};
    CHECK(alarm(watched, kind, opening + 13h) == "passed");
    watched.contacts = {start_of_day(local_date(opening))};  // a note with a day and no hour
    CHECK(alarm(watched, kind, opening + 13h) == "-");
}

TEST_CASE("Clocks: the phases of a crisis last eight weeks in all, to the end of the day",
          "[followup]") {
    constexpr auto kind = ClockKind::crisis_weeks;
    const auto clock = clock_in(crisis(), kind, opening);
    CHECK(clock->ends == end_of_day(date("2026-06-29")));
    CHECK(alarm(crisis(), kind, opening + 24h * 40) == "running");
    CHECK(alarm(crisis(), kind, clock->ends - 24h * 7) == "soon");
    CHECK(alarm(crisis(), kind, clock->ends) == "passed");
    CHECK(alarm(team(), kind, clock->ends) == "-");
}

TEST_CASE("Clocks: a report of concern is assessed within fourteen days, in any service",
          "[followup]") {
    constexpr auto kind = ClockKind::concern_assessment;
    WatchedCase watched = team();
    watched.reports = {{id_of<ItemId>(1), date("2026-05-04"), {id_of<PersonId>(1)}}};
    const auto at = [](std::string_view day) { return start_of_day(date(day)) + 9h; };
    CHECK(clock_in(watched, kind, at("2026-05-05"))->item == id_of<ItemId>(1));
    CHECK(alarm(watched, kind, at("2026-05-13")) == "running");
    CHECK(alarm(watched, kind, at("2026-05-18")) == "soon");
    CHECK(alarm(watched, kind, at("2026-05-19")) == "passed");
    SECTION("a decision about another child, or from before, stops nothing") {
        watched.decisions = {{date("2026-05-06"), {id_of<PersonId>(2)}},
                             {date("2026-05-03"), {id_of<PersonId>(1)}}};
        CHECK(alarm(watched, kind, at("2026-05-19")) == "passed");
    }
    SECTION("a decision about the child does, from its day on") {
        watched.decisions = {{date("2026-05-06"), {id_of<PersonId>(2), id_of<PersonId>(1)}}};
        CHECK(alarm(watched, kind, at("2026-05-05")) == "running");
        CHECK(alarm(watched, kind, at("2026-05-06")) == "-");
    }
}

TEST_CASE("Clocks: a goal's follow-up and a consent's end say so in time", "[followup]") {
    WatchedCase watched = team();
    watched.goals = {{id_of<ItemId>(1), date("2026-06-01"), true},
                     {id_of<ItemId>(2), date("2026-06-01"), false}};
    watched.consents = {{id_of<StatementId>(1), end_of_day(date("2026-06-30"))},
                        {id_of<StatementId>(2), instant_max}};
    const Instant june = start_of_day(date("2026-06-01"));
    CHECK(alarm(watched, ClockKind::plan_follow_up, june - 24h * 8) == "running");
    CHECK(alarm(watched, ClockKind::plan_follow_up, june) == "soon");
    CHECK(alarm(watched, ClockKind::plan_follow_up, june + 24h) == "passed");
    CHECK(alarm(watched, ClockKind::consent_end, june - 1h) == "running");
    CHECK(alarm(watched, ClockKind::consent_end, june) == "soon");
    CHECK(clock_in(watched, ClockKind::consent_end, june)->ends == end_of_day(date("2026-06-30")));
    CHECK(clocks_of(watched, june).size() == 2);
}

TEST_CASE("Clocks: summer time makes the eight weeks neither longer nor shorter by a day",
          "[followup]") {
    WatchedCase watched = crisis();
    watched.opened = at_local_time(date("2026-10-01"), 0h);
    CHECK(clock_in(watched, ClockKind::crisis_weeks, watched.opened)->ends ==
          at_local_time(date("2026-11-27"), 0h));
}

TEST_CASE("Clocks: are the same whatever order the case is told in", "[followup]") {
    CHECK(rc::check([] {
        WatchedCase watched = any_case();
        const Instant now = opening + 1h * *rc::gen::inRange(-10, 3000);
        const auto clocks = clocks_of(watched, now);
        std::minstd_rand random{*rc::gen::arbitrary<unsigned>()};
        std::ranges::shuffle(watched.contacts, random);
        std::ranges::shuffle(watched.reports, random);
        std::ranges::shuffle(watched.decisions, random);
        std::ranges::shuffle(watched.goals, random);
        std::ranges::shuffle(watched.consents, random);
        RC_ASSERT(clocks_of(watched, now) == clocks);
        RC_ASSERT(std::ranges::is_sorted(clocks, {}, &CaseClock::ends));
        if (watched.closed) RC_ASSERT(clocks.empty());
    }));
}

TEST_CASE("Clocks: an alarm only grows with time, until the clock is stopped", "[followup]") {
    CHECK(rc::check([] {
        const WatchedCase watched = any_case();
        const Instant now = opening + 1h * *rc::gen::inRange(-10, 3000);
        const Instant later = now + 1h * *rc::gen::inRange(0, 3000);
        const auto before = clocks_of(watched, now);
        for (const CaseClock& clock : clocks_of(watched, later)) {
            CaseClock same = clock;
            const auto found = std::ranges::find_if(before, [&](const CaseClock& each) {
                same.alarm = each.alarm;
                return each == same;
            });
            RC_ASSERT(found != before.end());  // nothing that time brings starts a clock
            RC_ASSERT(found->alarm <= clock.alarm);
            RC_ASSERT((clock.alarm == ClockAlarm::passed) == (clock.ends <= later));
        }
    }));
}
