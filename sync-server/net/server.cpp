#include "sync-server/net/server.hpp"

#include "sync-server/net/as_result.hpp"
#include "sync-server/net/connection.hpp"
#include "sync-server/net/metrics_listener.hpp"
#include "sync-server/net/server_tls.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

namespace samsyn {

namespace {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;
using std::chrono::steady_clock;

/// After an accept that failed for lack of descriptors or memory: others may give some back.
constexpr auto accept_pause = std::chrono::milliseconds{100};

AddressBlock block_of(const tcp::endpoint& peer) {
    if (peer.address().is_v4()) return address_block(peer.address().to_v4().to_bytes());
    return address_block(peer.address().to_v6().to_bytes());
}

/// "192.0.2.7", "192.0.2.0/24", "2001:db8:1::/48": what is said of one address holds for its block.
Result<std::set<AddressBlock>> blocks_of(std::span<const std::string> proxies) {
    std::set<AddressBlock> blocks;
    for (const std::string& proxy : proxies) {
        error_code ec;
        const std::size_t slash = proxy.find('/');
        const auto address = net::ip::make_address(proxy.substr(0, slash), ec);
        const std::string length = slash == std::string::npos ? "" : proxy.substr(slash);
        if (ec || (!length.empty() && length != (address.is_v4() ? "/24" : "/48")))
            return fail(Errc::invalid_argument, "a proxy that is no address, /24 or /48");
        blocks.insert(block_of({address, 0}));
    }
    return blocks;
}

HubFigures figures_of(const Hub::Counts& counts) {
    return {.sessions = counts.sessions,
            .restricted_sessions = counts.restricted_sessions,
            .hand_in_sessions = counts.hand_in_sessions,
            .stored = counts.stored,
            .duplicates = counts.duplicates,
            .escrowed = counts.escrowed,
            .refused = counts.refused_by,
            .closed = counts.closed_by,
            .log_rows = counts.log_rows,
            .unconfirmed_purges = counts.unconfirmed_purges};
}

}  // namespace

struct Server::Impl {
    Impl(Hub& hub, const Clock& clock, ServerOptions given, std::set<AddressBlock> proxies)
        : options(std::move(given)),
          stranger_log(options.limits, options.log),
          readiness(options.limits),
          admission(options.limits, std::move(proxies)),
          hub_thread(hub, clock, options.limits, options.log, {metrics, readiness}),
          context(static_cast<int>(std::max(options.threads, 1U))),
          strand(net::make_strand(context)) {
        admission.on_room([this] { wake_acceptor(); });
    }

    /// One address to listen on.
    struct Door {
        explicit Door(const net::any_io_executor& strand) : acceptor(strand), room_timer(strand) {}

        net::basic_socket_acceptor<tcp, net::any_io_executor> acceptor;
        net::steady_timer room_timer;  ///< waits while we are full
    };

    Result<void> listen();
    Result<void> listen_at(const std::string& host, std::uint16_t port);
    void serve();
    void stop();
    net::awaitable<void> accept_loop(Door& door);
    net::awaitable<void> wait_for_room(Door& door);
    void adopt(Connection::Socket socket);
    std::optional<Admission::Place> admit(LinkId id, const AddressBlock& block);
    void ask_to_leave(Admission::Number number);
    bool is_full();
    Result<void> serve_metrics();
    ScrapeFigures scrape();
    std::shared_ptr<ServerTls> current_tls();
    void wake_acceptor();
    std::vector<std::shared_ptr<Connection>> living();
    bool wait_until_none(std::chrono::milliseconds at_most);

    ServerOptions options;
    std::unique_ptr<FrameRecorder> recorder;
    StrangerLog stranger_log;
    Metrics metrics;
    Readiness readiness;
    Admission admission;
    HubThread hub_thread;
    std::mutex mutex;
    std::shared_ptr<ServerTls> tls;
    std::condition_variable ended;
    std::unordered_map<LinkId, std::weak_ptr<Connection>> connections;
    bool stopping = false;
    std::once_flag stop_once;

    // After what connections use: what is left of them dies with the context.
    net::io_context context;
    net::any_io_executor strand;  ///< of the doors
    std::deque<Door> doors;
    std::optional<net::executor_work_guard<net::io_context::executor_type>> work;
    std::shared_ptr<MetricsListener> metrics_listener;
    std::vector<std::thread> threads;
    std::vector<std::uint16_t> bound_ports;
    std::uint64_t last_link = 0;  ///< on the doors' strand
};

Result<void> Server::Impl::listen() {
    SAMSYN_TRY(listen_at(options.host, options.port));
    for (const auto& [host, port] : options.more) SAMSYN_TRY(listen_at(host, port));
    return {};
}

Result<void> Server::Impl::listen_at(const std::string& host, std::uint16_t port) {
    auto& acceptor = doors.emplace_back(strand).acceptor;
    SAMSYN_TRY(bind_acceptor(acceptor, host, port));
    error_code ec;
    bound_ports.push_back(acceptor.local_endpoint(ec).port());
    if (ec) return fail(Errc::system_failed, ec.message());
    return {};
}

void Server::Impl::serve() {
    work.emplace(context.get_executor());
    for (Door& door : doors) net::co_spawn(strand, accept_loop(door), net::detached);
    for (unsigned i = 0; i < std::max(options.threads, 1U); ++i)
        threads.emplace_back([this] { context.run(); });
}

/// While we are full, those who come wait in the kernel's queue.
net::awaitable<void> Server::Impl::accept_loop(Door& door) {
    while (door.acceptor.is_open()) {
        if (is_full()) {
            co_await wait_for_room(door);
            continue;
        }
        Connection::Socket socket{net::any_io_executor{net::make_strand(context)}};
        auto [ec] = co_await door.acceptor.async_accept(socket, as_result);
        if (ec == net::error::operation_aborted) co_return;
        if (!ec) {
            adopt(std::move(socket));
            continue;
        }
        if (ec == net::error::connection_aborted) continue;
        options.log({"accept_failed", 0, ec.message(), 0});
        door.room_timer.expires_after(accept_pause);
        (void)co_await door.room_timer.async_wait(as_result);
    }
}

/// Nobody goes before somebody else has come. Then whoever is late goes; where everybody is on time
/// the newcomer waits.
net::awaitable<void> Server::Impl::wait_for_room(Door& door) {
    auto [ec] = co_await door.acceptor.async_wait(net::socket_base::wait_read, as_result);
    if (ec || !is_full()) co_return;
    if (admission.is_full()) {
        if (const auto leaver = admission.choose_leaver(steady_clock::now())) {
            ask_to_leave(*leaver);
            co_return;
        }
    }
    // With a deadline, since a place may become free between the look and the wait.
    door.room_timer.expires_after(accept_pause);
    (void)co_await door.room_timer.async_wait(as_result);
}

void Server::Impl::ask_to_leave(Admission::Number number) {
    std::shared_ptr<Connection> connection;
    {
        const std::lock_guard lock{mutex};
        if (const auto found = connections.find(LinkId{number}); found != connections.end())
            connection = found->second.lock();
    }
    if (connection) connection->make_room();
}

/// None: nothing is spent on this one.
std::optional<Admission::Place> Server::Impl::admit(LinkId id, const AddressBlock& block) {
    const auto now = steady_clock::now();
    if (admission.is_full(block))
        if (const auto leaver = admission.choose_leaver(now, block)) ask_to_leave(*leaver);
    auto place = admission.enter(std::to_underlying(id), block, now);
    if (place) return *std::move(place);
    const bool too_often = place.error() == Admission::Refusal::too_often;
    metrics.on_not_taken(too_often ? NotTaken::too_often : NotTaken::block_is_full);
    stranger_log.write(
        {"link_refused",
         0,
         too_often ? "too often from one address block" : "too many from one address block",
         0},
        now);
    return std::nullopt;
}

void Server::Impl::adopt(Connection::Socket socket) {
    error_code ec;
    const auto peer = socket.remote_endpoint(ec);
    if (ec) return;  // gone already
    const LinkId id{++last_link};
    auto place = admit(id, block_of(peer));
    if (!place) return;
    // Both may fail without harm.
    socket.set_option(tcp::no_delay{true}, ec);
    socket.set_option(net::socket_base::send_buffer_size{options.limits.send_buffer_bytes}, ec);
    {
        const std::lock_guard lock{mutex};
        if (stopping) return;
        connections[id] = {};
    }
    const auto on_end = [this, id] {
        {
            const std::lock_guard lock{mutex};
            connections.erase(id);
        }
        ended.notify_all();
    };
    const ConnectionPorts ports{
        options.limits, hub_thread, recorder.get(), options.log, stranger_log, metrics, readiness};
    const auto connection = Connection::start(
        ports, current_tls()->context, std::move(socket), *std::move(place), id, on_end);
    const std::lock_guard lock{mutex};
    if (const auto found = connections.find(id); found != connections.end())
        found->second = connection;
    if (stopping) connection->abandon_unless_open();
}

// --- What is told ------------------------------------------------------------------------------

std::shared_ptr<ServerTls> Server::Impl::current_tls() {
    const std::lock_guard lock{mutex};
    return tls;
}

ScrapeFigures Server::Impl::scrape() {
    ScrapeFigures figures;
    figures.is_ready = !readiness.why_not(steady_clock::now());
    figures.certificate_ends = current_tls()->certificate_ends;
    if (options.data.empty()) return figures;
    figures.storage_bytes = storage_bytes(options.data);
    std::error_code ec;
    const auto space = std::filesystem::space(options.data, ec);
    if (!ec) figures.storage_free_bytes = space.available;
    return figures;
}

Result<void> Server::Impl::serve_metrics() {
    if (options.metrics_host.empty()) return {};
    MetricsListener::Ports ports{
        options.limits,
        [this](std::function<void(std::string)> done) {
            hub_thread.ask([this, done = std::move(done)](const Hub::Counts& counts) {
                metrics.set_hub(figures_of(counts));
                done(metrics.text(scrape()));
            });
        },
        [this] { return readiness.why_not(steady_clock::now()); }};
    metrics_listener =
        SAMSYN_TRY(MetricsListener::start(net::any_io_executor{net::make_strand(context)},
                                          options.metrics_host,
                                          options.metrics_port,
                                          std::move(ports)));
    return {};
}

bool Server::Impl::is_full() {
    const std::lock_guard lock{mutex};
    return admission.is_full() || connections.size() >= options.limits.connections_max;
}

void Server::Impl::wake_acceptor() {
    net::post(strand, [this] {
        for (Door& door : doors) door.room_timer.cancel();
    });
}

std::vector<std::shared_ptr<Connection>> Server::Impl::living() {
    std::vector<std::shared_ptr<Connection>> all;
    const std::lock_guard lock{mutex};
    for (const auto& [id, weak] : connections)
        if (auto connection = weak.lock()) all.push_back(std::move(connection));
    return all;
}

bool Server::Impl::wait_until_none(std::chrono::milliseconds at_most) {
    std::unique_lock lock{mutex};
    return ended.wait_for(lock, at_most, [&] { return connections.empty(); });
}

void Server::Impl::stop() {
    {
        const std::lock_guard lock{mutex};
        stopping = true;
    }
    readiness.begin_drain();
    net::post(strand, [this] {
        error_code ignored;
        for (Door& door : doors) {
            door.acceptor.close(ignored);
            door.room_timer.cancel();
        }
    });
    hub_thread.begin_stop();
    for (const auto& connection : living()) connection->abandon_unless_open();
    if (!wait_until_none(options.limits.stop_max)) {
        for (const auto& connection : living()) connection->abandon(EndReason::stopping);
        wait_until_none(options.limits.stop_max);
    }
    if (metrics_listener) metrics_listener->close();
    hub_thread.join();
    work.reset();
    context.stop();
    for (std::thread& thread : threads) thread.join();
    admission.on_room({});  // nobody is left to wake
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
    stop();
}

Result<std::unique_ptr<Server>> Server::start(Hub& hub, const Clock& clock, ServerOptions options) {
    if (!options.log) options.log = [](const LogEvent&) {};
    auto proxies = SAMSYN_TRY(blocks_of(options.limits.proxies));
    auto tls = SAMSYN_TRY(ServerTls::make(options.tls));
    auto impl = std::make_unique<Impl>(hub, clock, std::move(options), std::move(proxies));
    impl->tls = std::move(tls);
    if (!impl->options.record_frames.empty())
        impl->recorder = SAMSYN_TRY(FrameRecorder::open(impl->options.record_frames));
    SAMSYN_TRY(impl->listen());
    SAMSYN_TRY(impl->serve_metrics());
    impl->serve();
    return std::unique_ptr<Server>{new Server{std::move(impl)}};
}

std::uint16_t Server::port() const {
    return impl_->bound_ports.front();
}

std::vector<std::uint16_t> Server::ports() const {
    return impl_->bound_ports;
}

bool Server::between_groups(std::function<void()> task) {
    return impl_->hub_thread.call(std::move(task));
}

std::uint16_t Server::metrics_port() const {
    return impl_->metrics_listener ? impl_->metrics_listener->port() : std::uint16_t{0};
}

Result<void> Server::use_tls(const TlsIdentity& tls) {
    auto made = SAMSYN_TRY(ServerTls::make(tls));
    const std::lock_guard lock{impl_->mutex};
    impl_->tls = std::move(made);
    return {};
}

void Server::begin_drain() {
    impl_->readiness.begin_drain();
}

Metrics& Server::metrics() {
    return impl_->metrics;
}

void Server::stop() {
    std::call_once(impl_->stop_once, [this] { impl_->stop(); });
}

}  // namespace samsyn
