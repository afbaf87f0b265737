#include "tests/core/policy/scene.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace samsyn::test;

namespace {

/// The clinic's administrator certifies a device, and work in the clinic, for the team's lead.
struct Impostor : Scene {
    Staff impostor{.user = lead.user, .device = {}, .unit = clinic};

    Impostor() {
        join(lead.user, clinic, Role::psychologist);
        impostor.device = tablet(impostor);
    }

    CaseView view(const Federation& members) { return CaseView::build(id, cases[id], members); }

    bool has_effect(const StatementPtr& said) {
        const auto members = federation();
        const auto facts = view(members);
        return std::ranges::find(facts.without_effect(), said->id) == facts.without_effect().end();
    }
};

}  // namespace

TEST_CASE("Attack: a device of another organisation does not act as the lead whom it names",
          "[policy]") {
    Impostor scene;
    const auto late = scene.staff(scene.clinic, Role::clinician);

    CHECK(!scene.has_effect(scene.add_participant(scene.id, scene.impostor, late)));
    CHECK(!scene.has_effect(
        scene.custody(scene.id, scene.impostor, scene.child, {scene.fresh<PersonId>()})));
    CHECK(!scene.has_effect(
        scene.sign(scene.impostor.device, World::custody_stream(scene.id), CaseClosed{})));
    CHECK(!scene.has_effect(
        scene.sign(scene.impostor.device,
                   World::roster_stream(scene.id, scene.social.unit),
                   ParticipantRemoved{.user = scene.officer.user, .unit = scene.social.unit})));
    CHECK(scene.ask_as(scene.officer, scene.social_item()).permitted());
    CHECK(scene.has_effect(scene.add_participant(scene.id, scene.lead, late)));
}

TEST_CASE("Attack: a device of another organisation ends no block of the user whom it names",
          "[policy]") {
    Impostor scene;
    scene.both_consent();
    const auto block = scene.closing(scene.id, scene.lead, scene.no(ClosingKind::block, scene.b));
    const auto stream = World::disclosing_stream(scene.id, scene.social.unit);

    CHECK(!scene.has_effect(scene.sign(scene.impostor.device, stream, Ended{block->id})));
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).reasons ==
          std::vector{Reason::blocked});
    const auto second = scene.tablet(scene.lead);
    CHECK(scene.has_effect(scene.sign(second, stream, Ended{block->id})));
}

TEST_CASE("Attack: a device of another organisation publishes nothing as the lead", "[policy]") {
    Impostor scene;
    const auto members = scene.federation();
    const auto view = scene.view(members);
    StatementHeader header;
    header.stream = World::disclosing_stream(scene.id, scene.social.unit);
    header.time = HybridTime::at(scene.now);
    header.author = scene.impostor.device;
    CHECK(!may_publish(header, scene.to_school(scene.a), view, members));
    header.author = scene.lead.device;
    CHECK(may_publish(header, scene.to_school(scene.a), view, members).has_value());
}

TEST_CASE("Attack: a device of another organisation receives nothing of the user whom it names",
          "[policy]") {
    Impostor scene;
    const auto members = scene.federation();
    const auto view = scene.view(members);
    CHECK(streams_for(scene.impostor.device, view, members, scene.now).empty());
    CHECK(!streams_for(scene.lead.device, view, members, scene.now).empty());
}

TEST_CASE("Opens: what can permit more, and nothing that only denies", "[policy]") {
    CHECK(opens(Consent{}));
    CHECK(opens(Confirmation{}));
    CHECK(opens(ParticipantAdded{}));
    CHECK(opens(Custody{}));
    CHECK(opens(AdultRecorded{}));
    CHECK(opens(CaseOpened{}));
    CHECK(opens(AdministratorCertified{}));
    CHECK(opens(DeviceCertified{}));
    CHECK(!opens(Closing{}));
    CHECK(!opens(Ended{}));
    CHECK(!opens(CaseClosed{}));
    CHECK(!opens(ParticipantRemoved{}));
    CHECK(!opens(DeviceRevoked{}));
    CHECK(!opens(DeviceLocked{}));
    CHECK(!opens(DeviceWiped{}));
    CHECK(!opens(UserRemoved{}));
    CHECK(!opens(Unknown{}));
}

TEST_CASE("Attack: an unknown restricting kind stops the federation for nobody's tablet",
          "[policy]") {
    Scene scene;
    const auto key = scene.fresh_key();
    scene.sign(
        scene.root, World::federation_stream(), ServerCertified{.key = key, .successor = {}});
    const auto stopped_by = [&](const DeviceId& author) {
        scene.sign(author, World::federation_stream(), Unknown{.kind = 40, .body = {}}, {}, true);
        return scene.federation().update_needed();
    };

    CHECK(!stopped_by(scene.officer.device));
    CHECK(!stopped_by(scene.fresh<DeviceId>()));
    SECTION("the root may") {
        CHECK(stopped_by(scene.root));
    }
    SECTION("an administrator may") {
        CHECK(stopped_by(scene.administrator(scene.region)));
    }
    SECTION("a server may") {
        CHECK(stopped_by(World::device_of(key)));
    }
}

TEST_CASE("Attack: an unknown restricting kind stops a case only from who has a place in it",
          "[policy]") {
    Scene scene;
    scene.both_consent();
    const auto outsider = scene.staff(scene.social, Role::case_officer);
    const auto read_after = [&](const DeviceId& author, const Stream& stream) {
        scene.sign(author, stream, Unknown{.kind = 99, .body = {}}, {}, true);
        return scene.ask_as(scene.counsellor, scene.social_item()).permitted();
    };
    const auto custody = World::custody_stream(scene.id);
    const auto disclosing = World::disclosing_stream(scene.id, scene.social.unit);
    const auto roster = World::roster_stream(scene.id, scene.school.unit);

    for (const auto& stream : {custody, disclosing, roster}) {
        CHECK(read_after(outsider.device, stream));
        CHECK(read_after(scene.administrator(scene.lindesberg), stream));
    }
    CHECK(read_after(scene.officer.device, custody));
    SECTION("lead or team, everywhere") {
        CHECK(!read_after(scene.colleague.device, custody));
    }
    SECTION("a participant, in the stream of a disclosing unit") {
        CHECK(!read_after(scene.nurse.device, disclosing));
    }
    SECTION("a participant, on a roster") {
        CHECK(!read_after(scene.nurse.device, roster));
    }
}

TEST_CASE("Attack: a consent that nobody confirmed lifts no reservation", "[policy]") {
    Scene scene;
    auto narrow = scene.to_school(scene.a);
    narrow.reserved.insert(Category::social);
    const auto said = scene.consent(scene.id, scene.officer, narrow);
    scene.both_consent();
    CHECK(!scene.ask_as(scene.counsellor, scene.social_item()).permitted());

    auto wide = scene.to_school(scene.a);
    wide.names = {said->id};
    const auto lifting = scene.consent(scene.id, scene.lead, wide);
    CHECK(!scene.ask_as(scene.counsellor, scene.social_item()).permitted());
    scene.sign(scene.officer.device,
               World::disclosing_stream(scene.id, scene.social.unit),
               Confirmation{.consent = lifting->id, .names = {}});
    CHECK(scene.ask_as(scene.counsellor, scene.social_item()).permitted());
}

TEST_CASE("Attack: a thousand consents that name 32 others each, and custodies, are decided",
          "[policy]") {
    // Cubic work would keep this test busy for many minutes; it takes well under a second.
    Scene scene;
    std::vector<StatementId> said;
    for (int i = 0; i < 1000; ++i) {
        auto consent = scene.to_school(i % 2 == 0 ? scene.a : scene.b);
        for (std::size_t back = 1; back <= statement_names_max; ++back)
            consent.names.push_back(back <= said.size() ? said[said.size() - back]
                                                        : scene.fresh<StatementId>());
        std::ranges::sort(consent.names);
        const auto stream = World::disclosing_stream(scene.id, scene.social.unit);
        const auto previous = said.empty() ? std::vector<StatementId>{} : std::vector{said.back()};
        said.push_back(scene.sign(scene.officer.device, stream, consent, previous)->id);
    }
    auto heads = std::vector{scene.custody_said->id};
    const auto body = std::get<Custody>(scene.custody_said->body);
    for (int i = 0; i < 1000; ++i)
        heads = {scene.sign(scene.lead.device, World::custody_stream(scene.id), body, heads)->id};

    const auto members = scene.federation();
    const auto view = CaseView::build(scene.id, scene.cases[scene.id], members);
    CHECK(view.custody().custody.size() == 1);
    const auto& table = current_statute_table();
    for (const auto& who : {scene.counsellor, scene.principal, scene.psychiatrist})
        CHECK(decide(scene.social_item(), {}, who.requester(), {members, view}, table, scene.now)
                  .permitted() == (who.unit == scene.school));
}
