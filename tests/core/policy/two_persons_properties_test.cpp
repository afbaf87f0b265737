#include "tests/core/policy/two_administrators.hpp"
#include "tests/support/catch.hpp"

#include <rapidcheck.h>

#include <random>

using namespace samsyn;
using namespace samsyn::test;

namespace {

using Genes = std::vector<std::uint32_t>;

/// Lindesberg's first administrator turns against everybody, alone: with any number of users and
/// devices made up for it, with the server, saying anything, at any claimed time, knowing what it
/// pleases. The other one, whom it confirmed, and everybody else say nothing any more. A gene is
/// one statement.
struct LoneAdministrator : TwoAdministrators {
    std::vector<StatementPtr> said;
    std::vector<DeviceId> own{admin};
    std::vector<Staff> puppets;
    std::minstd_rand random;

    explicit LoneAdministrator(const Genes& genes) {
        for (const auto gene : genes) {
            random.seed(gene);
            say_something(gene);
        }
    }

    std::size_t below(std::size_t end) { return random() / 7 % end; }

    template <class T>
    T any(const std::vector<T>& from) {
        return from[below(from.size())];
    }

    UnitRef any_unit() { return any(std::vector{social, school, nurses}); }

    DeviceId any_device() {
        auto all = own;
        all.insert(all.end(),
                   {officer.device,
                    head.device,
                    nurse.device,
                    principal.device,
                    newcomer.device,
                    colleague});
        return any(all);
    }

    UserId any_user() {
        std::vector users{
            officer.user, head.user, newcomer.user, absent_head.user, fresh<UserId>()};
        for (const auto& puppet : puppets) users.push_back(puppet.user);
        return any(users);
    }

    std::optional<std::vector<StatementId>> some_knowledge() {
        switch (below(5)) {
            case 0:
                return knowing_nothing_at_all;
            case 2:
                return the_founding();
            case 1:
                return std::vector{any(log())->id};
            default:
                return {};
        }
    }

    std::vector<StatementPtr> log() const {
        const auto all = federation_log.in(federation_stream());
        return {all.begin(), all.end()};
    }

    void by_anyone(const DeviceId& author, StatementBody body) {
        const std::array times{now, now, long_ago, now - days{2}, now + days{1}};
        auto counter = counters[author];
        if (below(5) == 0) counters[author] = below(counter + 1);  // a gap that was left
        said.push_back(
            say_at(times.at(below(times.size())), author, std::move(body), some_knowledge()));
        counters[author] = std::max(counter, counters[author]);
    }

    DeviceCertified certificate() {
        auto body = draft_tablet({any_user(), {}, social}, fresh_key());
        const auto kind = below(6);
        if (kind == 0) body.kind = DeviceKind::loaner;
        if (kind == 1) body.kind = DeviceKind::administrator_machine;
        if (below(3) != 0) own.push_back(body.device);
        if (below(4) != 0) return body;
        // One that is there, with a key of the attacker's, or for another user.
        const Federation members = federation();
        const auto* there = members.device(any_device());
        if (!there) return body;
        auto swapped = there->certificate;
        if (below(2) == 0) swapped.user = any_user();
        swapped.sealing_key = fresh<SealingPublicKey>();
        swapped.sealing_epoch += 1;
        return swapped;
    }

    /// What the server should not say: any counter, and gaps that are none.
    void pin() {
        const auto device = any(std::vector{admin, colleague, any_device()});
        const auto revocation = revoke(device, lindesberg);
        RevocationPinned body{revocation->id, device, below(counters[device] + 2), {}};
        for (std::uint64_t counter = 1; counter <= body.counter; ++counter)
            if (below(4) == 0) body.gaps.push_back(counter);
        by_anyone(own_server, body);
    }

    void say_something(std::uint32_t gene) {
        const auto& author = own[below(own.size())];
        switch (gene % 12) {
            case 0:
            case 1:
                return by_anyone(admin, certificate());
            case 2: {
                const Staff puppet{any_user(), {}, any_unit()};
                const auto role = any(std::vector{
                    Role::head_of_unit, Role::log_reviewer, Role::administrator, Role::principal});
                puppets.push_back(puppet);
                return by_anyone(admin,
                                 UserCertified{.user = puppet.user,
                                               .organisation = lindesberg,
                                               .unit = puppet.unit.unit,
                                               .role = role,
                                               .from = long_ago});
            }
            case 3:
                return by_anyone(admin,
                                 UnitCertified{{lindesberg, fresh<UnitId>(), Regime::social}});
            case 4:
                return by_anyone(admin, DeviceRevoked{any_device()});
            case 5:
                return by_anyone(admin, DeviceSuspended{any(std::vector{any_device(), colleague})});
            case 8:
                return pin();
            case 6:
                return by_anyone(admin, recovery_key(1));
            case 7:
                return by_anyone(admin,
                                 RecoveryUsed{lindesberg, 1, any_device(), {}, now + hours{24}});
            default:
                return by_anyone(author, Countersigned{any(log())->id});
        }
    }
};

}  // namespace

TEST_CASE("Attack: one administrator alone, whatever it says, gets nothing that wants two",
          "[policy][attack][property]") {
    CHECK(rc::check([](const Genes& genes) {
        const TwoAdministrators before;
        const LoneAdministrator scene{genes};
        const auto honest = before.federation();
        const auto members = scene.federation();
        for (const auto& [id, device] : members.devices()) {
            const auto& certificate = device.certificate;
            const bool of_somebody = certificate.user == scene.officer.user ||
                                     certificate.user == scene.head.user ||
                                     certificate.user == scene.newcomer.user;
            if (certificate.organisation != scene.lindesberg || !of_somebody) continue;
            const auto* was = honest.device(id);
            RC_ASSERT(was != nullptr);
            RC_ASSERT(was->certificate.sealing_key == certificate.sealing_key);
            RC_ASSERT(was->certificate.user == certificate.user);
        }
        for (const auto& [id, user] : members.users())
            for (const auto& membership : user.memberships)
                RC_ASSERT(id == scene.head.user || id == scene.absent_head.user ||
                          (membership.role != Role::head_of_unit &&
                           membership.role != Role::log_reviewer &&
                           membership.role != Role::administrator));
        RC_ASSERT(members.recovery_key(scene.lindesberg) == nullptr);
        for (const auto& device : scene.own)
            RC_ASSERT((device == scene.admin || !members.is_some_administrator(device)));
    }));
}

TEST_CASE("Two persons: the log says the same in every order of arrival", "[policy][property]") {
    CHECK(rc::check([](const Genes& genes) {
        LoneAdministrator scene{genes};
        // Somebody else believes some of it.
        for (const auto& act : scene.said)
            if (scene.below(3) == 0) scene.confirm(act, scene.other_admin);
        const auto forwards = scene.federation();
        auto log = scene.log();
        std::shuffle(log.begin(), log.end(), scene.random);
        StatementGraph shuffled;
        for (const auto& statement : log) shuffled.add(statement);
        const auto other = *Federation::build(shuffled, scene.federation_id, FakeHasher{});
        RC_ASSERT(other.without_effect() == forwards.without_effect());
        RC_ASSERT(other.waiting_acts() == forwards.waiting_acts());
        for (const auto& [id, device] : forwards.devices()) {
            const auto* same = other.device(id);
            RC_ASSERT(same != nullptr);
            RC_ASSERT(same->certificate == device.certificate);
            RC_ASSERT(same->suspensions == device.suspensions);
            RC_ASSERT(same->revoked == device.revoked);
        }
        for (const auto& waiting : forwards.waiting_acts())
            RC_ASSERT(std::ranges::count(forwards.without_effect(), waiting.statement) == 1);
    }));
}
