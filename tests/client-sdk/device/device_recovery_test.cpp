#include "core/wire/batch.hpp"
#include "core/wire/statement_codec.hpp"
#include "tests/client-sdk/device/device_scene.hpp"
#include "tests/support/temporary_folder.hpp"

namespace samsyn {

namespace {

Device::Ports ports_of(DeviceScene& scene, Person& person) {
    return {scene.clock,
            scene.world.random(),
            scene.world.hasher(),
            scene.world.verifier(),
            person.signing,
            person.sealer,
            person.pages};
}

DeviceConfig config_of(DeviceScene& scene, Person& person) {
    DeviceConfig config;
    config.server = "localhost:4430";
    config.federation = scene.world.federation();
    config.user = person.user;
    config.kind = DeviceKind::staff_tablet;
    return config;
}

}  // namespace

TEST_CASE("Device: a restart keeps items, keys, unsent work and cursors", "[device]") {
    const TemporaryFolder folder;
    DeviceScene scene{folder.path()};
    const ItemId sent = scene.note(*scene.psychologist, "Skickad");
    scene.sync_everybody();
    const ItemId unsent = scene.note(*scene.psychologist, "Inte skickad");
    const auto before = must(scene.psychologist->device->status());

    Person& person = *scene.psychologist;
    person.device.reset();
    person.device = must(Device::open(folder.path() / person.name / "samsyn.db",
                                      DatabaseMode::existing,
                                      config_of(scene, person),
                                      ports_of(scene, person)));
    CHECK(scene.text(person, sent, "text") == "Skickad");
    CHECK(scene.text(person, unsent, "text") == "Inte skickad");
    CHECK(must(person.device->status()).unsent_changes == before.unsent_changes);
    CHECK(must(person.device->cases()).front().title == "Familjen Ekstubbe");
}

TEST_CASE("Device: work sealed under an epoch that was closed meanwhile is sealed again",
          "[device]") {
    DeviceScene scene;
    const ItemId note = scene.visit_note(*scene.psychologist, "Delad");
    scene.consent(scene.world.clinic);
    scene.sync_everybody();

    // The worker seals while still connected to a world in which the clinic may read, and the
    // connection breaks before anything leaves.
    scene.edit(*scene.worker, note, "place", "Nora");
    must(scene.worker->device->on_caught_up(
        scene.clock.now(), CaughtUp::Phase::everything, scene.clock.now()));
    REQUIRE(must(scene.worker->device->outgoing_after(0, 1 << 20, scene.clock.now())).size() == 1);

    scene.withdraw(scene.world.clinic);
    scene.sync(*scene.psychologist);
    scene.sync_everybody();
    CHECK(scene.text(*scene.psychologist, note, "place") == "Nora");
    CHECK(scene.text(*scene.psychiatrist, note, "place") == "-");
    const auto status = must(scene.worker->device->status());
    CHECK(status.unsent_changes == 0);
    CHECK(status.parked.empty());
}

TEST_CASE("Device: one refused change of a batch does not hold up the others", "[device]") {
    DeviceScene scene;
    Device& device = *scene.psychologist->device;
    const ItemId first = scene.note(*scene.psychologist, "Ett");
    const ItemId second = scene.note(*scene.psychologist, "Två");
    const Instant now = scene.clock.now();
    must(device.on_caught_up(now, CaughtUp::Phase::everything, now));
    const auto batch_of = [&](const Outgoing& outgoing) {
        return must(decode_batch(outgoing.bytes, scene.world.hasher()));
    };
    const auto offered = must(device.outgoing_after(0, 1 << 20, now));
    REQUIRE(!offered.empty());
    const Outgoing& together = offered.back();
    REQUIRE(together.kind == EntryKind::batch);
    REQUIRE(batch_of(together).items.size() == 2);

    Answer refused;
    refused.outcome = AnswerOutcome::refused;
    refused.why = Errc::not_permitted;
    must(device.on_answer(together.counter, refused, now));
    const auto again = must(device.outgoing_after(together.counter, 1 << 20, now));
    REQUIRE(again.size() == 2);
    CHECK(batch_of(again[0]).items.size() == 1);
    CHECK(batch_of(again[0]).header.replaces == batch_of(together).id);

    must(device.on_answer(again[0].counter, refused, now));
    scene.sync_everybody();
    const auto status = must(device.status());
    REQUIRE(status.parked.size() == 1);
    CHECK(status.parked.front().item == first);
    CHECK(scene.text(*scene.worker, first, "text") == "-");
    CHECK(scene.text(*scene.worker, second, "text") == "Två");
}

TEST_CASE("Device: a clock an hour ahead is corrected, and its work arrives with new times",
          "[device]") {
    DeviceScene scene;
    const Instant real = scene.clock.now();
    scene.clock.advance(1h);
    const ItemId note = scene.note(*scene.psychologist, "Från framtiden");
    scene.clock.set(real + 10s);

    // The device's clock is ahead: its own `now` runs an hour before the server's.
    Device& device = *scene.psychologist->device;
    Answer off;
    off.outcome = AnswerOutcome::clock_off;
    off.server_time = real + 10s;
    const Instant ahead = real + 1h + 10s;
    must(device.on_caught_up(real + 10s, CaughtUp::Phase::everything, real + 10s));
    const auto offered = must(device.outgoing_after(0, 1 << 20, real + 10s));
    for (const Outgoing& one : offered) must(device.on_answer(one.counter, off, ahead));
    const auto view = must(device.item(note));
    CHECK(view.fields.front().values.front().version.time.instant() <= real + 11s);
    CHECK(view.text("text") == "Från framtiden");
}

TEST_CASE("Device: statements of another federation are refused", "[device]") {
    DeviceScene scene;
    DeviceScene other;
    StatementHeader header;
    header.federation = other.world.federation();
    header.author = other.psychologist->device->device();
    header.counter = 1;
    const Statement statement = sign_statement(
        header, OrganisationAdmitted{}, other.psychologist->signing, scene.world.hasher());
    const auto refused = scene.psychologist->device->import_statement(encode_statement(statement));
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::wrong_federation);
    // And its server is not trusted, so that a session ends before anything is said.
    Pump::Line& line = other.pump->connect(*scene.psychologist->device);
    (void)other.pump->run();
    CHECK(line.closed);
    CHECK(!line.synced);
}

}  // namespace samsyn
