#include "tests/core/room/room_world.hpp"

#include <deque>

using namespace samsyn;

TEST_CASE("Attack: nobody is admitted before the screen has confirmed the drop", "[room][attack]") {
    RoomWorld world;
    world.settle();
    world.arrive("Karin");
    world.settle();
    world.admit();
    world.to_screen();  // the screen drops, and its confirmation does not arrive
    for (int second = 0; second < 39; ++second) {
        world.now += 1s;
        world.presenter.on_time(world.now);
        CHECK_FALSE(world.is_present("Karin"));
        CHECK(world.presenter.gathering().pending());
        (void)world.presenter.take_outgoing();
    }
    CHECK(world.keys_sent() == 1);
}

TEST_CASE("Attack: an old confirmation does not admit anybody", "[room][attack]") {
    RoomWorld world;
    world.settle();
    world.run(20s);
    world.arrive("Karin");
    world.admit();
    for (const RoomTick& tick : world.ticks)
        CHECK_FALSE(world.presenter.on_message(tick, world.now).has_value());
    CHECK_FALSE(world.is_present("Karin"));

    RoomTick forged = world.ticks.back();
    ++forged.tick;
    forged.confirmed += 3;
    CHECK_FALSE(world.presenter.on_message(forged, world.now).has_value());
    forged.confirmed = 1'000'000;
    CHECK_FALSE(world.presenter.on_message(forged, world.now).has_value());
    CHECK_FALSE(world.is_present("Karin"));
}

TEST_CASE("Attack: a room that does not confirm within 40 s is dark and gets no key by itself",
          "[room][attack]") {
    RoomWorld world;
    world.settle();
    world.arrive("Karin");
    world.admit();
    world.now += 40s;
    CHECK_FALSE(world.screen.shown(world.now));  // before the presenter counts it as dark
    world.presenter.on_time(world.now);
    CHECK(world.is_present("Karin"));
    CHECK(world.presenter.state_of(world.room.device) == Presenter::RoomState::calling);
    for (const Message& message : world.presenter.take_outgoing())
        CHECK_FALSE(std::holds_alternative<RoomKey>(message));

    // Its late confirmation changes nothing; only a fresh handshake does.
    while (const auto tick = world.screen.next_tick(world.now))
        CHECK_FALSE(world.presenter.on_message(*tick, world.now).has_value());
    CHECK(world.keys_sent() == 1);
    world.run(10s);
    CHECK(world.keys_sent() == 2);
    CHECK(world.screen_shows("Plan"));
    CHECK_FALSE(world.screen_shows("Hälsa"));
}

TEST_CASE("Attack: the hello of an earlier handshake gets no key", "[room][attack]") {
    RoomWorld world;
    world.to_screen();
    REQUIRE(world.hellos.size() == 1);
    const RoomHello first = world.hellos.front();
    world.settle();
    CHECK(world.presenter.on_message(first, world.now).error().code == Errc::unexpected_message);
    CHECK(world.keys_sent() == 1);
}

TEST_CASE("Attack: a forged hello gets a key that nobody takes, and the screen goes dark",
          "[room][attack]") {
    RoomWorld world;
    world.settle();
    RoomHello forged{
        world.session, world.room.device, world.presenter_side.device, numbered<Nonce>(9)};
    CHECK(world.presenter.on_message(forged, world.now).has_value());
    world.to_screen();
    CHECK(world.last_error == Errc::unexpected_message);
    CHECK(world.screen_shows("Hälsa"));  // under the old key, for those who were and are here
    // Nobody is admitted meanwhile.
    world.arrive("Karin");
    world.admit();
    for (int second = 0; second < 39; ++second) {
        world.now += 1s;
        world.presenter.on_time(world.now);
        world.settle();
        if (world.is_present("Karin")) CHECK_FALSE(world.screen_shows("Hälsa"));
    }
}

TEST_CASE("Attack: a kept hello in the middle of a change stands for no confirmation",
          "[room][attack]") {
    RoomWorld world;
    const RoomCall call{world.session, world.room.device, world.presenter_side.device, {}};
    const auto kept = world.screen.on_call(call, world.now);  // sent, and held back by a relay
    REQUIRE(kept);
    world.settle();
    CHECK(world.screen_shows("Hälsa"));
    world.arrive("Karin");
    world.admit();
    CHECK(world.presenter.on_message(*kept, world.now).has_value());
    CHECK_FALSE(world.is_present("Karin"));
    CHECK(world.keys_sent() == 1);
}

TEST_CASE("Attack: a frame under the old key is not shown after the change", "[room][attack]") {
    RoomWorld world;
    world.settle();
    const auto old = world.last<RoomFrame>();
    RoomFrame held = old;  // one that a relay held back
    world.arrive("Karin");
    world.admit();
    world.settle();
    REQUIRE(world.is_present("Karin"));
    world.give(held);
    CHECK(world.last_error == Errc::unexpected_message);
    held.number = world.last<RoomFrame>().number;
    held.sequence = 1000;
    world.give(held);
    CHECK(world.last_error == Errc::not_authentic);
    CHECK_FALSE(world.screen_shows("Hälsa"));
}

TEST_CASE("Attack: a replayed frame or key changes nothing", "[room][attack]") {
    RoomWorld world;
    world.settle();
    world.arrive("Karin");
    world.settle();
    for (const Message& message : std::vector{world.sent}) {
        if (std::holds_alternative<RoomCall>(message)) continue;
        world.give(message);
        CHECK(world.last_error == Errc::unexpected_message);
    }
    REQUIRE(world.screen.shown(world.now));
    CHECK(world.screen.shown(world.now)->neutral());
}

TEST_CASE("Attack: what a frame does not name is not shown", "[room][attack]") {
    RoomWorld world;
    world.settle();
    // A presenter's device that names less than it draws on, to get it past the server.
    SodiumViewSealer views;
    const auto key = world.last<RoomKey>();
    const Hash context = world.room.hasher.hash(Domain::room_context, {key_context_part(key)});
    const auto session_key = world.room.sealer.open_key(key.box, context);
    REQUIRE(session_key);
    RoomFrame frame = world.last<RoomFrame>();
    frame.sequence += 10;
    frame.compartments = {world.plan};
    frame.sealed =
        views.seal_view(*session_key, header_of(frame), *encode_page(world.page_for({})));
    world.give(frame);
    CHECK(world.last_error == Errc{});
    CHECK(world.screen_shows("Plan"));
    CHECK_FALSE(world.screen_shows("Hälsa"));
}

TEST_CASE("Attack: the names of a frame cannot be changed on the way", "[room][attack]") {
    RoomWorld world;
    world.settle();
    world.run(1s);
    world.now += 10s;
    world.presenter.on_time(world.now);
    auto outgoing = world.presenter.take_outgoing();
    REQUIRE(outgoing.size() == 1);
    RoomFrame frame = std::get<RoomFrame>(outgoing.front());
    const RoomFrame honest = frame;
    frame.compartments.pop_back();
    world.give(frame);
    CHECK(world.last_error == Errc::not_authentic);
    frame = honest;
    frame.echo += 1;
    world.give(frame);
    CHECK(world.last_error == Errc::not_authentic);
    world.give(honest);
    CHECK(world.last_error == Errc{});
}

TEST_CASE("Attack: the presenter silent for 31 s leaves a dark screen", "[room][attack]") {
    RoomWorld world;
    world.settle();
    world.run(20s);
    CHECK(world.screen_shows("Plan"));
    world.now += 31s;
    CHECK_FALSE(world.screen.shown(world.now));
}

TEST_CASE("Attack: frames that a relay holds back do not keep the screen lit", "[room][attack]") {
    RoomWorld world;
    world.settle();
    // In order, so that no sequence number gives it away, and every other beat only: a store grows.
    std::deque<Message> store;
    for (int beat = 0; beat < 30; ++beat) {
        world.now += 10s;
        world.presenter.on_time(world.now);
        for (Message& message : world.presenter.take_outgoing()) store.push_back(message);
        if (beat % 2 != 0) continue;
        world.give(store.front());
        store.pop_front();
        world.to_presenter();
    }
    REQUIRE(store.size() >= 10);
    // The presenter has gone. The relay lets one through every ten seconds.
    const Instant gone = world.now;
    while (!store.empty()) {
        world.now += 10s;
        world.give(store.front());
        store.pop_front();
        if (world.now >= gone + 30s) CHECK_FALSE(world.screen.shown(world.now));
    }
}

TEST_CASE("Attack: a lit screen does not leave its session for a stranger's call",
          "[room][attack]") {
    RoomWorld world;
    world.settle();
    const RoomCall call{numbered<StatementId>(99), world.room.device, numbered<DeviceId>(66), {}};
    CHECK(world.screen.on_call(call, world.now).error().code == Errc::conflict);
    CHECK(world.screen_shows("Plan"));
    const RoomCall elsewhere{world.session, numbered<DeviceId>(5), world.presenter_side.device, {}};
    CHECK(world.screen.on_call(elsewhere, world.now).error().code == Errc::invalid_argument);
}

TEST_CASE("Attack: a key that somebody else signed, or for another room, is not taken",
          "[room][attack]") {
    RoomWorld world;
    world.to_screen();
    world.to_presenter();
    auto outgoing = world.presenter.take_outgoing();
    REQUIRE(outgoing.size() >= 2);
    const RoomKey honest = std::get<RoomKey>(outgoing.front());
    const auto offer = [&](RoomKey key, Signer& signer) {
        key.signature = signer.sign(Domain::room_key, key_signed_part(key));
        const auto taken =
            world.screen.on_key(key, world.presenter_side.signing.public_key(), world.now);
        return taken ? Errc{} : taken.error().code;
    };
    RoomSide stranger;
    CHECK(offer(honest, stranger.signing) == Errc::bad_signature);

    // The right signature on a box from another place: another number, another session.
    RoomKey moved = honest;
    moved.number += 1;
    CHECK(offer(moved, world.presenter_side.signing) == Errc::not_authentic);
    moved = honest;
    moved.session = numbered<StatementId>(8);
    CHECK(offer(moved, world.presenter_side.signing) == Errc::unexpected_message);
    moved = honest;
    moved.until = world.now;
    CHECK(offer(moved, world.presenter_side.signing) == Errc::timed_out);
    CHECK(offer(honest, world.presenter_side.signing) == Errc{});
    CHECK(offer(honest, world.presenter_side.signing) == Errc::unexpected_message);
}

TEST_CASE("Attack: when the server refuses a frame the page is taken away and decided anew",
          "[room][attack]") {
    RoomWorld world;
    world.settle();
    CHECK_FALSE(world.presenter.wants_page(world.now));
    const RoomRefused refused{world.session, world.room.device, Errc::not_permitted};
    CHECK(world.presenter.on_message(refused, world.now).has_value());
    CHECK(world.presenter.wants_page(world.now));
    world.to_screen();
    REQUIRE(world.screen.shown(world.now));
    CHECK(world.screen.shown(world.now)->neutral());
}

TEST_CASE("Attack: keys and views are of no use to another device", "[room][attack]") {
    RoomWorld world;
    world.settle();
    RoomSide thief;
    const auto key = world.last<RoomKey>();
    const Hash context = world.room.hasher.hash(Domain::room_context, {key_context_part(key)});
    CHECK_FALSE(thief.sealer.open_key(key.box, context).has_value());
    const auto frame = world.last<RoomFrame>();
    CHECK_FALSE(thief.views.open_view(thief.sealer.random_key(), header_of(frame), frame.sealed));
}

TEST_CASE("Attack: each change of those present brings another random key", "[room][attack]") {
    RoomWorld world;
    world.settle();
    std::vector<Bytes> keys;
    for (int change = 0; change < 3; ++change) {
        const auto key = world.last<RoomKey>();
        const Hash context = world.room.hasher.hash(Domain::room_context, {key_context_part(key)});
        const auto opened = world.room.sealer.open_key(key.box, context);
        REQUIRE(opened);
        keys.push_back(to_bytes(opened->expose()));
        if (change % 2 == 0) {
            world.arrive("Karin");
            world.admit();
        } else {
            world.leave("Karin");
        }
        world.settle();
    }
    CHECK(keys[0] != keys[1]);
    CHECK(keys[1] != keys[2]);
    CHECK(keys[0] != keys[2]);
}
