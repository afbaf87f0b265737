#include "tests/client-sdk/net/scripted_proxy.hpp"

#include "core/wire/messages.hpp"
#include "tests/client-sdk/net/own_certificate.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <thread>

namespace samsyn::test {

namespace net = boost::asio;
namespace ssl = boost::asio::ssl;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using net::ip::tcp;
using TlsStream = ssl::stream<tcp::socket>;

namespace {

constexpr auto as_values = net::as_tuple(net::use_awaitable);
constexpr std::string_view established = "HTTP/1.1 200 Connection established\r\n\r\n";

std::string_view answer_of(ProxyAct act) {
    switch (act) {
        case ProxyAct::ask_login:
            return "HTTP/1.1 407 Proxy Authentication Required\r\n"
                   "Proxy-Authenticate: Basic realm=\"gäst\"\r\nContent-Length: 0\r\n\r\n";
        case ProxyAct::ask_negotiate:
            return "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\n"
                   "Proxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n";
        case ProxyAct::refuse:
            return "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>nej</html>";
        case ProxyAct::bad_gateway:
            return "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";
        case ProxyAct::redirect:
            return "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n";
        case ProxyAct::page:
            return "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
                   "<html>Logga in</html>";
        case ProxyAct::speak_first:
            return "HTTP/1.1 200 Connection established\r\n\r\n\x16\x03\x01 och mer";
        case ProxyAct::garbage:
            return "\x01\x02 inte HTTP \xff\xfe\r\n\r\n";
        case ProxyAct::hang_up_midway:
            return "HTTP/1.1 200 Connec";
        default:
            return "";
    }
}

tcp::endpoint endpoint_of(const std::string& address) {
    const auto port = static_cast<std::uint16_t>(std::stoul(address.substr(address.find(':') + 1)));
    return {net::ip::address_v4::loopback(), port};
}

}  // namespace

class ScriptedProxy::Impl {
public:
    explicit Impl(ProxyScript script)
        : script_(std::move(script)),
          acceptor_(io_, {net::ip::address_v4::loopback(), 0}) {
        certify(to_device_, "Gästnätets CA");
        if (script_.carry == CarryAct::intercept_old)
            SSL_CTX_set_max_proto_version(to_device_.native_handle(), TLS1_2_VERSION);
        to_server_.set_verify_mode(ssl::verify_none);
        net::co_spawn(io_, accept(), [](const std::exception_ptr&) {});
        address_ = "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
        thread_ = std::thread{[this] { io_.run(); }};
    }

    ~Impl() {
        io_.stop();
        thread_.join();
    }

    std::string address_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::string up_;
    std::size_t down_ = 0;

private:
    net::awaitable<void> accept() {
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(as_values);
            if (error) co_return;
            net::co_spawn(io_, serve(std::move(socket)), [](const std::exception_ptr&) {});
        }
    }

    net::awaitable<void> serve(tcp::socket device) {
        std::string target = script_.straight_to;
        if (target.empty()) {
            target = co_await answer_connect(device);
            if (target.empty()) co_return;
        }
        switch (script_.carry) {
            case CarryAct::carry:
            case CarryAct::swallow:
            case CarryAct::cut:
                co_await carry(std::move(device), target);
                break;
            default:
                co_await open_tls(std::move(device), target);
        }
    }

    /// Where to; empty where the connection has ended.
    net::awaitable<std::string> answer_connect(tcp::socket& device) {
        std::string header;
        const auto [error, size] = co_await net::async_read_until(
            device, net::dynamic_buffer(header), "\r\n\r\n", as_values);
        if (error) co_return "";
        {
            const std::lock_guard lock{mutex_};
            requests_.push_back(header);
        }
        std::string_view answer = answer_of(script_.act);
        const bool logged_in = script_.act == ProxyAct::ask_login &&
                               header.find("Proxy-Authorization: Basic " + script_.login +
                                           "\r\n") != std::string::npos;
        const bool good = logged_in || script_.act == ProxyAct::tunnel;
        if (good) answer = established;
        (void)co_await net::async_write(device, net::buffer(answer), as_values);
        if (good) co_return header.substr(8, header.find(' ', 8) - 8);
        co_await misbehave(device);
        co_return "";
    }

    net::awaitable<void> misbehave(tcp::socket& device) {
        net::steady_timer pause{io_};
        const auto send = [&](std::string_view text) {
            return net::async_write(device, net::buffer(text), as_values);
        };
        std::array<char, 256> bytes{};
        if (script_.act == ProxyAct::drip || script_.act == ProxyAct::huge_header) {
            (void)co_await send("HTTP/1.1 200 OK\r\n");
            for (;;) {
                const bool drips = script_.act == ProxyAct::drip;
                const auto [error, size] = co_await send(drips ? "X" : "X-Field: much\r\n");
                if (error) co_return;
                if (!drips) continue;
                pause.expires_after(std::chrono::milliseconds{20});
                (void)co_await pause.async_wait(as_values);
            }
        }
        if (script_.act == ProxyAct::hang_up || script_.act == ProxyAct::hang_up_midway) co_return;
        for (;;) {  // until the device has had enough
            const auto [error, size] =
                co_await device.async_read_some(net::buffer(bytes), as_values);
            if (error) co_return;
        }
    }

    net::awaitable<void> carry(tcp::socket device, std::string target) {
        tcp::socket server{io_};
        const auto [error] = co_await server.async_connect(endpoint_of(target), as_values);
        if (error) co_return;
        auto ends = std::make_shared<std::pair<tcp::socket, tcp::socket>>(std::move(device),
                                                                          std::move(server));
        net::co_spawn(io_, up(ends, ends->first, ends->second), [](const std::exception_ptr&) {});
        co_await down(ends, ends->second, ends->first);
    }

    net::awaitable<void> open_tls(tcp::socket device, std::string target) {
        auto ends = std::make_shared<std::pair<TlsStream, TlsStream>>(
            TlsStream{std::move(device), to_device_}, TlsStream{tcp::socket{io_}, to_server_});
        const auto [shaken] =
            co_await ends->first.async_handshake(ssl::stream_base::server, as_values);
        if (shaken) co_return;
        if (script_.carry == CarryAct::intercept_refuse ||
            script_.carry == CarryAct::intercept_page)
            co_return co_await answer_upgrade(ends->first);
        if (script_.carry == CarryAct::intercept_goodbye)
            co_return co_await pretend(std::move(ends->first));
        const auto [error] =
            co_await ends->second.next_layer().async_connect(endpoint_of(target), as_values);
        if (error) co_return;
        const auto [opened] =
            co_await ends->second.async_handshake(ssl::stream_base::client, as_values);
        if (opened) co_return;
        net::co_spawn(io_, up(ends, ends->first, ends->second), [](const std::exception_ptr&) {});
        co_await down(ends, ends->second, ends->first);
    }

    net::awaitable<void> answer_upgrade(TlsStream& device) {
        std::string header;
        const auto [error, size] = co_await net::async_read_until(
            device, net::dynamic_buffer(header), "\r\n\r\n", as_values);
        if (error) co_return;
        const std::string_view answer =
            script_.carry == CarryAct::intercept_page
                ? "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
                : "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        (void)co_await net::async_write(device, net::buffer(answer), as_values);
        (void)co_await device.async_shutdown(as_values);
    }

    /// Somebody who knows what a server says, and has no key of one.
    net::awaitable<void> pretend(TlsStream tls) {
        websocket::stream<TlsStream> device{std::move(tls)};
        const auto [error] = co_await device.async_accept(as_values);
        if (error) co_return;
        device.binary(true);
        beast::flat_buffer hello;
        (void)co_await device.async_read(hello, as_values);
        const Bytes goodbye = encode_message(Goodbye{Errc::revoked_device, ""});
        (void)co_await device.async_write(net::buffer(goodbye), as_values);
        (void)co_await device.async_read(hello, as_values);
    }

    template <class Ends, class Stream>
    net::awaitable<void> up(std::shared_ptr<Ends> ends, Stream& device, Stream& server) {
        std::array<char, 4096> bytes{};
        for (;;) {
            const auto [error, size] =
                co_await device.async_read_some(net::buffer(bytes), as_values);
            if (error) break;
            {
                const std::lock_guard lock{mutex_};
                up_.append(bytes.data(), size);
            }
            const auto [failed, written] =
                co_await net::async_write(server, net::buffer(bytes.data(), size), as_values);
            if (failed) break;
        }
        close(*ends);
    }

    template <class Ends, class Stream>
    net::awaitable<void> down(std::shared_ptr<Ends> ends, Stream& server, Stream& device) {
        std::array<char, 4096> bytes{};
        std::size_t rest = script_.bytes_down;
        for (;;) {
            const bool done = rest == 0;
            if (done && script_.carry == CarryAct::cut) break;
            const auto [error, size] =
                co_await server.async_read_some(net::buffer(bytes), as_values);
            if (error) break;
            const std::size_t carried = std::min(size, rest);
            if (rest != std::numeric_limits<std::size_t>::max()) rest -= carried;
            const auto [failed, written] =
                co_await net::async_write(device, net::buffer(bytes.data(), carried), as_values);
            if (failed) break;
            const std::lock_guard lock{mutex_};
            down_ += carried;
        }
        close(*ends);
    }

    template <class Ends>
    static void close(Ends& ends) {
        boost::system::error_code ignored;
        ends.first.lowest_layer().close(ignored);
        ends.second.lowest_layer().close(ignored);
    }

    ProxyScript script_;
    net::io_context io_{1};
    ssl::context to_device_{ssl::context::tls_server};
    ssl::context to_server_{ssl::context::tls_client};
    tcp::acceptor acceptor_;
    std::thread thread_;
};

ScriptedProxy::ScriptedProxy(ProxyScript script)
    : impl_(std::make_unique<Impl>(std::move(script))) {}

ScriptedProxy::~ScriptedProxy() = default;

std::string ScriptedProxy::address() const {
    return impl_->address_;
}

std::vector<std::string> ScriptedProxy::requests() const {
    const std::lock_guard lock{impl_->mutex_};
    return impl_->requests_;
}

std::string ScriptedProxy::carried_up() const {
    const std::lock_guard lock{impl_->mutex_};
    return impl_->up_;
}

std::size_t ScriptedProxy::carried_down() const {
    const std::lock_guard lock{impl_->mutex_};
    return impl_->down_;
}

}  // namespace samsyn::test
