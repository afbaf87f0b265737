#include "tests/oracle/random_scene.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dice.hpp"

#include <algorithm>

namespace samsyn::test {

namespace {

void shuffle(std::vector<StatementPtr>& all, Dice& dice) {
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[dice.below(i)]);
}

/// Of the case, what a device in this unit reads for this label, as the rules name it.
Scene cut_down(const Scene& scene, const Asked& asked, const std::vector<UnitId>& own) {
    Scene cut = scene;
    std::erase_if(cut.of_case, [&](const StatementPtr& one) {
        const auto& stream = one->header.stream;
        switch (stream.kind) {
            case StreamKind::custody:
                return false;
            case StreamKind::disclosing:
                return stream.unit != asked.label.disclosing.unit;
            case StreamKind::roster:
                return std::ranges::find(own, stream.unit) == own.end() &&
                       stream.unit != asked.label.disclosing.unit;
            default:
                return true;
        }
    });
    return cut;
}

/// The units in which the user was ever certified.
std::vector<UnitId> units_of(const Scene& scene, const UserId& user) {
    std::vector<UnitId> units;
    for (const auto& one : scene.federation)
        if (const auto* body = std::get_if<UserCertified>(&one->body); body && body->user == user)
            units.push_back(body->unit);
    return units;
}

}  // namespace

TEST_CASE("decide: a device and the server answer with the same bytes, in whatever order it came",
          "[policy][oracle]") {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        CAPTURE(seed);
        const auto [server, questions] = random_scene(seed, 6);
        Dice dice{seed};
        Scene device = server;
        shuffle(device.of_case, dice);
        shuffle(device.federation, dice);
        const Replica hub{server};
        const Replica tablet{device};
        for (const auto& asked : questions)
            REQUIRE(canonical(hub.decide(asked)) == canonical(tablet.decide(asked)));
    }
}

TEST_CASE("decide: reads the custody stream, the discloser's, and rosters of both ends; no other",
          "[policy][oracle]") {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        const auto [server, questions] = random_scene(seed, 6);
        const Replica hub{server};
        for (const auto& asked : questions) {
            const auto device = cut_down(server, asked, units_of(server, asked.requester.user));
            const auto there = canonical(Replica{device}.decide(asked));
            if (there == canonical(hub.decide(asked))) continue;
            INFO("seed " << seed
                         << "\nthe server: " << in_words(server, asked, oracle::Planted::none)
                         << "\nthe device: " << in_words(device, asked, oracle::Planted::none));
            CHECK(false);
            return;
        }
    }
}

TEST_CASE("decide: does not change its answer before the instant that it names",
          "[policy][oracle]") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        const auto [scene, questions] = random_scene(seed, 3);
        const Replica replica{scene};
        const auto instants = instants_of(scene);
        for (const auto& asked : questions) {
            const auto first = replica.decide(asked);
            for (const auto instant : instants) {
                if (instant <= asked.now || instant >= first.valid_until) continue;
                Asked later = asked;
                later.now = instant;
                auto then = replica.decide(later);
                then.valid_until = first.valid_until;
                INFO(in_words(scene, later, oracle::Planted::none));
                REQUIRE(then == first);
            }
        }
    }
}

}  // namespace samsyn::test
