#include "sync-server/net/metrics_listener.hpp"

#include "sync-server/net/as_result.hpp"
#include "sync-server/net/upgrade_rules.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace samsyn {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using net::ip::tcp;
using PlainStream = beast::basic_stream<tcp, net::any_io_executor>;
using PlainSocket = net::basic_stream_socket<tcp, net::any_io_executor>;

constexpr std::chrono::milliseconds accept_again{100};

Error to_bind_error(const error_code& ec) {
    if (ec == net::error::address_in_use) return {Errc::conflict, "the port is in use"};
    if (ec == net::error::access_denied) return {Errc::not_permitted, "the port is privileged"};
    if (ec == boost::system::errc::address_not_available)
        return {Errc::invalid_argument, "the address is not one of this machine"};
    return {Errc::system_failed, ec.message()};
}

struct PlainAnswer {
    http::status status = http::status::ok;
    std::string text;
    std::string_view type = "text/plain; charset=utf-8";
};

/// A page that somebody else is making.
struct AwaitedPage {
    explicit AwaitedPage(const net::any_io_executor& executor) : timer(executor) {}

    net::steady_timer timer;
    std::optional<std::string> text;
};

class PlainListener final : public MetricsListener,
                            public std::enable_shared_from_this<PlainListener> {
public:
    PlainListener(net::any_io_executor executor, Ports ports)
        : executor_(std::move(executor)),
          ports_(std::move(ports)),
          acceptor_(executor_),
          pause_(executor_) {}

    Result<void> listen(const std::string& host, std::uint16_t port) {
        SAMSYN_TRY(bind_acceptor(acceptor_, host, port));
        error_code ec;
        port_ = acceptor_.local_endpoint(ec).port();
        if (ec) return std::unexpected{to_bind_error(ec)};
        net::co_spawn(executor_, accept_loop(shared_from_this()), net::detached);
        return {};
    }

    std::uint16_t port() const override { return port_; }

    void close() override {
        net::post(executor_, [self = shared_from_this()] {
            error_code ignored;
            self->acceptor_.close(ignored);
            self->pause_.cancel();
        });
    }

private:
    net::awaitable<void> accept_loop(std::shared_ptr<PlainListener> self);
    net::awaitable<void> serve(std::shared_ptr<PlainListener> self, PlainSocket socket);
    net::awaitable<PlainAnswer> answer(const HttpRequest& request, bool more_bytes);
    net::awaitable<std::string> page();

    net::any_io_executor executor_;  ///< a strand: of all connections
    Ports ports_;
    net::basic_socket_acceptor<tcp, net::any_io_executor> acceptor_;
    net::steady_timer pause_;
    std::uint16_t port_ = 0;
    std::size_t open_ = 0;
};

net::awaitable<void> PlainListener::accept_loop(std::shared_ptr<PlainListener> self) {
    while (acceptor_.is_open()) {
        PlainSocket socket{executor_};
        auto [ec] = co_await acceptor_.async_accept(socket, as_result);
        if (ec == net::error::operation_aborted) co_return;
        if (ec) {
            pause_.expires_after(accept_again);
            (void)co_await pause_.async_wait(as_result);
        } else if (open_ < ports_.limits.metrics_connections_max) {
            ++open_;
            net::co_spawn(executor_,
                          serve(self, std::move(socket)),
                          [self](const std::exception_ptr&) { --self->open_; });
        }
    }
}

net::awaitable<void> PlainListener::serve(std::shared_ptr<PlainListener> self, PlainSocket socket) {
    PlainStream stream{std::move(socket)};
    stream.expires_after(ports_.limits.metrics_within);
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(ports_.limits.header_bytes_max));
    beast::flat_buffer buffer{ports_.limits.header_bytes_max + 1024};
    auto [read, size] = co_await http::async_read_header(stream, buffer, parser, as_result);
    if (read) co_return;
    PlainAnswer said = co_await self->answer(parser.get(), buffer.size() > 0);
    http::response<http::string_body> response{said.status, 11, std::move(said.text)};
    response.set(http::field::content_type, said.type);
    response.keep_alive(false);
    response.prepare_payload();
    (void)co_await http::async_write(stream, response, as_result);
    error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
}

net::awaitable<PlainAnswer> PlainListener::answer(const HttpRequest& request, bool more_bytes) {
    PlainAnswer said{http::status::not_found, "GET /metrics, /health or /ready\n"};
    if (asks_for(request, more_bytes, "/health")) said = {http::status::ok, "ok"};
    if (asks_for(request, more_bytes, "/ready")) {
        said = {http::status::ok, "ready"};
        if (const auto why_not = ports_.why_not_ready())
            said = {http::status::service_unavailable, "not ready: " + std::string{*why_not}};
    }
    if (asks_for(request, more_bytes, "/metrics")) {
        said.status = http::status::ok;
        said.type = "text/plain; version=0.0.4; charset=utf-8";
        said.text = co_await page();
    }
    co_return said;
}

net::awaitable<std::string> PlainListener::page() {
    const auto awaited = std::make_shared<AwaitedPage>(executor_);
    awaited->timer.expires_after(ports_.limits.metrics_within);
    ports_.page([awaited, executor = executor_](std::string text) {
        net::post(executor, [awaited, text = std::move(text)]() mutable {
            awaited->text = std::move(text);
            awaited->timer.cancel();
        });
    });
    (void)co_await awaited->timer.async_wait(as_result);
    co_return awaited->text.value_or(std::string{});
}

}  // namespace

Result<void> bind_acceptor(net::basic_socket_acceptor<tcp, net::any_io_executor>& acceptor,
                           const std::string& host,
                           std::uint16_t port) {
    error_code ec;
    net::ip::basic_resolver<tcp, net::any_io_executor> resolver{acceptor.get_executor()};
    const auto found = resolver.resolve(
        host, std::to_string(port), tcp::resolver::passive | tcp::resolver::numeric_service, ec);
    const std::string shown =
        (host.contains(':') ? "[" + host + "]" : host) + ":" + std::to_string(port);
    if (ec || found.empty()) return fail(Errc::invalid_argument, shown + ": the host is not known");
    const tcp::endpoint endpoint = *found.begin();
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(net::socket_base::reuse_address{true}, ec);
    // Not IPv4 as well, so that 0.0.0.0 and [::] can stand beside each other.
    if (!ec && endpoint.protocol() == tcp::v6()) acceptor.set_option(net::ip::v6_only{true}, ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(net::socket_base::max_listen_connections, ec);
    if (ec) return fail(to_bind_error(ec).code, shown + ": " + to_bind_error(ec).context);
    return {};
}

Result<std::shared_ptr<MetricsListener>> MetricsListener::start(net::any_io_executor executor,
                                                                const std::string& host,
                                                                std::uint16_t port,
                                                                Ports ports) {
    auto listener = std::make_shared<PlainListener>(std::move(executor), std::move(ports));
    SAMSYN_TRY(listener->listen(host, port));
    return listener;
}

}  // namespace samsyn
