#include "sync-server/net/server.hpp"

#include "sync-server/net/as_result.hpp"
#include "sync-server/net/connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <openssl/ssl.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace samsyn {

namespace {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;
using namespace std::chrono_literals;

/// After an accept that failed for lack of descriptors or memory: others may give some back.
constexpr auto accept_pause = 100ms;

AddressBlock block_of(const tcp::endpoint& peer) {
    if (peer.address().is_v4()) return address_block(peer.address().to_v4().to_bytes());
    return address_block(peer.address().to_v6().to_bytes());
}

/// TLS 1.3 alone, no tickets: a session is proved anew each time, and there is nothing to steal.
Result<void> configure(net::ssl::context& context, const TlsIdentity& identity) {
    SSL_CTX* native = context.native_handle();
    error_code ec;
    SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
    SSL_CTX_set_num_tickets(native, 0);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    context.use_certificate_chain(net::buffer(identity.certificate), ec);
    if (!ec) context.use_private_key(net::buffer(identity.key), net::ssl::context::pem, ec);
    if (ec || SSL_CTX_check_private_key(native) != 1)
        return fail(Errc::invalid_argument, "TLS certificate or key");
    return {};
}

Error to_error(const error_code& ec) {
    if (ec == net::error::address_in_use) return {Errc::conflict, "the port is in use"};
    if (ec == net::error::access_denied) return {Errc::not_permitted, "the port is privileged"};
    if (ec == boost::system::errc::address_not_available)
        return {Errc::invalid_argument, "the address is not one of this machine"};
    return {Errc::system_failed, ec.message()};
}

}  // namespace

struct Server::Impl {
    Impl(Hub& hub, const Clock& clock, ServerOptions given)
        : options(std::move(given)),
          admission(options.limits.unauthenticated_max,
                    options.limits.unauthenticated_per_block_max),
          hub_thread(hub, clock, options.limits, options.log),
          context(static_cast<int>(std::max(options.threads, 1U))),
          strand(net::make_strand(context)),
          acceptor(strand),
          room_timer(strand) {
        admission.on_room([this] { wake_acceptor(); });
    }

    Result<void> listen();
    void serve();
    void stop();
    net::awaitable<void> accept_loop();
    void adopt(Connection::Socket socket);
    bool is_full();
    void wake_acceptor();
    std::vector<std::shared_ptr<Connection>> living();
    bool wait_until_none(std::chrono::milliseconds at_most);

    ServerOptions options;
    std::unique_ptr<FrameRecorder> recorder;
    net::ssl::context tls{net::ssl::context::tls_server};
    Admission admission;
    HubThread hub_thread;
    std::mutex mutex;
    std::condition_variable ended;
    std::unordered_map<LinkId, std::weak_ptr<Connection>> connections;
    bool stopping = false;
    std::once_flag stop_once;

    // After what connections use: what is left of them dies with the context.
    net::io_context context;
    net::any_io_executor strand;  ///< of the acceptor
    net::basic_socket_acceptor<tcp, net::any_io_executor> acceptor;
    net::steady_timer room_timer;  ///< waits while we are full
    std::optional<net::executor_work_guard<net::io_context::executor_type>> work;
    std::vector<std::thread> threads;
    std::uint16_t port = 0;
    std::uint64_t last_link = 0;  ///< on the acceptor's strand
};

Result<void> Server::Impl::listen() {
    error_code ec;
    tcp::resolver resolver{context};
    const auto found = resolver.resolve(options.host,
                                        std::to_string(options.port),
                                        tcp::resolver::passive | tcp::resolver::numeric_service,
                                        ec);
    if (ec || found.empty()) return fail(Errc::invalid_argument, "the host is not known");
    const tcp::endpoint endpoint = *found.begin();
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(net::socket_base::reuse_address{true}, ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(net::socket_base::max_listen_connections, ec);
    if (!ec) port = acceptor.local_endpoint(ec).port();
    if (ec) return std::unexpected{to_error(ec)};
    return {};
}

void Server::Impl::serve() {
    work.emplace(context.get_executor());
    net::co_spawn(strand, accept_loop(), net::detached);
    for (unsigned i = 0; i < std::max(options.threads, 1U); ++i)
        threads.emplace_back([this] { context.run(); });
}

/// While we are full, those who come wait in the kernel's queue.
net::awaitable<void> Server::Impl::accept_loop() {
    while (acceptor.is_open()) {
        if (is_full()) {
            // With a deadline, since a place may become free between the look and the wait.
            room_timer.expires_after(accept_pause);
            (void)co_await room_timer.async_wait(as_result);
            continue;
        }
        Connection::Socket socket{net::any_io_executor{net::make_strand(context)}};
        auto [ec] = co_await acceptor.async_accept(socket, as_result);
        if (ec == net::error::operation_aborted) co_return;
        if (!ec) {
            adopt(std::move(socket));
            continue;
        }
        if (ec == net::error::connection_aborted) continue;
        options.log({"accept_failed", 0, ec.message(), 0});
        room_timer.expires_after(accept_pause);
        (void)co_await room_timer.async_wait(as_result);
    }
}

void Server::Impl::adopt(Connection::Socket socket) {
    error_code ec;
    const auto peer = socket.remote_endpoint(ec);
    if (ec) return;  // gone already
    auto place = admission.enter(block_of(peer));
    if (!place) {
        options.log({"link_refused", 0, "too many from one address block", 0});
        return;
    }
    // Both may fail without harm.
    socket.set_option(tcp::no_delay{true}, ec);
    socket.set_option(net::socket_base::send_buffer_size{options.limits.send_buffer_bytes}, ec);

    const LinkId id{++last_link};
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
    const ConnectionPorts ports{options.limits, hub_thread, recorder.get(), options.log, tls};
    const auto connection =
        Connection::start(ports, std::move(socket), std::move(*place), id, on_end);
    const std::lock_guard lock{mutex};
    if (const auto found = connections.find(id); found != connections.end())
        found->second = connection;
    if (stopping) connection->abandon_unless_open();
}

bool Server::Impl::is_full() {
    const std::lock_guard lock{mutex};
    return admission.is_full() || connections.size() >= options.limits.connections_max;
}

void Server::Impl::wake_acceptor() {
    net::post(strand, [this] { room_timer.cancel(); });
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
    net::post(strand, [this] {
        error_code ignored;
        acceptor.close(ignored);
        room_timer.cancel();
    });
    hub_thread.begin_stop();
    for (const auto& connection : living()) connection->abandon_unless_open();
    if (!wait_until_none(options.limits.stop_max)) {
        for (const auto& connection : living()) connection->abandon();
        wait_until_none(options.limits.stop_max);
    }
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
    auto impl = std::make_unique<Impl>(hub, clock, std::move(options));
    SAMSYN_TRY(configure(impl->tls, impl->options.tls));
    if (!impl->options.record_frames.empty())
        impl->recorder = SAMSYN_TRY(FrameRecorder::open(impl->options.record_frames));
    SAMSYN_TRY(impl->listen());
    impl->serve();
    return std::unique_ptr<Server>{new Server{std::move(impl)}};
}

std::uint16_t Server::port() const {
    return impl_->port;
}

void Server::stop() {
    std::call_once(impl_->stop_once, [this] { impl_->stop(); });
}

}  // namespace samsyn
