#include "core/wire/log_rows.hpp"
#include "sync-server/hub/access_log.hpp"
#include "tests/sync-server/hub/failing_storage.hpp"
#include "tests/sync-server/hub/reading_device.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

/// A family's case in which the school reads what the team has written.
struct LogScene {
    explicit LogScene(std::unique_ptr<Storage> engine = {}, HubLimits limits = {})
        : world(limits, std::move(engine)) {}

    void open() {
        team.start();
        team.push_all(EntryKind::statement, world.open_case());
        team.push_all(EntryKind::statement, world.consents());
        team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
        team.push_all(EntryKind::batch,
                      {world.batch(world.lead, world.label, world.newest_epoch, item)});
    }

    CompartmentId compartment() const { return world.compartment(world.label); }

    /// All rows of the log, as stored.
    std::vector<LogRow> rows() {
        std::vector<LogRow> all;
        const std::uint64_t size = world.storage->log().tree()->value_or(TreeHead{}).size;
        for (std::uint64_t number = 0; number < size; ++number)
            all.push_back(*decode_log_row(*world.storage->log().row(number)));
        return all;
    }

    template <class Act>
    std::vector<LogRow> rows_of(const DeviceId& device) {
        std::vector<LogRow> found;
        for (LogRow& row : rows())
            if (std::holds_alternative<Act>(row.act) && row.device == device)
                found.push_back(std::move(row));
        return found;
    }

    LogRows ask(ScriptedClient& client, std::optional<CaseId> case_id = {}) {
        client.send(LogQuery{7,
                             case_id.value_or(world.case_id),
                             world.lead.unit.unit,
                             Instant{},
                             instant_max,
                             {},
                             0});
        client.pull();
        const auto* const rows = client.last<LogRows>();
        REQUIRE(rows != nullptr);
        return *rows;
    }

    LogProof prove(ScriptedClient& client, std::uint64_t size) {
        client.send(LogProofRequest{client.incarnation, size});
        client.pull();
        const auto* const proof = client.last<LogProof>();
        REQUIRE(proof != nullptr);
        return *proof;
    }

    HubWorld world;
    ItemId item = world.fresh<ItemId>();
    ScriptedClient team{world, world.lead, 1};
    ScriptedClient school{world, world.counsellor, 2};
};

bool proves(const LogRows& answer, const LogRows::Row& row, const Hasher& hasher) {
    return verify_inclusion(leaf_hash(row.bytes, hasher),
                            row.number,
                            answer.checkpoint->checkpoint.tree,
                            row.path,
                            hasher);
}

}  // namespace

TEST_CASE("Hub: what a device gets stands in the access log with who, what and why", "[hub][log]") {
    LogScene scene;
    scene.open();
    scene.school.start();
    REQUIRE(scene.school.entries(EntryKind::batch).size() == 1);

    const auto rows = scene.rows_of<RowDelivered>(scene.world.counsellor.device);
    const auto content = std::ranges::find_if(rows, [&](const LogRow& row) {
        return std::get<RowDelivered>(row.act).channel == Channel{scene.compartment()};
    });
    REQUIRE(content != rows.end());
    const auto& act = std::get<RowDelivered>(content->act);
    CHECK(content->user == scene.world.counsellor.user);
    CHECK(content->unit == scene.world.counsellor.unit.unit);
    CHECK(content->case_id == scene.world.case_id);
    CHECK(content->disclosing == scene.world.lead.unit.unit);
    CHECK(content->at == scene.world.now);
    CHECK(act.first == 1);
    CHECK(act.last == 2);
    CHECK(act.ground.reason == key_of(Reason::consent_covers));
    CHECK(act.ground.by.size() == 2);
}

TEST_CASE("Hub: what is taken and what is refused stands in the access log", "[hub][log]") {
    LogScene scene;
    scene.open();
    CHECK(scene.rows_of<RowAccepted>(scene.world.lead.device).size() == 8);

    // The school may not write under the team's label before it has the key: nor may a stranger.
    ScriptedClient stranger{scene.world, scene.world.outsider, 3};
    stranger.start();
    const Bytes batch = scene.world.batch(scene.world.outsider,
                                          scene.world.label,
                                          scene.world.newest_epoch,
                                          scene.world.fresh<ItemId>());
    CHECK(stranger.push(EntryKind::batch, batch).outcome == AnswerOutcome::refused);
    const auto refused = scene.rows_of<RowRefused>(scene.world.outsider.device);
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].disclosing == scene.world.lead.unit.unit);
    CHECK(std::get<RowRefused>(refused[0].act).kind == EntryKind::batch);

    scene.school.start();
    scene.team.push_all(EntryKind::statement, {scene.world.withdrawal()});
    scene.school.pull();
    CHECK(scene.school.count<Withdrawn>() == 1);
    CHECK(scene.rows_of<RowWithdrawn>(scene.world.counsellor.device).size() == 1);
}

// Attack: delivers before it logs.
TEST_CASE("Hub: nothing leaves whose row is not durable", "[hub][log][attack]") {
    auto engine = std::make_unique<FailingStorage>(*open_memory_storage());
    FailingStorage& storage = *engine;
    LogScene scene{std::move(engine)};
    scene.open();
    REQUIRE(scene.school.connect());
    scene.school.send(Resume{});
    scene.school.received.clear();

    // Wherever the storage fails while the school is served, no entry arrives that has no row.
    bool fails = true;
    for (std::uint64_t call = 0; fails; ++call) {
        CAPTURE(call);
        REQUIRE(call < 200);
        storage.forget();
        storage.fail_at(call);
        scene.school.pull();
        fails = storage.failed();
        storage.never_fail();
        const auto rows = scene.rows_of<RowDelivered>(scene.world.counsellor.device);
        std::size_t logged = 0;
        for (const LogRow& row : rows) logged += std::get<RowDelivered>(row.act).count;
        std::size_t arrived = 0;
        for (const Message& message : scene.school.received)
            if (const auto* const deliver = std::get_if<Deliver>(&message))
                if (deliver->channel != Channel{Stream{}}) arrived += deliver->entries.size();
        CHECK(arrived <= logged);
        if (!fails) break;
        CHECK(scene.school.closed);
        REQUIRE(scene.school.connect());
        scene.school.send(Resume{});
        scene.school.received.clear();
    }
    CHECK(scene.school.entries(EntryKind::batch).size() == 1);
}

TEST_CASE("Hub: frames of one round share one commit", "[hub][log]") {
    auto engine = std::make_unique<FailingStorage>(*open_memory_storage());
    FailingStorage& storage = *engine;
    LogScene scene{std::move(engine)};
    scene.open();
    ScriptedClient other{scene.world, scene.world.counsellor, 3};
    REQUIRE(scene.school.connect());
    REQUIRE(other.connect());
    scene.school.send(Resume{});
    other.send(Resume{});
    const std::array links{LinkId{2}, LinkId{3}};
    (void)scene.world.hub->next_messages(links, scene.world.now);  // the federation log: no rows
    const std::uint64_t before = storage.commits();
    const auto nexts = scene.world.hub->next_messages(links, scene.world.now);
    CHECK(nexts[0].message.has_value());
    CHECK(nexts[1].message.has_value());
    CHECK(storage.commits() == before + 1);
}

TEST_CASE("Hub: a device that asks is shown that the log only grew", "[hub][log]") {
    LogScene scene;
    scene.open();
    const TreeHead before = scene.prove(scene.team, 0).checkpoint.checkpoint.tree;
    CHECK(before == **scene.world.storage->log().tree());
    scene.school.start();
    const LogProof proof = scene.prove(scene.team, before.size);
    const TreeHead after = proof.checkpoint.checkpoint.tree;
    CHECK(after.size > before.size);
    CHECK(verify_consistency(before, after, proof.path, scene.world.hasher));
    CHECK(verify_checkpoint(proof.checkpoint, scene.world.verifier));
    CHECK(proof.checkpoint.server_key == scene.world.server.public_key());

    // After a restart it is the same log.
    scene.world.restart();
    scene.team.start();
    const LogProof again = scene.prove(scene.team, after.size);
    CHECK(verify_consistency(
        after, again.checkpoint.checkpoint.tree, again.path, scene.world.hasher));
}

TEST_CASE("Hub: the unit's lead and its organisation's reviewer see who has read, with proofs",
          "[hub][log]") {
    LogScene scene;
    scene.open();
    scene.school.start();
    ScriptedClient reviewer{scene.world, scene.world.reviewer, 4};
    reviewer.start();
    for (ScriptedClient* const asker : {&scene.team, &reviewer}) {
        const LogRows answer = scene.ask(*asker);
        REQUIRE(answer.checkpoint);
        bool delivery = false;
        for (const LogRows::Row& row : answer.rows) {
            CHECK(proves(answer, row, scene.world.hasher));
            const auto said = decode_log_row(row.bytes);
            REQUIRE(said);
            CHECK(said->disclosing == scene.world.lead.unit.unit);
            delivery = delivery || (std::holds_alternative<RowDelivered>(said->act) &&
                                    said->device == scene.world.counsellor.device);
        }
        CHECK(delivery);
    }
    // The reviewer takes part in no case: every case of the unit at once.
    CHECK(scene.ask(reviewer, CaseId{}).rows.size() > 5);
    CHECK(scene.ask(scene.team, CaseId{}).refused == Errc::not_permitted);
    // Who asked is in the log, too.
    CHECK(scene.rows_of<RowQueried>(scene.world.reviewer.device).size() == 2);
}

TEST_CASE("Hub: for anybody else a log is not there, whether it exists or not",
          "[hub][log][attack]") {
    LogScene scene;
    scene.open();
    scene.school.start();
    ScriptedClient stranger{scene.world, scene.world.outsider, 3};
    stranger.start();
    const LogRows of_a_case = scene.ask(stranger);
    const LogRows of_none = scene.ask(stranger, scene.world.fresh<CaseId>());
    CHECK(of_a_case == of_none);
    CHECK(of_a_case.refused == Errc::not_permitted);
    // Who reads the unit's items by consent does not learn who else does.
    CHECK(scene.ask(scene.school).refused == Errc::not_permitted);
    CHECK(scene.rows_of<RowRefused>(scene.world.outsider.device).size() == 2);
}

// Attacks: edits a row, takes one away.
TEST_CASE("Hub: a row that was changed in the database proves nothing", "[hub][log][attack]") {
    LogScene scene;
    scene.open();
    LogRows answer = scene.ask(scene.team);
    REQUIRE(answer.rows.size() > 2);
    answer.rows[1].bytes.back() ^= std::byte{1};
    CHECK_FALSE(proves(answer, answer.rows[1], scene.world.hasher));
    // The proof of another row.
    std::swap(answer.rows[0].path, answer.rows[2].path);
    CHECK_FALSE(proves(answer, answer.rows[0], scene.world.hasher));
}

// Attack: two instances on one store.
TEST_CASE("Hub: a second process on the same log is noticed, and its group undone",
          "[hub][log][attack]") {
    LogScene scene;
    scene.open();
    // What another process appends, behind this hub's back.
    auto other = AccessLog::load(scene.world.storage->log(), scene.world.hasher);
    REQUIRE(other);
    REQUIRE(scene.world.storage->begin());
    REQUIRE(other->append(LogRow{}));
    REQUIRE(other->seal());
    REQUIRE(scene.world.storage->commit());

    const auto before = *scene.world.storage->last_number({scene.compartment()});
    const Bytes batch = scene.world.batch(
        scene.world.lead, scene.world.label, scene.world.newest_epoch, scene.item);
    CHECK_FALSE(scene.team.send_all({scene.team.next_push(EntryKind::batch, batch)}));
    CHECK(*scene.world.storage->last_number({scene.compartment()}) == before);
    scene.team.pull();
    CHECK(scene.team.closed);
    // It goes on from what is stored, and has lost nothing.
    scene.team.start();
    CHECK(scene.team.push(EntryKind::batch, batch).outcome == AnswerOutcome::stored);
    CHECK(AccessLog::load(scene.world.storage->log(), scene.world.hasher));
}

}  // namespace samsyn
