#include "client-sdk/net/transport.hpp"

#include "client-sdk/net/as_result.hpp"
#include "client-sdk/net/obstacles.hpp"
#include "client-sdk/net/tls_watch.hpp"
#include "client-sdk/net/tunnel.hpp"
#include "core/tls/tls_stream.hpp"
#include "core/wire/messages.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace samsyn {

namespace net = boost::asio;
namespace ssl = boost::asio::ssl;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

namespace {

/// `false`: no deflate. Nothing unpacks a peer's bytes.
using SecureStream = websocket::stream<TlsStream, false>;

constexpr std::string_view exporter_label = "EXPORTER-samsyn-1";
constexpr const char* websocket_path = "/samsyn/1";

/// Clocks jump and timers do not notice: look again at least this often.
constexpr std::chrono::seconds sleep_max{30};

/// TLS 1.3 for secrecy towards the network. The certificate is *not* verified: any certificate will
/// do and may rotate, because the session that follows authenticates both sides over this very
/// connection's exporter, the server with the Ed25519 identity that the device pinned at enrolment
/// (security.md, "Session"). A certificate authority could only add somebody to trust.
ssl::context make_tls() {
    ssl::context tls{ssl::context::tls_client};
    tls.set_verify_mode(ssl::verify_none);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION);
    SSL_CTX_set_session_cache_mode(tls.native_handle(), SSL_SESS_CACHE_OFF);
    return tls;
}

/// Where Boost's errors become ours once both sides talk.
Error to_error(const boost::system::error_code& error) {
    if (error == beast::error::timeout) return {Errc::link_lost, "the server went quiet"};
    if (error == websocket::error::closed) return {Errc::link_lost, "closed by the server"};
    return {Errc::link_lost, error.message()};
}

/// What either handshake may die of: `stage` is "TLS" or "WebSocket".
std::optional<Error> to_handshake_error(const boost::system::error_code& error,
                                        const ServerAddress& address,
                                        std::string_view stage) {
    const std::string where = to_string(address) + ": " + std::string{stage};
    if (error == beast::error::timeout) return Error{Errc::timed_out, where};
    const bool broken = error == net::error::eof || error == net::error::connection_reset ||
                        error == net::error::broken_pipe || error == ssl::error::stream_truncated ||
                        error == beast::http::error::end_of_stream ||
                        error == beast::http::error::partial_message;
    if (broken) return Error{Errc::link_lost, where + ": closed by the other side"};
    return std::nullopt;
}

Error to_tls_error(const boost::system::error_code& error,
                   const ServerAddress& address,
                   std::string_view first_bytes) {
    // First what came: who answers in clear text and closes is no broken link.
    if (auto judged = judge_first_bytes(first_bytes, address)) return *std::move(judged);
    if (auto known = to_handshake_error(error, address, "TLS")) return *std::move(known);
    const Errc code = is_too_old_tls(error) ? Errc::tls_too_old : Errc::no_tls;
    return {code, to_string(address) + ": TLS: " + error.message()};
}

Error to_upgrade_error(const boost::system::error_code& error,
                       const websocket::response_type& answer,
                       const ServerAddress& address,
                       std::string_view issuer) {
    if (auto known = to_handshake_error(error, address, "WebSocket")) return *std::move(known);
    if (error != websocket::error::upgrade_declined)
        return {Errc::upgrade_refused,
                to_string(address) + ": WebSocket: " + error.message() + "; certificate of " +
                    (issuer.empty() ? std::string{"nobody named"} : std::string{issuer})};
    const auto type = answer[beast::http::field::content_type];
    return judge_upgrade({.status = answer.result_int(),
                          .is_page = is_page_type({type.data(), type.size()}),
                          .has_place = answer.count(beast::http::field::location) > 0},
                         address,
                         issuer);
}

bool is_numeric(const std::string& host) {
    boost::system::error_code error;
    (void)net::ip::make_address(host, error);
    return !error;
}

/// What the macro `SSL_set_tlsext_host_name` does, without its C casts (RFC 6066, section 3). A
/// proxy may route by it; nothing is trusted because of it.
void set_server_name(SSL* tls, std::string host) {
    (void)SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
}

}  // namespace

/// Kept alive by its coroutines: one that connects and then writes, one that reads.
class Transport::Impl {
public:
    Impl(net::io_context& io,
         std::shared_ptr<Conversation> conversation,
         const Clock& clock,
         LinkLimits limits)
        : conversation_(std::move(conversation)),
          clock_(clock),
          limits_(limits),
          wake_(io),
          reader_over_(io) {}

    static net::awaitable<void> run(std::shared_ptr<Impl> self, Destination destination);
    void report_closed(const Error& why);

    void wake() { wake_.cancel(); }

    void stop();

private:
    net::awaitable<Result<Hash>> connect(std::optional<Proxy> proxy);
    net::awaitable<Result<void>> shake_hands();
    net::awaitable<Result<void>> open_tls();
    net::awaitable<Result<void>> upgrade();
    Error explain(Error why);
    Result<Hash> exporter();
    static net::awaitable<void> read_loop(std::shared_ptr<Impl> self);
    net::awaitable<std::optional<Error>> read_message(beast::flat_buffer& buffer);
    void start_reading(const std::shared_ptr<Impl>& self);
    net::awaitable<Error> write_loop();
    net::awaitable<Error> explain_failed_write(boost::system::error_code error);
    void sleep_until_deadline();
    net::awaitable<void> hang_up(std::shared_ptr<Impl> self);

    bool is_stopped() const { return conversation_->is_stopped(); }

    Instant now();

    TlsStream& tls() { return stream_->next_layer(); }

    std::shared_ptr<Conversation> conversation_;
    ServerAddress address_;
    const Clock& clock_;
    LinkLimits limits_;
    ssl::context context_ = make_tls();
    std::optional<SecureStream> stream_;
    net::steady_timer wake_;         // the writer's: its deadline and its bell
    net::steady_timer reader_over_;  // cancelled when the reader has ended
    bool reading_ = false;
    std::optional<Error> read_error_;
};

Instant Transport::Impl::now() {
    return conversation_->not_before(clock_.now());
}

net::awaitable<Result<Hash>> Transport::Impl::connect(std::optional<Proxy> proxy) {
    auto socket =
        co_await reach(address_,
                       std::move(proxy),
                       {.connect_max = limits_.connect_max, .answer_max = limits_.proxy_max});
    if (!socket) co_return std::unexpected{socket.error()};
    stream_.emplace(std::move(*socket), context_);
    auto shaken = co_await shake_hands();
    if (!shaken) co_return std::unexpected{shaken.error()};
    co_return exporter();
}

net::awaitable<Result<void>> Transport::Impl::shake_hands() {
    auto opened = co_await open_tls();
    if (!opened) co_return opened;
    co_return co_await upgrade();
}

net::awaitable<Result<void>> Transport::Impl::open_tls() {
    if (!is_numeric(address_.host)) set_server_name(tls().native_handle(), address_.host);
    tls().expires_after(limits_.handshake_max);
    FirstBytes first_bytes{tls().native_handle()};
    const auto [error] = co_await tls().async_handshake(ssl::stream_base::client, use_result);
    if (error) co_return std::unexpected{to_tls_error(error, address_, first_bytes.take())};
    co_return Result<void>{};
}

net::awaitable<Result<void>> Transport::Impl::upgrade() {
    tls().expires_never();  // from here on WebSocket's own time-outs
    stream_->set_option(
        websocket::stream_base::timeout{limits_.handshake_max, limits_.silence_max, true});
    stream_->read_message_max(0);  // `read_message` counts by itself
    stream_->auto_fragment(false);
    stream_->binary(true);
    websocket::response_type answer;
    const auto [error] =
        co_await stream_->async_handshake(answer, to_string(address_), websocket_path, use_result);
    if (error)
        co_return std::unexpected{
            to_upgrade_error(error, answer, address_, issuer_of(tls().native_handle()))};
    co_return Result<void>{};
}

/// An end as it is told: before the server is known it may be the network's doing.
Error Transport::Impl::explain(Error why) {
    if (conversation_->knows_server()) return why;
    return judge_unproven(std::move(why), address_, issuer_of(tls().native_handle()));
}

/// RFC 8446, section 7.5: what only the two ends of this TLS connection can know.
Result<Hash> Transport::Impl::exporter() {
    Hash exported;
    const int done =
        SSL_export_keying_material(tls().native_handle(),
                                   reinterpret_cast<unsigned char*>(exported.bytes.data()),
                                   exported.bytes.size(),
                                   exporter_label.data(),
                                   exporter_label.size(),
                                   nullptr,
                                   0,
                                   0);
    if (done != 1) return fail(Errc::system_failed, "TLS exporter");
    return exported;
}

net::awaitable<void> Transport::Impl::run(std::shared_ptr<Impl> self, Destination destination) {
    co_await net::post(net::use_awaitable);  // no callback from inside the constructor
    auto address = parse_address(destination.server);
    if (!address) {
        self->report_closed(address.error());
        co_return;
    }
    self->address_ = *std::move(address);
    const auto exported = co_await self->connect(std::move(destination.proxy));
    if (!exported || self->is_stopped()) {
        if (!exported) self->report_closed(exported.error());
        self->stream_.reset();
        co_return;
    }
    self->conversation_->open(*exported, self->now());
    self->start_reading(self);
    const Error why = co_await self->write_loop();
    self->report_closed(self->explain(why));
    co_await self->hang_up(self);
    self->stream_.reset();  // and with it the time-outs of WebSocket
}

void Transport::Impl::start_reading(const std::shared_ptr<Impl>& self) {
    reading_ = true;
    net::co_spawn(
        stream_->get_executor(), read_loop(self), [self](const std::exception_ptr& thrown) {
            if (thrown) self->read_error_ = Error{Errc::out_of_memory, "reading from the server"};
            self->reading_ = false;
            self->reader_over_.cancel();
            self->wake_.cancel();
        });
}

net::awaitable<void> Transport::Impl::read_loop(std::shared_ptr<Impl> self) {
    beast::flat_buffer buffer{2 * message_bytes_max};
    for (;;) {
        auto error = co_await self->read_message(buffer);
        if (error) self->read_error_ = std::move(error);
        if (self->read_error_ || self->is_stopped()) co_return;
        const auto data = buffer.cdata();
        const auto* first = static_cast<const std::byte*>(data.data());
        self->conversation_->on_message(ByteView{first, data.size()}, self->now());
        buffer.consume(data.size());
        self->wake_.cancel();
    }
}

/// One message into the empty buffer. Beast's own limit closes the connection first, and an error
/// of that closing would hide that the message was too long.
net::awaitable<std::optional<Error>> Transport::Impl::read_message(beast::flat_buffer& buffer) {
    do {
        const std::size_t rest = message_bytes_max + 1 - buffer.size();
        const auto [error, size] = co_await stream_->async_read_some(buffer, rest, use_result);
        if (error) co_return to_error(error);
        if (buffer.size() > message_bytes_max)
            co_return Error{Errc::limit_exceeded, "message from the server"};
    } while (!stream_->is_message_done());
    co_return std::nullopt;
}

/// The only writer: does what the conversation says, then sleeps until a deadline or a bell.
net::awaitable<Error> Transport::Impl::write_loop() {
    const Error stopped{Errc::link_lost, "closed on this side"};
    for (;;) {
        while (auto next = conversation_->next()) {
            if (const auto* why = std::get_if<Error>(&*next)) co_return *why;
            Bytes& message = std::get<Bytes>(*next);
            const auto [error, size] =
                co_await stream_->async_write(net::buffer(message), use_result);
            wipe(message);  // it may have held a secret
            if (error) co_return co_await explain_failed_write(error);
        }
        if (is_stopped()) co_return stopped;
        if (read_error_) co_return *read_error_;
        sleep_until_deadline();
        (void)co_await wake_.async_wait(use_result);  // time or bell: the loop looks at everything
        if (is_stopped()) co_return stopped;
        if (const auto due = conversation_->next_deadline(); due && *due <= now())
            conversation_->on_timer(now());
    }
}

void Transport::Impl::sleep_until_deadline() {
    std::chrono::milliseconds rest = sleep_max;
    if (const auto due = conversation_->next_deadline())
        rest = std::clamp<std::chrono::milliseconds>(
            *due - std::min(*due, now()), std::chrono::milliseconds{0}, rest);
    wake_.expires_after(rest);
}

/// A server that refuses says why and closes: its last message may lie unread while our write
/// already fails. The reader finds it, if it is there.
net::awaitable<Error> Transport::Impl::explain_failed_write(boost::system::error_code error) {
    if (reading_) {
        reader_over_.expires_after(limits_.goodbye_max);
        (void)co_await reader_over_.async_wait(use_result);
    }
    while (const auto next = conversation_->next())
        if (const auto* why = std::get_if<Error>(&*next)) co_return *why;
    co_return read_error_.value_or(to_error(error));
}

/// Nothing may be pending when the stream dies: say goodbye, close, then wait for the reader.
net::awaitable<void> Transport::Impl::hang_up(std::shared_ptr<Impl> self) {
    net::steady_timer patience{stream_->get_executor(), limits_.goodbye_max};
    patience.async_wait([self](const boost::system::error_code& cancelled) {
        if (!cancelled && self->stream_) self->tls().close();
    });
    if (!read_error_ && stream_->is_open())
        (void)co_await stream_->async_close(websocket::close_code::normal, use_result);
    tls().close();
    while (reading_) {
        reader_over_.expires_after(limits_.goodbye_max);
        (void)co_await reader_over_.async_wait(use_result);
    }
    patience.cancel();
}

void Transport::Impl::report_closed(const Error& why) {
    if (is_stopped()) return;
    conversation_->stop();
    conversation_->on_closed(why);
}

void Transport::Impl::stop() {
    conversation_->stop();
    wake_.cancel();
}

Transport::Transport(net::io_context& io,
                     Destination destination,
                     std::shared_ptr<Conversation> conversation,
                     const Clock& clock,
                     const LinkLimits& limits)
    : impl_(std::make_shared<Impl>(io, std::move(conversation), clock, limits)) {
    net::co_spawn(io,
                  Impl::run(impl_, std::move(destination)),
                  [impl = impl_](const std::exception_ptr& thrown) {
                      if (thrown) impl->report_closed({Errc::out_of_memory, "connection"});
                  });
}

Transport::~Transport() {
    impl_->stop();
}

void Transport::wake() {
    impl_->wake();
}

}  // namespace samsyn
