#include "tests/bench/live_bench.hpp"

#include "tests/bench/synced_world.hpp"

#include <cstdio>
#include <deque>

namespace samsyn::bench {

namespace {

constexpr std::size_t changes = 200;
constexpr std::size_t readers_max = 10;
constexpr std::size_t bytes_sent = 700;  // what such a change weighs on the wire
constexpr std::size_t no_bound = 1'000'000;

/// All that a machine of one municipality would not ask of a server.
HubLimits wide_limits() {
    HubLimits limits;
    limits.links_per_device_max = no_bound;
    limits.session_rate = {std::chrono::milliseconds{1}, no_bound};
    limits.message_rate = {std::chrono::milliseconds{1}, no_bound};
    return limits;
}

/// A case that some people read, all of them connected, and bystanders who do not.
struct Room {
    Room(World& world, std::size_t readers_wanted, std::size_t connected) {
        std::vector<Participant> people;
        for (std::size_t i = 0; i < readers_wanted; ++i) {
            // One has its database on the disk, as all do at home: ten on this one disk would wait
            // for each other.
            if (i == 1) world.founded.keep_in_memory();
            readers.push_back(world.founded.enrol(
                "kollega " + std::to_string(i), world.founded.team, Role::social_worker));
            people.push_back({readers.back()->user, world.founded.team});
        }
        world.sync(*world.founded.administrator().device);
        Device& writer = *world.psychologist->device;
        world.sync(writer);
        const Family family = open_family(writer, world.founded.team, people, world.clock.now());
        NewItem goal;
        goal.case_id = family.case_id;
        goal.type = ItemType::plan_goal;
        goal.about = {family.child};
        goal.fields = {{"goal", swedish_text(0)}};
        item = must(writer.add_item(goal));
        world.sync(writer);
        connect(world, writer);
        for (const auto& reader : readers) connect(world, *reader->device);
        // One device many times: what a device costs by itself is not asked for here.
        while (links.size() < connected) connect(world, *world.social_worker->device);
    }

    void connect(World& world, Device& device) {
        const Connection& one =
            links.emplace_back(io, world.address, device, world.founded, world.clock);
        run_until(io, [&] { return one.synced > 0; });
    }

    Connection& writer() { return links.front(); }

    boost::asio::io_context io;
    std::vector<std::unique_ptr<Person>> readers;
    std::deque<Connection> links;  ///< the writer's, the readers', the bystanders'
    ItemId item;
};

/// Each change, and how long the reader with the disk waited for it; all have it before the next.
std::vector<Seconds> latencies(World& world, Room& room) {
    std::vector<Seconds> durations;
    Device& writer = *world.psychologist->device;
    for (std::size_t i = 1; i <= changes; ++i) {
        const std::string text = swedish_text(i);
        const FieldInput field{"goal", text};
        const std::size_t synced = room.writer().synced;
        std::vector<bool> seen(room.readers.size());
        std::vector<std::size_t> heard;
        for (std::size_t r = 0; r < seen.size(); ++r) heard.push_back(room.links[r + 1].changed);
        std::size_t waiting = room.readers.size();
        must(writer.edit_item(room.item, std::span{&field, 1}));
        const auto committed = Clock::now();
        room.writer().poke();
        run_until(room.io, [&] {
            for (std::size_t r = 0; r < seen.size(); ++r) {
                Connection& link = room.links[r + 1];
                if (seen[r] || link.changed == heard[r]) continue;  // looks when told, as a screen
                heard[r] = link.changed;
                if (must(room.readers[r]->device->item(room.item)).text("goal") != text) continue;
                if (r == 0) durations.emplace_back(Clock::now() - committed);
                seen[r] = true;
                --waiting;
            }
            return waiting == 0;
        });
        run_until(room.io, [&] { return room.writer().synced > synced; });
    }
    return durations;
}

void bench_room(std::size_t readers, std::size_t connected) {
    World world{wide_limits()};
    Room room{world, readers, connected};
    const auto durations = latencies(world, room);
    const auto trips = plain_beast_round_trips(changes, bytes_sent);
    const auto commits = plain_sqlite_commits(world.folder.path(), changes, bytes_sent);
    std::printf("\nCommitted here to readable there: %zu readers of %zu connected (%zu changes)\n",
                readers,
                connected,
                changes);
    print("p50 (limit: one Beast round trip + one SQLite commit)",
          median(durations),
          median(trips) + median(commits));
    print("p99", median(durations, 0.99), median(trips, 0.99) + median(commits, 0.99));
    world.server->stop();
}

}  // namespace

void bench_live() {
    bench_room(1, 2);
    bench_room(readers_max, 100);
    bench_room(readers_max, 1000);
}

}  // namespace samsyn::bench
