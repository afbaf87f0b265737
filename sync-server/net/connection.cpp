#include "sync-server/net/connection.hpp"

#include "sync-server/net/connection_impl.hpp"

#include <boost/asio/co_spawn.hpp>

namespace samsyn {

namespace {

namespace net = boost::asio;
using std::chrono::steady_clock;

constexpr std::string_view exporter_label = "EXPORTER-samsyn-1";

/// What binds a proof to this connection. None where OpenSSL gives none.
std::optional<Hash> exporter_of(SSL* ssl) {
    Hash exporter;
    if (SSL_export_keying_material(ssl,
                                   reinterpret_cast<unsigned char*>(exporter.bytes.data()),
                                   exporter.bytes.size(),
                                   exporter_label.data(),
                                   exporter_label.size(),
                                   nullptr,
                                   0,
                                   0) != 1)
        return std::nullopt;
    return exporter;
}

}  // namespace

WebSocketConnection::WebSocketConnection(const ConnectionPorts& ports,
                                         net::ssl::context& tls,
                                         Socket socket,
                                         Admission::Place place,
                                         LinkId id,
                                         std::function<void()> on_end)
    : ports_(ports),
      limits_(ports.limits),
      id_(id),
      place_(std::move(place)),
      on_end_(std::move(on_end)),
      executor_(socket.get_executor()),
      ws_(std::move(socket), tls),
      watch_timer_(executor_),
      room_timer_(executor_, SteadyTime::max()),
      deadlines_(steady_clock::now()),
      last_heard_(deadlines_.accepted_at) {
    ports_.metrics.on_connection(state_);
}

void WebSocketConnection::start() {
    ws_.next_layer().listen(*this);
    const auto ended = [self = shared_from_this()](const std::exception_ptr&) { self->finish(); };
    const auto ignored = [self = shared_from_this()](const std::exception_ptr&) {};
    net::co_spawn(executor_, run(), ended);
    net::co_spawn(executor_, watch(), ignored);
}

net::awaitable<void> WebSocketConnection::run() {
    auto [handshake] =
        co_await ws_.next_layer().async_handshake(net::ssl::stream_base::server, as_result);
    if (handshake) {
        drop_now(EndReason::tls_failed);
        co_return;
    }
    begin_peers_turn();
    const bool upgraded = co_await upgrade();
    if (!upgraded) co_return;

    const auto exporter = exporter_of(ws_.next_layer().native_handle());
    if (!exporter) {
        drop_now(EndReason::internal);
        co_return;
    }
    open_ = true;
    begin_peers_turn();
    ports_.hub.open(id_, *exporter, shared_from_this());
    co_await read_loop();
}

void WebSocketConnection::abandon(EndReason why) {
    post([why](WebSocketConnection& self) { self.drop_now(why); });
}

void WebSocketConnection::abandon_unless_open() {
    post([](WebSocketConnection& self) {
        if (!self.open_) self.drop_now(EndReason::stopping);
    });
}

void WebSocketConnection::make_room() {
    post([](WebSocketConnection& self) {
        if (!self.deadlines_.authenticated) self.drop_now(EndReason::made_room);
    });
}

void WebSocketConnection::enter(ConnectionState state) {
    if (state == state_) return;
    ports_.metrics.on_connection_state(state_, state);
    state_ = state;
}

void WebSocketConnection::drop_now(EndReason why) {
    if (!why_) why_ = why;
    ws_.next_layer().close();
    room_timer_.cancel();
    watch_timer_.cancel();
}

void WebSocketConnection::finish() {
    drop_now(EndReason::internal);
    over_ = true;
    place_.give_back();
    std::string why{sentence_of(*why_)};
    if (!detail_.empty()) why += ": " + detail_;
    const LogEvent event{"link_closed", std::to_underlying(id_), std::move(why), 0};
    if (deadlines_.authenticated)
        ports_.log(event);
    else
        ports_.stranger_log.write(event, steady_clock::now());
    ports_.metrics.on_connection_end(state_, *why_);
    if (open_) ports_.hub.close(id_);
    on_end_();
}

// --- Deadlines ---------------------------------------------------------------------------------

/// On the strand, in the middle of a read: the stream must not be touched here.
void WebSocketConnection::on_bytes(std::size_t size) noexcept {
    last_heard_ = steady_clock::now();
    place_.on_byte(last_heard_);
    bytes_since_message_ += size;
    const std::size_t most =
        deadlines_.authenticated ? limits_.bytes_per_message_max : limits_.bytes_before_max;
    if (bytes_since_message_ <= most || flooded_) return;
    flooded_ = true;
    abandon(EndReason::byte_flood);
}

void WebSocketConnection::begin_peers_turn() {
    deadlines_.turn_began = steady_clock::now();
    on_turn_changed();
}

void WebSocketConnection::on_turn_changed() {
    if (deadlines_.is_peers_turn())
        place_.on_peers_turn(deadlines_.turn_began);
    else
        place_.on_our_turn();
}

net::awaitable<void> WebSocketConnection::watch() {
    while (!over_) {
        const auto now = steady_clock::now();
        if (const auto why = deadlines_.overdue(limits_, now, last_heard_)) {
            drop_now(*why);
            co_return;
        }
        ping_if_due(now);
        watch_timer_.expires_at(deadlines_.next_check(limits_, now, last_heard_));
        (void)co_await watch_timer_.async_wait(as_result);
    }
}

void WebSocketConnection::ping_if_due(SteadyTime now) {
    if (!deadlines_.is_ping_due(limits_, now)) return;
    deadlines_.pinged_at = now;
    if (pinging_) return;  // the last one has not left yet; `write_max` or `silence_max` decides
    pinging_ = true;
    ws_.async_ping(
        {}, [self = shared_from_this()](boost::system::error_code) { self->pinging_ = false; });
}

std::shared_ptr<Connection> Connection::start(const ConnectionPorts& ports,
                                              net::ssl::context& tls,
                                              Socket socket,
                                              Admission::Place place,
                                              LinkId id,
                                              std::function<void()> on_end) {
    auto connection = std::make_shared<WebSocketConnection>(
        ports, tls, std::move(socket), std::move(place), id, std::move(on_end));
    connection->start();
    return connection;
}

}  // namespace samsyn
