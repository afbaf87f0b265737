#include "tests/bench/idle_bench.hpp"

#include "tests/bench/synced_world.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <fstream>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace samsyn::bench {

namespace {

constexpr std::size_t wanted_connections = 10'000;
constexpr std::size_t wave = 100;
constexpr std::size_t descriptors_for_others = 200;
constexpr std::size_t no_bound = 1'000'000;

std::size_t affordable() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    SAMSYN_ASSERT(limit.rlim_cur > descriptors_for_others);
    return std::min<std::size_t>(wanted_connections, limit.rlim_cur - descriptors_for_others);
}

/// A process of its own whose memory is measured. It tells its port through a pipe, and is killed
/// and waited for on destruction.
class ServerProcess {
public:
    using Serve = std::function<void(const std::function<void(std::uint16_t)>& on_port)>;

    explicit ServerProcess(const Serve& serve) {
        std::array<int, 2> ends{};
        SAMSYN_ASSERT(::pipe(ends.data()) == 0);
        std::fflush(nullptr);
        pid_ = ::fork();
        SAMSYN_ASSERT(pid_ >= 0);
        if (pid_ == 0) {
            serve([&](std::uint16_t port) { (void)!::write(ends[1], &port, sizeof port); });
            ::_exit(0);
        }
        SAMSYN_ASSERT(::read(ends[0], &port_, sizeof port_) == sizeof port_);
        ::close(ends[0]);
        ::close(ends[1]);
    }

    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    ~ServerProcess() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

    std::uint16_t port() const { return port_; }

    /// Its own memory that is in use, without files and without what it shares with its parent.
    double private_kib() const {
        std::ifstream in{"/proc/" + std::to_string(pid_) + "/smaps_rollup"};
        double sum = 0;
        for (std::string word; in >> word;) {
            double kib = 0;
            if (word == "Private_Dirty:" && in >> kib) sum += kib;
        }
        return sum;
    }

private:
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
};

[[noreturn]] void serve_ours(Hub& hub,
                             const samsyn::Clock& clock,
                             const std::function<void(std::uint16_t)>& on_port) {
    ServerOptions options;
    options.threads = 1;  // as the plain one
    options.tls = must(make_self_signed_tls());
    options.limits.unauthenticated_per_block_max = no_bound;
    options.limits.connects_per_block = {std::chrono::milliseconds{1}, no_bound};
    const auto server = must(Server::start(hub, clock, std::move(options)));
    on_port(server->port());
    for (;;) ::pause();
}

/// All of them of one device: what a device costs, its statements and cursors, is the same for one
/// session and for ten thousand, and not asked for here.
double kib_of_ours(std::size_t count) {
    SystemClock clock;
    story::TemporaryFolder folder;
    const auto storage = must(open_memory_storage());
    Founded4 founded{clock, *storage, "", folder.path() / "devices"};
    const auto person = founded.enrol("psykolog", founded.team, Role::psychologist);
    HubLimits limits;
    limits.links_per_device_max = no_bound;
    limits.session_rate = {std::chrono::milliseconds{1}, no_bound};
    limits.message_rate = {std::chrono::milliseconds{1}, no_bound};
    const auto hub = founded.make_hub(limits);
    std::array<std::byte, SigningKey::seed_size> seed{};
    std::ranges::copy(founded.server_key().seed(), seed.begin());
    const ServerProcess process{[&](const auto& on_port) {
        founded.server_key() =
            SigningKey::from_seed(seed);  // what is secret does not survive a fork
        serve_ours(*hub, clock, on_port);
    }};

    const std::string address = "127.0.0.1:" + std::to_string(process.port());
    boost::asio::io_context io;
    for (Device* device : {founded.administrator().device.get(), person->device.get()}) {
        Connection first{io, address, *device, founded, clock};
        run_until(io, [&] { return first.synced > 0; });
    }
    std::deque<Connection> connections;
    // One after the other: a device that is shown two states of the log in turn would call it
    // forked.
    const auto open = [&](std::size_t more) {
        for (std::size_t i = 0; i < more; ++i) {
            const Connection& one =
                connections.emplace_back(io, address, *person->device, founded, clock);
            run_until(io, [&] { return one.synced > 0; });
        }
    };
    open(wave);  // what is paid once is paid now
    const double before = process.private_kib();
    open(count - wave);
    const double after = process.private_kib();
    return (after - before) / static_cast<double>(count - wave);
}

double kib_of_plain(const ServerProcess& process, std::size_t count) {
    const PlainIdleClients first{process.port(), wave};
    const double before = process.private_kib();
    const PlainIdleClients others{process.port(), count - wave};
    const double after = process.private_kib();
    return (after - before) / static_cast<double>(count - wave);
}

}  // namespace

void bench_idle() {
    must(start_sodium());
    const std::size_t count = affordable();
    std::printf(
        "\n%zu idle authenticated connections%s, memory of the server process a connection\n",
        count,
        count < wanted_connections ? " (descriptors allow no more)" : "");
    // Forked first: pages that this process has and changes later would count as the child's.
    const ServerProcess plain_server{[](const auto& on_port) { serve_plain_idle(on_port); }};
    const double ours = kib_of_ours(count);
    const double plain = kib_of_plain(plain_server, count);
    std::printf("  Samsyn %.1f KiB, plain Beast %.1f KiB: %+.1f KiB, %.2f x\n",
                ours,
                plain,
                ours - plain,
                ours / plain);
}

}  // namespace samsyn::bench
