#include "tests/core/policy/scene.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_hasher.hpp"

using namespace samsyn;
using namespace samsyn::test;

TEST_CASE("Federation: an administrator certifies for the own organisation only", "[policy]") {
    Scene scene;
    const auto key = scene.fresh_key();
    const auto foreign = World::device_of(key);
    const auto said = scene.sign(scene.administrator(scene.region),
                                 World::federation_stream(),
                                 DeviceCertified{.device = foreign,
                                                 .kind = DeviceKind::staff_tablet,
                                                 .organisation = scene.lindesberg,
                                                 .user = scene.officer.user,
                                                 .signing_key = key,
                                                 .sealing_key = {}});

    const auto federation = scene.federation();
    CHECK(federation.device(foreign) == nullptr);
    CHECK(federation.without_effect() == std::vector{said->id});
}

TEST_CASE("Federation: no organisation makes a device that reads as another one's user",
          "[policy]") {
    Scene scene;
    const Staff thief{.user = scene.officer.user, .device = {}, .unit = scene.clinic};
    const auto device = scene.tablet(thief);
    scene.join(scene.officer.user, scene.clinic, Role::clinician);

    CHECK(scene.federation().in_good_standing(device, scene.now));
    CHECK(!scene.ask(scene.id, scene.social_item(), {scene.officer.user, device}).permitted());
}

TEST_CASE("Federation: a certified unit is not taken over by another organisation", "[policy]") {
    Scene scene;
    scene.sign(scene.administrator(scene.region),
               World::federation_stream(),
               UnitCertified{.unit = {scene.region, scene.social.unit, Regime::health}});

    CHECK(*scene.federation().unit(scene.social.unit) == scene.social);
    CHECK(scene.federation().without_effect().size() == 1);
}

TEST_CASE("Federation: a revoked device reads nothing; what it said before stands", "[policy]") {
    Scene scene;
    scene.both_consent();
    scene.revoke(scene.officer.device, scene.lindesberg);

    CHECK(scene.ask_as(scene.officer, scene.social_item()).reasons ==
          std::vector{Reason::not_in_good_standing});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
}

TEST_CASE("Federation: the first pin by a certified server voids what came after it", "[policy]") {
    Scene scene;
    const FakeHasher hasher;
    const auto key = scene.fresh_key();
    const auto server = hash_to<DeviceId>(hasher, Domain::device_id, {key.view()});
    scene.sign(
        scene.root, World::federation_stream(), ServerCertified{.key = key, .successor = {}});
    const auto revocation = scene.revoke(scene.officer.device, scene.lindesberg);
    const auto pin = [&](const DeviceId& author, std::uint64_t counter) {
        scene.sign(author,
                   World::federation_stream(),
                   RevocationPinned{.revocation = revocation->id,
                                    .device = scene.officer.device,
                                    .counter = counter,
                                    .gaps = {3}});
    };
    pin(scene.lead.device, 1);
    pin(server, 5);
    pin(server, 9);

    const auto federation = *Federation::build(scene.federation_log, scene.federation_id, hasher);
    CHECK(federation.counts(scene.officer.device, 5));
    CHECK(!federation.counts(scene.officer.device, 3));
    CHECK(!federation.counts(scene.officer.device, 6));
    CHECK(federation.is_server(key));
    REQUIRE(federation.signing_key(server) != nullptr);
    CHECK(*federation.signing_key(server) == key);
}

TEST_CASE("Federation: a user who is removed, or not yet employed, works nowhere", "[policy]") {
    Scene scene;
    scene.sign(scene.administrator(scene.lindesberg),
               World::federation_stream(),
               UserRemoved{.user = scene.officer.user,
                           .organisation = scene.lindesberg,
                           .from = scene.now + hours{1}});

    const auto before = scene.ask_as(scene.officer, scene.social_item());
    CHECK(before.permitted());
    CHECK(before.valid_until == scene.now + hours{1});
    scene.now += hours{1};
    CHECK(!scene.ask_as(scene.officer, scene.social_item()).permitted());
}

TEST_CASE("Federation: an unknown restricting kind in its log denies everything", "[policy]") {
    Scene scene;
    scene.sign(scene.root, World::federation_stream(), Unknown{.kind = 40, .body = {}}, {}, true);

    CHECK(scene.ask_as(scene.officer, scene.social_item()).reasons ==
          std::vector{Reason::update_needed});
}

TEST_CASE("Decide: an unknown restricting kind denies what its stream bears on", "[policy]") {
    Scene scene;
    scene.both_consent();
    const auto say_in = [&](const Stream& stream) {
        scene.sign(scene.lead.device, stream, Unknown{.kind = 99, .body = {}}, {}, true);
    };
    SECTION("the custody stream") {
        say_in(World::custody_stream(scene.id));
    }
    SECTION("the disclosing stream") {
        say_in(World::disclosing_stream(scene.id, scene.social.unit));
    }
    SECTION("the roster of the requester") {
        say_in(World::roster_stream(scene.id, scene.school.unit));
    }
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          std::vector{Reason::update_needed});
}

TEST_CASE("Decide: administrators read names and write them, and no content", "[policy]") {
    Scene scene;
    const auto& machine = scene.administrators.at(scene.lindesberg);
    const Label names_label{.subjects = {},
                            .disclosing = scene.social,
                            .category = Category::directory,
                            .sensitivity = Sensitivity::normal,
                            .closed = {}};
    const Request write{.action = Action::contribute};

    CHECK(!scene.ask_as(machine, scene.social_item()).permitted());
    CHECK(scene.ask(directory_case, names_label, machine.requester()).permitted());
    CHECK(scene.ask(directory_case, names_label, machine.requester(), write).permitted());
    CHECK(scene.ask(directory_case, names_label, scene.nurse.requester()).permitted());
    CHECK(!scene.ask(directory_case, names_label, scene.nurse.requester(), write).permitted());
    const auto& other = scene.administrators.at(scene.region);
    CHECK(!scene.ask(directory_case, names_label, other.requester(), write).permitted());
}

TEST_CASE("May sign: only lead or team adds participants", "[policy]") {
    Scene scene;
    const auto late = scene.staff(scene.social, Role::case_officer);
    const auto add = [&](const Staff& author) { scene.add_participant(scene.id, author, late); };
    SECTION("not an administrator") {
        add(scene.administrators.at(scene.lindesberg));
    }
    SECTION("not another participant") {
        add(scene.officer);
    }
    SECTION("not the user") {
        add(late);
    }
    CHECK(scene.ask_as(late, scene.social_item()).reasons == std::vector{Reason::not_participant});
    const auto federation = scene.federation();
    CHECK(CaseView::build(scene.id, scene.cases[scene.id], federation).without_effect().size() ==
          1);
}

TEST_CASE("May sign: only the disclosing unit confirms, each kind in its own stream", "[policy]") {
    Scene scene;
    const auto federation = scene.federation();
    const auto consent = scene.consent(scene.id, scene.lead, scene.to_school(scene.a));
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], federation);
    const auto check = [&](const Staff& author, const Stream& stream, const StatementBody& body) {
        StatementHeader header;
        header.author = author.device;
        header.stream = stream;
        header.time = HybridTime::at(scene.now);
        return may_sign(header, body, view, federation).has_value();
    };
    const auto stream = World::disclosing_stream(scene.id, scene.social.unit);
    const Confirmation confirmation{.consent = consent->id, .names = {}};

    CHECK(check(scene.officer, stream, confirmation));
    CHECK(!check(scene.lead, stream, confirmation));
    CHECK(check(scene.lead, stream, scene.to_school(scene.a)));
    CHECK(!check(scene.lead,
                 World::disclosing_stream(scene.id, scene.clinic.unit),
                 scene.to_school(scene.a)));
    CHECK(!check(scene.administrators.at(scene.lindesberg), stream, scene.to_school(scene.a)));
    CHECK(!check(scene.officer,
                 World::custody_stream(scene.id),
                 CaseOpened{.model = {}, .unit = scene.social.unit, .lead = scene.officer.user}));
}

TEST_CASE("May publish: asks the author to take part, and a case to be opened once", "[policy]") {
    Scene scene;
    const auto outsider = scene.staff(scene.social, Role::case_officer);
    const auto federation = scene.federation();
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], federation);
    StatementHeader header;
    header.stream = World::disclosing_stream(scene.id, scene.social.unit);
    header.time = HybridTime::at(scene.now);

    header.author = outsider.device;
    CHECK(may_sign(header, scene.to_school(scene.a), view, federation).has_value());
    CHECK(!may_publish(header, scene.to_school(scene.a), view, federation));
    header.author = scene.officer.device;
    CHECK(may_publish(header, scene.to_school(scene.a), view, federation).has_value());

    header.author = scene.lead.device;
    header.stream = World::custody_stream(scene.id);
    const auto again =
        may_publish(header,
                    CaseOpened{.model = {}, .unit = scene.team.unit, .lead = scene.lead.user},
                    view,
                    federation);
    REQUIRE(!again);
    CHECK(again.error().code == Errc::already_exists);
}

TEST_CASE("Custody: of two statements that did not know each other, all guardians decide",
          "[policy]") {
    Scene scene;
    scene.both_consent();
    const auto c = scene.fresh<PersonId>();
    auto body = std::get<Custody>(scene.custody_said->body);
    body.guardians = {c};
    const auto stream = World::custody_stream(scene.id);

    SECTION("concurrent") {
        scene.sign(scene.colleague.device, stream, body, std::vector<StatementId>{});
        const auto answer = scene.ask_as(scene.counsellor, scene.social_item());
        CHECK(answer.outcome == Outcome::needs);
        CHECK(misses(answer, c));
    }
    SECTION("a newer one that knows the older replaces it") {
        scene.sign(scene.colleague.device, stream, body);
        scene.consent(scene.id, scene.officer, scene.to_school(c));
        CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
    }
    SECTION("ended, nobody is known to decide") {
        scene.sign(scene.lead.device, stream, Ended{scene.custody_said->id});
        const auto answer = scene.ask_as(scene.counsellor, scene.social_item());
        CHECK(answer.outcome == Outcome::needs);
        CHECK(answer.reasons == std::vector{Reason::custody_unknown});
    }
}

TEST_CASE("Case: closed, the own unit reads on and nothing is shared", "[policy]") {
    Scene scene;
    scene.both_consent();
    scene.sign(scene.lead.device, World::custody_stream(scene.id), CaseClosed{});

    CHECK(scene.ask_as(scene.officer, scene.social_item()).permitted());
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          std::vector{Reason::case_closed});
}

TEST_CASE("Case: reopened, its history is back and its old consents are not", "[policy][attack]") {
    Scene scene;
    scene.both_consent();
    REQUIRE(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
    const auto stream = World::custody_stream(scene.id);
    const auto closing = scene.sign(scene.lead.device, stream, CaseClosed{});
    SECTION("by somebody who leads nothing: it stays closed") {
        scene.sign(scene.counsellor.device, stream, Ended{closing->id});
        CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
              std::vector{Reason::case_closed});
        return;
    }
    scene.sign(scene.lead.device, stream, Ended{closing->id});
    CHECK(scene.ask_as(scene.officer, scene.social_item()).permitted());
    const auto before = scene.ask_as(scene.counsellor, scene.social_item());
    CHECK_FALSE(before.permitted());
    CHECK(before.reasons == std::vector{Reason::case_was_closed});
    CHECK(before.missing.size() == 2);
    scene.both_consent();
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
}

TEST_CASE("Case: a closing by nobody who may ends no consent", "[policy][attack]") {
    Scene scene;
    scene.both_consent();
    scene.sign(scene.counsellor.device, World::custody_stream(scene.id), CaseClosed{});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
}

TEST_CASE("Streams: a user receives the own units' and those that name them", "[policy]") {
    Scene scene;
    scene.both_consent();
    const auto federation = scene.federation();
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], federation);
    const auto streams = [&](const Staff& who) {
        return streams_for(who.device, view, federation, scene.now);
    };
    const auto has = [](const std::vector<Stream>& all, const Stream& one) {
        return std::ranges::find(all, one) != all.end();
    };
    const auto of_social = World::disclosing_stream(scene.id, scene.social.unit);

    CHECK(has(streams(scene.counsellor), of_social));
    CHECK(has(streams(scene.officer), World::roster_stream(scene.id, scene.school.unit)));
    CHECK(!has(streams(scene.psychiatrist), of_social));
    CHECK(!has(streams(scene.lead), of_social));
    CHECK(streams(scene.administrators.at(scene.nora)).empty());
    CHECK(std::ranges::is_sorted(streams(scene.counsellor)));
}
