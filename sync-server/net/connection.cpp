#include "sync-server/net/connection.hpp"

#include "sync-server/net/as_result.hpp"
#include "sync-server/net/deadlines.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <limits>

namespace samsyn {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

using boost::system::error_code;
using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::steady_clock;

/// A "rate policy" of Beast that limits nothing: it sees each byte that comes, and so tells a slow
/// peer from a silent one below TLS and WebSocket.
class LastByte {
public:
    SteadyTime at = steady_clock::now();

private:
    friend class beast::rate_policy_access;
    static constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

    std::size_t available_read_bytes() const noexcept { return all; }

    std::size_t available_write_bytes() const noexcept { return all; }

    void transfer_read_bytes(std::size_t size) noexcept {
        if (size > 0) at = steady_clock::now();
    }

    void transfer_write_bytes(std::size_t) const noexcept {}

    void on_timer() const noexcept {}
};

using TcpStream = beast::basic_stream<net::ip::tcp, net::any_io_executor, LastByte>;
using TlsStream = beast::ssl_stream<TcpStream>;
using WebSocket = websocket::stream<TlsStream, false>;  // false: no deflate, so no bombs
using Request = http::request<http::empty_body>;

constexpr std::string_view session_target = "/samsyn/1";
constexpr std::string_view exporter_label = "EXPORTER-samsyn-1";

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// What to answer instead of an upgrade; `ok` where the upgrade may go on.
struct Refusal {
    http::status status = http::status::ok;
    std::string_view text;
};

/// Judges a request before anything is spent on it.
Refusal judge(const Request& request, bool more_bytes, const NetLimits& limits) {
    if (request.count(http::field::origin) > 0) {
        const auto origin = view(request[http::field::origin]);
        if (request.count(http::field::origin) > 1 ||
            std::ranges::find(limits.allowed_origins, origin) == limits.allowed_origins.end())
            return {http::status::forbidden, "this origin is not allowed\n"};
    }
    if (request.method() != http::verb::get)
        return {http::status::method_not_allowed, "only GET\n"};
    if (view(request.target()) != session_target)
        return {http::status::not_found, "nothing here\n"};
    // Bytes behind the header would be a body or frames sent before our answer: smuggling.
    if (more_bytes || request.count(http::field::content_length) > 0 ||
        request.count(http::field::transfer_encoding) > 0)
        return {http::status::bad_request, "no body is expected\n"};
    if (!websocket::is_upgrade(request))
        return {http::status::upgrade_required, "a WebSocket upgrade is expected\n"};
    return {};
}

class WebSocketConnection final : public Connection,
                                  public LinkPort,
                                  public std::enable_shared_from_this<WebSocketConnection> {
public:
    WebSocketConnection(const ConnectionPorts& ports,
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
          ws_(std::move(socket), ports.tls),
          watch_timer_(executor_),
          room_timer_(executor_, SteadyTime::max()) {}

    void start();

    // Connection and LinkPort: from any thread, onto the strand.
    void abandon() override { drop("server stopped"); }

    void abandon_unless_open() override {
        post([](WebSocketConnection& self) {
            if (!self.open_) self.drop_now("server is stopping");
        });
    }

    void drop(std::string_view why) override {
        post([why = std::string{why}](WebSocketConnection& self) { self.drop_now(why); });
    }

    void on_authenticated() override;
    void on_consumed(std::size_t bytes) override;
    void send(Bytes message, bool close) override;

private:
    template <class Call>
    void post(Call call) {
        net::post(executor_, [self = shared_from_this(), call = std::move(call)]() mutable {
            if (!self->over_) call(*self);
        });
    }

    net::awaitable<void> run();
    net::awaitable<bool> upgrade();
    net::awaitable<void> answer(Refusal refusal);
    net::awaitable<void> read_loop();
    net::awaitable<void> watch();
    void accept_message(std::size_t size);
    bool must_wait() const;
    void on_waiting_changed();
    void write(Bytes message, bool close);
    void on_written(error_code ec);
    void begin_close(websocket::close_code code, std::string_view why);
    void drop_now(std::string_view why);
    void finish();

    void ping_if_due(SteadyTime now);

    SteadyTime last_heard() const { return beast::get_lowest_layer(ws_).rate_policy().at; }

    ConnectionPorts ports_;
    const NetLimits& limits_;
    LinkId id_;
    Admission::Place place_;
    std::function<void()> on_end_;
    net::any_io_executor executor_;
    WebSocket ws_;
    net::steady_timer watch_timer_;  ///< the next deadline; cancelled where deadlines change
    net::steady_timer room_timer_;   ///< never expires; cancelled where reading may go on

    beast::flat_buffer buffer_;
    Bytes out_;                      ///< the one frame in flight
    std::size_t waiting_bytes_ = 0;  ///< handed to the hub, not handled yet
    std::size_t waiting_messages_ = 0;
    Deadlines deadlines_{steady_clock::now()};
    std::string why_;  ///< the first reason to end, for the log
    bool close_after_write_ = false;
    bool pinging_ = false;
    bool open_ = false;  ///< the hub knows the link
    bool over_ = false;
};

void WebSocketConnection::start() {
    const auto ended = [self = shared_from_this()](const std::exception_ptr&) { self->finish(); };
    const auto ignored = [self = shared_from_this()](const std::exception_ptr&) {};
    net::co_spawn(executor_, run(), ended);
    net::co_spawn(executor_, watch(), ignored);
}

net::awaitable<void> WebSocketConnection::run() {
    auto [handshake] =
        co_await ws_.next_layer().async_handshake(net::ssl::stream_base::server, as_result);
    if (handshake) {
        drop_now("TLS handshake failed");
        co_return;
    }
    const bool upgraded = co_await upgrade();
    if (!upgraded) co_return;

    Hash exporter;
    if (SSL_export_keying_material(ws_.next_layer().native_handle(),
                                   reinterpret_cast<unsigned char*>(exporter.bytes.data()),
                                   exporter.bytes.size(),
                                   exporter_label.data(),
                                   exporter_label.size(),
                                   nullptr,
                                   0,
                                   0) != 1) {
        drop_now("no TLS exporter");
        co_return;
    }
    open_ = true;
    deadlines_.turn_began = steady_clock::now();
    ports_.hub.open(id_, exporter, shared_from_this());
    co_await read_loop();
}

/// HTTP until the answer to the upgrade has been sent. False: the connection is over.
net::awaitable<bool> WebSocketConnection::upgrade() {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
    beast::flat_buffer buffer{limits_.header_bytes_max + 1024};
    auto [read, size] =
        co_await http::async_read_header(ws_.next_layer(), buffer, parser, as_result);
    if (read == http::error::header_limit || read == http::error::buffer_overflow) {
        co_await answer({http::status::request_header_fields_too_large, "header too large\n"});
        co_return false;
    }
    if (read) {
        drop_now("no HTTP request");
        co_return false;
    }
    const Request& request = parser.get();
    if (request.method() == http::verb::get && view(request.target()) == "/health") {
        co_await answer({http::status::ok, "ok"});
        co_return false;
    }
    const Refusal refusal = judge(request, buffer.size() > 0, limits_);
    if (refusal.status != http::status::ok) {
        co_await answer(refusal);
        co_return false;
    }

    // Deadlines are watched by `watch`, which knows more than Beast's own timer.
    ws_.set_option(websocket::stream_base::timeout{
        websocket::stream_base::none(), websocket::stream_base::none(), false});
    ws_.set_option(websocket::stream_base::decorator(
        [](websocket::response_type& response) { response.set(http::field::server, "samsyn"); }));
    ws_.read_message_max(limits_.message_bytes_before_max);
    ws_.auto_fragment(false);
    ws_.binary(true);
    auto [accepted] = co_await ws_.async_accept(request, as_result);
    if (accepted) drop_now("upgrade failed");
    co_return !accepted;
}

net::awaitable<void> WebSocketConnection::answer(Refusal refusal) {
    http::response<http::string_body> response{refusal.status, 11, std::string{refusal.text}};
    response.set(http::field::server, "samsyn");
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.keep_alive(false);
    response.prepare_payload();
    if (why_.empty())
        why_ = refusal.status == http::status::ok ? "health" : std::string{refusal.text};
    deadlines_.closing_since = steady_clock::now();
    watch_timer_.cancel();
    auto [written, size] = co_await http::async_write(ws_.next_layer(), response, as_result);
    if (!written) (void)co_await ws_.next_layer().async_shutdown(as_result);
}

net::awaitable<void> WebSocketConnection::read_loop() {
    for (;;) {
        auto [ec, size] = co_await ws_.async_read(buffer_, as_result);
        if (ec) {
            if (why_.empty())
                why_ = ec == websocket::error::closed ? "closed by peer" : ec.message();
            co_return;
        }
        accept_message(size);
        buffer_.consume(buffer_.size());

        while (must_wait() && !deadlines_.closing_since && !over_)
            (void)co_await room_timer_.async_wait(as_result);
    }
}

/// One whole message. While closing, what still comes is thrown away: the peer may be in the middle
/// of saying something.
void WebSocketConnection::accept_message(std::size_t size) {
    if (deadlines_.closing_since) return;
    if (!ws_.got_binary()) {
        begin_close(websocket::close_code::unknown_data, "text message");
        return;
    }
    const ByteView message{static_cast<const std::byte*>(buffer_.data().data()), size};
    if (ports_.recorder) ports_.recorder->record(id_, FrameRecorder::Direction::came, message);
    if (!ports_.hub.message(id_, to_bytes(message))) {
        begin_close(websocket::close_code::try_again_later, "server is busy");
        return;
    }
    waiting_bytes_ += size;
    ++waiting_messages_;
    on_waiting_changed();
}

/// Before the proof one message at a time, so that the limits of the next are known; afterwards so
/// much that a group is worth its commit.
bool WebSocketConnection::must_wait() const {
    if (!deadlines_.authenticated) return waiting_messages_ > 0;
    return waiting_bytes_ >= limits_.waiting_bytes_max;
}

void WebSocketConnection::on_waiting_changed() {
    deadlines_.waits_for_us = waiting_messages_ > 0;
    deadlines_.not_read = must_wait();
}

void WebSocketConnection::on_authenticated() {
    post([](WebSocketConnection& self) {
        self.deadlines_.authenticated = true;
        self.place_.give_back();
        self.ws_.read_message_max(self.limits_.message_bytes_max);
        self.deadlines_.pinged_at = steady_clock::now();
        self.watch_timer_.cancel();
        self.ports_.log({"authenticated", std::to_underlying(self.id_), {}, 0});
    });
}

void WebSocketConnection::on_consumed(std::size_t bytes) {
    post([bytes](WebSocketConnection& self) {
        self.waiting_bytes_ -= bytes;
        --self.waiting_messages_;
        self.on_waiting_changed();
        self.deadlines_.turn_began = steady_clock::now();
        self.room_timer_.cancel();
    });
}

void WebSocketConnection::send(Bytes message, bool close) {
    post([message = std::move(message), close](WebSocketConnection& self) mutable {
        self.write(std::move(message), close);
    });
}

void WebSocketConnection::write(Bytes message, bool close) {
    if (deadlines_.closing_since) return;
    out_ = std::move(message);
    close_after_write_ = close;
    if (out_.empty()) {
        on_written({});
        return;
    }
    if (ports_.recorder) ports_.recorder->record(id_, FrameRecorder::Direction::went, out_);
    deadlines_.writing_since = steady_clock::now();
    ws_.async_write(net::buffer(out_), [self = shared_from_this()](error_code ec, std::size_t) {
        self->on_written(ec);
    });
}

void WebSocketConnection::on_written(error_code ec) {
    deadlines_.writing_since.reset();
    deadlines_.turn_began = steady_clock::now();
    wipe(out_);  // it may have held a secret
    out_.clear();
    if (over_) return;
    if (ec)
        drop_now("write failed");
    else if (close_after_write_)
        begin_close(websocket::close_code::normal, "session ended");
    else
        ports_.hub.link_free(id_);
}

void WebSocketConnection::begin_close(websocket::close_code code, std::string_view why) {
    if (deadlines_.closing_since || over_) return;
    deadlines_.closing_since = steady_clock::now();
    if (why_.empty()) why_ = why;
    watch_timer_.cancel();
    room_timer_.cancel();
    ws_.async_close(websocket::close_reason{code}, [self = shared_from_this()](error_code) {
        beast::get_lowest_layer(self->ws_).close();
    });
}

void WebSocketConnection::drop_now(std::string_view why) {
    if (why_.empty()) why_ = why;
    beast::get_lowest_layer(ws_).close();
    room_timer_.cancel();
    watch_timer_.cancel();
}

void WebSocketConnection::finish() {
    drop_now("ended");
    over_ = true;
    place_.give_back();
    ports_.log({"link_closed", std::to_underlying(id_), why_, 0});
    if (open_) ports_.hub.close(id_);
    on_end_();
}

// --- Deadlines ---------------------------------------------------------------------------------

net::awaitable<void> WebSocketConnection::watch() {
    while (!over_) {
        const auto now = steady_clock::now();
        if (const auto why = deadlines_.overdue(limits_, now, last_heard())) {
            drop_now(*why);
            co_return;
        }
        ping_if_due(now);
        watch_timer_.expires_at(deadlines_.next_check(limits_, now, last_heard()));
        (void)co_await watch_timer_.async_wait(as_result);
    }
}

void WebSocketConnection::ping_if_due(SteadyTime now) {
    if (!deadlines_.is_ping_due(limits_, now)) return;
    deadlines_.pinged_at = now;
    if (pinging_) return;  // the last one has not left yet; `write_max` or `silence_max` decides
    pinging_ = true;
    ws_.async_ping({}, [self = shared_from_this()](error_code) { self->pinging_ = false; });
}

}  // namespace

std::shared_ptr<Connection> Connection::start(const ConnectionPorts& ports,
                                              Socket socket,
                                              Admission::Place place,
                                              LinkId id,
                                              std::function<void()> on_end) {
    auto connection = std::make_shared<WebSocketConnection>(
        ports, std::move(socket), std::move(place), id, std::move(on_end));
    connection->start();
    return connection;
}

}  // namespace samsyn
