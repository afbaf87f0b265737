#pragma once

#include "sync-server/net/connection.hpp"
#include "sync-server/net/deadlines.hpp"
#include "sync-server/net/edge_stream.hpp"
#include "sync-server/net/upgrade_rules.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <memory>

namespace samsyn {

/// The connection, in the files connection*.cpp: its life and its deadlines, HTTP, messages.
class WebSocketConnection final : public Connection,
                                  public LinkPort,
                                  public ByteListener,
                                  public std::enable_shared_from_this<WebSocketConnection> {
public:
    WebSocketConnection(const ConnectionPorts& ports,
                        boost::asio::ssl::context& tls,
                        Socket socket,
                        Admission::Place place,
                        LinkId id,
                        std::function<void()> on_end);

    void start();

    // Connection and LinkPort: from any thread, onto the strand.
    void abandon(EndReason why) override;
    void abandon_unless_open() override;
    void make_room() override;

    void drop(EndReason why) override { abandon(why); }

    void on_authenticated() override;
    void on_consumed(std::size_t bytes) override;
    void on_paused(bool paused) override;
    void send(Bytes message, bool close) override;

    void on_bytes(std::size_t size) noexcept override;

private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    template <class Call>
    void post(Call call) {
        boost::asio::post(executor_, [self = shared_from_this(), call = std::move(call)]() mutable {
            if (!self->over_) call(*self);
        });
    }

    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> watch();
    void ping_if_due(SteadyTime now);
    void enter(ConnectionState state);
    void begin_peers_turn();
    void on_turn_changed();
    void drop_now(EndReason why);
    void finish();

    // connection_http.cpp

    /// HTTP until the answer to the upgrade has been sent. False: the connection is over.
    boost::asio::awaitable<bool> upgrade();
    boost::asio::awaitable<void> answer(UpgradeRefusal refusal, EndReason why);
    void prepare_web_socket();

    // connection_messages.cpp
    boost::asio::awaitable<void> read_loop();
    void on_read_failed(boost::system::error_code ec);
    void accept_message(std::size_t size);
    void on_control_frame();
    bool must_wait() const;
    void on_waiting_changed();
    void write(Bytes message, bool close);
    void on_written(boost::system::error_code ec);
    void begin_close(boost::beast::websocket::close_code code, EndReason why);

    ConnectionPorts ports_;
    const NetLimits& limits_;
    LinkId id_;
    Admission::Place place_;
    std::function<void()> on_end_;
    boost::asio::any_io_executor executor_;
    WebSocket ws_;
    boost::asio::steady_timer watch_timer_;  ///< the next deadline; cancelled where they change
    boost::asio::steady_timer room_timer_;   ///< never expires; cancelled where reading may go on

    boost::beast::flat_buffer buffer_;
    Bytes out_;                      ///< the one frame in flight
    std::size_t waiting_bytes_ = 0;  ///< handed to the hub, not handled yet
    std::size_t waiting_messages_ = 0;
    std::size_t bytes_since_message_ = 0;  ///< of all layers
    TokenBucket control_frames_;
    Deadlines deadlines_;
    SteadyTime last_heard_;
    ConnectionState state_ = ConnectionState::handshake;
    std::optional<EndReason> why_;  ///< the first reason to end
    std::string detail_;            ///< for the log: a fixed phrase of a library
    bool close_after_write_ = false;
    bool pinging_ = false;
    bool paused_ = false;  ///< it does not take its answers
    bool flooded_ = false;
    bool open_ = false;  ///< the hub knows the link
    bool over_ = false;
};

}  // namespace samsyn
