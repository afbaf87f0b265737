#pragma once

#include "client-sdk/net/link.hpp"
#include "core/sync/restricted_session.hpp"

namespace samsyn {

/// One connection of a *locked* device to its server: the same transport as `Link`, with a
/// `RestrictedSession` on it. For the agent's child when a PIN opens cold, and for the courier that
/// waits for orders.
///
/// A link lives once: to connect again, make a new one (`Backoff` says when). Callbacks come on the
/// thread that runs the `io_context`, never from inside a member of this class. Destroying it, also
/// from inside a callback, ends the callbacks at once; the socket is closed in good form in the
/// background.
///
/// Not thread-safe: all members on the thread of the `io_context`.
class RestrictedLink {
public:
    /// Hears what happens. Without a proof in the request exactly `on_accepted` comes, once; with
    /// one exactly one of `on_secret`, `on_wrong_pin` and `on_destroyed`. Orders may come before
    /// it, and later as long as the link is kept.
    class Listener {
    public:
        virtual ~Listener() = default;
        virtual void on_accepted() = 0;
        virtual void on_secret(const PinSecret& secret) = 0;  ///< copy it into locked memory
        virtual void on_wrong_pin(std::uint32_t tries_left) = 0;
        virtual void on_destroyed() = 0;
        virtual void on_order(const VerifiedOrder& order) = 0;
        virtual void on_ignored_order(const StatementId& id, const Error& why) = 0;

        /// The last call. As `Link::Listener::on_closed`, and what `RestrictedSession::Close` says.
        virtual void on_closed(const Error& why) = 0;
    };

    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): references, so none is left out
    struct Ports {
        RestrictedSession::Ports session;
        const Clock& clock;
        std::optional<Proxy> proxy = std::nullopt;  ///< none: directly
    };

    /// Starts to connect to `address` ("host:port"). `io`, the ports and the listener must outlive
    /// it.
    RestrictedLink(boost::asio::io_context& io,
                   std::string_view address,
                   Ports ports,
                   PinnedFederation pinned,
                   RestrictedSession::Request request,
                   Listener& listener,
                   LinkLimits limits = {});
    ~RestrictedLink();
    RestrictedLink(const RestrictedLink&) = delete;
    RestrictedLink& operator=(const RestrictedLink&) = delete;

    /// Tells the server what was done about an order. Dropped where the session is not up: the
    /// server sends the order again next time.
    void answer_order(const StatementId& order, OrderOutcome outcome);

private:
    class Session;
    std::shared_ptr<Session> session_;
    std::unique_ptr<Transport> transport_;
};

}  // namespace samsyn
