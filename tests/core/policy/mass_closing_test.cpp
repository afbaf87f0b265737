#include "core/policy/mass_closing.hpp"

#include "core/policy/notices.hpp"
#include "tests/core/policy/kinds_scene.hpp"
#include "tests/support/catch.hpp"

#include <random>

using namespace samsyn;
using namespace samsyn::test;
using std::chrono::minutes;

namespace {

struct Closings : KindsScene {
    std::vector<ClosingSaid> said;

    /// Closes in so many new cases, one each `apart` minutes, from `from` on.
    std::vector<CaseId> close(const UserId& author, int count, int apart, Instant from) {
        std::vector<CaseId> ids;
        for (int i = 0; i < count; ++i) {
            ids.push_back(fresh<CaseId>());
            said.push_back({author, ids.back(), from + minutes{apart * i}});
        }
        std::ranges::sort(ids);
        return ids;
    }
};

}  // namespace

TEST_CASE("Mass closing: six cases within an hour alarm, five do not", "[policy]") {
    Closings scene;
    scene.close(scene.lead.user, 5, 10, scene.now);
    CHECK(mass_closings(scene.said).empty());
    scene.said.clear();
    const auto cases = scene.close(scene.lead.user, 6, 12, scene.now);
    const auto alarms = mass_closings(scene.said);
    REQUIRE(alarms.size() == 1);
    CHECK(alarms[0] == MassClosing{scene.lead.user, cases, scene.now, scene.now + minutes{60}});
}

TEST_CASE("Mass closing: an hour and a minute is not within an hour", "[policy]") {
    Closings scene;
    scene.close(scene.lead.user, 5, 10, scene.now);
    scene.said.push_back({scene.lead.user, scene.fresh<CaseId>(), scene.now + minutes{61}});
    CHECK(mass_closings(scene.said).empty());
}

TEST_CASE("Mass closing: many closings in five cases are no alarm", "[policy]") {
    Closings scene;
    const auto cases = scene.close(scene.lead.user, 5, 1, scene.now);
    for (int i = 0; i < 50; ++i)
        scene.said.push_back({scene.lead.user, cases[static_cast<std::size_t>(i) % 5], scene.now});
    CHECK(mass_closings(scene.said).empty());
}

TEST_CASE("Mass closing: authors count apart", "[policy]") {
    Closings scene;
    scene.close(scene.lead.user, 5, 1, scene.now);
    scene.close(scene.officer.user, 5, 1, scene.now);
    CHECK(mass_closings(scene.said).empty());
}

TEST_CASE("Mass closing: overlapping hours are one alarm, later ones another", "[policy]") {
    Closings scene;
    auto first = scene.close(scene.lead.user, 9, 10, scene.now);
    const auto later = scene.close(scene.lead.user, 6, 1, scene.now + hours{5});
    // In whatever order they are known.
    std::mt19937 dice{4};
    for (int i = 0; i < 20; ++i) {
        std::ranges::shuffle(scene.said, dice);
        const auto alarms = mass_closings(scene.said);
        REQUIRE(alarms.size() == 2);
        CHECK(alarms[0].cases == first);
        CHECK(alarms[0].from == scene.now);
        CHECK(alarms[0].to == scene.now + minutes{80});
        CHECK(alarms[1].cases == later);
    }
}

TEST_CASE("Mass closing: agrees with counting every hour that begins at a closing", "[policy]") {
    std::mt19937 dice{2026};
    for (int round = 0; round < 300; ++round) {
        Closings scene;
        const auto author = scene.fresh<UserId>();
        std::vector<CaseId> cases(8);
        for (auto& id : cases) id = scene.fresh<CaseId>();
        const int count = std::uniform_int_distribution{0, 14}(dice);
        for (int i = 0; i < count; ++i)
            scene.said.push_back(
                {author,
                 cases[std::uniform_int_distribution<std::size_t>{0, 7}(dice)],
                 scene.now + minutes{std::uniform_int_distribution{0, 150}(dice)}});
        bool alarmed = false;
        for (const auto& start : scene.said) {
            std::set<CaseId> closed;
            for (const auto& one : scene.said)
                if (one.at >= start.at && one.at - start.at <= mass_closing_window)
                    closed.insert(one.case_id);
            alarmed = alarmed || closed.size() > mass_closing_cases_max;
        }
        CHECK(mass_closings(scene.said).empty() != alarmed);
    }
}

TEST_CASE("Mass closing: a user's two tablets count together, other kinds do not", "[policy]") {
    KindsScene scene;
    const Staff second{scene.lead.user, scene.tablet(scene.lead), scene.team};
    const auto members = scene.federation();
    std::vector<ClosingSaid> said;
    for (int i = 0; i < 6; ++i) {
        const auto id = scene.open_case(scene.lead);
        auto no = scene.no(ClosingKind::withdrawal, scene.a);
        no.disclosing.reset();
        const auto statement = scene.closing(id, i % 2 == 0 ? scene.lead : second, no);
        const auto one = closing_said(*statement, members);
        REQUIRE(one);
        said.push_back(*one);
        for (const auto& other : scene.cases[id].in(World::custody_stream(id)))
            if (other->id != statement->id) CHECK_FALSE(closing_said(*other, members));
    }
    REQUIRE(mass_closings(said).size() == 1);
    CHECK(mass_closings(said)[0].author == scene.lead.user);
}

TEST_CASE("Notices: go to the participants of their unit, and to nobody else", "[policy]") {
    KindsScene scene;
    const auto members = scene.federation();
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], members);
    const auto receives = [&](const Staff& who, const UnitRef& unit) {
        const auto streams = streams_for(who.device, view, members, scene.now);
        CHECK(std::ranges::is_sorted(streams));
        return std::ranges::find(streams, scene.in_notice(unit)) != streams.end();
    };
    CHECK(receives(scene.officer, scene.social));
    CHECK(receives(scene.chief, scene.social));
    CHECK_FALSE(receives(scene.outsider, scene.social));
    CHECK_FALSE(receives(scene.lead, scene.social));
    CHECK_FALSE(receives(scene.counsellor, scene.social));
    CHECK(receives(scene.counsellor, scene.school));
}

TEST_CASE("C-31 Notices: a report of concern goes to the intake's devices, and to no case",
          "[policy]") {
    KindsScene scene;
    const auto fresh = scene.fresh<CaseId>();
    const Stream stream{StreamKind::notice, fresh, scene.social.unit};
    scene.sign(
        scene.counsellor.device, stream, ReportOfConcern{scene.school.unit, scene.social.unit});
    const auto members = scene.federation();
    const auto& said = scene.cases[fresh];
    const auto view = CaseView::build(fresh, said, members);
    CHECK(view.without_effect().empty());
    const auto streams = [&](const DeviceId& device) {
        return intake_streams_for(device, said, view, members, scene.now);
    };
    CHECK(streams(scene.officer.device) == std::vector{stream});
    CHECK(streams(scene.outsider.device) == std::vector{stream});  // works in the intake
    CHECK(streams(scene.counsellor.device).empty());
    CHECK(streams(scene.lead.device).empty());
    CHECK(streams(scene.fresh<DeviceId>()).empty());
    // Of a case that somebody opened, nobody gets notices by this way.
    const auto opened = CaseView::build(scene.id, scene.cases[scene.id], members);
    CHECK(
        intake_streams_for(scene.officer.device, scene.cases[scene.id], opened, members, scene.now)
            .empty());
}
