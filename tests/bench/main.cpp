#include "client-sdk/net/link.hpp"
#include "core/base/system_clock.hpp"
#include "examples/support/process.hpp"
#include "sync-server/net/server.hpp"
#include "tests/bench/raw_limits.hpp"
#include "tests/bench/storage_bench.hpp"
#include "tests/support/founded.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <functional>

// Push, catch-up and live latency of the real thing (TLS, WebSocket, durable server), each beside
// plain Beast, plain SQLite and plain libsodium doing the same work in the same run.

namespace samsyn::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t items = 10'000;
constexpr std::size_t live_changes = 200;

/// About 400 bytes of Swedish text, different each time.
std::string swedish_text(std::size_t number) {
    return "Besök " + std::to_string(number) +
           ": Samtal hemma vid köksbordet om hur veckan har varit. Morgnarna är fortfarande svåra, "
           "men "
           "skolan har flyttat första lektionen och det hjälper. Mamma berättar att läkaren på "
           "vårdcentralen vill följa upp sömnen. Vi kom överens om att prova schemat till nästa "
           "möte, att "
           "kuratorn ringer på fredag och att farmor hämtar på onsdagar. Barnet vill själv vara "
           "med på "
           "nästa träff och visa sin teckning. Åtgärd: be skolan om närvarolista.";
}

/// One device's link, driven until something has happened.
class Connection final : public Link::Listener {
public:
    Connection(boost::asio::io_context& io,
               const std::string& address,
               Device& device,
               Founded4& world,
               const samsyn::Clock& clock)
        : link_(io, address, {device, world.random(), world.verifier(), clock}, *this) {}

    void on_live() override {}

    void on_synced() override { ++synced; }

    void on_changed() override { ++changed; }

    void on_answered(const ClientSession::Answered& answered) override {
        const bool is_there = answered.answer.outcome == AnswerOutcome::stored ||
                              answered.answer.outcome == AnswerOutcome::duplicate;
        SAMSYN_ASSERT(is_there);
    }

    void on_closed(const Error& why) override {
        assertion_failed(to_string(why).c_str(), "bench", 0);
    }

    void poke() { link_.poke(); }

    std::size_t synced = 0;
    std::size_t changed = 0;

private:
    Link link_;
};

void run_until(boost::asio::io_context& io, const std::function<bool()>& done) {
    while (!done()) {
        io.restart();
        io.run_one();
    }
}

double median(std::vector<Seconds> durations, double part = 0.5) {
    std::ranges::sort(durations);
    return durations[static_cast<std::size_t>(part * static_cast<double>(durations.size() - 1))]
        .count();
}

struct World {
    World()
        : storage(must(open_sqlite_storage(folder.path(), pages, DatabaseMode::create))),
          founded(clock, *storage, "", folder.path() / "devices"),
          psychologist(founded.enrol("psykolog", founded.team, Role::psychologist)),
          social_worker(founded.enrol("socionom", founded.team, Role::social_worker)),
          hub(founded.make_hub()) {
        ServerOptions options;
        options.tls = must(make_self_signed_tls());
        server = must(Server::start(*hub, clock, std::move(options)));
        address = "127.0.0.1:" + std::to_string(server->port());
    }

    void sync(Device& device) {
        boost::asio::io_context io;
        Connection connection{io, address, device, founded, clock};
        run_until(io, [&] { return connection.synced > 0; });
    }

    SystemClock clock;
    story::TemporaryFolder folder;
    SodiumPageCipher pages = test_pages();
    std::unique_ptr<Storage> storage;
    Founded4 founded;
    std::unique_ptr<Person> psychologist;
    std::unique_ptr<Person> social_worker;
    std::unique_ptr<Hub> hub;
    std::unique_ptr<Server> server;
    std::string address;
};

void print(const char* what, double ours, double limit) {
    std::printf("%-58s %10.1f ms %10.1f ms %8.2f x\n", what, ours * 1e3, limit * 1e3, ours / limit);
}

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

int run() {
    must(start_sodium());
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

/// Without an argument everything; "storage" or "sync" for the one part. Storage comes first: it
/// starts processes that must find SQLite unused.
int main(int argc, char** argv) {
    const std::string_view part = argc > 1 ? argv[1] : "";
    if (part != "sync") samsyn::bench::bench_storage();
    return part == "storage" ? 0 : samsyn::bench::run();
}
