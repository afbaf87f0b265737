#include "client-sdk/net/dial.hpp"

#include "client-sdk/net/as_result.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <memory>
#include <vector>

namespace samsyn {

namespace net = boost::asio;
using net::ip::tcp;

namespace {

std::unexpected<Error> unreachable(const ServerAddress& address, std::string_view cause) {
    return fail(Errc::unreachable, to_string(address) + ": " + std::string{cause});
}

/// Words of our own where there are some: the sentence for a person is found by them.
std::string cause_of(const boost::system::error_code& error) {
    if (error == net::error::connection_refused) return "nothing listens there";
    if (error == net::error::host_not_found || error == net::error::host_not_found_try_again ||
        error == net::error::no_data)
        return "the name is not known";
    return error.message();
}

/// A name's addresses, for as long as somebody waits for them.
struct Lookup {
    explicit Lookup(const net::any_io_executor& executor)
        : resolver(executor),
          patience(executor) {}

    tcp::resolver resolver;
    net::steady_timer patience;
    std::vector<tcp::endpoint> endpoints;
    boost::system::error_code error;
    bool done = false;
};

net::awaitable<Result<std::vector<tcp::endpoint>>> look_up(ServerAddress address,
                                                           std::chrono::seconds time_max) {
    boost::system::error_code not_numeric;
    if (const auto numeric = net::ip::make_address(address.host, not_numeric); !not_numeric)
        co_return std::vector{tcp::endpoint{numeric, address.port}};

    // getaddrinfo cannot be interrupted: on a time-out it ends by itself and finds nobody waiting.
    auto lookup = std::make_shared<Lookup>(co_await net::this_coro::executor);
    lookup->resolver.async_resolve(
        address.host,
        std::to_string(address.port),
        [lookup](const boost::system::error_code& error, const tcp::resolver::results_type& found) {
            for (const auto& entry : found) lookup->endpoints.push_back(entry.endpoint());
            lookup->error = error;
            lookup->done = true;
            lookup->patience.cancel();
        });
    lookup->patience.expires_after(time_max);
    (void)co_await lookup->patience.async_wait(use_result);  // either end is told by `done`

    if (!lookup->done) co_return unreachable(address, "the name was not resolved in time");
    if (lookup->error) co_return unreachable(address, cause_of(lookup->error));
    co_return std::move(lookup->endpoints);
}

}  // namespace

net::awaitable<Result<tcp::socket>> dial(ServerAddress address, std::chrono::seconds time_max) {
    const auto start = std::chrono::steady_clock::now();
    auto endpoints = co_await look_up(address, time_max);
    if (!endpoints) co_return std::unexpected{endpoints.error()};

    boost::beast::tcp_stream stream{co_await net::this_coro::executor};
    stream.expires_at(start + time_max);
    const auto [error, endpoint] = co_await stream.async_connect(*endpoints, use_result);
    if (error == boost::beast::error::timeout) co_return unreachable(address, "no answer in time");
    if (error) co_return unreachable(address, cause_of(error));

    stream.expires_never();
    boost::system::error_code ignored;  // an optimisation only: small messages do not wait
    stream.socket().set_option(tcp::no_delay{true}, ignored);
    co_return stream.release_socket();
}

}  // namespace samsyn
