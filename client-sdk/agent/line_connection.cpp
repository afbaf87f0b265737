#include "client-sdk/agent/line_connection.hpp"

#include "client-sdk/net/as_result.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <exception>
#include <poll.h>
#include <sys/socket.h>

namespace samsyn {

namespace net = boost::asio;

namespace {}  // namespace

LineConnection::LineConnection(net::io_context& io, std::size_t queued_bytes_max, Events events)
    : socket_(io),
      written_(io),
      wake_(io),
      queued_bytes_max_(queued_bytes_max),
      events_(std::move(events)) {}

Result<void> LineConnection::start(UniqueFd socket, const std::string& first_bytes) {
    boost::system::error_code error;
    socket_.assign(net::local::stream_protocol{}, socket.value(), error);
    if (error) return fail(Errc::system_failed, "connection: " + error.message());
    (void)socket.release();
    lines_.append(first_bytes);
    const auto self = shared_from_this();
    const auto on_end = [self](const std::exception_ptr& thrown) {
        if (thrown) self->close();  // out of memory: this caller's connection is its price
    };
    net::co_spawn(socket_.get_executor(), read_loop(self), on_end);
    net::co_spawn(socket_.get_executor(), write_loop(self), on_end);
    return {};
}

net::awaitable<void> LineConnection::read_loop(
    [[maybe_unused]] std::shared_ptr<LineConnection> keep_alive) {
    std::array<char, 16 * 1024> bytes{};
    for (bool wanted = true; wanted && !refusing_ && !closed_;) {
        while (!closed_ && queued_bytes_ > queued_bytes_max_) {
            written_.expires_at(net::steady_timer::time_point::max());
            (void)co_await written_.async_wait(use_result);  // woken by `cancel` only
        }
        auto line = lines_.next();
        if (!line) {
            answer({}, error_answer(line.error()));
            wanted = false;
        } else if (*line) {
            take_request(**line);
        } else {
            const auto [error, size] =
                co_await socket_.async_read_some(net::buffer(bytes), use_result);
            wanted = !error;
            lines_.append({bytes.data(), size});
        }
    }
    // The caller may have closed its writing side only: it still gets what it waits for.
    read_all_ = true;
    watching = false;
    wake_.cancel();
}

void LineConnection::take_request(std::string_view line) {
    AgentRequest request = parse_request(line);
    if (request.fault)
        answer(request.id, error_answer(*request.fault));
    else
        events_.on_request(*this, std::move(request));
}

net::awaitable<void> LineConnection::write_loop(
    [[maybe_unused]] std::shared_ptr<LineConnection> keep_alive) {
    while (!closed_) {
        if (queue_.empty()) {
            if (read_all_ && expected_ == 0) break;
            wake_.expires_at(net::steady_timer::time_point::max());
            (void)co_await wake_.async_wait(use_result);  // woken by `cancel` only
            continue;
        }
        const std::string line = std::move(queue_.front());
        queue_.pop_front();
        const auto [error, size] =
            co_await net::async_write(socket_, net::buffer(line), use_result);
        if (error) break;
        queued_bytes_ -= line.size();
        written_.cancel();
    }
    close();
}

void LineConnection::answer(const nlohmann::json& id, nlohmann::json answer) {
    queue(to_answer_line(id, std::move(answer)));
}

void LineConnection::answer_expected(const nlohmann::json& id, nlohmann::json answer) {
    --expected_;
    this->answer(id, std::move(answer));
}

void LineConnection::notify(const std::string& line) {
    if (queued_bytes_ > queued_bytes_max_)
        close();
    else
        queue(line);
}

bool LineConnection::tell_now(const std::string& line) {
    if (closed_) return false;
    pollfd polled{socket_.native_handle(), POLLOUT, 0};
    if (::poll(&polled, 1, 0) < 0 || (polled.revents & (POLLHUP | POLLERR)) != 0) return false;
    if (queued_bytes_ > 0 || (polled.revents & POLLOUT) == 0) return true;
    const ssize_t sent =
        ::send(socket_.native_handle(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    return static_cast<std::size_t>(sent) == line.size();  // half a line: it is of no use any more
}

void LineConnection::queue(std::string line) {
    if (closed_) return;
    queued_bytes_ += line.size();
    queue_.push_back(std::move(line));
    wake_.cancel();
}

void LineConnection::close() {
    if (std::exchange(closed_, true)) return;
    boost::system::error_code ignored;  // nothing is left to be written
    socket_.close(ignored);
    wake_.cancel();
    written_.cancel();
    events_.on_closed(*this);
}

}  // namespace samsyn
