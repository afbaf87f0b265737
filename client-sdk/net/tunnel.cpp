#include "client-sdk/net/tunnel.hpp"

#include "client-sdk/net/as_result.hpp"
#include "client-sdk/net/dial.hpp"
#include "client-sdk/net/obstacles.hpp"
#include "core/base/secret.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <utility>

namespace samsyn {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using net::ip::tcp;

namespace {

/// RFC 4648, section 4.
std::string to_base64(std::string_view text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string coded;
    coded.reserve((text.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < text.size(); i += 3) {
        std::uint32_t three = 0;
        for (std::size_t j = 0; j < 3; ++j)
            three =
                three << 8U | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            coded.push_back(i + j > text.size() ? '=' : digits[three >> (18U - 6U * j) & 0x3fU]);
    }
    return coded;
}

void wipe_request(std::string& text) {
    wipe(std::as_writable_bytes(std::span{text.data(), text.size()}));
}

/// RFC 9110, section 9.3.6, and RFC 7617. The caller wipes it.
std::string connect_request(const ServerAddress& server, const Proxy& proxy) {
    const std::string target = to_string(server);
    std::string request;
    request.reserve(2 * target.size() + 4 * proxy_credential_bytes_max);  // no copy left behind
    request.append("CONNECT ").append(target).append(" HTTP/1.1\r\nHost: ").append(target);
    if (!proxy.user.empty()) {
        std::string shown;
        shown.reserve(proxy.user.size() + proxy.password.size() + 1);
        shown.append(proxy.user).append(":").append(proxy.password);
        std::string coded = to_base64(shown);
        request.append("\r\nProxy-Authorization: Basic ").append(coded);
        wipe_request(shown);
        wipe_request(coded);
    }
    return request.append("\r\n\r\n");
}

Error failed_at(const Proxy& proxy, std::string_view cause) {
    return {Errc::proxy_failed, "proxy " + to_string(proxy.address) + ": " + std::string{cause}};
}

/// Why there is no answer that could be judged.
Error no_answer(const Proxy& proxy, const boost::system::error_code& error) {
    if (error == beast::error::timeout) return failed_at(proxy, "no whole answer in time");
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return failed_at(proxy, "its answer is too long");
    const bool broken = error == net::error::eof || error == net::error::connection_reset ||
                        error == net::error::broken_pipe || error == http::error::end_of_stream ||
                        error == http::error::partial_message;
    if (broken) return failed_at(proxy, "it broke off before it had answered");
    if (error.category() == make_error_code(http::error::bad_version).category())
        return failed_at(proxy, "its answer is not HTTP");
    return failed_at(proxy, error.message());
}

ConnectAnswer to_answer(const http::response<http::empty_body>& response, std::size_t excess) {
    ConnectAnswer answer{.status = response.result_int(),
                         .is_page = is_page_type(response[http::field::content_type]),
                         .excess_bytes = excess};
    const auto [first, last] = response.equal_range(http::field::proxy_authenticate);
    for (auto field = first; field != last; ++field)
        add_scheme(answer.schemes, std::string_view{field->value().data(), field->value().size()});
    return answer;
}

net::awaitable<Result<tcp::socket>> tunnel(tcp::socket socket,
                                           ServerAddress server,
                                           Proxy proxy,
                                           TunnelLimits limits) {
    beast::tcp_stream stream{std::move(socket)};
    stream.expires_after(limits.answer_max);  // for all of it: a drip does not prolong it
    std::string request = connect_request(server, proxy);
    const auto [write_error, written] =
        co_await net::async_write(stream, net::buffer(request), use_result);
    wipe_request(request);
    if (write_error) co_return std::unexpected{no_answer(proxy, write_error)};

    http::response_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    parser.skip(true);
    beast::flat_buffer buffer{limits.header_bytes_max};
    const auto [error, size] = co_await http::async_read_header(stream, buffer, parser, use_result);
    if (error) co_return std::unexpected{no_answer(proxy, error)};
    if (auto refused = judge_connect(to_answer(parser.get(), buffer.size()), proxy))
        co_return std::unexpected{*std::move(refused)};
    stream.expires_never();
    co_return stream.release_socket();
}

}  // namespace

net::awaitable<Result<tcp::socket>> reach(ServerAddress server,
                                          std::optional<Proxy> proxy,
                                          TunnelLimits limits) {
    if (!proxy) co_return co_await dial(std::move(server), limits.connect_max);
    auto socket = co_await dial(proxy->address, limits.connect_max);
    if (!socket)
        co_return std::unexpected{Error{Errc::proxy_failed, "proxy " + socket.error().context}};
    co_return co_await tunnel(*std::move(socket), std::move(server), *std::move(proxy), limits);
}

}  // namespace samsyn
