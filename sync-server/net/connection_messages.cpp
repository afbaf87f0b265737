// A connection's messages: from the peer to the hub, and from the hub to the peer.

#include "sync-server/net/connection_impl.hpp"

namespace samsyn {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using std::chrono::steady_clock;

net::awaitable<void> WebSocketConnection::read_loop() {
    for (;;) {
        auto [ec, size] = co_await ws_.async_read(buffer_, as_result);
        if (ec) {
            on_read_failed(ec);
            co_return;
        }
        accept_message(size);
        // A device that has said much once does not hold the memory for it ever after.
        buffer_ = beast::flat_buffer{};

        // Once there is a reason to end, the next read says so: what waits may never be handled.
        while (must_wait() && !why_) (void)co_await room_timer_.async_wait(as_result);
    }
}

void WebSocketConnection::on_read_failed(error_code ec) {
    if (why_) return;
    const auto& of_web_socket = websocket::make_error_code(websocket::error::closed).category();
    if (ec == websocket::error::closed) {
        why_ = EndReason::closed_by_peer;
    } else if (ec == websocket::error::message_too_big) {
        why_ = EndReason::too_large;
    } else {
        why_ = ec.category() == of_web_socket ? EndReason::protocol_error : EndReason::lost;
        detail_ = ec.message();
    }
}

/// One whole message. While closing, what still comes is thrown away: the peer may be in the middle
/// of saying something.
void WebSocketConnection::accept_message(std::size_t size) {
    if (deadlines_.closing_since) return;
    if (deadlines_.authenticated) bytes_since_message_ = 0;
    if (!ws_.got_binary()) {
        begin_close(websocket::close_code::unknown_data, EndReason::text_message);
        return;
    }
    const ByteView message{static_cast<const std::byte*>(buffer_.data().data()), size};
    if (ports_.recorder) ports_.recorder->record(id_, FrameRecorder::Direction::came, message);
    if (!ports_.hub.message(id_, to_bytes(message))) {
        begin_close(websocket::close_code::try_again_later, EndReason::busy);
        return;
    }
    waiting_bytes_ += size;
    ++waiting_messages_;
    on_waiting_changed();
}

/// In the middle of a read. Each ping costs a pong, and none of them says anything.
void WebSocketConnection::on_control_frame() {
    if (deadlines_.authenticated) bytes_since_message_ = 0;
    const auto now = steady_clock::now().time_since_epoch();
    const Instant at{std::chrono::duration_cast<Instant::duration>(now)};
    if (control_frames_.take(limits_.control_frames, at) || flooded_) return;
    flooded_ = true;
    abandon(EndReason::control_flood);
}

/// Before the proof one message at a time, so that the limits of the next are known; afterwards so
/// much that a group is worth its commit, and nothing from whoever does not take the answers.
bool WebSocketConnection::must_wait() const {
    if (!deadlines_.authenticated) return waiting_messages_ > 0;
    return paused_ || waiting_bytes_ >= limits_.waiting_bytes_max;
}

void WebSocketConnection::on_waiting_changed() {
    deadlines_.waits_for_us = waiting_messages_ > 0;
    deadlines_.not_read = must_wait();
    on_turn_changed();
}

void WebSocketConnection::on_authenticated() {
    post([](WebSocketConnection& self) {
        self.deadlines_.authenticated = true;
        self.place_.give_back();
        self.bytes_since_message_ = 0;
        if (!self.deadlines_.closing_since) self.enter(ConnectionState::session);
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
        self.deadlines_.turn_began = steady_clock::now();
        self.on_waiting_changed();
        self.room_timer_.cancel();
    });
}

void WebSocketConnection::on_paused(bool paused) {
    post([paused](WebSocketConnection& self) {
        self.paused_ = paused;
        self.deadlines_.turn_began = steady_clock::now();
        self.on_waiting_changed();
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
    if (watch_timer_.expiry() > *deadlines_.writing_since + limits_.write_max)
        watch_timer_.cancel();
    on_turn_changed();
    ws_.async_write(net::buffer(out_), [self = shared_from_this()](error_code ec, std::size_t) {
        self->on_written(ec);
    });
}

void WebSocketConnection::on_written(error_code ec) {
    deadlines_.writing_since.reset();
    begin_peers_turn();
    wipe(out_);  // it may have held a secret
    out_ = {};
    if (over_) return;
    if (ec)
        drop_now(EndReason::lost);
    else if (close_after_write_)
        begin_close(websocket::close_code::normal, EndReason::session_ended);
    else
        ports_.hub.link_free(id_);
}

void WebSocketConnection::begin_close(websocket::close_code code, EndReason why) {
    if (deadlines_.closing_since || over_) return;
    deadlines_.closing_since = steady_clock::now();
    if (!why_) why_ = why;
    enter(ConnectionState::closing);
    watch_timer_.cancel();
    room_timer_.cancel();
    ws_.async_close(websocket::close_reason{code},
                    [self = shared_from_this()](error_code) { self->ws_.next_layer().close(); });
}

}  // namespace samsyn
