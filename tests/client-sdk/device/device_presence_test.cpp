// Who is here: what devices say to each other through a server that is not trusted with it.

#include "core/wire/messages.hpp"
#include "core/wire/packet.hpp"
#include "tests/client-sdk/device/device_scene.hpp"

#include <samsyn/presence.hpp>

#include <ranges>

using namespace samsyn;

namespace {

/// Tablets that stay connected, and all presence that the server passes on.
struct PresenceScene : DeviceScene {
    PresenceScene() {
        consent(world.school);
        sync_everybody();
        meeting = goal(*psychologist, "Skolan varje dag");
        sync_everybody();
        for (Person* person : {psychologist.get(), worker.get(), counsellor.get()}) {
            lines.push_back(&pump->connect(*person->device));
            lines.back()->meddle = [this](Bytes& message) { overhear(message); };
        }
        settle();
    }

    void settle() {
        clock.advance(1s);
        REQUIRE(pump->run());
    }

    void overhear(Bytes& message) {
        const auto decoded = decode_message(message, message_bytes_max);
        if (!decoded) return;
        if (const auto* const presence = std::get_if<Presence>(&*decoded))
            passed.push_back(*presence);
    }

    void enter(Person& person) {
        must(Presences{*person.device}.enter(meeting));
        pump->poke();
        settle();
    }

    void leave(Person& person) {
        Presences{*person.device}.leave(meeting);
        pump->poke();
        settle();
    }

    /// Time goes on, and all whose time has come speak.
    void wait(std::chrono::seconds time) {
        for (; time > 0s; time -= 5s) {
            clock.advance(5s);
            pump->tick();
            REQUIRE(pump->run());
        }
    }

    std::vector<UserId> seen_by(Person& person) {
        std::vector<UserId> users;
        for (const PresentView& view : must(Presences{*person.device}.at(meeting)))
            users.push_back(view.user);
        std::ranges::sort(users);
        return users;
    }

    std::vector<UserId> ids(std::vector<Person*> people) const {
        std::vector<UserId> users;
        for (const Person* person : people) users.push_back(person->user);
        std::ranges::sort(users);
        return users;
    }

    /// What somebody has whom a packet names: the key of an epoch.
    ContentKey key_of(Person& person, const EpochId& epoch) {
        std::optional<ContentKey> key;
        must(storage->for_each(EntryKind::packet, [&](const LogEntry& entry) -> Result<void> {
            const KeyPacket packet = SAMSYN_TRY(decode_packet(entry.bytes, world.hasher()));
            const DeviceId device = person.device->device();
            const auto box = std::ranges::find(packet.keys, device, &SealedKey::device);
            if (packet.id != epoch || box == packet.keys.end()) return {};
            key = SAMSYN_TRY(person.sealer.open_key(
                box->box, packet_context(packet, device, box->sealing_epoch, world.hasher())));
            return {};
        }));
        REQUIRE(key.has_value());
        return *std::move(key);
    }

    std::vector<std::uint64_t> stored() {
        std::vector<std::uint64_t> counts;
        for (const auto kind : {EntryKind::statement, EntryKind::batch, EntryKind::packet}) {
            counts.push_back(0);
            must(storage->for_each(kind, [&](const LogEntry&) -> Result<void> {
                ++counts.back();
                return {};
            }));
        }
        return counts;
    }

    /// What the server says to one device.
    bool told(Person& person, const Presence& presence) {
        return must(person.device->presence_keeper()->on_presence(presence, clock.now()));
    }

    ItemId meeting;
    std::vector<Pump::Line*> lines;
    std::vector<Presence> passed;
};

}  // namespace

TEST_CASE("Presence: who is at a meeting is seen by who is there too, at once",
          "[device][presence]") {
    PresenceScene scene;
    Person& ylva = *scene.psychologist;
    Person& ake = *scene.worker;
    Person& marten = *scene.counsellor;
    scene.enter(ylva);
    CHECK(scene.seen_by(ylva) == scene.ids({&ylva}));
    CHECK(scene.seen_by(ake).empty());  // says nothing, hears nothing

    scene.enter(marten);
    CHECK(scene.seen_by(marten) == scene.ids({&ylva, &marten}));
    CHECK(scene.seen_by(ylva) == scene.ids({&ylva, &marten}));
    scene.enter(ake);
    scene.wait(5s);  // who has just answered somebody waits two seconds
    for (Person* person : {&ylva, &ake, &marten})
        CHECK(scene.seen_by(*person) == scene.ids({&ylva, &ake, &marten}));

    scene.leave(marten);
    CHECK(scene.seen_by(marten).empty());
    CHECK(scene.seen_by(ylva) == scene.ids({&ylva, &ake}));
    scene.enter(marten);
    CHECK(scene.seen_by(ylva) == scene.ids({&ylva, &ake, &marten}));
}

TEST_CASE("Presence: lasts while it is said again, and a minute longer", "[device][presence]") {
    PresenceScene scene;
    scene.enter(*scene.psychologist);
    scene.enter(*scene.worker);
    scene.wait(5min);
    const auto both = scene.ids({scene.psychologist.get(), scene.worker.get()});
    CHECK(scene.seen_by(*scene.psychologist) == both);

    scene.lines[1]->hears = false;  // the social worker's network is gone
    scene.lines[1]->closed = Error{Errc::link_lost, "test"};
    scene.wait(40s);
    CHECK(scene.seen_by(*scene.psychologist) == both);
    scene.wait(30s);
    CHECK(scene.seen_by(*scene.psychologist) == scene.ids({scene.psychologist.get()}));

    // Nobody is there for ever.
    scene.wait(Presences::longest);
    CHECK(scene.seen_by(*scene.psychologist).empty());
}

TEST_CASE("Presence: nothing of it is stored, and what travels has one size",
          "[device][presence]") {
    PresenceScene scene;
    const auto before = scene.stored();
    scene.enter(*scene.psychologist);
    scene.enter(*scene.worker);
    scene.leave(*scene.worker);
    CHECK(scene.stored() == before);
    CHECK(must(scene.psychologist->device->status()).unsent_changes == 0);
    REQUIRE(scene.passed.size() >= 3);
    for (const Presence& presence : scene.passed)
        CHECK(presence.sealed.size() == scene.passed.front().sealed.size());
}

TEST_CASE("Attack: a server tells presence again, later, or of another meeting",
          "[device][presence][attack]") {
    PresenceScene scene;
    Person& ylva = *scene.psychologist;
    Person& ake = *scene.worker;
    scene.enter(ylva);
    scene.enter(ake);
    const auto of_ake = std::ranges::find(scene.passed, ake.device->device(), &Presence::device);
    REQUIRE(of_ake != scene.passed.end());
    const Presence here = *of_ake;
    scene.leave(ake);
    CHECK(scene.seen_by(ylva) == scene.ids({&ylva}));
    CHECK_FALSE(scene.told(ylva, here));  // older than that they left
    for (int minutes = 0; minutes < 13; ++minutes) {
        CHECK_FALSE(scene.told(ylva, here));  // and never again, when that is forgotten too
        CHECK(scene.seen_by(ylva) == scene.ids({&ylva}));
        scene.wait(1min);
    }

    scene.enter(ake);
    const Presence newest = *std::ranges::find(
        std::views::reverse(scene.passed), ake.device->device(), &Presence::device);
    Presence forged = newest;
    forged.at += 1s;
    CHECK_FALSE(scene.told(ylva, forged));
    forged = newest;
    forged.device = scene.counsellor->device->device();
    CHECK_FALSE(scene.told(ylva, forged));
    forged = newest;
    forged.sealed.back() ^= std::byte{1};
    CHECK_FALSE(scene.told(ylva, forged));
    forged.sealed.clear();
    CHECK_FALSE(scene.told(ylva, forged));
    CHECK(scene.seen_by(ylva) == scene.ids({&ylva, &ake}));
}

TEST_CASE("Attack: who holds the key says that somebody else is there",
          "[device][presence][attack]") {
    PresenceScene scene;
    Person& ylva = *scene.psychologist;
    Person& marten = *scene.counsellor;
    scene.enter(ylva);
    scene.enter(marten);
    const auto said = std::ranges::find(scene.passed, marten.device->device(), &Presence::device);
    REQUIRE(said != scene.passed.end());
    // The school's counsellor reads there, and has the key. Signed by the school's device, in the
    // social worker's name.
    Presence forged{.compartment = said->compartment,
                    .device = scene.worker->device->device(),
                    .epoch = said->epoch,
                    .at = scene.clock.now(),
                    .sealed = {}};
    const auto forge = [&](Signer& signer, const ItemId& item) {
        PresenceSaid body{.item = item, .here = true, .signature = {}};
        body.signature = signer.sign(Domain::presence, presence_signed_part(forged, body));
        forged.sealed = marten.sealer.seal_item(
            scene.key_of(marten, said->epoch), presence_aad(forged), encode_presence(body));
    };
    forge(marten.signing, scene.meeting);
    CHECK_FALSE(scene.told(ylva, forged));
    forge(scene.worker->signing, scene.meeting);  // as that device would: the rest was right
    CHECK(scene.told(ylva, forged));

    // Of an item of another compartment; of one at which this device's person is not.
    forged.at += 1ms;
    forge(scene.worker->signing, scene.note(ylva, "av ett annat slag"));
    CHECK_FALSE(scene.told(ylva, forged));
    const ItemId other = scene.goal(ylva, "Ett annat mål");
    forge(scene.worker->signing, other);
    CHECK_FALSE(scene.told(ylva, forged));
    must(Presences{*ylva.device}.enter(other));
    CHECK(scene.told(ylva, forged));
}

TEST_CASE("Attack: presence of whom consent lets in no more is not believed",
          "[device][presence][attack]") {
    PresenceScene scene;
    Person& ylva = *scene.psychologist;
    Person& marten = *scene.counsellor;
    scene.enter(ylva);
    scene.enter(marten);
    REQUIRE(scene.seen_by(ylva).size() == 2);
    Presence said = *std::ranges::find(scene.passed, marten.device->device(), &Presence::device);
    scene.lines[2]->hears = false;
    scene.lines[2]->closed = Error{Errc::link_lost, "test"};
    scene.wait(4min);
    scene.withdraw(scene.world.school);
    scene.pump->poke();
    scene.settle();
    CHECK(Presences{*marten.device}.enter(scene.meeting).has_value());  // does not know yet
    const auto due = must(marten.device->presence_keeper()->due_presence(scene.clock.now()));
    REQUIRE(due.say.size() == 1);
    CHECK_FALSE(scene.told(ylva, due.say.front()));
}

TEST_CASE("Presence: at what somebody may not read nobody is", "[device][presence][attack]") {
    PresenceScene scene;
    Person& siv = *scene.psychiatrist;
    CHECK(Presences{*siv.device}.enter(scene.meeting).error().code == Errc::not_found);
    CHECK(Presences{*siv.device}.at(scene.meeting).error().code == Errc::not_found);
    Person& ylva = *scene.psychologist;
    std::vector<ItemId> goals;
    for (std::size_t i = 0; i < Presences::items_max; ++i)
        goals.push_back(scene.goal(ylva, "Mål " + std::to_string(i)));
    for (const ItemId& goal : goals) {  // without a network, in and out
        must(Presences{*ylva.device}.enter(goal));
        Presences{*ylva.device}.leave(goal);
    }
    for (const ItemId& goal : goals) must(Presences{*ylva.device}.enter(goal));
    CHECK(Presences{*ylva.device}.enter(scene.meeting).error().code == Errc::limit_exceeded);
    scene.clock.advance(Presences::longest);
    must(Presences{*ylva.device}.enter(scene.meeting));
    CHECK(must(Presences{*ylva.device}.at(goals.front())).empty());

    scene.clock.advance(24h * 8);
    CHECK(Presences{*ylva.device}.enter(scene.meeting).error().code == Errc::lease_ended);
    CHECK(Presences{*ylva.device}.at(scene.meeting).error().code == Errc::lease_ended);
}

TEST_CASE("Presence: whoever waits for the session hears that all is said", "[device][presence]") {
    PresenceScene scene;
    REQUIRE(scene.lines[0]->synced);
    scene.lines[0]->synced = false;
    scene.enter(*scene.psychologist);
    CHECK(scene.lines[0]->synced);
}

TEST_CASE("Presence: clocks may differ by minutes, and not by more", "[device][presence]") {
    PresenceScene scene;
    Person& ylva = *scene.psychologist;
    scene.enter(ylva);
    scene.enter(*scene.worker);
    scene.wait(20s);
    const DeviceId ake = scene.worker->device->device();
    const auto newest =
        std::ranges::find(std::views::reverse(scene.passed), ake, &Presence::device);
    Presences{*ylva.device}.leave(scene.meeting);
    Person& marten = *scene.counsellor;
    must(Presences{*marten.device}.enter(scene.meeting));
    PresenceKeeper& keeper = *marten.device->presence_keeper();
    for (const auto apart : {-6min, 6min})
        CHECK_FALSE(must(keeper.on_presence(*newest, scene.clock.now() + apart)));
    CHECK(must(keeper.on_presence(*newest, scene.clock.now() + 4min)));
}
