#include "tests/core/policy/secrecy_world.hpp"
#include "tests/support/catch.hpp"

#include <rapidcheck.h>

// The properties of consent-rules.md over generated worlds of every kind that `decide` reads.

using namespace samsyn;
using namespace samsyn::test;

namespace {

bool only_denies(const StatementPtr& statement) {
    const auto& body = statement->body;
    const auto* verdict = std::get_if<SecondReaderVerdict>(&body);
    return std::holds_alternative<Closing>(body) || std::holds_alternative<ProtectionMark>(body) ||
           std::holds_alternative<InvestigationLock>(body) || (verdict && !verdict->approved);
}

/// As a function, so that a failure does not print thousands of answers.
bool same(const std::vector<Decision>& one, const std::vector<Decision>& other) {
    return one == other;
}

}  // namespace

TEST_CASE("Property: with secrecy, the order of arrival does not matter", "[policy][property]") {
    CHECK(rc::check([](const Genes& genes, std::uint32_t seed) {
        SecrecyWorld world{genes};
        std::vector<StatementPtr> all;
        for (const auto& stream : world.cases[world.id].streams())
            for (const auto& statement : world.cases[world.id].in(stream)) all.push_back(statement);
        std::ranges::shuffle(all, std::minstd_rand{seed});
        StatementGraph other;
        for (const auto& statement : all) other.add(statement);
        RC_ASSERT(same(world.answers(other, world.federation()), world.answers()));
    }));
}

TEST_CASE(
    "Property: a refusal, withdrawal, objection, block, mark, lock or a second reader's no "
    "never permits more, wherever it comes in",
    "[policy][property]") {
    CHECK(rc::check([](const Genes& genes) {
        SecrecyWorld world{genes};
        const auto members = world.federation();
        const auto with = world.answers();
        for (const auto& statement : world.said)
            if (only_denies(statement))
                RC_ASSERT(
                    no_more_permitted(world.answers(world.without(statement), members), with));
    }));
}

TEST_CASE("Property: with secrecy, removing a participant or revoking a device never permits more",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes, std::uint32_t seed) {
        SecrecyWorld world{genes};
        const auto before = world.answers();
        const auto everybody = world.everybody();
        const auto& who = everybody[seed % everybody.size()];
        if (seed / 16 % 2 == 0)
            world.revoke(who.device, who.unit.organisation);
        else
            world.sign(world.lead.device,
                       World::roster_stream(world.id, who.unit.unit),
                       ParticipantRemoved{.user = who.user, .unit = who.unit.unit});
        RC_ASSERT(no_more_permitted(before, world.answers()));
    }));
}

TEST_CASE("Property: with secrecy, removing one person's consents in one matter never permits more",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes, std::uint32_t seed) {
        SecrecyWorld world{genes};
        if (world.consents.empty()) return;
        const auto& one = std::get<Consent>(world.consents[seed % world.consents.size()]->body);
        std::set<StatementId> gone;
        for (const auto& stream : world.cases[world.id].streams()) {
            for (const auto& statement : world.cases[world.id].in(stream)) {
                const auto* other = std::get_if<Consent>(&statement->body);
                if (other && other->grantor == one.grantor && other->subject == one.subject &&
                    other->recipient == one.recipient && other->purpose == one.purpose)
                    gone.insert(statement->id);
            }
        }
        const auto rest = never_said(world.cases[world.id], gone);
        RC_ASSERT(no_more_permitted(world.answers(), world.answers(rest, world.federation())));
    }));
}

TEST_CASE("Property: with secrecy, an answer stays the same until the instant that it names",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes) {
        SecrecyWorld world{genes};
        const auto before = world.answers();
        const auto start = world.now;
        for (const auto later : {hours{31}, hours{73}, hours{24 * 31}}) {
            world.now = start + later;
            const auto after = world.answers();
            for (std::size_t i = 0; i < before.size(); ++i)
                if (world.now < before[i].valid_until)
                    RC_ASSERT(after[i].outcome == before[i].outcome);
        }
    }));
}

TEST_CASE("Property: a viewer is shown a part of what the user may show", "[policy][property]") {
    CHECK(rc::check([](const Genes& genes) {
        SecrecyWorld world{genes};
        const auto members = world.federation();
        const auto view = CaseView::build(world.id, world.cases[world.id], members);
        const auto& table = current_statute_table();
        const Request show{.action = Action::show_in_meeting};
        for (const auto& requester : world.requesters()) {
            for (const auto& label : world.labels()) {
                if (!requester.viewer) continue;
                const Requester user{requester.user, requester.device};
                if (decide(label, {}, requester, {members, view}, table, world.now).permitted())
                    RC_ASSERT(
                        decide(label, show, user, {members, view}, table, world.now).permitted());
            }
        }
    }));
}

TEST_CASE("Property: with secrecy, permitted devices are those that decide permits one by one",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes) {
        SecrecyWorld world{genes};
        const auto members = world.federation();
        const auto view = CaseView::build(world.id, world.cases[world.id], members);
        const auto& table = current_statute_table();
        for (const auto& label : world.labels()) {
            std::vector<DeviceId> expected;
            for (const auto& [device, known] : members.devices()) {
                const Requester requester{known.certificate.user, device};
                if (decide(label, {}, requester, {members, view}, table, world.now).permitted())
                    expected.push_back(device);
            }
            RC_ASSERT(permitted_devices(label, {members, view}, table, world.now) == expected);
        }
    }));
}

TEST_CASE("Property: a decision under the first table does not depend on what later ones added",
          "[policy][property]") {
    CHECK(rc::check([](const Genes& genes) {
        SecrecyWorld world{genes};
        const auto members = world.federation();
        const auto& first = *find_statute_table(1);
        const auto before = world.answers(world.cases[world.id], members, first);
        for (const auto& answer : before) {
            RC_ASSERT(answer.reasons.front() != Reason::statute_covers);
        }
        for (const auto& statement : world.said) {
            const auto* opening = std::get_if<Override>(&statement->body);
            if (opening && !opening->selection)
                RC_ASSERT(same(world.answers(world.without(statement), members, first), before));
        }
    }));
}
