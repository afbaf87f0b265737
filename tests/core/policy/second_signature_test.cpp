#include "core/policy/second_signature.hpp"

#include "tests/core/policy/kinds_scene.hpp"
#include "tests/support/catch.hpp"

using namespace samsyn;
using namespace samsyn::test;

namespace {

struct Restored : KindsScene {
    /// The log is said to be restored, by one and perhaps a second.
    StatementPtr restored(const DeviceId& author, std::optional<DeviceId> second) {
        auto statement = std::make_shared<Statement>();
        statement->id = fresh<StatementId>();
        statement->header.federation = federation_id;
        statement->header.author = author;
        statement->header.counter = ++counters[author];
        statement->header.previous = federation_log.heads({});
        statement->header.time = HybridTime::at(now, 9000);
        statement->body =
            LogRestored{fresh<Incarnation>(), 100, fresh<Hash>(), fresh<Incarnation>()};
        if (second) statement->second = SecondSignature{*second, {}};
        federation_log.add(statement);
        return statement;
    }

    bool has_effect(const StatementPtr& said) {
        const auto members = federation();
        return std::ranges::find(members.without_effect(), said->id) ==
               members.without_effect().end();
    }
};

Statement countersigned(const Staff& author, const Staff& second, Instant at) {
    Statement statement;
    statement.header.author = author.device;
    statement.header.time = HybridTime::at(at);
    statement.second = SecondSignature{second.device, {}};
    return statement;
}

}  // namespace

TEST_CASE("Log restored: the root says it, or administrators of two organisations", "[policy]") {
    Restored scene;
    const auto& one = scene.administrator(scene.nora);
    const auto& other = scene.administrator(scene.region);

    CHECK(scene.has_effect(scene.restored(scene.root, {})));
    CHECK(scene.has_effect(scene.restored(one, other)));
    CHECK(scene.federation().restores().size() == 2);

    CHECK_FALSE(scene.has_effect(scene.restored(one, {})));
    CHECK_FALSE(scene.has_effect(scene.restored(one, one)));
    CHECK_FALSE(scene.has_effect(scene.restored(one, scene.lead.device)));
    CHECK_FALSE(scene.has_effect(scene.restored(scene.lead.device, other)));
    CHECK(scene.federation().restores().size() == 2);
}

TEST_CASE("Attack: two machines of one organisation, or of one person, shorten no log",
          "[policy]") {
    Restored scene;
    const auto certify = [&](const OrganisationId& organisation, const UserId& user) {
        const auto key = scene.fresh_key();
        scene.confirm(
            scene.sign(scene.root,
                       World::federation_stream(),
                       AdministratorCertified{.organisation = organisation,
                                              .user = user,
                                              .device = World::device_of(key),
                                              .signing_key = key,
                                              .sealing_key = scene.fresh<SealingPublicKey>()}));
        return World::device_of(key);
    };
    const auto& first = scene.administrators.at(scene.nora);
    const auto colleague = certify(scene.nora, scene.fresh<UserId>());
    const auto in_both = certify(scene.region, first.user);

    CHECK_FALSE(scene.has_effect(scene.restored(first.device, colleague)));
    CHECK_FALSE(scene.has_effect(scene.restored(first.device, in_both)));
    CHECK(scene.has_effect(scene.restored(colleague, in_both)));
}

TEST_CASE("Log restored: it begins a new incarnation, or means nothing", "[policy]") {
    Restored scene;
    StatementHeader header;
    header.author = scene.root;
    LogRestored body;
    body.old_incarnation = scene.fresh<Incarnation>();
    body.new_incarnation = body.old_incarnation;
    CHECK_FALSE(scene.federation().may_sign(header, body));
    body.new_incarnation = scene.fresh<Incarnation>();
    CHECK(scene.federation().may_sign(header, body));
}

TEST_CASE("Second signature: its key is another known person's, or the statement is refused",
          "[policy]") {
    KindsScene scene;
    const auto members = scene.federation();
    const auto code = [&](const Statement& statement) {
        const auto key = second_key(statement, members);
        return key ? Errc{} : key.error().code;
    };
    auto statement = countersigned(scene.officer, scene.chief, scene.now);
    const auto key = second_key(statement, members);
    REQUIRE(key);
    CHECK(*key == members.signing_key(scene.chief.device));

    CHECK(code(countersigned(scene.officer, scene.officer, scene.now)) == Errc::not_permitted);
    const Staff same{scene.officer.user, scene.tablet(scene.officer), scene.social};
    const auto newer = scene.federation();
    CHECK_FALSE(second_key(countersigned(scene.officer, same, scene.now), newer));
    statement.second->device = scene.fresh<DeviceId>();
    CHECK(code(statement) == Errc::unknown_device);
    statement.second.reset();
    const auto none = second_key(statement, members);
    REQUIRE(none);
    CHECK(*none == nullptr);
}
