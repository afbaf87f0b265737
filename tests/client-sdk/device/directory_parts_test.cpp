// The directory has more readers than one key packet names: it is cut into parts.

#include "core/wire/packet.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

using namespace samsyn;

namespace {

std::string name_of(Person& reader, const UserId& user) {
    for (const UserView& view : reader.device->users())
        if (view.id == user) return view.name;
    return "-";
}

/// Packets that were cut into so many parts.
std::size_t packets_in_parts(DeviceScene& scene, std::uint16_t part_count) {
    std::size_t count = 0;
    must(scene.storage->for_each(EntryKind::packet, [&](const LogEntry& entry) -> Result<void> {
        const KeyPacket packet = SAMSYN_TRY(decode_packet(entry.bytes, scene.world.hasher()));
        if (packet.part_count == part_count) ++count;
        return {};
    }));
    return count;
}

}  // namespace

TEST_CASE("Directory: more devices read the names than one key packet names",
          "[device][directory]") {
    DeviceScene scene;
    std::vector<std::unique_ptr<Person>> kept;  // of so many devices most are switched off
    for (std::size_t i = 0; i <= packet_recipients_max; ++i) {
        scene.clock.advance(1s);
        auto person =
            scene.world.enrol("Person " + std::to_string(i), scene.world.team, Role::nurse);
        if (i % 50 == 0) kept.push_back(std::move(person));
    }
    scene.sync(scene.world.administrator());
    scene.sync(scene.world.administrator());
    REQUIRE(packets_in_parts(scene, 2) >= 2);

    // In whichever part: each reads the names of those in both.
    std::vector<Person*> readers{scene.psychologist.get()};
    for (const auto& person : kept) readers.push_back(person.get());
    for (Person* const reader : readers) {
        scene.sync(*reader);
        CHECK(must(reader->device->status()).waiting_for_key.empty());
        CHECK(name_of(*reader, kept.front()->user) == "Person 0");
        CHECK(name_of(*reader, kept.back()->user) == kept.back()->name);
    }

    // One more: a new key in parts, under which those read on who had the one before.
    scene.clock.advance(1s);
    const auto late = scene.world.enrol("Den sista", scene.world.school, Role::school_counsellor);
    scene.sync(scene.world.administrator());
    scene.sync(scene.world.administrator());
    for (Person* const reader : readers) {
        scene.sync(*reader);
        CHECK(name_of(*reader, late->user) == "Den sista");
    }
    scene.sync(*late);
    CHECK(name_of(*late, kept.front()->user) == "Person 0");
}
