#pragma once

#include "client-sdk/net/link.hpp"

#include <algorithm>

namespace samsyn {

/// What is spoken over one connection: a session of `core/sync` and whoever listens to it. Private
/// to this room. Not thread-safe.
class Conversation {
public:
    virtual ~Conversation() = default;

    /// The connection stands. Once, before any of the following.
    virtual void open(const Hash& exporter, Instant now) = 0;
    virtual void on_message(ByteView message, Instant now) = 0;
    virtual void on_timer(Instant now) = 0;
    virtual std::optional<Instant> next_deadline() const = 0;

    /// Tells the listener what has happened, until there is a message to write or the end has come;
    /// none when there is nothing more to do now, or once stopped.
    virtual std::optional<std::variant<Bytes, Error>> next() = 0;

    /// Has the other side proven, over this connection, to be a server that the device knows? Until
    /// then what it says is anybody's word.
    virtual bool knows_server() const = 0;

    /// The connection is over; after `stop`, and the last call.
    virtual void on_closed(const Error& why) = 0;

    /// The listener hears nothing any more, and the session's ports are not called.
    void stop() { stopped_ = true; }

    bool is_stopped() const { return stopped_; }

    /// Sessions are promised that time never goes back.
    Instant not_before(Instant now) { return now_ = std::max(now_, now); }

private:
    Instant now_{};
    bool stopped_ = false;
};

/// Where the server is, and the proxy that leads there.
struct Destination {
    std::string server;            ///< "host:port"
    std::optional<Proxy> proxy{};  ///< none: directly
};

/// Carries one conversation over TCP, perhaps a proxy's tunnel, TLS 1.3 and WebSocket: connects,
/// writes, reads, closes. Lives once. Not thread-safe: all members on the thread of the
/// `io_context`, which, with the clock, must outlive it.
class Transport {
public:
    Transport(boost::asio::io_context& io,
              Destination destination,
              std::shared_ptr<Conversation> conversation,
              const Clock& clock,
              const LinkLimits& limits);

    /// Stops the conversation at once; the socket is closed in good form in the background.
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// The conversation may have something to say.
    void wake();

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace samsyn
