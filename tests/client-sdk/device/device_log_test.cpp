#include "client-sdk/agent/operations.hpp"
#include "core/wire/batch.hpp"
#include "core/wire/statement_codec.hpp"
#include "tests/client-sdk/device/device_scene.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

namespace samsyn {

namespace {

using nlohmann::json;

/// A case with a note that the clinic may read, and what the server's log says of it.
struct LogScene : DeviceScene {
    LogScene() {
        item = note(*psychologist, "Sover dåligt");
        consent(world.clinic);
        sync_everybody();
    }

    json run(Person& person, std::string_view operation, const json& args) {
        return Operations{*person.device, clock}.run(operation, args);
    }

    json must_run(Person& person, std::string_view operation, const json& args) {
        const json answer = run(person, operation, args);
        INFO(answer.dump());
        REQUIRE(answer.value("ok", false));
        return answer["result"];
    }

    void open_item(Person& person) { must_run(person, "item.show", {{"item", to_hex(item)}}); }

    std::vector<LogRow> rows() {
        std::vector<LogRow> all;
        const std::uint64_t size = must(storage->log().tree()).value_or(TreeHead{}).size;
        for (std::uint64_t number = 0; number < size; ++number)
            all.push_back(must(decode_log_row(must(storage->log().row(number)))));
        return all;
    }

    template <class Act>
    std::vector<LogRow> rows_of(Person& person) {
        std::vector<LogRow> found;
        for (LogRow& row : rows())
            if (std::holds_alternative<Act>(row.act) && row.device == person.device->device())
                found.push_back(std::move(row));
        return found;
    }

    /// The hub starts anew from what is stored.
    void restart() {
        pump->disconnect_all();
        hub = world.make_hub();
        pump = std::make_unique<Pump>(*hub, clock, world.random(), world.verifier());
    }

    /// One connection; why it was closed.
    std::optional<Error> try_sync(Person& person) {
        clock.advance(5s);
        Pump::Line& line = pump->connect(*person.device);
        REQUIRE(pump->run());
        const auto why = line.closed;
        pump->disconnect_all();
        return why;
    }

    SignedCheckpoint checkpoint_of(Person& person, TreeHead tree) {
        Checkpoint said;
        said.federation = world.federation();
        said.incarnation = must(person.device->log_keeper()->known_log()).incarnation;
        said.tree = tree;
        said.time = clock.now();
        return sign_checkpoint(said, world.server_key());
    }

    json ask(Person& person, const json& question, std::string_view operation, const json& args) {
        must_run(person, "log.ask", question);
        sync(person);
        return must_run(person, operation, args);
    }

    ItemId item;
};

}  // namespace

TEST_CASE("C-48: an item that is opened offline twice is two rows of the server's log",
          "[device][log][scenario]") {
    LogScene scene;
    Person& reader = *scene.psychiatrist;
    scene.clock.advance(1h);
    const Instant first = scene.clock.now();
    scene.open_item(reader);
    scene.clock.advance(2h);
    scene.open_item(reader);
    CHECK(must(reader.device->waiting_reads()) == 2);
    scene.clock.advance(1h);
    scene.sync(reader);
    CHECK(must(reader.device->waiting_reads()) == 0);

    const auto rows = scene.rows_of<RowRead>(reader);
    REQUIRE(rows.size() == 2);
    for (const LogRow& row : rows) {
        CHECK(row.user == reader.user);
        CHECK(row.unit == scene.world.clinic);
        CHECK(row.disclosing == scene.world.team);
        CHECK(row.at > first + 3h);
        CHECK(std::get<RowRead>(row.act).items == std::vector{scene.item});
        CHECK(std::get<RowRead>(row.act).permitted);
    }
    CHECK(std::get<RowRead>(rows[0].act).device_time == first);
    CHECK(std::get<RowRead>(rows[1].act).device_time == first + 2h);
    CHECK(scene.rows_of<RowChainBroken>(reader).empty());
}

TEST_CASE("Operations: whatever shows content is logged before it is answered", "[device][log]") {
    LogScene scene;
    Person& person = *scene.psychologist;
    const std::string case_id = to_hex(scene.family.case_id);
    const auto logged = [&](std::string_view operation, const json& args) {
        const auto before = must(person.device->waiting_reads());
        scene.must_run(person, operation, args);
        return must(person.device->waiting_reads()) - before;
    };
    CHECK(logged("item.list", {{"case", case_id}}) == 1);
    CHECK(logged("item.show", {{"item", to_hex(scene.item)}}) == 1);
    CHECK(logged("search", {{"case", case_id}, {"words", "sover"}}) == 1);
    CHECK(logged("find", {{"text", "Tuva"}}) == 1);
    CHECK(logged("case.show", {{"case", case_id}}) == 1);
    CHECK(logged("item.edit",
                 {{"item", to_hex(scene.item)}, {"fields", {{"date", "2026-05-04"}}}}) == 1);
    // Nothing shown, nothing logged.
    CHECK(logged("search", {{"case", case_id}, {"words", "finnsinte"}}) == 0);
    CHECK(logged("status", json::object()) == 0);

    const auto reads = must(person.device->own_reads(scene.family.case_id, 100));
    REQUIRE(reads.size() == 6);
    CHECK(reads.back().entry.action == ReadAction::list_shown);
    CHECK(reads[4].entry.action == ReadAction::item_opened);
    // The list of everything names the note among its items.
    bool names_note = false;
    for (const auto& part : reads.back().entry.parts)
        names_note = names_note || std::ranges::count(part.items, scene.item) == 1;
    CHECK(names_note);
}

TEST_CASE("Device: a device that may write nothing any more still logs what it shows",
          "[device][log]") {
    LogScene scene;
    Person& person = *scene.psychologist;
    person.device->make_read_only({Errc::counter_reused, "test"});
    scene.open_item(person);
    CHECK(must(person.device->waiting_reads()) == 1);
}

TEST_CASE("Device: a long list is as many entries as it takes, and none too large",
          "[device][log]") {
    LogScene scene;
    Person& person = *scene.psychologist;
    ShownItems shown{ReadAction::printed, scene.family.case_id, {}};
    for (int i = 0; i < 600; ++i) shown.items.push_back(scene.note(person, "En av många"));
    must(person.device->record_shown(shown));
    const auto reads = must(person.device->own_reads(scene.family.case_id, 100));
    REQUIRE(reads.size() == 3);
    std::size_t items = 0;
    for (const StoredRead& read : reads)
        for (const auto& part : read.entry.parts) items += part.items.size();
    CHECK(items == 600);
    // Items that are not here are nobody's read.
    must(person.device->record_shown({ReadAction::item_opened,
                                      scene.family.case_id,
                                      {random_id<ItemId>(scene.world.random())}}));
    CHECK(must(person.device->own_reads(scene.family.case_id, 100)).size() == 3);
}

TEST_CASE("Device: reads before the notice of a withdrawal arrive as not permitted",
          "[device][log][scenario]") {
    LogScene scene;
    Person& reader = *scene.psychiatrist;
    scene.withdraw(scene.world.clinic);
    scene.sync(*scene.psychologist);
    scene.clock.advance(1h);
    scene.open_item(reader);  // offline: it does not know yet
    scene.sync(reader);
    const auto rows = scene.rows_of<RowRead>(reader);
    REQUIRE(rows.size() == 1);
    CHECK_FALSE(std::get<RowRead>(rows[0].act).permitted);
    CHECK_FALSE(scene.run(reader, "item.show", {{"item", to_hex(scene.item)}}).value("ok", true));
}

// --- The server's log ----------------------------------------------------------------------------

TEST_CASE("Device: keeps the newest checkpoint and puts it into its batches", "[device][log]") {
    LogScene scene;
    const auto known = must(scene.psychologist->device->log_keeper()->known_log());
    CHECK(known.size > 0);
    (void)scene.note(*scene.worker, "Något nytt");
    scene.sync(*scene.worker);
    scene.sync(*scene.psychologist);
    const auto later = must(scene.psychologist->device->log_keeper()->known_log());
    CHECK(later.size > known.size);
    CHECK(must(scene.psychologist->device->log_evidence()).empty());

    const ItemView item = must(scene.psychologist->device->item(scene.item));
    const auto entries = must(scene.storage->read({item.compartment}, 0, 1 << 20));
    const auto last = std::ranges::find(
        entries.rbegin(), entries.rend(), EntryKind::batch, [](const auto& e) { return e.kind; });
    REQUIRE(last != entries.rend());
    const Batch batch = must(decode_batch(last->bytes, scene.world.hasher()));
    CHECK(batch.header.log_size >= known.size);
    CHECK(!batch.header.log_root.is_none());
}

// Attack: truncates the log.
TEST_CASE("Device: refuses a server whose log is shorter than it was, and keeps the evidence",
          "[device][log][attack]") {
    LogScene scene;
    const TreeHead early = must(scene.storage->log().tree()).value();
    (void)scene.note(*scene.worker, "Något nytt");
    scene.sync_everybody();
    const TreeHead late = must(scene.storage->log().tree()).value();
    REQUIRE(early.size < late.size);

    must(scene.storage->begin());
    must(scene.storage->log().swap_tree(late, early));
    must(scene.storage->commit());
    scene.restart();
    const ItemId unsent = scene.note(*scene.psychologist, "Skrivet efteråt");
    const auto why = scene.try_sync(*scene.psychologist);
    REQUIRE(why);
    CHECK(why->code == Errc::log_forked);
    const auto evidence = must(scene.psychologist->device->log_evidence());
    REQUIRE(evidence.size() == 1);
    CHECK(evidence[0].shown.checkpoint.tree == early);
    CHECK(evidence[0].held.checkpoint.tree.size > early.size);
    CHECK(verify_checkpoint(evidence[0].held, scene.world.verifier()));
    CHECK(verify_checkpoint(evidence[0].shown, scene.world.verifier()));
    // Nothing was replicated, nothing is lost, and the same lie told again is the same evidence.
    CHECK(must(scene.psychologist->device->status()).unsent_changes == 1);
    CHECK(scene.text(*scene.psychologist, unsent, "text") == "Skrivet efteråt");
    CHECK(scene.try_sync(*scene.psychologist)->code == Errc::log_forked);
    CHECK(must(scene.psychologist->device->log_evidence()).size() == 1);
    const json shown = scene.must_run(*scene.psychologist, "log.evidence", json::object());
    CHECK(shown["evidence"].size() == 1);
}

// Attacks: shows two histories, replays an old checkpoint.
TEST_CASE("Device: takes a checkpoint only where it goes on from the one it holds",
          "[device][log][attack]") {
    LogScene scene;
    Device& device = *scene.psychologist->device;
    LogKeeper& keeper = *device.log_keeper();
    const LogProofRequest known = must(keeper.known_log());
    const Instant now = scene.clock.now();
    Hash other;
    other.bytes.fill(std::byte{7});

    SECTION("another root at the same size") {
        const auto forked = scene.checkpoint_of(*scene.psychologist, {known.size, other});
        CHECK(keeper.on_log_proof({forked, {}, {}}, now).error().code == Errc::log_forked);
    }
    SECTION("a greater log that does not contain it") {
        const auto forked = scene.checkpoint_of(*scene.psychologist, {known.size + 9, other});
        CHECK(keeper.on_log_proof({forked, {}, {other, other}}, now).error().code ==
              Errc::log_forked);
    }
    SECTION("an old one, replayed") {
        const auto old = scene.checkpoint_of(*scene.psychologist, {known.size - 1, other});
        CHECK(keeper.on_log_proof({old, {}, {}}, now).error().code == Errc::log_forked);
    }
    SECTION("another life that nobody signed") {
        auto forked = scene.checkpoint_of(*scene.psychologist, {known.size, other});
        forked.checkpoint.incarnation = random_id<Incarnation>(scene.world.random());
        forked = sign_checkpoint(forked.checkpoint, scene.world.server_key());
        CHECK(keeper.on_log_proof({forked, {}, {}}, now).error().code == Errc::log_forked);
    }
    CHECK(must(device.log_evidence()).size() == 1);
    CHECK(must(keeper.known_log()) == known);
}

TEST_CASE("Device: a shorter log is taken under a signed restore, back to exactly that",
          "[device][log][attack]") {
    LogScene scene;
    Device& device = *scene.psychologist->device;
    LogKeeper& keeper = *device.log_keeper();
    const LogProofRequest known = must(keeper.known_log());

    // What the backup held, and what was written after the restore.
    TreeEdge edge;
    std::vector<TreeNode> made;
    for (std::uint64_t i = 0; i < known.size - 3; ++i)
        edge.append(leaf_hash(must(scene.storage->log().row(i)), scene.world.hasher()),
                    scene.world.hasher(),
                    made);
    const TreeHead restored{edge.size(), edge.root(scene.world.hasher())};

    LogRestored body;
    body.old_incarnation = known.incarnation;
    body.size = restored.size;
    body.root = restored.root;
    body.new_incarnation = random_id<Incarnation>(scene.world.random());
    const auto sign = [&](Signer& by) {
        StatementHeader header;
        header.federation = scene.world.federation();
        header.author =
            hash_to<DeviceId>(scene.world.hasher(), Domain::device_id, {by.public_key().view()});
        header.counter = 1000;
        header.previous = device.federation_heads();
        header.time = HybridTime::at(scene.clock.now());
        return encode_statement(sign_statement(header, body, by, scene.world.hasher()));
    };
    Checkpoint said = scene.checkpoint_of(*scene.psychologist, restored).checkpoint;
    said.incarnation = body.new_incarnation;
    const auto proof = [&](const TreeHead& tree, const Bytes& restore) {
        said.tree = tree;
        return LogProof{sign_checkpoint(said, scene.world.server_key()), {restore}, {}};
    };

    SECTION("signed by the root") {
        const Bytes restore = sign(scene.world.root_key());
        CHECK(keeper.on_log_proof(proof(restored, restore), scene.clock.now()));
        CHECK(must(keeper.known_log()).incarnation == body.new_incarnation);
        CHECK(must(keeper.known_log()).size == restored.size);
        CHECK(must(device.log_evidence()).empty());
    }
    SECTION("signed by the root, and shorter than that") {
        const TreeHead shorter{restored.size - 1, restored.root};
        const Bytes restore = sign(scene.world.root_key());
        CHECK(keeper.on_log_proof(proof(shorter, restore), scene.clock.now()).error().code ==
              Errc::log_forked);
        CHECK(must(device.log_evidence()).size() == 1);
    }
    SECTION("signed by the server itself") {
        const Bytes restore = sign(scene.world.server_key());
        CHECK(keeper.on_log_proof(proof(restored, restore), scene.clock.now()).error().code ==
              Errc::log_forked);
    }
    SECTION("together with a statement of a case, which has no place there") {
        LogProof more = proof(restored, sign(scene.world.root_key()));
        const auto opened = must(scene.storage->read(
            {Stream{StreamKind::custody, scene.family.case_id, {}}}, 0, 60'000));
        REQUIRE_FALSE(opened.empty());
        more.restores.push_back(opened.front().bytes);
        CHECK(keeper.on_log_proof(more, scene.clock.now()).error().code == Errc::malformed);
        CHECK(must(keeper.known_log()) == known);
        CHECK(must(device.log_evidence()).empty());
    }
    SECTION("signed by somebody with a tablet") {
        const Bytes restore = sign(scene.counsellor->signing);
        CHECK(keeper.on_log_proof(proof(restored, restore), scene.clock.now()).error().code ==
              Errc::log_forked);
    }
}

// --- Review and extract --------------------------------------------------------------------------

TEST_CASE("Operations: the lead sees who has read, when and why, each row proved",
          "[device][log]") {
    LogScene scene;
    scene.clock.advance(1h);
    scene.open_item(*scene.psychiatrist);
    scene.sync(*scene.psychiatrist);
    const std::string case_id = to_hex(scene.family.case_id);
    const json log =
        scene.ask(*scene.psychologist, {{"case", case_id}}, "log.show", json::object());
    CHECK(log["complete"] == true);
    CHECK(log["refused"].empty());
    json read;
    for (const json& row : log["rows"])
        if (row["what"] == "opened") read = row;
    REQUIRE(read.is_object());
    CHECK(read["user"]["name"] == "Siv Ljung");
    CHECK(read["unit"]["name"] == "BUP");
    CHECK(read["items"] == json::array({to_hex(scene.item)}));
    CHECK(read["permitted"] == true);
    CHECK(read["reason"]["key"] == "consent_covers");
    CHECK(read["by"].size() == 2);

    // Who reads by consent asks about the team's items in vain.
    const json others = scene.ask(*scene.psychiatrist,
                                  {{"case", case_id}, {"unit", to_hex(scene.world.team)}},
                                  "log.show",
                                  json::object());
    CHECK(others["rows"].empty());
    CHECK(others["refused"].size() == 1);
}

// Attack: an inclusion proof for another leaf.
TEST_CASE("Device: a row that is not in the log ends the session", "[device][log][attack]") {
    LogScene scene;
    Person& lead = *scene.psychologist;
    LogKeeper& keeper = *lead.device->log_keeper();
    lead.device->ask_log({scene.family.case_id, {scene.world.team}, Instant{}});
    const LogQuery query = *keeper.wanted_query();

    const TreeHead tree = must(scene.storage->log().tree()).value();
    REQUIRE(tree.size == query.known_size);
    LogRow row;
    row.case_id = query.case_id;
    row.disclosing = query.disclosing;
    row.act = RowWithdrawn{};
    LogRows answer;
    answer.ticket = query.ticket;
    answer.checkpoint = scene.checkpoint_of(lead, tree);
    answer.rows.push_back({3, encode_log_row(row), std::vector<Hash>(6)});
    CHECK(keeper.on_log_rows(answer, scene.clock.now()).error().code == Errc::not_authentic);
    CHECK(lead.device->log_answer().rows.empty());
}

TEST_CASE("C-49: a family that asks who has read gets unit, role and time, and no more",
          "[device][log][scenario]") {
    LogScene scene;
    scene.clock.advance(1h);
    const Instant read_at = scene.clock.now();
    scene.open_item(*scene.psychiatrist);
    scene.sync(*scene.psychiatrist);
    const json question{{"case", to_hex(scene.family.case_id)}};
    json args = question;
    args["subject"] = to_hex(scene.family.child);
    const json extract = scene.ask(*scene.psychologist, question, "log.extract", args);
    REQUIRE(extract["lines"].size() == 1);
    const json& line = extract["lines"][0];
    CHECK(line["unit"]["name"] == "BUP");
    CHECK(line["role"] == "child_psychiatrist");
    CHECK(line["what"] == "opened");
    CHECK(line["time"] == to_iso(read_at));
    CHECK(line.size() == 4);

    // About somebody else nobody has read: the same shape.
    args["subject"] = to_hex(scene.family.guardians[0]);
    const json nobody = scene.must_run(*scene.psychologist, "log.extract", args);
    CHECK(nobody["lines"].empty());
    CHECK(nobody.size() == extract.size());
}

}  // namespace samsyn
