// What somebody with a certified device can say to others, past an honest server or as one.

#include "tests/client-sdk/device/device_attacker.hpp"

namespace samsyn {

TEST_CASE("Device: nobody writes under a key that an outsider chose", "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();
    const Attacker outsider{scene, *scene.counsellor, note};
    REQUIRE(scene.text(*scene.counsellor, note, "text") == "-");
    const auto chosen =
        outsider.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now() + 1s);
    outsider.deliver(*scene.psychologist, EntryKind::packet, encode_packet(chosen.packet));

    scene.edit(*scene.psychologist, note, "text", "Tuva sov bättre");
    CHECK(outsider.epoch_written_by(*scene.psychologist) != chosen.packet.id);
}

TEST_CASE("Device: who has the key writes, and makes keys, in nobody else's name",
          "[device][attack]") {
    DeviceScene scene;
    scene.consent(scene.world.clinic);
    const ItemId goal = scene.goal(*scene.psychologist, "Sova hemma");
    scene.sync_everybody();
    const std::vector<Person*> readers{
        scene.psychologist.get(), scene.worker.get(), scene.psychiatrist.get()};
    const Attacker liar = Attacker{scene, *scene.psychiatrist, goal}.in_the_name_of(*scene.worker);
    const Attacker worker{scene, *scene.worker, goal};
    Person& ylva = *scene.psychologist;

    const auto forged = liar.packet(readers, scene.clock.now() + 1s);
    liar.deliver(ylva, EntryKind::packet, encode_packet(forged.packet));
    scene.edit(ylva, goal, "need", "Sömn");
    CHECK(liar.epoch_written_by(ylva) != forged.packet.id);
    const auto epoch = worker.packet(readers, scene.clock.now() + 2s);
    worker.deliver(ylva, EntryKind::packet, encode_packet(epoch.packet));
    scene.edit(ylva, goal, "need", "Sömn och skola");
    CHECK(worker.epoch_written_by(ylva) == epoch.packet.id);

    Change change = worker.change_of(ylva, goal, "goal", "Sova borta");
    change.header.writes.front().replaces = {worker.version_of(ylva, goal, "goal")};
    change.header.time.value += 1;
    liar.deliver(ylva, EntryKind::batch, liar.batch(epoch, change));
    CHECK(scene.text(ylva, goal, "goal") == "Sova hemma");
    worker.deliver(ylva, EntryKind::batch, worker.batch(epoch, change));  // what is his is taken
    CHECK(scene.text(ylva, goal, "goal") == "Sova borta");
}

TEST_CASE("Device: nobody writes under a key to which its packet does not commit",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, note};
    const std::vector<Person*> readers{scene.psychologist.get(), scene.worker.get()};
    Person& ylva = *scene.psychologist;
    const auto wrong = worker.two_faced_packet(readers, scene.clock.now() + 1s);
    worker.deliver(ylva, EntryKind::packet, encode_packet(wrong.packet));
    scene.edit(ylva, note, "text", "Tuva sov bättre");
    CHECK(worker.epoch_written_by(ylva) != wrong.packet.id);
    const auto right = worker.packet(readers, scene.clock.now() + 2s);
    worker.deliver(ylva, EntryKind::packet, encode_packet(right.packet));
    scene.edit(ylva, note, "text", "Tuva sov hela natten");
    CHECK(worker.epoch_written_by(ylva) == right.packet.id);
}

TEST_CASE("Device: nobody writes under a key packet from the future", "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, note};
    const auto chosen =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now() + 1h);
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(chosen.packet));

    scene.edit(*scene.psychologist, note, "text", "Tuva sov bättre");
    CHECK(worker.epoch_written_by(*scene.psychologist) != chosen.packet.id);
}

TEST_CASE("Device: a restatement changes nothing that is known first hand", "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.consent(scene.world.clinic);
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, note};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get(), scene.psychiatrist.get()},
                      scene.clock.now());
    Change lie = worker.change_of(*scene.psychologist, note, "text", "Ö: Tuva sov hela natten");
    lie.header.restated_author = scene.psychologist->device->device();
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(epoch.packet));
    worker.deliver(*scene.psychologist, EntryKind::batch, worker.batch(epoch, lie));
    CHECK(scene.text(*scene.psychologist, note, "text") == "Tuva sov dåligt");

    // Nor does it take away what stands, in the name of a version that is known.
    lie.values = {Value{std::string{"Tuva sov dåligt"}}};
    scene.edit(*scene.psychologist, note, "text", "Tuva sov bättre");
    lie.header.writes.front().replaces = {worker.version_of(*scene.psychologist, note, "text")};
    worker.deliver(*scene.psychologist, EntryKind::batch, worker.batch(epoch, lie));
    CHECK(scene.text(*scene.psychologist, note, "text") == "Tuva sov bättre");
}

TEST_CASE("Device: nobody tells a device what it wrote itself", "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, note};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now());
    Change lie = worker.change_of(*scene.psychologist, note, "text", "Aldrig skrivet");
    lie.header.restated_author = scene.psychologist->device->device();
    lie.header.time.value += 1;
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(epoch.packet));
    worker.deliver(*scene.psychologist, EntryKind::batch, worker.batch(epoch, lie));
    CHECK(scene.text(*scene.psychologist, note, "text") == "Tuva sov dåligt");
    CHECK(must(scene.psychologist->device->conflicts()).empty());
}

TEST_CASE("Device: only the disclosing unit restates what others wrote", "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.consent(scene.world.clinic);
    scene.sync_everybody();
    const Attacker reader{scene, *scene.psychiatrist, note};
    const auto epoch =
        reader.packet({scene.psychologist.get(), scene.worker.get(), scene.psychiatrist.get()},
                      scene.clock.now());
    Change lie = reader.change_of(*scene.psychologist, note, "text", "Aldrig skrivet");
    lie.header.restated_author = scene.psychologist->device->device();
    lie.header.time.value += 1;
    reader.deliver(*scene.worker, EntryKind::packet, encode_packet(epoch.packet));
    reader.deliver(*scene.worker, EntryKind::batch, reader.batch(epoch, lie));
    CHECK(scene.text(*scene.worker, note, "text") == "Tuva sov dåligt");
}

TEST_CASE("Device: the author's own word takes the place of a restated one, which names its source",
          "[device][attack]") {
    DeviceScene scene;
    scene.consent(scene.world.clinic);
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();
    scene.edit(*scene.psychologist, note, "text", "Tuva sov bättre");
    const Attacker worker{scene, *scene.worker, note};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get(), scene.psychiatrist.get()},
                      scene.clock.now());
    Change lie = worker.change_of(*scene.psychologist, note, "text", "Ö: förfalskat");
    lie.header.restated_author = scene.psychologist->device->device();
    lie.header.writes.front().replaces = {worker.version_of(*scene.psychiatrist, note, "text")};
    worker.deliver(*scene.psychiatrist, EntryKind::packet, encode_packet(epoch.packet));
    worker.deliver(*scene.psychiatrist, EntryKind::batch, worker.batch(epoch, lie));
    const auto restater = [&]() -> std::optional<UserId> {
        const ItemView view = must(scene.psychiatrist->device->item(note));
        for (const FieldView& field : view.fields)
            if (field.info && field.info->key == "text") return field.values.front().restated_by;
        return {};
    };
    REQUIRE(scene.text(*scene.psychiatrist, note, "text") == "Ö: förfalskat");
    CHECK(restater() == scene.worker->user);

    scene.sync_everybody();
    CHECK(scene.text(*scene.psychiatrist, note, "text") == "Tuva sov bättre");
    CHECK(restater() == std::nullopt);
}

TEST_CASE("Device: a key that a former reader got by a supplement is not written under again",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    const Attacker look{scene, *scene.psychologist, note};
    const EpochId first = look.epoch_written_by(*scene.psychologist);
    scene.sync_everybody();
    scene.consent(scene.world.clinic, Reach::history);
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.psychiatrist, note, "text") == "Tuva sov dåligt");
    scene.withdraw(scene.world.clinic);
    scene.sync_everybody();

    for (Person* writer : {scene.psychologist.get(), scene.worker.get()}) {
        scene.edit(*writer, note, "text", "Bara för oss, av " + writer->name);
        CHECK(look.epoch_written_by(*writer) != first);
        scene.sync_everybody();
    }
}

TEST_CASE("Device: a server's time in the far future ends no consent, and is shown as doubtful",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.consent(scene.world.clinic);
    scene.sync_everybody();
    Device& device = *scene.psychiatrist->device;
    const Instant future = scene.clock.now() + 24h * 365 * 70;
    must(device.on_caught_up(future, CaughtUp::Phase::everything, scene.clock.now()));
    CHECK(scene.text(*scene.psychiatrist, note, "text") == "Tuva sov dåligt");
    CHECK(must(device.status()).doubtful_server_time == future);

    scene.sync(*scene.psychiatrist);
    CHECK(!must(device.status()).doubtful_server_time);
    CHECK(scene.text(*scene.psychiatrist, note, "text") == "Tuva sov dåligt");
}

TEST_CASE("Device: a server's time from the past makes no ended consent count again",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.consent(scene.world.clinic);
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.psychiatrist, note, "text") == "Tuva sov dåligt");
    scene.clock.advance(24h * 199);  // in contact to the last, so that no lease ends
    scene.sync(*scene.psychiatrist);
    REQUIRE(scene.text(*scene.psychiatrist, note, "text") == "Tuva sov dåligt");
    const Instant past = scene.clock.now();
    scene.clock.advance(24h * 2);
    REQUIRE(scene.text(*scene.psychiatrist, note, "text") == "-");
    must(scene.psychiatrist->device->on_caught_up(
        past, CaughtUp::Phase::everything, scene.clock.now()));
    CHECK(scene.text(*scene.psychiatrist, note, "text") == "-");
}

TEST_CASE("Device: an outsider's word that a newcomer has the keys keeps nobody from giving them",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    const Attacker outsider{scene, *scene.counsellor, note};
    const EpochId epoch = outsider.epoch_written_by(*scene.psychologist);
    scene.sync_everybody();

    const auto newcomer = scene.world.enrol("Lo Berg", scene.world.team, Role::nurse);
    scene.sync(scene.world.administrator());
    scene.sync_everybody();
    const Bytes garbage =
        outsider.supplement(*newcomer, epoch, scene.counsellor->sealer.random_key());
    for (Person* person : {scene.psychologist.get(), scene.worker.get()})
        outsider.deliver(*person, EntryKind::supplement, garbage);
    scene.clock.advance(1s);
    must(scene.psychologist->device->add_participant(scene.family.case_id,
                                                     newcomer->user,
                                                     scene.world.team,
                                                     Duty::member,
                                                     scene.clock.now() + 24h * 100));
    scene.sync_everybody();
    scene.sync(*newcomer);
    scene.sync_everybody();
    scene.sync(*newcomer);
    CHECK(scene.text(*newcomer, note, "text") == "Tuva sov dåligt");
}

TEST_CASE("Device: a supplement with a false box does not keep a true one out",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    std::vector<StatementId> grounds;
    for (const PersonId& guardian : scene.family.guardians)
        grounds = scene.consent_of(guardian, scene.world.clinic, Reach::history);
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, note};
    const Attacker outsider{scene, *scene.counsellor, note};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now());
    Change change = worker.change_of(*scene.psychologist, note, "text", "Tuva sov bättre");
    change.header.time = HybridTime::at(scene.clock.now());
    change.header.writes.front().replaces = {worker.version_of(*scene.worker, note, "text")};
    Person& reader = *scene.psychiatrist;
    const EpochId& id = epoch.packet.id;
    outsider.deliver(reader,
                     EntryKind::supplement,
                     outsider.supplement(reader, id, scene.counsellor->sealer.random_key()));
    worker.deliver(
        reader, EntryKind::supplement, worker.supplement(reader, id, epoch.key, grounds.front()));
    worker.deliver(reader, EntryKind::packet, encode_packet(epoch.packet));
    worker.deliver(reader, EntryKind::batch, worker.batch(epoch, change));
    CHECK(scene.text(reader, note, "text") == "Tuva sov bättre");
}

TEST_CASE("Device: batches that wait for a key are bounded, and the rest comes again with it",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, note};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now());
    Change change = worker.change_of(*scene.psychologist, note, "text", "Många");
    for (int i = 0; i < 257; ++i) {
        change.header.time.value += 1;
        worker.deliver(*scene.psychologist, EntryKind::batch, worker.batch(epoch, change));
    }
    Device& device = *scene.psychologist->device;
    CHECK(device.take_rewinds().empty());
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(epoch.packet));
    const auto rewinds = device.take_rewinds();
    REQUIRE(rewinds.size() == 1);
    CHECK(rewinds.front().channel == worker.channel());
    CHECK(rewinds.front().number == 0);
}

TEST_CASE("Device: a batch by somebody who neither got the key nor may contribute is not merged",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, note};
    const Attacker outsider{scene, *scene.counsellor, note};
    const auto epoch =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now());
    Change lie = outsider.change_of(*scene.psychologist, note, "text", "Utifrån");
    lie.header.time.value += 1;
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(epoch.packet));
    outsider.deliver(*scene.psychologist, EntryKind::batch, outsider.batch(epoch, lie));
    CHECK(scene.text(*scene.psychologist, note, "text") == "Tuva sov dåligt");
    CHECK(must(scene.psychologist->device->conflicts()).empty());
}

TEST_CASE("Device: a key packet with one recipient too many is written under by nobody",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, note};
    // By a member of the unit, who names the clinic as well; a dishonest server delivers it.
    const auto wide =
        worker.packet({scene.psychologist.get(), scene.worker.get(), scene.psychiatrist.get()},
                      scene.clock.now());
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(wide.packet));
    scene.edit(*scene.psychologist, note, "text", "Tuva sov bättre");
    CHECK(worker.epoch_written_by(*scene.psychologist) != wide.packet.id);
}

TEST_CASE("Device: a key packet that leaves somebody out is followed by one that does not",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.consent(scene.world.clinic);
    scene.sync_everybody();
    const Attacker worker{scene, *scene.worker, note};
    const auto narrow =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now() + 1s);
    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(narrow.packet));
    scene.edit(*scene.psychologist, note, "text", "Tuva sov bättre");
    scene.sync_everybody();
    CHECK(scene.text(*scene.psychiatrist, note, "text") == "Tuva sov bättre");
}

TEST_CASE("Device: a supplement beyond reach is not opened, and its key not written under again",
          "[device][attack]") {
    DeviceScene scene;
    const ItemId note = scene.note(*scene.psychologist, "Tuva sov dåligt");
    scene.sync_everybody();  // what is sealed later is in the clinic's reach
    scene.consent(scene.world.clinic, Reach::from_now);
    scene.sync_everybody();
    REQUIRE(scene.text(*scene.psychiatrist, note, "text") == "-");
    const Attacker worker{scene, *scene.worker, note};
    const auto old =
        worker.packet({scene.psychologist.get(), scene.worker.get()}, scene.clock.now());
    const Bytes given = worker.supplement(*scene.psychiatrist, old.packet.id, old.key);
    worker.deliver(*scene.psychiatrist, EntryKind::packet, encode_packet(old.packet));
    worker.deliver(*scene.psychiatrist, EntryKind::supplement, given);
    Change secret = worker.change_of(*scene.psychologist, note, "text", "Ur historien");
    secret.header.time.value += 1;
    worker.deliver(*scene.psychiatrist, EntryKind::batch, worker.batch(old, secret));
    CHECK(scene.text(*scene.psychiatrist, note, "text") == "-");

    worker.deliver(*scene.psychologist, EntryKind::packet, encode_packet(old.packet));
    worker.deliver(*scene.psychologist, EntryKind::supplement, given);
    scene.edit(*scene.psychologist, note, "text", "Tuva sov bättre");
    CHECK(worker.epoch_written_by(*scene.psychologist) != old.packet.id);
}

}  // namespace samsyn
