#include "tests/core/policy/scene.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace samsyn::test;

namespace {

/// The region's administrator turns against social services, and backdates.
struct Disputed : Scene {
    DeviceCertified certificate_of(const Staff& who) const {
        return federation().device(who.device)->certificate;
    }

    StatementPtr attack(StatementBody body, std::optional<std::vector<StatementId>> previous = {}) {
        return sign_at(long_ago, administrator(region), std::move(body), std::move(previous));
    }

    /// As `sign`, with another time claimed.
    StatementPtr sign_at(Instant time,
                         const DeviceId& author,
                         StatementBody body,
                         std::optional<std::vector<StatementId>> previous) {
        const auto today = now;
        now = time;
        auto said = sign(author, federation_stream(), std::move(body), std::move(previous));
        now = today;
        return said;
    }

    /// The officer's own device, claimed for a user made up for it, whose first it would be.
    DeviceCertified claim_of_the_officers_device() const {
        auto claim = certificate_of(officer);
        claim.organisation = region;
        claim.user = puppet;
        return claim;
    }

    UserId puppet = fresh<UserId>();

    bool reads(const Staff& who) { return ask_as(who, social_item()).permitted(); }
};

const std::vector<StatementId> knowing_nothing;

}  // namespace

TEST_CASE("Attack: a device id that its key does not give is certified by nobody", "[policy]") {
    Disputed scene;
    auto forged = scene.draft_tablet(scene.psychiatrist, scene.fresh_key());
    SECTION("an id that is free") {
        forged.device = scene.fresh<DeviceId>();
    }
    SECTION("the officer's id, with a key of the attacker's") {
        forged.device = scene.officer.device;
    }
    const auto said = scene.attack(forged);
    const auto federation = scene.federation();

    CHECK(federation.without_effect() == std::vector{said->id});
    CHECK(scene.reads(scene.officer));
    const auto* key = federation.signing_key(forged.device);
    CHECK((key == nullptr || *key != forged.signing_key));
}

TEST_CASE("Attack: an administrator's machine has the id that its key gives", "[policy]") {
    Disputed scene;
    const auto machine = scene.fresh<DeviceId>();
    scene.sign(scene.root,
               World::federation_stream(),
               AdministratorCertified{.organisation = scene.region,
                                      .user = scene.fresh<UserId>(),
                                      .device = machine,
                                      .signing_key = scene.fresh_key(),
                                      .sealing_key = {}});

    CHECK(!scene.federation().is_administrator(machine, scene.region));
}

TEST_CASE("Attack: nobody certifies the root or a server as a device, to revoke it", "[policy]") {
    Disputed scene;
    const auto server = scene.fresh_key();
    scene.sign(
        scene.root, World::federation_stream(), ServerCertified{.key = server, .successor = {}});
    const auto key = GENERATE_COPY(values({scene.federation().root_key(), server}));
    scene.attack(scene.draft_tablet(scene.psychiatrist, key));
    scene.revoke(World::device_of(key), scene.region);

    CHECK(scene.federation().device(World::device_of(key)) == nullptr);
    CHECK(scene.federation().without_effect().size() == 2);
}

TEST_CASE("Attack: backdating takes no device over from who certified it first", "[policy]") {
    Disputed scene;
    scene.both_consent();
    const auto said = scene.attack(scene.claim_of_the_officers_device());
    const auto federation = scene.federation();

    CHECK(federation.user_of(scene.officer.device) == scene.officer.user);
    CHECK(federation.without_effect() == std::vector{said->id});
    CHECK(scene.reads(scene.officer));
    CHECK(scene.reads(scene.counsellor));
    scene.revoke(scene.officer.device, scene.region);
    CHECK(scene.reads(scene.officer));
}

TEST_CASE(
    "Attack: a device that two organisations claim unknowingly reads nothing, and what it "
    "said stands",
    "[policy]") {
    Disputed scene;
    scene.both_consent();
    const auto refusal =
        scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, scene.a));
    scene.attack(scene.claim_of_the_officers_device(), knowing_nothing);

    CHECK(!scene.reads(scene.officer));
    const auto federation = scene.federation();
    CHECK(!federation.in_good_standing(scene.officer.device, scene.now));
    CHECK(federation.acted_in(scene.officer.device, scene.social.unit, scene.now));
    CHECK(federation.without_effect().size() == 2);
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          std::vector{Reason::refused});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).by == std::vector{refusal->id});
}

TEST_CASE("Attack: a device claimed for a user who has one is not even in dispute", "[policy]") {
    Disputed scene;
    auto claim = scene.claim_of_the_officers_device();
    claim.user = scene.psychiatrist.user;
    const auto said = scene.attack(claim, knowing_nothing);
    const auto confirmed = GENERATE(false, true);
    if (confirmed)
        scene.sign_at(scene.long_ago,
                      scene.administrator(scene.lindesberg),
                      Countersigned{.statement = said->id},
                      std::vector{said->id});
    // Nor does it wait for somebody: no second person makes another organisation's device theirs.
    CHECK(std::ranges::count(scene.federation().without_effect(), said->id) == 1);
    CHECK_FALSE(scene.federation().is_waiting(said->id));
    CHECK(scene.federation().in_good_standing(scene.officer.device, scene.now));
    CHECK(scene.reads(scene.officer));
}

TEST_CASE("Attack: a certificate renewed after the attack does not admit that it came second",
          "[policy]") {
    Disputed scene;
    auto renewed = scene.certificate_of(scene.officer);
    scene.attack(scene.claim_of_the_officers_device(), knowing_nothing);
    renewed.sealing_epoch = 2;
    scene.sign(scene.administrator(scene.lindesberg), World::federation_stream(), renewed);

    const auto federation = scene.federation();
    CHECK(federation.acted_in(scene.officer.device, scene.social.unit, scene.now));
    CHECK(!federation.in_good_standing(scene.officer.device, scene.now));
}

TEST_CASE("Attack: backdating takes no unit over from who certified it first", "[policy]") {
    Disputed scene;
    scene.both_consent();
    scene.attack(UnitCertified{.unit = {scene.region, scene.social.unit, Regime::health}});

    CHECK(*scene.federation().unit(scene.social.unit) == scene.social);
    CHECK(scene.reads(scene.officer));
    CHECK(scene.reads(scene.counsellor));
}

TEST_CASE(
    "Attack: a unit that two organisations claim unknowingly opens nothing to either, and "
    "keeps its refusals",
    "[policy]") {
    Disputed scene;
    scene.both_consent();
    const UnitRef stolen{scene.region, scene.social.unit, Regime::social};
    scene.closing(scene.id, scene.officer, scene.no(ClosingKind::refusal, scene.a));
    auto elsewhere = scene.no(ClosingKind::refusal, scene.a);
    elsewhere.disclosing = scene.clinic.unit;
    const auto kept = scene.closing(scene.id, scene.officer, elsewhere);
    scene.attack(UnitCertified{.unit = stolen}, knowing_nothing);
    const auto thief = scene.staff(stolen, Role::case_officer);
    scene.add_participant(scene.id, scene.lead, thief);

    CHECK(!scene.reads(scene.officer));
    CHECK(!scene.reads(thief));
    CHECK(!scene.ask_as(thief, make_label({scene.child}, stolen, Category::social)).permitted());
    CHECK(!scene.reads(scene.counsellor));
    const auto federation = scene.federation();
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], federation);
    REQUIRE(view.disclosing(scene.clinic.unit).closings.size() == 1);
    CHECK(view.disclosing(scene.clinic.unit).closings.front().id == kept->id);
}

TEST_CASE("Attack: a disputed log says the same in every order of arrival", "[policy]") {
    Disputed scene;
    scene.both_consent();
    scene.attack(scene.claim_of_the_officers_device(), knowing_nothing);
    scene.attack(UnitCertified{.unit = {scene.region, scene.school.unit, Regime::health}});
    scene.attack(UnitCertified{.unit = {scene.region, scene.team.unit, Regime::health}},
                 knowing_nothing);
    const auto forwards = scene.federation();

    StatementGraph log;
    const auto said = scene.federation_log.in(World::federation_stream());
    for (auto at = said.rbegin(); at != said.rend(); ++at) log.add(*at);
    const auto backwards = *Federation::build(log, scene.federation_id, FakeHasher{});

    CHECK(backwards.without_effect() == forwards.without_effect());
    CHECK(backwards.units() == forwards.units());
    CHECK(*backwards.unit(scene.school.unit) == scene.school);
}
