#include "core/room/presenter.hpp"
#include "core/room/screen.hpp"
#include "crypto/envelope/sodium_sealer.hpp"
#include "crypto/envelope/sodium_view_sealer.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/sync-server/hub/scripted_client.hpp"

namespace samsyn {
namespace {

using namespace std::chrono_literals;

/// The counsellor presents in a room of Lindesberg what the team lets the school show; the team
/// itself could show more.
struct RoomHub : HubWorld {
    explicit RoomHub(HubLimits limits_used = {}) : HubWorld(limits_used) {
        team.start();
        team.push_all(EntryKind::statement, open_case());
        std::vector<Bytes> said;
        for (const PersonId& guardian : guardians) {
            Consent consent = consent_of(guardian);
            consent.actions.insert(Action::show_in_meeting);
            said.push_back(say(lead, disclosing(), consent));
        }
        team.push_all(EntryKind::statement, said);
        team.push_all(EntryKind::packet, {packet(lead, label), packet(lead, other_label)});
        certify_room();
        school.start();
        session = announce(counsellor);
        room.start();
    }

    void certify_room(DeviceKind kind = DeviceKind::room_screen) {
        DeviceCertified device;
        device.device = screen.device;
        device.kind = kind;
        device.organisation = lindesberg;
        if (kind != DeviceKind::room_screen) device.user = outsider.user;
        device.signing_key = screen.signer.public_key();
        device.sealing_key = screen_sealing;
        team.push_all(EntryKind::statement, {say(lindesberg_admin, Stream{}, device)});
        if (kind != DeviceKind::room_screen)  // a further device of somebody
            team.push_all(EntryKind::statement, {say(nora_admin, Stream{}, Countersigned{newest})});
    }

    /// A session of this presenter, from its own link.
    StatementId announce(Party& presenter, std::chrono::minutes lasts = 2h) {
        const RoomSession body{screen.device, presenter.user, now - 1min, now + lasts};
        ScriptedClient& link = presenter.device == lead.device ? team : school;
        link.push_all(EntryKind::statement, {say(presenter, roster(presenter), body)});
        return newest;
    }

    RoomCall call() const { return {session, screen.device, counsellor.device, case_id}; }

    RoomFrame frame(std::vector<CompartmentId> compartments, std::uint64_t sequence = 1) const {
        return {.session = session,
                .room = screen.device,
                .number = 1,
                .sequence = sequence,
                .compartments = std::move(compartments),
                .sealed = Bytes(room_view_bytes, std::byte{0x5e})};
    }

    RoomTick tick() const {
        return {.session = session,
                .room = screen.device,
                .number = 1,
                .tick = 1,
                .confirmed = 1,
                .proof = Bytes(40)};
    }

    SealingKey sealing_key = (static_cast<void>(start_sodium()), SealingKey::generate());
    SealingPublicKey screen_sealing = sealing_key.public_key();
    Party screen{31};
    ScriptedClient team{*this, lead, 1};
    ScriptedClient school{*this, counsellor, 2};
    ScriptedClient room{*this, screen, 3};
    StatementId session;
};

}  // namespace

TEST_CASE("Hub: a frame reaches the screen of its session, and ticks come back", "[hub][room]") {
    RoomHub world;
    world.school.send(world.call());
    world.room.pull();
    REQUIRE(world.room.last<RoomCall>() != nullptr);
    CHECK(world.room.last<RoomCall>()->session == world.session);
    CHECK(world.room.last<RoomCall>()->case_id.is_none());  // a screen need not know the case

    const RoomFrame frame = world.frame({world.compartment(world.label)});
    world.school.send(frame);
    world.room.pull();
    REQUIRE(world.room.last<RoomFrame>() != nullptr);
    CHECK(*world.room.last<RoomFrame>() == frame);
    CHECK(world.team.count<RoomFrame>() == 0);

    world.room.send(world.tick());
    world.school.pull();
    REQUIRE(world.school.last<RoomTick>() != nullptr);
    CHECK(*world.school.last<RoomTick>() == world.tick());
}

TEST_CASE("Attack: a frame naming what the presenter may not show does not leave",
          "[hub][room][attack]") {
    RoomHub world;
    world.school.send(world.call());
    const CompartmentId shared = world.compartment(world.label);
    const CompartmentId own = world.compartment(world.other_label);
    for (auto names : {std::vector{own},
                       std::vector{std::min(shared, own), std::max(shared, own)},
                       std::vector{world.fresh<CompartmentId>()}}) {
        world.room.received.clear();
        world.school.received.clear();
        world.school.send(world.frame(std::move(names)));
        world.room.pull();
        CHECK(world.room.count<RoomFrame>() == 0);
        world.school.pull();
        REQUIRE(world.school.last<RoomRefused>() != nullptr);
        CHECK(world.school.last<RoomRefused>()->why == Errc::not_permitted);
    }
}

TEST_CASE("Attack: after a withdrawal no frame leaves, not even one that waits",
          "[hub][room][attack]") {
    RoomHub world;
    world.school.send(world.call());
    world.room.pull();
    world.school.send(world.frame({world.compartment(world.label)}));
    // The screen's socket is busy. Meanwhile the family withdraws.
    world.team.push_all(EntryKind::statement, {world.withdrawal()});
    world.room.received.clear();
    world.room.pull();
    CHECK(world.room.count<RoomFrame>() == 0);
    world.school.pull();
    REQUIRE(world.school.last<RoomRefused>() != nullptr);
    CHECK(world.school.last<RoomRefused>()->session == world.session);

    world.school.send(world.frame({world.compartment(world.label)}, 2));
    world.room.pull();
    CHECK(world.room.count<RoomFrame>() == 0);
    // The neutral page names nothing, and arrives.
    world.school.send(world.frame({}, 3));
    world.room.pull();
    CHECK(world.room.count<RoomFrame>() == 1);
}

TEST_CASE("Attack: a revoked screen gets nothing more", "[hub][room][attack]") {
    RoomHub world;
    world.school.send(world.call());
    world.room.pull();
    world.school.send(world.frame({world.compartment(world.label)}));
    world.team.push_all(
        EntryKind::statement,
        {world.say(world.lindesberg_admin, Stream{}, DeviceRevoked{world.screen.device})});
    world.room.received.clear();
    world.room.pull();
    CHECK(world.room.count<RoomFrame>() == 0);
    CHECK(world.room.closed);
    world.school.pull();
    world.school.send(world.frame({world.compartment(world.label)}, 2));
    world.school.pull();
    CHECK(world.school.last<RoomRefused>() != nullptr);
}

TEST_CASE("Attack: a revoked presenter shows nothing more", "[hub][room][attack]") {
    RoomHub world;
    world.school.send(world.call());
    world.room.pull();
    world.school.send(world.frame({}));
    world.team.push_all(
        EntryKind::statement,
        {world.say(world.lindesberg_admin, Stream{}, DeviceRevoked{world.counsellor.device})});
    world.room.received.clear();
    world.room.pull();
    CHECK(world.room.count<RoomFrame>() == 0);
}

TEST_CASE("Attack: nobody speaks in somebody else's session", "[hub][room][attack]") {
    RoomHub world;
    world.school.send(world.call());
    world.room.pull();
    world.room.received.clear();

    RoomCall claimed = world.call();
    claimed.presenter = world.lead.device;
    world.team.send(claimed);
    world.team.send(world.call());
    world.team.send(world.frame({world.compartment(world.label)}));
    world.team.send(world.tick());
    world.school.send(world.tick());
    world.room.send(world.frame({}));
    world.room.pull();
    CHECK(world.room.count<RoomFrame>() == 0);
    CHECK(world.room.count<RoomCall>() == 0);
    world.school.pull();
    CHECK(world.school.count<RoomTick>() == 0);
    world.team.pull();
    CHECK(world.team.count<RoomRefused>() == 1);  // the newest of its kind
}

TEST_CASE("Attack: a session without its statement, or over, is none", "[hub][room][attack]") {
    RoomHub world;
    RoomCall invented = world.call();
    invented.session = world.fresh<StatementId>();
    world.school.send(invented);
    world.school.pull();
    REQUIRE(world.school.last<RoomRefused>() != nullptr);
    CHECK(world.school.last<RoomRefused>()->why == Errc::not_permitted);

    world.school.send(world.frame({}));  // it was never called
    world.room.pull();
    CHECK(world.room.count<RoomFrame>() == 0);

    world.school.send(world.call());
    world.now += 2h;
    world.school.send(world.frame({}));
    world.room.pull();
    CHECK(world.room.count<RoomFrame>() == 0);
}

TEST_CASE("Attack: somebody's tablet is no room", "[hub][room][attack]") {
    RoomHub world;
    RoomSession body{world.outsider.device, world.counsellor.user, world.now, world.now + 1h};
    world.school.push_all(EntryKind::statement,
                          {world.say(world.counsellor, world.roster(world.counsellor), body)});
    ScriptedClient tablet{world, world.outsider, 9};
    tablet.start();
    world.school.send(
        RoomCall{world.newest, world.outsider.device, world.counsellor.device, world.case_id});
    tablet.pull();
    CHECK(tablet.count<RoomCall>() == 0);
    world.school.pull();
    CHECK(world.school.last<RoomRefused>() != nullptr);
}

TEST_CASE("Hub: a slow screen costs one frame, and a flood costs the presenter its link",
          "[hub][room][attack]") {
    HubLimits limits;
    limits.room_rate = {100ms, 60};
    RoomHub world{limits};
    world.school.send(world.call());
    world.room.pull();
    world.room.received.clear();
    for (std::uint64_t sequence = 1; sequence <= 50; ++sequence)
        world.school.send(world.frame({world.compartment(world.label)}, sequence));
    world.room.pull();
    CHECK(world.room.count<RoomFrame>() == 1);
    CHECK(world.room.last<RoomFrame>()->sequence == 50);
    for (std::uint64_t sequence = 51; sequence <= 70; ++sequence)
        world.school.send(world.frame({}, sequence));
    world.school.pull();
    REQUIRE(world.school.last<Goodbye>() != nullptr);
    CHECK(world.school.last<Goodbye>()->why == Errc::rate_limited);
}

TEST_CASE("Hub: more room sessions than one device, or the server, may have are refused",
          "[hub][room]") {
    HubLimits limits;
    SECTION("of one device") {
        limits.room_sessions_per_device_max = 1;
    }
    SECTION("in all") {
        limits.room_sessions_max = 1;
    }
    RoomHub world{limits};
    world.school.send(world.call());
    world.room.pull();
    REQUIRE(world.room.last<RoomCall>() != nullptr);
    world.session = world.announce(world.counsellor);
    world.school.send(world.call());
    world.school.pull();
    REQUIRE(world.school.last<RoomRefused>() != nullptr);
    CHECK(world.school.last<RoomRefused>()->why == Errc::limit_exceeded);
}

TEST_CASE("Hub: presenter and screen find each other through it, and a change goes through",
          "[hub][room]") {
    RoomHub world;
    SodiumViewSealer views;
    SodiumSealer presenter_sealer{SealingKey::generate()};
    SodiumSealer screen_sealer{std::move(world.sealing_key)};
    Presenter presenter{world.case_id,
                        world.counsellor.device,
                        *Gathering::begin({}, world.now + 2h),
                        {world.random,
                         world.hasher,
                         world.verifier,
                         world.counsellor.signer,
                         presenter_sealer,
                         views}};
    Screen screen{
        world.screen.device,
        {world.random, world.hasher, world.verifier, world.screen.signer, screen_sealer, views}};
    REQUIRE(
        presenter.add_room({world.session, world.screen.device, world.screen_sealing}, world.now));
    const Page page{.items = {{world.compartment(world.label), "Plan", {"Skolgång"}}}};

    const auto talk = [&] {
        for (int round = 0; round < 8; ++round) {
            if (presenter.wants_page(world.now))
                REQUIRE(presenter.show(page, presenter.gathering().round(), world.now));
            for (const Message& message : presenter.take_outgoing()) {
                world.school.send(message);
                world.room.pull();
            }
            for (const Message& message : std::exchange(world.room.received, {})) {
                if (const auto* call = std::get_if<RoomCall>(&message)) {
                    if (auto hello = screen.on_call(*call, world.now)) world.room.send(*hello);
                } else if (const auto* key = std::get_if<RoomKey>(&message)) {
                    REQUIRE(screen.on_key(*key, world.counsellor.signer.public_key(), world.now));
                } else if (const auto* frame = std::get_if<RoomFrame>(&message)) {
                    REQUIRE(screen.on_frame(*frame, world.now));
                }
            }
            while (auto tick = screen.next_tick(world.now)) world.room.send(*tick);
            world.school.pull();
            for (const Message& message : std::exchange(world.school.received, {}))
                (void)presenter.on_message(message, world.now);
        }
    };
    talk();
    REQUIRE(screen.shown(world.now));
    CHECK(*screen.shown(world.now) == page);

    const Onlooker karin{.name = "Karin", .who = Viewer{ViewerKind::subject, world.child}};
    REQUIRE(presenter.change([&](Gathering& all) { return all.arrive(karin); }, world.now));
    REQUIRE(presenter.change([](Gathering& all) { return all.admit(); }, world.now));
    CHECK(presenter.gathering().present().empty());
    talk();
    CHECK(presenter.gathering().present().size() == 1);
    CHECK(*screen.shown(world.now) == page);

    world.team.push_all(EntryKind::statement, {world.withdrawal()});
    world.now += 10s;
    presenter.on_time(world.now);
    for (const Message& message : presenter.take_outgoing()) world.school.send(message);
    world.room.pull();
    world.school.pull();
    for (const Message& message : std::exchange(world.school.received, {}))
        (void)presenter.on_message(message, world.now);
    CHECK(presenter.wants_page(world.now));  // and its device decides anew
}

}  // namespace samsyn
