#pragma once

#include "client-sdk/agent/json_lines.hpp"
#include "client-sdk/agent/unix_socket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <functional>
#include <memory>

namespace samsyn {

/// One caller of the agent: cuts its bytes into requests, queues answers and events. One reader and
/// one writer coroutine keep it alive. Single-threaded.
class LineConnection : public std::enable_shared_from_this<LineConnection> {
public:
    struct Events {
        std::function<void(LineConnection&, AgentRequest)> on_request;
        std::function<void(LineConnection&)> on_closed;
    };

    LineConnection(boost::asio::io_context& io, std::size_t queued_bytes_max, Events events);

    /// Takes over a connected socket with what was read from it already. Errors: `system_failed`.
    Result<void> start(UniqueFd socket, const std::string& first_bytes);

    /// Queues the answer to a request; no more requests are read while too much is unread.
    void answer(const nlohmann::json& id, nlohmann::json answer);

    /// Queues an event. A caller that does not read them is closed: events have no end.
    void notify(const std::string& line);

    /// Sends an event at once, past the queue, while this thread does something long; left out
    /// where the caller has not read what came before. False where the caller is gone.
    bool tell_now(const std::string& line);

    /// An answer will come later: the caller's closing its writing side must not lose it.
    void expect_answer() { ++expected_; }

    void answer_expected(const nlohmann::json& id, nlohmann::json answer);

    /// Closes once what is queued has been written.
    void refuse_more() { refusing_ = true; }

    void close();

    /// Whether something waits that the caller has not read.
    bool has_unread() const { return queued_bytes_ > 0; }

    bool watching = false;

private:
    boost::asio::awaitable<void> read_loop(std::shared_ptr<LineConnection> keep_alive);
    boost::asio::awaitable<void> write_loop(std::shared_ptr<LineConnection> keep_alive);
    void take_request(std::string_view line);
    void queue(std::string line);

    boost::asio::local::stream_protocol::socket socket_;
    boost::asio::steady_timer written_;  // cancelled when the queue has shrunk
    boost::asio::steady_timer wake_;     // cancelled when the queue has grown, or nothing follows
    std::size_t queued_bytes_max_;
    Events events_;
    LineBuffer lines_{request_bytes_max};
    std::deque<std::string> queue_;
    std::size_t queued_bytes_ = 0;
    std::size_t expected_ = 0;
    bool refusing_ = false;
    bool read_all_ = false;
    bool closed_ = false;
};

}  // namespace samsyn
