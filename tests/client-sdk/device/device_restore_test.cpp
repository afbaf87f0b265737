// A server that is restored from a backup, and devices that give it what it lost.

#include "core/store/resend_log.hpp"
#include "core/wire/log_rows.hpp"
#include "core/wire/statement_codec.hpp"
#include "sync-server/hub/restored.hpp"
#include "sync-server/hub/verify.hpp"
#include "tests/client-sdk/device/second_administrator.hpp"
#include "tests/support/sealed_pages.hpp"
#include "tests/support/temporary_folder.hpp"

#include <samsyn/restoring.hpp>

namespace samsyn {
namespace {

struct RestoredScene : DeviceScene {
    RestoredScene() {
        before = note(*psychologist, "Före säkerhetskopian");
        consent(world.clinic);
        sync_everybody();
        back_up();
    }

    void back_up() {
        for (const auto& entry : std::filesystem::directory_iterator{folder.path()})
            std::filesystem::remove_all(entry.path());
        const auto copy = must(storage->copy_to(folder.path(), pages));
        while (!must(copy->step(64))) {
        }
        must(copy->finish());
    }

    void serve(Storage& from) {
        pump->disconnect_all();
        hub = must(Hub::open({from, world.server_key(), world.verifier(), world.hasher(), random},
                             world.federation()));
        pump = std::make_unique<Pump>(*hub, clock, world.random(), world.verifier());
    }

    /// The disk of the server is gone; what was backed up begins a new life.
    LogRestored restore() {
        pump->disconnect_all();
        hub.reset();
        restored = must(open_sqlite_storage(folder.path(), pages, DatabaseMode::existing));
        const auto facts = must(
            verify_storage(*restored, world.federation(), world.hasher(), world.verifier(), {}));
        LogRestored said{
            facts.incarnation, facts.tree.size, facts.tree.root, random_id<Incarnation>(random)};
        must(begin_new_life(*restored, said));
        return said;
    }

    Bytes sign(const LogRestored& body, Signer& by) {
        StatementHeader header;
        header.federation = world.federation();
        header.author =
            hash_to<DeviceId>(world.hasher(), Domain::device_id, {by.public_key().view()});
        header.counter = 200;  // as far as one may leap
        header.previous = world.administrator().device->federation_heads();
        header.time = HybridTime::at(clock.now());
        return encode_statement(sign_statement(header, body, by, world.hasher()));
    }

    bool confirm(const Bytes& statement) { return confirm(std::vector<Bytes>{statement}); }

    bool confirm(const std::vector<Bytes>& statements) {
        return must(confirm_restore(*restored,
                                    world.federation(),
                                    {world.server_key(), world.verifier(), world.hasher(), random},
                                    statements,
                                    clock.now()));
    }

    void restore_and_serve() {
        REQUIRE(confirm(sign(restore(), world.root_key())));
        serve(*restored);
    }

    /// Hashes of what the lost server had taken and the restored one lacks.
    std::vector<std::string> lost() {
        std::vector<std::string> missing;
        for (const EntryKind kind :
             {EntryKind::statement, EntryKind::packet, EntryKind::supplement, EntryKind::batch})
            must(storage->for_each(kind, [&](const LogEntry& entry) -> Result<void> {
                if (!must(restored->find(entry.hash)))
                    missing.push_back(std::to_string(static_cast<int>(kind)) + " " +
                                      to_hex(entry.hash));
                return {};
            }));
        return missing;
    }

    /// What happens between the backup and the crash: writing, a withdrawal, new keys.
    void live_on() {
        after = note(*psychologist, "Efter säkerhetskopian");
        plan = goal(*worker, "Ett mål efteråt");
        sync_everybody();
        withdraw(world.clinic);
        sync_everybody();
        edit(*psychologist, after, "text", "Under en ny nyckel");
        sync_everybody();
        sync(world.administrator());
    }

    std::optional<Error> try_sync(Person& person) {
        clock.advance(5s);
        Pump::Line& line = pump->connect(*person.device);
        REQUIRE(pump->run());
        const auto why = line.closed;
        pump->disconnect_all();
        return why;
    }

    TemporaryFolder folder;
    SodiumPageCipher pages = test_pages(5);
    SodiumRandom random;
    std::unique_ptr<Storage> restored;
    ItemId before;
    ItemId after;
    ItemId plan;
};

}  // namespace

TEST_CASE("Devices: give a restored server everything that it had acknowledged",
          "[device][restore][scenario]") {
    RestoredScene scene;
    scene.live_on();
    scene.restore_and_serve();
    CHECK(scene.lost().size() > 5);
    scene.sync(scene.world.administrator());
    scene.sync_everybody();
    CHECK(scene.lost().empty());
    must(verify_storage(*scene.restored,
                        scene.world.federation(),
                        scene.world.hasher(),
                        scene.world.verifier(),
                        {}));
    CHECK(DeviceScene::text(*scene.worker, scene.after, "text") == "Under en ny nyckel");
    CHECK(DeviceScene::text(*scene.psychiatrist, scene.before, "text") == "-");

    // And it goes on: work is taken, and comes to the others.
    const ItemId later = scene.note(*scene.worker, "I det nya livet");
    scene.sync_everybody();
    CHECK(DeviceScene::text(*scene.psychologist, later, "text") == "I det nya livet");
    for (Person* person : scene.everybody()) {
        CHECK(must(Restoring{*person->device}.waiting()) == 0);
        CHECK(must(person->device->log_evidence()).empty());
    }
}

TEST_CASE("Devices: a restore that two administrators signed leads every tablet on",
          "[device][restore][scenario]") {
    RestoredScene scene;
    const auto neighbour = admit_administrator(scene, "Nils Neighbour");
    scene.sync_everybody();
    scene.back_up();
    scene.live_on();
    const RestoreRequest request{scene.world.federation(), scene.restore(), scene.clock.now()};

    Device& admin = *scene.world.administrator().device;
    const StatementId id = must(Restoring{admin}.sign(request));
    const std::string said = must(Provisioning{admin}.export_statement(id));
    must(Provisioning{*neighbour->device}.import_statement(said));
    const StatementId word = must(Provisioning{*neighbour->device}.confirm(id));
    const std::string confirmed = must(Provisioning{*neighbour->device}.export_statement(word));
    REQUIRE(scene.confirm({must(statement_from_text(said)), must(statement_from_text(confirmed))}));
    scene.serve(*scene.restored);

    // Nobody but the two has seen either; the server's proof brings both.
    CHECK_FALSE(scene.try_sync(*scene.worker));
    CHECK_FALSE(scene.try_sync(scene.world.administrator()));
    scene.sync_everybody();
    CHECK(scene.lost().empty());
    for (Person* person : scene.everybody()) CHECK(must(person->device->log_evidence()).empty());
}

TEST_CASE("Devices: what was purged from its author's device comes back to a restored server",
          "[device][restore][scenario]") {
    RestoredScene scene;
    const ItemId plan = scene.goal(*scene.psychologist, "Ett mål");
    scene.sync_everybody();
    scene.edit(*scene.psychiatrist, plan, "goal", "Från kliniken");
    scene.sync_everybody();
    scene.withdraw(scene.world.clinic);
    scene.sync_everybody();
    REQUIRE(DeviceScene::text(*scene.psychiatrist, plan, "goal") == "-");
    scene.restore_and_serve();
    scene.sync(scene.world.administrator());
    scene.sync_everybody();
    CHECK(scene.lost().empty());
    CHECK(DeviceScene::text(*scene.psychiatrist, plan, "goal") == "-");
    CHECK(DeviceScene::text(*scene.worker, plan, "goal") == "Från kliniken");
}

TEST_CASE("Devices: a statement comes through behind more work than a counter may leave out",
          "[device][restore]") {
    RestoredScene scene;
    for (int i = 0; i < 270; ++i) {
        (void)scene.note(*scene.worker, "Anteckning");
        scene.sync(*scene.worker);
    }
    scene.withdraw(scene.world.clinic);
    scene.sync(*scene.psychologist);
    scene.sync(*scene.worker);
    (void)must(
        scene.worker->device->open_case(ServiceModel::famsam, "Familjen Sälg", scene.world.team));
    scene.sync(*scene.worker);
    scene.restore_and_serve();
    scene.sync(*scene.worker);  // one session is enough
    scene.sync(*scene.psychologist);
    CHECK(scene.lost().empty());
}

// Attack: a server claims a restore without the statement.
TEST_CASE("Devices: a restored server that nobody signed for gets nothing",
          "[device][restore][attack]") {
    RestoredScene scene;
    scene.live_on();
    const LogRestored wanted = scene.restore();
    SECTION("no statement") {
        scene.serve(*scene.restored);
    }
    SECTION("one by the server itself") {
        CHECK_FALSE(scene.confirm(scene.sign(wanted, scene.world.server_key())));
        scene.serve(*scene.restored);
    }
    SECTION("the statement of another restore") {
        LogRestored other = wanted;
        other.new_incarnation = random_id<Incarnation>(scene.random);
        CHECK_FALSE(scene.confirm(scene.sign(other, scene.world.root_key())));
        scene.serve(*scene.restored);
    }
    const auto missing = scene.lost();
    const auto why = scene.try_sync(*scene.psychologist);
    REQUIRE(why);
    CHECK(why->code == Errc::log_forked);
    CHECK(must(scene.psychologist->device->log_evidence()).size() == 1);
    CHECK(must(Restoring{*scene.psychologist->device}.waiting()) == 0);
    CHECK(scene.lost() == missing);
}

TEST_CASE("Device: keeps sealed bytes until a verified backup holds them, or 90 days",
          "[device][restore]") {
    RestoredScene scene;
    const auto batches = [&](std::uint64_t& kept) {
        kept = 0;
        for (const LogEntry& entry : must(scene.storage->read(
                 {must(scene.psychologist->device->item(scene.before)).compartment}, 0, 1 << 20)))
            if (entry.author == scene.psychologist->device->device()) ++kept;
        return kept;
    };
    std::uint64_t written = 0;
    REQUIRE(batches(written) > 0);
    // What the device would send again to a server that lost everything since.
    const auto kept = [&] { return must(Restoring{*scene.psychologist->device}.kept()); };
    const std::uint64_t all = kept();
    REQUIRE(all >= written);

    SECTION("a server that says so after a backup") {
        const TreeHead tree = must(scene.storage->log().tree()).value();
        must(note_backed_up(*scene.storage, tree.size));
        scene.sync(*scene.psychologist);
        CHECK(kept() == 0);
    }
    SECTION("a backup that is older than some of it") {
        const ItemId more = scene.note(*scene.psychologist, "Efteråt");
        const TreeHead tree = must(scene.storage->log().tree()).value();
        must(note_backed_up(*scene.storage, tree.size));
        scene.sync(*scene.psychologist);
        CHECK(kept() >= 1);
        CHECK(kept() < all);
        CHECK(DeviceScene::text(*scene.psychologist, more, "text") == "Efteråt");
    }
    SECTION("after 90 days") {
        for (int day = 0; day < 91; day += 5) {
            scene.clock.advance(24h * 5);
            scene.sync(*scene.psychologist);
        }
        CHECK(kept() < all);
    }
}

// Attack: a server says that a backup holds what its log does not, so that it may lose it.
TEST_CASE("Device: a receipt that proves nothing is passed over", "[device][restore][attack]") {
    RestoredScene scene;
    Device& device = *scene.psychologist->device;
    LogKeeper& keeper = *device.log_keeper();
    // Taken by a server that has not said where it stands.
    (void)scene.note(*scene.psychologist, "Något nytt");
    const Instant now = scene.clock.now();
    must(device.on_caught_up(now, CaughtUp::Phase::everything, now));
    Answer stored;
    stored.outcome = AnswerOutcome::stored;
    for (const Outgoing& one : must(device.outgoing_after(0, 1 << 20, now)))
        must(device.on_answer(one.counter, stored, now));
    const auto asked = must(keeper.wanted_receipts());
    REQUIRE(asked);
    REQUIRE_FALSE(asked->entries.empty());
    const auto kept = [&] { return must(Restoring{device}.kept()); };
    const std::uint64_t all = kept();

    RowAccepted accepted;
    accepted.kind = EntryKind::batch;
    accepted.hash = asked->entries.front();
    LogRow row;
    row.act = accepted;
    Receipts said;
    said.backed_up = 1;
    bool receipt = true;
    bool in_log = true;
    bool proves = false;
    SECTION("for a row that is not in the log") {
        in_log = false;
    }
    SECTION("for a row about another entry") {
        accepted.hash = random_id<Hash>(scene.random);
        row.act = accepted;
    }
    SECTION("for a row that says something else") {
        row.act = RowQueried{};
    }
    SECTION("none at all, but a great number") {
        said.backed_up = std::uint64_t{1} << 40U;
        receipt = false;
    }
    SECTION("for the row that took it") {
        proves = true;
    }
    const Bytes bytes = encode_log_row(row);
    TreeHead& tree = said.checkpoint.checkpoint.tree;
    tree.size = 1;
    if (in_log) tree.root = leaf_hash(bytes, scene.world.hasher());
    if (receipt) said.rows.push_back({asked->entries.front(), 0, bytes, {}});
    must(keeper.on_receipts(said, now));
    CHECK(kept() == (proves ? all - 1 : all));
}

TEST_CASE("Restoring: one administrator's word is nothing, and says what for",
          "[device][restore]") {
    RestoredScene scene;
    Device& admin = *scene.world.administrator().device;
    RestoreRequest request{scene.world.federation(), scene.restore(), scene.clock.now()};
    const RestoreRequest read = must(restore_request_from_text(to_text(request)));
    CHECK(read == request);
    std::string mistyped = to_text(request);
    mistyped.back() = mistyped.back() == 'a' ? 'b' : 'a';
    CHECK(restore_request_from_text(mistyped).error().code == Errc::malformed);

    const auto signed_alone = Restoring{admin}.sign(request);
    if (signed_alone) {
        const auto text = must(Provisioning{admin}.export_statement(*signed_alone));
        CHECK_FALSE(scene.confirm(must(statement_from_text(text))));
    } else {
        CHECK(signed_alone.error().code == Errc::not_permitted);
    }
    request.federation = random_id<FederationId>(scene.random);
    CHECK(Restoring{admin}.sign(request).error().code == Errc::wrong_federation);
}

}  // namespace samsyn
