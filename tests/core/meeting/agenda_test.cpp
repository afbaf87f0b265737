#include "core/meeting/agenda_template.hpp"
#include "tests/support/catch.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <set>

using namespace samsyn;
using namespace std::chrono_literals;

namespace {

constexpr Instant one_o_clock{std::chrono::sys_days{std::chrono::year{2026} / 5 / 20} + 13h};

TimedPoint open(std::chrono::minutes minutes) {
    return {.minutes = minutes};
}

TimedPoint treated(std::chrono::minutes minutes, Instant at) {
    return {.minutes = minutes, .state = PointState::treated, .treated_at = at};
}

TimedPoint parked(std::chrono::minutes minutes) {
    return {.minutes = minutes, .state = PointState::parked};
}

}  // namespace

TEST_CASE("AgendaTimes: points begin one after the other, parked ones aside", "[meeting]") {
    const std::vector points{open(10min), parked(30min), open(20min), open(5min)};
    const auto times = times_of(one_o_clock, {}, points, one_o_clock - 24h);
    CHECK(times.starts == std::vector<std::optional<Instant>>{
                              one_o_clock, std::nullopt, one_o_clock + 10min, one_o_clock + 30min});
    CHECK(times.planned == 35min);
    CHECK(times.ends == one_o_clock + 35min);
    CHECK_FALSE(times.on);
    CHECK_FALSE(times.expected);
}

TEST_CASE("AgendaTimes: the first open point is on, since the last one was treated", "[meeting]") {
    const std::vector points{treated(10min, one_o_clock + 14min), open(20min), open(5min)};
    const auto times = times_of(one_o_clock, one_o_clock + 60min, points, one_o_clock + 20min);
    CHECK(times.on == 1U);
    CHECK(times.on_since == one_o_clock + 14min);
    CHECK(times.late == 4min);
    CHECK(times.over == 0min);
    CHECK(times.expected == one_o_clock + 39min);
    CHECK(times.past_end == 0min);
}

TEST_CASE("AgendaTimes: a point and a meeting that go on too long are counted in minutes",
          "[meeting]") {
    const std::vector points{treated(10min, one_o_clock + 10min), open(20min), open(5min)};
    const auto over = times_of(one_o_clock, one_o_clock + 35min, points, one_o_clock + 33min);
    CHECK(over.over == 3min);
    CHECK(over.past_end == 0min);
    CHECK(over.expected == one_o_clock + 38min);
    const auto past = times_of(one_o_clock, one_o_clock + 35min, points, one_o_clock + 47min);
    CHECK(past.over == 17min);
    CHECK(past.past_end == 12min);
}

TEST_CASE("AgendaTimes: nothing runs over once every point is settled", "[meeting]") {
    const std::vector points{treated(10min, one_o_clock + 10min), parked(20min)};
    const auto times = times_of(one_o_clock, one_o_clock + 30min, points, one_o_clock + 5h);
    CHECK_FALSE(times.on);
    CHECK(times.past_end == 0min);
    // Without an agenda the clock alone counts.
    CHECK(times_of(one_o_clock, one_o_clock + 30min, {}, one_o_clock + 40min).past_end == 10min);
}

TEST_CASE("AgendaTimes: a meeting without a start has lengths and no times", "[meeting]") {
    const std::vector points{open(10min), open(20min)};
    const auto times = times_of({}, {}, points, one_o_clock);
    CHECK(times.planned == 30min);
    CHECK_FALSE(times.ends);
    CHECK_FALSE(times.on);
    CHECK(std::ranges::none_of(times.starts, [](const auto& at) { return at.has_value(); }));
}

TEST_CASE("AgendaTimes: a clock that is ahead, or a treated point of tomorrow, turns nothing round",
          "[meeting]") {
    const std::vector points{treated(10min, one_o_clock + 24h), open(20min)};
    const auto times = times_of(one_o_clock, {}, points, one_o_clock + 5min);
    CHECK(times.on_since == one_o_clock + 5min);
    CHECK(times.late == -5min);
    CHECK(times.over == 0min);
}

TEST_CASE("AgendaTimes: whatever numbers another device wrote, times follow each other",
          "[meeting][properties]") {
    using Raw = std::tuple<std::int64_t, int, std::int64_t>;
    CHECK(rc::check(
        [](const std::vector<Raw>& raw, std::int64_t start, std::int64_t end, std::int64_t now) {
            std::vector<TimedPoint> points;
            for (const auto& [minutes, state, at] : raw)
                points.push_back({std::chrono::minutes{minutes},
                                  static_cast<PointState>(std::abs(state % 3)),
                                  Instant{std::chrono::milliseconds{at}}});
            for (const std::int64_t extreme : {start, INT64_MAX, INT64_MIN}) {
                const auto times = times_of(Instant{std::chrono::milliseconds{extreme}},
                                            Instant{std::chrono::milliseconds{end}},
                                            points,
                                            Instant{std::chrono::milliseconds{now}});
                RC_ASSERT(times.starts.size() == points.size());
                std::optional<Instant> last;
                for (std::size_t i = 0; i < points.size(); ++i) {
                    RC_ASSERT(times.starts[i].has_value() ==
                              (points[i].state != PointState::parked));
                    if (!times.starts[i]) continue;
                    const bool in_order = !last || *last <= *times.starts[i];
                    RC_ASSERT(in_order);
                    last = times.starts[i];
                }
                RC_ASSERT(times.over >= 0min);
                RC_ASSERT(times.past_end >= 0min);
                if (!times.on) continue;
                const bool open_one = points[*times.on].state == PointState::open;
                RC_ASSERT(open_one);
                const bool later = *times.expected >= *times.on_since;
                RC_ASSERT(later);
            }
        }));
}

TEST_CASE("AgendaTimes: while a point is on, its time over grows as the clock goes",
          "[meeting][properties]") {
    CHECK(rc::check([](std::uint8_t length, std::uint16_t first, std::uint16_t more) {
        const std::vector points{open(std::chrono::minutes{length}), open(5min)};
        const auto at = [&](std::uint32_t minute) {
            return times_of(one_o_clock, {}, points, one_o_clock + std::chrono::minutes{minute});
        };
        const auto sooner = at(first);
        const auto later = at(std::uint32_t{first} + more);
        RC_ASSERT(later.over >= sooner.over);
        RC_ASSERT(*later.expected >= *sooner.expected);
        RC_ASSERT(sooner.over ==
                  std::max(0min, std::chrono::minutes{first} - std::chrono::minutes{length}));
    }));
}

TEST_CASE("moved: puts one point where it is wanted and leaves the others in their order",
          "[meeting][properties]") {
    CHECK(rc::check([](const std::vector<std::int64_t>& any, std::uint8_t a, std::uint8_t b) {
        RC_PRE(!any.empty());
        std::vector<std::int64_t> positions = any;
        std::ranges::sort(positions);
        const std::size_t from = a % positions.size();
        const std::size_t to = b % positions.size();
        const auto anew = moved(positions, from, to);
        RC_ASSERT(anew.size() == positions.size());
        RC_ASSERT(std::ranges::adjacent_find(anew, std::greater_equal{}) == anew.end());
        RC_ASSERT(anew.front() >= 0);
    }));
}

TEST_CASE("moved: changes no other point while there is room", "[meeting]") {
    const std::vector<std::int64_t> positions{10, 20, 30, 40};
    CHECK(moved(positions, 3, 1) == std::vector<std::int64_t>{10, 15, 20, 30});
    CHECK(moved(positions, 0, 3) == std::vector<std::int64_t>{20, 30, 40, 50});
    CHECK(moved(positions, 2, 0) == std::vector<std::int64_t>{0, 10, 20, 40});
    CHECK(moved(std::vector<std::int64_t>{1, 2, 3}, 2, 1) == std::vector<std::int64_t>{10, 20, 30});
    CHECK(moved(std::vector<std::int64_t>{7}, 0, 0).size() == 1);
    CHECK(position_after(positions) == 50);
    CHECK(position_after({}) == 10);
}

TEST_CASE("MeetingKind and PointState: are the choices of the schema", "[meeting]") {
    const auto choices = [](std::string_view type, std::string_view field) {
        return find_field(*find_type(type), field)->choices;
    };
    const auto kinds = choices("meeting", "kind");
    REQUIRE(kinds.size() == static_cast<std::size_t>(MeetingKind::last) + 1);
    CHECK(kinds[static_cast<std::size_t>(MeetingKind::family_only)].en == "family only");
    CHECK(kinds[static_cast<std::size_t>(MeetingKind::network)].en == "network meeting");
    CHECK(kinds[static_cast<std::size_t>(MeetingKind::consultation)].en == "consultation");
    const auto states = choices("agenda_point", "state");
    REQUIRE(states.size() == static_cast<std::size_t>(PointState::last) + 1);
    CHECK(states[static_cast<std::size_t>(PointState::treated)].en == "treated");
    CHECK(states[static_cast<std::size_t>(PointState::parked)].en == "parked");
}

TEST_CASE("AgendaTemplate: each is whole, in both languages, and shorter than two hours",
          "[meeting]") {
    std::set<std::pair<int, MeetingKind>> seen;
    for (const AgendaTemplate& row : agenda_templates()) {
        CAPTURE(row.title.en);
        const int model = row.model ? static_cast<int>(*row.model) : -1;
        CHECK(seen.insert({model, row.kind}).second);
        CHECK_FALSE(row.title.sv.empty());
        REQUIRE(row.points.size() >= 3);
        for (const TemplatePoint& point : row.points) {
            CHECK_FALSE(point.title.en.empty());
            CHECK_FALSE(point.title.sv.empty());
            CHECK(point.minutes >= 5min);
        }
        CHECK(length_of(row) <= 120min);
    }
}

TEST_CASE("find_agenda: a model's own goes before that of any model", "[meeting]") {
    CHECK(find_agenda(ServiceModel::network_team, MeetingKind::sip)->model ==
          ServiceModel::network_team);
    CHECK_FALSE(find_agenda(ServiceModel::famsam, MeetingKind::sip)->model);
    CHECK(find_agenda(ServiceModel::barnahus, MeetingKind::consultation) != nullptr);
    CHECK(find_agenda(ServiceModel::ungdomsmottagning, MeetingKind::joint) == nullptr);
}
