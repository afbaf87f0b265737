// One administrator of two who takes the other's word away, or makes a second person up.

#include "core/policy/two_persons.hpp"
#include "tests/core/policy/two_administrators.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace samsyn::test;

TEST_CASE("Attack: who takes the certifier's word away makes no later device the first",
          "[policy][two][attack]") {
    TwoAdministrators scene;
    REQUIRE(scene.stands(scene.newcomer.device));
    const auto later = scene.say(
        scene.admin,
        scene.draft_tablet(scene.newcomer, scene.fresh_key()),
        GENERATE(true, false) ? std::vector{scene.first_certificate->id} : scene.the_founding());
    const auto gap = scene.first_certificate->header.counter;

    SECTION("by suspending its own machine, which confirmed the certifier's") {
        scene.say(scene.admin, DeviceSuspended{scene.admin}, scene.the_founding());
    }
    SECTION("by suspending its own machine as if that had confirmed nobody and said the rest") {
        scene.say(scene.admin, DeviceSuspended{scene.admin}, std::vector{later->id});
    }
    SECTION("by suspending the certifier as if it had said nothing") {
        scene.say(scene.admin, DeviceSuspended{scene.colleague}, scene.the_founding());
    }
    SECTION("by revoking the certifier as if it had said nothing") {
        scene.say(scene.admin, DeviceRevoked{scene.colleague}, scene.the_founding());
    }
    SECTION("with a pin that names the certificate's counter as a gap") {
        const auto revocation = scene.revoke(scene.colleague, scene.lindesberg);
        scene.say(scene.own_server,
                  RevocationPinned{
                      revocation->id, scene.colleague, scene.counters[scene.colleague], {gap}});
    }
    SECTION("with a pin that ends before the certificate") {
        const auto revocation = scene.revoke(scene.colleague, scene.lindesberg);
        scene.say(scene.own_server, RevocationPinned{revocation->id, scene.colleague, gap - 1, {}});
    }
    SECTION("with a pin that takes its own confirmation of the certifier away") {
        const auto revocation = scene.revoke(scene.admin, scene.lindesberg);
        std::vector<std::uint64_t> gaps;
        for (std::uint64_t counter = 1; counter <= scene.counters[scene.admin]; ++counter)
            if (counter != later->header.counter) gaps.push_back(counter);
        scene.say(scene.own_server,
                  RevocationPinned{revocation->id, scene.admin, scene.counters[scene.admin], gaps});
    }
    CHECK(scene.federation().device(ProvisionScene::device_in(later)) == nullptr);
}

TEST_CASE("Attack: a laptop made for a head after the role was confirmed is no second person",
          "[policy][two][attack]") {
    TwoAdministrators scene;
    const auto& head = scene.absent_head;
    const auto made_up = scene.say(scene.admin, scene.draft_tablet(head, scene.fresh_key()));
    const auto laptop = ProvisionScene::device_in(made_up);
    REQUIRE(scene.stands(laptop));
    const auto said = scene.further(scene.officer);
    const auto reviewer = scene.role(scene.officer, Role::log_reviewer);

    SECTION("it confirms nothing") {
        CHECK_FALSE(scene.federation().may_countersign(laptop, said->id));
        scene.confirm(said, laptop);
        scene.confirm(reviewer, laptop);
        CHECK(scene.waits(said));
        CHECK(scene.waits(reviewer));
        const auto key = scene.say(scene.admin, scene.recovery_key(1));
        scene.confirm(key, laptop);
        CHECK(scene.waits(key));
    }
    SECTION("nor does a device that only it confirmed") {
        const auto more = scene.further(head);
        scene.confirm(more, laptop);
        REQUIRE(scene.stands(ProvisionScene::device_in(more)));
        scene.confirm(said, ProvisionScene::device_in(more));
        CHECK(scene.waits(said));
        // Nor the laptop by that one.
        scene.confirm(made_up, ProvisionScene::device_in(more));
        scene.confirm(said, laptop);
        CHECK(scene.waits(said));
    }
    SECTION("until another administrator confirms it") {
        scene.confirm(made_up, scene.other_admin);
        scene.confirm(said, laptop);
        CHECK(scene.has_effect(said));
    }
    SECTION("or confirms the role knowing it") {
        scene.confirm(scene.role(head, Role::head_of_unit), scene.other_admin);
        scene.confirm(said, laptop);
        CHECK(scene.has_effect(said));
    }
    SECTION("and not where the role is confirmed without knowing it") {
        const auto before = scene.federation_log.heads(World::federation_stream());
        const auto ghost = scene.say(scene.admin, scene.draft_tablet(head, scene.fresh_key()));
        const auto again = scene.say(
            scene.admin,
            UserCertified{
                head.user, scene.lindesberg, head.unit.unit, Role::head_of_unit, scene.long_ago},
            scene.the_founding());
        scene.say(scene.other_admin, Countersigned{again->id}, std::vector{again->id});
        scene.confirm(said, laptop);
        scene.confirm(said, ProvisionScene::device_in(ghost));
        CHECK(scene.waits(said));
    }
}

TEST_CASE("Two persons: a head's further tablet speaks for the head", "[policy][two]") {
    ProvisionScene scene;
    const auto more = scene.further(scene.head);
    scene.confirm(more, scene.head.device);
    const auto said = scene.further(scene.officer);
    scene.confirm(said, ProvisionScene::device_in(more));
    CHECK(scene.has_effect(said));
}

TEST_CASE("Attack: a back-dated removal takes back what a head confirmed", "[policy][attack]") {
    ProvisionScene scene;
    const auto said = scene.further(scene.officer);
    scene.confirm(said, scene.head.device);
    scene.now += hours{1};
    scene.say(scene.admin, UserRemoved{scene.head.user, scene.lindesberg, scene.long_ago});
    CHECK(scene.has_effect(said));
    CHECK_FALSE(scene.stands(scene.head.device));
    scene.now += hours{1};
    const auto later = scene.further(scene.officer);
    scene.confirm(later, scene.head.device);
    CHECK(scene.waits(later));
}

TEST_CASE("Attack: what a suspended administrator says opens nothing on any replica",
          "[policy][attack]") {
    TwoAdministrators scene;
    const auto before = scene.federation_log.heads(World::federation_stream());
    const auto lost = scene.say(scene.admin, DeviceSuspended{scene.colleague});
    const Staff somebody{.user = scene.fresh<UserId>(), .device = {}, .unit = scene.social};
    const auto previous = GENERATE(true, false) ? std::vector{lost->id} : before;
    const std::vector<StatementBody> openings{
        UnitCertified{{scene.lindesberg, scene.fresh<UnitId>(), Regime::social}},
        scene.draft_tablet(somebody, scene.fresh_key()),
        UserCertified{
            somebody.user, scene.lindesberg, scene.social.unit, Role::case_officer, scene.long_ago},
        UnitLease{scene.social.unit, 720}};
    std::vector<StatementPtr> said;
    for (const auto& body : openings) said.push_back(scene.say(scene.colleague, body, previous));
    for (const auto& opening : said) CHECK_FALSE(scene.has_effect(opening));
    CHECK(scene.federation().device(ProvisionScene::device_in(said[1])) == nullptr);
    CHECK(scene.stands(scene.newcomer.device));  // what it said before
    const auto denial = scene.say(scene.colleague, DeviceSuspended{scene.nurse.device}, previous);
    CHECK(scene.has_effect(denial));
    CHECK_FALSE(scene.stands(scene.nurse.device));

    scene.say(scene.admin, DeviceResumed{scene.colleague, {lost->id}});
    for (const auto& opening : said) CHECK(scene.has_effect(opening));
}

TEST_CASE("Attack: a suspension that was ended by who counts no more ends what was said under it",
          "[policy][attack]") {
    TwoAdministrators scene;
    const auto machine = [&](const DeviceId& second) {
        const auto said = scene.further_machine(scene.lindesberg, scene.fresh<UserId>());
        scene.confirm(said, second);
        return std::get<AdministratorCertified>(said->body).device;
    };
    const auto third = machine(scene.other_admin);
    const auto fourth = machine(scene.colleague);
    const auto lost = scene.say(scene.admin, DeviceSuspended{third});
    const auto unit =
        scene.say(third, UnitCertified{{scene.lindesberg, scene.fresh<UnitId>(), Regime::social}});
    CHECK_FALSE(scene.has_effect(unit));
    scene.say(fourth, DeviceResumed{third, {lost->id}});
    CHECK(scene.has_effect(unit));
    scene.say(scene.admin, DeviceSuspended{scene.colleague}, scene.the_founding());
    CHECK_FALSE(scene.federation().is_some_administrator(fourth));
    CHECK_FALSE(scene.has_effect(unit));
}

TEST_CASE("Two persons: renewals ask nothing about who came first", "[policy][two]") {
    ProvisionScene scene;
    const auto rivals = [&] {
        return policy::rival_certificates(scene.federation_log.in(World::federation_stream()));
    };
    const auto before = rivals().size();
    auto renewed = scene.federation().device(scene.officer.device)->certificate;
    for (int year = 1; year < 5; ++year) {
        renewed.until = scene.now + days{365 * year};
        scene.say(scene.admin, renewed);
    }
    CHECK(rivals().size() == before);
    scene.further(scene.officer);
    CHECK(rivals().size() == before + 6);
}
