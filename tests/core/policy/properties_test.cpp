#include "core/policy/decision_cache.hpp"
#include "tests/core/policy/scene.hpp"
#include "tests/support/catch.hpp"

#include <rapidcheck.h>

#include <random>

using namespace samsyn;
using namespace samsyn::test;

namespace {

using Genes = std::vector<std::uint32_t>;

/// A scene in which each gene has said one more thing: consents, confirmations, closings, custody,
/// participants coming and going, of few people about few things, so that they meet.
struct GeneratedScene : Scene {
    std::vector<StatementPtr> consents;
    std::vector<StatementPtr> closings;

    explicit GeneratedScene(const Genes& genes) {
        for (const auto gene : genes) say(gene);
    }

    template <class T>
    static const T& pick(std::minstd_rand& random, const std::vector<T>& from) {
        return from[random() / 7 % from.size()];
    }

    PersonId person(std::minstd_rand& random) const {
        return pick(random, std::vector{a, b, child});
    }

    Staff anybody(std::minstd_rand& random) const {
        return pick(random,
                    std::vector{lead, counsellor, principal, officer, officer, psychiatrist});
    }

    UnitRef discloser(std::minstd_rand& random) const {
        return pick(random, std::vector{social, social, clinic});
    }

    Recipient recipient(std::minstd_rand& random) const {
        const auto unit = pick(random, std::vector{school, school, clinic, team}).unit;
        const auto roles = std::vector<std::optional<Role>>{{}, {}, {}, Role::school_counsellor};
        return {.unit = unit, .role = pick(random, roles), .user = {}};
    }

    Categories categories(std::minstd_rand& random) const {
        Categories some;
        if (random() / 7 % 4 != 0) some.insert(Category::social);
        if (some.empty() || random() / 7 % 2 == 0) some.insert(Category::health);
        return some;
    }

    Consent any_consent(std::minstd_rand& random) const {
        auto consent = draft_consent(person(random), child, discloser(random), school, {});
        consent.recipient = recipient(random);
        consent.categories = categories(random);
        consent.form = pick(random, std::vector{ConsentForm::written, ConsentForm::oral});
        if (random() / 7 % 2 == 0) consent.actions.insert(Action::contribute);
        if (random() / 7 % 6 == 0) consent.reserved = categories(random);
        if (random() / 7 % 8 == 0) consent.not_before = now + days{1};
        if (random() / 7 % 3 == 0 && !consents.empty())
            consent.names.push_back(pick(random, consents)->id);
        if (random() / 7 % 2 == 0 && !closings.empty())
            consent.names.push_back(pick(random, closings)->id);
        std::ranges::sort(consent.names);
        return consent;
    }

    Closing any_closing(std::minstd_rand& random) const {
        auto closing = no(static_cast<ClosingKind>(random() / 7 % 4), person(random));
        if (random() / 7 % 2 == 0) closing.recipient = recipient(random);
        if (random() / 7 % 2 == 0) closing.categories = categories(random);
        closing.disclosing = pick(
            random, std::vector<std::optional<UnitId>>{{}, social.unit, social.unit, clinic.unit});
        return closing;
    }

    void say(std::uint32_t gene) {
        std::minstd_rand random{gene};
        switch (gene % 12) {
            case 0:
                closings.push_back(closing(id, anybody(random), any_closing(random)));
                break;
            case 1:
                confirm(random);
                break;
            case 2: {
                const auto who = anybody(random);
                sign(lead.device,
                     roster_stream(id, who.unit.unit),
                     ParticipantRemoved{.user = who.user, .unit = who.unit.unit});
                break;
            }
            case 3:
                add_participant(id, lead, anybody(random));
                break;
            case 4: {
                auto body = std::get<Custody>(custody_said->body);
                body.guardians = {person(random)};
                sign(lead.device, custody_stream(id), body, std::vector<StatementId>{});
                break;
            }
            case 5:
                both_consent();
                break;
            default:
                consents.push_back(consent(id, anybody(random), any_consent(random)));
        }
    }

    void confirm(std::minstd_rand& random) {
        if (consents.empty()) return;
        const auto unit = pick(random, consents)->header.stream;
        Confirmation body{.consent = pick(random, consents)->id, .names = {}};
        if (!closings.empty()) body.names = {pick(random, closings)->id};
        sign(pick(random, std::vector{officer, psychiatrist}).device, unit, body);
    }

    std::vector<Staff> everybody() const {
        return {lead, colleague, counsellor, principal, nurse, officer, psychiatrist};
    }

    std::vector<Label> labels() const {
        return {social_item(),
                social_item(Sensitivity::low),
                social_item(Sensitivity::far_reaching),
                make_label({child}, clinic, Category::health),
                make_label({child, a}, social, Category::social)};
    }

    /// Every question of this little world.
    template <class Ask>
    void each_question(Ask ask) const {
        for (const auto& who : everybody())
            for (const auto& label : labels())
                for (const auto action : {Action::read, Action::contribute})
                    ask(label,
                        Request{.action = action, .shared_editing_type = true},
                        who.requester());
    }

    std::vector<Decision> answers(const StatementGraph& graph, const Federation& members) const {
        const auto view = CaseView::build(id, graph, members);
        std::vector<Decision> all;
        each_question([&](const auto& label, const auto& request, const auto& requester) {
            all.push_back(
                decide(label, request, requester, {members, view}, current_statute_table(), now));
        });
        return all;
    }

    std::vector<Decision> answers() { return answers(cases[id], federation()); }
};

bool permits_no_more(const std::vector<Decision>& before, const std::vector<Decision>& after) {
    for (std::size_t i = 0; i < before.size(); ++i)
        if (after[i].permitted() && !before[i].permitted()) return false;
    return true;
}

std::vector<StatementPtr> all_of(const StatementGraph& graph) {
    std::vector<StatementPtr> all;
    for (const auto& stream : graph.streams())
        all.insert(all.end(), graph.in(stream).begin(), graph.in(stream).end());
    return all;
}

StatementGraph shuffled(const StatementGraph& graph, std::uint32_t seed) {
    auto all = all_of(graph);
    std::ranges::shuffle(all, std::minstd_rand{seed});
    StatementGraph other;
    for (const auto& statement : all) other.add(statement);
    return other;
}

/// All of one person's consents in the matter of one of them.
bool taking_consents_away_permits_no_more(const Genes& genes, std::uint32_t seed) {
    GeneratedScene scene{genes};
    if (scene.consents.empty()) return true;
    const auto& one = std::get<Consent>(scene.consents[seed % scene.consents.size()]->body);
    std::set<StatementId> gone;
    for (const auto& statement : all_of(scene.cases[scene.id])) {
        const auto* other = std::get_if<Consent>(&statement->body);
        if (other && other->grantor == one.grantor && other->subject == one.subject &&
            other->disclosing == one.disclosing && other->recipient == one.recipient &&
            other->purpose == one.purpose)
            gone.insert(statement->id);
    }
    const auto without = never_said(scene.cases[scene.id], gone);
    return permits_no_more(scene.answers(), scene.answers(without, scene.federation()));
}

}  // namespace

TEST_CASE("Property: the order of arrival does not matter", "[policy][property]") {
    CHECK(rc::check([](const Genes& genes, std::uint32_t seed) {
        GeneratedScene scene{genes};
        const auto members = *Federation::build(
            shuffled(scene.federation_log, seed), scene.federation_id, FakeHasher{});
        RC_ASSERT(scene.answers(shuffled(scene.cases[scene.id], seed), members) == scene.answers());
    }));
}

TEST_CASE("Property: removing all of one person's consents in one matter never permits more",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes, std::uint32_t seed) {
        RC_ASSERT(taking_consents_away_permits_no_more(genes, seed));
    }));
    // A consent, another one, a no whose author knew both, and a confirmation of the first one.
    CHECK(taking_consents_away_permits_no_more({263785230, 71134, 807979284, 10557709}, 3));
}

TEST_CASE("Property: adding a closing statement never permits more, wherever it comes in",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes) {
        GeneratedScene scene{genes};
        const auto members = scene.federation();
        const auto with = scene.answers();
        for (const auto& closing : scene.closings) {
            const auto without = never_said(scene.cases[scene.id], {closing->id});
            RC_ASSERT(permits_no_more(scene.answers(without, members), with));
        }
    }));
}

TEST_CASE("Property: removing a participant or revoking a device never permits more",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes, std::uint32_t seed) {
        GeneratedScene scene{genes};
        const auto before = scene.answers();
        const auto everybody = scene.everybody();
        const auto& who = everybody[seed % everybody.size()];
        if (seed / 16 % 2 == 0) {
            scene.revoke(who.device, who.unit.organisation);
        } else {
            scene.sign(scene.lead.device,
                       World::roster_stream(scene.id, who.unit.unit),
                       ParticipantRemoved{.user = who.user, .unit = who.unit.unit});
        }
        RC_ASSERT(permits_no_more(before, scene.answers()));
    }));
}

TEST_CASE(
    "Property: claiming another organisation's device or unit never permits more of what is not "
    "the claimant's own",
    "[policy][property]") {
    CHECK(rc::check([](const Genes& genes, std::uint32_t seed) {
        GeneratedScene scene{genes};
        const auto before = scene.answers();
        const auto everybody = scene.everybody();
        const auto& who = everybody[seed % (everybody.size() - 1)];  // not the region's own
        const auto members = scene.federation();
        auto claim = members.device(who.device)->certificate;
        claim.organisation = scene.region;
        claim.user = scene.fresh<UserId>();  // who has no device: it wants nobody's word
        auto unit = who.unit;
        unit.organisation = scene.region;
        const auto body =
            seed / 16 % 2 == 0 ? StatementBody{claim} : StatementBody{UnitCertified{unit}};
        const auto previous = seed / 32 % 2 == 0 ? std::optional{std::vector<StatementId>{}}
                                                 : std::optional<std::vector<StatementId>>{};
        scene.sign(scene.administrator(scene.region), World::federation_stream(), body, previous);
        auto after = scene.answers();
        auto next = after.begin();
        scene.each_question([&](const auto& label, const auto&, const auto&) {
            // What an organisation opens of its own it could open without any claim.
            if (label.disclosing.organisation == scene.region) next->outcome = Outcome::deny;
            ++next;
        });
        RC_ASSERT(permits_no_more(before, after));
    }));
}

TEST_CASE("Property: an answer stays the same until the instant that it names",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes) {
        GeneratedScene scene{genes};
        const auto before = scene.answers();
        const auto start = scene.now;
        for (const auto later : {hours{12}, hours{24}, hours{24 * 14}, hours{24 * 200}}) {
            scene.now = start + later;
            const auto after = scene.answers();
            for (std::size_t i = 0; i < before.size(); ++i)
                if (scene.now < before[i].valid_until)
                    RC_ASSERT(after[i].outcome == before[i].outcome);
        }
    }));
}

TEST_CASE("Property: the cache answers as decide does, through time and new statements",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes, const Genes& more) {
        GeneratedScene scene{genes};
        DecisionCache cache{50};
        const auto compare = [&] {
            const auto members = scene.federation();
            const auto view = CaseView::build(scene.id, scene.cases[scene.id], members);
            scene.each_question([&](const auto& label, const auto& request, const auto& who) {
                CompartmentId compartment;
                compartment.bytes[0] = static_cast<std::byte>(label.category);
                compartment.bytes[1] = static_cast<std::byte>(label.sensitivity);
                compartment.bytes[2] = static_cast<std::byte>(label.subjects.size());
                const Statements statements{members, view};
                const auto& table = current_statute_table();
                const auto& cached =
                    cache.decide(compartment, label, request, who, statements, table, scene.now);
                const auto fresh = decide(label, request, who, statements, table, scene.now);
                RC_ASSERT(cached.outcome == fresh.outcome);
                RC_ASSERT(cached.reasons == fresh.reasons);
            });
        };
        compare();
        compare();
        scene.now += days{2};
        compare();
        scene.now -= days{2};
        compare();
        for (const auto gene : more) scene.say(gene);
        cache.forget_case(scene.id);
        compare();
    }));
}

TEST_CASE("Property: permitted devices are those that decide permits one by one",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes) {
        GeneratedScene scene{genes};
        const auto members = scene.federation();
        const auto view = CaseView::build(scene.id, scene.cases[scene.id], members);
        const auto& table = current_statute_table();
        for (const auto& label : scene.labels()) {
            std::vector<DeviceId> expected;
            for (const auto& [device, known] : members.devices()) {
                const Requester requester{known.certificate.user, device};
                if (decide(label, {}, requester, {members, view}, table, scene.now).permitted())
                    expected.push_back(device);
            }
            RC_ASSERT(permitted_devices(label, {members, view}, table, scene.now) == expected);
        }
    }));
}
