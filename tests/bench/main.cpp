#include "tests/bench/consent_bench.hpp"
#include "tests/bench/idle_bench.hpp"
#include "tests/bench/live_bench.hpp"
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
    world.server->stop();
    return 0;
}

}  // namespace
}  // namespace samsyn::bench

/// Without an argument everything; "storage", "sync", "live", "consent", "idle" or "text" for one
/// part, "text" with a folder of editing traces if there is one. Storage and idle come first: they
/// start processes, which must find SQLite unused and no other thread.
int main(int argc, char** argv) {
    using namespace samsyn;
    const std::string_view part = argc > 1 ? argv[1] : "";
    const auto wanted = [&](std::string_view name) { return part.empty() || part == name; };
    if (wanted("storage")) bench::bench_storage();
    if (wanted("idle")) bench::bench_idle();
    if (wanted("sync") || wanted("live") || wanted("consent")) must(start_sodium());
    if (wanted("sync")) bench::bench_sync();
    if (wanted("live")) bench::bench_live();
    if (wanted("consent")) bench::bench_consent();
    if (wanted("text")) bench::bench_text(argc > 2 ? argv[2] : "build/text-traces");
    return 0;
}
