// A connection's HTTP: one request, and the upgrade or the one answer.

#include "sync-server/net/connection_impl.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace samsyn {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using std::chrono::steady_clock;

net::awaitable<bool> WebSocketConnection::upgrade() {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
    beast::flat_buffer buffer{limits_.header_bytes_max + 1024};
    auto [read, size] =
        co_await http::async_read_header(ws_.next_layer(), buffer, parser, as_result);
    if (read == http::error::header_limit || read == http::error::buffer_overflow) {
        co_await answer({http::status::request_header_fields_too_large, "header too large\n"},
                        EndReason::refused_request);
        co_return false;
    }
    if (read) {
        drop_now(EndReason::bad_request);
        co_return false;
    }
    const HttpRequest& request = parser.get();
    const bool more_bytes = buffer.size() > 0;
    if (asks_for(request, more_bytes, "/health")) {
        co_await answer({http::status::ok, "ok"}, EndReason::health);
        co_return false;
    }
    if (asks_for(request, more_bytes, "/ready")) {
        // Why not is told to the listener for metrics, not to everybody.
        UpgradeRefusal said{http::status::ok, "ready"};
        if (ports_.readiness.why_not(steady_clock::now()))
            said = {http::status::service_unavailable, "not ready"};
        co_await answer(said, EndReason::health);
        co_return false;
    }
    const UpgradeRefusal refusal = judge_upgrade(request, more_bytes, limits_);
    if (refusal.status != http::status::ok) {
        co_await answer(refusal, EndReason::refused_request);
        co_return false;
    }
    prepare_web_socket();
    auto [accepted] = co_await ws_.async_accept(request, as_result);
    if (accepted) drop_now(EndReason::refused_request);
    co_return !accepted;
}

void WebSocketConnection::prepare_web_socket() {
    // Deadlines are watched by `watch`, which knows more than Beast's own timer.
    ws_.set_option(websocket::stream_base::timeout{
        websocket::stream_base::none(), websocket::stream_base::none(), false});
    ws_.set_option(websocket::stream_base::decorator(
        [](websocket::response_type& response) { response.set(http::field::server, "samsyn"); }));
    ws_.control_callback([this](websocket::frame_type, beast::string_view) { on_control_frame(); });
    ws_.read_message_max(limits_.message_bytes_before_max);
    ws_.auto_fragment(false);
    ws_.binary(true);
}

net::awaitable<void> WebSocketConnection::answer(UpgradeRefusal refusal, EndReason why) {
    http::response<http::string_body> response{refusal.status, 11, std::string{refusal.text}};
    response.set(http::field::server, "samsyn");
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.keep_alive(false);
    response.prepare_payload();
    if (!why_) why_ = why;
    enter(ConnectionState::closing);
    deadlines_.closing_since = steady_clock::now();
    watch_timer_.cancel();
    auto [written, size] = co_await http::async_write(ws_.next_layer(), response, as_result);
    if (!written) (void)co_await ws_.next_layer().async_shutdown(as_result);
}

}  // namespace samsyn
