// A server that is restored from a backup, what it takes again, and what it does not.

#include "core/store/database.hpp"
#include "core/wire/log_rows.hpp"
#include "sync-server/hub/restored.hpp"
#include "sync-server/hub/verify.hpp"
#include "tests/support/sealed_pages.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

/// A team's case with one batch in the backup and one after it, whose receipt its author has.
struct RestoreScene {
    RestoreScene() {
        team.start();
        team.push_all(EntryKind::statement, world.open_case());
        team.push_all(EntryKind::statement, world.consents());
        team.push_all(EntryKind::packet, {world.packet(world.lead, world.label)});
        epoch = world.newest_epoch;
        team.push_all(EntryKind::batch, {batch(first_item)});
        back_up();
        lost = batch(lost_item);
        team.push_all(EntryKind::batch, {lost});
    }

    Bytes batch(const ItemId& item) { return world.batch(world.lead, world.label, epoch, item); }

    Hash hash_of(const Bytes& batch) const {
        return Hash::from(decode_batch(batch, world.hasher)->id.view());
    }

    void back_up() { copy_into(folder); }

    void copy_into(const TemporaryFolder& target) {
        const auto copy = *world.storage->copy_to(target.path(), pages);
        while (!*copy->step(100)) {
        }
        REQUIRE(copy->finish());
    }

    Receipts receipts(std::vector<Hash> entries, ScriptedClient& client) {
        client.send(ReceiptRequest{std::move(entries)});
        client.pull();
        const auto* const found = client.last<Receipts>();
        REQUIRE(found != nullptr);
        return *found;
    }

    Resend resend(const Bytes& bytes) {
        const Receipts got = receipts({hash_of(bytes)}, team);
        REQUIRE(got.rows.size() == 1);
        return {77,
                EntryKind::batch,
                bytes,
                {got.rows[0].number, got.rows[0].row, got.rows[0].path, got.checkpoint}};
    }

    /// The server's disk is gone: what was backed up begins a new life.
    LogRestored restore() {
        world.hub.reset();
        world.storage = *open_sqlite_storage(folder.path(), pages, DatabaseMode::existing);
        const auto facts = verify();
        const LogRestored restored{
            facts.incarnation, facts.tree.size, facts.tree.root, world.fresh<Incarnation>()};
        REQUIRE(begin_new_life(*world.storage, restored));
        return restored;
    }

    StorageFacts verify() {
        const auto facts =
            verify_storage(*world.storage, world.federation_id, world.hasher, world.verifier, {});
        if (!facts) FAIL(to_string(facts.error()));
        return *facts;
    }

    Result<bool> confirm(const std::vector<Bytes>& statements) {
        return confirm_restore(*world.storage,
                               world.federation_id,
                               {world.server, world.verifier, world.hasher, world.random},
                               statements,
                               world.now);
    }

    /// Restored, confirmed by the root, and served again.
    void restore_and_serve() {
        const LogRestored restored = restore();
        const auto confirmed = confirm({world.say(world.root, Stream{}, restored)});
        REQUIRE(confirmed);
        REQUIRE(*confirmed);
        world.restart();
        team.start();
    }

    Answer send_again(const Resend& resend) {
        team.send(resend);
        team.pull();
        const auto* const answer = team.last<Answer>();
        REQUIRE(answer != nullptr);
        return *answer;
    }

    TemporaryFolder folder;
    SodiumPageCipher pages = test_pages(3);
    HubWorld world;
    EpochId epoch;
    ItemId first_item = world.fresh<ItemId>();
    ItemId lost_item = world.fresh<ItemId>();
    Bytes lost;
    ScriptedClient team{world, world.lead, 1};
    ScriptedClient school{world, world.counsellor, 2};
};

}  // namespace

TEST_CASE("Hub: tells a device where its own entries stand in the log, and nobody else's",
          "[hub][restore]") {
    RestoreScene scene;
    const Receipts got = scene.receipts({scene.hash_of(scene.lost)}, scene.team);
    REQUIRE(got.rows.size() == 1);
    CHECK(got.backed_up == 0);
    CHECK(verify_inclusion(leaf_hash(got.rows[0].row, scene.world.hasher),
                           got.rows[0].number,
                           got.checkpoint.checkpoint.tree,
                           got.rows[0].path,
                           scene.world.hasher));
    CHECK(scene.receipts({scene.world.fresh<Hash>()}, scene.team).rows.empty());
    scene.school.start();
    CHECK(scene.receipts({scene.hash_of(scene.lost)}, scene.school).rows.empty());
}

TEST_CASE(
    "Hub: a restored server takes byte for byte what its earlier life had taken, "
    "whatever the epoch",
    "[hub][restore]") {
    RestoreScene scene;
    const Resend again = scene.resend(scene.lost);
    scene.restore_and_serve();
    CHECK_FALSE(*scene.world.storage->find(scene.hash_of(scene.lost)));
    // The school may not read any more: nothing is taken under that key as something new.
    scene.team.push_all(EntryKind::statement, {scene.world.withdrawal()});
    CHECK(scene.team.push(EntryKind::batch, scene.lost).outcome == AnswerOutcome::stale_epoch);

    CHECK(scene.send_again(again).outcome == AnswerOutcome::stored);
    CHECK(scene.send_again(again).outcome == AnswerOutcome::duplicate);
    CHECK(*scene.world.storage->find(scene.hash_of(scene.lost)));
    CHECK(scene.verify().entries[static_cast<std::size_t>(EntryKind::batch)] == 2);
    // It stands in the new log: there is a receipt of this life.
    CHECK(scene.receipts({scene.hash_of(scene.lost)}, scene.team).rows.size() == 1);
}

// Attack: a receipt is taken for something that the log does not show.
TEST_CASE("Hub: a receipt vouches for one entry of one life of the log", "[hub][restore][attack]") {
    RestoreScene scene;
    const Resend good = scene.resend(scene.lost);
    const Bytes forged = scene.batch(scene.world.fresh<ItemId>());
    Resend bad = good;

    SECTION("for another batch") {
        scene.restore_and_serve();
        bad.bytes = forged;
        const Answer answer = scene.send_again(bad);
        CHECK(answer.outcome == AnswerOutcome::refused);
        CHECK(answer.why == Errc::not_authentic);
        CHECK_FALSE(*scene.world.storage->find(scene.hash_of(forged)));
    }
    SECTION("with a row that was made up") {
        scene.restore_and_serve();
        LogRow row = *decode_log_row(bad.receipt.row);
        std::get<RowAccepted>(row.act).hash = scene.hash_of(forged);
        bad.receipt.row = encode_log_row(row);
        bad.bytes = forged;
        CHECK(scene.send_again(bad).why == Errc::not_authentic);
    }
    SECTION("with a tree that nobody of ours signed") {
        scene.restore_and_serve();
        FakeSigner stranger{999};
        LogRow row = *decode_log_row(bad.receipt.row);
        std::get<RowAccepted>(row.act).hash = scene.hash_of(forged);
        bad.receipt.row = encode_log_row(row);
        bad.receipt.path.clear();
        bad.receipt.number = 0;
        Checkpoint said = bad.receipt.checkpoint.checkpoint;
        said.tree = {1, leaf_hash(bad.receipt.row, scene.world.hasher)};
        bad.receipt.checkpoint = sign_checkpoint(said, stranger);
        bad.bytes = forged;
        CHECK(scene.send_again(bad).why == Errc::bad_signature);
    }
    SECTION("of a life that no restore ended") {
        CHECK(scene.send_again(bad).why == Errc::not_permitted);
        bad.bytes = forged;
        CHECK(scene.send_again(bad).why == Errc::not_permitted);
    }
    SECTION("as something of another kind") {
        scene.restore_and_serve();
        bad.kind = EntryKind::packet;
        CHECK(scene.send_again(bad).why == Errc::not_authentic);
    }
}

TEST_CASE("Hub: a restore that is signed while it serves counts from then on", "[hub][restore]") {
    RestoreScene scene;
    const Resend again = scene.resend(scene.lost);
    scene.restore_and_serve();
    // An earlier life of which it hears late.
    Checkpoint shown = again.receipt.checkpoint.checkpoint;
    shown.incarnation = scene.world.fresh<Incarnation>();
    Resend earlier = again;
    earlier.receipt.checkpoint = sign_checkpoint(shown, scene.world.server);
    CHECK(scene.send_again(earlier).why == Errc::not_permitted);
    const auto prove = [&] {
        scene.team.send(LogProofRequest{shown.incarnation, shown.tree.size});
        scene.team.pull();
        return *scene.team.last<LogProof>();
    };
    CHECK(prove().restores.empty());

    const LogRestored restored{
        shown.incarnation, shown.tree.size, shown.tree.root, scene.team.incarnation};
    const Bytes said = scene.world.say(scene.world.root, Stream{}, restored);
    scene.team.push_all(EntryKind::statement, {said});
    const LogProof proof = prove();
    CHECK(std::ranges::count(proof.restores, said) == 1);
    CHECK(prove().restores == proof.restores);
    CHECK(scene.send_again(earlier).outcome == AnswerOutcome::stored);
}

// Attack: a server claims a restore that nobody signed.
TEST_CASE("confirm_restore: nothing but the signed restore of this very life will do",
          "[hub][restore][attack]") {
    RestoreScene scene;
    const LogRestored wanted = scene.restore();
    CHECK(*unconfirmed_restore(*scene.world.storage) == wanted);
    const TreeHead before = **scene.world.storage->log().tree();

    CHECK_FALSE(*scene.confirm({}));
    // By one administrator alone, and by the server itself.
    CHECK_FALSE(*scene.confirm({scene.world.say(scene.world.nora_admin, Stream{}, wanted)}));
    Party server{1};
    CHECK_FALSE(*scene.confirm({scene.world.say(server, Stream{}, wanted)}));
    // Signed, and for another life: the restore of a day ago, replayed.
    LogRestored other = wanted;
    other.new_incarnation = scene.world.fresh<Incarnation>();
    CHECK_FALSE(*scene.confirm({scene.world.say(scene.world.root, Stream{}, other)}));
    other = wanted;
    other.size -= 1;
    CHECK_FALSE(*scene.confirm({scene.world.say(scene.world.root, Stream{}, other)}));
    CHECK(**scene.world.storage->log().tree() == before);
    CHECK(*unconfirmed_restore(*scene.world.storage) == wanted);

    const Bytes signed_by_root = scene.world.say(scene.world.root, Stream{}, wanted);
    CHECK(*scene.confirm({signed_by_root}));
    CHECK_FALSE(*unconfirmed_restore(*scene.world.storage));
    CHECK(scene.confirm({signed_by_root}).error().code == Errc::not_found);
    CHECK(scene.verify().tree.size == before.size + 1);
}

TEST_CASE("confirm_restore: an administrator and one of another organisation do, brought as texts",
          "[hub][restore][two]") {
    RestoreScene scene;
    HubWorld& world = scene.world;
    const LogRestored wanted = scene.restore();
    const Bytes act = world.say(world.nora_admin, Stream{}, wanted);
    const StatementId id = world.newest;
    const StatementGraph known = world.log;
    const auto word_of = [&](Party& who) {
        world.log = known;  // each on a device of its own, which has the act and nobody's word
        return world.say(who, Stream{}, Countersigned{id});
    };
    CHECK_FALSE(*scene.confirm({act}));
    CHECK_FALSE(*scene.confirm({act, word_of(world.nora_admin)}));
    CHECK_FALSE(*scene.confirm({act, word_of(world.reviewer)}));
    const Bytes second = word_of(world.lindesberg_admin);
    CHECK_FALSE(*scene.confirm({second}));
    CHECK(*scene.confirm({act, second}));
    world.restart();
    scene.team.start();
    CHECK(scene.team.incarnation == wanted.new_incarnation);
}

TEST_CASE("begin_new_life: a storage begins one new life, and only the life that it has",
          "[hub][restore]") {
    RestoreScene scene;
    const LogRestored restored = scene.restore();
    CHECK(begin_new_life(*scene.world.storage, restored).error().code == Errc::conflict);
    LogRestored next = restored;
    next.old_incarnation = restored.new_incarnation;
    next.new_incarnation = scene.world.fresh<Incarnation>();
    CHECK(begin_new_life(*scene.world.storage, next).error().code == Errc::conflict);
    CHECK(*backed_up_rows(*scene.world.storage) == restored.size);
}

// Attack: somebody changed the database behind the log's back.
TEST_CASE("verify_storage: finds what was removed, changed or added", "[hub][restore][attack]") {
    RestoreScene scene;
    const StorageFacts sound = scene.verify();
    CHECK(sound.entries[static_cast<std::size_t>(EntryKind::batch)] == 2);
    const auto spoilt = [&](const char* sql) {
        const TemporaryFolder folder;
        scene.copy_into(folder);
        {
            auto db = *Database::open(folder / "samsyn-server.db", scene.pages);
            REQUIRE(db.exec(sql));
        }
        const auto storage =
            *open_sqlite_storage(folder.path(), scene.pages, DatabaseMode::existing);
        return verify_storage(*storage,
                              scene.world.federation_id,
                              scene.world.hasher,
                              scene.world.verifier,
                              {})
            .has_value();
    };
    CHECK(spoilt("SELECT 1"));
    CHECK_FALSE(spoilt("DELETE FROM entries WHERE kind = 3 AND number = 2"));
    CHECK_FALSE(spoilt("UPDATE entries SET bytes = zeroblob(length(bytes)) WHERE kind = 3"));
    CHECK_FALSE(spoilt("UPDATE entries SET hash = randomblob(32) WHERE kind = 3 AND number = 2"));
    CHECK_FALSE(spoilt("DELETE FROM log_rows WHERE number = 2"));
    CHECK_FALSE(spoilt("DELETE FROM log_rows WHERE number = (SELECT max(number) FROM log_rows)"));
    CHECK_FALSE(
        spoilt("UPDATE log_rows SET bytes = (SELECT bytes FROM log_rows WHERE number = 1) "
               "WHERE number = 2"));
    CHECK_FALSE(spoilt("UPDATE log_nodes SET hash = randomblob(32) WHERE level = 1"));
    CHECK_FALSE(spoilt("UPDATE log_state SET size = size - 1"));
    CHECK_FALSE(spoilt("UPDATE log_state SET root = randomblob(32)"));
    CHECK_FALSE(spoilt("UPDATE entries SET number = number + 9 WHERE kind = 3 AND number = 3"));
}

}  // namespace samsyn
