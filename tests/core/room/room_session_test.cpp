#include "tests/core/room/room_world.hpp"

using namespace samsyn;

TEST_CASE("Room: a screen answers a call, gets a key and shows what everybody may see", "[room]") {
    RoomWorld world;
    CHECK_FALSE(world.screen.shown(world.now));
    world.settle();
    CHECK(world.presenter.state_of(world.room.device) == Presenter::RoomState::keyed);
    CHECK(world.screen_shows("Plan"));
    CHECK(world.screen_shows("Hälsa"));
    CHECK(world.keys_sent() == 1);
}

TEST_CASE("Room: it stays lit as long as the presenter is there, and no longer", "[room]") {
    RoomWorld world;
    world.settle();
    world.run(5min);
    CHECK(world.screen_shows("Plan"));
    CHECK(world.keys_sent() == 1);
    CHECK(world.presenter.gathering().ended(world.now) == false);
}

TEST_CASE("Room: somebody at the door makes the page neutral, and waiting brings it back",
          "[room]") {
    RoomWorld world;
    world.settle();
    world.arrive("Karin");
    world.settle();
    REQUIRE(world.screen.shown(world.now));
    CHECK(world.screen.shown(world.now)->neutral());
    CHECK(world.keys_sent() == 1);

    world.change([](Gathering& gathering) { return gathering.wait(); });
    world.settle();
    CHECK(world.screen_shows("Hälsa"));
    CHECK_FALSE(world.is_present("Karin"));
    CHECK(world.keys_sent() == 1);  // nobody came and nobody left
}

TEST_CASE("Room: C-17 it shrinks before somebody is admitted and grows after they have left",
          "[room]") {
    RoomWorld world;
    world.settle();
    world.arrive("Karin");
    world.admit();
    CHECK_FALSE(world.is_present("Karin"));
    world.settle();
    CHECK(world.is_present("Karin"));
    CHECK(world.screen_shows("Plan"));
    CHECK_FALSE(world.screen_shows("Hälsa"));
    CHECK(world.keys_sent() == 2);

    world.leave("Karin");
    CHECK(world.is_present("Karin"));
    world.settle();
    CHECK_FALSE(world.is_present("Karin"));
    CHECK(world.screen_shows("Hälsa"));
    CHECK(world.keys_sent() == 3);
}

TEST_CASE("Room: closing first admits the newcomer to the neutral page", "[room]") {
    RoomWorld world;
    world.settle();
    world.arrive("Karin");
    world.change([](Gathering& gathering) { return gathering.close_first(); });
    world.settle();
    CHECK(world.is_present("Karin"));
    REQUIRE(world.screen.shown(world.now));
    CHECK(world.screen.shown(world.now)->neutral());
    world.change([](Gathering& gathering) -> Result<void> {
        gathering.reopen();
        return {};
    });
    world.settle();
    CHECK(world.screen_shows("Plan"));
    CHECK_FALSE(world.screen_shows("Hälsa"));
}

TEST_CASE("Room: a session ends by itself at its time", "[room]") {
    RoomWorld world;
    world.until = world.now;
    world.settle();
    world.run(2h - 1s);
    CHECK(world.screen_shows("Plan"));
    world.now += 1s;
    CHECK_FALSE(world.screen.shown(world.now));
    world.presenter.on_time(world.now);
    world.settle();
    CHECK(world.presenter.over(world.now));
    CHECK_FALSE(world.screen.next_tick(world.now));
    world.run(2min);
    CHECK_FALSE(world.screen.shown(world.now));
    CHECK(world.presenter.next_wake(world.now) == instant_max);
}

TEST_CASE("Room: a page of another round is not shown", "[room]") {
    RoomWorld world;
    world.settle();
    const auto round = world.presenter.gathering().round();
    const Page old = world.page_for(world.presenter.gathering().eyes());
    world.arrive("Karin");
    world.admit();
    CHECK(world.presenter.show(old, round, world.now).error().code == Errc::conflict);
    world.settle();
    CHECK_FALSE(world.screen_shows("Hälsa"));
}

TEST_CASE("Room: without rooms a change takes effect at once", "[room]") {
    RoomWorld world;
    Presenter alone{world.case_id,
                    world.presenter_side.device,
                    *Gathering::begin({colleague("Anna")}, world.until),
                    world.presenter_side.ports()};
    RoomWorld::must(alone.change(
        [](Gathering& gathering) { return gathering.arrive(colleague("Karin")); }, world.now));
    RoomWorld::must(
        alone.change([](Gathering& gathering) { return gathering.admit(); }, world.now));
    CHECK(alone.gathering().present().size() == 2);
    CHECK(alone.take_outgoing().empty());
}

TEST_CASE("Room: a gathering refuses what makes no sense", "[room]") {
    CHECK_FALSE(Gathering::begin({colleague("Anna"), colleague("Anna")}, instant_max));
    CHECK_FALSE(Gathering::begin(std::vector<Onlooker>(onlookers_max + 1, colleague("A")), {}));
    auto gathering = *Gathering::begin({colleague("Anna")}, instant_max);
    CHECK(gathering.admit().error().code == Errc::not_found);
    CHECK(gathering.wait().error().code == Errc::not_found);
    CHECK(gathering.close_first().error().code == Errc::not_found);
    CHECK_FALSE(gathering.closed());
    CHECK(gathering.leave("Per").error().code == Errc::not_found);
    CHECK(gathering.arrive(colleague("Anna")).error().code == Errc::already_exists);
    REQUIRE(gathering.arrive(colleague("Karin")));
    CHECK(gathering.arrive(colleague("Per")).error().code == Errc::conflict);
    REQUIRE(gathering.admit());
    CHECK(gathering.admit().error().code == Errc::conflict);
    CHECK(gathering.wait().error().code == Errc::conflict);
}

// --- What the screen and the line can see of what is hidden --------------------------------------

TEST_CASE("Room: whether something is hidden cannot be told from page or frame", "[room][attack]") {
    RoomWorld world;
    world.settle();
    const auto with_health = world.last<RoomFrame>();
    world.arrive("Karin");
    world.settle();
    const auto asking = world.last<RoomFrame>();
    world.admit();
    world.settle();
    const auto without_health = world.last<RoomFrame>();

    // Another world, in which there is nothing to hide: the same page, byte for byte.
    Page nothing_hidden;
    nothing_hidden.items.push_back({world.plan, "Plan", {"Skolgång varje dag"}});
    CHECK(world.page_for(world.presenter.gathering().eyes()) == nothing_hidden);
    CHECK(encode_page(world.page_for(world.presenter.gathering().eyes())) ==
          encode_page(nothing_hidden));

    // And whatever is on the page, a frame is of one size.
    const auto size = [](const RoomFrame& frame) { return encode_message(frame).size(); };
    CHECK(size(with_health) == size(without_health));
    CHECK(size(with_health) == size(asking));
    CHECK(asking.compartments.empty());
}

TEST_CASE("Room: every page is encoded in the room of a frame, whatever is on it", "[room]") {
    std::vector<PageItem> items;
    for (unsigned i = 0; i < 300; ++i)
        items.push_back({numbered<CompartmentId>(static_cast<unsigned char>(i % 200)),
                         "Anteckning " + std::to_string(i),
                         {std::string(i * 37, 'x'), "å" + std::string(4000, 'y') + "ö"}});
    const auto pages = pages_of(items);
    CHECK(pages.size() > 10);
    std::string told;
    for (const Page& page : pages) {
        const auto body = encode_page(page);
        REQUIRE(body);
        CHECK(body->size() + compartments_of(page).size() * CompartmentId::size == room_view_bytes);
        const auto read = decode_page(*body);
        REQUIRE(read);
        CHECK(*read == page);
        for (const PageItem& item : page.items)
            for (const std::string& line : item.lines) told += line;
    }
    std::string written;
    for (const PageItem& item : items)
        for (const std::string& line : item.lines) written += line;
    CHECK(told == written);  // nothing falls between two pages
    CHECK(pages_of({}) == std::vector<Page>(1));
}

TEST_CASE("Room: a page from a stranger is read with bounds", "[room][attack]") {
    Page page;
    page.items.push_back({numbered<CompartmentId>(1), "Plan", {"Rad"}});
    const Bytes body = *encode_page(page);
    const std::size_t content = 4 + 2 + CompartmentId::size + (4 + 4) + 2 + (4 + 3);
    for (std::size_t size = 0; size < content; ++size)
        CHECK_FALSE(decode_page(ByteView{body}.first(size)).has_value());
    for (std::size_t at = 0; at < body.size(); ++at) {
        Bytes changed = body;
        changed[at] ^= std::byte{0x41};
        const auto read = decode_page(changed);
        if (at >= content) CHECK_FALSE(read.has_value());
        if (read) CHECK(read->items.size() <= 256);
    }
}
