#include "core/policy/leaving.hpp"
#include "core/wire/statement_codec.hpp"
#include "tests/client-sdk/device/device_scene.hpp"
#include "tests/support/temporary_folder.hpp"

namespace samsyn {

namespace {

std::vector<PurgeReceipt> receipts_in_outbox(DeviceScene& scene, Person& person) {
    std::vector<PurgeReceipt> receipts;
    for (const Outgoing& one : must(person.device->outgoing_after(0, 1 << 22, scene.clock.now()))) {
        if (one.kind != EntryKind::statement) continue;
        const auto statement = must(decode_statement(one.bytes, scene.world.hasher()));
        if (const auto* receipt = std::get_if<PurgeReceipt>(&statement.body))
            receipts.push_back(*receipt);
    }
    return receipts;
}

std::vector<Unconfirmed> unconfirmed(DeviceScene& scene) {
    return must(scene.psychologist->device->unconfirmed(scene.family.case_id));
}

/// Shared with the school, which has read it and is offline.
struct Shared {
    Shared() {
        note = scene.note(*scene.psychologist, "Delad anteckning");
        scene.consent(scene.world.school);
        scene.sync_everybody();
        REQUIRE(scene.text(*scene.counsellor, note, "text") == "Delad anteckning");
    }

    DeviceScene scene;
    ItemId note;
};

}  // namespace

TEST_CASE(
    "Device: C-22: a purge is confirmed by a signed receipt, and until then the device is "
    "listed",
    "[device][leaving]") {
    Shared world;
    DeviceScene& scene = world.scene;
    CHECK(unconfirmed(scene).empty());
    scene.withdraw(scene.world.school);
    const Instant withdrawn = scene.clock.now();
    scene.sync(*scene.psychologist);
    const auto waiting = unconfirmed(scene);
    REQUIRE(waiting.size() == 1);
    CHECK(waiting.front().device == scene.counsellor->device->device());
    CHECK(waiting.front().user == scene.counsellor->user);
    CHECK(waiting.front().unit == scene.world.team);
    CHECK(waiting.front().since == withdrawn);
    CHECK(waiting.front().lease_ends == withdrawn + lease_policy.reading);

    scene.clock.advance(6h);
    scene.sync(*scene.counsellor);
    CHECK(scene.text(*scene.counsellor, world.note, "text") == "-");
    scene.sync(*scene.psychologist);
    CHECK(unconfirmed(scene).empty());
}

TEST_CASE("Device: a receipt says what was purged, why, and when the device knew",
          "[device][leaving]") {
    Shared world;
    DeviceScene& scene = world.scene;
    scene.withdraw(scene.world.school);
    scene.sync(*scene.psychologist);
    scene.clock.advance(6h);
    // The line breaks once the withdrawal is here.
    scene.pump->connect(*scene.counsellor->device);
    for (int turn = 0; turn < 1000 && receipts_in_outbox(scene, *scene.counsellor).empty(); ++turn)
        (void)scene.pump->turn();
    scene.pump->disconnect_all();
    const auto receipts = receipts_in_outbox(scene, *scene.counsellor);
    REQUIRE(receipts.size() == 1);
    const auto closings = must(scene.psychologist->device->closings(scene.family.case_id));
    REQUIRE(closings.size() == 1);
    CHECK(receipts.front().because == std::vector{closings.front().id});
    CHECK(receipts.front().compartments.size() >= 1);
    CHECK(receipts.front().noticed_at <= receipts.front().purged_at);
    CHECK(classify_read(closings.front().recorded_at + 1h,
                        closings.front().recorded_at,
                        receipts.front().noticed_at) == ReadAgainstNotice::before_notice);
    CHECK(classify_read(closings.front().recorded_at - 1h,
                        closings.front().recorded_at,
                        receipts.front().noticed_at) == ReadAgainstNotice::before);
}

TEST_CASE("Device: removal and expiry are purged and confirmed like a withdrawal",
          "[device][leaving]") {
    Shared world;
    DeviceScene& scene = world.scene;
    SECTION("removal") {
        scene.clock.advance(1s);
        must(scene.psychologist->device->remove_participant(
            scene.family.case_id, scene.counsellor->user, scene.world.school));
        scene.sync(*scene.psychologist);
        REQUIRE(unconfirmed(scene).size() == 1);
        CHECK(unconfirmed(scene).front().since == scene.clock.now() - 5s);
    }
    SECTION("expiry, without any statement") {
        scene.clock.advance(24h * 201);
        scene.sync(*scene.psychologist);
        REQUIRE(unconfirmed(scene).size() == 1);
    }
    scene.sync(*scene.counsellor);
    CHECK(scene.text(*scene.counsellor, world.note, "text") == "-");
    scene.sync(*scene.psychologist);
    CHECK(unconfirmed(scene).empty());
}

TEST_CASE("Device: keys from after a receipt want a new one", "[device][leaving]") {
    Shared world;
    DeviceScene& scene = world.scene;
    scene.withdraw(scene.world.school);
    scene.sync_everybody();
    REQUIRE(unconfirmed(scene).empty());
    std::vector<StatementId> closings;
    for (const auto& closing : must(scene.psychologist->device->closings(scene.family.case_id)))
        closings.push_back(closing.id);
    scene.consent_of(scene.family.guardians.front(), scene.world.school, Reach::present, closings);
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.counsellor, world.note, "text") == "Delad anteckning");
    scene.withdraw(scene.world.school);
    scene.sync(*scene.psychologist);
    CHECK(unconfirmed(scene).size() == 1);
    scene.sync(*scene.counsellor);
    scene.sync(*scene.psychologist);
    CHECK(unconfirmed(scene).empty());
}

TEST_CASE("Device: nobody's receipt confirms for another device", "[device][leaving][attack]") {
    Shared world;
    DeviceScene& scene = world.scene;
    scene.consent(scene.world.clinic);
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.psychiatrist, world.note, "text") == "Delad anteckning");
    scene.withdraw(scene.world.school);
    scene.withdraw(scene.world.clinic);
    scene.sync(*scene.psychologist);
    REQUIRE(unconfirmed(scene).size() == 2);
    scene.sync(*scene.psychiatrist);
    scene.sync(*scene.psychologist);
    const auto waiting = unconfirmed(scene);
    REQUIRE(waiting.size() == 1);
    CHECK(waiting.front().device == scene.counsellor->device->device());
}

TEST_CASE("Device: a revoked tablet purges by its order and hands in what it had not sent",
          "[device][leaving]") {
    Shared world;
    DeviceScene& scene = world.scene;
    const ItemId unsent = scene.note(*scene.worker, "Skrivet före spärren");
    Device& device = *scene.worker->device;
    scene.clock.advance(1s);
    must(scene.world.administrator().device->revoke_device(device.device()));
    scene.sync(scene.world.administrator());
    const auto fresh_at = device.lease().fresh_at;

    Pump::Line& refused = scene.pump->connect(device);
    CHECK(scene.pump->run());
    CHECK(refused.closed);
    scene.pump->disconnect_all();
    CHECK(scene.text(*scene.worker, world.note, "text") == "Delad anteckning");  // it knows nothing

    scene.clock.advance(1h);
    Pump::Line& line = scene.pump->connect(device, SessionPurpose::hand_in);
    REQUIRE(scene.pump->run());
    if (line.closed) FAIL(to_string(*line.closed));
    CHECK(line.synced);
    scene.pump->disconnect_all();
    CHECK(scene.text(*scene.worker, world.note, "text") == "-");
    CHECK(scene.text(*scene.worker, unsent, "text") == "-");
    CHECK(must(device.status()).unsent_changes == 0);
    REQUIRE(must(device.escrowed()).size() == 1);
    CHECK(must(device.escrowed()).front().state == EscrowState::held);
    CHECK(device.lease().fresh_at == fresh_at);

    scene.sync(*scene.psychologist);
    bool found = false;
    for (const EscrowView& entry : must(scene.psychologist->device->escrow()))
        for (const EscrowView::Piece& piece : entry.pieces)
            found = found || (entry.opened && piece.item == unsent && !piece.texts.empty() &&
                              piece.texts.front().text == "Skrivet före spärren");
    CHECK(found);
}

TEST_CASE(
    "Device: C-24: reading locks itself when the lease ends, writing goes on, and the first "
    "contact renews it",
    "[device][leaving][lease]") {
    Shared world;
    DeviceScene& scene = world.scene;
    const auto read = [&](Person& person) { return person.device->item(world.note); };
    scene.clock.advance(24h * 7 - 1min);
    CHECK(read(*scene.worker));
    scene.clock.advance(2min);
    const auto locked = read(*scene.worker);
    REQUIRE(!locked);
    CHECK(locked.error().code == Errc::lease_ended);
    CHECK(scene.worker->device->items(scene.family.case_id).error().code == Errc::lease_ended);
    CHECK(scene.worker->device->conflicts().error().code == Errc::lease_ended);
    CHECK(scene.worker->device->search(scene.family.case_id, "Delad", 10).error().code ==
          Errc::lease_ended);
    CHECK(scene.worker->device->find("Alm").error().code == Errc::lease_ended);
    CHECK_FALSE(scene.worker->device->lease().may_read);

    // Writing works, and nothing is lost.
    const ItemId later = scene.note(*scene.worker, "Skrivet utan nät");
    CHECK(must(scene.worker->device->status()).unsent_changes == 1);
    scene.sync(*scene.worker);
    CHECK(scene.text(*scene.worker, world.note, "text") == "Delad anteckning");
    CHECK(scene.text(*scene.worker, later, "text") == "Skrivet utan nät");
    CHECK(must(scene.worker->device->status()).unsent_changes == 0);
    CHECK(scene.worker->device->lease().may_read);
}

TEST_CASE(
    "Device: C-19: the lease follows the greatest clock reading used, and a clock set back "
    "prolongs nothing",
    "[device][leaving][lease]") {
    Shared world;
    DeviceScene& scene = world.scene;
    const Instant before = scene.clock.now();
    scene.clock.advance(24h * 8);
    CHECK(scene.worker->device->item(world.note).error().code == Errc::lease_ended);
    scene.clock.set(before);
    CHECK(scene.worker->device->item(world.note).error().code == Errc::lease_ended);
    // Fresh signed time puts the clock right again.
    scene.sync(*scene.worker);
    CHECK(scene.worker->device->item(world.note));
}

TEST_CASE("Device: a server that slows its clock keeps no lease alive",
          "[device][leaving][lease][attack]") {
    Shared world;
    DeviceScene& scene = world.scene;
    Device& device = *scene.worker->device;
    Instant told = scene.clock.now();
    // In contact each day, with a time that moves an hour a day.
    int days = 0;
    for (; days < 30; ++days) {
        scene.clock.advance(24h);
        told += 1h;
        must(device.on_caught_up(told, CaughtUp::Phase::everything, scene.clock.now()));
        if (!device.item(world.note)) break;
    }
    CHECK(days >= 7);
    CHECK(days <= 9);
    CHECK(device.item(world.note).error().code == Errc::lease_ended);
    CHECK_FALSE(device.lease().may_make_keys);
    // The honest time renews it at once.
    must(device.on_caught_up(scene.clock.now(), CaughtUp::Phase::everything, scene.clock.now()));
    CHECK(device.item(world.note));
}

TEST_CASE("Device: a tablet whose own clock jumps days ahead locks until the clock is put right",
          "[device][leaving][lease]") {
    Shared world;
    DeviceScene& scene = world.scene;
    Device& device = *scene.worker->device;
    Instant server = scene.clock.now();
    scene.clock.advance(24h * 10);  // this tablet's clock alone
    must(device.on_caught_up(server, CaughtUp::Phase::everything, scene.clock.now()));
    // Wrong by more than a day more than before: not believed as fresh, so it locks...
    CHECK(device.item(world.note).error().code == Errc::lease_ended);
    // ...until the clock is put right.
    scene.clock.set(server + 1min);
    must(device.on_caught_up(server + 1min, CaughtUp::Phase::everything, scene.clock.now()));
    CHECK(device.item(world.note));
}

TEST_CASE("Device: without contact for a day no packet is made, and writing waits for the session",
          "[device][leaving][lease]") {
    Shared world;
    DeviceScene& scene = world.scene;
    Device& device = *scene.psychologist->device;
    scene.clock.advance(25h);
    CHECK_FALSE(device.lease().may_make_keys);
    CHECK(device.lease().may_read);
    scene.withdraw(scene.world.school);  // a new epoch is due
    const ItemId note = scene.note(*scene.psychologist, "Efter");
    for (const Outgoing& one : must(device.outgoing_after(0, 1 << 22, scene.clock.now())))
        CHECK(one.kind == EntryKind::statement);
    scene.sync(*scene.psychologist);
    CHECK(must(device.status()).unsent_changes == 0);
    CHECK(scene.text(*scene.psychologist, note, "text") == "Efter");
}

TEST_CASE("Device: a withdrawal that touches many compartments is one receipt and one packet each",
          "[device][leaving]") {
    DeviceScene scene;
    const auto packets = [&] {
        std::map<CompartmentId, std::size_t> count;
        must(scene.storage->for_each(EntryKind::packet, [&](const LogEntry& entry) -> Result<void> {
            ++count[std::get<CompartmentId>(entry.channel.name)];
            return {};
        }));
        return count;
    };
    // As many compartments as categories and sensitivities give.
    std::vector<ItemId> notes;
    for (const Category category : {Category::social, Category::plan})
        for (const Sensitivity sensitivity : {Sensitivity::low, Sensitivity::normal})
            for (const auto& about : {std::vector{scene.family.child},
                                      std::vector{scene.family.child, scene.family.guardians[0]}}) {
                NewItem item;
                item.case_id = scene.family.case_id;
                item.type = ItemType::observation;
                item.about = about;
                item.category = category;
                item.sensitivity = sensitivity;
                item.fields = {{"text", Value{std::string{"Delat"}}}};
                notes.push_back(must(scene.worker->device->add_item(item)));
            }
    scene.consent(scene.world.school);
    scene.sync_everybody();
    std::size_t shared = 0;
    for (const ItemId& note : notes)
        if (scene.text(*scene.counsellor, note, "text") == "Delat") ++shared;
    REQUIRE(shared == 4);  // those about the child alone
    const auto before = packets();

    scene.withdraw(scene.world.school);
    scene.sync(*scene.psychologist);
    const auto after = packets();
    std::size_t rotated = 0;
    for (const auto& [compartment, count] : after) {
        const auto earlier = before.find(compartment);
        const std::size_t were = earlier == before.end() ? 0 : earlier->second;
        CHECK(count <= were + 1);
        rotated += count - were;
    }
    CHECK(rotated >= shared);

    scene.clock.advance(1h);
    scene.sync(*scene.counsellor);
    std::size_t receipts = 0;
    must(scene.storage->for_each(EntryKind::statement, [&](const LogEntry& entry) -> Result<void> {
        const auto statement = must(decode_statement(entry.bytes, scene.world.hasher()));
        const auto* receipt = std::get_if<PurgeReceipt>(&statement.body);
        if (!receipt) return {};
        ++receipts;
        CHECK(receipt->compartments.size() >= shared);
        return {};
    }));
    CHECK(receipts == 1);
    scene.sync(*scene.psychologist);
    CHECK(must(scene.psychologist->device->unconfirmed(scene.family.case_id)).empty());
}

TEST_CASE("Device: granted, withdrawn and granted from now on: only what is written after",
          "[device][leaving]") {
    Shared world;
    DeviceScene& scene = world.scene;
    scene.withdraw(scene.world.school);
    scene.sync_everybody();
    const ItemId between = scene.note(*scene.psychologist, "Under tiden");
    scene.sync_everybody();
    std::vector<StatementId> closings;
    for (const auto& closing : must(scene.psychologist->device->closings(scene.family.case_id)))
        closings.push_back(closing.id);
    for (const PersonId& guardian : scene.family.guardians)
        (void)scene.consent_of(guardian, scene.world.school, Reach::from_now, closings);
    const ItemId after = scene.note(*scene.psychologist, "Efteråt");
    scene.sync_everybody();
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, after, "text") == "Efteråt");
    CHECK(scene.text(*scene.counsellor, between, "text") == "-");
}

TEST_CASE("Device: a grant and a withdrawal that knew nothing of each other end in the withdrawal",
          "[device][leaving]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Delad anteckning");
    scene.sync_everybody();
    const auto withdraw_by = [&](Person& person) {
        scene.clock.advance(1s);
        NewClosing no;
        no.case_id = scene.family.case_id;
        no.kind = ClosingKind::withdrawal;
        no.decider = scene.family.guardians.front();
        no.subjects = {scene.family.child};
        no.disclosing = {scene.world.team};
        no.recipient = Recipient{scene.world.school, std::nullopt, std::nullopt};
        must(person.device->record_closing(no));
    };
    SECTION("the withdrawal arrives last") {
        scene.consent(scene.world.school);  // on the psychologist's tablet
        withdraw_by(*scene.worker);
        scene.sync(*scene.psychologist);
        scene.sync(*scene.counsellor);
        CHECK(scene.text(*scene.counsellor, note, "text") == "Delad anteckning");
        scene.sync(*scene.worker);
    }
    SECTION("the grant arrives last") {
        withdraw_by(*scene.worker);
        scene.consent(scene.world.school);
        scene.sync(*scene.worker);
        scene.sync(*scene.psychologist);
    }
    scene.sync_everybody();
    CHECK(scene.text(*scene.counsellor, note, "text") == "-");
    CHECK(must(scene.psychologist->device->unconfirmed(scene.family.case_id)).empty());
}

}  // namespace samsyn
