#include "tests/bench/consent_bench.hpp"
#include "tests/bench/idle_bench.hpp"
#include "tests/bench/raw_limits.hpp"
#include "tests/bench/storage_bench.hpp"
#include "tests/bench/synced_world.hpp"
#include "tests/bench/text_bench.hpp"

#include <cstdio>

// Push, catch-up and live latency of the real thing (TLS, WebSocket, durable server), each beside
// plain Beast, plain SQLite and plain libsodium doing the same work in the same run.

namespace samsyn::bench {
namespace {

constexpr std::size_t items = 10'000;
constexpr std::size_t live_changes = 200;

void bench_bulk(World& world, const Family& family) {
    Device& writer = *world.psychologist->device;
    std::size_t text_bytes = 0;
    const auto write_start = Clock::now();
    for (std::size_t i = 0; i < items; ++i) {
        NewItem item;
        item.case_id = family.case_id;
        item.type = ItemType::visit_note;
        item.about = {family.child};
        item.fields = {{"text", swedish_text(i)}};
        text_bytes += swedish_text(i).size();
        must(writer.add_item(item));
    }
    const Seconds written = Clock::now() - write_start;

    const auto push_start = Clock::now();
    world.sync(writer);
    const Seconds pushed = Clock::now() - push_start;

    const auto catch_up_start = Clock::now();
    world.sync(*world.social_worker->device);
    const Seconds caught_up = Clock::now() - catch_up_start;
    SAMSYN_ASSERT(must(world.social_worker->device->items(family.case_id)).size() >= items);

    const std::size_t mean = text_bytes / items;
    const std::size_t batches = items * (mean + 200) / (60 * 1024) + 1;
    const Seconds sqlite = plain_sqlite_inserts(world.folder.path(), items, mean, items / batches);
    const Seconds sqlite_single = plain_sqlite_inserts(world.folder.path(), items, mean, 1);
    const Seconds beast = plain_beast_transfer(text_bytes, 60 * 1024);
    const Seconds seal = plain_sodium_seal({batches, items, mean});
    const Seconds open = plain_sodium_open({batches, items, mean});

    std::printf("\n%zu items of %zu bytes of text (%zu batches)\n", items, mean, batches);
    std::printf("%-58s %13s %13s %10s\n", "", "Samsyn", "raw limit", "ratio");
    print("write locally, durable (limit: SQLite, a transaction each)",
          written.count(),
          sqlite_single.count());
    print("push (limit: seal + Beast + verify + SQLite)",
          pushed.count(),
          (seal + beast + open + sqlite).count());
    print("catch-up (limit: Beast + open + SQLite)",
          caught_up.count(),
          (beast + open + sqlite).count());
    std::printf(
        "  raw: SQLite %.1f ms, Beast over TLS %.1f ms, libsodium seal %.1f ms, open %.1f ms\n",
        sqlite.count() * 1e3,
        beast.count() * 1e3,
        seal.count() * 1e3,
        open.count() * 1e3);
}

void bench_live(World& world, const Family& family) {
    boost::asio::io_context io;
    Connection writer{io, world.address, *world.psychologist->device, world.founded, world.clock};
    Connection reader{io, world.address, *world.social_worker->device, world.founded, world.clock};
    run_until(io, [&] { return writer.synced > 0 && reader.synced > 0; });

    NewItem goal;
    goal.case_id = family.case_id;
    goal.type = ItemType::plan_goal;
    goal.about = {family.child};
    goal.fields = {{"goal", std::string{"Sova hela natten"}}};
    const ItemId item = must(world.psychologist->device->add_item(goal));
    writer.poke();
    run_until(io, [&] { return world.social_worker->device->item(item).has_value(); });

    std::vector<Seconds> durations;
    for (std::size_t i = 0; i < live_changes; ++i) {
        const std::string text = "Sova hela natten, vecka " + std::to_string(i);
        const FieldInput field{"goal", text};
        const std::size_t synced_before = writer.synced;
        const auto start = Clock::now();
        must(world.psychologist->device->edit_item(item, std::span{&field, 1}));
        writer.poke();
        run_until(
            io, [&] { return must(world.social_worker->device->item(item)).text("goal") == text; });
        durations.emplace_back(Clock::now() - start);
        run_until(io, [&] { return writer.synced > synced_before; });
    }
    const auto round_trips = plain_beast_round_trips(live_changes, 700);
    const auto commits = plain_sqlite_commits(world.folder.path(), live_changes, 700);

    std::printf("\nOne changed field, commit on one device to visible on another (%zu changes)\n",
                live_changes);
    print("p50 (limit: one Beast round trip + one SQLite commit)",
          median(durations),
          median(round_trips) + median(commits));
    print("p99", median(durations, 0.99), median(round_trips, 0.99) + median(commits, 0.99));
}

int bench_sync() {
    World world;
    world.sync(*world.founded.administrator().device);
    world.sync(*world.psychologist->device);
    world.sync(*world.social_worker->device);
    const std::array people{Participant{world.social_worker->user, world.founded.team}};
    const Family family =
        open_family(*world.psychologist->device, world.founded.team, people, world.clock.now());
    world.sync(*world.psychologist->device);
    bench_bulk(world, family);
    bench_live(world, family);
    world.server->stop();
    return 0;
}

}  // namespace
}  // namespace samsyn::bench

/// Without an argument everything; "storage", "sync", "consent", "idle" or "text" for one part,
/// "text" with a folder of editing traces if there is one. Storage and idle come first: they start
/// processes, which must find SQLite unused and no other thread.
int main(int argc, char** argv) {
    using namespace samsyn;
    const std::string_view part = argc > 1 ? argv[1] : "";
    const auto wanted = [&](std::string_view name) { return part.empty() || part == name; };
    if (wanted("storage")) bench::bench_storage();
    if (wanted("idle")) bench::bench_idle();
    if (wanted("sync") || wanted("consent")) must(start_sodium());
    if (wanted("sync")) bench::bench_sync();
    if (wanted("consent")) bench::bench_consent();
    if (wanted("text")) bench::bench_text(argc > 2 ? argv[2] : "build/text-traces");
    return 0;
}
